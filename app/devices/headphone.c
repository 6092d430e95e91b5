/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/headphone.h"

#include "core/error.h"

#include <gio/gio.h>
#include <string.h>

/*
 * A headphone jack, told by a small file: whatever knows the jack of this machine (acpid's jack/headphone
 * event, a udev rule, a hand in a test) writes 1 or 0 into it. Only "1" is in: no file, an empty one while
 * it is being written, or anything else is the loudspeaker, since that is where nothing private may be said.
 */

#define SCHEME   "file:"
#define MAX_FILE 8
#define RATE_MS  10 /* GLib would hold a second change back for 800 ms */

struct _BmHeadphone
{
  GObject parent_instance;

  char *path;
  GFileMonitor *monitor;
  gboolean is_in;
};

enum
{
  PROP_0,
  PROP_IS_IN,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (BmHeadphone, bm_headphone, G_TYPE_OBJECT)

static gboolean
read_state (BmHeadphone *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  char text[MAX_FILE + 1] = "";
  gsize len = 0;

  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), text, MAX_FILE, &len, NULL, NULL))
    return FALSE;
  return len < MAX_FILE && strcmp (g_strchomp (text), "1") == 0;
}

static void
look (BmHeadphone *self)
{
  gboolean is_in = read_state (self);

  if (self->is_in == is_in)
    return;
  self->is_in = is_in;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_IN]);
}

gboolean
bm_headphone_is_in (BmHeadphone *self)
{
  g_return_val_if_fail (BM_IS_HEADPHONE (self), FALSE);

  return self->is_in;
}

static void
bm_headphone_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_IS_IN)
    g_value_set_boolean (value, BM_HEADPHONE (object)->is_in);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
bm_headphone_dispose (GObject *object)
{
  BmHeadphone *self = BM_HEADPHONE (object);

  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  g_clear_object (&self->monitor);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (bm_headphone_parent_class)->dispose (object);
}

static void
bm_headphone_class_init (BmHeadphoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bm_headphone_dispose;
  object_class->get_property = bm_headphone_get_property;

  /**
   * BmHeadphone:is-in:
   *
   * Whether nobody else hears.
   */
  props[PROP_IS_IN] =
    g_param_spec_boolean ("is-in", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
bm_headphone_init (BmHeadphone *self)
{
}

/**
 * bm_headphone_open:
 * @uri: file:PATH
 * @error: return location
 *
 * Returns: (transfer full): the jack; its file need not be there yet
 */
BmHeadphone *
bm_headphone_open (const char *uri, GError **error)
{
  g_autoptr (BmHeadphone) self = NULL;
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (uri != NULL, NULL);

  if (!g_str_has_prefix (uri, SCHEME) || uri[strlen (SCHEME)] != '/')
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "headphone %s: write file:/path", uri);
      return NULL;
    }
  self = g_object_new (BM_TYPE_HEADPHONE, NULL);
  self->path = g_strdup (uri + strlen (SCHEME));
  file = g_file_new_for_path (self->path);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, error);
  if (self->monitor == NULL)
    return NULL;
  g_file_monitor_set_rate_limit (self->monitor, RATE_MS);
  g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (look), self);
  self->is_in = read_state (self);
  return g_steal_pointer (&self);
}
