/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-sync-line.h"

#include <string.h>

/*
 * "answered" are calls that got an HTTP reply of 200; over the bench's own lines nobody but the platform answers.
 * A call that fails and is made again counts in "up" twice and in "up_answered" once.
 */

typedef enum
{
  CALL_HELLO,
  CALL_BATCH,
  CALL_INBOX,
  CALL_TRACK,
  CALL_BLOB,
  CALL_OTHER,
  N_CALLS,
} Call;

static const char *const call_names[] = { "hello", "batch", "inbox", "track", "blob", "other" };

typedef struct
{
  guint64 n;
  guint64 answered;
  guint64 up;
  guint64 up_answered;
  guint64 down;
  guint64 smallest;
  guint64 largest;
  gint64 busy_us;
} Count;

struct _BenchLine
{
  GObject parent_instance;

  BmTransport *line;
  Count counts[N_CALLS];
  gint64 first_us;
  gint64 first_batch_us;
  guint n_under_way;
  gint64 last_us;
};

typedef struct
{
  Call call;
  gsize len;
  gint64 began_us;
  BmLinkTrouble trouble;
} Sent;

static void bench_line_transport_init (BmTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BenchLine,
                               bench_line,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_TRANSPORT, bench_line_transport_init))

static Call
call_of (const char *path)
{
  for (guint call = 0; call < CALL_OTHER; call++)
    {
      g_autofree char *start = g_strconcat ("/v1/", call_names[call], NULL);

      if (g_str_has_prefix (path, start))
        return (Call) call;
    }
  return CALL_OTHER;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BenchLine *self = g_task_get_source_object (task);
  Sent *sent = g_task_get_task_data (task);
  Count *count = &self->counts[sent->call];
  GError *error = NULL;
  BmTransportReply *reply =
    bm_transport_send_finish (BM_TRANSPORT (source), result, &sent->trouble, &error);

  self->n_under_way--;
  self->last_us = g_get_monotonic_time ();
  count->busy_us += g_get_monotonic_time () - sent->began_us;
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  count->down += g_bytes_get_size (reply->body);
  if (reply->status == 200)
    {
      count->answered++;
      count->up_answered += sent->len;
    }
  g_task_return_pointer (task, reply, (GDestroyNotify) bm_transport_reply_free);
}

static void
bench_line_send_async (BmTransport *transport,
                       const char *path,
                       const char *content_type,
                       GBytes *body,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  BenchLine *self = BENCH_LINE (transport);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Sent *sent = g_new0 (Sent, 1);
  Count *count;

  sent->call = call_of (path);
  sent->len = body != NULL ? g_bytes_get_size (body) : 0;
  sent->began_us = g_get_monotonic_time ();
  count = &self->counts[sent->call];
  count->smallest = count->n == 0 ? sent->len : MIN (count->smallest, sent->len);
  count->largest = MAX (count->largest, sent->len);
  count->n++;
  self->n_under_way++;
  count->up += sent->len;
  if (self->first_us == 0)
    self->first_us = sent->began_us;
  if (self->first_batch_us == 0 && sent->call == CALL_BATCH)
    self->first_batch_us = sent->began_us;
  g_task_set_task_data (task, sent, g_free);
  g_task_set_check_cancellable (task, FALSE); /* The line below says so by itself. */
  bm_transport_send_async (self->line, path, content_type, body, cancellable, on_sent,
                           g_steal_pointer (&task));
}

static BmTransportReply *
bench_line_send_finish (BmTransport *transport,
                        GAsyncResult *result,
                        BmLinkTrouble *ret_trouble,
                        GError **error)
{
  const Sent *sent = g_task_get_task_data (G_TASK (result));

  if (ret_trouble != NULL)
    *ret_trouble = sent->trouble;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bench_line_set_identity (BmTransport *transport, const char *certificate, const char *key)
{
  bm_transport_set_identity (BENCH_LINE (transport)->line, certificate, key);
}

static void
bench_line_set_floor_ms (BmTransport *transport, gint64 floor_ms)
{
  bm_transport_set_floor_ms (BENCH_LINE (transport)->line, floor_ms);
}

static void
bench_line_get_meter (BmTransport *transport, BmTransportMeter *ret_meter)
{
  bm_transport_get_meter (BENCH_LINE (transport)->line, ret_meter);
}

static void
bench_line_transport_init (BmTransportInterface *iface)
{
  iface->get_meter = bench_line_get_meter;
  iface->send_async = bench_line_send_async;
  iface->send_finish = bench_line_send_finish;
  iface->set_identity = bench_line_set_identity;
  iface->set_floor_ms = bench_line_set_floor_ms;
}

static void
bench_line_finalize (GObject *object)
{
  g_clear_object (&BENCH_LINE (object)->line);

  G_OBJECT_CLASS (bench_line_parent_class)->finalize (object);
}

static void
bench_line_class_init (BenchLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bench_line_finalize;
}

static void
bench_line_init (BenchLine *self)
{
}

BenchLine *
bench_line_new (BmTransport *line)
{
  BenchLine *self = g_object_new (BENCH_TYPE_LINE, NULL);

  self->line = g_object_ref (line);
  return self;
}

void
bench_line_reset (BenchLine *self)
{
  memset (self->counts, 0, sizeof self->counts);
  self->first_us = 0;
  self->first_batch_us = 0;
}

gint64
bench_line_get_first_us (BenchLine *self)
{
  return self->first_us;
}

gint64
bench_line_get_first_batch_us (BenchLine *self)
{
  return self->first_batch_us;
}

gboolean
bench_line_is_quiet (BenchLine *self, gint64 us)
{
  return self->n_under_way == 0 && g_get_monotonic_time () - self->last_us >= us;
}

json_t *
bench_line_to_json (BenchLine *self)
{
  json_t *calls = json_object ();
  BmTransportMeter meter;

  bm_transport_get_meter (self->line, &meter);
  json_object_set_new (calls, "meter",
                       json_pack ("{s:I, s:I, s:i}", "up", (json_int_t) meter.up, "down",
                                  (json_int_t) meter.down, "lost_permille",
                                  (int) meter.lost_permille));
  for (guint call = 0; call < N_CALLS; call++)
    {
      const Count *count = &self->counts[call];

      if (count->n == 0)
        continue;
      json_object_set_new (calls, call_names[call],
                           json_pack ("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "n",
                                      (json_int_t) count->n, "answered",
                                      (json_int_t) count->answered, "up", (json_int_t) count->up,
                                      "up_answered", (json_int_t) count->up_answered, "down",
                                      (json_int_t) count->down, "smallest",
                                      (json_int_t) count->smallest, "largest",
                                      (json_int_t) count->largest, "busy_s",
                                      (double) count->busy_us / 1e6));
    }
  return calls;
}
