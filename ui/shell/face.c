/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/face.h"

#include "app/bus/bus-client.h"
#include "core/crypto/crypto.h"
#include "core/fault.h"
#include "core/language/language.h"

#include <sys/prctl.h>

/*
 * The face's end of the bus.
 *
 *   apart ── connected, Attach ──► attached ── closed ──► apart (tries again every second)
 *                                     │ Ended
 *                                     ▼
 *                                   over: wiped; a fresh process takes its place. Until that one can be
 *                                         seen the page of nobody, and no other, stands here, and no act counts
 *
 * The station judges every intent against the rev it was made on, so what was pressed on a page that is
 * gone does nothing. A face that lost its station shows that at once, keeps no page, and takes the
 * station's current page when it is back.
 *
 * A finger is answered before anything else: a page that comes while what was pressed does not look
 * pressed yet waits for that one frame. Until then acts still name the page that is seen.
 */

#define RETRY_SECONDS 1
#define BARE_MS       200

struct _BmFace
{
  GObject parent_instance;

  char *socket;
  BmShell *shell;
  BmBusStation1 *station; /* (nullable) */
  GCancellable *cancellable;
  guint64 rev;
  guint64 held_rev;
  char *held;                /* (nullable): a page that waits for a frame; wiped */
  GdkFrameClock *held_clock; /* (nullable): whose frame */
  guint retry;
  guint bare; /* source that clears the screen when no page of nobody comes; 0: none */
  gboolean is_over;
  gboolean stays; /* on the screen when it is over */
};

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmFace, bm_face, G_TYPE_OBJECT)

static void connect_to_station (BmFace *self);

static void
drop_held (BmFace *self)
{
  if (self->held_clock != NULL)
    g_signal_handlers_disconnect_by_data (self->held_clock, self);
  g_clear_object (&self->held_clock);
  bm_wipe_string (g_steal_pointer (&self->held));
}

static void
show_model (BmFace *self, json_t *model)
{
  bm_shell_show_page (self->shell, model);
  if (!gtk_widget_get_visible (GTK_WIDGET (self->shell)))
    gtk_window_present (GTK_WINDOW (self->shell));
}

static void
show_apart (BmFace *self)
{
  json_auto_t *model = json_pack (
    "{s:i, s:s, s:s, s:s, s:[], s:{s:s}, s:{s:i, s:s, s:b}, s:[], s:{s:s, s:s, s:b, s:b}, s:[{s:s}]}",
    "version", 1, "id", "face.apart", "template", "wait", "question",
    _ ("Please wait a moment,\nthe machine is getting ready."), "choices", "frame", "help",
    "hidden", "settings", "scale", 100, "theme", "medium", "is_spoken", FALSE, "speech", "station",
    "name", "", "clock", "", "is_online", TRUE, "is_demo", FALSE, "lines", "text",
    _ ("If this stays, please ask the staff."));

  show_model (self, model);
}

static gboolean
on_retry (gpointer user_data)
{
  BmFace *self = user_data;

  self->retry = 0;
  connect_to_station (self);
  return G_SOURCE_REMOVE;
}

static void
lose_station (BmFace *self)
{
  if (self->station != NULL)
    g_signal_handlers_disconnect_by_data (self->station, self);
  g_clear_object (&self->station);
  drop_held (self);
  self->rev = 0;
  if (self->is_over)
    return;
  show_apart (self);
  if (self->retry == 0)
    self->retry = g_timeout_add_seconds (RETRY_SECONDS, on_retry, self);
}

static void
show_page (BmFace *self, guint64 rev, const char *text)
{
  g_autoptr (GError) error = NULL;
  json_auto_t *model = bm_model_parse (text, &error);

  self->rev = rev;
  if (model == NULL)
    {
      g_warning ("%s", error->message);
      bm_shell_release (self->shell);
      return;
    }
  /* With real people on the screen nobody of the same user may read this process' memory. */
  if (!bm_model_is (bm_model_object (model, "station"), "is_demo"))
    prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  show_model (self, model);
  bm_fault_point ("kiosk-after-page");
}

/* Clears and shows before a frame can be drawn between the two: nobody sees the screen bare. */
static void
show_nobodys_page (BmFace *self, const char *text)
{
  json_auto_t *model = bm_model_parse (text, NULL);

  if (model == NULL || !g_str_equal (bm_model_text (model, "template"), "idle"))
    return;
  g_clear_handle_id (&self->bare, g_source_remove);
  bm_shell_wipe (self->shell);
  bm_shell_set_speech (self->shell, NULL); /* the next process says it */
  bm_shell_show_page (self->shell, model);
}

static void
on_painted (GdkFrameClock *clock, BmFace *self)
{
  char *text = g_steal_pointer (&self->held);
  guint64 rev = self->held_rev;

  drop_held (self);
  show_page (self, rev, text);
  bm_wipe_string (text);
}

static void
hold_page (BmFace *self, guint64 rev, const char *text)
{
  drop_held (self);
  self->held = g_strdup (text);
  self->held_rev = rev;
  self->held_clock = g_object_ref (gtk_widget_get_frame_clock (GTK_WIDGET (self->shell)));
  g_signal_connect (self->held_clock, "after-paint", G_CALLBACK (on_painted), self);
  gdk_frame_clock_request_phase (self->held_clock, GDK_FRAME_CLOCK_PHASE_AFTER_PAINT);
}

static void
on_page (BmBusStation1 *station, guint64 rev, const char *text, BmFace *self)
{
  if (self->is_over)
    {
      show_nobodys_page (self, text);
      return;
    }
  if (rev < self->rev || (self->held != NULL && rev < self->held_rev))
    return;
  if (bm_shell_owes_paint (self->shell))
    {
      hold_page (self, rev, text);
      return;
    }
  drop_held (self);
  show_page (self, rev, text);
}

static gboolean
on_bare (gpointer user_data)
{
  BmFace *self = user_data;

  self->bare = 0;
  bm_shell_wipe (self->shell);
  return G_SOURCE_REMOVE;
}

static void
on_ended (BmBusStation1 *station, const char *why, BmFace *self)
{
  if (self->is_over)
    return;
  self->is_over = TRUE;
  drop_held (self);
  if (self->stays)
    self->bare = g_timeout_add (BARE_MS, on_bare, self);
  else
    bm_shell_wipe (self->shell);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

static void
on_attached (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmFace) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *seat = NULL;

  if (bm_bus_station1_call_attach_finish (BM_BUS_STATION1 (source), &seat, result, &error))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_warning ("The station does not take this face: %s", error->message);
  if (BM_BUS_STATION1 (source) == self->station)
    lose_station (self);
}

static void
on_closed (GDBusConnection *connection, gboolean was_vanished, GError *error, BmFace *self)
{
  if (self->station != NULL &&
      g_dbus_proxy_get_connection (G_DBUS_PROXY (self->station)) == connection)
    lose_station (self);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmFace) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = bm_bus_connect_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection != NULL)
    self->station = bm_bus_station_for_connection (connection, &error);
  if (self->station == NULL)
    {
      lose_station (self);
      return;
    }
  g_signal_connect_object (connection, "closed", G_CALLBACK (on_closed), self, 0);
  g_signal_connect (self->station, "page", G_CALLBACK (on_page), self);
  g_signal_connect (self->station, "ended", G_CALLBACK (on_ended), self);
  bm_bus_station1_call_attach (self->station, self->cancellable, on_attached, g_object_ref (self));
}

static void
connect_to_station (BmFace *self)
{
  bm_bus_connect_async (self->socket, self->cancellable, on_connected, g_object_ref (self));
}

static void
on_intent_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmFace) self = user_data;
  g_autoptr (GError) error = NULL;

  if (bm_bus_station1_call_intent_finish (BM_BUS_STATION1 (source), result, &error))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  bm_shell_release (self->shell);
}

static void
on_intent (BmShell *shell, const char *intent, BmFace *self)
{
  if (self->station == NULL || self->is_over)
    {
      bm_shell_release (shell);
      return;
    }
  bm_bus_station1_call_intent (self->station, self->rev, intent, self->cancellable, on_intent_done,
                               g_object_ref (self));
}

static void
bm_face_dispose (GObject *object)
{
  BmFace *self = BM_FACE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_clear_handle_id (&self->bare, g_source_remove);
  drop_held (self);
  if (self->station != NULL)
    g_signal_handlers_disconnect_by_data (self->station, self);
  g_clear_object (&self->station);
  g_clear_object (&self->shell);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->socket, g_free);
  G_OBJECT_CLASS (bm_face_parent_class)->dispose (object);
}

static void
bm_face_class_init (BmFaceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_face_dispose;

  /**
   * BmFace::ended:
   *
   * The session is over; what was on this face is wiped, or within a moment when it stays.
   */
  signals[SIGNAL_ENDED] =
    g_signal_new ("ended", BM_TYPE_FACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bm_face_init (BmFace *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * bm_face_new:
 * @socket: path of the station's socket for this seat
 * @shell: the window
 *
 * Joins the window to the station, for as long as the station is there and again whenever it comes back.
 *
 * Returns: (transfer full): the face
 */
BmFace *
bm_face_new (const char *socket, BmShell *shell)
{
  BmFace *self = g_object_new (BM_TYPE_FACE, NULL);

  self->socket = g_strdup (socket);
  self->shell = g_object_ref (shell);
  g_signal_connect_object (shell, "intent", G_CALLBACK (on_intent), self, 0);
  connect_to_station (self);
  return self;
}

/**
 * bm_face_stay:
 * @self: a face
 *
 * When a session is over the window stays, without anything of the person, until the process is asked to
 * go: another draws its first page above it meanwhile. It shows what the station shows when nobody is there.
 */
void
bm_face_stay (BmFace *self)
{
  g_return_if_fail (BM_IS_FACE (self));

  self->stays = TRUE;
}
