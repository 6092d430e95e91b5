/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/behalf.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/*
 * The end of a matter: what was gathered is frozen into a draft, the ledger takes it or not, and only
 * its answer lets anybody say "noted" (invariant 1). A draft that was not taken may be offered again:
 * (session, matter) is unique in the ledger, so nothing is ever stored twice.
 *
 * Invariants: no draft is made from evidence that the service's file does not accept. A draft without a
 * name has no evidence at all, a session id of its own that nothing else has, a tag of zeros, and no time
 * finer than its day; its payload and slip hold nothing that was read from a card (domain §2.21a rule 5).
 */

/* Evidence */

static const char *
get_kind (BmCard *card)
{
  switch (card->kind)
    {
    case BM_CARD_CITIZEN:
      return "citizen";
    case BM_CARD_HMT_PERMIT:
      return "hmt-permit";
    case BM_CARD_FOREIGNER:
      return "foreigner";
    case BM_CARD_SOCIAL:
      return "social";
    default:
      g_assert_not_reached ();
    }
}

static gboolean
has_evidence (BmSession *self, const char *class)
{
  json_t *item;
  gsize i;

  json_array_foreach (self->evidence, i,
                      item) if (g_strcmp0 (json_string_value (json_object_get (item, "class")),
                                           class) == 0) return TRUE;
  return FALSE;
}

/* The card was read by the station's own reader; the face cannot bring this about. */
static void
add_card (BmSession *self)
{
  if (bm_session_is_behalf (self))
    {
      bm_json_wipe (self->evidence);
      self->evidence = bm_session_make_behalf_evidence (self);
      return;
    }
  if (self->evidence == NULL)
    self->evidence = json_array ();
  if (!has_evidence (self, bm_card_get_evidence (self->card)))
    json_array_insert_new (self->evidence, 0,
                           json_pack ("{s:s, s:s, s:I}", "class", bm_card_get_evidence (self->card),
                                      "kind", get_kind (self->card), "at_ms",
                                      (json_int_t) self->card_wall_ms));
  if (bm_session_is_visit (self) && !has_evidence (self, "visit"))
    json_array_append_new (self->evidence, bm_session_make_visit_evidence (self));
}

/* Whether what was gathered is what a class of evidence needs. */
gboolean
bm_session_meets (BmSession *self, json_t *accepted)
{
  json_t *needs = json_object_get (accepted, "needs");
  json_t *need;
  gsize i;

  json_array_foreach (needs, i,
                      need) if (!has_evidence (self, json_string_value (need))) return FALSE;
  return json_array_size (needs) > 0;
}

static gboolean
is_evidence_enough (BmSession *self)
{
  json_t *evidence = json_object_get (self->service, "evidence");
  json_t *accepted;
  gsize i;

  if (bm_session_is_behalf (self))
    return bm_behalf_is_allowed (self->service) && has_evidence (self, "agent-card") &&
           has_evidence (self, "letter");
  if (bm_catalogue_has_step (self->service, "witness") && !has_evidence (self, "witness"))
    return FALSE;
  json_array_foreach (json_object_get (evidence, "accepted"), i,
                      accepted) if (bm_session_meets (self,
                                                      accepted)) return bm_session_get_way (self) !=
    NULL;
  return FALSE;
}

/* Fields */

static json_t *
make_text (const char *text)
{
  return text != NULL && *text != '\0' ? json_string (text) : NULL;
}

/* Domain §3.0: 10 身份证, 20 社保卡, 40 港澳台居民居住证, 50 外国人永久居留身份证. */
static const char *
get_document_code (BmCard *card)
{
  switch (card->kind)
    {
    case BM_CARD_CITIZEN:
      return "10";
    case BM_CARD_HMT_PERMIT:
      return "40";
    case BM_CARD_FOREIGNER:
      return "50";
    case BM_CARD_SOCIAL:
      return "20";
    default:
      g_assert_not_reached ();
    }
}

static json_t *
read_card (BmSession *self, const char *from)
{
  const struct
  {
    const char *from;
    const char *value;
  } table[] = {
    { "card.kind", get_document_code (self->card) },
    { "card.name", self->card->name },
    { "card.id_number", self->card->id_number },
    { "card.sex", self->card->sex },
    { "card.birth", self->card->birth },
    { "card.ethnic", self->card->ethnic },
    { "card.address", self->card->address },
    { "card.valid_to", self->card->valid_to },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].from, from) == 0)
      return make_text (table[i].value);
  return NULL;
}

static json_t *
compute (BmSession *self, const char *from)
{
  gint32 due = bm_session_get_due (self);
  g_autofree char *day = due != BM_NO_DAY ? bm_day_to_string (due) : NULL;

  if (strcmp (from, "evidence.way") == 0)
    return make_text (bm_session_get_way (self));
  if (strcmp (from, "evidence.present") == 0)
    return json_boolean (has_evidence (self, "witness"));
  return strcmp (from, "history.due") == 0 ? make_text (day) : NULL;
}

static json_t *
propose (BmSession *self, const char *id)
{
  json_t *fields = bm_session_get_fields (self);
  json_t *value = json_object_get (fields, id);

  json_incref (value);
  json_decref (fields);
  return value;
}

/* New reference, or NULL: left out, or for the centre to fill. */
static json_t *
make_value (BmSession *self, json_t *field)
{
  const char *from = json_string_value (json_object_get (field, "from"));
  json_t *given;

  if (from != NULL && g_str_has_prefix (from, "card."))
    return self->card != NULL ? read_card (self, from) : NULL;
  if (from != NULL && g_str_has_prefix (from, "route."))
    return propose (self, json_string_value (json_object_get (field, "id")));
  if (from != NULL && g_str_has_prefix (from, "record."))
    return bm_session_dup_record_value (self, field);
  if (from != NULL && strcmp (from, "age.band") == 0)
    return bm_session_dup_age_band (self, field);
  if (from != NULL)
    return compute (self, from);
  given = json_object_get (self->fields, json_string_value (json_object_get (field, "id")));
  return given != NULL ? json_copy (given) : NULL;
}

/* @kept: only what may stay here (domain §2.21a rule 9). */
static json_t *
make_fields (BmSession *self, gboolean kept)
{
  json_t *fields = json_object ();
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    const char *keep = json_string_value (json_object_get (field, "keep_local"));
    json_t *value;

    if (kept && (g_strcmp0 (keep, "slip") != 0 || bm_session_is_anonymous (self)))
      continue;
    value = make_value (self, field);
    if (value != NULL)
      json_object_set_new (fields, json_string_value (json_object_get (field, "id")), value);
  }
  return fields;
}

/* The draft */

/* Times of a matter without a name: the beginning of the day in China. */
static gint64
get_noted_ms (BmSession *self)
{
  gint64 now = bm_clock_get_wall_ms (self->setup->clock);

  return bm_session_is_anonymous (self) ? bm_day_to_wall_ms (bm_day_from_wall_ms (now)) : now;
}

/* What is said when the person consents, without the moment. */
static json_t *
make_plain_notice (BmSession *self)
{
  return json_pack ("{s:O*, s:s, s:s}", "version", json_object_get (self->notice, "version"),
                    "method", "tap", "by", "self");
}

static json_t *
make_anonymous_payload (BmSession *self)
{
  return json_pack ("{s:i, s:O, s:O, s:o, s:[], s:o, s:s, s:s, s:s, s:b}", "version", 1, "service",
                    json_object_get (self->service, "id"), "rule",
                    json_object_get (self->service, "version"), "fields", make_fields (self, FALSE),
                    "evidence", "notice", make_plain_notice (self), "pressed_by", "self", "mode",
                    "self", "helper", "", "online", (int) self->was_online);
}

static const char *
get_mode (BmSession *self)
{
  if (bm_session_is_behalf (self))
    return "behalf";
  if (bm_session_is_visit (self))
    return "visit";
  return self->helper != NULL ? "assisted" : "self";
}

static json_t *
make_named_payload (BmSession *self)
{
  return json_pack ("{s:i, s:O, s:O, s:o, s:o, s:o, s:s, s:s, s:s, s:b, s:s, s:i}", "version", 1,
                    "service", json_object_get (self->service, "id"), "rule",
                    json_object_get (self->service, "version"), "fields", make_fields (self, FALSE),
                    "evidence", json_deep_copy (self->evidence), "notice",
                    self->notice != NULL ? json_deep_copy (self->notice) : json_object (),
                    "pressed_by", bm_session_get_presser (self), "mode", get_mode (self), "helper",
                    self->helper != NULL ? self->helper : "", "online", (int) self->was_online,
                    "session", self->id, "matter", (int) self->matter);
}

static json_t *
make_payload (BmSession *self)
{
  json_t *payload =
    bm_session_is_anonymous (self) ? make_anonymous_payload (self) : make_named_payload (self);
  json_t *consents;

  if (self->reopens != NULL)
    json_object_set (payload, "replaces", json_object_get (self->reopens, "number"));
  if (bm_session_is_behalf (self))
    json_object_set_new (payload, "behalf", bm_session_make_behalf (self));
  consents = bm_session_dup_consents (self);
  if (consents != NULL)
    json_object_set_new (payload, "consents", consents);
  return payload;
}

/* Without the table nobody could say the places of a slip that is printed again. */
static void
put_places (BmSession *self, json_t *slip)
{
  json_t *places = json_object ();
  const char *id;
  json_t *value;

  json_object_foreach (json_object_get (slip, "fields"), id, value)
  {
    const char *code = json_string_value (value);

    if (code != NULL && json_object_get (self->places, code) != NULL)
      json_object_set (places, code, json_object_get (self->places, code));
  }
  if (json_object_size (places) > 0)
    json_object_set (slip, "places", places);
  json_decref (places);
}

/* What only some slips hold. */
static void
add_marks (BmSession *self, json_t *slip)
{
  const char *ask = bm_session_get_ask (self);

  if (self->reopens != NULL)
    json_object_set (slip, "replaces", json_object_get (self->reopens, "number"));
  if (bm_session_is_anonymous (self))
    json_object_set_new (slip, "is_anonymous", json_true ());
  if (bm_session_is_hidden (self))
    json_object_set_new (slip, "is_hidden", json_true ());
  if (ask != NULL)
    json_object_set_new (slip, "ask", json_string (ask));
  if (bm_session_is_behalf (self))
    json_object_set_new (slip, "behalf", bm_session_make_behalf_mark (self));
  if (bm_session_is_social (self))
    json_object_set_new (slip, "by_social_card", json_true ());
  if (bm_session_get_latest (self) != BM_NO_DAY)
    {
      g_autofree char *latest = bm_day_to_string (bm_session_get_latest (self));

      json_object_set_new (slip, "latest", json_string (latest));
    }
  if (json_object_get (json_object_get (self->service, "sla"), "by") != NULL)
    bm_session_put_within (self, slip);
}

static json_t *
make_slip (BmSession *self)
{
  const char *way = bm_session_is_anonymous (self) ? "" : bm_session_get_way (self);
  json_t *slip;

  gint32 day = BM_NO_DAY;
  gboolean is_provisional = FALSE;
  g_autofree char *result_day = NULL;

  bm_session_get_result_day (self, self->was_online, &day, &is_provisional);
  result_day = day != BM_NO_DAY ? bm_day_to_string (day) : g_strdup ("");
  slip = json_pack ("{s:i, s:s, s:O, s:o, s:s, s:I, s:s, s:b, s:b, s:b, s:s, s:s}", "version", 1,
                    "label", bm_text_pick (json_object_get (self->service, "label")), "rule",
                    json_object_get (self->service, "version"), "fields", make_fields (self, TRUE),
                    "way", way, "noted_ms", (json_int_t) get_noted_ms (self), "result_day",
                    result_day, "is_provisional", (int) is_provisional, "was_online",
                    (int) self->was_online, "was_recently_online", (int) self->was_recently_online,
                    "helper", self->helper != NULL ? self->helper : "", "pressed_by",
                    bm_session_get_presser (self));
  put_places (self, slip);
  add_marks (self, slip);
  return slip;
}

static guint8
get_priority (BmSession *self)
{
  json_t *priority = json_object_get (bm_session_find_term (self), "priority");

  if (priority == NULL)
    priority = json_object_get (self->service, "priority");
  return (guint8) json_integer_value (priority);
}

/* Who it is of: the session and the person, or nobody and an id of its own. */
static void
set_owner (BmSession *self, BmDraft *draft)
{
  draft->is_anonymous = bm_session_is_anonymous (self);
  draft->is_hidden_from_desk = bm_session_is_hidden (self);
  if (draft->is_anonymous)
    {
      draft->session = bm_session_make_id ();
      draft->matter = 1;
      return;
    }
  draft->session = g_strdup (self->id);
  draft->matter = self->matter;
  memcpy (draft->subject_tag, self->tag, sizeof draft->subject_tag);
}

static BmDraft *
make_draft (BmSession *self)
{
  BmDraft *draft = bm_draft_new ();
  gint32 due = bm_session_get_due (self);

  draft->seat = g_strdup (self->setup->seat);
  set_owner (self, draft);
  draft->replaces = g_strdup (json_string_value (json_object_get (self->reopens, "number")));
  draft->service = g_strdup (json_string_value (json_object_get (self->service, "id")));
  draft->rule = g_strdup (json_string_value (json_object_get (self->service, "version")));
  draft->priority = get_priority (self);
  draft->due_day = due != BM_NO_DAY ? due : BM_NO_DUE_DAY;
  draft->payload = make_payload (self);
  draft->attachments = bm_session_add_photos (self, bm_session_get_signatures (self));
  draft->attachments = bm_session_add_memo (self, draft->attachments);
  draft->attachments = bm_session_add_letter (self, draft->attachments);
  draft->slip = make_slip (self);
  draft->sheet = bm_session_build_sheet (self, "registration", NULL);
  draft->visit = bm_session_dup_visit (self);
  draft->visited = bm_session_is_visit (self) ? json_incref (self->visit_order) : NULL;
  g_assert (draft->payload != NULL && draft->slip != NULL);
  return draft;
}

static void
offer (BmSession *self)
{
  bm_session_add_effect (self, BM_EFFECT_COMMIT)->draft = bm_draft_ref (self->draft);
  bm_session_go (self, BM_PAGE_COMMITTING);
}

void
bm_session_begin_commit (BmSession *self)
{
  gboolean is_anonymous = bm_session_is_anonymous (self);

  g_assert (is_anonymous || (self->card != NULL && self->is_confirmed && self->has_tag));
  g_assert (self->draft == NULL && self->committed == NULL);

  if (!is_anonymous && bm_session_stop_duplicate (self))
    return;
  if (!is_anonymous)
    add_card (self);
  if (!is_anonymous && !is_evidence_enough (self))
    {
      bm_session_audit (self, "evidence-missing", NULL);
      bm_session_go (self, BM_PAGE_UNSEEN);
      return;
    }
  self->matter += !is_anonymous;
  self->was_online = self->is_online;
  self->draft = make_draft (self);
  offer (self);
}

/* What the station would say of the case this moment. */
static json_t *
make_case (BmSession *self, json_t *committed)
{
  return json_pack ("{s:O, s:s, s:s, s:I, s:b, s:n, s:O?, s:O}", "number",
                    json_object_get (committed, "number"), "service", self->draft->service, "state",
                    "noted", "wall_ms", (json_int_t) bm_clock_get_wall_ms (self->setup->clock),
                    "is_told", 0, "result", "qr", json_object_get (committed, "qr"), "slip",
                    self->draft->slip);
}

void
bm_session_committed (BmSession *self, json_t *committed)
{
  const char *number = json_string_value (json_object_get (committed, "number"));

  if (bm_session_get_current (self) != BM_PAGE_COMMITTING || self->draft == NULL || number == NULL)
    return;
  self->committed = json_deep_copy (committed);
  bm_json_wipe (self->answer);
  self->answer = make_case (self, self->committed);
  g_assert (self->answer != NULL);
  g_clear_pointer (&self->draft, bm_draft_unref);
  bm_session_leave_ask (self);
  self->print_job = json_integer_value (json_object_get (committed, "print_job"));
  self->paper = self->print_job > 0 ? BM_PAPER_COMING : BM_PAPER_NONE;
  self->paper_boot_ms = self->answer_boot_ms = bm_session_now (self);
  self->is_printing = FALSE;
  if (self->was_online)
    bm_session_add_effect (self, BM_EFFECT_EXPECT_ANSWER)->text = g_strdup (number);
  bm_session_go (self, self->was_online ? BM_PAGE_SENDING : BM_PAGE_DONE);
}

void
bm_session_commit_failed (BmSession *self, gint code)
{
  g_autofree char *detail = g_strdup_printf ("%d", code);

  if (bm_session_get_current (self) != BM_PAGE_COMMITTING)
    return;
  bm_session_audit (self, "not-stored", detail);
  if (code == BM_ERROR_REFUSED && bm_session_lose_slot (self))
    {
      g_clear_pointer (&self->draft, bm_draft_unref);
      return;
    }
  bm_session_go (self, BM_PAGE_NOT_STORED);
}

/* Pages */

static void
build_committing (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmPageSpec bm_spec_committing = { .id = "committing",
                                        .template_name = "wait",
                                        .build = build_committing,
                                        .is_personal = TRUE };

static void
build_not_stored (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "warn");
  bm_page_set_earcon (page, "attention");
  bm_page_set_question (page, C_ ("page", "Something is wrong with the machine."), TRUE);
  bm_page_add_line (page, NULL, C_ ("page", "What you just did is not stored."), TRUE);
  bm_page_add_line (page, "person",
                    C_ ("page", "Please call the staff,\nit has to be done once more."), FALSE);
  bm_page_add_choice (page, "help", "help", C_ ("choice", "Call the staff"), "help");
  bm_page_add_choice (page, "again", "slip", C_ ("choice", "Do it once more"), NULL);
}

static gboolean
choose_not_stored (BmSession *self, const char *choice)
{
  if (strcmp (choice, "help") == 0)
    bm_session_call_help (self);
  else
    offer (self);
  return TRUE;
}

const BmPageSpec bm_spec_not_stored = { .id = "not-stored",
                                        .template_name = "error",
                                        .build = build_not_stored,
                                        .choose = choose_not_stored,
                                        .can_end = TRUE,
                                        .is_personal = TRUE };
