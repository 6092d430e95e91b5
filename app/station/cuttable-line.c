/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/cuttable-line.h"

#include "core/error.h"

/*
 * An answer that arrives after the cut is thrown away too: the reply is lost, as it would be.
 */

struct _BmCuttableLine
{
  GObject parent_instance;

  BmTransport *line;
  gint is_cut; /* atomic */
};

static void bm_cuttable_line_transport_init (BmTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BmCuttableLine,
                               bm_cuttable_line,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_TRANSPORT,
                                                      bm_cuttable_line_transport_init))

static GError *
new_cut_error (void)
{
  return g_error_new_literal (BM_ERROR, BM_ERROR_UNREACHABLE, "The line is cut (demonstration)");
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BmCuttableLine *self = g_task_get_source_object (task);
  BmLinkTrouble trouble = BM_LINK_UNKNOWN;
  GError *error = NULL;
  BmTransportReply *reply =
    bm_transport_send_finish (BM_TRANSPORT (source), result, &trouble, &error);

  if (g_atomic_int_get (&self->is_cut))
    {
      g_clear_pointer (&reply, bm_transport_reply_free);
      g_clear_error (&error);
      error = new_cut_error ();
      trouble = BM_LINK_OFFLINE;
    }
  g_task_set_task_data (task, GINT_TO_POINTER (trouble), NULL);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) bm_transport_reply_free);
  else
    g_task_return_error (task, error);
}

static void
bm_cuttable_line_send_async (BmTransport *transport,
                             const char *path,
                             const char *content_type,
                             GBytes *body,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  BmCuttableLine *self = BM_CUTTABLE_LINE (transport);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bm_cuttable_line_send_async);
  if (g_atomic_int_get (&self->is_cut))
    {
      g_task_set_task_data (task, GINT_TO_POINTER (BM_LINK_OFFLINE), NULL);
      g_task_return_error (task, new_cut_error ());
      return;
    }
  bm_transport_send_async (self->line, path, content_type, body, cancellable, on_sent,
                           g_steal_pointer (&task));
}

static BmTransportReply *
bm_cuttable_line_send_finish (BmTransport *transport,
                              GAsyncResult *result,
                              BmLinkTrouble *ret_trouble,
                              GError **error)
{
  if (ret_trouble != NULL)
    *ret_trouble = (BmLinkTrouble) GPOINTER_TO_INT (g_task_get_task_data (G_TASK (result)));
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bm_cuttable_line_set_identity (BmTransport *transport, const char *certificate, const char *key)
{
  bm_transport_set_identity (BM_CUTTABLE_LINE (transport)->line, certificate, key);
}

static void
bm_cuttable_line_set_floor_ms (BmTransport *transport, gint64 floor_ms)
{
  bm_transport_set_floor_ms (BM_CUTTABLE_LINE (transport)->line, floor_ms);
}

static void
bm_cuttable_line_get_meter (BmTransport *transport, BmTransportMeter *ret_meter)
{
  bm_transport_get_meter (BM_CUTTABLE_LINE (transport)->line, ret_meter);
}

static void
bm_cuttable_line_transport_init (BmTransportInterface *iface)
{
  iface->send_async = bm_cuttable_line_send_async;
  iface->send_finish = bm_cuttable_line_send_finish;
  iface->set_identity = bm_cuttable_line_set_identity;
  iface->set_floor_ms = bm_cuttable_line_set_floor_ms;
  iface->get_meter = bm_cuttable_line_get_meter;
}

static void
bm_cuttable_line_finalize (GObject *object)
{
  g_clear_object (&BM_CUTTABLE_LINE (object)->line);

  G_OBJECT_CLASS (bm_cuttable_line_parent_class)->finalize (object);
}

static void
bm_cuttable_line_class_init (BmCuttableLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_cuttable_line_finalize;
}

static void
bm_cuttable_line_init (BmCuttableLine *self)
{
}

BmCuttableLine *
bm_cuttable_line_new (BmTransport *line)
{
  BmCuttableLine *self;

  g_return_val_if_fail (BM_IS_TRANSPORT (line), NULL);

  self = g_object_new (BM_TYPE_CUTTABLE_LINE, NULL);
  self->line = g_object_ref (line);
  return self;
}

void
bm_cuttable_line_set_up (BmCuttableLine *self, gboolean is_up)
{
  g_return_if_fail (BM_IS_CUTTABLE_LINE (self));

  g_atomic_int_set (&self->is_cut, !is_up);
}
