/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-admin-private.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "sync/platform/platform-hellos.h"
#include "sync/platform/platform-packs.h"
#include "sync/platform/platform-volume.h"
#include "sync/protocol-json.h"

#include <stdlib.h>
#include <string.h>

/* The verbs. The socket that carries them is platform-admin-socket.c. */

#define MAX_DELAY_S (30 * 24 * 60 * 60)

char *
bm_admin_dump (json_t *value)
{
  char *text = value != NULL ? json_dumps (value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  char *copy = g_strdup (text);

  free (text);
  json_decref (value);
  return copy;
}

char *
bm_admin_fail_usage (GError **error, const char *usage)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "usage: %s", usage);
  return NULL;
}

char *
bm_admin_say (gboolean is_ok)
{
  return is_ok ? g_strdup ("") : NULL;
}

static char *
do_faults (BmPlatform *self, const char *arguments, GError **error)
{
  g_autofree char *list = bm_platform_faults_list ();
  g_autofree char *now = bm_platform_faults_describe (self->faults);

  return g_strdup_printf ("now: %s; known: %s", now, list);
}

static char *
do_fault (BmPlatform *self, const char *arguments, GError **error)
{
  return bm_admin_say (bm_platform_faults_set (self->faults, arguments, error));
}

static char *
do_state (BmPlatform *self, const char *arguments, GError **error)
{
  g_autofree char *fault = bm_platform_faults_describe (self->faults);
  g_autofree char *now = bm_platform_format_time (bm_platform_now (self));
  gint64 decide = bm_platform_get_decide (self);
  json_t *report;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  report = bm_platform_store_report_state (self->store, error);
  if (report != NULL)
    json_object_set_new (report, "hellos", bm_platform_report_hellos (self));
  bm_platform_store_rollback (self->store); /* only read */
  if (report == NULL)
    return NULL;
  json_object_set_new (report, "fault", json_string (fault));
  json_object_set_new (report, "clock", json_string (now));
  json_object_set_new (report, "decide",
                       decide < 0 ? json_string ("hold")
                                  : json_integer ((json_int_t) (decide / 1000)));
  return bm_admin_dump (report);
}

static char *
do_entries (BmPlatform *self, const char *arguments, GError **error)
{
  json_t *report;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  report = bm_platform_store_report_entries (self->store, error);
  bm_platform_store_rollback (self->store); /* only read */
  return bm_admin_dump (report);
}

static char *
open_payload (BmPlatform *self, const char *number, GError **error)
{
  g_autoptr (GArray) ids = bm_platform_store_find_cases (self->store, number, error);
  g_autoptr (BmStoredEntry) entry = NULL;
  g_autoptr (GBytes) payload = NULL;
  BmEntryHeader header;

  if (ids == NULL)
    return NULL;
  if (ids->len == 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "No case has the number %s", number);
      return NULL;
    }
  entry =
    bm_platform_store_get_entry (self->store, g_array_index (ids, gint64, ids->len - 1), error);
  payload = entry != NULL ? bm_platform_open_payload (self, entry, &header, error) : NULL;
  return payload != NULL ? g_strndup (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload))
                         : NULL;
}

static char *
do_payload (BmPlatform *self, const char *arguments, GError **error)
{
  char *text;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  text = open_payload (self, arguments, error);
  bm_platform_store_rollback (self->store); /* only read */
  return text;
}

static char *
do_result (BmPlatform *self, const char *arguments, GError **error)
{
  g_autoptr (GArray) ids = NULL;
  g_autoptr (BmStoredCase) kase = NULL;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  ids = bm_platform_store_find_cases (self->store, arguments, error);
  if (ids != NULL && ids->len > 0)
    kase =
      bm_platform_store_get_case (self->store, g_array_index (ids, gint64, ids->len - 1), error);
  bm_platform_store_rollback (self->store); /* only read */
  if (kase != NULL)
    return g_strdup (kase->body);
  if (ids != NULL && ids->len == 0)
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "No case has the number %s", arguments);
  return NULL;
}

static gboolean
parse_delay (const char *text, gint64 *ret_delay_ms)
{
  guint64 seconds = 0;

  if (strcmp (text, "now") == 0)
    *ret_delay_ms = 0;
  else if (strcmp (text, "hold") == 0)
    *ret_delay_ms = BM_DECIDE_HOLD;
  else if (g_ascii_string_to_unsigned (text, 10, 0, MAX_DELAY_S, &seconds, NULL))
    *ret_delay_ms = (gint64) seconds * 1000;
  else
    return FALSE;
  return TRUE;
}

static char *
do_decide (BmPlatform *self, const char *arguments, GError **error)
{
  static const char usage[] = "decide now|SECONDS|hold, or decide NUMBER CODE [TEXT]";
  g_auto (GStrv) words = g_strsplit (arguments, " ", 3);
  gint64 delay_ms = 0;

  if (g_strv_length (words) >= 2 && bm_number_is_valid (words[0]))
    return bm_admin_say (bm_platform_decide_case (self, words[0], words[1], words[2], error));
  if (g_strv_length (words) != 1 || !parse_delay (words[0], &delay_ms))
    return bm_admin_fail_usage (error, usage);
  return bm_admin_say (bm_platform_set_decide (self, delay_ms, error) &&
                       bm_platform_advance_cases (self, BM_CASES_ALL, error));
}

BmPlatformStation *
bm_admin_find_station (BmPlatform *self, const char *id, GError **error)
{
  BmPlatformStation *station = bm_platform_store_find_station (self->store, id, error);

  if (station == NULL && error != NULL && *error == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "There is no station \"%s\"", id);
  return station;
}

static gboolean
revoke_station (BmPlatform *self, const char *id, GError **error)
{
  g_autoptr (BmPlatformStation) station = bm_admin_find_station (self, id, error);

  return station != NULL && bm_platform_store_revoke (self->store, station->kiosk, error);
}

static char *
do_revoke (BmPlatform *self, const char *arguments, GError **error)
{
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  return bm_admin_say (
    bm_platform_store_end (self->store, revoke_station (self, arguments, error), error));
}

static char *
do_clock (BmPlatform *self, const char *arguments, GError **error)
{
  static const char usage[] = "clock advance SECONDS (of a platform started with --clock)";
  gint64 seconds = 0;

  if (!g_str_has_prefix (arguments, "advance ") || !BM_IS_SHIFT_CLOCK (self->clock) ||
      !g_ascii_string_to_signed (arguments + strlen ("advance "), 10, 0,
                                 G_GINT64_CONSTANT (10000000000), &seconds, NULL))
    return bm_admin_fail_usage (error, usage);
  bm_shift_clock_advance (BM_SHIFT_CLOCK (self->clock), seconds * 1000);
  return bm_admin_say (bm_platform_advance_cases (self, BM_CASES_ALL, error));
}

static char *
do_due (BmPlatform *self, const char *arguments, GError **error)
{
  return bm_admin_dump (bm_backend_fetch_pack (self->backend, arguments, error));
}

/* An empty day is what there is; another one only a demo may ask for. */
static char *
do_packs (BmPlatform *self, const char *arguments, GError **error)
{
  if (*arguments != '\0' && !BM_IS_SHIFT_CLOCK (self->clock))
    return bm_admin_fail_usage (error, "packs (a day only with a platform started with --clock)");
  return bm_admin_dump (
    bm_platform_packs_publish (self, *arguments != '\0' ? arguments : NULL, error));
}

/* As "bianmin-platform import-volume", while the database is ours. */
static char *
do_import (BmPlatform *self, const char *arguments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", 3);

  if (g_strv_length (words) != 2)
    return bm_admin_fail_usage (error, "import FOLDER OUT");
  return bm_admin_dump (bm_platform_import_volumes (self, words[0], words[1], error));
}

static char *do_help (BmPlatform *self, const char *arguments, GError **error);

static const BmPlatformVerbEntry verbs[] = {
  { "help", do_help, BM_VERB_BARE | BM_VERB_ARGUMENTS, "[VERB]", "this" },
  { "faults", do_faults, BM_VERB_BARE, "", "the fault that is armed, and those there are" },
  { "fault", do_fault, BM_VERB_ARGUMENTS, "[CALL] F [N]",
    "arms one: for every call or for hello, batch, inbox, blob; `fault clear` ends it" },
  { "state", do_state, BM_VERB_BARE, "", "counts, stations, watermarks, conflicts and alarms" },
  { "entries", do_entries, BM_VERB_BARE, "", "every entry with its fate, no payload" },
  { "payload", do_payload, BM_VERB_ARGUMENTS, "NUMBER", "what a case says, opened" },
  { "checkups", bm_platform_do_checkups, BM_VERB_BARE, "",
    "what each station last said has to be mended" },
  { "ratings", bm_platform_do_ratings, BM_VERB_BARE | BM_VERB_SLOW, "",
    "what people said of matters that are over: by service, with the share of the satisfied" },
  { "result", do_result, BM_VERB_ARGUMENTS, "NUMBER", "the last result of a case" },
  { "decide", do_decide, BM_VERB_ARGUMENTS, "now|SECONDS|hold, decide NUMBER CODE [TEXT]",
    "when cases are decided, or one case by hand" },
  { "revoke", do_revoke, BM_VERB_ARGUMENTS, "STATION", "ends a station for good" },
  { "clock", do_clock, BM_VERB_ARGUMENTS, "advance SECONDS", "moves a demo clock" },
  { "due", do_due, BM_VERB_ARGUMENTS, "VILLAGE", "who of a village is due" },
  { "packs", do_packs, BM_VERB_BARE | BM_VERB_ARGUMENTS | BM_VERB_SLOW, "[DATE]",
    "publishes packs now" },
  { "import", do_import, BM_VERB_ARGUMENTS | BM_VERB_SLOW, "FOLDER OUT",
    "takes the volumes of a stick and answers onto another" },
};

static const BmPlatformVerbEntry *
get_verb (guint i)
{
  if (i < G_N_ELEMENTS (verbs))
    return &verbs[i];
  i -= (guint) G_N_ELEMENTS (verbs);
  return i < bm_platform_n_line_verbs ? &bm_platform_line_verbs[i] : NULL;
}

static char *
do_help (BmPlatform *self, const char *arguments, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const BmPlatformVerbEntry *entry;

  for (guint i = 0; (entry = get_verb (i)) != NULL; i++)
    if (*arguments == '\0' || strcmp (arguments, entry->name) == 0)
      g_string_append_printf (text, "%s%s%s%s: %s", text->len > 0 ? "; " : "", entry->name,
                              *entry->usage != '\0' ? " " : "", entry->usage, entry->help);
  if (text->len > 0)
    return g_string_free (g_steal_pointer (&text), FALSE);
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "There is no verb \"%s\"", arguments);
  return NULL;
}

/* The verb of @line; @ret_arguments: what follows it. */
static const BmPlatformVerbEntry *
find_verb (const char *line, const char **ret_arguments)
{
  const char *space = strchr (line, ' ');
  gsize len = space != NULL ? (gsize) (space - line) : strlen (line);
  const BmPlatformVerbEntry *entry;

  *ret_arguments = space != NULL ? space + 1 : "";
  for (guint i = 0; (entry = get_verb (i)) != NULL; i++)
    if (strlen (entry->name) == len && strncmp (entry->name, line, len) == 0 &&
        (entry->flags & (**ret_arguments != '\0' ? BM_VERB_ARGUMENTS : BM_VERB_BARE)) != 0)
      return entry;
  return NULL;
}

gboolean
bm_platform_admin_is_slow (const char *line)
{
  const BmPlatformVerbEntry *entry;
  const char *arguments;

  g_return_val_if_fail (line != NULL, FALSE);

  entry = find_verb (line, &arguments);
  return entry != NULL && (entry->flags & BM_VERB_SLOW) != 0;
}

static char *
run_verb (BmPlatform *self, const char *line, GError **error)
{
  const char *arguments;
  const BmPlatformVerbEntry *entry = find_verb (line, &arguments);
  g_autoptr (GString) known = NULL;

  if (entry != NULL)
    return entry->verb (self, arguments, error);
  known = g_string_new (NULL);
  for (guint i = 0; (entry = get_verb (i)) != NULL; i++)
    g_string_append_printf (known, "%s%s%s, ", entry->name, *entry->usage != '\0' ? " " : "",
                            entry->usage);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "unknown request; known: %squit", known->str);
  return NULL;
}

char *
bm_platform_admin_answer (BmPlatform *self, const char *line, gboolean *ret_quits)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL && line != NULL && ret_quits != NULL, NULL);

  *ret_quits = strcmp (line, "quit") == 0;
  if (*ret_quits)
    return g_strdup ("ok");
  text = run_verb (self, line, &error);
  if (text == NULL)
    return g_strdup_printf ("error %s", error != NULL ? error->message : "failed");
  return g_strdup_printf ("ok%s%s", *text != '\0' ? " " : "", text);
}
