/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "app/bus/bus-server.h"
#include "ui/shell/face.h"

#include <glib/gstdio.h>

/* A face against the station's own end of the bus, which this test plays. */

#define WAIT_MS 60000

typedef struct
{
  char *folder;
  char *socket;
  BmBusServer *server;
  BmShell *shell;
  BmFace *face;
  guint n_attached;
  guint64 intent_rev;
  char *intent;
  gboolean is_ended;
} Fixture;

static void
on_attached (BmBusServer *server, GDBusConnection *peer, Fixture *fixture)
{
  fixture->n_attached++;
}

static void
on_intent (BmBusServer *server,
           GDBusConnection *peer,
           guint64 rev,
           const char *intent,
           Fixture *fixture)
{
  fixture->intent_rev = rev;
  g_free (fixture->intent);
  fixture->intent = g_strdup (intent);
}

static void
on_ended (BmFace *face, Fixture *fixture)
{
  fixture->is_ended = TRUE;
}

static void
open_station (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->server = bm_bus_server_new (fixture->folder, "face", BM_BUS_FACE, &error);
  g_assert_no_error (error);
  bm_bus_server_set_seat (fixture->server, "hall");
  g_signal_connect (fixture->server, "attached", G_CALLBACK (on_attached), fixture);
  g_signal_connect (fixture->server, "intent", G_CALLBACK (on_intent), fixture);
}

static void
close_station (Fixture *fixture)
{
  bm_bus_server_stop (fixture->server);
  g_clear_object (&fixture->server);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-face-XXXXXX", NULL);
  fixture->socket = g_build_filename (fixture->folder, "face", NULL);
  fixture->shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  gtk_window_present (GTK_WINDOW (fixture->shell));
  open_station (fixture);
  fixture->face = bm_face_new (fixture->socket, fixture->shell);
  g_signal_connect (fixture->face, "ended", G_CALLBACK (on_ended), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *lock = g_strconcat (fixture->socket, ".lock", NULL);

  g_clear_object (&fixture->face);
  if (fixture->server != NULL)
    close_station (fixture);
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_clear_object (&fixture->shell);
  (void) g_remove (lock); /* left by the server on purpose */
  (void) g_rmdir (fixture->folder);
  g_free (fixture->intent);
  g_free (fixture->socket);
  g_free (fixture->folder);
}

static gboolean
on_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

#define WAIT_UNTIL(condition)                                   \
  G_STMT_START                                                  \
  {                                                             \
    gboolean is_late = FALSE;                                   \
    guint timeout = g_timeout_add (WAIT_MS, on_late, &is_late); \
                                                                \
    while (!(condition) && !is_late)                            \
      g_main_context_iteration (NULL, TRUE);                    \
    g_assert_false (is_late);                                   \
    g_source_remove (timeout);                                  \
  }                                                             \
  G_STMT_END

static void
send (Fixture *fixture, guint64 rev, const char *name)
{
  json_auto_t *model = bm_test_load_model (name);
  char *text = json_dumps (model, JSON_COMPACT);

  bm_bus_server_send_page (fixture->server, NULL, rev, text);
  free (text);
}

static gboolean
is_showing (Fixture *fixture, const char *id)
{
  json_t *model = bm_shell_get_model (fixture->shell);

  return model != NULL && g_str_equal (bm_model_text (model, "id"), id);
}

static void
press (Fixture *fixture, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (fixture->shell), name);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static void
test_intent_carries_the_rev_it_was_made_on (Fixture *fixture, gconstpointer data)
{
  WAIT_UNTIL (fixture->n_attached == 1);
  send (fixture, 41, "home");
  WAIT_UNTIL (is_showing (fixture, "home"));
  press (fixture, "cert.pension");
  WAIT_UNTIL (fixture->intent != NULL);
  g_assert_cmpuint (fixture->intent_rev, ==, 41);
  g_assert_nonnull (strstr (fixture->intent, "cert.pension"));
}

static void
test_older_page_replaces_newer (Fixture *fixture, gconstpointer data)
{
  WAIT_UNTIL (fixture->n_attached == 1);
  send (fixture, 50, "home");
  WAIT_UNTIL (is_showing (fixture, "home"));
  send (fixture, 49, "idle");
  send (fixture, 51, "card");
  WAIT_UNTIL (is_showing (fixture, "card"));
  press (fixture, "no-card");
  WAIT_UNTIL (fixture->intent != NULL);
  g_assert_cmpuint (fixture->intent_rev, ==, 51);
}

/* The station goes away and comes back with lower numbers: nothing of the old page is left or sent. */
static void
test_stale_page_after_reconnect (Fixture *fixture, gconstpointer data)
{
  WAIT_UNTIL (fixture->n_attached == 1);
  send (fixture, 900, "confirm");
  WAIT_UNTIL (is_showing (fixture, "confirm"));
  close_station (fixture);
  WAIT_UNTIL (is_showing (fixture, "face.apart"));
  g_assert_null (bm_test_find (GTK_WIDGET (fixture->shell), "yes"));
  open_station (fixture);
  WAIT_UNTIL (fixture->n_attached == 2);
  send (fixture, 3, "home");
  WAIT_UNTIL (is_showing (fixture, "home"));
  press (fixture, "cert.pension");
  WAIT_UNTIL (fixture->intent != NULL);
  g_assert_cmpuint (fixture->intent_rev, ==, 3);
}

static void
test_ended_leaves_something (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) labels = NULL;

  WAIT_UNTIL (fixture->n_attached == 1);
  send (fixture, 10, "confirm");
  WAIT_UNTIL (is_showing (fixture, "confirm"));
  bm_bus_server_send_ended (fixture->server, "done");
  WAIT_UNTIL (fixture->is_ended);
  g_assert_null (bm_shell_get_model (fixture->shell));
  labels = bm_test_collect (GTK_WIDGET (fixture->shell), GTK_TYPE_LABEL);
  g_assert_cmpuint (labels->len, ==, 0);
}

static gint64
count_frames (Fixture *fixture)
{
  return gdk_frame_clock_get_frame_counter (
    gtk_widget_get_frame_clock (GTK_WIDGET (fixture->shell)));
}

/* A station answers faster than a screen paints: what was pressed looks so for a frame all the same. */
static void
test_answer_before_the_press_was_painted (Fixture *fixture, gconstpointer data)
{
  WAIT_UNTIL (fixture->n_attached == 1);
  send (fixture, 1, "home");
  WAIT_UNTIL (is_showing (fixture, "home"));
  for (guint64 rev = 2; rev < 12; rev += 2)
    {
      gint64 pressed;

      press (fixture, "cert.pension");
      pressed = count_frames (fixture);
      send (fixture, rev, "card");
      WAIT_UNTIL (is_showing (fixture, "card"));
      g_assert_cmpint (count_frames (fixture), >, pressed);
      send (fixture, rev + 1, "home");
      WAIT_UNTIL (is_showing (fixture, "home"));
    }
}

/* What waits for its frame goes with the session. */
static void
test_ended_while_a_page_waits (Fixture *fixture, gconstpointer data)
{
  gint64 ended;

  WAIT_UNTIL (fixture->n_attached == 1);
  send (fixture, 1, "home");
  WAIT_UNTIL (is_showing (fixture, "home"));
  press (fixture, "cert.pension");
  send (fixture, 2, "confirm");
  bm_bus_server_send_ended (fixture->server, "done");
  WAIT_UNTIL (fixture->is_ended);
  gtk_widget_queue_draw (GTK_WIDGET (fixture->shell));
  ended = count_frames (fixture);
  WAIT_UNTIL (count_frames (fixture) > ended + 1 ||
              (gtk_widget_queue_draw (GTK_WIDGET (fixture->shell)), FALSE));
  g_assert_null (bm_shell_get_model (fixture->shell));
}

static void
test_unreadable_page (Fixture *fixture, gconstpointer data)
{
  WAIT_UNTIL (fixture->n_attached == 1);
  send (fixture, 1, "home");
  WAIT_UNTIL (is_showing (fixture, "home"));
  g_test_expect_message ("bianmin-ui", G_LOG_LEVEL_WARNING, "*not readable*");
  bm_bus_server_send_page (fixture->server, NULL, 2, "{\"version\":1}");
  send (fixture, 3, "card");
  WAIT_UNTIL (is_showing (fixture, "card"));
  g_test_assert_expected_messages ();
}

int
main (int argc, char *argv[])
{
  int status;

  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/face/intent-carries-the-rev-it-was-made-on", test_intent_carries_the_rev_it_was_made_on);
  ADD ("/face/older-page-replaces-newer", test_older_page_replaces_newer);
  ADD ("/face/stale-page-after-reconnect", test_stale_page_after_reconnect);
  ADD ("/face/ended-leaves-something", test_ended_leaves_something);
  ADD ("/face/answer-before-the-press-was-painted", test_answer_before_the_press_was_painted);
  ADD ("/face/ended-while-a-page-waits", test_ended_while_a_page_waits);
  ADD ("/face/unreadable-page", test_unreadable_page);
#undef ADD
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
