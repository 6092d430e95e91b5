/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"

#include "core/entry/number.h"

#include <string.h>

/* What becomes of requests and queries at the centre: who answers, until when, what is reopened, and what
 * of a request without a name is refused. The demo's day is Saturday, 21 November 2026. */

#define WANG     "990121194803120028"
#define CHEN     "990121195501180097"
#define NOBODY   "990121198310290449" /* 何志远's: insured nowhere */
#define HOUR_S   3600
#define TWO_DAYS (48 * HOUR_S)
#define TOWNSHIP "青溪镇人民政府"

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static void
do_line (PlatformFixture *f, const char *format, ...)
{
  va_list args;
  g_autofree char *line = NULL;
  g_autofree char *answer = NULL;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  answer = platform_fixture_admin (f, line);
  g_test_message ("%s: %s", line, answer);
  g_assert_cmpstr (answer, ==, "ok");
}

static Json *
get_result (PlatformFixture *f, const char *number)
{
  g_autofree char *line = g_strdup_printf ("result %s", number);

  return platform_fixture_report (f, line);
}

static const char *
get (Json *result, const char *key)
{
  return json_string_value (json_object_get (result, key));
}

static void
assert_result (PlatformFixture *f, const char *number, const char *key, const char *expected)
{
  g_autoptr (Json) result = get_result (f, number);

  g_assert_cmpstr (get (result, key), ==, expected);
}

/* Fields as "kind=help what=road"; the "q." is left out. @person: NULL for none. */
static json_t *
make_fields (const char *person, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  json_t *fields = json_object ();

  for (char **word = words; *word != NULL && **word != '\0'; word++)
    {
      g_auto (GStrv) parts = g_strsplit (*word, "=", 2);
      g_autofree char *id = g_strconcat ("q.", parts[0], NULL);

      json_object_set_new (fields, id, json_string (parts[1]));
    }
  if (person != NULL)
    {
      json_object_set_new (fields, "p.idno", json_string (person));
      json_object_set_new (fields, "p.name", json_string ("某某"));
    }
  return fields;
}

static json_t *
make_payload (const char *service, json_t *fields, const char *replaces)
{
  json_t *payload = json_pack ("{s:i, s:s, s:o, s:[]}", "version", 1, "service", service, "fields",
                               fields, "evidence");

  if (replaces != NULL)
    json_object_set_new (payload, "replaces", json_string (replaces));
  return payload;
}

static GPtrArray *
first_records (PlatformFixture *f)
{
  return f->station->ratchet == NULL
           ? records_of (virtual_station_start_run (f->station), NULL)
           : g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

/* Sends one entry; gives its number, and what was answered to it. */
static char *
send_payload (PlatformFixture *f, const char *service, json_t *payload, BmAnswer *ret_answer)
{
  GPtrArray *records = first_records (f);
  char *number = NULL;
  g_autoptr (BmReply) reply = NULL;
  BmAnswer *answer;

  g_ptr_array_add (records, virtual_station_make_matter (f->station, service, payload, &number));
  reply = platform_fixture_send (f, records);
  answer = g_ptr_array_index (reply->answers, reply->answers->len - 1);
  if (ret_answer == NULL)
    g_assert_cmpint (answer->status, ==, BM_ANSWER_ACCEPTED);
  else
    {
      ret_answer->status = answer->status;
      ret_answer->code = g_strdup (answer->code);
      ret_answer->reason = g_strdup (answer->reason);
    }
  return number;
}

static char *
hand_in (PlatformFixture *f, const char *person, const char *fields)
{
  return send_payload (f, "req.appeal",
                       make_payload ("req.appeal", make_fields (person, fields), NULL), NULL);
}

static char *
hand_in_again (PlatformFixture *f, const char *person, const char *fields, const char *replaces)
{
  return send_payload (f, "req.appeal",
                       make_payload ("req.appeal", make_fields (person, fields), replaces), NULL);
}

static void
advance (PlatformFixture *f, gint64 seconds)
{
  do_line (f, "clock advance %" G_GINT64_FORMAT, seconds);
}

/* handed, accepted, answered: one message each, and the words never run ahead. */
static void
test_life (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *hold = platform_fixture_admin (f, "decide hold");
  g_autofree char *number = hand_in (f, WANG, "kind=help what=road");
  g_autoptr (Json) answered = NULL;
  g_autoptr (BmReply) inbox = NULL;

  assert_result (f, number, "code", "APPEAL_HANDED");
  assert_result (f, number, "state", "handed");
  do_line (f, "decide now");
  assert_result (f, number, "code", "APPEAL_ACCEPTED");
  assert_result (f, number, "state", "accepted");
  advance (f, TWO_DAYS - HOUR_S);
  assert_result (f, number, "code", "APPEAL_ACCEPTED");
  advance (f, 2 * HOUR_S);
  answered = get_result (f, number);
  g_assert_cmpstr (get (answered, "code"), ==, "APPEAL_ANSWERED");
  g_assert_cmpstr (get (answered, "state"), ==, "done");
  g_assert_true (json_is_true (json_object_get (answered, "is_final")));
  g_assert_nonnull (strstr (get (answered, "text"), "路"));
  advance (f, 10 * TWO_DAYS);
  inbox = platform_fixture_inbox (f, 0);
  g_assert_cmpuint (inbox->messages->len, ==, 4); /* the roster, and three */
}

/* Saturday the 21st is not counted; what counts are working days, or hours from the moment of receipt. */
static void
test_due (void)
{
  static const struct
  {
    const char *fields;
    const char *due;
  } rows[] = {
    { "kind=ask what=other", "2026-11-25" },
    { "kind=help what=road", "2026-11-27" },
    { "kind=suggest what=other", "2026-12-11" },
    { "kind=complain what=doctor", "2026-12-11" },
    { "kind=report what=land", "2026-12-11" },
    { "kind=praise what=other", "2026-11-27" },
    { "kind=nonsense what=other", "2026-11-27" },
    { "what=other", "2026-11-27" },
    { "kind=complain what=road urgent=danger", "2026-11-21T11:10:00+08:00" },
    { "kind=help what=water urgent=utility", "2026-11-22T09:10:00+08:00" },
    { "kind=help what=water urgent=no", "2026-11-27" },
  };
  g_autoptr (PlatformFixture) f = platform_fixture_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *number = hand_in (f, WANG, rows[i].fields);
      g_autoptr (Json) result = get_result (f, number);

      g_test_message ("%s", rows[i].fields);
      g_assert_cmpstr (get (result, "due"), ==, rows[i].due);
      g_assert_null (json_object_get (result, "due_provisional"));
    }
}

/* No calendar for the next year: the day is said to be about right. */
static void
test_due_without_calendar (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *number = NULL;
  g_autoptr (Json) result = NULL;

  advance (f, 35 * 24 * HOUR_S); /* 26 December */
  number = hand_in (f, WANG, "kind=complain what=road");
  result = get_result (f, number);
  g_assert_true (g_str_has_prefix (get (result, "due"), "2027-01-"));
  g_assert_true (json_is_true (json_object_get (result, "due_provisional")));
}

/* What is said of the station or a cadre goes to the township, whatever its class. */
static void
test_offices (void)
{
  static const struct
  {
    const char *fields;
    const char *by;
  } rows[] = {
    { "kind=help what=road class=01", "青溪镇村建环保办" },
    { "kind=help what=water class=02", "演示县水务公司" },
    { "kind=complain what=road class=01 about=yes", TOWNSHIP },
    { "kind=praise what=other class=17 about=yes", TOWNSHIP },
    { "kind=complain what=other class=17 about=no", TOWNSHIP },
    { "kind=complain what=other class=13 about=no", "演示县教育局" },
    { "kind=help what=other class=18", TOWNSHIP },
    { "kind=help what=other class=99", TOWNSHIP },
    { "kind=help what=road", "青溪镇村建环保办" },
    { "kind=help what=other class=18 text=水管爆了，一滴水都没有", "演示县水务公司" },
    { "kind=help what=other class=18 about=yes text=水管爆了，村干部不管", TOWNSHIP },
  };
  g_autoptr (PlatformFixture) f = platform_fixture_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *number = hand_in (f, WANG, rows[i].fields);

      g_test_message ("%s", rows[i].fields);
      assert_result (f, number, "by", rows[i].by);
    }
}

/* The person's own words can make a case more urgent than the taps did, never less. */
static void
test_text_is_classed_again (void)
{
  static const struct
  {
    const char *fields;
    const char *due;
  } rows[] = {
    { "kind=help what=other urgent=no text=电线杆上的电线掉下来了，在路边",
      "2026-11-21T11:10:00+08:00" },
    { "kind=help what=other urgent=danger text=想问问什么时候修路", "2026-11-21T11:10:00+08:00" },
    { "kind=help what=other urgent=no text=想问问什么时候修路", "2026-11-27" },
  };
  g_autoptr (PlatformFixture) f = platform_fixture_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *number = hand_in (f, WANG, rows[i].fields);

      g_test_message ("%s", rows[i].fields);
      assert_result (f, number, "due", rows[i].due);
    }
}

/* By hand */

static void
test_reply_by_hand (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *number = hand_in (f, WANG, "kind=help what=road");
  g_autofree char *certified = NULL;
  g_autofree char *bad_line = NULL;
  g_autofree char *bad = NULL;
  g_autofree char *noise = g_strnfill (501, 'a');
  g_autofree char *long_line = NULL;
  g_autofree char *too_long = NULL;

  do_line (f, "decide %s APPEAL_ANSWERED 明天 上午 来修。", number);
  assert_result (f, number, "text", "明天 上午 来修。");
  assert_result (f, number, "state", "done");
  /* A second thought of the office is told as well. */
  do_line (f, "decide %s APPEAL_ANSWERED 改到后天来修。", number);
  assert_result (f, number, "text", "改到后天来修。");
  long_line = g_strdup_printf ("decide %s APPEAL_ANSWERED %s", number, noise);
  too_long = platform_fixture_admin (f, long_line);
  g_assert_true (g_str_has_prefix (too_long, "error "));
  /* A certification's sentence is not for anybody to word. */
  bad_line = g_strdup_printf ("decide %s APPEAL_ACCEPTED 好了", number);
  bad = platform_fixture_admin (f, bad_line);
  g_assert_true (g_str_has_prefix (bad, "error "));
  assert_result (f, number, "text", "改到后天来修。");
}

/* Not solved */

static void
test_reopened (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *first = hand_in (f, WANG, "kind=help what=road class=01");
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autoptr (Json) older = NULL;
  g_autoptr (Json) newer = NULL;

  do_line (f, "decide %s APPEAL_ANSWERED 修好了。", first);
  advance (f, 2 * 24 * HOUR_S); /* Monday the 23rd */
  second = hand_in_again (f, WANG, "kind=help what=road class=01", first);
  older = get_result (f, first);
  g_assert_cmpstr (get (older, "code"), ==, "APPEAL_REOPENED");
  g_assert_cmpstr (get (older, "state"), ==, "accepted");
  g_assert_false (json_is_true (json_object_get (older, "is_final")));
  g_assert_cmpint (json_integer_value (json_object_get (older, "reopened")), ==, 1);
  g_assert_cmpstr (get (older, "by"), ==, "青溪镇村建环保办");
  g_assert_cmpstr (get (older, "due"), ==, "2026-11-30"); /* counted anew */
  newer = get_result (f, second);
  g_assert_cmpstr (get (newer, "code"), ==, "APPEAL_REOPENED");
  g_assert_cmpstr (get (newer, "replaces"), ==, first);
  g_assert_null (json_object_get (newer, "duplicate_of"));

  /* Answered under either number, told under both. */
  do_line (f, "decide %s APPEAL_ANSWERED 这回真修好了。", second);
  assert_result (f, first, "text", "这回真修好了。");
  assert_result (f, second, "text", "这回真修好了。");
  assert_result (f, second, "state", "done");

  /* A second time, by the slip of the newer entry: one level up. */
  third = hand_in_again (f, WANG, "kind=help what=road class=01", second);
  g_clear_pointer (&older, json_decref);
  older = get_result (f, first);
  g_assert_cmpint (json_integer_value (json_object_get (older, "reopened")), ==, 2);
  g_assert_cmpstr (get (older, "by"), ==, "演示县人民政府");
  assert_result (f, third, "by", "演示县人民政府");
  advance (f, TWO_DAYS + HOUR_S);
  assert_result (f, first, "code", "APPEAL_ANSWERED");
  assert_result (f, third, "code", "APPEAL_ANSWERED");
}

static void
test_reopened_while_held (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *first = hand_in (f, WANG, "kind=help what=road");
  g_autofree char *second = NULL;

  do_line (f, "decide %s APPEAL_ANSWERED 修好了。", first);
  do_line (f, "decide hold");
  second = hand_in_again (f, WANG, "kind=help what=road", first);
  assert_result (f, first, "code", "APPEAL_ANSWERED");
  assert_result (f, second, "code", "APPEAL_HANDED");
  do_line (f, "decide now");
  assert_result (f, first, "code", "APPEAL_REOPENED");
  assert_result (f, second, "code", "APPEAL_REOPENED");
  platform_fixture_reopen (f); /* a new process knows it as well */
  do_line (f, "decide %s APPEAL_ANSWERED 好了。", second);
  assert_result (f, first, "text", "好了。");
}

/* Nobody can open what is not theirs, not answered, or something else. */
static void
test_not_reopened (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *first = hand_in (f, WANG, "kind=help what=road");
  g_autofree char *open = hand_in (f, WANG, "kind=help what=rubbish");
  g_autofree char *nameless = hand_in (f, NULL, "kind=report what=land anon=yes");
  g_autofree char *unknown = bm_number_new ("990121101201", 1, 1, 4711);
  g_autofree char *own = NULL;
  const char *numbers[] = { first, open, nameless, unknown, "9901211012010101000000071", "", "x" };

  do_line (f, "decide %s APPEAL_ANSWERED 修好了。", first);
  do_line (f, "decide %s APPEAL_ANSWERED 查过了。", nameless);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *other = hand_in_again (f, CHEN, "kind=help what=doctor", numbers[i]);
      g_autoptr (Json) result = get_result (f, other);

      g_assert_cmpstr (get (result, "code"), ==, "APPEAL_ACCEPTED");
      g_assert_null (json_object_get (result, "replaces"));
    }
  own = hand_in_again (f, WANG, "kind=help what=rubbish", open);
  assert_result (f, own, "code", "APPEAL_ACCEPTED");
  assert_result (f, own, "duplicate_of", open);
  assert_result (f, first, "code", "APPEAL_ANSWERED");
  assert_result (f, open, "code", "APPEAL_ACCEPTED");
  assert_result (f, nameless, "code", "APPEAL_ANSWERED");
}

/* Without a name: the slip is what there is. */
static void
test_nameless_reopened (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *first = hand_in (f, NULL, "kind=report what=land anon=yes about=yes");
  g_autofree char *second = NULL;

  assert_result (f, first, "by", TOWNSHIP);
  do_line (f, "decide %s APPEAL_ANSWERED 查过了。", first);
  second = hand_in_again (f, NULL, "kind=report what=land anon=yes about=yes", first);
  assert_result (f, first, "code", "APPEAL_REOPENED");
  assert_result (f, second, "replaces", first);
}

/* Without a name */

static void
assert_refused (PlatformFixture *f, json_t *payload)
{
  BmAnswer answer = { 0 };
  g_autofree char *number = send_payload (f, "req.appeal", payload, &answer);
  g_autofree char *line = g_strdup_printf ("result %s", number);
  g_autofree char *result = platform_fixture_admin (f, line);

  g_assert_cmpint (answer.status, ==, BM_ANSWER_REJECTED);
  g_assert_cmpstr (answer.code, ==, "anonymous-with-person");
  g_assert_nonnull (strstr (answer.reason, "没有收"));
  g_assert_true (g_str_has_prefix (result, "error ")); /* no case came of it */
  g_free (answer.code);
  g_free (answer.reason);
}

static void
test_nameless (void)
{
  static const char *const ids[] = { "p.name", "p.idno", "p.doc_type", "p.addr", "p.phone", "p." };
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *good = hand_in (f, NULL, "kind=report what=land anon=yes");
  g_autofree char *named = hand_in (f, WANG, "kind=report what=land anon=no");
  json_t *with_card;

  assert_result (f, good, "code", "APPEAL_ACCEPTED");
  assert_result (f, named, "code", "APPEAL_ACCEPTED");
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      json_t *fields = make_fields (NULL, "kind=report what=land anon=yes");

      json_object_set_new (fields, ids[i], json_string (""));
      assert_refused (f, make_payload ("req.appeal", fields, NULL));
    }
  with_card = make_payload ("req.appeal", make_fields (NULL, "kind=report anon=yes"), NULL);
  json_array_append_new (json_object_get (with_card, "evidence"),
                         json_pack ("{s:s}", "class", "card"));
  assert_refused (f, with_card);
}

/* The same again */

static void
test_reported_already (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *first = hand_in (f, WANG, "kind=help what=road");
  g_autofree char *other_what = hand_in (f, WANG, "kind=help what=rubbish");
  g_autofree char *other_person = hand_in (f, CHEN, "kind=help what=road");
  g_autofree char *again = hand_in (f, WANG, "kind=complain what=road where=group");
  g_autofree char *once_more = hand_in (f, WANG, "kind=help what=road");
  g_autofree char *nameless = hand_in (f, NULL, "kind=report what=road anon=yes");
  g_autofree char *nameless_again = hand_in (f, NULL, "kind=report what=road anon=yes");
  g_autofree char *later = NULL;

  assert_result (f, first, "duplicate_of", NULL);
  assert_result (f, other_what, "duplicate_of", NULL);
  assert_result (f, other_person, "duplicate_of", NULL);
  assert_result (f, again, "duplicate_of", first);
  assert_result (f, again, "code", "APPEAL_ACCEPTED");
  assert_result (f, once_more, "duplicate_of", first);
  assert_result (f, nameless_again, "duplicate_of", NULL);
  do_line (f, "decide %s APPEAL_ANSWERED 修好了。", first);
  do_line (f, "decide %s APPEAL_ANSWERED 修好了。", again);
  do_line (f, "decide %s APPEAL_ANSWERED 修好了。", once_more);
  assert_result (f, again, "duplicate_of", first); /* it stays true */
  later = hand_in (f, WANG, "kind=help what=road");
  assert_result (f, later, "duplicate_of", NULL);
}

/* Nothing that says who it was is in the tables that compare persons. */
static void
test_links_hold_no_person (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *number = hand_in (f, WANG, "kind=help what=road");
  g_autofree char *path = g_build_filename (f->dir, "platform.db", NULL);
  g_autofree char *wal = g_build_filename (f->dir, "platform.db-wal", NULL);
  const char *const paths[] = { path, wal };

  g_clear_pointer (&f->platform, bm_platform_free);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *data = NULL;
      gsize len = 0;

      if (!g_file_get_contents (paths[i], &data, &len, NULL))
        continue;
      g_assert_null (memmem (data, len, WANG, strlen (WANG)));
      g_assert_null (memmem (data, len, "q.what", strlen ("q.what")));
    }
}

/* Queries */

static void
test_queries (void)
{
  static const struct
  {
    const char *person;
    const char *code;
    const char *words;
  } rows[] = {
    { WANG, "QUERY_FOUND", "现在在发" },
    { "990121194211030053", "QUERY_FOUND", "停着" },
    { "990121196611020152", "QUERY_FOUND", "申请还在办" },
    { "990121194905230519", "QUERY_FOUND", "核对" },
    { "990121194409110526", "QUERY_FOUND", "核对" },
    { NOBODY, "QUERY_NOT_FOUND", "没查到" },
    { "", "QUERY_NOT_FOUND", "没查到" },
  };
  g_autoptr (PlatformFixture) f = platform_fixture_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *number =
        send_payload (f, "query.pension",
                      make_payload ("query.pension", make_fields (rows[i].person, ""), NULL), NULL);
      g_autoptr (Json) result = get_result (f, number);
      const char *text = get (result, "text");

      g_assert_cmpstr (get (result, "code"), ==, rows[i].code);
      g_assert_nonnull (strstr (text, rows[i].words));
      g_assert_true (json_is_true (json_object_get (result, "is_final")));
      g_assert_cmpstr (get (result, "by"), ==, "演示县社保中心");
      g_assert_null (strstr (text, "元"));
      g_assert_null (strstr (text, "去世"));
      for (const char *at = text; *at != '\0'; at++) /* no amount, no date, no number */
        g_assert_false (g_ascii_isdigit (*at));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/appeals/life", test_life);
  g_test_add_func ("/platform/appeals/due", test_due);
  g_test_add_func ("/platform/appeals/due-without-calendar", test_due_without_calendar);
  g_test_add_func ("/platform/appeals/offices", test_offices);
  g_test_add_func ("/platform/appeals/text-is-classed-again", test_text_is_classed_again);
  g_test_add_func ("/platform/appeals/reply-by-hand", test_reply_by_hand);
  g_test_add_func ("/platform/appeals/reopened", test_reopened);
  g_test_add_func ("/platform/appeals/reopened-while-held", test_reopened_while_held);
  g_test_add_func ("/platform/appeals/not-reopened", test_not_reopened);
  g_test_add_func ("/platform/appeals/nameless-reopened", test_nameless_reopened);
  g_test_add_func ("/platform/appeals/nameless-with-a-person", test_nameless);
  g_test_add_func ("/platform/appeals/reported-already", test_reported_already);
  g_test_add_func ("/platform/appeals/links-hold-no-person", test_links_hold_no_person);
  g_test_add_func ("/platform/appeals/queries", test_queries);
  return g_test_run ();
}
