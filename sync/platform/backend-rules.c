/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-rules.h"

#include "core/calendar/certification.h"
#include "core/people/id-number.h"
#include "core/people/name.h"
#include "sync/platform/backend-appeals.h"
#include "sync/platform/backend-applications.h"
#include "sync/platform/backend-behalf.h"
#include "sync/platform/backend-late.h"
#include "sync/platform/backend-records.h"
#include "sync/platform/backend-rules-check.h"
#include "sync/protocol-json.h"

#include <string.h>

/*
 * Decides a certification as a pension office would (domain §2.1, §4.3): first whether the evidence
 * counts (card and a witness who is not kin), then what the books say of the person; a query by the
 * books; a request by its kind and time (backend-appeals.c); an application by backend-applications.c. Which code a case gets is decided here;
 * which state and sentence belong to a code stands in rules.json. A service without a rule of its own
 * is accepted and waits for a person.
 */

#define MAX_SERVICES  256
#define LATE_REPEATED "LATE_REPEATED"

struct _BmBackendRules
{
  GObject parent_instance;

  json_t *rules;
  BmBackendRecords *records;
  char *catalogue; /* folder whose services are taken too */
  BmCalendar *calendar;
  BmAppealTable *classes; /* NULL where there is no such table */
};

static void bm_backend_rules_backend_init (BmBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmBackendRules,
                               bm_backend_rules,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_BACKEND,
                                                      bm_backend_rules_backend_init))

static json_t *
get_rule (BmBackendRules *self, const char *service)
{
  return json_object_get (json_object_get (self->rules, "services"), service);
}

static json_t *
get_late (BmBackendRules *self)
{
  return json_object_get (self->rules, "late");
}

/* Evidence. */

static json_t *
find_evidence (const BmBackendCase *kase, const char *class)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (kase->payload, "evidence"), i,
                      item) if (strcmp (bm_backend_get_text (item, "class"), class) ==
                                0) return item;
  return NULL;
}

/* NULL when the evidence counts. */
static const char *
judge_evidence (BmBackendRules *self, const BmBackendCase *kase, const char *id_number)
{
  json_t *id_card = find_evidence (kase, "card");
  json_t *card = id_card != NULL ? id_card : find_evidence (kase, "social-card");
  json_t *witness = find_evidence (kase, "witness");

  if (card == NULL && !bm_backend_late_was_seen (kase, "card-seen"))
    return "CERT_MATCH_FAIL";
  if (witness == NULL)
    return "CERT_NO_WITNESS";
  if (kase->is_visit_of_other)
    return "CERT_VISIT_OTHER";
  switch (bm_backend_records_judge_witness (self->records, bm_backend_get_text (witness, "staff"),
                                            id_number))
    {
    case BM_WITNESS_GOOD:
      return NULL;
    case BM_WITNESS_KIN:
      return "CERT_KIN_WITNESS";
    case BM_WITNESS_UNKNOWN:
    default:
      return "CERT_NO_WITNESS";
    }
}

/* The books. A service with a list of its own ("receivers") is decided by that, another by the pension's records. */

static const char *
judge_listed (json_t *receivers, const char *id_number)
{
  const char *code = json_string_value (json_object_get (receivers, id_number));

  return code != NULL ? code : "CERT_NOT_LISTED";
}

static const char *
judge_record (BmBackendRules *self, json_t *record, const char *name)
{
  if (strcmp (bm_backend_get_text (record, "person"), "normal") != 0)
    return "CERT_STATUS";
  if (json_array_size (json_object_get (record, "accounts")) > 1)
    return "CERT_DUP";
  /* A name that the chip cut counts, because the number was equal already (domain §7); an old
   * private-use code maps to the same name, but the books need correcting. */
  switch (bm_name_compare (bm_backend_get_text (record, "name"), name))
    {
    case BM_NAME_SAME:
    case BM_NAME_SAME_CUT:
      break;
    case BM_NAME_SAME_MAPPED:
    case BM_NAME_DIFFERENT:
    default:
      return "CERT_NAME";
    }
  if (strcmp (bm_backend_get_text (record, "area"), bm_backend_get_text (self->rules, "area")) != 0)
    return "CERT_NOT_SYNCED";
  if (strcmp (bm_backend_get_text (record, "pay"), "applying") == 0)
    return "CERT_NOT_NEEDED";
  if (strcmp (bm_backend_get_text (record, "pay"), "paused") == 0)
    return "CERT_PAY_STATUS";
  return "CERT_OK";
}

static const char *
judge_certification (BmBackendRules *self, const BmBackendCase *kase)
{
  json_t *fields = json_object_get (kase->payload, "fields");
  json_t *receivers = json_object_get (get_rule (self, kase->service), "receivers");
  g_autofree char *id_number = bm_id_number_fold (bm_backend_get_text (fields, "p.idno"));
  const char *code;
  json_t *record;

  if (!bm_id_verdict_is_acceptable (bm_id_number_check (id_number, BM_NO_DAY)))
    return "CERT_BAD_ID";
  code = judge_evidence (self, kase, id_number);
  if (code != NULL)
    return code;
  if (receivers != NULL)
    return judge_listed (receivers, id_number);
  record = bm_backend_records_find (self->records, id_number);
  if (record == NULL)
    return "CERT_NOT_INSURED";
  return judge_record (self, record, bm_backend_get_text (fields, "p.name"));
}

/* Decisions. */

/* NULL for a rule without a window; the rules' windows were checked when they were read. */
static char *
reckon_next_due (BmBackendRules *self, json_t *rule, const BmBackendCase *kase)
{
  const char *number = bm_backend_get_text (json_object_get (kase->payload, "fields"), "p.idno");
  g_autofree char *folded = bm_id_number_fold (number);
  BmCertificationRule window;
  gint32 birth = BM_NO_DAY;
  gint32 day = bm_day_from_wall_ms (kase->happened_ms);
  gboolean is_paper_day;

  if (!bm_certification_rule_parse (bm_backend_get_text (rule, "window"), &window, NULL))
    return NULL;
  if (bm_id_verdict_is_acceptable (bm_id_number_check (folded, BM_NO_DAY)))
    birth = bm_id_number_get_birth (folded);
  if (bm_backend_late_is (kase))
    day = bm_backend_late_get_day (get_late (self), kase, &is_paper_day);
  return bm_day_to_string (bm_certification_get_due (&window, day, birth));
}

static char *
make_central_number (BmBackendRules *self, const BmBackendCase *kase)
{
  const char *prefix = bm_backend_get_text (get_rule (self, kase->service), "central_prefix");
  gint year = 0;
  gint month;
  gint day;

  bm_day_to_ymd (bm_day_from_wall_ms (kase->received_ms), &year, &month, &day);
  if (*prefix == '\0')
    prefix = bm_backend_get_text (self->rules, "central_prefix");
  return g_strdup_printf ("%s-%04d-%06" G_GINT64_FORMAT, prefix, year, kase->serial);
}

/* Queries: one plain sentence and no amounts; those are shown to who is there with the card. */

static json_t *
find_asked_record (BmBackendRules *self, const BmBackendCase *kase)
{
  json_t *fields = json_object_get (kase->payload, "fields");
  g_autofree char *id_number = bm_id_number_fold (bm_backend_get_text (fields, "p.idno"));

  return bm_backend_records_find (self->records, id_number);
}

/* The pension's books, or those of the part that the rule names. */
static gboolean
is_found (BmBackendRules *self, const BmBackendCase *kase)
{
  const char *part = bm_backend_get_text (get_rule (self, kase->service), "part");
  json_t *fields = json_object_get (kase->payload, "fields");
  g_autofree char *id_number = bm_id_number_fold (bm_backend_get_text (fields, "p.idno"));

  return *part == '\0' ? find_asked_record (self, kase) != NULL
                       : bm_backend_records_has_part (self->records, part, id_number);
}

static const char *
find_query_text (BmBackendRules *self, const BmBackendCase *kase)
{
  json_t *texts = json_object_get (get_rule (self, kase->service), "texts");
  json_t *record = find_asked_record (self, kase);
  gboolean is_plain = strcmp (bm_backend_get_text (record, "person"), "normal") == 0 &&
                      json_array_size (json_object_get (record, "accounts")) == 1;

  return bm_backend_get_text (texts, is_plain ? bm_backend_get_text (record, "pay") : "check");
}

static void
fill_decision (BmBackendRules *self, const BmBackendCase *kase, BmDecision *decision)
{
  json_t *rule = get_rule (self, kase->service);
  BmBackendAppeals appeals = { rule, self->calendar, self->classes };
  BmBackendApplications applications = { rule, self->calendar, self->records };
  const char *text;

  if (bm_backend_rule_decides_by (rule, BM_DECIDE_APPLICATION))
    bm_backend_applications_fill (&applications, kase, decision);
  if (bm_backend_rule_decides_by (rule, BM_DECIDE_APPEAL))
    bm_backend_appeals_fill (&appeals, kase, decision);
  if (!bm_backend_rule_decides_by (rule, BM_DECIDE_QUERY) ||
      json_object_get (rule, "part") != NULL || strcmp (decision->code, "QUERY_FOUND") != 0)
    return;
  text = find_query_text (self, kase);
  if (*text == '\0')
    return;
  g_free (decision->text);
  decision->text = g_strdup (text);
}

/* A service may say a code in its own words. */
static const char *
find_text (json_t *rule, const char *code, json_t *answer)
{
  json_t *own = json_object_get (json_object_get (rule, "texts"), code);

  return own != NULL ? json_string_value (own) : bm_backend_get_text (answer, "text");
}

BmDecision *
bm_backend_rules_decide (BmBackendRules *self,
                         const BmBackendCase *kase,
                         const char *code,
                         GError **error)
{
  json_t *answer;
  BmDecision *decision;
  json_t *rule;

  g_return_val_if_fail (BM_IS_BACKEND_RULES (self) && kase != NULL && code != NULL, NULL);

  rule = get_rule (self, kase->service);
  answer = json_object_get (json_object_get (self->rules, "answers"), code);
  if (answer == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "rules.json has no answer %s", code);
      return NULL;
    }
  decision = g_new0 (BmDecision, 1);
  decision->state = g_strdup (bm_backend_get_text (answer, "state"));
  decision->code = g_strdup (code);
  decision->text = g_strdup (find_text (rule, code, answer));
  decision->central_no = make_central_number (self, kase);
  decision->by = g_strdup (
    bm_backend_get_text (json_object_get (rule, "by") != NULL ? rule : self->rules, "by"));
  decision->is_final = json_is_true (json_object_get (answer, "final"));
  if (json_is_true (json_object_get (answer, "passed")))
    decision->next_due = reckon_next_due (self, rule, kase);
  fill_decision (self, kase, decision);
  bm_backend_late_fill (get_late (self), kase, decision);
  return decision;
}

gboolean
bm_backend_rules_reword (BmBackendRules *self,
                         BmDecision *decision,
                         const char *text,
                         GError **error)
{
  json_t *answer;

  g_return_val_if_fail (BM_IS_BACKEND_RULES (self) && decision != NULL && text != NULL, FALSE);

  answer = json_object_get (json_object_get (self->rules, "answers"), decision->code);
  if (!json_is_true (json_object_get (answer, "free_text")) || !bm_backend_rules_is_reply (text))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "%s takes no text of one's own, or not this one (at most %d characters)",
                   decision->code, BM_BACKEND_MAX_REPLY_CHARS);
      return FALSE;
    }
  g_free (decision->text);
  decision->text = g_strdup (text);
  return TRUE;
}

static BmDecision *
rules_submit (BmBackend *backend, const BmBackendCase *kase, GError **error)
{
  BmBackendRules *self = BM_BACKEND_RULES (backend);
  gboolean is_appeal =
    bm_backend_rule_decides_by (get_rule (self, kase->service), BM_DECIDE_APPEAL);

  return bm_backend_rules_decide (self, kase, is_appeal ? "APPEAL_HANDED" : "HANDED", error);
}

static BmDecision *
rules_poll (BmBackend *backend, const BmBackendCase *kase, GError **error)
{
  BmBackendRules *self = BM_BACKEND_RULES (backend);
  json_t *rule = get_rule (self, kase->service);
  BmBackendAppeals appeals = { rule, self->calendar, self->classes };
  BmBackendApplications applications = { rule, self->calendar, self->records };
  const char *refusal = bm_backend_behalf_get_code (rule, self->records, kase);
  const char *code = "ACCEPTED";

  if (refusal != NULL)
    code = json_object_get (json_object_get (self->rules, "answers"), refusal) != NULL ? refusal
                                                                                       : "NOT_DONE";
  else if (kase->repeats != NULL)
    code = json_object_get (json_object_get (self->rules, "answers"), LATE_REPEATED) != NULL
             ? LATE_REPEATED
             : "NOT_DONE";
  else if (bm_backend_rule_decides_by (rule, BM_DECIDE_CERTIFICATION))
    code = judge_certification (self, kase);
  else if (bm_backend_rule_decides_by (rule, BM_DECIDE_QUERY))
    code = is_found (self, kase) ? "QUERY_FOUND" : "QUERY_NOT_FOUND";
  else if (bm_backend_rule_decides_by (rule, BM_DECIDE_APPEAL))
    code = bm_backend_appeals_get_code (&appeals, kase);
  else if (bm_backend_rule_decides_by (rule, BM_DECIDE_APPLICATION))
    code = bm_backend_applications_get_code (&applications, kase);
  return bm_backend_rules_decide (self, kase, code, error);
}

static gboolean
has_village (BmBackendRules *self, const char *village, GError **error)
{
  if (strcmp (village, bm_backend_get_text (self->rules, "village")) == 0)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "There is no pack for %s", village);
  return FALSE;
}

static json_t *
rules_fetch_pack (BmBackend *backend, const char *village, GError **error)
{
  BmBackendRules *self = BM_BACKEND_RULES (backend);

  if (!has_village (self, village, error))
    return NULL;
  return json_pack ("{s:i, s:s, s:s, s:o}", "version", 1, "village", village, "as_of",
                    bm_backend_records_get_as_of (self->records), "due",
                    bm_backend_records_list_due (self->records));
}

static json_t *
rules_fetch_records (BmBackend *backend, const char *village, const char *as_of, GError **error)
{
  BmBackendRules *self = BM_BACKEND_RULES (backend);
  const char *day = as_of != NULL ? as_of : bm_backend_records_get_as_of (self->records);
  json_t *records;

  if (!has_village (self, village, error))
    return NULL;
  records = bm_backend_records_list_records (self->records, day, error);
  if (records == NULL)
    return NULL;
  return json_pack ("{s:i, s:s, s:s, s:o}", "version", 1, "village", village, "as_of", day,
                    "records", records);
}

static void
add_catalogue_file (json_t *services, const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (BmJson) document = json_load_file (path, JSON_REJECT_DUPLICATES, NULL);
  const char *id = json_string_value (json_object_get (document, "id"));

  if (id != NULL && json_array_size (services) < MAX_SERVICES)
    json_array_append_new (services, json_string (id));
}

static json_t *
rules_fetch_catalogue (BmBackend *backend, GError **error)
{
  BmBackendRules *self = BM_BACKEND_RULES (backend);
  json_t *services = json_array ();
  g_autoptr (GDir) folder = g_dir_open (self->catalogue, 0, NULL);
  const char *name;
  json_t *rule;

  json_object_foreach (json_object_get (self->rules, "services"), name, rule)
    json_array_append_new (services, json_string (name));
  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      add_catalogue_file (services, self->catalogue, name);
  return json_pack ("{s:i, s:o}", "version", 1, "services", services);
}

static void
bm_backend_rules_backend_init (BmBackendInterface *iface)
{
  iface->submit = rules_submit;
  iface->poll = rules_poll;
  iface->fetch_pack = rules_fetch_pack;
  iface->fetch_catalogue = rules_fetch_catalogue;
  iface->fetch_records = rules_fetch_records;
}

static void
bm_backend_rules_finalize (GObject *object)
{
  BmBackendRules *self = BM_BACKEND_RULES (object);

  json_decref (self->rules);
  bm_backend_records_free (self->records);
  g_free (self->catalogue);
  g_clear_pointer (&self->calendar, bm_calendar_unref);
  g_clear_pointer (&self->classes, bm_appeal_table_unref);
  G_OBJECT_CLASS (bm_backend_rules_parent_class)->finalize (object);
}

static void
bm_backend_rules_class_init (BmBackendRulesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_backend_rules_finalize;
}

static void
bm_backend_rules_init (BmBackendRules *self)
{
}

/* Both lie beside the catalogue. Without a calendar every day is a provisional one; without the table a
 * request is classed as the station said. */
static gboolean
load_tables (BmBackendRules *self, GError **error)
{
  g_autofree char *assets = g_path_get_dirname (self->catalogue);
  g_autofree char *calendars = g_build_filename (assets, "calendars", NULL);
  g_autofree char *classes = g_build_filename (assets, "tables", "appeal-class.json", NULL);

  self->calendar = g_file_test (calendars, G_FILE_TEST_IS_DIR)
                     ? bm_calendar_load_folder (calendars, error)
                     : bm_calendar_new ();
  if (self->calendar == NULL)
    return FALSE;
  if (!g_file_test (classes, G_FILE_TEST_EXISTS))
    return TRUE;
  self->classes = bm_appeal_table_load (classes, error);
  return self->classes != NULL;
}

/**
 * bm_backend_rules_new:
 * @dir: folder with rules.json, pension.json, residents.csv, roster.json
 * @catalogue: folder of service files that are taken besides those of the rules; need not exist.
 *   Beside it, calendars/ and tables/appeal-class.json are used where they are.
 * @error: %BM_ERROR_INVALID names file and line
 */
BmBackend *
bm_backend_rules_new (const char *dir, const char *catalogue, GError **error)
{
  g_autoptr (BmBackendRules) self = NULL;

  g_return_val_if_fail (dir != NULL && catalogue != NULL, NULL);

  self = g_object_new (BM_TYPE_BACKEND_RULES, NULL);
  self->catalogue = g_strdup (catalogue);
  self->rules = bm_backend_read_json (dir, "rules.json", error);
  if (self->rules == NULL || !bm_backend_rules_check (self->rules, error) ||
      !load_tables (self, error))
    return NULL;
  self->records = bm_backend_records_load (dir, error);
  return self->records != NULL ? BM_BACKEND (g_steal_pointer (&self)) : NULL;
}
