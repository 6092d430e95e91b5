/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-keeper"

#include "ui/keep/keeper.h"

#include <glib-unix.h>

#include <signal.h>
#include <stdlib.h>

/*
 * bianmin-kiosk --keep: this program as the keeper of its own faces. It opens no display and knows no
 * page, so there is little in it that could fail.
 */

static gboolean
on_terminate (gpointer user_data)
{
  bm_keeper_stop (user_data);
  return G_SOURCE_CONTINUE;
}

/* The same program with the same arguments, one word changed. */
static char **
make_arguments (char **argv)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = g_find_program_in_path (argv[0]);

  g_strv_builder_add (builder, program != NULL ? program : argv[0]);
  for (guint i = 1; argv[i] != NULL; i++)
    g_strv_builder_add (builder, g_str_equal (argv[i], "--keep") ? "--kept" : argv[i]);
  return g_strv_builder_end (builder);
}

/**
 * bm_keeper_run:
 * @argv: arguments of this program, "--keep" among them
 *
 * Keeps a face on the screen until SIGTERM or SIGINT.
 *
 * Returns: the exit status
 */
int
bm_keeper_run (char **argv)
{
  g_auto (GStrv) arguments = make_arguments (argv);
  g_autoptr (BmKeeper) keeper = bm_keeper_new ((const char *const *) arguments, &bm_keeper_times);

  g_unix_signal_add (SIGTERM, on_terminate, keeper);
  g_unix_signal_add (SIGINT, on_terminate, keeper);
  bm_keeper_start (keeper);
  while (!bm_keeper_is_stopped (keeper) || !bm_keeper_is_gone (keeper))
    g_main_context_iteration (NULL, TRUE); /* a face that is gone turns it, too */
  return EXIT_SUCCESS;
}
