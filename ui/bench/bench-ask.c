/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "ui/bench/bench-ask.h"

#include "core/error.h"

#include <gio/gunixsocketaddress.h>

#include <string.h>

/*
 * One line to a simulator's control socket, and the line that comes back (tests/support/CONTROL.md). What is at the
 * other end may be gone, stopped, or something else altogether: it gets so much time for everything together, and so
 * many bytes.
 */

typedef struct
{
  char *line;
  GSocketConnection *channel;
  char reply[BM_BENCH_MAX_REPLY + 1];
  gsize length;
  GCancellable *own; /* by the deadline, or by whoever asked */
  GCancellable *given;
  gulong given_handler;
  guint deadline;
  gboolean is_late;
} Ask;

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  g_clear_handle_id (&ask->deadline, g_source_remove);
  if (ask->given != NULL)
    g_cancellable_disconnect (ask->given, ask->given_handler);
  g_clear_object (&ask->given);
  g_clear_object (&ask->channel);
  g_clear_object (&ask->own);
  g_free (ask->line);
  g_free (ask);
}

static gboolean
on_deadline (gpointer user_data)
{
  Ask *ask = user_data;

  ask->deadline = 0;
  ask->is_late = TRUE;
  g_cancellable_cancel (ask->own);
  return G_SOURCE_REMOVE;
}

static void
on_given_cancelled (GCancellable *given, gpointer own)
{
  g_cancellable_cancel (own);
}

/* @error is of the socket: who asked only wants to know whether somebody is there. */
static void
fail (GTask *task, GError *error)
{
  Ask *ask = g_task_get_task_data (task);

  if (ask->is_late)
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_BUSY, "no answer in time");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", error->message);
  g_object_unref (task);
}

static void
judge (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  const char *reply = ask->reply;

  if (!g_utf8_validate_len (reply, ask->length, NULL))
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_INVALID, "the answer is no text");
  else if (strcmp (reply, "ok") == 0 || g_str_has_prefix (reply, "ok "))
    g_task_return_pointer (task, g_strdup (reply[2] == ' ' ? reply + 3 : ""), g_free);
  else if (g_str_has_prefix (reply, "error "))
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_REFUSED, "%s", reply + strlen ("error "));
  else
    g_task_return_new_error (task, BM_ERROR, BM_ERROR_INVALID, "the answer is none");
  g_object_unref (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gssize count = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);
  char *end;

  if (count < 0)
    {
      fail (task, error);
      return;
    }
  ask->length += count;
  ask->reply[ask->length] = '\0';
  end = memchr (ask->reply, '\n', ask->length);
  if (end != NULL)
    {
      ask->length = end - ask->reply;
      *end = '\0';
      judge (task);
    }
  else if (count == 0 || ask->length == BM_BENCH_MAX_REPLY)
    {
      g_task_return_new_error (task, BM_ERROR, BM_ERROR_INVALID, "the answer has no end");
      g_object_unref (task);
    }
  else
    g_input_stream_read_async (G_INPUT_STREAM (source), ask->reply + ask->length,
                               BM_BENCH_MAX_REPLY - ask->length, G_PRIORITY_DEFAULT, ask->own,
                               on_read, task);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      fail (task, error);
      return;
    }
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (ask->channel)), ask->reply,
                             BM_BENCH_MAX_REPLY, G_PRIORITY_DEFAULT, ask->own, on_read, task);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  ask->channel = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (ask->channel == NULL)
    {
      fail (task, error);
      return;
    }
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (ask->channel)),
                                   ask->line, strlen (ask->line), G_PRIORITY_DEFAULT, ask->own,
                                   on_written, task);
}

/**
 * bm_bench_ask_async:
 * @socket: of the simulator
 * @line: a verb and what it takes
 * @patience_ms: for everything together
 * @cancellable: (nullable): of whoever asks
 * @callback: called in the end, whatever is at the other end
 * @user_data: for @callback
 *
 * Errors: %BM_ERROR_UNREACHABLE nobody is there, %BM_ERROR_BUSY nobody answers, %BM_ERROR_REFUSED with the words after
 * "error", %BM_ERROR_INVALID what came is no answer.
 */
void
bm_bench_ask_async (const char *socket,
                    const char *line,
                    guint patience_ms,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = NULL;
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_return_if_fail (socket != NULL && line != NULL);

  g_task_set_source_tag (task, bm_bench_ask_async);
  g_task_set_task_data (task, ask, ask_free);
  ask->line = g_strconcat (line, "\n", NULL);
  ask->own = g_cancellable_new ();
  ask->deadline = g_timeout_add (patience_ms, on_deadline, ask);
  if (cancellable != NULL)
    {
      ask->given = g_object_ref (cancellable);
      ask->given_handler = g_cancellable_connect (cancellable, G_CALLBACK (on_given_cancelled),
                                                  g_object_ref (ask->own), g_object_unref);
    }
  address = g_unix_socket_address_new (socket);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), ask->own, on_connected,
                                 task);
}

/**
 * bm_bench_ask_finish:
 * @result: of the callback
 * @error: return location for an error
 *
 * Returns: what follows "ok"
 */
char *
bm_bench_ask_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
