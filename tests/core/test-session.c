/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/shape.h"
#include "core/error.h"
#include "core/session/session.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

/*
 * The session from card to answer, without a station: every page passes the checker, only COMMITTED
 * makes anything recorded, a card alone is never a certification.
 */

#define NUMBER   "9901211012010101000000070"
#define START_MS G_GINT64_CONSTANT (1795223400000) /* 2026-11-21 09:10 in China */

typedef struct
{
  BmSessionSetup setup;
  BmSession *session;
  json_t *last; /* of the effect that was looked for */
  gint64 number;
  gboolean flag;
  guint pages;
} World;

static void
world_set_up (World *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  const char *assets = g_getenv ("BIANMIN_ASSETS");
  g_autofree char *services = g_build_filename (assets, "catalogue", NULL);
  g_autofree char *calendars = g_build_filename (assets, "calendars", NULL);

  (void) data;
  self->setup = (BmSessionSetup){ .seat = "hall",
                                  .station_name = "禾田村便民服务站",
                                  .village_name = "禾田村",
                                  .village = "990121101201",
                                  .terminal = 1,
                                  .station_phone = "100-0000-9001",
                                  .is_demo = TRUE };
  self->setup.staff =
    json_pack ("[{s:s, s:s, s:s}]", "id", "HT02", "name", "苏敏", "role", "helper");
  self->setup.duty =
    json_pack ("{s:s, s:s}", "text", "上午8点半到下午5点", "next", "星期二上午8点半");
  self->setup.catalogue = bm_catalogue_load (services, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bm_catalogue_get_faults (self->setup.catalogue)->len, ==, 0);
  self->setup.calendar = bm_calendar_load_folder (calendars, &error);
  g_assert_no_error (error);
  self->setup.clock = BM_CLOCK (bm_shift_clock_new (START_MS, FALSE));
  self->session = bm_session_new (&self->setup);
}

static void
world_tear_down (World *self, gconstpointer data)
{
  (void) data;
  g_clear_object (&self->session);
  json_decref (self->last);
  json_decref (self->setup.staff);
  json_decref (self->setup.duty);
  bm_catalogue_unref (self->setup.catalogue);
  bm_calendar_unref (self->setup.calendar);
  g_object_unref (self->setup.clock);
}

/* Takes all effects; TRUE when one of @type was among them (its last one is kept). */
static gboolean
take (World *self, BmEffectType type)
{
  gboolean is_found = FALSE;
  BmEffect *effect;

  while ((effect = bm_session_take_effect (self->session)) != NULL)
    {
      if (effect->type == BM_EFFECT_PAGE)
        {
          g_autoptr (GError) error = NULL;

          bm_shape_check_page (effect->json, &error);
          g_assert_no_error (error);
          self->pages++;
        }
      if (effect->type == type)
        {
          is_found = TRUE;
          json_decref (self->last);
          self->last = effect->draft != NULL  ? json_deep_copy (effect->draft->payload)
                       : effect->json != NULL ? json_deep_copy (effect->json)
                                              : NULL;
          self->number = effect->number;
          self->flag = effect->flag;
        }
      bm_effect_free (effect);
    }
  return is_found;
}

static void
feed (World *self, const BmEvent *event)
{
  bm_session_handle (self->session, event);
}

static void
assert_page (World *self, const char *id)
{
  json_t *page = bm_session_get_page (self->session);

  g_assert_cmpstr (json_string_value (json_object_get (page, "id")), ==, id);
}

static gboolean
shows (World *self, const char *text)
{
  char *dump = json_dumps (bm_session_get_page (self->session), 0);
  gboolean is_there = strstr (dump, text) != NULL;

  free (dump);
  return is_there;
}

static void
choose (World *self, const char *choice)
{
  json_t *intent = json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "choose", "choice", choice);
  const BmEvent event = { .type = BM_EVENT_INTENT, .json = intent };

  feed (self, &event);
  json_decref (intent);
}

static void
do_it (World *self, const char *what, const char *value)
{
  json_t *intent = json_pack ("{s:i, s:s}", "version", 1, "do", what);
  const BmEvent event = { .type = BM_EVENT_INTENT, .json = intent };

  if (value != NULL)
    json_object_set_new (intent, "value", json_string (value));
  feed (self, &event);
  json_decref (intent);
}

static BmCard *
make_card (void)
{
  BmCard *card = g_new0 (BmCard, 1);

  card->ref_count = 1;
  card->kind = BM_CARD_CITIZEN;
  card->name = g_strdup ("王秀兰");
  card->sex = g_strdup ("2");
  card->ethnic = g_strdup ("01");
  card->birth = g_strdup ("1948-03-12");
  card->address = g_strdup ("演示省演示县禾田村1组");
  card->id_number = g_strdup ("990121194803120028");
  card->issuer = g_strdup ("演示县公安局");
  card->valid_from = g_strdup ("2010-01-01");
  card->valid_to = g_strdup ("长期");
  return card;
}

static void
identify (World *self, json_t *cases)
{
  static const guint8 tag[BM_TAG_LEN] = { 1, 2, 3 };
  g_autoptr (BmCard) card = make_card ();
  const BmEvent read = { .type = BM_EVENT_CARD_READ, .card = card };
  const BmEvent identified = { .type = BM_EVENT_IDENTIFIED, .tag = tag, .json = cases };

  choose (self, "start");
  choose (self, "cert.pension");
  feed (self, &read);
  choose (self, "yes");
  g_assert_true (take (self, BM_EFFECT_IDENTIFY));
  feed (self, &identified);
}

/* Up to the page that waits for the ledger. */
static void
witness (World *self)
{
  const BmEvent checked = { .type = BM_EVENT_STAFF_CHECKED, .text = "HT02", .code = BM_STAFF_OK };
  json_t *none = json_array ();

  identify (self, none);
  json_decref (none);
  choose (self, "agree");
  choose (self, "staff-here");
  choose (self, "staff:ht02");
  do_it (self, "digits", "2202");
  g_assert_true (take (self, BM_EFFECT_CHECK_STAFF));
  feed (self, &checked);
  choose (self, "seen");
  assert_page (self, "committing");
}

static void
commit (World *self, gint64 job)
{
  json_t *committed =
    json_pack ("{s:s, s:i, s:s, s:I, s:i}", "number", NUMBER, "counter", 7, "qr",
               "HTTPS://DEMO.INVALID/T/1.2", "print_job", (json_int_t) job, "seq", 1);
  const BmEvent event = { .type = BM_EVENT_COMMITTED, .json = committed };

  feed (self, &event);
  json_decref (committed);
}

static void
set_online (World *self)
{
  const BmEvent event = { .type = BM_EVENT_LINK, .flag = TRUE, .number = 1 };

  feed (self, &event);
}

static void
print_state (World *self, gint64 job, const char *state, const char *reason)
{
  const BmEvent event = { .type = BM_EVENT_PRINT_STATE,
                          .number = job,
                          .text = state,
                          .text2 = reason };

  feed (self, &event);
}

static json_t *
make_case (const char *state, const char *code, gboolean is_final)
{
  return json_pack ("{s:s, s:s, s:s, s:I, s:b, s:{s:s}, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:b}}",
                    "number", NUMBER, "service", "cert.pension", "state", state, "wall_ms",
                    (json_int_t) START_MS, "is_told", 0, "slip", "label", "养老金认证", "result",
                    "number", NUMBER, "state", state, "code", code, "text", "中心的话。",
                    "next_due", "2027-11-30", "at", "2026-11-23T08:31:00+08:00", "is_final",
                    (int) is_final);
}

static void
answer (World *self, const char *state, const char *code, gboolean is_final)
{
  json_t *changed = make_case (state, code, is_final);
  const BmEvent event = { .type = BM_EVENT_CASE_CHANGED, .json = changed };

  feed (self, &event);
  json_decref (changed);
}

static void
test_offline (World *self, gconstpointer data)
{
  json_t *fields;

  (void) data;
  witness (self);
  g_assert_false (shows (self, "记下"));
  g_assert_true (take (self, BM_EFFECT_COMMIT));
  fields = json_object_get (self->last, "fields");
  g_assert_cmpstr (json_string_value (json_object_get (fields, "p.idno")), ==,
                   "990121194803120028");
  g_assert_cmpuint (json_array_size (json_object_get (self->last, "evidence")), ==, 2);
  commit (self, 4);
  assert_page (self, "done");
  g_assert_true (shows (self, "还没办完"));
  g_assert_true (shows (self, "要等上面核对"));
  g_assert_false (shows (self, "通过"));
  print_state (self, 4, "sending", "");
  g_assert_true (shows (self, "正在打"));
  print_state (self, 4, "printed", "");
  g_assert_true (shows (self, "条子请拿好"));
  g_assert_false (take (self, BM_EFFECT_TOLD));
  do_it (self, "next", NULL);
  assert_page (self, "goodbye");
  g_assert_true (take (self, BM_EFFECT_TOLD));
  do_it (self, "next", NULL);
  assert_page (self, "closed");
  g_assert_false (shows (self, "王"));
}

static void
test_online (World *self, gconstpointer data)
{
  (void) data;
  set_online (self);
  witness (self);
  commit (self, 4);
  g_assert_true (take (self, BM_EFFECT_EXPECT_ANSWER));
  assert_page (self, "sending");
  answer (self, "handed", "HANDED", FALSE);
  assert_page (self, "sending");
  answer (self, "done", "CERT_OK", TRUE);
  assert_page (self, "result");
  g_assert_true (take (self, BM_EFFECT_TOLD));
  g_assert_true (shows (self, "这次认证通过了"));
  g_assert_true (shows (self, "2027年11月底前"));
  choose (self, "print");
  assert_page (self, "print");
  g_assert_true (take (self, BM_EFFECT_PRINT));
  print_state (self, 4, "printed", "");
  g_assert_true (shows (self, "正在打"));
  print_state (self, 5, "waiting", "media-empty");
  g_assert_true (shows (self, "没纸了"));
  g_assert_true (shows (self, "7号"));
  print_state (self, 5, "printed", "");
  do_it (self, "next", NULL);
  assert_page (self, "goodbye");
}

static void
test_slow_answer (World *self, gconstpointer data)
{
  const BmEvent tick = { .type = BM_EVENT_TICK };

  (void) data;
  set_online (self);
  witness (self);
  commit (self, 4);
  bm_shift_clock_advance (BM_SHIFT_CLOCK (self->setup.clock), 8000);
  feed (self, &tick);
  assert_page (self, "done");
  answer (self, "conflict", "CERT_STATUS", FALSE);
  assert_page (self, "result");
  g_assert_true (shows (self, "您的记录要核对一下"));
  g_assert_false (shows (self, "通过"));
}

static void
test_unknown_paper (World *self, gconstpointer data)
{
  (void) data;
  witness (self);
  commit (self, 4);
  print_state (self, 4, "unknown", "");
  g_assert_true (shows (self, "没有拿到"));
  choose (self, "not-taken");
  g_assert_true (take (self, BM_EFFECT_SETTLE_PRINT));
  g_assert_cmpint (self->number, ==, 4);
  g_assert_false (self->flag);
  print_state (self, 4, "superseded", "");
  g_assert_true (shows (self, "正在打"));
  print_state (self, 5, "unknown", "");
  choose (self, "taken");
  g_assert_true (take (self, BM_EFFECT_SETTLE_PRINT));
  g_assert_cmpint (self->number, ==, 5);
  g_assert_true (self->flag);
}

static void
test_no_printer (World *self, gconstpointer data)
{
  (void) data;
  witness (self);
  commit (self, 4);
  print_state (self, 4, "waiting", "offline");
  g_assert_true (shows (self, "没有条子也不要紧"));
  g_assert_true (shows (self, "没有丢"));
  g_assert_true (shows (self, "7号"));
}

static void
test_not_stored (World *self, gconstpointer data)
{
  const BmEvent failed = { .type = BM_EVENT_COMMIT_FAILED, .code = BM_ERROR_FULL };

  (void) data;
  witness (self);
  take (self, BM_EFFECT_COMMIT);
  feed (self, &failed);
  assert_page (self, "not-stored");
  g_assert_true (shows (self, "还没存上"));
  g_assert_false (shows (self, "记下"));
  choose (self, "again");
  g_assert_true (take (self, BM_EFFECT_COMMIT));
  g_assert_cmpint (json_integer_value (json_object_get (self->last, "matter")), ==, 1);
  commit (self, 0);
  assert_page (self, "done");
}

static void
test_card_alone (World *self, gconstpointer data)
{
  const BmEvent tick = { .type = BM_EVENT_TICK };
  json_t *none = json_array ();

  (void) data;
  identify (self, none);
  json_decref (none);
  choose (self, "agree");
  bm_shift_clock_advance (BM_SHIFT_CLOCK (self->setup.clock), 61000);
  feed (self, &tick);
  choose (self, "later");
  assert_page (self, "one-step-missing");
  g_assert_false (take (self, BM_EFFECT_COMMIT));
}

static void
test_told (World *self, gconstpointer data)
{
  json_t *cases = json_array ();

  (void) data;
  json_array_append_new (cases, make_case ("done", "CERT_OK", TRUE));
  identify (self, cases);
  json_decref (cases);
  assert_page (self, "told");
  g_assert_true (take (self, BM_EFFECT_TOLD));
  g_assert_true (shows (self, "这次认证通过了"));
  choose (self, "print");
  g_assert_true (take (self, BM_EFFECT_PRINT));
  g_assert_nonnull (json_object_get (self->last, "sheet"));
  do_it (self, "next", NULL);
  assert_page (self, "more");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*test) (World *self, gconstpointer data);
  } tests[] = {
    { "/session/offline", test_offline },         { "/session/online", test_online },
    { "/session/slow-answer", test_slow_answer }, { "/session/unknown-paper", test_unknown_paper },
    { "/session/no-printer", test_no_printer },   { "/session/not-stored", test_not_stored },
    { "/session/card-alone", test_card_alone },   { "/session/told", test_told }
  };

  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain ("bianmin", g_getenv ("BIANMIN_LOCALE"));
  bind_textdomain_codeset ("bianmin", "UTF-8");
  textdomain ("bianmin");
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, World, NULL, world_set_up, tests[i].test, world_tear_down);
  return g_test_run ();
}
