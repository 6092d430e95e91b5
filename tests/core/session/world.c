/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/world.h"

#include "core/catalogue/shape.h"
#include "core/entry/number.h"
#include "core/error.h"

#include <string.h>

#define VILLAGE     "990121101201"
#define NOVEMBER_21 G_GINT64_CONSTANT (1795223400000) /* 2026-11-21 09:10 in China */

/* Pages that speak of what was committed earlier, or of what will be done on paper or later. */
static gboolean
may_say_noted (const char *id)
{
  static const char *const pages[] = { "idle",       "restarted", "home",   "card",
                                       "no-card",    "told",      "cases",  "already-reported",
                                       "case",       "print",     "closed", "benefit",
                                       "no-amounts", "tracked" };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (strcmp (pages[i], id) == 0)
      return TRUE;
  return FALSE;
}

static void
take_page (World *self, json_t *page)
{
  const char *id = json_string_value (json_object_get (page, "id"));
  g_autofree char *text = world_flat_text (page);

  world_check_page (page);
  if (!self->is_recorded && !may_say_noted (id) &&
      (strstr (text, "记下") != NULL || strstr (text, "登记") != NULL))
    g_error ("%s says it is noted: %s", id, text);
  world_check_english (self);
  world_check_further (self);
  if (self->shown->len < 1 << 20)
    g_string_append_printf (self->shown, "%s\n", text);
  self->n_pages++;
}

/* The station's part */

static void
identify (World *self, const char *id_number)
{
  guint8 tag[BM_SM3_LEN]; /* its first bytes are the tag */

  bm_sm3 (id_number, strlen (id_number), tag);
  self->has_cases = json_array_size (self->cases) > 0;
  self->has_record = self->record != NULL;
  if (self->record != NULL)
    world_send (self, (BmEvent){ .type = BM_EVENT_RECORD, .json = self->record });
  world_send (self, (BmEvent){ .type = BM_EVENT_IDENTIFIED, .tag = tag, .json = self->cases });
}

void
world_commit (World *self)
{
  json_t *committed;

  g_assert_nonnull (self->draft);
  self->n_commits++;
  g_free (self->number);
  self->number = bm_number_new (VILLAGE, 1, 1, 6 + self->n_commits);
  committed = json_pack ("{s:s, s:i, s:s, s:I, s:i}", "number", self->number, "counter",
                         (int) (6 + self->n_commits), "qr", "HTTPS://DEMO.INVALID/T/7.AAAAAAAA",
                         "print_job", (json_int_t) self->print_job, "seq", (int) self->n_commits);
  self->is_recorded = TRUE;
  world_send (self, (BmEvent){ .type = BM_EVENT_COMMITTED, .json = committed });
  json_decref (committed);
}

/* A matter without a name has nothing of a person, whatever way led to it. */
static void
check_draft (World *self, BmDraft *draft)
{
  const guint8 nobody[BM_TAG_LEN] = { 0 };
  json_t *fields = json_object_get (draft->payload, "fields");
  g_autofree char *payload = world_flat_text (draft->payload);
  g_autofree char *slip = world_flat_text (draft->slip);

  g_assert_cmpuint (json_object_size (fields), >, 0);
  if (!draft->is_anonymous)
    {
      g_assert_cmpstr (draft->session, ==, bm_session_get_id (self->session));
      return;
    }
  g_assert_true (draft->is_hidden_from_desk);
  g_assert_cmpmem (draft->subject_tag, BM_TAG_LEN, nobody, BM_TAG_LEN);
  g_assert_cmpstr (draft->session, !=, bm_session_get_id (self->session));
  g_assert_null (strstr (payload, WANG_NAME));
  g_assert_null (strstr (payload, WANG_ID));
  g_assert_null (strstr (payload, bm_session_get_id (self->session)));
  g_assert_null (strstr (slip, "p.name"));
}

/* As the station does: read, handed over, let go. */
void
world_divisions (World *self)
{
  g_autoptr (BmDivisions) divisions = bm_divisions_load (self->divisions, NULL);

  world_send (self, (BmEvent){ .type = BM_EVENT_DIVISIONS, .divisions = divisions });
}

/* The answer to the press of that number. */
void
world_photo (World *self, gint64 number)
{
  g_autoptr (GBytes) whole = g_bytes_new_static (PAPER, strlen (PAPER));
  g_autoptr (GBytes) small = g_bytes_new_static (PAPER_SMALL, strlen (PAPER_SMALL));
  gboolean is_ok = bm_photo_state_has_picture (self->photo);

  world_send (self, (BmEvent){ .type = BM_EVENT_PHOTO,
                               .number = number,
                               .code = (gint) self->photo,
                               .whole = is_ok ? whole : NULL,
                               .small = is_ok ? small : NULL });
}

void
world_level (World *self, gint64 number, gint level, guint left)
{
  world_send (self,
              (BmEvent){ .type = BM_EVENT_LEVEL, .number = number, .code = level, .left = left });
}

/* The answer to the press of that number, or that it was played. */
void
world_memo (World *self, gint64 number)
{
  g_autoptr (GBytes) whole = g_bytes_new_static (SPOKEN, strlen (SPOKEN));

  world_send (self, (BmEvent){ .type = BM_EVENT_MEMO,
                               .number = number,
                               .code = (gint) self->memo,
                               .whole = self->memo == BM_MEMO_OK ? whole : NULL });
}

static void
offer (World *self, BmDraft *draft)
{
  check_draft (self, draft);
  g_clear_pointer (&self->draft, bm_draft_unref);
  self->draft = bm_draft_ref (draft);
  if (self->is_holding)
    return;
  if (self->commit_error >= 0)
    world_send (self, (BmEvent){ .type = BM_EVENT_COMMIT_FAILED, .code = self->commit_error });
  else
    world_commit (self);
}

/* 一次性告知 */
static gboolean
is_of_nobody (json_t *printed)
{
  json_t *kind = json_object_get (json_object_get (printed, "sheet"), "kind");

  return g_strcmp0 (json_string_value (kind), "told-once") == 0 ||
         g_strcmp0 (json_string_value (kind), "uses") ==
           0; /* the ledger's, with or without a record */
}

static void
carry_out (World *self, BmEffect *effect)
{
  switch ((int) effect->type)
    {
    case BM_EFFECT_IDENTIFY:
      identify (self, effect->text);
      break;
    case BM_EFFECT_COMMIT:
      offer (self, effect->draft);
      break;
    case BM_EFFECT_CHECK_STAFF:
      world_send (self, (BmEvent){ .type = BM_EVENT_STAFF_CHECKED,
                                   .text = effect->text,
                                   .code = self->verdict,
                                   .number = self->wait_ms });
      break;
    case BM_EFFECT_PRINT:
      /* A sheet without a number tells what the record says, or what a matter asks of everybody. */
      g_assert_true (self->is_recorded || self->has_cases ||
                     ((self->has_record || is_of_nobody (effect->json)) &&
                      *json_string_value (json_object_get (effect->json, "number")) == '\0'));
      break;
    case BM_EFFECT_DIVISIONS:
      if (!self->is_slow)
        world_divisions (self);
      break;
    case BM_EFFECT_PHOTO:
      if (!self->is_camera_slow)
        world_photo (self, effect->number);
      break;
    case BM_EFFECT_MEMO:
      if (!self->is_microphone_slow && strcmp (effect->text, "stop") == 0)
        world_memo (self, effect->number);
      break;
    case BM_EFFECT_TRACK:
      if (self->tracked != NULL)
        world_send (self, (BmEvent){ .type = BM_EVENT_TRACKED, .json = self->tracked });
      break;
    case BM_EFFECT_USES:
      world_send (self, (BmEvent){ .type = BM_EVENT_USES, .json = self->uses });
      break;
    case BM_EFFECT_ENDED:
      self->is_recorded = self->has_cases = self->has_record = FALSE;
      break;
    default:
      break;
    }
}

/* Something that a page follows was set going. */
static guint
count_followed (World *self)
{
  return world_count (self, BM_EFFECT_IDENTIFY) + world_count (self, BM_EFFECT_COMMIT) +
         world_count (self, BM_EFFECT_PRINT) + world_count (self, BM_EFFECT_CHECK_STAFF) +
         world_count (self, BM_EFFECT_TRACK) + world_count (self, BM_EFFECT_WITHDRAW) +
         world_count (self, BM_EFFECT_USES);
}

/* A face that has sent an intent takes no further press until a page comes: whatever it is, it is answered. */
static gboolean
is_awaited (const BmEvent *event)
{
  const char *what = json_string_value (json_object_get (event->json, "do"));

  return event->type == BM_EVENT_INTENT && g_strcmp0 (what, "activity") != 0 &&
         g_strcmp0 (what, "read") != 0;
}

void
world_send (World *self, BmEvent event)
{
  BmEffect *effect;
  guint n_pages = self->n_pages, n_followed = count_followed (self);

  bm_session_handle (self->session, &event);
  while ((effect = bm_session_take_effect (self->session)) != NULL)
    {
      if (effect->type == BM_EFFECT_PAGE)
        {
          take_page (self, effect->json);
          bm_effect_free (effect);
          continue;
        }
      g_ptr_array_add (self->effects, effect);
      carry_out (self, effect);
    }
  if (is_awaited (&event) && self->n_pages == n_pages && count_followed (self) == n_followed)
    g_error ("nothing answers %s on %s", json_string_value (json_object_get (event.json, "do")),
             world_page_id (self));
}

/* Hands */

static void
send_intent (World *self, json_t *intent)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_shape_check_intent (intent, &error));
  g_assert_no_error (error);
  world_send (self, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent });
  json_decref (intent);
}

void
world_do (World *self, const char *what)
{
  send_intent (self, json_pack ("{s:i, s:s}", "version", 1, "do", what));
}

void
world_choose (World *self, const char *choice)
{
  if (!world_offers (self, choice))
    {
      g_autofree char *dump = json_dumps (world_page (self), JSON_INDENT (1));

      g_error ("%s is not offered by\n%s", choice, dump);
    }
  send_intent (self, json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "choose", "choice", choice));
}

void
world_type (World *self, const char *digits)
{
  send_intent (self, json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "digits", "value", digits));
}

void
world_scan (World *self, const char *text)
{
  send_intent (self, json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "scan", "value", text));
}

void
world_place (World *self, const char *name, const char *id_number)
{
  BmCard card = { .ref_count = 1, .kind = BM_CARD_CITIZEN };
  g_autoptr (BmCard) read = NULL;
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *birth =
    g_strdup_printf ("%.4s-%.2s-%.2s", id_number + 6, id_number + 10, id_number + 12);

  card.name = (char *) name;
  card.sex = (char *) ((id_number[16] - '0') % 2 == 0 ? "2" : "1");
  card.ethnic = (char *) "01";
  card.birth = birth;
  card.address = (char *) "演示省演示县青溪镇禾田村1组";
  card.id_number = (char *) id_number;
  card.issuer = (char *) "演示县公安局";
  card.valid_from = (char *) "2016-01-01";
  card.valid_to = (char *) "长期";
  text = bm_card_encode (&card, &error);
  g_assert_no_error (error);
  read = bm_card_parse (text, &error);
  g_assert_no_error (error);
  world_send (self, (BmEvent){ .type = BM_EVENT_CARD_READ, .card = read });
}

void
world_take (World *self)
{
  world_send (self, (BmEvent){ .type = BM_EVENT_CARD_REMOVED });
}

void
world_tick (World *self, guint seconds)
{
  for (guint i = 0; i < seconds; i++)
    {
      bm_shift_clock_advance (self->clock, 1000);
      world_send (self, (BmEvent){ .type = BM_EVENT_TICK });
    }
}

void
world_link (World *self, gboolean is_online)
{
  world_send (self, (BmEvent){ .type = BM_EVENT_LINK, .flag = is_online, .number = 1 });
}

json_t *
world_case (const char *number, const char *service, const char *state, const char *code)
{
  json_t *result = json_null ();

  if (code != NULL)
    result = json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "number", number, "state",
                        state, "code", code, "text", "这次认证通过了。", "next_due", "2027-11-30",
                        "at", "2026-11-23T08:31:00+08:00", "by", "演示县社保中心", "is_final", 1);
  return json_pack ("{s:s, s:s, s:s, s:I, s:b, s:o, s:{s:s, s:{s:s}}}", "number", number, "service",
                    service, "state", state, "wall_ms", (json_int_t) NOVEMBER_21, "is_told", 0,
                    "result", result, "slip", "label", "养老金认证", "fields", "p.name", WANG_NAME);
}

/* The months back from 2026-11: one with the bank, the others came on the 15th; each a sum of its own. */
json_t *
world_record (const char *status, const char *due)
{
  json_t *months = json_array ();

  for (gint i = 0; i < 12; i++)
    {
      gint month = (10 - i + 12) % 12 + 1;
      gint year = i < 11 ? 2026 : 2025;
      g_autofree char *ym = g_strdup_printf ("%d-%02d", year, month);
      g_autofree char *paid = i == 0 ? g_strdup ("") : g_strdup_printf ("%s-15", ym);

      json_array_append_new (months, json_pack ("{s:s, s:i, s:i, s:i, s:i, s:s, s:s}", "ym", ym,
                                                "fen", 22840 + i * 101, "base_fen", 18000,
                                                "account_fen", 4840, "other_fen", i * 101, "paid",
                                                paid, "state", i == 0 ? "bank" : "paid"));
    }
  return json_pack ("{s:s, s:s, s:{s:i, s:s, s:s, s:[], s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, "
                    "s:i, s:s, s:o}}}",
                    "state", "open", "as_of", "2026-11-18", "record", "version", 1, "name",
                    WANG_NAME, "as_of", "2026-11-18", "notes", "pension", "scheme", "城乡居民",
                    "area", "990121", "status", status, "since", "2008-04", "last", "2025-11",
                    "due", due, "tail", "9137", "year", 2026, "year_fen", 256795, "why", "",
                    "months", months);
}

void
world_answer (World *self, const char *state, const char *code)
{
  json_t *answer = world_case (self->number, "cert.pension", state, code);

  world_send (self, (BmEvent){ .type = BM_EVENT_CASE_CHANGED, .json = answer });
  json_decref (answer);
}

void
world_print (World *self, const char *state, const char *reason)
{
  world_send (self, (BmEvent){ .type = BM_EVENT_PRINT_STATE,
                               .number = self->print_job,
                               .text = state,
                               .text2 = reason });
}

void
world_forget (World *self)
{
  g_ptr_array_set_size (self->effects, 0);
  g_string_truncate (self->shown, 0);
}

/* Eyes */

json_t *
world_page (World *self)
{
  return bm_session_get_page (self->session);
}

const char *
world_page_id (World *self)
{
  return json_string_value (json_object_get (world_page (self), "id"));
}

gboolean
world_offers (World *self, const char *choice)
{
  json_t *frame = json_object_get (world_page (self), "frame");

  return bm_page_has_choice (world_page (self), choice) ||
         (strcmp (choice, "cases") == 0 && json_is_string (json_object_get (frame, "cases")));
}

gboolean
world_says (World *self, const char *text)
{
  g_autofree char *page = world_flat_text (world_page (self));

  return strstr (page, text) != NULL;
}

gboolean
world_has_shown (World *self, const char *text)
{
  return strstr (self->shown->str, text) != NULL;
}

BmEffect *
world_find (World *self, BmEffectType type)
{
  for (guint i = self->effects->len; i > 0; i--)
    {
      BmEffect *effect = g_ptr_array_index (self->effects, i - 1);

      if (effect->type == type)
        return effect;
    }
  return NULL;
}

guint
world_count (World *self, BmEffectType type)
{
  guint count = 0;

  for (guint i = 0; i < self->effects->len; i++)
    count += ((BmEffect *) g_ptr_array_index (self->effects, i))->type == type;
  return count;
}

/* Steps */

void
world_identify (World *self, const char *name, const char *id_number)
{
  world_choose (self, "start");
  world_choose (self, "cert.pension");
  assert_page (self, "card");
  world_place (self, name, id_number);
  assert_page (self, "confirm");
  world_choose (self, "yes");
}

void
world_reach_witness (World *self)
{
  world_identify (self, WANG_NAME, WANG_ID);
  world_choose (self, "agree");
  assert_page (self, "witness");
}

void
world_reach_done (World *self)
{
  world_reach_witness (self);
  world_send (self, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
}

/* The world itself */

World *
world_new_with (const char *extra_folder)
{
  World *self = g_new0 (World, 1);
  g_autofree char *calendars = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "calendars", NULL);
  g_autofree char *catalogue = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
  g_autofree char *appeals =
    g_build_filename (g_getenv ("BIANMIN_ASSETS"), "tables", "appeal-class.json", NULL);
  g_autoptr (GError) error = NULL;

  self->clock = bm_shift_clock_new (NOVEMBER_21, FALSE);
  bm_shift_clock_advance (self->clock, 1000);
  self->calendar = bm_calendar_load_folder (calendars, &error);
  g_assert_no_error (error);
  self->catalogue = bm_catalogue_load (catalogue, &error);
  g_assert_no_error (error);
  if (extra_folder != NULL)
    bm_catalogue_add_folder (self->catalogue, extra_folder);
  self->appeals = bm_appeal_table_load (appeals, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < bm_catalogue_get_faults (self->catalogue)->len; i++)
    {
      BmCatalogueFault *fault = g_ptr_array_index (bm_catalogue_get_faults (self->catalogue), i);

      g_error ("%s", fault->message);
    }
  self->setup = (BmSessionSetup){ .seat = "hall",
                                  .station_name = "禾田村便民服务站",
                                  .village_name = "禾田村",
                                  .village = VILLAGE,
                                  .terminal = 1,
                                  .station_phone = "100-0000-9001",
                                  .is_demo = TRUE,
                                  .has_desk = TRUE,
                                  .catalogue = self->catalogue,
                                  .calendar = self->calendar,
                                  .appeals = self->appeals,
                                  .clock = BM_CLOCK (self->clock) };
  self->setup.staff = world_new_staff ();
  self->setup.duty =
    json_pack ("{s:{s:s, s:s}, s:{s:s, s:s}}", "text", "zh_CN", "今天有人：上午8点半到下午5点",
               "en", "half past 8 a.m. to 5 p.m.", "next", "zh_CN", "星期二上午8点半", "en",
               "Tuesday, half past 8 a.m.");
  self->divisions =
    g_build_filename (g_getenv ("BIANMIN_ASSETS"), "tables", "divisions-demo.json", NULL);
  self->effects = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_effect_free);
  self->shown = g_string_new (NULL);
  self->commit_error = -1;
  self->cases = json_array ();
  self->print_job = 41;
  self->session = bm_session_new (&self->setup);
  world_link (self, FALSE);
  return self;
}

World *
world_new (void)
{
  return world_new_with (NULL);
}

void
world_free (World *self)
{
  g_clear_object (&self->session);
  g_clear_pointer (&self->draft, bm_draft_unref);
  g_ptr_array_unref (self->effects);
  g_string_free (self->shown, TRUE);
  json_decref (self->setup.staff);
  json_decref (self->setup.duty);
  json_decref (self->cases);
  json_decref (self->record);
  json_decref (self->tracked);
  json_decref (self->uses);
  json_decref (self->pseudo);
  bm_catalogue_unref (self->catalogue);
  bm_appeal_table_unref (self->appeals);
  bm_calendar_unref (self->calendar);
  g_object_unref (self->clock);
  g_free (self->number);
  g_free (self->divisions);
  g_free (self);
}
