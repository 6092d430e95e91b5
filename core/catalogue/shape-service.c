/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-shape"

#include "core/catalogue/shape.h"

#include <string.h>

/*
 * The table of a service file; assets/schema/catalogue.json says the same as JSON Schema. What a table
 * cannot say (which step needs which part) stands in catalogue-rules.c.
 */

#define STRING(limit)                                 \
  {                                                   \
    .type = BM_SHAPE_STRING, .min = 1, .max = (limit) \
  }
#define TEXT(limit)                                 \
  {                                                 \
    .type = BM_SHAPE_TEXT, .min = 1, .max = (limit) \
  }
#define CHOICE(list)                          \
  {                                           \
    .type = BM_SHAPE_STRING, .one_of = (list) \
  }
#define NUMBER(low, high)                                 \
  {                                                       \
    .type = BM_SHAPE_INTEGER, .min = (low), .max = (high) \
  }
#define OBJECT(table)                        \
  {                                          \
    .type = BM_SHAPE_OBJECT, .keys = (table) \
  }
#define LIST(low, high, inner)                                            \
  {                                                                       \
    .type = BM_SHAPE_ARRAY, .min = (low), .max = (high), .items = (inner) \
  }

static gboolean
is_file_id (const char *text)
{
  return bm_shape_is_id (text) && strlen (text) <= 32;
}

static gboolean
is_result_code (const char *text)
{
  return strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen (text) && *text != '\0';
}

static const char *const step_names[] = { "danger", "track",  "identify", "confirm", "query",
                                          "notice", "fields", "readback", "witness", "commit",
                                          "cases",  "uses",   NULL };
static const char *const group_names[] = { "allowance", "farm",  "medical", "family",
                                           "village",   "other", NULL };
static const char *const frame_names[] = { "cases", NULL };
static const char *const tint_names[] = { "cert", "money", "voice", "apply", "case", "none", NULL };
static const char *const type_names[] = { "name",  "idno",  "doc",     "phone", "date", "ym",
                                          "code",  "money", "bool",    "text",  "addr", "signature",
                                          "place", "photo", "consent", "memo",  "slot", NULL };
static const char *const who_names[] = { "read", "pack",     "choose", "helper",
                                         "self", "computed", "centre", NULL };
static const char *const source_names[] = {
  "card.kind",   "card.name",     "card.id_number", "card.sex",     "card.birth",
  "card.ethnic", "card.address",  "card.valid_to",  "evidence.way", "evidence.present",
  "history.due", "record.scheme", "record.area",    "record.last",  "route.class",
  "route.dept",  "route.urgent",  "route.rule",     "age.band",     NULL
};
static const char *const rule_names[] = { "past", "future", NULL };
static const char *const level_names[] = { "public", "internal", "sensitive", NULL };
static const char *const keep_names[] = { "slip", "edit", "none", NULL };
static const char *const privacy_names[] = { "public", "private", NULL };
static const char *const need_names[] = { "must", "may", NULL };
static const char *const material_sources[] = { "card", "shared", "here", "bring", NULL };
static const char *const evidence_names[] = { "card", "social-card", "witness", NULL };
static const char *const role_names[] = { "helper", "head", "agent", "maintenance", NULL };
static const char *const sheet_names[] = { "result", "result_failed", NULL };
static const char *const block_types[] = { "states", "rule", "pair",      "text", "boxed",
                                           "number", "gap",  "signature", NULL };
static const char *const part_names[] = { "pension", "civil", "agri", "medical", NULL };
static const char *const each_names[] = { "month", NULL };
static const char *const size_names[] = { "small", "body", "lead", "hero", NULL };
static const char *const align_names[] = { "left", "center", NULL };

static const BmShape boolean = { .type = BM_SHAPE_BOOLEAN };
static const BmShape format = NUMBER (1, 1);
static const BmShape days = NUMBER (0, 366);
static const BmShape rank = NUMBER (0, 99);
static const BmShape priority = NUMBER (0, 9);
static const BmShape yuan = NUMBER (0, 999999999);
static const BmShape slot = NUMBER (1, 4);
static const BmShape reached = NUMBER (0, 3);
static const BmShape millimetres = NUMBER (1, 40);
static const BmShape id = { .type = BM_SHAPE_STRING, .min = 1, .max = 32, .fits = is_file_id };
static const BmShape version = STRING (32);
static const BmShape phone = STRING (24);
static const BmShape remark = STRING (200);
static const BmShape when = STRING (80);
static const BmShape label = TEXT (20);
static const BmShape text_60 = TEXT (60);
static const BmShape text_200 = TEXT (200);
static const BmShape icon = { .type = BM_SHAPE_STRING, .max = 40, .fits = bm_shape_is_icon };
static const BmShape tint = CHOICE (tint_names);

static const BmShape home_frame = CHOICE (frame_names);
static const BmShape home_group = CHOICE (group_names);
static const BmShapeKey home_keys[] = { { "slot", &slot },
                                        { "frame", &home_frame },
                                        { "group", &home_group },
                                        { "rank", &rank },
                                        { NULL } };
static const BmShape home = OBJECT (home_keys);

static const BmShape step = CHOICE (step_names);
static const BmShape flow = LIST (1, 8, &step);

static const BmShapeKey line_keys[] = { { "text", &text_200, TRUE },
                                        { "icon", &icon },
                                        { "strong", &boolean },
                                        { "when", &when },
                                        { NULL } };
static const BmShape line = OBJECT (line_keys);
static const BmShape lines = LIST (0, 8, &line);

static const BmShape material_need = CHOICE (need_names);
static const BmShape material_source = CHOICE (material_sources);
static const BmShapeKey material_keys[] = { { "name", &text_60, TRUE },
                                            { "need", &material_need, TRUE },
                                            { "source", &material_source, TRUE },
                                            { NULL } };
static const BmShape material = OBJECT (material_keys);
static const BmShape materials = LIST (0, 20, &material);

/* manual_way: one list of sentences per language. */
static const BmShape sentence = STRING (60);
static const BmShape sentences = LIST (1, 4, &sentence);
static const BmShape manual_way = { .type = BM_SHAPE_MAP,
                                    .min = 1,
                                    .max = 16,
                                    .items = &sentences };

/* Conditions: any item of the list, in which every field has one of the codes named for it. */
static const BmShape code_value = { .type = BM_SHAPE_STRING,
                                    .min = 1,
                                    .max = 32,
                                    .fits = bm_shape_is_id,
                                    .remedy = "use small letters, digits, dot and dash" };
static const BmShape code_values = LIST (1, 24, &code_value);
static const BmShape condition = { .type = BM_SHAPE_MAP,
                                   .min = 1,
                                   .max = 8,
                                   .name_fits = is_file_id,
                                   .items = &code_values };
static const BmShape conditions = LIST (1, 8, &condition);

static const BmShape hours = NUMBER (1, 72);
static const BmShapeKey deadline_keys[] = { { "when", &conditions, TRUE },
                                            { "days", &days },
                                            { "hours", &hours },
                                            { "priority", &priority },
                                            { NULL } };
static const BmShape deadline = OBJECT (deadline_keys);
static const BmShape deadlines = LIST (1, 12, &deadline);
static const BmShapeKey sla_keys[] = { { "online_days", &days, TRUE },
                                       { "offline_days", &days, TRUE },
                                       { "by", &deadlines },
                                       { NULL } };
static const BmShape sla = OBJECT (sla_keys);
static const BmShapeKey after_keys[] = { { "basis", &label, TRUE },
                                         { "trips", &rank, TRUE },
                                         { "trips_not_done", &rank, TRUE },
                                         { "papers", &rank, TRUE },
                                         { NULL } };
static const BmShape after = OBJECT (after_keys);
static const BmShapeKey baseline_keys[] = { { "trips", &rank, TRUE },
                                            { "papers", &rank, TRUE },
                                            { "after", &after },
                                            { NULL } };
static const BmShape baseline = OBJECT (baseline_keys);

static const BmShapeKey code_keys[] = { { "code", &code_value, TRUE },
                                        { "label", &label, TRUE },
                                        { "icon", &icon },
                                        { "first_when", &conditions },
                                        { NULL } };
static const BmShape code = OBJECT (code_keys);
static const BmShape codes = LIST (1, 24, &code);

static const BmShape step_number = NUMBER (1, 12);
static const BmShape field_type = CHOICE (type_names);
static const BmShape field_who = CHOICE (who_names);
static const BmShape field_from = CHOICE (source_names);
static const BmShape field_rule = CHOICE (rule_names);
static const BmShape field_level = CHOICE (level_names);
static const BmShape field_keep = CHOICE (keep_names);
/* What a person agrees to by itself, with a notice of its own. */
static const BmShapeKey consent_keys[] = {
  { "version", &version, TRUE }, { "lines", &lines, TRUE }, { "receiver", &text_60, TRUE },
  { "keep_days", &days, TRUE },  { "needed", &boolean },    { NULL }
};
static const BmShape consent = OBJECT (consent_keys);

/* How many visits fit into half a day, and how many working days ahead are offered. */
static const BmShape slot_days = NUMBER (1, 5);
static const BmShapeKey slots_keys[] = { { "am", &rank, TRUE },
                                         { "pm", &rank, TRUE },
                                         { "days", &slot_days, TRUE },
                                         { NULL } };
static const BmShape slots = OBJECT (slots_keys);

static const BmShapeKey field_keys[] = { { "id", &id, TRUE },
                                         { "label", &label, TRUE },
                                         { "type", &field_type, TRUE },
                                         { "who", &field_who, TRUE },
                                         { "from", &field_from },
                                         { "rule", &field_rule },
                                         { "level", &field_level, TRUE },
                                         { "why", &remark, TRUE },
                                         { "keep_local", &field_keep, TRUE },
                                         { "optional", &boolean },
                                         { "least", &yuan },
                                         { "most", &yuan },
                                         { "has_fen", &boolean },
                                         { "codes", &codes },
                                         { "question", &text_60 },
                                         { "spoken", &text_200 },
                                         { "asked_when", &conditions },
                                         { "consent", &consent },
                                         { "slots", &slots },
                                         { "signs", &id },
                                         { "step", &step_number },
                                         { NULL } };
static const BmShape field = OBJECT (field_keys);
static const BmShape fields = LIST (0, 60, &field);

static const BmShapeKey notice_keys[] = { { "version", &version, TRUE },
                                          { "say", &text_60, TRUE },
                                          { "lines", &lines, TRUE },
                                          { "detail", &lines, TRUE },
                                          { "receiver", &text_60, TRUE },
                                          { "keep_days", &days, TRUE },
                                          { NULL } };
static const BmShape notice = OBJECT (notice_keys);

static const BmShape evidence_class = CHOICE (evidence_names);
static const BmShape needs = LIST (1, 4, &evidence_class);
static const BmShapeKey accepted_keys[] = {
  { "class", &evidence_class, TRUE }, { "rank", &rank, TRUE },          { "needs", &needs, TRUE },
  { "label", &text_60, TRUE },        { "legal_basis", &remark, TRUE }, { NULL }
};
static const BmShape accepted_one = OBJECT (accepted_keys);
static const BmShape accepted = LIST (1, 8, &accepted_one);
static const BmShape role = CHOICE (role_names);
static const BmShape roles = LIST (1, 4, &role);
static const BmShapeKey evidence_keys[] = { { "legal_basis", &remark, TRUE },
                                            { "witness_roles", &roles },
                                            { "accepted", &accepted, TRUE },
                                            { "refusal", &text_60, TRUE },
                                            { NULL } };
static const BmShape evidence = OBJECT (evidence_keys);

static const BmShapeKey outcome_keys[] = { { "say", &text_60, TRUE },
                                           { "lines", &lines, TRUE },
                                           { NULL } };
static const BmShape outcome = OBJECT (outcome_keys);
static const BmShapeKey done_keys[] = { { "offline", &outcome, TRUE }, { "online", &outcome, TRUE },
                                        { "again_offline", &outcome }, { "again_online", &outcome },
                                        { "spoken", &text_200 },       { NULL } };
static const BmShape done = OBJECT (done_keys);

/* What the person's record is asked for, and what is said of it. */
static const BmShape part = CHOICE (part_names);
static const BmShapeKey query_item_keys[] = { { "code", &code_value, TRUE },
                                              { "label", &label, TRUE },
                                              { NULL } };
static const BmShape query_item = OBJECT (query_item_keys);
static const BmShape query_items = LIST (1, 24, &query_item);
static const BmShapeKey query_keys[] = {
  { "from", &part, TRUE },        { "paying", &outcome },        { "nothing", &outcome },
  { "paused", &outcome },         { "ended", &outcome },         { "applying", &outcome },
  { "none", &outcome, TRUE },     { "elsewhere", &outcome },     { "check", &outcome, TRUE },
  { "unknown", &outcome, TRUE },  { "missing", &outcome, TRUE }, { "locked", &outcome, TRUE },
  { "register", &text_60, TRUE }, { "items", &query_items },     { "insured", &outcome },
  { "unpaid", &outcome },         { "assisted", &outcome },      { NULL }
};
static const BmShape query = OBJECT (query_keys);
static const BmShapeKey before_keys[] = { { "from", &part, TRUE },
                                          { "soon_days", &days, TRUE },
                                          { "soon", &outcome, TRUE },
                                          { "later", &outcome, TRUE },
                                          { "overdue", &outcome, TRUE },
                                          { "stopped", &outcome, TRUE },
                                          { NULL } };
static const BmShape before = OBJECT (before_keys);
static const BmShape kept_ids = LIST (1, 4, &id);

/* Whom it cannot be done for. */
static const BmShape years = NUMBER (1, 125);
static const BmShape months_early = NUMBER (0, 11);
static const BmShapeKey too_young_keys[] = { { "years", &years, TRUE },
                                             { "months_early", &months_early, TRUE },
                                             { NULL } };
static const BmShape too_young = OBJECT (too_young_keys);
static const BmShapeKey drawn_keys[] = { { "from", &part, TRUE },
                                         { "what", &code_values, TRUE },
                                         { NULL } };
static const BmShape drawn = OBJECT (drawn_keys);
static const BmShapeKey past_keys[] = { { "field", &id, TRUE }, { "days", &days, TRUE }, { NULL } };
static const BmShape past = OBJECT (past_keys);
static const BmShapeKey stop_keys[] = { { "when", &conditions },
                                        { "too_young", &too_young },
                                        { "drawn", &drawn },
                                        { "past", &past },
                                        { "say", &text_60, TRUE },
                                        { "lines", &lines, TRUE },
                                        { NULL } };
static const BmShape stop = OBJECT (stop_keys);
static const BmShape stops = LIST (1, 8, &stop);

static const BmShape sheet_name = CHOICE (sheet_names);
static const BmShapeKey result_keys[] = { { "say", &text_60, TRUE },
                                          { "lines", &lines, TRUE },
                                          { "good", &boolean },
                                          { "again", &boolean },
                                          { "reopen", &boolean },
                                          { "sheet", &sheet_name },
                                          { NULL } };
static const BmShape result = OBJECT (result_keys);
static const BmShape results = { .type = BM_SHAPE_MAP,
                                 .max = 60,
                                 .name_fits = is_result_code,
                                 .items = &result };

static const BmShape block_type = CHOICE (block_types);
static const BmShape block_size = CHOICE (size_names);
static const BmShape block_align = CHOICE (align_names);
static const BmShape block_each = CHOICE (each_names);
static const BmShapeKey block_keys[] = { { "type", &block_type, TRUE }, { "when", &when },
                                         { "reached", &reached },       { "label", &label },
                                         { "value", &text_200 },        { "strong", &boolean },
                                         { "text", &text_200 },         { "size", &block_size },
                                         { "align", &block_align },     { "ask", &label },
                                         { "mm", &millimetres },        { "field", &id },
                                         { "each", &block_each },       { NULL } };
static const BmShape block = OBJECT (block_keys);
static const BmShape blocks = LIST (1, 80, &block);
static const BmShapeKey sheet_keys[] = { { "title", &label, TRUE },
                                         { "blocks", &blocks, TRUE },
                                         { NULL } };
static const BmShape sheet = OBJECT (sheet_keys);
static const BmShapeKey sheets_keys[] = { { "registration", &sheet, TRUE },
                                          { "result", &sheet },
                                          { "result_failed", &sheet },
                                          { "query", &sheet },
                                          { NULL } };
static const BmShape sheets = OBJECT (sheets_keys);

/* The numbers that are said before anything else, and what the desk has to ask afterwards. */
static const BmShapeKey call_keys[] = { { "label", &label, TRUE },
                                        { "number", &phone, TRUE },
                                        { NULL } };
static const BmShape call = OBJECT (call_keys);
static const BmShape calls = LIST (1, 4, &call);
static const BmShapeKey danger_keys[] = { { "say", &text_60, TRUE },
                                          { "calls", &calls, TRUE },
                                          { NULL } };
static const BmShape danger = OBJECT (danger_keys);
static const BmShapeKey ask_keys[] = { { "when", &conditions, TRUE },
                                       { "say", &text_60, TRUE },
                                       { NULL } };
static const BmShape ask = OBJECT (ask_keys);
static const BmShape asks = LIST (1, 8, &ask);

/* Whether somebody else may hand it in, and by which law. */
static const BmShapeKey on_behalf_keys[] = { { "legal_basis", &remark, TRUE }, { NULL } };
static const BmShape on_behalf = OBJECT (on_behalf_keys);

static const BmShape privacy = CHOICE (privacy_names);
static const BmShapeKey service_keys[] = {
  { "format", &format, TRUE },
  { "id", &id, TRUE },
  { "version", &version, TRUE },
  { "label", &label, TRUE },
  { "home", &home },
  { "icon", &icon, TRUE },
  { "tint", &tint, TRUE },
  { "priority", &priority, TRUE },
  { "legal_basis", &remark, TRUE },
  { "who_decides", &label, TRUE },
  { "phone", &phone, TRUE },
  { "supervision", &phone, TRUE },
  { "flow", &flow, TRUE },
  { "spoken_privacy", &privacy, TRUE },
  { "home_spoken", &text_200 },
  { "materials", &materials, TRUE },
  { "once_told", &text_200, TRUE },
  { "manual_way", &manual_way, TRUE },
  { "sla", &sla, TRUE },
  { "retention_days", &days, TRUE },
  { "baseline", &baseline, TRUE },
  { "fields", &fields, TRUE },
  { "danger", &danger },
  { "anonymous_when", &conditions },
  { "hidden_when", &conditions },
  { "unrated", &boolean },
  { "on_behalf", &on_behalf },
  { "asks", &asks },
  { "notice", &notice },
  { "evidence", &evidence },
  { "query", &query },
  { "before", &before },
  { "stops", &stops },
  { "duplicate_by", &kept_ids },
  { "done", &done },
  { "results", &results },
  { "sheets", &sheets },
  { NULL },
};
static const BmShape service_shape = OBJECT (service_keys);

/**
 * bm_shape_check_service:
 * @service: a catalogue file
 * @ret_path: (out) (optional) (nullable): where the first fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks the form of a service file as assets/schema/catalogue.json does.
 *
 * Returns: whether the form is right
 */
gboolean
bm_shape_check_service (json_t *service, char **ret_path, GError **error)
{
  return bm_shape_check (&service_shape, service, "service", ret_path, error);
}
