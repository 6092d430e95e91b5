/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"

#include "core/error.h"

#include <string.h>

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static void
assert_answer (PlatformFixture *fixture, const char *line, const char *start)
{
  g_autofree char *answer = platform_fixture_admin (fixture, line);

  if (!g_str_has_prefix (answer, start))
    g_test_message ("%s -> %s", line, answer);
  g_assert_true (g_str_has_prefix (answer, start));
  g_assert_null (strchr (answer, '\n'));
}

static void
test_faults (void)
{
  g_autoptr (BmPlatformFaults) faults = bm_platform_faults_new ();
  g_autoptr (GError) error = NULL;
  guint number = 0;

  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                   BM_PLATFORM_FAULT_NONE);
  g_assert_true (bm_platform_faults_set (faults, "drop-reply 2", &error));
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                   BM_PLATFORM_FAULT_DROP_REPLY);
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                   BM_PLATFORM_FAULT_DROP_REPLY);
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                   BM_PLATFORM_FAULT_NONE);
  g_assert_true (bm_platform_faults_set (faults, "delay 500", &error));
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                     BM_PLATFORM_FAULT_DELAY);
  g_assert_cmpuint (number, ==, 500);
  g_assert_true (bm_platform_faults_set (faults, "503 1 30", &error));
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                   BM_PLATFORM_FAULT_ERROR_503);
  g_assert_cmpuint (number, ==, 30);
  g_assert_true (bm_platform_faults_set (faults, "batch replay 1", &error));
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                   BM_PLATFORM_FAULT_NONE);
  g_assert_cmpint (bm_platform_faults_take (faults, NULL, &number), ==, BM_PLATFORM_FAULT_NONE);
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/batch", &number), ==,
                   BM_PLATFORM_FAULT_REPLAY);
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/batch", &number), ==,
                   BM_PLATFORM_FAULT_NONE);
  g_assert_true (bm_platform_faults_set (faults, "portal", &error));
  g_assert_true (bm_platform_faults_set (faults, "clear", &error));
  g_assert_cmpint (bm_platform_faults_take (faults, "/v1/hello", &number), ==,
                   BM_PLATFORM_FAULT_NONE);
  g_assert_no_error (error);
}

static void
test_bad_faults (void)
{
  static const char *const bad[] = { "",         "nothing",      "delay",    "delay x",
                                     "portal 0", "portal 1 2 3", "delay -1", "503 1 99999999" };
  g_autoptr (BmPlatformFaults) faults = bm_platform_faults_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (bm_platform_faults_set (faults, bad[i], &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

static void
test_verbs (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();

  assert_answer (fixture, "faults", "ok now: none; known: refuse drop-reply delay");
  assert_answer (fixture, "fault portal 2", "ok");
  assert_answer (fixture, "faults", "ok now: portal, 2 left");
  assert_answer (fixture, "fault clear", "ok");
  assert_answer (fixture, "fault nonsense", "error ");
  assert_answer (fixture, "entries", "ok []");
  assert_answer (fixture, "decide 5", "ok");
  assert_answer (fixture, "decide tomorrow", "error usage: ");
  assert_answer (fixture, "decide 9901211012010101000000070 CERT_OK", "error No case");
  assert_answer (fixture, "clock advance 60", "ok");
  assert_answer (fixture, "clock back 60", "error usage: ");
  assert_answer (fixture, "revoke nobody", "error There is no station");
  assert_answer (fixture, "revoke demo", "ok");
  assert_answer (fixture, "payload 1", "error No case");
  assert_answer (fixture, "due 990121101201", "ok {");
  assert_answer (fixture, "state now", "error unknown request");
  assert_answer (fixture, "", "error unknown request");
}

static void
test_reports (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  g_autoptr (BmReply) reply = platform_fixture_send (fixture, records_of (run, matter, NULL));
  g_autoptr (Json) entries = platform_fixture_report (fixture, "entries");
  g_autofree char *ask = g_strconcat ("payload ", number, NULL);
  g_autoptr (Json) payload = platform_fixture_report (fixture, ask);
  g_autoptr (Json) state = platform_fixture_report (fixture, "state");
  json_t *entry = json_array_get (entries, 1);
  json_t *mark = json_array_get (json_object_get (state, "watermarks"), 0);

  g_assert_cmpstr (json_string_value (json_object_get (entry, "station")), ==, "demo");
  g_assert_cmpstr (json_string_value (json_object_get (entry, "type")), ==, "matter");
  g_assert_cmpstr (json_string_value (json_object_get (entry, "number")), ==, number);
  g_assert_cmpstr (json_string_value (json_object_get (entry, "service")), ==, "cert.pension");
  g_assert_cmpstr (json_string_value (json_object_get (entry, "status")), ==, "accepted");
  g_assert_cmpstr (json_string_value (json_object_get (entry, "decision")), ==, "CERT_OK");
  g_assert_cmpint (json_integer_value (json_object_get (entry, "duplicates")), ==, 0);
  g_assert_cmpstr (json_string_value (
                     json_object_get (json_object_get (payload, "fields"), "p.name")),
                   ==, "王秀兰");
  g_assert_cmpint (json_integer_value (json_object_get (mark, "upto")), ==, 2);
}

static void
test_decide_by_hand (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *number = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter =
    virtual_station_certify (fixture->station, "李德福", "990121194211030053", "HT02", &number);
  g_autoptr (BmReply) reply = platform_fixture_send (fixture, records_of (run, matter, NULL));
  g_autofree char *unknown = g_strdup_printf ("decide %s CERT_WHAT", number);
  g_autofree char *pass = g_strdup_printf ("decide %s CERT_OK", number);
  g_autofree char *ask = g_strconcat ("result ", number, NULL);
  g_autoptr (Json) before = platform_fixture_report (fixture, ask);
  g_autoptr (Json) after = NULL;
  g_autoptr (BmReply) inbox = NULL;
  const BmMessage *message;

  g_assert_cmpstr (json_string_value (json_object_get (before, "code")), ==, "CERT_PAY_STATUS");
  assert_answer (fixture, unknown, "error rules.json has no answer");
  assert_answer (fixture, pass, "ok");
  after = platform_fixture_report (fixture, ask);
  g_assert_cmpstr (json_string_value (json_object_get (after, "code")), ==, "CERT_OK");
  inbox = platform_fixture_inbox (fixture, reply->cursor);
  g_assert_cmpuint (inbox->messages->len, ==, 1);
  message = g_ptr_array_index (inbox->messages, 0);
  g_assert_cmpint (message->version, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/admin/faults-count-down", test_faults);
  g_test_add_func ("/platform/admin/bad-faults", test_bad_faults);
  g_test_add_func ("/platform/admin/verbs", test_verbs);
  g_test_add_func ("/platform/admin/reports", test_reports);
  g_test_add_func ("/platform/admin/decided-by-hand", test_decide_by_hand);
  return g_test_run ();
}
