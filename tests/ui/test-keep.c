/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keep/keeper.h"

#include <glib-unix.h>
#include <glib/gstdio.h>

#include <signal.h>

/*
 * The keeper against faces that are shell scripts: they note in a file what becomes of them, and the file
 * tells in which order. A face's number is the count of those before it.
 */

typedef struct
{
  char *folder;
  char *notes;
  BmKeeper *keeper;
} World;

static const BmKeeperTimes hurried = {
  .rise_ms = 600,
  .alive_ms = 600,
  .leave_ms = 300,
  .first_wait_ms = 40,
  .most_wait_ms = 160,
  .young_ms = 400,
};

/* $1 is the file of notes; a script finds its own number by counting what began before it. */
static const char prelude[] =
  "f=$1; n=$(grep -c began \"$f\" 2>/dev/null); n=${n:-0}; echo \"$n began\" >> \"$f\"\n"
  "trap 'echo \"$n asked\" >> \"$f\"; exit 0' TERM\n"
  "say () { echo \"$n $*\" >> \"$f\"; }\n"
  "live () { while :; do echo alive >&3; sleep 0.05; done; }\n";

static guint n_warnings;

static void
on_warning (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  n_warnings++;
}

static World *
world_new (const char *script)
{
  World *world = g_new0 (World, 1);
  g_autofree char *text = g_strconcat (prelude, script, NULL);
  const char *argv[] = { "/bin/sh", "-c", text, "face", NULL, NULL };

  world->folder = g_dir_make_tmp ("bianmin-keep-XXXXXX", NULL);
  world->notes = g_build_filename (world->folder, "notes", NULL);
  argv[4] = world->notes;
  n_warnings = 0;
  world->keeper = bm_keeper_new (argv, &hurried);
  return world;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
run_ms (guint ms)
{
  const gint64 until = g_get_monotonic_time () + (gint64) ms * 1000;
  guint tick = g_timeout_add (10, on_tick, NULL);

  while (g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

static char *
read_notes (World *world)
{
  char *text = NULL;

  return g_file_get_contents (world->notes, &text, NULL, NULL) ? text : g_strdup ("");
}

/* Until a note is there; fails after ten seconds. */
static void
wait_for (World *world, const char *note)
{
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *text = read_notes (world);

      if (strstr (text, note) != NULL)
        return;
      run_ms (20);
    }
  g_autofree char *text = read_notes (world);
  g_error ("'%s' never came; there is: %s", note, text);
}

static guint
count_notes (World *world, const char *note)
{
  g_autofree char *text = read_notes (world);
  g_auto (GStrv) pieces = g_strsplit (text, note, -1);

  return g_strv_length (pieces) - 1;
}

static void
world_free (World *world)
{
  bm_keeper_stop (world->keeper);
  for (guint i = 0; i < 500 && !bm_keeper_is_gone (world->keeper); i++)
    run_ms (10);
  g_assert_true (bm_keeper_is_gone (world->keeper));
  g_object_unref (world->keeper);
  g_unlink (world->notes);
  g_rmdir (world->folder);
  g_free (world->notes);
  g_free (world->folder);
  g_free (world);
}

/* K2: the one that ended is asked to go only when the next has drawn, not before. */
static void
test_next_is_drawn_before_the_old_goes (void)
{
  World *world = world_new ("sleep 0.15; say drawn; echo drawn >&3\n"
                            "[ $n = 0 ] && { sleep 0.1; say ended; echo ended >&3; }\nlive\n");
  g_autofree char *text = NULL;

  bm_keeper_start (world->keeper);
  wait_for (world, "0 asked");
  text = read_notes (world);
  g_assert_cmpstr (text, ==, "0 began\n0 drawn\n0 ended\n1 began\n1 drawn\n0 asked\n");
  run_ms (200);
  g_assert_cmpuint (count_notes (world, "began"), ==, 2);
  g_assert_cmpuint (n_warnings, ==, 0);
  world_free (world);
}

static void
test_one_that_dies_is_followed (void)
{
  World *world = world_new ("echo drawn >&3\n[ $n = 0 ] && { sleep 0.05; kill -9 $$; }\n"
                            "say stays; live\n");

  bm_keeper_start (world->keeper);
  wait_for (world, "1 stays");
  g_assert_cmpuint (n_warnings, ==, 1);
  world_free (world);
}

/* K3: ever more seldom, and never not at all. */
static void
test_one_that_cannot_live_is_tried_ever_more_seldom (void)
{
  World *world = world_new ("exit 1\n");
  guint early, late;

  bm_keeper_start (world->keeper);
  run_ms (1000);
  early = count_notes (world, "began");
  run_ms (1000);
  late = count_notes (world, "began") - early;
  g_assert_cmpuint (early, >=, 3);
  g_assert_cmpuint (early, <=, 14);
  g_assert_cmpuint (late, >=, 2);
  g_assert_cmpuint (late, <=, 8);
  world_free (world);
}

/* A main loop that hangs, before the first page or after it. */
static void
test_one_that_hangs_is_killed (gconstpointer data)
{
  World *world = world_new (data);

  bm_keeper_start (world->keeper);
  wait_for (world, "1 stays");
  world_free (world);
}

/* It stays on the screen, wiped, although its successors fail; one of them succeeds at last. */
static void
test_failing_successors (void)
{
  World *world = world_new ("[ $n = 0 ] && { echo drawn >&3; echo ended >&3; live; }\n"
                            "[ $n -lt 3 ] && exit 1\nsay drawn; echo drawn >&3; live\n");
  g_autofree char *text = NULL;

  bm_keeper_start (world->keeper);
  wait_for (world, "0 asked");
  text = read_notes (world);
  g_assert_cmpstr (text, ==, "0 began\n1 began\n2 began\n3 began\n3 drawn\n0 asked\n");
  world_free (world);
}

/* One that does not go when it is asked to is killed, and one that reports nonsense is no trouble. */
static void
test_one_that_will_not_go (void)
{
  World *world = world_new ("trap '' TERM; echo drawn >&3\n"
                            "head -c 5000 /dev/zero | tr '\\0' x >&3; echo >&3; say stays; live\n");

  bm_keeper_start (world->keeper);
  wait_for (world, "0 stays");
  world_free (world); /* asserts that it is gone */
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_log_set_handler ("bianmin-keeper", G_LOG_LEVEL_WARNING, on_warning, NULL);
  g_test_add_func ("/keep/next-is-drawn-before-the-old-goes",
                   test_next_is_drawn_before_the_old_goes);
  g_test_add_func ("/keep/one-that-dies-is-followed", test_one_that_dies_is_followed);
  g_test_add_func ("/keep/one-that-cannot-live-is-tried-ever-more-seldom",
                   test_one_that_cannot_live_is_tried_ever_more_seldom);
  g_test_add_data_func ("/keep/one-that-never-draws",
                        "[ $n = 0 ] && live\necho drawn >&3; say stays; live\n",
                        test_one_that_hangs_is_killed);
  g_test_add_data_func ("/keep/one-that-hangs",
                        "echo drawn >&3; [ $n = 0 ] && exec sleep 60\nsay stays; live\n",
                        test_one_that_hangs_is_killed);
  g_test_add_func ("/keep/failing-successors", test_failing_successors);
  g_test_add_func ("/keep/one-that-will-not-go", test_one_that_will_not_go);
  return g_test_run ();
}
