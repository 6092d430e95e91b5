/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-admin.h"

#include "core/entry/number.h"
#include "core/error.h"
#include "sync/platform/platform-packs.h"
#include "sync/platform/platform-store-blobs.h"
#include "sync/platform/platform-volume.h"
#include "sync/protocol-json.h"

#include <stdlib.h>
#include <string.h>

/* The verbs. The socket that carries them is platform-admin-socket.c. */

#define MAX_BLOBS   1000
#define MAX_DELAY_S (30 * 24 * 60 * 60)

typedef char *(*Verb) (BmPlatform *self, const char *arguments, GError **error);

static char *
dump_and_free (json_t *value)
{
  char *text = value != NULL ? json_dumps (value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  char *copy = g_strdup (text);

  free (text);
  json_decref (value);
  return copy;
}

static gboolean
set_invalid (GError **error, const char *usage)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "usage: %s", usage);
  return FALSE;
}

static char *
ok_or_null (gboolean is_ok)
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
  return ok_or_null (bm_platform_faults_set (self->faults, arguments, error));
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
  bm_platform_store_rollback (self->store); /* only read */
  if (report == NULL)
    return NULL;
  json_object_set_new (report, "fault", json_string (fault));
  json_object_set_new (report, "clock", json_string (now));
  json_object_set_new (report, "decide",
                       decide < 0 ? json_string ("hold")
                                  : json_integer ((json_int_t) (decide / 1000)));
  return dump_and_free (report);
}

static char *
do_entries (BmPlatform *self, const char *arguments, GError **error)
{
  json_t *report;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  report = bm_platform_store_report_entries (self->store, error);
  bm_platform_store_rollback (self->store); /* only read */
  return dump_and_free (report);
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
    return ok_or_null (bm_platform_decide_case (self, words[0], words[1], words[2], error));
  if (g_strv_length (words) != 1 || !parse_delay (words[0], &delay_ms))
    return ok_or_null (set_invalid (error, usage));
  return ok_or_null (bm_platform_set_decide (self, delay_ms, error) &&
                     bm_platform_advance_cases (self, error));
}

static BmPlatformStation *
find_station (BmPlatform *self, const char *id, GError **error)
{
  BmPlatformStation *station = bm_platform_store_find_station (self->store, id, error);

  if (station == NULL && error != NULL && *error == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "There is no station \"%s\"", id);
  return station;
}

static gboolean
revoke_station (BmPlatform *self, const char *id, GError **error)
{
  g_autoptr (BmPlatformStation) station = find_station (self, id, error);

  return station != NULL && bm_platform_store_revoke (self->store, station->kiosk, error);
}

static char *
do_revoke (BmPlatform *self, const char *arguments, GError **error)
{
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  return ok_or_null (
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
    return ok_or_null (set_invalid (error, usage));
  bm_shift_clock_advance (BM_SHIFT_CLOCK (self->clock), seconds * 1000);
  return ok_or_null (bm_platform_advance_cases (self, error));
}

/* @arguments: a station, or nothing for all of them. */
static char *
do_blobs (BmPlatform *self, const char *arguments, GError **error)
{
  g_autoptr (BmPlatformStation) station = NULL;
  json_t *report = NULL;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  if (*arguments != '\0')
    station = find_station (self, arguments, error);
  if (*arguments == '\0' || station != NULL)
    report = bm_platform_store_report_blobs (self->store, station != NULL ? station->kiosk : 0,
                                             MAX_BLOBS, error);
  bm_platform_store_rollback (self->store); /* only read */
  return dump_and_free (report);
}

static char *
do_due (BmPlatform *self, const char *arguments, GError **error)
{
  return dump_and_free (bm_backend_fetch_pack (self->backend, arguments, error));
}

/* An empty day is what there is; another one only a demo may ask for. */
static char *
do_packs (BmPlatform *self, const char *arguments, GError **error)
{
  if (*arguments != '\0' && !BM_IS_SHIFT_CLOCK (self->clock))
    return ok_or_null (
      set_invalid (error, "packs (a day only with a platform started with --clock)"));
  return dump_and_free (
    bm_platform_packs_publish (self, *arguments != '\0' ? arguments : NULL, error));
}

/* As "bianmin-platform import-volume", while the database is ours. */
static char *
do_import (BmPlatform *self, const char *arguments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", 3);

  if (g_strv_length (words) != 2)
    return ok_or_null (set_invalid (error, "import FOLDER OUT"));
  return dump_and_free (bm_platform_import_volumes (self, words[0], words[1], error));
}

gboolean
bm_platform_admin_is_slow (const char *line)
{
  g_return_val_if_fail (line != NULL, FALSE);

  return g_str_has_prefix (line, "import ") || strcmp (line, "packs") == 0 ||
         g_str_has_prefix (line, "packs ");
}

static const struct
{
  const char *name;
  Verb verb;
  gboolean has_arguments;
} verbs[] = {
  { "faults", do_faults, FALSE },   { "fault", do_fault, TRUE },     { "state", do_state, FALSE },
  { "entries", do_entries, FALSE }, { "payload", do_payload, TRUE }, { "result", do_result, TRUE },
  { "decide", do_decide, TRUE },    { "revoke", do_revoke, TRUE },   { "clock", do_clock, TRUE },
  { "due", do_due, TRUE },          { "packs", do_packs, FALSE },    { "packs", do_packs, TRUE },
  { "import", do_import, TRUE },    { "blobs", do_blobs, FALSE },    { "blobs", do_blobs, TRUE },
};

static char *
run_verb (BmPlatform *self, const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  const char *arguments = words[0] != NULL && words[1] != NULL ? words[1] : "";

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (g_strcmp0 (verbs[i].name, words[0]) == 0 && verbs[i].has_arguments == (*arguments != '\0'))
      return verbs[i].verb (self, arguments, error);
  g_set_error_literal (
    error, BM_ERROR, BM_ERROR_INVALID,
    "unknown request; known: faults, fault F [N], state, entries, payload NUMBER,"
    " result NUMBER, decide now|SECONDS|hold, decide NUMBER CODE [TEXT], revoke STATION,"
    " clock advance SECONDS, due VILLAGE, packs [DATE], import FOLDER OUT, blobs [STATION], quit");
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
