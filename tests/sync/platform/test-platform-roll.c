/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-ca.h"
#include "sync/transport-curl.h"
#include "tests/sync/platform/platform-fixture.h"
#include "tests/sync/platform/server-fixture.h"

#include <string.h>

/* Over real TLS: roots and certificates that follow one another, and six connections at once. */

#define N_LANES   6
#define N_BATCHES 40
#define N_EACH    12
#define N_CHUNKS  60
#define MAX_TRIES 8

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static BmTransport *
transport_new (ServerFixture *f, const char *roots, const char *certificate)
{
  g_autoptr (BmClock) clock = BM_CLOCK (bm_shift_clock_new (DEMO_NOW, FALSE));
  json_t *platform = json_object_get (f->station->enrolment, "platform");
  BmTransport *transport =
    bm_curl_transport_new (json_string_value (json_object_get (platform, "url")), roots, clock);

  bm_transport_set_identity (transport, certificate, f->station->tls_key);
  return transport;
}

static const char *
first_root (ServerFixture *f)
{
  return json_string_value (
    json_object_get (json_object_get (f->station->enrolment, "platform"), "ca"));
}

/* A hello that asks for a renewal; NULL when there was no answer. */
static BmReply *
ask_renewal (ServerFixture *f, BmTransport *transport)
{
  BmHello hello = { 0 };
  g_autoptr (GBytes) body = NULL;
  g_autoptr (BmTransportReply) reply = NULL;

  bm_random_bytes (hello.nonce, sizeof hello.nonce);
  hello.kiosk = f->station->kiosk;
  hello.epoch = f->station->epoch;
  hello.next_seq = f->station->next_seq;
  memcpy (hello.head, f->station->head, BM_SM3_LEN);
  hello.csr = f->station->csr;
  hello.version = (char *) "0.1.0";
  body = bm_hello_encode (&hello);
  reply = server_fixture_call (transport, BM_PATH_HELLO, BM_CONTENT_JSON, body);
  return reply != NULL ? bm_reply_open (reply->body, hello.nonce, BM_CALL_HELLO, hello.kiosk,
                                        f->station->platform_public, NULL)
                       : NULL;
}

/* The fixture's station keeps the key that enrolment made, so its request is made anew with that one. */
static void
use_own_key (ServerFixture *f)
{
  VirtualStation *fresh = virtual_station_new ();

  g_free (f->station->tls_key);
  g_free (f->station->csr);
  f->station->tls_key = g_steal_pointer (&fresh->tls_key);
  f->station->csr = g_steal_pointer (&fresh->csr);
  virtual_station_free (fresh);
}

static gboolean
gets_in (ServerFixture *f, const char *roots, const char *certificate)
{
  g_autoptr (BmTransport) transport = transport_new (f, roots, certificate);
  g_autoptr (BmReply) reply = ask_renewal (f, transport);

  return reply != NULL && reply->refused_code == NULL;
}

static char *
find_root_message (ServerFixture *f)
{
  g_autoptr (BmReply) inbox = server_fixture_inbox (f, 0);

  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = inbox->messages->pdata[i];
      g_autoptr (Json) body = json_loadb (g_bytes_get_data (message->body, NULL),
                                          g_bytes_get_size (message->body), 0, NULL);

      if (strcmp (message->kind, "ca") == 0)
        return g_strdup (json_string_value (json_object_get (body, "ca")));
    }
  g_assert_not_reached ();
}

/* A certificate of the root that signs now, for the key that the test holds. */
static char *
renew (ServerFixture *f)
{
  g_autoptr (BmReply) reply = ask_renewal (f, f->transport);

  g_assert_nonnull (reply);
  g_assert_nonnull (reply->certificate);
  return g_strdup (reply->certificate);
}

/* Whoever knows the old root, both, or only the new one; with a certificate of either. */
static void
test_roll_over (void)
{
  g_autoptr (ServerFixture) f = server_fixture_new ();
  g_autofree char *told = NULL, *finished = NULL, *second = NULL, *both = NULL;
  g_autofree char *old_certificate = NULL, *new_certificate = NULL;
  guint tries = 0;

  use_own_key (f);
  old_certificate = renew (f);
  told = server_fixture_admin (f, "rotate-ca");
  second = find_root_message (f);
  both = g_strconcat (first_root (f), second, NULL);
  new_certificate = renew (f);
  for (guint round = 0; round < 3; round++)
    {
      if (round == 2)
        {
          server_fixture_stop (f);
          server_fixture_start (f, NULL);
        }
      if (round == 1)
        {
          finished = server_fixture_admin (f, "ca-finish");
          while (!gets_in (f, second, new_certificate)) /* it is started anew */
            g_assert_cmpuint (tries++, <, 200);
        }
      g_assert_cmpint (gets_in (f, second, new_certificate), ==, round > 0);
      g_assert_true (gets_in (f, first_root (f), old_certificate));
      g_assert_true (gets_in (f, first_root (f), new_certificate));
      g_assert_true (gets_in (f, both, old_certificate));
      g_assert_true (gets_in (f, both, new_certificate));
      g_assert_cmpint (gets_in (f, second, old_certificate), ==, round > 0);
    }
}

static GPtrArray *
one_audit (ServerFixture *f)
{
  return records_of (virtual_station_make_audit (f->station), NULL);
}

/* A certificate that is over for every clock: hello is answered, with its renewal, and nothing else is
 * until that one is used. */
static void
test_expired (void)
{
  g_autoptr (ServerFixture) f = server_fixture_new ();
  g_autofree char *dir = g_build_filename (f->dir, "platform", NULL);
  g_autofree char *serial = NULL, *over = NULL;
  g_autoptr (BmPlatformCa) ca = bm_platform_ca_load (dir, NULL);
  g_autoptr (BmReply) hello = NULL, refused = NULL, batch = NULL, shut_out = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *revoked = NULL;
  const gint64 five_years = G_GINT64_CONSTANT (5) * 31557600 * 1000;
  gint64 not_after = 0;

  use_own_key (f);
  over = bm_platform_ca_sign (ca, f->station->csr, f->station->kiosk,
                              DEMO_NOW - 40 * 24 * 3600 * G_GINT64_CONSTANT (1000) - five_years,
                              &serial, &not_after, &error);
  g_assert_no_error (error);
  g_assert_cmpint (not_after, <, DEMO_NOW);
  bm_transport_set_identity (f->transport, over, f->station->tls_key);
  g_ptr_array_unref (records_of (virtual_station_start_run (f->station), NULL));
  refused = server_fixture_send (f, one_audit (f));
  g_assert_cmpstr (refused->refused_code, ==, "certificate-expired");
  hello = ask_renewal (f, f->transport);
  g_assert_null (hello->refused_code);
  g_assert_nonnull (hello->certificate);
  bm_transport_set_identity (f->transport, hello->certificate, f->station->tls_key);
  batch = server_fixture_send (f, one_audit (f));
  g_assert_null (batch->refused_code);
  revoked = server_fixture_admin (f, "revoke demo");
  bm_transport_set_identity (f->transport, over, f->station->tls_key);
  shut_out = ask_renewal (f, f->transport);
  g_assert_cmpstr (shut_out->refused_code, ==, "revoked");
  g_assert_null (shut_out->certificate);
}

/* Many requests over N_LANES connections, each again until its answer verifies. */
typedef struct
{
  char *path;
  const char *type;
  GBytes *body;
  guint8 nonce[BM_NONCE_LEN];
  BmCall call;
  guint tries;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->path);
  g_bytes_unref (job->body);
  g_free (job);
}

typedef struct
{
  ServerFixture *f;
  GQueue *waiting; /* of Job */
  GPtrArray *done; /* of BmReply */
  guint in_flight;
} Crowd;

typedef struct
{
  Crowd *crowd;
  Job *job;
  BmTransport *transport;
} Lane;

static void start_next (Crowd *crowd, BmTransport *transport);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Lane *lane = data;
  Crowd *crowd = lane->crowd;
  BmLinkTrouble trouble = BM_LINK_UNKNOWN;
  g_autoptr (BmTransportReply) reply =
    bm_transport_send_finish (BM_TRANSPORT (source), result, &trouble, NULL);
  BmReply *opened = reply != NULL ? bm_reply_open (reply->body, lane->job->nonce, lane->job->call,
                                                   crowd->f->station->kiosk,
                                                   crowd->f->station->platform_public, NULL)
                                  : NULL;

  crowd->in_flight--;
  g_assert_cmpuint (++lane->job->tries, <, MAX_TRIES);
  if (opened != NULL)
    {
      g_assert_null (opened->refused_code);
      g_ptr_array_add (crowd->done, opened);
      job_free (lane->job);
    }
  else
    g_queue_push_tail (crowd->waiting, lane->job);
  start_next (crowd, lane->transport);
  g_free (lane);
}

static void
start_next (Crowd *crowd, BmTransport *transport)
{
  Lane *lane;

  if (g_queue_is_empty (crowd->waiting))
    return;
  lane = g_new0 (Lane, 1);
  *lane = (Lane){ crowd, g_queue_pop_head (crowd->waiting), transport };
  crowd->in_flight++;
  bm_transport_send_async (transport, lane->job->path, lane->job->type, lane->job->body, NULL,
                           on_answer, lane);
}

/* Takes @jobs over, in random order. Array of BmReply. */
static GPtrArray *
run_crowd (ServerFixture *f, GPtrArray *jobs, guint seed)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (seed);
  g_autoptr (GPtrArray) transports = g_ptr_array_new_with_free_func (g_object_unref);
  Crowd crowd = { f, g_queue_new (),
                  g_ptr_array_new_with_free_func ((GDestroyNotify) bm_reply_free), 0 };

  while (jobs->len > 0)
    g_queue_push_tail (crowd.waiting,
                       g_ptr_array_steal_index_fast (jobs, (guint) g_rand_int_range (chance, 0,
                                                                                     (gint32)
                                                                                       jobs->len)));
  g_ptr_array_unref (jobs);
  for (guint i = 0; i < N_LANES; i++)
    {
      g_ptr_array_add (transports, server_fixture_new_transport (f, TRUE));
      start_next (&crowd, transports->pdata[i]);
    }
  while (crowd.in_flight > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_queue_is_empty (crowd.waiting));
  g_queue_free (crowd.waiting);
  return crowd.done;
}

static void
add_batch (ServerFixture *f, GPtrArray *jobs, GPtrArray *records)
{
  Job *job = g_new0 (Job, 1);
  BmBatchHeader header;

  job->path = g_strdup (BM_PATH_BATCH);
  job->type = BM_CONTENT_BATCH;
  job->body = virtual_station_make_batch (f->station, records, &header);
  memcpy (job->nonce, header.nonce, sizeof job->nonce);
  job->call = BM_CALL_BATCH;
  g_ptr_array_add (jobs, job);
}

/* Every batch twice, in any order, six at a time: each entry once, the watermark at the end. */
static void
test_six_connections (void)
{
  g_autoptr (ServerFixture) f = server_fixture_new ();
  GPtrArray *jobs = g_ptr_array_new ();
  g_autoptr (GPtrArray) replies = NULL;
  guint n_accepted = 0, n_duplicate = 0;
  g_autofree char *state = NULL;
  g_autoptr (Json) report = NULL;
  json_t *mark;

  for (guint i = 0; i < N_BATCHES; i++)
    {
      g_autoptr (GPtrArray) records =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

      if (i % 10 == 0)
        g_ptr_array_add (records, virtual_station_start_run (f->station));
      while (records->len < N_EACH)
        g_ptr_array_add (records, virtual_station_make_audit (f->station));
      add_batch (f, jobs, records);
      add_batch (f, jobs, records);
    }
  replies = run_crowd (f, jobs, 11);
  for (guint i = 0; i < replies->len; i++)
    {
      const BmReply *reply = replies->pdata[i];

      for (guint k = 0; k < reply->answers->len; k++)
        {
          const BmAnswer *answer = reply->answers->pdata[k];

          n_accepted += answer->status == BM_ANSWER_ACCEPTED;
          n_duplicate += answer->status == BM_ANSWER_DUPLICATE;
        }
    }
  g_assert_cmpuint (n_accepted, ==, N_BATCHES * N_EACH);
  g_assert_cmpuint (n_duplicate, ==, N_BATCHES * N_EACH);
  state = server_fixture_admin (f, "state");
  report = json_loads (state, 0, NULL);
  g_assert_cmpuint (json_array_size (json_object_get (report, "conflicts")), ==, 0);
  g_assert_cmpuint (json_array_size (json_object_get (report, "alarms")), ==, 0);
  mark = json_array_get (json_object_get (report, "watermarks"), 0);
  g_assert_cmpint (json_integer_value (json_object_get (mark, "upto")), ==, N_BATCHES * N_EACH);
  g_assert_cmpint (json_integer_value (json_object_get (mark, "held")), ==, N_BATCHES * N_EACH);
}

static GPtrArray *
make_chunks (BmBlobOpen *open, guint8 ret_name[BM_SM3_LEN])
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();

  for (guint i = 0; i < N_CHUNKS; i++)
    {
      gsize len = i == 7 ? BM_PROTOCOL_MAX_CHUNK : 4000; /* the longest that is legal, too */
      guint8 *data = g_malloc (len);
      guint8 hash[BM_SM3_LEN];

      bm_random_bytes (data, len);
      bm_sm3 (data, len, hash);
      g_byte_array_append (hashes, hash, sizeof hash);
      g_ptr_array_add (chunks, g_bytes_new_take (data, len));
    }
  open->hashes = g_byte_array_free_to_bytes (g_steal_pointer (&hashes));
  bm_blob_id (open->hashes, ret_name);
  return chunks;
}

/* Chunks over six connections, with answers that get lost and a platform that stumbles. */
static void
test_chunks (gconstpointer fault)
{
  g_autoptr (ServerFixture) f = server_fixture_new ();
  g_autoptr (BmBlobOpen) open = g_new0 (BmBlobOpen, 1);
  guint8 name[BM_SM3_LEN];
  g_autoptr (GPtrArray) chunks = make_chunks (open, name);
  GPtrArray *jobs = g_ptr_array_new ();
  g_autoptr (GPtrArray) replies = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (BmTransportReply) raw = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autofree char *armed = NULL;
  gboolean is_complete = FALSE;

  open->kiosk = f->station->kiosk;
  open->epoch = f->station->epoch;
  open->seq = 1;
  open->bytes = 5;
  body = bm_blob_open_encode (open);
  raw = server_fixture_call (f->transport, BM_PATH_BLOB, BM_CONTENT_JSON, body);
  reply = bm_reply_open (raw->body, open->nonce, BM_CALL_BLOB, open->kiosk,
                         f->station->platform_public, NULL);
  g_assert_nonnull (reply);
  g_assert_false (reply->is_complete);
  for (guint i = 0; i < chunks->len; i++)
    {
      Job *job = g_new0 (Job, 1);

      bm_random_bytes (job->nonce, sizeof job->nonce);
      job->path = bm_blob_chunk_path (name, i, job->nonce);
      job->type = BM_CONTENT_CHUNK;
      job->body = g_bytes_ref (chunks->pdata[i]);
      job->call = BM_CALL_BLOB;
      g_ptr_array_add (jobs, job);
    }
  armed = server_fixture_admin (f, fault);
  replies = run_crowd (f, jobs, 12);
  g_assert_cmpuint (replies->len, ==, N_CHUNKS);
  for (guint i = 0; i < replies->len; i++)
    is_complete = is_complete || ((BmReply *) replies->pdata[i])->is_complete;
  g_assert_true (is_complete);
}

static void
test_too_long_a_chunk (void)
{
  g_autoptr (ServerFixture) f = server_fixture_new ();
  guint8 name[BM_SM3_LEN] = { 1 }, nonce[BM_NONCE_LEN] = { 2 };
  g_autofree char *path = bm_blob_chunk_path (name, 0, nonce);
  g_autoptr (GBytes) body =
    g_bytes_new_take (g_malloc0 (BM_PROTOCOL_MAX_CHUNK + 1), BM_PROTOCOL_MAX_CHUNK + 1);
  g_autoptr (BmTransportReply) reply =
    server_fixture_call (f->transport, path, BM_CONTENT_CHUNK, body);

  g_assert_nonnull (reply);
  g_assert_cmpuint (reply->status, ==, 413);
}

int
main (int argc, char **argv)
{
  static const char *const faults[] = { "fault blob drop-reply 5", "fault blob 500 5",
                                        "fault blob delay 300 5" };

  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  server_fixture_set_program (argv[1]);
  g_test_add_func ("/platform/roll/over", test_roll_over);
  g_test_add_func ("/platform/roll/expired", test_expired);
  g_test_add_func ("/platform/roll/six-connections", test_six_connections);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/platform/roll/chunks/", faults[i], NULL);

      g_test_add_data_func (path, faults[i], test_chunks);
    }
  g_test_add_func ("/platform/roll/too-long-a-chunk", test_too_long_a_chunk);
  return g_test_run ();
}
