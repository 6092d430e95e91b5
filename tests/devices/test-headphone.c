/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/headphone.h"
#include "core/error.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

/* A jack told by a file: what is not surely a headphone is the loudspeaker, and a pull is noticed at once. */

#define WAIT_MS 60000
#define PULL_MS 100

typedef struct
{
  char *folder;
  char *path;
  char *uri;
  BmHeadphone *headphone;
} Fixture;

static void
open_headphone (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->headphone = bm_headphone_open (fixture->uri, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-headphone-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "jack", NULL);
  fixture->uri = g_strconcat ("file:", fixture->path, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->headphone);
  (void) g_remove (fixture->path); /* not every test leaves one */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->uri);
}

/* In place, as a shell's > does. */
static void
write_jack (Fixture *fixture, const char *text)
{
  FILE *file = fopen (fixture->path, "we");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs (text, file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
}

static gboolean
on_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* How long it took until it was so. */
static gint64
wait_until (Fixture *fixture, gboolean is_in)
{
  gint64 start = g_get_monotonic_time ();
  gboolean is_late = FALSE;
  guint timeout = g_timeout_add (WAIT_MS, on_late, &is_late);

  while (bm_headphone_is_in (fixture->headphone) != is_in && !is_late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (is_late);
  g_source_remove (timeout);
  return (g_get_monotonic_time () - start) / 1000;
}

static void
test_in_and_out (Fixture *fixture, gconstpointer data)
{
  gint64 slowest = 0;

  open_headphone (fixture);
  g_assert_false (bm_headphone_is_in (fixture->headphone)); /* there is no file yet */
  for (guint i = 0; i < 5; i++)
    {
      write_jack (fixture, "1\n");
      (void) wait_until (fixture, TRUE);
      write_jack (fixture, "0\n");
      slowest = MAX (slowest, wait_until (fixture, FALSE));
    }
  g_test_message ("the slowest pull was noticed after %d ms", (int) slowest);
  g_assert_cmpint (slowest, <, PULL_MS);
  write_jack (fixture, "1");
  (void) wait_until (fixture, TRUE);
  g_assert_cmpint (g_remove (fixture->path), ==, 0); /* whoever told us is gone */
  (void) wait_until (fixture, FALSE);
}

static void
test_in_from_the_start (Fixture *fixture, gconstpointer data)
{
  write_jack (fixture, "1\n");
  open_headphone (fixture);
  g_assert_true (bm_headphone_is_in (fixture->headphone));
}

static void
test_anything_else_is_out (Fixture *fixture, gconstpointer data)
{
  static const char *const states[] = { "",     "\n",   "2\n",    "yes\n",
                                        "11\n", " 1\n", "1\n1\n", "1        \n" };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      write_jack (fixture, states[i]);
      open_headphone (fixture);
      g_assert_false (bm_headphone_is_in (fixture->headphone));
      g_clear_object (&fixture->headphone);
    }
}

static void
test_another_kind (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_headphone_open ("alsa:hw:0", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/headphone/in-and-out", test_in_and_out);
  ADD ("/headphone/in-from-the-start", test_in_from_the_start);
  ADD ("/headphone/anything-else-is-out", test_anything_else_is_out);
#undef ADD
  g_test_add_func ("/headphone/another-kind", test_another_kind);
  return g_test_run ();
}
