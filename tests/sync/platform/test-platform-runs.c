/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/protocol-run.h"
#include "sync/transport-curl-private.h"
#include "tests/sync/platform/server-fixture.h"

#include <netinet/in.h>
#include <signal.h>
#include <string.h>

/* Runs of chunks over TLS: what arrived before a run broke off stays, and the transport gives back what it cannot finish. */

#define N_CHUNKS 12
#define CHUNK    50000

typedef struct
{
  ServerFixture *server;
  GPtrArray *chunks;
  guint8 name[BM_SM3_LEN];
} Photo;

static void
photo_clear (Photo *self)
{
  g_ptr_array_unref (self->chunks);
  server_fixture_free (self->server);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Photo, photo_clear)

static BmReply *
open_reply (Photo *self, BmTransportReply *raw, const guint8 nonce[BM_NONCE_LEN])
{
  g_autoptr (BmTransportReply) owned = raw;
  g_autoptr (GError) error = NULL;
  BmReply *reply;

  g_assert_nonnull (owned);
  reply = bm_reply_open (owned->body, nonce, BM_CALL_BLOB, self->server->station->kiosk,
                         self->server->station->platform_public, &error);
  g_assert_no_error (error);
  return reply;
}

static void
photo_init (Photo *self)
{
  g_autoptr (BmBlobOpen) open = g_new0 (BmBlobOpen, 1);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (BmReply) reply = NULL;

  self->server = server_fixture_new ();
  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < N_CHUNKS; i++)
    {
      guint8 *data = g_malloc (CHUNK);
      guint8 hash[BM_SM3_LEN];

      bm_random_bytes (data, CHUNK);
      bm_sm3 (data, CHUNK, hash);
      g_byte_array_append (hashes, hash, sizeof hash);
      g_ptr_array_add (self->chunks, g_bytes_new_take (data, CHUNK));
    }
  open->kiosk = self->server->station->kiosk;
  open->epoch = self->server->station->epoch;
  open->seq = 1;
  open->bytes = N_CHUNKS * CHUNK;
  open->hashes = g_bytes_new (hashes->data, hashes->len);
  bm_blob_id (open->hashes, self->name);
  body = bm_blob_open_encode (open);
  reply =
    open_reply (self,
                server_fixture_call (self->server->transport, BM_PATH_BLOB, BM_CONTENT_JSON, body),
                open->nonce);
  g_assert_false (reply->is_complete);
}

static BmReply *
ask (Photo *self)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 1 };
  g_autofree char *path = bm_blob_ask_path (self->name, nonce);

  return open_reply (self, server_fixture_call (self->server->transport, path, NULL, NULL), nonce);
}

static GBytes *
encode (Photo *self, guint first, guint offset)
{
  g_autoptr (GPtrArray) chunks = g_ptr_array_new ();

  for (guint i = first; i < N_CHUNKS; i++)
    g_ptr_array_add (chunks, self->chunks->pdata[i]);
  return bm_blob_run_encode (chunks, offset);
}

static BmTransportReply *
send_run (Photo *self, guint first, guint offset)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 2 };
  g_autoptr (GBytes) body = encode (self, first, offset);
  g_autofree char *path = bm_blob_run_path (self->name, first, offset, nonce);

  return server_fixture_call (self->server->transport, path, BM_CONTENT_CHUNK, body);
}

static void
assert_sent (Photo *self, guint first, guint offset)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 2 };
  g_autoptr (BmReply) reply = open_reply (self, send_run (self, first, offset), nonce);

  g_assert_null (reply->refused_code);
  g_assert_true (reply->is_complete);
}

static void
test_whole (void)
{
  g_auto (Photo) photo = { 0 };

  photo_init (&photo);
  assert_sent (&photo, 0, 0);
}

typedef struct
{
  BmLinkTrouble trouble;
  gboolean has_reply;
  gboolean is_done;
} Broken;

static void
on_broken (GObject *source, GAsyncResult *result, gpointer data)
{
  Broken *broken = data;
  g_autoptr (BmTransportReply) reply =
    bm_transport_send_finish (BM_TRANSPORT (source), result, &broken->trouble, NULL);

  broken->has_reply = reply != NULL;
  broken->is_done = TRUE;
}

/* What the transport does when the line was away and is back (only a line that loses packets does it by itself: `photo` of the
 * sync bench): the run comes back to whoever sent it, not a byte of it is sent anew, and what is there can be asked for. */
static void
break_off (BmTransport *transport)
{
  BmCurlTransport *self = BM_CURL_TRANSPORT (transport);
  GHashTableIter iter;
  gpointer transfer;

  g_hash_table_iter_init (&iter, self->transfers);
  g_assert_true (g_hash_table_iter_next (&iter, &transfer, NULL));
  g_assert_true (((BmCurlTransfer *) transfer)->is_resumable);
  bm_curl_transfer_break_off (self, transfer);
}

static void
test_given_back (void)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 3 };
  g_auto (Photo) photo = { 0 };
  g_autoptr (GBytes) body = NULL;
  g_autofree char *path = NULL;
  g_autoptr (BmReply) there = NULL;
  Broken broken = { BM_LINK_UNKNOWN, FALSE, FALSE };
  BmTransportMeter before, after;

  photo_init (&photo);
  body = encode (&photo, 0, 0);
  path = bm_blob_run_path (photo.name, 0, 0, nonce);
  bm_transport_get_meter (photo.server->transport, &before);
  g_subprocess_send_signal (photo.server->process, SIGSTOP);
  bm_transport_send_async (photo.server->transport, path, BM_CONTENT_CHUNK, body, NULL, on_broken,
                           &broken);
  for (guint i = 0; i < 20; i++) /* until nothing goes in any more */
    g_main_context_iteration (NULL, FALSE);
  g_assert_false (broken.is_done);
  break_off (photo.server->transport);
  while (!broken.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_send_signal (photo.server->process, SIGCONT);
  g_assert_false (broken.has_reply);
  g_assert_cmpint (broken.trouble, ==, BM_LINK_ONLINE);
  bm_transport_get_meter (photo.server->transport, &after);
  g_assert_cmpuint (after.up - before.up, <=, g_bytes_get_size (body) + 4096);
  there = ask (&photo);
  g_assert_false (there->is_complete);
  assert_sent (&photo, 0, 0);
}

static void
on_ignored (GObject *source, GAsyncResult *result, gpointer data)
{
  gboolean *is_done = data;
  BmLinkTrouble trouble;

  bm_transport_reply_free (
    bm_transport_send_finish (BM_TRANSPORT (source), result, &trouble, NULL));
  *is_done = TRUE;
}

/* A run of which only a part is ever sent, by a station that is gone then. */
static void
send_some (Photo *self, guint until_chunk)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 4 };
  g_autoptr (BmTransport) other = server_fixture_new_transport (self->server, TRUE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) body = encode (self, 0, 0);
  g_autofree char *path = bm_blob_run_path (self->name, 0, 0, nonce);
  gboolean is_done = FALSE, is_cut = FALSE;

  bm_transport_send_async (other, path, BM_CONTENT_CHUNK, body, cancellable, on_ignored, &is_done);
  while (!is_done)
    {
      g_main_context_iteration (NULL, TRUE);
      if (!is_cut)
        {
          g_autoptr (BmReply) reply = ask (self);

          is_cut = bm_blob_have_get (reply->have, until_chunk);
          if (is_cut)
            g_cancellable_cancel (cancellable);
        }
    }
}

/* Whole chunks are there before the request is over; where it broke off the next one goes on. */
static void
test_cut (void)
{
  g_auto (Photo) photo = { 0 };
  g_autoptr (BmReply) there = NULL;
  guint first = 0, offset = 0;

  photo_init (&photo);
  send_some (&photo, 2);
  there = ask (&photo);
  while (first < N_CHUNKS && bm_blob_have_get (there->have, first))
    first++;
  g_assert_cmpuint (first, >=, 3);
  if (first == N_CHUNKS)
    {
      g_test_skip ("this machine sent it all before it could be stopped");
      return;
    }
  if (there->parts != NULL)
    {
      g_assert_cmpuint (there->parts->len, ==, 1);
      g_assert_cmpuint (g_array_index (there->parts, BmBlobPart, 0).chunk, ==, first);
      offset = g_array_index (there->parts, BmBlobPart, 0).bytes;
    }
  assert_sent (&photo, first, offset);
}

/* With a fault that leaves nothing undone but the answer all of it is stored. */
static void
test_answer_lost (void)
{
  g_auto (Photo) photo = { 0 };
  g_autofree char *armed = NULL;
  g_autoptr (BmTransportReply) none = NULL;
  g_autoptr (BmReply) there = NULL;

  photo_init (&photo);
  armed = server_fixture_admin (photo.server, "fault drop-reply 1");
  none = send_run (&photo, 0, 0);
  g_assert_null (none);
  there = ask (&photo);
  g_assert_true (there->is_complete);
}

/* No more than a run may have, and nothing that is none. */
static void
test_limits (void)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 5 };
  g_auto (Photo) photo = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (GBytes) torn = g_bytes_new_static ("\0\0\0\4ab", 6);
  g_autoptr (BmTransportReply) broken = NULL;

  photo_init (&photo);
  path = bm_blob_run_path (photo.name, 0, 0, nonce);
  broken = server_fixture_call (photo.server->transport, path, BM_CONTENT_CHUNK, torn);
  g_assert_cmpuint (broken->status, ==, 400);
  for (guint i = 0; i < 11; i++) /* 23 × 50,000 bytes: over 1 MiB */
    g_ptr_array_add (photo.chunks, g_bytes_ref (photo.chunks->pdata[i]));
  {
    g_autoptr (GBytes) large = bm_blob_run_encode (photo.chunks, 0);
    g_autoptr (BmTransportReply) too_large =
      server_fixture_call (photo.server->transport, path, BM_CONTENT_CHUNK, large);

    g_assert_cmpuint (g_bytes_get_size (large), >, BM_PROTOCOL_MAX_RUN);
    g_assert_cmpuint (too_large->status, ==, 413);
  }
}

/* The connection that found the line back serves one that goes to the same place, once. */
static void
test_way_back (void)
{
  struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = 1, .sin_addr.s_addr = 2 };
  struct sockaddr_in6 place6 = { .sin6_family = AF_INET6, .sin6_port = 1 };
  BmLineStall stall = { .open = 99, .peer_len = sizeof place };
  struct sockaddr_in other = place;

  memcpy (&stall.peer, &place, sizeof place);
  other.sin_zero[3] = 7; /* says nothing */
  other.sin_port = 3;
  g_assert_cmpint (bm_line_stall_take (&stall, (struct sockaddr *) &other, sizeof other), ==, -1);
  other.sin_port = 1;
  other.sin_addr.s_addr = 3;
  g_assert_cmpint (bm_line_stall_take (&stall, (struct sockaddr *) &other, sizeof other), ==, -1);
  g_assert_cmpint (bm_line_stall_take (&stall, (struct sockaddr *) &place6, sizeof place6), ==, -1);
  other.sin_addr.s_addr = 2;
  g_assert_cmpint (bm_line_stall_take (&stall, (struct sockaddr *) &other, sizeof other), ==, 99);
  g_assert_cmpint (bm_line_stall_take (&stall, (struct sockaddr *) &other, sizeof other), ==, -1);
  stall = (BmLineStall){ .open = 98, .peer_len = sizeof place6 };
  memcpy (&stall.peer, &place6, sizeof place6);
  g_assert_cmpint (bm_line_stall_take (&stall, (struct sockaddr *) &place, sizeof place), ==, -1);
  g_assert_cmpint (bm_line_stall_take (&stall, (struct sockaddr *) &place6, sizeof place6), ==, 98);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  server_fixture_set_program (argv[1]);
  g_test_add_func ("/platform/runs/whole", test_whole);
  g_test_add_func ("/platform/runs/given-back", test_given_back);
  g_test_add_func ("/platform/runs/cut", test_cut);
  g_test_add_func ("/platform/runs/answer-lost", test_answer_lost);
  g_test_add_func ("/platform/runs/limits", test_limits);
  g_test_add_func ("/platform/runs/way-back", test_way_back);
  return g_test_run ();
}
