/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "config.h"

#include "app/station/process.h"
#include "app/station/station.h"
#include "app/station/words.h"
#include "core/crypto/crypto.h"
#include "core/error.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>
#include <stdlib.h>

/*
 * bianmin-stationd: the station without a screen. Exit codes: 0 ended as asked, 1 cannot start (a plain
 * sentence on standard error says why), 2 called wrongly.
 */

#define EXIT_USAGE 2

static char *option_config;
static gboolean option_check;
static gboolean option_version;

static const GOptionEntry options[] = {
  { "config", 0, 0, G_OPTION_ARG_FILENAME, &option_config, "Configuration of this station",
    "FILE" },
  { "check", 0, 0, G_OPTION_ARG_NONE, &option_check, "Only look whether it could start", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Show the version", NULL },
  { NULL },
};

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_quit (BmStation *station, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static int
fail (const GError *error)
{
  g_printerr ("bianmin-stationd: %s\n", error->message);
  return EXIT_FAILURE;
}

/* A damaged ledger, a full disk: what an operator must and must not do now. */
static int
fail_with_way_out (const GError *error)
{
  g_autofree char *sentence = bm_words_dup_sentence (error);

  g_printerr ("bianmin-stationd: %s\n", sentence);
  return EXIT_FAILURE;
}

static int
check (const BmConfig *config)
{
  g_autoptr (GError) error = NULL;

  if (!bm_station_check (config, &error))
    return fail (error);
  g_print ("%s\n", C_ ("station", "The station could start"));
  return EXIT_SUCCESS;
}

static int
serve (BmConfig *config)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmStation) station = bm_station_new (config, &error);

  if (station == NULL && bm_error_get_fate (error) == BM_FATE_STOP)
    return fail_with_way_out (error);
  if (station == NULL)
    return fail (error);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_signal_connect (station, "quit", G_CALLBACK (on_quit), loop);
  bm_station_start (station);
  g_main_loop_run (loop);
  bm_station_stop (station);
  return EXIT_SUCCESS;
}

static gboolean
parse_options (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    g_printerr ("bianmin-stationd: %s\n", error->message);
  else if (*argc > 1 || (option_config == NULL && !option_version))
    g_printerr ("bianmin-stationd --config FILE [--check]\n");
  else
    return TRUE;
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (BmConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  bm_process_ensure_clean_memory (argv);
  bm_process_return_memory ();
  bm_process_set_language ("zh_CN");
  if (!parse_options (&argc, &argv))
    return EXIT_USAGE;
  if (option_version)
    {
      g_print ("bianmin-stationd %s\n", BM_VERSION);
      return EXIT_SUCCESS;
    }
  signal (SIGPIPE, SIG_IGN);
  bm_crypto_init ();
  config = bm_config_load (option_config, &error);
  if (config == NULL)
    return fail (error);
  bm_process_forbid_dumps (config->is_demo);
  if (option_check)
    return check (config);
  return serve (g_steal_pointer (&config));
}
