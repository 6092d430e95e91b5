/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "core/error.h"
#include "sync/platform/platform-admin.h"
#include "sync/platform/platform-backup.h"
#include "sync/platform/platform-dictionary.h"
#include "sync/platform/platform-enrol.h"
#include "sync/platform/platform-http.h"
#include "sync/platform/platform-packs.h"
#include "sync/platform/platform-volume.h"

#include <config.h>

#include <gio/gio.h>
#include <glib-unix.h>

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

/* bianmin-platform: init makes one, code gives an enrolment code, serve runs it, import-volume takes what
 * came on a stick. */

#define DEFAULT_PORT 8443
#define TURN_MS      250

typedef struct
{
  char *data;
  char *host;
  char *station;
  char *demo_data;
  char *port_file;
  char *admin;
  char *clock;
  char *folder;
  char *out;
  int port;
  gboolean has_packs;
} Options;

typedef int (*Command) (const Options *options, GError **error);

static int
fail_usage (GError **error, const char *text)
{
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, text);
  return 2;
}

static gint64
system_now (void)
{
  g_autoptr (BmClock) clock = bm_system_clock_new ();

  return bm_clock_get_wall_ms (clock);
}

static int
print_code (const Options *options, guint16 port, GError **error)
{
  g_autofree char *code =
    bm_platform_make_code (options->data, options->station, port, system_now (), error);

  if (code == NULL)
    return 1;
  g_print ("%s\n", code);
  return 0;
}

static int
command_init (const Options *options, GError **error)
{
  g_autofree char *demo_data = g_strdup (options->demo_data);

  if (options->host == NULL || options->station == NULL)
    return fail_usage (error, "init needs --data, --host and --station");
  if (demo_data == NULL)
    {
      const char *assets = g_getenv ("BIANMIN_ASSETS");

      demo_data = g_build_filename (assets != NULL ? assets : BM_PKGDATADIR, "demo", NULL);
    }
  if (!bm_platform_init (options->data, options->host, options->station, demo_data, error))
    return 1;
  return print_code (options, options->port > 0 ? (guint16) options->port : DEFAULT_PORT, error);
}

static int
command_code (const Options *options, GError **error)
{
  return print_code (options, options->port > 0 ? (guint16) options->port : DEFAULT_PORT, error);
}

static BmClock *
make_clock (const char *text, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 60 * 60);
  g_autoptr (GDateTime) start = NULL;

  if (text == NULL)
    return bm_system_clock_new ();
  start = g_date_time_new_from_iso8601 (text, zone);
  if (start != NULL)
    return BM_CLOCK (bm_shift_clock_new (g_date_time_to_unix (start) * 1000, TRUE));
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
               "--clock %s: write a time like 2026-11-21T09:10:00+08:00", text);
  return NULL;
}

typedef struct
{
  BmPlatform *platform;
  BmPlatformHttp *http;
  GMainLoop *loop;
  gboolean is_broken; /* the server did not start again */
} Serving;

/* On the same port, with the certificate that it has now; stations try again by themselves. */
static gboolean
serve_anew (Serving *self, GError **error)
{
  guint16 port = bm_platform_http_get_port (self->http);

  g_clear_pointer (&self->http, bm_platform_http_stop);
  self->http = bm_platform_http_start (self->platform, port, error);
  return self->http != NULL;
}

static gboolean
on_turn (gpointer data)
{
  Serving *self = data;
  g_autoptr (GError) error = NULL;

  if (!bm_platform_advance_cases (self->platform, BM_CASES_A_WHILE, &error))
    g_message ("Cases wait: %s", error->message);
  if (!g_atomic_int_compare_and_exchange (&self->platform->must_serve_anew, TRUE, FALSE))
    return G_SOURCE_CONTINUE;
  g_clear_error (&error);
  if (serve_anew (self, &error))
    return G_SOURCE_CONTINUE;
  g_message ("The server did not start again: %s", error->message);
  self->is_broken = TRUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_CONTINUE;
}

static void
on_quit (gpointer data)
{
  g_main_loop_quit (data);
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
write_port (const char *path, guint16 port, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%u\n", port);
  g_autoptr (GError) local_error = NULL;

  if (path == NULL || g_file_set_contents (path, text, -1, &local_error))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
  return FALSE;
}

static int
run (BmPlatform *platform, const Options *options, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BmPlatformAdmin) admin = NULL;
  Serving serving = { platform, NULL, loop, FALSE };
  g_autoptr (BmPlatformDaily) daily = NULL;
  guint sources[3];

  if (options->admin != NULL)
    {
      admin = bm_platform_admin_start (platform, options->admin, on_quit, loop, error);
      if (admin == NULL)
        return 1;
    }
  serving.http = bm_platform_http_start (platform, (guint16) options->port, error);
  if (serving.http == NULL ||
      !write_port (options->port_file, bm_platform_http_get_port (serving.http), error))
    {
      bm_platform_http_stop (serving.http);
      return 1;
    }
  if (options->has_packs)
    daily = bm_platform_daily_start (platform);
  sources[0] = g_unix_signal_add (SIGINT, on_signal, loop);
  sources[1] = g_unix_signal_add (SIGTERM, on_signal, loop);
  sources[2] = g_timeout_add (TURN_MS, on_turn, &serving);
  g_main_loop_run (loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  bm_platform_http_stop (serving.http);
  return serving.is_broken ? 1 : 0;
}

static int
command_serve (const Options *options, GError **error)
{
  g_autoptr (BmClock) clock = make_clock (options->clock, error);
  g_autoptr (BmPlatform) platform = NULL;

  if (clock == NULL)
    return 2;
  if (options->port < 0 || options->port > G_MAXUINT16)
    return fail_usage (error, "--port must be between 0 and 65535");
  platform = bm_platform_open (options->data, clock, error);
  return platform != NULL ? run (platform, options, error) : 1;
}

/* While it is served the database is the server's: then the same is asked of its socket ("import"). */
static int
command_import (const Options *options, GError **error)
{
  g_autoptr (BmClock) clock = make_clock (options->clock, error);
  g_autoptr (BmPlatform) platform = NULL;
  json_t *report;
  char *text;

  if (clock == NULL)
    return 2;
  if (options->folder == NULL || options->out == NULL)
    return fail_usage (error, "import-volume FOLDER --out FOLDER, and --data DIR");
  platform = bm_platform_open (options->data, clock, error);
  report = platform != NULL
             ? bm_platform_import_volumes (platform, options->folder, options->out, error)
             : NULL;
  if (report == NULL)
    return 1;
  text = json_dumps (report, JSON_COMPACT | JSON_SORT_KEYS);
  g_print ("%s\n", text);
  free (text);
  json_decref (report);
  return 0;
}

/* While it is served, the same is asked of its socket ("backup"). */
static int
command_backup (const Options *options, GError **error)
{
  g_autoptr (BmClock) clock = make_clock (options->clock, error);
  g_autoptr (BmPlatform) platform = NULL;
  g_autofree char *file = NULL;
  json_t *report;

  if (clock == NULL)
    return 2;
  platform = bm_platform_open (options->data, clock, error);
  file = g_canonicalize_filename (options->folder, NULL);
  report = platform != NULL ? bm_platform_backup (platform, file, error) : NULL;
  if (report == NULL)
    return 1;
  g_print ("%s\n", file);
  json_decref (report);
  return 0;
}

static int
command_restore (const Options *options, GError **error)
{
  return bm_platform_restore (options->data, options->folder, system_now (), error) ? 0 : 1;
}

/* While it is served, the same is asked of its socket ("dictionary"). */
static int
command_dictionary (const Options *options, GError **error)
{
  g_autoptr (BmClock) clock = make_clock (options->clock, error);
  g_autoptr (BmPlatform) platform = NULL;
  gint n_told;

  if (clock == NULL)
    return 2;
  platform = bm_platform_open (options->data, clock, error);
  n_told =
    platform != NULL ? bm_platform_publish_dictionary (platform, options->folder, error) : -1;
  if (n_told < 0)
    return 1;
  g_print ("%d\n", n_told);
  return 0;
}

static const struct
{
  const char *name;
  Command command;
} commands[] = { { "init", command_init },
                 { "code", command_code },
                 { "serve", command_serve },
                 { "import-volume", command_import },
                 { "backup", command_backup },
                 { "restore", command_restore },
                 { "dictionary", command_dictionary } };

static Options options;

static const GOptionEntry entries[] = {
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &options.data, "the platform's folder", "DIR" },
  { "host", 0, 0, G_OPTION_ARG_STRING, &options.host, "init: name or address of the server",
    "HOST" },
  { "station", 0, 0, G_OPTION_ARG_STRING, &options.station, "init, code: which station", "ID" },
  { "demo-data", 0, 0, G_OPTION_ARG_FILENAME, &options.demo_data, "init: rules and records",
    "DIR" },
  { "port", 0, 0, G_OPTION_ARG_INT, &options.port, "serve: 0 for any; code: the port it names",
    "PORT" },
  { "port-file", 0, 0, G_OPTION_ARG_FILENAME, &options.port_file, "serve: where to write the port",
    "FILE" },
  { "admin", 0, 0, G_OPTION_ARG_FILENAME, &options.admin, "serve: the operator's socket", "PATH" },
  { "clock", 0, 0, G_OPTION_ARG_STRING, &options.clock, "serve: demo clock", "ISO-TIME" },
  { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out,
    "import-volume: the stick that carries the answers back", "FOLDER" },
  { "packs", 0, 0, G_OPTION_ARG_NONE, &options.has_packs,
    "serve: publish packs at start and once a day", NULL },
  { NULL },
};

static Command
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_strcmp0 (commands[i].name, name) == 0)
      return commands[i].command;
  return NULL;
}

static void
clear_options (void)
{
  g_free (options.data);
  g_free (options.host);
  g_free (options.station);
  g_free (options.demo_data);
  g_free (options.port_file);
  g_free (options.admin);
  g_free (options.clock);
  g_free (options.folder);
  g_free (options.out);
}

static gboolean
takes_path (Command command)
{
  return command == command_import || command == command_backup || command == command_restore ||
         command == command_dictionary;
}

static int
run_command (int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (
    "init|code|serve|import-volume FOLDER|backup FILE|restore FILE|dictionary FILE");
  Command command;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return 2;
  command = argc == 2 || argc == 3 ? find_command (argv[1]) : NULL;
  options.folder = argc == 3 ? g_strdup (argv[2]) : NULL;
  if (command != NULL && (argc == 3) != takes_path (command))
    return fail_usage (error, "import-volume needs a folder, backup, restore and dictionary a "
                              "file; the others "
                              "take none");
  if (command == NULL || options.data == NULL)
    return fail_usage (error,
                       "say init, code, serve, import-volume, backup, restore or dictionary, "
                       "and --data "
                       "DIR; --help lists the options");
  return command (&options, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  setlocale (LC_ALL, "C.UTF-8");
  signal (SIGPIPE, SIG_IGN);
  bm_crypto_init ();
  status = run_command (argc, argv, &error);
  if (error != NULL)
    g_printerr ("bianmin-platform: %s\n", error->message);
  clear_options ();
  return status;
}
