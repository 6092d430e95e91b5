/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/wire-corpus.h"

#include "core/calendar/day.h"
#include "core/entry/number.h"
#include "tests/bench/wire-words.h"

#include <string.h>

/*
 * A station's days from a seed. The generator is SplitMix64, so that a seed gives the same bytes on every
 * machine; the digest of what it gives is asserted by tests/sync/test-wire.c.
 *
 * Free text joins clauses. Training never sees the second half of each list, so that a dictionary is
 * measured with words that it does not know.
 */

#define START_MS  G_GINT64_CONSTANT (1795223400000) /* 2026-11-21 morning in China */
#define MINUTE_MS 60000
#define PLACES    9 /* groups of a village */

typedef struct
{
  guint64 state;
  BmCorpusFlags flags;
  gint64 now_ms;
  gint64 boot_ms;
  guint32 counter;
  char area[7];
  char village[13];
  char *place; /* an address up to the village */
  char *county;
  guint8 boot_id[BM_BOOT_ID_LEN];
  GPtrArray *rows;
} Maker;

static guint64
draw (Maker *self)
{
  guint64 z = (self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static guint
below (Maker *self, guint limit)
{
  return (guint) (draw (self) % limit);
}

static guint
between (Maker *self, guint least, guint most)
{
  return least + below (self, most - least + 1);
}

static gboolean
chance (Maker *self, guint percent)
{
  return below (self, 100) < percent;
}

static const char *
pick (Maker *self, const char *const *list)
{
  return list[below (self, g_strv_length ((char **) list))];
}

/* Of a list of clauses: all of it, or while training the first half. */
static const char *
pick_clause (Maker *self, const char *const *list)
{
  guint len = g_strv_length ((char **) list);

  return list[below (self, self->flags & BM_CORPUS_TRAINING ? len / 2 : len)];
}

static void
append_char (Maker *self, GString *out, const char *chars)
{
  g_string_append_unichar (out,
                           g_utf8_get_char (
                             g_utf8_offset_to_pointer (chars,
                                                       below (self,
                                                              (guint) g_utf8_strlen (chars, -1)))));
}

/* Places and people */

static char *
make_place_name (Maker *self, const char *suffix)
{
  GString *out = g_string_new (NULL);

  append_char (self, out, place_chars);
  append_char (self, out, place_chars);
  g_string_append (out, suffix);
  return g_string_free (out, FALSE);
}

static void
move_to_another_station (Maker *self)
{
  g_autofree char *city = make_place_name (self, "市");
  g_autofree char *town = make_place_name (self, "镇");
  g_autofree char *village = make_place_name (self, "村");

  g_free (self->county);
  g_free (self->place);
  self->county = make_place_name (self, "县");
  self->place = g_strconcat (pick (self, provinces), city, self->county, town, village, NULL);
  g_snprintf (self->area, sizeof self->area, "%02u%02u%02u", between (self, 13, 63),
              between (self, 1, 20), between (self, 21, 35));
  g_snprintf (self->village, sizeof self->village, "%s%03u%03u", self->area,
              between (self, 100, 120), between (self, 200, 230));
  for (guint i = 0; i < BM_BOOT_ID_LEN; i++)
    self->boot_id[i] = (guint8) draw (self);
  self->boot_ms = between (self, MINUTE_MS, 90 * MINUTE_MS);
  self->counter = between (self, 1, 9000);
}

static char
id_check (const char *digits)
{
  static const guint weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
  guint sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (weights); i++)
    sum += weights[i] * (guint) (digits[i] - '0');
  return "10X98765432"[sum % 11];
}

static void
add_person (Maker *self, json_t *fields, gboolean is_whole)
{
  GString *name = g_string_new (NULL);
  guint year = between (self, 1932, 1968), month = between (self, 1, 12),
        day = between (self, 1, 28);
  guint order = between (self, 1, 999);
  g_autofree char *number =
    g_strdup_printf ("%s%04u%02u%02u%03u?", self->area, year, month, day, order);

  number[17] = id_check (number);
  append_char (self, name, surnames);
  append_char (self, name, given);
  if (chance (self, 80))
    append_char (self, name, given);
  json_object_set_new (fields, "p.name", json_string (name->str));
  json_object_set_new (fields, "p.idno", json_string (number));
  json_object_set_new (fields, "p.doc_type", json_string ("10"));
  json_object_set_new (fields, "p.addr",
                       json_sprintf ("%s%u组", self->place, between (self, 1, PLACES)));
  g_string_free (name, TRUE);
  if (!is_whole)
    return;
  json_object_set_new (fields, "p.birth", json_sprintf ("%04u-%02u-%02u", year, month, day));
  json_object_set_new (fields, "p.sex", json_string (order % 2 == 1 ? "1" : "2"));
  json_object_set_new (fields, "p.ethnic",
                       chance (self, 90) ? json_string ("01")
                                         : json_sprintf ("%02u", between (self, 2, 56)));
  json_object_set_new (fields, "p.valid_to",
                       chance (self, 70)
                         ? json_string ("长期")
                         : json_sprintf ("%u-%02u-%02u", between (self, 2027, 2044),
                                         between (self, 1, 12), between (self, 1, 28)));
}

/* Free text */

static json_t *
make_free_text (Maker *self)
{
  GString *out = g_string_new (pick_clause (self, things));

  g_string_append (out, pick_clause (self, troubles));
  if (chance (self, 50))
    g_string_append_printf (out, "，大概有%u米", between (self, 2, 300));
  if (chance (self, 70))
    g_string_append_printf (out, "，%s", pick_clause (self, efforts));
  if (chance (self, 30))
    g_string_append_printf (out, "，住在%u组的%s也晓得这个事", between (self, 1, PLACES),
                            chance (self, 50) ? "人家" : "老邻居");
  g_string_append_printf (out, "。%s", pick_clause (self, wishes));
  if (chance (self, 30))
    g_string_append_printf (out, "，电话1%u%08u", between (self, 30, 99), below (self, 100000000));
  g_string_append (out, "。");
  json_t *text = json_string (out->str);
  g_string_free (out, TRUE);
  return text;
}

/* Rows */

static void
corpus_row_free (gpointer data)
{
  BmCorpusRow *row = data;

  json_decref (row->payload);
  json_decref (row->result);
  g_free (row);
}

static BmCorpusRow *
add_row (Maker *self, BmEntryType type, json_t *payload)
{
  BmCorpusRow *row = g_new0 (BmCorpusRow, 1);

  row->header.type = (guint8) type;
  row->header.priority = type == BM_ENTRY_AUDIT ? 9 : 1;
  row->header.due_day = BM_NO_DUE_DAY;
  memcpy (row->header.boot_id, self->boot_id, BM_BOOT_ID_LEN);
  row->header.boot_ms = self->boot_ms;
  row->header.wall_ms = self->now_ms;
  row->header.clock_state = BM_CLOCK_VERIFIED;
  row->payload = payload;
  g_ptr_array_add (self->rows, row);
  return row;
}

static void
pass (Maker *self, guint least_ms, guint most_ms)
{
  guint ms = between (self, least_ms, most_ms);

  self->now_ms += ms;
  self->boot_ms += ms;
}

static void
add_audit (Maker *self,
           const char *event,
           const char *detail,
           const char *service,
           const char *session)
{
  json_t *payload;

  if ((self->flags & BM_CORPUS_WITH_AUDIT) == 0)
    return;
  payload = json_pack ("{s:s, s:s, s:s*, s:s*}", "event", event, "service", service, "session",
                       session, "detail", detail);
  if (session != NULL)
    json_object_set_new (payload, "seat", json_string ("hall"));
  else
    json_object_set_new (payload, "anonymous", json_true ());
  (void) add_row (self, BM_ENTRY_AUDIT, payload);
}

static void
audit_commit (Maker *self, const BmCorpusRow *row, const char *session)
{
  json_t *payload;

  if ((self->flags & BM_CORPUS_WITH_AUDIT) == 0)
    return;
  payload = json_pack ("{s:i, s:s, s:s, s:i, s:s, s:b}", "version", 1, "what", "commit", "number",
                       row->header.number, "seq", (int) self->rows->len, "service",
                       row->header.service, "printed", 1);
  if (session != NULL)
    {
      json_object_set_new (payload, "seat", json_string ("hall"));
      json_object_set_new (payload, "session", json_string (session));
      json_object_set_new (payload, "matter", json_integer (1));
    }
  (void) add_row (self, BM_ENTRY_AUDIT, payload);
}

static json_t *
make_notice (Maker *self, const char *version, gboolean is_anonymous)
{
  json_t *notice = json_pack ("{s:s, s:s, s:s}", "by", "self", "method", "tap", "version", version);

  if (is_anonymous)
    return notice;
  json_object_set_new (notice, "at_ms", json_integer (self->now_ms));
  json_object_set_new (notice, "channel", json_string ("screen+voice"));
  json_object_set_new (notice, "language", json_string ("zh_CN"));
  return notice;
}

static json_t *
make_result (Maker *self, const BmCorpusRow *row, const char *prefix, const char *by)
{
  g_autoptr (GDateTime) at =
    g_date_time_new_from_unix_utc (self->now_ms / 1000 + between (self, 2, 100000) + 8 * 3600);
  g_autofree char *text = g_date_time_format (at, "%Y-%m-%dT%H:%M:%S+08:00");

  return json_pack ("{s:s, s:s, s:s, s:o, s:n}", "number", row->header.number, "at", text, "by", by,
                    "central_no",
                    json_sprintf ("%s%s%06u", prefix, self->area, between (self, 1, 400000)),
                    "next_due");
}

static void
set_answer (json_t *result,
            const char *code,
            const char *state,
            gboolean is_final,
            const char *text)
{
  json_object_set_new (result, "code", json_string (code));
  json_object_set_new (result, "state", json_string (state));
  json_object_set_new (result, "is_final", json_boolean (is_final));
  json_object_set_new (result, "text", json_string (text));
}

static void
answer_certification (Maker *self, BmCorpusRow *row)
{
  g_autofree char *office = g_strconcat (self->county, "社保中心", NULL);

  row->result = make_result (self, row, "YB", office);
  if (chance (self, 92))
    {
      set_answer (row->result, "CERT_OK", "done", TRUE, "这次认证通过了。");
      json_object_set_new (row->result, "next_due",
                           json_sprintf ("2027-%02u-%02u", between (self, 1, 12),
                                         between (self, 28, 30)));
    }
  else if (chance (self, 50))
    set_answer (row->result, "CERT_PAY_STATUS", "conflict", FALSE,
                "您的养老金现在停着。先认证，再替您问为什么停、什么时候发。");
  else
    set_answer (row->result, "CERT_NOT_INSURED", "not_done", TRUE,
                "系统里没找到您的养老金记录。不要急，请工作人员帮您查。");
}

static void
answer_appeal (Maker *self, BmCorpusRow *row)
{
  static const char *const replies[] = {
    "派人去看过了，坏的那段路已经补上，请您再看看。",
    "派人去修过了，现在水电都通了，还有问题请再说。",
    "垃圾已经清走了，以后隔一天收一次。",
    "镇里派人上门量过了，结果贴在村务公开栏里。",
    "派人去看过了，已经处理好，还有问题请再说。",
    "村里的调解员已经和两家都谈过了。",
    NULL,
  };
  g_autofree char *office = g_strconcat (self->county, "人民政府", NULL);

  row->result = make_result (self, row, "SQ", office);
  if (chance (self, 50))
    set_answer (row->result, "APPEAL_ANSWERED", "done", TRUE, pick (self, replies));
  else
    {
      set_answer (row->result, "APPEAL_ACCEPTED", "accepted", FALSE, "已经受理，正在办。");
      json_object_set_new (row->result, "due",
                           json_sprintf ("2026-12-%02u", between (self, 1, 28)));
    }
}

/* Whoever came with a name: session, tag, number. */
static BmCorpusRow *
finish_matter (Maker *self,
               json_t *payload,
               const char *service,
               const char *rule,
               gboolean is_named)
{
  BmCorpusRow *row;
  g_autofree char *number = bm_number_new (self->village, 1, 1, self->counter++);

  pass (self, 700, 6000);
  json_object_set_new (payload, "version", json_integer (1));
  json_object_set_new (payload, "service", json_string (service));
  json_object_set_new (payload, "rule", json_string (rule));
  json_object_set_new (payload, "pressed_by", json_string ("self"));
  json_object_set_new (payload, "online", json_boolean (chance (self, 55)));
  row = add_row (self, BM_ENTRY_MATTER, payload);
  g_strlcpy (row->header.number, number, sizeof row->header.number);
  g_strlcpy (row->header.service, service, sizeof row->header.service);
  g_strlcpy (row->header.rule, rule, sizeof row->header.rule);
  for (guint i = 0; is_named && i < BM_TAG_LEN; i++)
    row->header.subject_tag[i] = (guint8) draw (self);
  return row;
}

static void
add_certification (Maker *self)
{
  g_autofree char *session = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", draw (self));
  g_autofree char *staff = g_strdup_printf ("HT%02u", between (self, 1, 6));
  json_t *fields = json_pack ("{s:b, s:s}", "k.present", 1, "k.way", "身份证+工作人员当面看过");
  json_t *evidence = json_array ();
  json_t *payload = json_pack ("{s:s, s:i, s:s, s:s}", "session", session, "matter", 1, "mode",
                               "assisted", "helper", staff);
  BmCorpusRow *row;

  add_audit (self, "service-chosen", NULL, "cert.pension", session);
  pass (self, 1500, 9000);
  json_array_append_new (evidence, json_pack ("{s:I, s:s, s:s}", "at_ms", (json_int_t) self->now_ms,
                                              "class", "card", "kind", "citizen"));
  add_person (self, fields, TRUE);
  pass (self, 400, 15000);
  json_object_set_new (payload, "notice", make_notice (self, "N1-2026.1", FALSE));
  add_audit (self, "help-called", NULL, "cert.pension", session);
  pass (self, 2000, 40000);
  json_array_append_new (evidence, json_pack ("{s:I, s:s, s:s}", "at_ms", (json_int_t) self->now_ms,
                                              "class", "witness", "staff", staff));
  add_audit (self, "witnessed", staff, "cert.pension", session);
  if (chance (self, 60))
    {
      json_object_set_new (fields, "k.scheme",
                           json_string (chance (self, 85) ? "resident" : "employee"));
      json_object_set_new (fields, "k.due",
                           json_sprintf ("2026-1%u-%02u", between (self, 1, 2),
                                         between (self, 28, 30)));
    }
  json_object_set_new (payload, "fields", fields);
  json_object_set_new (payload, "evidence", evidence);
  row = finish_matter (self, payload, "cert.pension", "C1-2026.1", TRUE);
  row->header.priority = 0;
  row->header.due_day = (gint32) between (self, 20780, 20820);
  audit_commit (self, row, session);
  add_audit (self, "session-closed", chance (self, 70) ? "ended" : "idle", "cert.pension", session);
  answer_certification (self, row);
}

static void
add_choices (Maker *self, json_t *fields, gboolean is_anonymous)
{
  static const char *const kinds[] = { "help", "suggest", "complain", "ask", "praise", NULL };
  static const char *const matters[] = { "road",   "water",     "rubbish", "land", "subsidy",
                                         "doctor", "neighbour", "other",   NULL };
  static const char *const offices[] = { "town-build",   "town-office",  "county-water",
                                         "county-power", "town-land",    "county-social",
                                         "town-civil",   "town-mediate", NULL };
  static const char *const times[] = { "today", "days", "month", "long", NULL };
  static const char *const places[] = { "group", "other-group", "elsewhere", NULL };
  static const char *const wants[] = { "repair", "stop", "answer", "look", "other", NULL };

  json_object_set_new (fields, "q.kind",
                       json_string (is_anonymous ? "report" : pick (self, kinds)));
  json_object_set_new (fields, "q.what", json_string (pick (self, matters)));
  json_object_set_new (fields, "q.when", json_string (pick (self, times)));
  json_object_set_new (fields, "q.where", json_string (pick (self, places)));
  json_object_set_new (fields, "q.want", json_string (pick (self, wants)));
  json_object_set_new (fields, "q.urgent", json_string (chance (self, 90) ? "no" : "yes"));
  json_object_set_new (fields, "q.class", json_sprintf ("%02u", between (self, 1, 22)));
  json_object_set_new (fields, "q.dept", json_string (pick (self, offices)));
  json_object_set_new (fields, "q.rule", json_string ("A1-2026.1"));
  if (chance (self, 40))
    json_object_set_new (fields, "q.about", json_string (chance (self, 80) ? "no" : "yes"));
}

static void
add_appeal (Maker *self, gboolean has_text)
{
  g_autofree char *session = g_strdup_printf ("%016" G_GINT64_MODIFIER "x", draw (self));
  json_t *fields = json_object ();
  json_t *payload = json_pack ("{s:s, s:i, s:s, s:s}", "session", session, "matter", 1, "mode",
                               has_text ? "assisted" : "self", "helper", has_text ? "HT02" : "");
  json_t *evidence = json_array ();
  BmCorpusRow *row;

  add_audit (self, "service-chosen", NULL, "req.appeal", NULL);
  add_audit (self, "danger-asked", "no", "req.appeal", NULL);
  pass (self, 9000, 60000);
  json_array_append_new (evidence, json_pack ("{s:I, s:s, s:s}", "at_ms", (json_int_t) self->now_ms,
                                              "class", "card", "kind", "citizen"));
  add_person (self, fields, FALSE);
  add_choices (self, fields, FALSE);
  if (has_text)
    json_object_set_new (fields, "q.text", make_free_text (self));
  pass (self, 400, 15000);
  json_object_set_new (payload, "notice", make_notice (self, "N5-2026.1", FALSE));
  json_object_set_new (payload, "fields", fields);
  json_object_set_new (payload, "evidence", evidence);
  row = finish_matter (self, payload, "req.appeal", "R1-2026.1", TRUE);
  row->header.priority = 2;
  audit_commit (self, row, session);
  add_audit (self, "session-closed", "ended", "req.appeal", session);
  answer_appeal (self, row);
}

static void
add_anonymous (Maker *self)
{
  json_t *fields = json_pack ("{s:s}", "q.anon", "yes");
  json_t *payload = json_pack ("{s:s, s:s, s:[]}", "mode", "self", "helper", "", "evidence");
  BmCorpusRow *row;

  add_audit (self, "service-chosen", NULL, "req.appeal", NULL);
  pass (self, 9000, 60000);
  add_choices (self, fields, TRUE);
  json_object_set_new (payload, "notice", make_notice (self, "N5-2026.1", TRUE));
  json_object_set_new (payload, "fields", fields);
  row = finish_matter (self, payload, "req.appeal", "R1-2026.1", FALSE);
  row->header.priority = 2;
  memset (row->header.boot_id, 0, BM_BOOT_ID_LEN);
  row->header.boot_ms = 0;
  row->header.wall_ms = bm_day_to_wall_ms (bm_day_from_wall_ms (self->now_ms));
  audit_commit (self, row, NULL);
  answer_appeal (self, row);
}

static void
add_matter (Maker *self, guint index)
{
  if (self->flags & BM_CORPUS_TRAINING)
    move_to_another_station (self);
  pass (self, MINUTE_MS, 20 * MINUTE_MS);
  if (index % 4 == 3)
    add_appeal (self, TRUE);
  else if (chance (self, 70))
    add_certification (self);
  else if (chance (self, 85))
    add_appeal (self, FALSE);
  else
    add_anonymous (self);
}

GPtrArray *
bm_corpus_new (guint64 seed, guint n_matters, BmCorpusFlags flags)
{
  Maker self = { .state = seed, .flags = flags, .now_ms = START_MS };

  self.rows = g_ptr_array_new_with_free_func (corpus_row_free);
  move_to_another_station (&self);
  for (guint i = 0; i < n_matters; i++)
    add_matter (&self, i);
  g_free (self.place);
  g_free (self.county);
  return self.rows;
}

/* The payload, and of the header what is neither id nor key: what it is, when, how urgent, due when. */
GBytes *
bm_corpus_dup_facts (const BmCorpusRow *row)
{
  json_t *facts =
    json_pack ("{s:i, s:I, s:I, s:b, s:i, s:O}", "type", (int) row->header.type, "wall_ms",
               (json_int_t) row->header.wall_ms, "boot_ms", (json_int_t) row->header.boot_ms,
               "clock_verified", row->header.clock_state == BM_CLOCK_VERIFIED, "priority",
               (int) row->header.priority, "payload", row->payload);
  GBytes *bytes;

  if (row->header.due_day != BM_NO_DUE_DAY)
    json_object_set_new (facts, "due_day", json_integer (row->header.due_day));
  bytes = bm_canonical_json (facts, NULL);
  json_decref (facts);
  return bytes;
}
