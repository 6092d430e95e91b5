/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"
#include "tests/sync/platform/server-fixture.h"

#include <string.h>

/* The platform dies at each of its points between two batches: nothing accepted is lost, nothing
 * counts twice. */

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

typedef struct
{
  const char *point;
  gboolean is_answered;      /* whether the first batch got its answer */
  BmAnswerStatus second_try; /* what the same records are told after the restart */
} Death;

static const Death deaths[] = {
  { "platform-before-commit", FALSE, BM_ANSWER_ACCEPTED },
  { "platform-after-commit", FALSE, BM_ANSWER_DUPLICATE },
  { "platform-after-reply", TRUE, BM_ANSWER_DUPLICATE },
};

static void
assert_statuses (BmReply *reply, BmAnswerStatus expected)
{
  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->answers->len, ==, 2);
  for (guint i = 0; i < reply->answers->len; i++)
    {
      const BmAnswer *answer = g_ptr_array_index (reply->answers, i);

      g_assert_cmpint (answer->status, ==, expected);
    }
}

static guint
count_results (BmReply *inbox, const char *number)
{
  guint count = 0;

  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (inbox->messages, i);

      count += strcmp (message->name, number) == 0;
    }
  return count;
}

static void
test_death (gconstpointer data)
{
  const Death *death = data;
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autofree char *number = NULL;
  g_autofree char *report = NULL;
  g_autoptr (Json) entries = NULL;
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", &number);
  GPtrArray *again = records_of (g_bytes_ref (run), g_bytes_ref (matter), NULL);
  g_autoptr (BmReply) first = NULL;
  g_autoptr (BmReply) second = NULL;
  g_autoptr (BmReply) inbox = NULL;

  server_fixture_stop (fixture);
  server_fixture_start (fixture, death->point);
  first = server_fixture_send (fixture, records_of (run, matter, NULL));
  server_fixture_wait_killed (fixture);
  g_assert_cmpint (first != NULL, ==, death->is_answered);

  server_fixture_start (fixture, NULL);
  second = server_fixture_send (fixture, again);
  assert_statuses (second, death->second_try);
  inbox = server_fixture_inbox (fixture, 0);
  g_assert_nonnull (inbox);
  g_assert_cmpuint (count_results (inbox, number), ==, 1);
  report = server_fixture_admin (fixture, "entries");
  entries = json_loads (report, 0, NULL);
  g_assert_cmpuint (json_array_size (entries), ==, 2);
  g_assert_cmpuint (second->head_seq, ==, 2);
  g_assert_cmpmem (second->head, BM_SM3_LEN, fixture->station->head, BM_SM3_LEN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  server_fixture_set_program (argv[1]);
  for (guint i = 0; i < G_N_ELEMENTS (deaths); i++)
    {
      g_autofree char *path = g_strconcat ("/platform/crash/", deaths[i].point, NULL);

      g_test_add_data_func (path, &deaths[i], test_death);
    }
  return g_test_run ();
}
