/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/platform/platform-blobs.h"
#include "sync/platform/platform-run.h"
#include "tests/sync/platform/platform-fixture.h"

#include <string.h>

/* Attachments as they arrive: any order, any number of times, never mistaken. */

#define CHUNK 3000

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

typedef struct
{
  GPtrArray *chunks; /* of GBytes */
  BmBlobOpen *open;
  guint8 name[BM_SM3_LEN];
} Photo;

static void
photo_free (Photo *self)
{
  g_ptr_array_unref (self->chunks);
  bm_blob_open_free (self->open);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Photo, photo_free)

static Photo *
photo_new (VirtualStation *station, guint n_chunks)
{
  Photo *self = g_new0 (Photo, 1);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();

  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n_chunks; i++)
    {
      guint8 *data = g_malloc (CHUNK);
      guint8 hash[BM_SM3_LEN];

      bm_random_bytes (data, CHUNK);
      bm_sm3 (data, CHUNK, hash);
      g_byte_array_append (hashes, hash, sizeof hash);
      g_ptr_array_add (self->chunks, g_bytes_new_take (data, CHUNK));
    }
  self->open = g_new0 (BmBlobOpen, 1);
  self->open->kiosk = station->kiosk;
  self->open->epoch = station->epoch;
  self->open->seq = station->next_seq;
  self->open->bytes = n_chunks * CHUNK;
  self->open->hashes = g_byte_array_free_to_bytes (g_steal_pointer (&hashes));
  bm_blob_id (self->open->hashes, self->name);
  return self;
}

/* The reply is sealed and opened, as on the line. */
static BmReply *
through_the_line (PlatformFixture *f, BmReply *reply, const guint8 nonce[BM_NONCE_LEN])
{
  g_autoptr (BmReply) owned = reply;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bm_reply_seal (owned, nonce, f->platform->sign_key, &error);
  BmReply *opened;

  g_assert_no_error (error);
  opened = bm_reply_open (bytes, nonce, BM_CALL_BLOB, f->station->kiosk,
                          f->station->platform_public, &error);
  g_assert_no_error (error);
  return opened;
}

static BmReply *
announce (PlatformFixture *f, Photo *photo)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  guint8 nonce[BM_NONCE_LEN];
  BmReply *reply;

  bm_random_bytes (photo->open->nonce, BM_NONCE_LEN);
  body = bm_blob_open_encode (photo->open);
  reply = bm_platform_blob_open (f->platform, &f->peer, body, nonce, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (nonce, sizeof nonce, photo->open->nonce, BM_NONCE_LEN);
  return through_the_line (f, reply, nonce);
}

static BmReply *
put (PlatformFixture *f, Photo *photo, guint chunk, GBytes *body)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 4 };
  g_autoptr (GError) error = NULL;
  BmReply *reply = bm_platform_blob_put (f->platform, &f->peer, photo->name, chunk, body, &error);

  g_assert_no_error (error);
  return through_the_line (f, reply, nonce);
}

static void
assert_has (BmReply *reply, Photo *photo, guint64 expected)
{
  g_assert_null (reply->refused_code);
  g_assert_cmpmem (reply->blob, BM_SM3_LEN, photo->name, BM_SM3_LEN);
  for (guint i = 0; i < photo->chunks->len; i++)
    g_assert_cmpint (bm_blob_have_get (reply->have, i), ==, (expected >> i) & 1);
  g_assert_cmpint (reply->is_complete, ==,
                   expected == (G_GUINT64_CONSTANT (1) << photo->chunks->len) - 1);
}

/* Every order is as good, twice does nothing, and a restart in between forgets nothing. */
static void
test_any_order (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (4);

  for (guint round = 0; round < 6; round++)
    {
      guint n = 1 + round * 4;
      g_autoptr (Photo) photo = photo_new (f->station, n);
      g_autoptr (BmReply) first = announce (f, photo);
      guint64 sent = 0;

      assert_has (first, photo, 0);
      while (sent != (G_GUINT64_CONSTANT (1) << n) - 1)
        {
          guint chunk = (guint) g_rand_int_range (chance, 0, (gint32) n);
          g_autoptr (BmReply) reply = put (f, photo, chunk, photo->chunks->pdata[chunk]);

          sent |= G_GUINT64_CONSTANT (1) << chunk;
          assert_has (reply, photo, sent);
          if (g_rand_int_range (chance, 0, 12) == 0)
            {
              g_autoptr (BmReply) again = NULL;

              platform_fixture_reopen (f);
              again = announce (f, photo);
              assert_has (again, photo, sent);
            }
        }
    }
}

static void
assert_refused (BmReply *reply, const char *code)
{
  g_autoptr (BmReply) owned = reply;

  g_assert_cmpstr (owned->refused_code, ==, code);
}

static void
test_wrong_chunks (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (Photo) photo = photo_new (f->station, 3);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (BmReply) reply = NULL;
  guint8 *flipped = g_memdup2 (g_bytes_get_data (photo->chunks->pdata[1], NULL), CHUNK);
  g_autoptr (GBytes) damaged = g_bytes_new_take (flipped, CHUNK);

  flipped[17] ^= 1;
  assert_refused (put (f, photo, 0, photo->chunks->pdata[0]), "unknown-blob");
  bm_reply_free (announce (f, photo));
  assert_refused (put (f, photo, 0, photo->chunks->pdata[1]), "bad-chunk");
  assert_refused (put (f, photo, 1, damaged), "bad-chunk");
  assert_refused (put (f, photo, 1, empty), "bad-chunk");
  assert_refused (put (f, photo, 3, photo->chunks->pdata[1]), "bad-chunk");
  reply = announce (f, photo);
  assert_has (reply, photo, 0);
}

/* Another station, a revoked one, an expired certificate: nothing is taken. */
static void
test_who_may (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (Photo) photo = photo_new (f->station, 2);
  g_autofree char *answer = NULL;
  BmPeer mine = f->peer;

  bm_reply_free (announce (f, photo));
  photo->open->kiosk++;
  {
    g_autoptr (GBytes) body = bm_blob_open_encode (photo->open);
    guint8 nonce[BM_NONCE_LEN];

    assert_refused (bm_platform_blob_open (f->platform, &f->peer, body, nonce, NULL),
                    "bad-request");
  }
  photo->open->kiosk--;
  f->peer.not_after_ms = DEMO_NOW - 1;
  assert_refused (announce (f, photo), "certificate-expired");
  assert_refused (put (f, photo, 0, photo->chunks->pdata[0]), "certificate-expired");
  f->peer = mine;
  answer = platform_fixture_admin (f, "revoke demo");
  assert_refused (put (f, photo, 0, photo->chunks->pdata[0]), "revoked");
  assert_refused (bm_platform_blob_put (f->platform, NULL, photo->name, 0, photo->chunks->pdata[0],
                                        NULL),
                  "unknown-kiosk");
}

/* A run of @photo from @first on, of which @most bytes come in steps of @step. NULL: it broke off. */
static BmReply *
run (PlatformFixture *f, Photo *photo, guint first, guint offset, gsize most, gsize step)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 5 };
  g_autoptr (GPtrArray) chunks = g_ptr_array_new ();
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPlatformRun) run =
    bm_platform_run_new (f->platform, &f->peer, photo->name, first, offset);
  const guint8 *data;
  gsize size;
  BmReply *reply;

  for (guint i = first; i < photo->chunks->len; i++)
    g_ptr_array_add (chunks, photo->chunks->pdata[i]);
  body = bm_blob_run_encode (chunks, offset);
  data = g_bytes_get_data (body, &size);
  for (gsize at = 0; at < MIN (size, most); at += MIN (step, MIN (size, most) - at))
    bm_platform_run_take (run, data + at, MIN (step, MIN (size, most) - at));
  if (most < size)
    return NULL;
  reply = bm_platform_run_finish (run, &error);
  g_assert_no_error (error);
  return through_the_line (f, reply, nonce);
}

static BmReply *
ask (PlatformFixture *f, Photo *photo)
{
  static const guint8 nonce[BM_NONCE_LEN] = { 6 };
  g_autoptr (GError) error = NULL;
  BmReply *reply = bm_platform_blob_ask (f->platform, &f->peer, photo->name, &error);

  g_assert_no_error (error);
  return through_the_line (f, reply, nonce);
}

static void
assert_part (BmReply *reply, guint chunk, guint bytes)
{
  g_assert_nonnull (reply->parts);
  g_assert_cmpuint (reply->parts->len, ==, 1);
  g_assert_cmpuint (g_array_index (reply->parts, BmBlobPart, 0).chunk, ==, chunk);
  g_assert_cmpuint (g_array_index (reply->parts, BmBlobPart, 0).bytes, ==, bytes);
}

/* Cut anywhere: what came whole is stored, what was cut in two goes on where it was cut. */
static void
test_run_that_breaks_off (void)
{
  static const gsize steps[] = { 1, 700, G_MAXINT };
  const gsize frame = CHUNK + 4;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (PlatformFixture) f = platform_fixture_new ();
      g_autoptr (Photo) photo = photo_new (f->station, 5);
      g_autoptr (BmReply) cut = NULL, again = NULL, whole = NULL;

      bm_reply_free (announce (f, photo));
      g_assert_null (run (f, photo, 1, 0, 2 * frame + 4 + 1234, steps[i]));
      cut = ask (f, photo);
      assert_has (cut, photo, 0x06);
      assert_part (cut, 3, 1234);
      g_assert_null (run (f, photo, 3, 1234, 4 + 10, steps[i]));
      again = ask (f, photo);
      assert_has (again, photo, 0x06);
      assert_part (again, 3, 1244);
      bm_reply_free (run (f, photo, 3, 1244, G_MAXSIZE, steps[i]));
      g_assert_null (run (f, photo, 0, 0, 1, steps[i]));
      whole = run (f, photo, 0, 0, G_MAXSIZE, steps[i]); /* and over what is there already */
      assert_has (whole, photo, 0x1f);
    }
}

/* Two that tell the same, one that leaves a gap, a platform that forgot: never a wrong chunk, never a stuck one. */
static void
test_run_over_another (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (Photo) photo = photo_new (f->station, 3);
  g_autoptr (BmReply) first = NULL, gap = NULL, forgotten = NULL, whole = NULL;

  bm_reply_free (announce (f, photo));
  g_assert_null (run (f, photo, 0, 0, 4 + 1000, 100));
  g_assert_null (run (f, photo, 0, 400, 4 + 900, 100)); /* overlaps by 600 */
  first = ask (f, photo);
  assert_part (first, 0, 1300);
  gap = run (f, photo, 0, 2000, G_MAXSIZE, 100); /* the first is dropped, the others count */
  assert_has (gap, photo, 0x06);
  assert_part (gap, 0, 1300);
  platform_fixture_reopen (f);
  forgotten = run (f, photo, 0, 1300, G_MAXSIZE, 100);
  assert_has (forgotten, photo, 0x06);
  g_assert_null (forgotten->parts);
  whole = run (f, photo, 0, 0, G_MAXSIZE, 100);
  assert_has (whole, photo, 0x07);
}

/* What is wrong ends the run; what came before it stays, and nothing of the wrong chunk. */
static void
test_wrong_run (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (Photo) photo = photo_new (f->station, 4), other = photo_new (f->station, 4);
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  BmPeer mine = f->peer;

  assert_refused (run (f, photo, 0, 0, G_MAXSIZE, 1000), "unknown-blob");
  assert_refused (ask (f, photo), "unknown-blob");
  g_assert_null (bm_parts_list (f->platform->parts, f->peer.kiosk, photo->name));
  bm_reply_free (announce (f, photo));
  {
    g_autoptr (GPtrArray) mixed = g_ptr_array_new ();
    g_autoptr (GBytes) body = NULL;
    g_autoptr (BmPlatformRun) wrong =
      bm_platform_run_new (f->platform, &f->peer, photo->name, 0, 0);

    g_ptr_array_add (mixed, photo->chunks->pdata[0]);
    g_ptr_array_add (mixed, other->chunks->pdata[1]);
    g_ptr_array_add (mixed, photo->chunks->pdata[2]);
    body = bm_blob_run_encode (mixed, 0);
    bm_platform_run_take (wrong, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    assert_refused (bm_platform_run_finish (wrong, &error), "bad-chunk");
    g_assert_no_error (error);
  }
  {
    g_autoptr (BmPlatformRun) torn = bm_platform_run_new (f->platform, &f->peer, photo->name, 3, 0);

    bm_platform_run_take (torn, (const guint8 *) "\0\0\0\4ab", 6);
    g_assert_null (bm_platform_run_finish (torn, &error));
    g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  }
  reply = ask (f, photo);
  assert_has (reply, photo, 0x01);
  assert_part (reply, 3, 2);
  f->peer.not_after_ms = DEMO_NOW - 1;
  assert_refused (ask (f, photo), "certificate-expired");
  assert_refused (run (f, photo, 0, 0, G_MAXSIZE, 1000), "certificate-expired");
  f->peer = mine;
}

/* However many are begun, no more is kept than there may be. */
static void
test_many_parts (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  guint8 name[BM_SM3_LEN] = { 0 };

  for (guint i = 0; i < 3 * BM_PARTS_MAX; i++)
    {
      const BmRunPiece piece = { .chunk = i % 20, .len = 10, .data = name, .n = 1 };

      name[0] = (guint8) (i / 20);
      g_assert_null (bm_parts_put (f->platform->parts, 1, name, &piece));
    }
  for (guint i = 0, n = 0; i <= 3 * BM_PARTS_MAX / 20; i++)
    {
      g_autoptr (GArray) parts = NULL;

      name[0] = (guint8) i;
      parts = bm_parts_list (f->platform->parts, 1, name);
      n += parts != NULL ? parts->len : 0;
      g_assert_cmpuint (n, <=, BM_PARTS_MAX);
      if (parts != NULL)
        g_assert_cmpuint (parts->len, <=, BM_PROTOCOL_MAX_PARTS);
    }
}

static GBytes *
certify_with (VirtualStation *station, Photo **photos, guint n)
{
  json_t *list = json_array ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = bm_hex_encode (photos[i]->name, BM_SM3_LEN);

      json_array_append_new (list, json_pack ("{s:s, s:i, s:s, s:s}", "blob", name, "bytes", 1,
                                              "mime", "image/jpeg", "sm3", name));
    }
  return virtual_station_make_matter (
    station, "cert.pension",
    json_pack ("{s:i, s:s, s:s, s:{s:s, s:s}, s:[{s:s, s:I, s:s}], s:o}", "version", 1, "service",
               "cert.pension", "rule", "C1-2026.1", "fields", "p.name", "陈有根", "p.idno",
               "990121195501180097", "evidence", "class", "card", "at_ms", DEMO_NOW, "kind",
               "citizen", "attachments", list),
    NULL);
}

static BmAnswerStatus
send_one (PlatformFixture *f, GBytes *record)
{
  g_autoptr (BmReply) reply = platform_fixture_send (f, records_of (g_bytes_ref (record), NULL));

  g_assert_cmpuint (reply->answers->len, ==, 1);
  return ((BmAnswer *) reply->answers->pdata[0])->status;
}

/* The entry goes its way at once; its answer asks for what is missing until all of it is here. */
static void
test_need_blobs (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (Photo) one = photo_new (f->station, 1);
  g_autoptr (Photo) two = photo_new (f->station, 2);
  Photo *photos[] = { one, two };
  g_autoptr (GBytes) run = virtual_station_start_run (f->station);
  g_autoptr (GBytes) record = certify_with (f->station, photos, 2);
  g_autoptr (Json) state = NULL;

  g_assert_cmpint (send_one (f, run), ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (send_one (f, record), ==, BM_ANSWER_NEED_BLOBS);
  state = platform_fixture_report (f, "state");
  g_assert_cmpuint (json_object_size (json_object_get (state, "cases")), ==, 1);
  bm_reply_free (announce (f, one));
  bm_reply_free (put (f, one, 0, one->chunks->pdata[0]));
  bm_reply_free (announce (f, two));
  bm_reply_free (put (f, two, 1, two->chunks->pdata[1]));
  g_assert_cmpint (send_one (f, record), ==, BM_ANSWER_NEED_BLOBS);
  bm_reply_free (put (f, two, 0, two->chunks->pdata[0]));
  g_assert_cmpint (send_one (f, record), ==, BM_ANSWER_DUPLICATE);
}

/* Blobs first, the entry after them; and before its run, so that nobody could read what it names. */
static void
test_blobs_before_entry (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (Photo) photo = photo_new (f->station, 1), late = photo_new (f->station, 1);
  g_autoptr (GBytes) run = virtual_station_start_run (f->station);
  g_autoptr (GBytes) record = certify_with (f->station, &photo, 1);
  g_autoptr (GBytes) other = certify_with (f->station, &late, 1);

  bm_reply_free (announce (f, photo));
  bm_reply_free (put (f, photo, 0, photo->chunks->pdata[0]));
  g_assert_cmpint (send_one (f, other), ==, BM_ANSWER_QUARANTINED);
  g_assert_cmpint (send_one (f, run), ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (send_one (f, record), ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (send_one (f, other), ==, BM_ANSWER_NEED_BLOBS);
}

static void
test_bad_attachments (void)
{
  static const char *const lists[] = {
    "7", "{}", "[7]", "[{}]", "[{\"blob\":\"00\"}]", "[{\"blob\":1}]"
  };
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GBytes) run = virtual_station_start_run (f->station);

  g_assert_cmpint (send_one (f, run), ==, BM_ANSWER_ACCEPTED);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (GBytes) record =
        virtual_station_make_matter (f->station, "cert.pension",
                                     json_pack ("{s:i, s:s, s:s, s:{}, s:[], s:o}", "version", 1,
                                                "service", "cert.pension", "rule", "C1-2026.1",
                                                "fields", "evidence", "attachments",
                                                json_loads (lists[i], JSON_DECODE_ANY, NULL)),
                                     NULL);

      g_assert_cmpint (send_one (f, record), ==, BM_ANSWER_REJECTED);
    }
}

/* A real attachment: sealed as the ledger does it, sent, opened and proven; spoiled, it is not opened. */
static void
test_opened (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GBytes) run = virtual_station_start_run (f->station);
  gsize len = 3 * BM_ATTACHMENT_CHUNK + 17;
  g_autofree guint8 *data = g_malloc (len);
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (BmAttachment) attachment = NULL;
  g_autoptr (BmSealedAttachment) sealed = NULL;
  g_autoptr (BmKey) key = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) record = NULL, opened = NULL;
  g_autoptr (Photo) photo = NULL;
  g_autofree char *hex = NULL, *file = NULL, *line = NULL, *answer = NULL, *early = NULL;
  g_autofree char *written = NULL;
  BmAttachmentPlace place = { f->station->kiosk, f->station->epoch, f->station->next_seq, 0 };
  gsize written_len = 0;

  bm_random_bytes (data, len);
  plain = g_bytes_new (data, len);
  attachment = bm_attachment_new ("image/jpeg", plain);
  key = bm_ratchet_dup_blob_key (f->station->ratchet, &error);
  sealed = bm_attachment_seal (key, &place, attachment, &error);
  g_assert_no_error (error);
  photo = photo_new (f->station, 1);
  g_ptr_array_unref (photo->chunks);
  photo->chunks = g_ptr_array_ref (sealed->chunks);
  g_bytes_unref (photo->open->hashes);
  photo->open->hashes = g_bytes_ref (sealed->hashes);
  photo->open->bytes = (guint32) len;
  bm_blob_id (sealed->hashes, photo->name);
  record =
    virtual_station_make_matter (f->station, "cert.pension",
                                 json_pack ("{s:i, s:s, s:s, s:{}, s:[], s:[o]}", "version", 1,
                                            "service", "cert.pension", "rule", "C1-2026.1",
                                            "fields", "evidence", "attachments",
                                            bm_attachment_manifest_to_json (&sealed->manifest)),
                                 NULL);
  g_assert_cmpint (send_one (f, run), ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (send_one (f, record), ==, BM_ANSWER_NEED_BLOBS);
  bm_reply_free (announce (f, photo));
  for (guint i = 1; i < photo->chunks->len; i++)
    bm_reply_free (put (f, photo, i, photo->chunks->pdata[i]));
  hex = bm_hex_encode (photo->name, BM_SM3_LEN);
  file = g_build_filename (f->dir, "photo.jpg", NULL);
  line = g_strdup_printf ("blob demo %s %s", hex, file);
  early = platform_fixture_admin (f, line);
  g_assert_true (g_str_has_prefix (early, "error "));
  bm_reply_free (put (f, photo, 0, photo->chunks->pdata[0]));
  answer = platform_fixture_admin (f, line);
  g_assert_cmpstr (answer, ==, "ok {\"bytes\":98321,\"mime\":\"image/jpeg\"}");
  g_assert_true (g_file_get_contents (file, &written, &written_len, NULL));
  g_assert_cmpmem (written, written_len, data, len);
}

static void
test_too_many_open (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (Json) report = NULL;

  for (guint i = 0; i < 4096; i++)
    {
      g_autoptr (Photo) photo = photo_new (f->station, 1);
      g_autoptr (GBytes) body = bm_blob_open_encode (photo->open);
      guint8 nonce[BM_NONCE_LEN];
      g_autoptr (BmReply) reply = bm_platform_blob_open (f->platform, &f->peer, body, nonce, NULL);

      g_assert_null (reply->refused_code);
    }
  {
    g_autoptr (Photo) photo = photo_new (f->station, 1);

    assert_refused (announce (f, photo), "too-many");
  }
  report = platform_fixture_report (f, "blobs demo");
  g_assert_cmpuint (json_array_size (report), ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/blobs/any-order", test_any_order);
  g_test_add_func ("/platform/blobs/wrong-chunks", test_wrong_chunks);
  g_test_add_func ("/platform/blobs/who-may", test_who_may);
  g_test_add_func ("/platform/blobs/need-blobs", test_need_blobs);
  g_test_add_func ("/platform/blobs/before-entry", test_blobs_before_entry);
  g_test_add_func ("/platform/blobs/bad-attachments", test_bad_attachments);
  g_test_add_func ("/platform/blobs/opened", test_opened);
  g_test_add_func ("/platform/blobs/run-that-breaks-off", test_run_that_breaks_off);
  g_test_add_func ("/platform/blobs/run-over-another", test_run_over_another);
  g_test_add_func ("/platform/blobs/wrong-run", test_wrong_run);
  g_test_add_func ("/platform/blobs/many-parts", test_many_parts);
  g_test_add_func ("/platform/blobs/too-many-open", test_too_many_open);
  return g_test_run ();
}
