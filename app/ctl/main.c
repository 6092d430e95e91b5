/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "config.h"

#include "app/ctl/ctl-language.h"
#include "app/ctl/ctl-printers.h"
#include "app/ctl/ctl-voice.h"
#include "app/ctl/ctl.h"
#include "app/station/process.h"
#include "app/station/words.h"
#include "core/checkup/checkup.h"
#include "core/crypto/crypto.h"
#include "core/error.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * bianmin-ctl: the operator's command line. Exit codes: 0 done and all is well; 1 not done, the
 * journal is not sound, or somebody has to mend something; 2 called wrongly.
 */

#define EXIT_USAGE 2
#define CLASSIFY   "classify" /* needs no station */
#define VOICE      "voice"    /* nor do these, and they have words of their own */
#define LANGUAGE   "language"
#define PRINTERS   "printers"

static char *option_config;
static char *option_run;
static char *option_what;
static char *option_name;
static char *option_language;
static char *option_out;
static char *option_from;
static char *option_month;
static char *option_csv;
static gboolean option_html;
static gboolean option_json;
static gboolean option_version;
static char **option_rest;

static const GOptionEntry options[] = {
  { "config", 0, 0, G_OPTION_ARG_FILENAME, &option_config, "Configuration of the station", "FILE" },
  { "run", 0, 0, G_OPTION_ARG_FILENAME, &option_run, "Run folder of a running station", "DIR" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &option_json, "Exact output", NULL },
  { "what", 0, 0, G_OPTION_ARG_STRING, &option_what,
    "export: all, entries, attachments, or due (within 7 days)", "WHAT" },
  { "name", 0, 0, G_OPTION_ARG_STRING, &option_name, "voice import: what people call a new dialect",
    "NAME" },
  { "language", 0, 0, G_OPTION_ARG_FILENAME, &option_language,
    "voice: the sentences of another language, from its document", "FILE" },
  { "out", 0, 0, G_OPTION_ARG_FILENAME, &option_out, "language: writes there", "FILE" },
  { "from", 0, 0, G_OPTION_ARG_FILENAME, &option_from,
    "language missing: what was written already; printers: the folder that has dev and sys",
    "FILE" },
  { "month", 0, 0, G_OPTION_ARG_STRING, &option_month, "indicators: of which month", "YYYY-MM" },
  { "csv", 0, 0, G_OPTION_ARG_FILENAME, &option_csv, "indicators: writes the table there", "FILE" },
  { "html", 0, 0, G_OPTION_ARG_NONE, &option_html, "voice missing: a page to read from", NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Show the version", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &option_rest, NULL, NULL },
  { NULL },
};

typedef struct
{
  const char *verb;  /* as typed, words separated by a blank */
  const char *doing; /* Control1 verb; NULL: enrol */
  const char *wants; /* key of the one argument, or NULL */
  void (*show) (json_t *reply);
} Command;

static const Command commands[] = {
  { "status", "status", NULL, bm_ctl_show_status },
  { "doctor", "checkup", NULL, bm_ctl_show_checkup },
  { "outbox", "outbox", NULL, bm_ctl_show_outbox },
  { "show", "show", "number", bm_ctl_show_entry },
  { "audit verify", "verify", NULL, bm_ctl_show_verdict },
  { "indicators", "indicators", NULL, bm_ctl_show_indicators },
  { "enrol", NULL, "code", bm_ctl_show_enrolment },
  { "retry", "retry", NULL, bm_ctl_show_done },
  { "sync", "sync", NULL, bm_ctl_show_done },
  { "pause", "pause", NULL, bm_ctl_show_done },
  { "resume", "pause", NULL, bm_ctl_show_done },
  { "export", "export", "folder", bm_ctl_show_carried },
  { "import", "import", "folder", bm_ctl_show_carried },
  { "clock advance", "clock", "advance_s", bm_ctl_show_done },
  { "clock set", "clock", "set", bm_ctl_show_done },
  { "quit", "quit", NULL, bm_ctl_show_done },
  { CLASSIFY, CLASSIFY, "text", bm_ctl_show_class },
};

static int
show_usage (void)
{
  g_printerr ("bianmin-ctl (--config FILE | --run DIR) [--json] COMMAND\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_printerr ("  %s%s%s\n", commands[i].verb, commands[i].wants != NULL ? " " : "",
                commands[i].wants != NULL ? commands[i].wants : "");
  g_printerr ("  voice missing DIR DIALECT\n  voice import DIR DIALECT FILE...\n"
              "  language missing ID\n  language import FILE\n"
              "  printers\n  printers ask URI\n  printers test PRINTER\n");
  return EXIT_USAGE;
}

/* Finds the command whose words begin @words; what follows is its argument. */
static const Command *
find_command (char **words, const char **ret_argument)
{
  for (guint i = 0; words != NULL && i < G_N_ELEMENTS (commands); i++)
    {
      g_auto (GStrv) verb = g_strsplit (commands[i].verb, " ", -1);
      guint len = g_strv_length (verb);
      guint given = g_strv_length (words);
      guint same = 0;

      while (same < len && same < given && g_str_equal (verb[same], words[same]))
        same++;
      if (same < len || given != len + (commands[i].wants != NULL ? 1 : 0))
        continue;
      *ret_argument = commands[i].wants != NULL ? words[len] : NULL;
      return &commands[i];
    }
  return NULL;
}

static json_t *
make_request (const Command *command, const char *argument, GError **error)
{
  json_t *request = json_pack ("{s:s}", "do", command->doing);
  gint64 seconds;

  if (g_str_equal (command->doing, "outbox"))
    json_object_set_new (request, "all", json_false ());
  if (g_str_equal (command->doing, "pause"))
    json_object_set_new (request, "paused", json_boolean (g_str_equal (command->verb, "pause")));
  if (command->wants == NULL)
    return request;
  if (!g_str_equal (command->wants, "advance_s"))
    {
      json_object_set_new (request, command->wants, json_string (argument));
      return request;
    }
  if (g_ascii_string_to_signed (argument, 10, 0, G_MAXINT32, &seconds, NULL))
    {
      json_object_set_new (request, command->wants, json_integer (seconds));
      return request;
    }
  json_decref (request);
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, _ ("Give the seconds as a number"));
  return NULL;
}

static json_t *
run_command (const BmCtl *ctl, const Command *command, const char *argument, GError **error)
{
  json_t *request;
  json_t *reply;

  if (command->doing == NULL)
    return bm_ctl_enrol (ctl, argument, error);
  if (g_str_equal (command->doing, CLASSIFY))
    return bm_ctl_classify (argument, error);
  if (command->show == bm_ctl_show_carried)
    return bm_ctl_carry (ctl, command->doing, argument, option_what, error);
  if (command->show == bm_ctl_show_indicators)
    return bm_ctl_indicators (ctl, option_month, option_csv, error);
  request = make_request (command, argument, error);
  if (request == NULL)
    return NULL;
  reply = bm_ctl_ask (ctl, request, error);
  json_decref (request);
  return reply;
}

static void
print_json (json_t *reply)
{
  char *text = json_dumps (reply, JSON_INDENT (1));

  g_print ("%s\n", text);
  free (text);
}

static int
report_error (gboolean wants_json, const char *code, const char *sentence)
{
  json_t *reply;

  if (!wants_json)
    {
      g_printerr ("bianmin-ctl: %s\n", sentence);
      return EXIT_FAILURE;
    }
  reply = json_pack ("{s:b, s:s, s:s}", "ok", 0, "error", sentence, "code", code);
  print_json (reply);
  json_decref (reply);
  return EXIT_FAILURE;
}

static int
report_reply (const Command *command, json_t *reply, gboolean wants_json)
{
  json_t *sound = json_object_get (reply, "chain_ok");
  const char *sentence = json_string_value (json_object_get (reply, "error"));
  const char *code = json_string_value (json_object_get (reply, "code"));

  if (!json_is_true (json_object_get (reply, "ok")))
    return report_error (wants_json, code != NULL ? code : "failed",
                         sentence != NULL ? sentence : "?");
  if (wants_json)
    print_json (reply);
  else
    command->show (reply);
  if (bm_checkup_has_fault (json_object_get (reply, "checkup")))
    return EXIT_FAILURE;
  return sound != NULL && !json_is_true (sound) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int
run (BmCtl *ctl, const Command *command, const char *argument)
{
  g_autoptr (GError) error = NULL;
  json_t *reply;
  int status;

  ctl->wants_json = option_json;
  if (option_config != NULL)
    {
      ctl->config = bm_config_load (option_config, &error);
      if (ctl->config == NULL)
        return report_error (option_json, "invalid", error->message);
    }
  ctl->run = g_strdup (option_run != NULL || ctl->config == NULL ? option_run : ctl->config->run);
  reply = run_command (ctl, command, argument, &error);
  if (reply == NULL)
    return report_error (option_json, bm_words_for_code (error), error->message);
  status = report_reply (command, reply, option_json);
  json_decref (reply);
  return status;
}

static gboolean
parse_options (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("COMMAND");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  g_printerr ("bianmin-ctl: %s\n", error->message);
  return FALSE;
}

/* Whether the command line names the station that the command needs. */
static gboolean
has_station (const Command *command)
{
  if (option_config != NULL || g_strcmp0 (command->doing, CLASSIFY) == 0)
    return TRUE;
  return option_run != NULL && command->doing != NULL;
}

int
main (int argc, char **argv)
{
  const char *argument = NULL;
  const Command *command;
  BmCtl ctl = { 0 };
  int status;

  bm_process_set_language ("zh_CN");
  if (!parse_options (&argc, &argv))
    return EXIT_USAGE;
  if (option_version)
    {
      g_print ("bianmin-ctl %s\n", BM_VERSION);
      return EXIT_SUCCESS;
    }
  if (option_rest != NULL && g_str_equal (option_rest[0], VOICE))
    return bm_ctl_voice (option_rest + 1,
                         &(BmVoiceOptions){ option_name, option_language, option_html });
  if (option_rest != NULL && g_str_equal (option_rest[0], LANGUAGE))
    return bm_ctl_language (option_rest + 1, option_out, option_from);
  if (option_rest != NULL && g_str_equal (option_rest[0], PRINTERS))
    return bm_ctl_printers (option_rest + 1, option_from != NULL ? option_from : "/");
  command = find_command (option_rest, &argument);
  if (command == NULL || !has_station (command))
    return show_usage ();
  bm_crypto_init ();
  status = run (&ctl, command, argument);
  g_clear_pointer (&ctl.config, bm_config_free);
  g_free (ctl.run);
  return status;
}
