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

typedef struct
{
  const char *point;
  gboolean is_kept; /* the chunk that was on its way */
} ChunkDeath;

static const ChunkDeath chunk_deaths[] = {
  { "platform-chunk-before-commit", FALSE },
  { "platform-chunk-after-commit", TRUE },
};

static BmReply *
announce (ServerFixture *fixture, BmBlobOpen *blob)
{
  g_autoptr (GBytes) body = bm_blob_open_encode (blob);
  g_autoptr (BmTransportReply) reply =
    server_fixture_call (fixture->transport, BM_PATH_BLOB, BM_CONTENT_JSON, body);

  g_assert_nonnull (reply);
  return bm_reply_open (reply->body, blob->nonce, BM_CALL_BLOB, blob->kiosk,
                        fixture->station->platform_public, NULL);
}

/* A chunk is there after the restart exactly when it could have been answered for. */
static void
test_chunk_death (gconstpointer data)
{
  const ChunkDeath *death = data;
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autoptr (BmBlobOpen) blob = g_new0 (BmBlobOpen, 1);
  g_autoptr (GBytes) chunk = g_bytes_new_static ("chunk", 5);
  guint8 hash[BM_SM3_LEN], name[BM_SM3_LEN];
  g_autofree char *path = NULL;
  g_autoptr (BmReply) before = NULL, after = NULL;
  g_autoptr (BmTransportReply) none = NULL;

  bm_sm3 ("chunk", 5, hash);
  blob->kiosk = fixture->station->kiosk;
  blob->epoch = fixture->station->epoch;
  blob->seq = 1;
  blob->bytes = 5;
  blob->hashes = g_bytes_new (hash, sizeof hash);
  bm_blob_id (blob->hashes, name);
  server_fixture_stop (fixture);
  server_fixture_start (fixture, death->point);
  before = announce (fixture, blob);
  g_assert_nonnull (before);
  path = bm_blob_chunk_path (name, 0, blob->nonce);
  none = server_fixture_call (fixture->transport, path, BM_CONTENT_CHUNK, chunk);
  g_assert_null (none);
  server_fixture_wait_killed (fixture);
  server_fixture_start (fixture, NULL);
  after = announce (fixture, blob);
  g_assert_nonnull (after);
  g_assert_cmpint (bm_blob_have_get (after->have, 0), ==, death->is_kept);
  g_assert_cmpint (after->is_complete, ==, death->is_kept);
}

static BmReply *
hello_settled (ServerFixture *fixture, guint64 count)
{
  BmHello hello = { 0 };
  BmSettledEpoch epoch = { fixture->station->epoch, count };
  g_autoptr (GArray) settled = g_array_new (FALSE, FALSE, sizeof (BmSettledEpoch));
  g_autoptr (GBytes) body = NULL;
  g_autoptr (BmTransportReply) reply = NULL;

  g_array_append_val (settled, epoch);
  hello.kiosk = fixture->station->kiosk;
  hello.epoch = fixture->station->epoch;
  hello.next_seq = fixture->station->next_seq;
  memcpy (hello.head, fixture->station->head, BM_SM3_LEN);
  hello.settled = settled;
  hello.version = (char *) "0.1.0";
  body = bm_hello_encode (&hello);
  reply = server_fixture_call (fixture->transport, BM_PATH_HELLO, BM_CONTENT_JSON, body);
  g_assert_nonnull (reply);
  return bm_reply_open (reply->body, hello.nonce, BM_CALL_HELLO, hello.kiosk,
                        fixture->station->platform_public, NULL);
}

/* The copy is whole, and nobody was told of it: a mark is never ahead of what is durable. */
static void
test_backup_death (void)
{
  g_autoptr (ServerFixture) fixture = server_fixture_new ();
  g_autofree char *data = g_build_filename (fixture->dir, "platform", NULL);
  g_autofree char *file = g_build_filename (fixture->dir, "copy", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) dying = NULL, whole = NULL;
  g_autoptr (BmReply) batch = NULL, before = NULL, after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *second = g_strconcat (file, "-2", NULL);
  GBytes *run, *audit;

  run = virtual_station_start_run (fixture->station);
  audit = virtual_station_make_audit (fixture->station);
  batch = server_fixture_send (fixture, records_of (run, audit, NULL));
  server_fixture_stop (fixture);
  g_subprocess_launcher_setenv (launcher, "BIANMIN_FAULT", "platform-backup-before-marks", TRUE);
  dying = g_subprocess_launcher_spawn (launcher, &error, fixture->program, "backup", file, "--data",
                                       data, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (dying, NULL, NULL));
  g_assert_true (g_subprocess_get_if_signaled (dying));
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  server_fixture_start (fixture, NULL);
  before = hello_settled (fixture, 2);
  g_assert_cmpuint (before->backed_up->len, ==, 0);
  server_fixture_stop (fixture);
  whole = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, fixture->program, "backup",
                            second, "--data", data, NULL);
  g_assert_true (g_subprocess_wait_check (whole, NULL, &error));
  server_fixture_start (fixture, NULL);
  after = hello_settled (fixture, 2);
  g_assert_cmpuint (after->backed_up->len, ==, 1);
  g_assert_cmpuint (g_array_index (after->backed_up, BmBackedUp, 0).upto, ==, 2);
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
  for (guint i = 0; i < G_N_ELEMENTS (chunk_deaths); i++)
    {
      g_autofree char *path = g_strconcat ("/platform/crash/", chunk_deaths[i].point, NULL);

      g_test_add_data_func (path, &chunk_deaths[i], test_chunk_death);
    }
  g_test_add_func ("/platform/crash/platform-backup-before-marks", test_backup_death);
  return g_test_run ();
}
