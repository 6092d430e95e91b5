/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/protocol.h"
#include "tests/sync/sync-fixture.h"

#include <string.h>

/* A transport whose far end is a small honest platform in memory; faults are set from outside. */
struct _TestLine
{
  GObject parent_instance;

  BmClock *clock;
  BmKey *platform_key;
  BmKey *other_key;
  BmKey *station_public;
  GHashTable *effects;  /* record hash hex -> count as pointer */
  GHashTable *poison;   /* record hash hex -> status as pointer */
  GHashTable *deferred; /* record hash hex -> ms as pointer, once */
  GPtrArray *messages;
  GPtrArray *log; /* paths */
  GBytes *last_answer;
  TestLineMode mode;
  char *mode_path;
  guint mode_left;
  guint status;
  gint64 retry_after_ms;
  BmLinkTrouble trouble;
  char *refused_code;
  guint64 watermark;
  guint next_label;
  gint64 signed_retry_after_ms;
  gint64 renew_from_ms;
  gint64 renew_until_ms;
  char *certificate;
  gint64 last_boot_ms;
  TestBlobs *blobs;
  gboolean is_held;
  GQueue held;   /* of Held: answers that wait for test_line_release() */
  char *tracked; /* "number=…&code=…" */
  char *tracked_state;
};

static void test_line_iface_init (BmTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestLine,
                               test_line,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_TRANSPORT, test_line_iface_init))

void
test_line_misbehave (TestLine *self, TestLineMode mode, const char *path, guint count)
{
  self->mode = mode;
  g_free (self->mode_path);
  self->mode_path = g_strdup (path);
  self->mode_left = count;
}

void
test_line_set_status (TestLine *self, guint status, gint64 retry_after_ms)
{
  self->status = status;
  self->retry_after_ms = retry_after_ms;
}

void
test_line_set_trouble (TestLine *self, BmLinkTrouble trouble)
{
  self->trouble = trouble;
}

void
test_line_set_refused (TestLine *self, const char *code)
{
  g_free (self->refused_code);
  self->refused_code = g_strdup (code);
}

static char *
key_of (GBytes *record)
{
  guint8 hash[BM_SM3_LEN];

  bm_sm3 (g_bytes_get_data (record, NULL), g_bytes_get_size (record), hash);
  return bm_hex_encode (hash, sizeof hash);
}

void
test_line_poison (TestLine *self, GBytes *record, guint status)
{
  g_hash_table_insert (self->poison, key_of (record), GUINT_TO_POINTER (status));
}

void
test_line_defer (TestLine *self, GBytes *record, gint64 after_ms)
{
  g_hash_table_insert (self->deferred, key_of (record), GUINT_TO_POINTER (after_ms));
}

void
test_line_add_message (TestLine *self, BmMessage *message)
{
  g_ptr_array_add (self->messages, message);
}

void
test_line_set_watermark (TestLine *self, guint64 watermark, guint next_label)
{
  self->watermark = watermark;
  self->next_label = next_label;
}

void
test_line_set_signed_retry_after (TestLine *self, gint64 ms)
{
  self->signed_retry_after_ms = ms;
}

void
test_line_set_renewal (TestLine *self, gint64 from_ms, gint64 until_ms)
{
  self->renew_from_ms = from_ms;
  self->renew_until_ms = until_ms;
}

void
test_line_set_tracked (TestLine *self, const char *number, const char *code, const char *state)
{
  g_free (self->tracked);
  self->tracked = g_strdup_printf ("?number=%s&code=%s&", number, code);
  g_free (self->tracked_state);
  self->tracked_state = g_strdup (state);
}

guint
test_line_count (TestLine *self, const char *path)
{
  guint count = 0;

  for (guint i = 0; i < self->log->len; i++)
    count += path == NULL || g_str_has_prefix (g_ptr_array_index (self->log, i), path) ? 1 : 0;
  return count;
}

guint
test_line_get_effects (TestLine *self, GBytes *record)
{
  g_autofree char *key = key_of (record);

  return GPOINTER_TO_UINT (g_hash_table_lookup (self->effects, key));
}

guint
test_line_get_stored (TestLine *self)
{
  return g_hash_table_size (self->effects);
}

TestBlobs *
test_line_get_blobs (TestLine *self)
{
  return self->blobs;
}

const char *
test_line_get_certificate (TestLine *self)
{
  return self->certificate;
}

gint64
test_line_get_last_boot_ms (TestLine *self)
{
  return self->last_boot_ms;
}

/* The platform */

static void
add_answer (TestLine *self, BmReply *reply, GBytes *record)
{
  g_autofree char *key = key_of (record);
  BmAnswer *answer = g_new0 (BmAnswer, 1);
  BmEntryHeader header;
  guint effects = GPOINTER_TO_UINT (g_hash_table_lookup (self->effects, key));
  gint64 after_ms = GPOINTER_TO_UINT (g_hash_table_lookup (self->deferred, key));

  g_assert_true (bm_record_parse (record, &header, NULL, NULL, NULL));
  answer->epoch = header.epoch;
  answer->seq = header.seq;
  g_assert_true (bm_hex_decode (key, answer->hash, BM_SM3_LEN));
  g_ptr_array_add (reply->answers, answer);
  if (after_ms > 0)
    {
      answer->status = BM_ANSWER_DEFERRED;
      answer->after_ms = after_ms;
      g_hash_table_remove (self->deferred, key);
      return;
    }
  answer->status = effects > 0 ? BM_ANSWER_DUPLICATE : BM_ANSWER_ACCEPTED;
  if (effects == 0)
    g_hash_table_insert (self->effects, g_steal_pointer (&key), GUINT_TO_POINTER (1));
}

static void
add_messages (TestLine *self, BmReply *reply, gint64 after)
{
  reply->cursor = after;
  for (guint i = 0; i < self->messages->len; i++)
    {
      const BmMessage *message = g_ptr_array_index (self->messages, i);

      if (message->id <= after)
        continue;
      reply->has_more = reply->messages->len == 2;
      if (reply->has_more)
        break;
      g_ptr_array_add (reply->messages, test_message_copy (message));
      reply->cursor = message->id;
    }
}

static BmReply *
answer_hello (TestLine *self, GBytes *body, guint8 *ret_nonce)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmHello) hello = bm_hello_decode (body, &error);
  BmReply *reply = bm_reply_new (BM_CALL_HELLO, TEST_KIOSK, bm_clock_get_wall_ms (self->clock));
  guint n = self->messages->len;

  g_assert_no_error (error);
  memcpy (ret_nonce, hello->nonce, BM_NONCE_LEN);
  reply->epoch = hello->epoch;
  reply->watermark = self->watermark;
  reply->next_label = self->watermark >= hello->next_seq ? self->next_label : 0;
  reply->next_counter = reply->next_label != 0 ? 1 : 0;
  reply->inbox_head = n > 0 ? ((BmMessage *) g_ptr_array_index (self->messages, n - 1))->id : 0;
  reply->batch_bytes = 512 * 1024;
  reply->batch_items = 200;
  reply->splay_ms = 100000;
  if (hello->csr != NULL)
    reply->certificate =
      test_certificate_issue (hello->csr, self->renew_from_ms, self->renew_until_ms);
  if (self->watermark >= hello->next_seq)
    self->watermark = 0; /* a new epoch has none */
  return reply;
}

static BmReply *
answer_batch (TestLine *self, GBytes *body, guint8 *ret_nonce)
{
  g_autoptr (GError) error = NULL;
  BmBatchHeader header;
  g_autoptr (GPtrArray) records = bm_batch_decode (body, &header, &error);
  BmReply *reply = bm_reply_new (BM_CALL_BATCH, TEST_KIOSK, bm_clock_get_wall_ms (self->clock));

  g_assert_no_error (error);
  g_assert_true (bm_batch_verify (body, self->station_public, &error));
  memcpy (ret_nonce, header.nonce, BM_NONCE_LEN);
  for (guint i = 0; i < records->len; i++)
    add_answer (self, reply, g_ptr_array_index (records, i));
  add_messages (self, reply, header.cursor);
  reply->has_head = TRUE;
  reply->head_epoch = header.epoch;
  reply->head_seq = header.head_seq;
  memcpy (reply->head, header.head, BM_SM3_LEN);
  reply->head_signature = bm_head_sign (self->platform_key, TEST_KIOSK, header.epoch,
                                        header.head_seq, header.head, &error);
  g_assert_no_error (error);
  return reply;
}

static BmReply *
answer_blob (TestLine *self, const char *path, GBytes *body, guint8 *ret_nonce)
{
  BmReply *reply = bm_reply_new (BM_CALL_BLOB, TEST_KIOSK, bm_clock_get_wall_ms (self->clock));

  test_blobs_answer (self->blobs, path, body, reply, ret_nonce);
  return reply;
}

static BmReply *
answer_inbox (TestLine *self, const char *path, guint8 *ret_nonce)
{
  BmReply *reply = bm_reply_new (BM_CALL_INBOX, TEST_KIOSK, bm_clock_get_wall_ms (self->clock));
  const char *after = strstr (path, "after="), *nonce = strstr (path, "nonce=");

  g_assert_true (after != NULL && nonce != NULL);
  g_assert_true (bm_hex_decode (nonce + strlen ("nonce="), ret_nonce, BM_NONCE_LEN));
  add_messages (self, reply, g_ascii_strtoll (after + strlen ("after="), NULL, 10));
  return reply;
}

static BmReply *
answer_track (TestLine *self, const char *path, guint8 *ret_nonce)
{
  BmReply *reply = bm_reply_new (BM_CALL_TRACK, TEST_KIOSK, bm_clock_get_wall_ms (self->clock));
  const char *nonce = strstr (path, "nonce=");

  g_assert_nonnull (nonce);
  g_assert_true (bm_hex_decode (nonce + strlen ("nonce="), ret_nonce, BM_NONCE_LEN));
  reply->is_found = self->tracked != NULL && strstr (path, self->tracked) != NULL;
  reply->state = reply->is_found ? g_strdup (self->tracked_state) : NULL;
  return reply;
}

static gboolean
find_poison (TestLine *self, GBytes *body, guint *ret_status)
{
  BmBatchHeader header;
  g_autoptr (GPtrArray) records = bm_batch_decode (body, &header, NULL);
  gpointer status;

  for (guint i = 0; records != NULL && i < records->len; i++)
    {
      g_autofree char *key = key_of (g_ptr_array_index (records, i));

      if (!g_hash_table_lookup_extended (self->poison, key, NULL, &status))
        continue;
      *ret_status = GPOINTER_TO_UINT (status);
      return TRUE;
    }
  return FALSE;
}

static TestLineMode
get_mode (TestLine *self, const char *path)
{
  if (self->mode_left == 0 ||
      (self->mode_path != NULL && !g_str_has_prefix (path, self->mode_path)))
    return TEST_LINE_HONEST;
  self->mode_left--;
  return self->mode;
}

static GBytes *
answer (TestLine *self, TestLineMode mode, const char *path, GBytes *body)
{
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *sealed;

  if (strcmp (path, BM_PATH_HELLO) == 0)
    reply = answer_hello (self, body, nonce);
  else if (strcmp (path, BM_PATH_BATCH) == 0)
    reply = answer_batch (self, body, nonce);
  else if (g_str_has_prefix (path, BM_PATH_TRACK))
    reply = answer_track (self, path, nonce);
  else if (g_str_has_prefix (path, BM_PATH_BLOB))
    reply = answer_blob (self, path, body, nonce);
  else
    reply = answer_inbox (self, path, nonce);
  reply->retry_after_ms = self->signed_retry_after_ms;
  self->signed_retry_after_ms = 0;
  if (mode == TEST_LINE_REFUSE)
    {
      reply->refused_code = g_strdup (self->refused_code);
      reply->refused_reason = g_strdup ("本机已停用");
    }
  if (mode == TEST_LINE_SILENT_ABOUT_ENTRIES)
    g_ptr_array_set_size (reply->answers, 0);
  if (mode == TEST_LINE_OTHER_NONCE)
    nonce[3] ^= 1;
  sealed =
    bm_reply_seal (reply, nonce, mode == TEST_LINE_OTHER_KEY ? self->other_key : self->platform_key,
                   &error);
  g_assert_no_error (error);
  return sealed;
}

/* The line */

static BmTransportReply *
html_reply (guint status, gint64 retry_after_ms)
{
  static const char page[] = "<html><body>请登录 Please sign in</body></html>";
  g_autoptr (GBytes) body = g_bytes_new_static (page, sizeof page - 1);

  return bm_transport_reply_new (status, retry_after_ms, body);
}

static BmTransportReply *
pass (TestLine *self, TestLineMode mode, const char *path, GBytes *body)
{
  g_autoptr (GBytes) sealed = NULL;
  guint status = 0;

  if (mode == TEST_LINE_AWAY && bm_transport_is_resumable (path))
    test_blobs_take_part (self->blobs, path, body, g_bytes_get_size (body) / 2);
  if (mode == TEST_LINE_TROUBLE || mode == TEST_LINE_AWAY ||
      (mode == TEST_LINE_NARROW && body != NULL && g_bytes_get_size (body) > self->status))
    return NULL;
  if (mode == TEST_LINE_STATUS)
    return html_reply (self->status, self->retry_after_ms);
  if (mode == TEST_LINE_PORTAL)
    return html_reply (200, 0);
  if (mode == TEST_LINE_REPLAY)
    return bm_transport_reply_new (200, 0, self->last_answer);
  if (strcmp (path, BM_PATH_BATCH) == 0 && find_poison (self, body, &status))
    return status != 0 ? html_reply (status, 0) : NULL;
  sealed = answer (self, mode, path, body);
  if (mode == TEST_LINE_LOSE_REPLY)
    return NULL;
  g_clear_pointer (&self->last_answer, g_bytes_unref);
  self->last_answer = g_bytes_ref (sealed);
  return bm_transport_reply_new (200, 0, sealed);
}

typedef struct
{
  GTask *task;
  char *path;
  GBytes *body;
} Held;

static void
pass_to (TestLine *self, GTask *task, TestLineMode mode, const char *path, GBytes *body)
{
  BmTransportReply *reply = pass (self, mode, path, body);

  if (mode == TEST_LINE_AWAY) /* a task's data is what the finish looks at */
    g_task_set_task_data (task, GINT_TO_POINTER (1), NULL);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) bm_transport_reply_free);
  else
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_UNREACHABLE, "no answer");
}

static void
hold_back (TestLine *self, GTask *task, const char *path, GBytes *body)
{
  Held *held = g_new0 (Held, 1);

  held->task = g_object_ref (task);
  held->path = g_strdup (path);
  held->body = body != NULL ? g_bytes_ref (body) : NULL;
  g_queue_push_tail (&self->held, held);
}

void
test_line_set_held (TestLine *self, gboolean is_held)
{
  self->is_held = is_held;
  while (!is_held && test_line_release (self, TEST_LINE_HONEST))
    continue;
}

guint
test_line_get_n_held (TestLine *self)
{
  return g_queue_get_length (&self->held);
}

gboolean
test_line_release (TestLine *self, TestLineMode mode)
{
  Held *held = g_queue_pop_head (&self->held);

  if (held == NULL)
    return FALSE;
  pass_to (self, held->task, mode, held->path, held->body);
  g_object_unref (held->task);
  g_free (held->path);
  g_clear_pointer (&held->body, g_bytes_unref);
  g_free (held);
  return TRUE;
}

gboolean
test_line_release_last (TestLine *self, TestLineMode mode)
{
  if (!g_queue_is_empty (&self->held))
    g_queue_push_head (&self->held, g_queue_pop_tail (&self->held));
  return test_line_release (self, mode);
}

static void
test_line_send_async (BmTransport *transport,
                      const char *path,
                      const char *content_type,
                      GBytes *body,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  TestLine *self = TEST_LINE (transport);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  /* A connection is opened by asking for the CA; nobody looks at what comes. */
  const gboolean is_ca =
    strcmp (path, BM_PATH_CA) == 0 && g_strcmp0 (self->mode_path, BM_PATH_CA) != 0;
  TestLineMode mode = is_ca ? TEST_LINE_PORTAL : get_mode (self, path);

  g_ptr_array_add (self->log, g_strdup (path));
  self->last_boot_ms = bm_clock_get_boot_ms (self->clock);
  if (mode == TEST_LINE_NEVER)
    {
      test_wait_for_ever (task);
      return;
    }
  if (mode == TEST_LINE_HELD ||
      (self->is_held && mode == TEST_LINE_HONEST && !g_str_has_prefix (path, BM_PATH_HELLO)))
    hold_back (self, task, path, body);
  else
    pass_to (self, task, mode, path, body);
}

static BmTransportReply *
test_line_send_finish (BmTransport *transport,
                       GAsyncResult *result,
                       BmLinkTrouble *ret_trouble,
                       GError **error)
{
  BmTransportReply *reply = g_task_propagate_pointer (G_TASK (result), error);

  *ret_trouble = reply != NULL || g_task_get_task_data (G_TASK (result)) != NULL
                   ? BM_LINK_ONLINE
                   : TEST_LINE (transport)->trouble;
  return reply;
}

static void
test_line_set_identity (BmTransport *transport, const char *certificate, const char *key)
{
  TestLine *self = TEST_LINE (transport);

  g_free (self->certificate);
  self->certificate = g_strdup (certificate);
}

static void
test_line_set_floor_ms (BmTransport *transport, gint64 floor_ms)
{
}

static void
test_line_iface_init (BmTransportInterface *iface)
{
  iface->send_async = test_line_send_async;
  iface->send_finish = test_line_send_finish;
  iface->set_identity = test_line_set_identity;
  iface->set_floor_ms = test_line_set_floor_ms;
}

static void
test_line_finalize (GObject *object)
{
  TestLine *self = TEST_LINE (object);

  g_assert_cmpuint (g_queue_get_length (&self->held), ==, 0);
  test_blobs_free (self->blobs);
  g_hash_table_unref (self->effects);
  g_hash_table_unref (self->poison);
  g_hash_table_unref (self->deferred);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->log);
  g_clear_pointer (&self->last_answer, g_bytes_unref);
  bm_key_unref (self->platform_key);
  bm_key_unref (self->other_key);
  bm_key_unref (self->station_public);
  g_object_unref (self->clock);
  g_free (self->mode_path);
  g_free (self->refused_code);
  g_free (self->certificate);
  g_free (self->tracked);
  g_free (self->tracked_state);
  G_OBJECT_CLASS (test_line_parent_class)->finalize (object);
}

static void
test_line_class_init (TestLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_line_finalize;
}

static void
test_line_init (TestLine *self)
{
  self->effects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->poison = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->deferred = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->other_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  self->trouble = BM_LINK_PLATFORM_DOWN;
  self->blobs = test_blobs_new ();
  g_queue_init (&self->held);
}

TestLine *
test_line_new (const BmKey *platform_key, const BmKey *station_public, BmClock *clock)
{
  TestLine *self = g_object_new (TEST_TYPE_LINE, NULL);

  self->platform_key = bm_key_ref ((BmKey *) platform_key);
  self->station_public = bm_key_ref ((BmKey *) station_public);
  self->clock = g_object_ref (clock);
  return self;
}
