/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-escpos"

#include "printing/printer-escpos-private.h"

#include "core/error.h"
#include "core/ports/clock.h"

#include <glib/gstdio.h>

#include <stdio.h>

/*
 * A receipt printer forgets; so this side writes down what it begins to send, beside the lock, where it lives as
 * long as the machine runs:
 *
 *   <state> <born> <began> <attempt>
 *
 * born: when this record began, before any attempt of this run. Of an attempt that began later and is not named
 * here it is certain that no byte of it went out; of every other one it is not.
 */

static const char *const states[] = { "none", "began", "swept", "ended", "printed" };

static char *
get_path (const char *place)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, place, -1);
  g_autofree char *name = g_strdup_printf ("bianmin-printer-%.16s.trace", hash);

  return g_build_filename (g_get_user_runtime_dir (), name, NULL);
}

static gint64
get_boot_ms (void)
{
  g_autoptr (GObject) clock = G_OBJECT (bm_system_clock_new ());

  return bm_clock_get_boot_ms (BM_CLOCK (clock));
}

static gboolean
take_words (BmEscposTrace *self, const char *const *words)
{
  if (g_strv_length ((GStrv) words) != 4)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (words[0], states[i]))
      {
        self->state = i;
        return g_ascii_string_to_signed (words[1], 10, 0, G_MAXINT64, &self->born_ms, NULL) &&
               g_ascii_string_to_signed (words[2], 10, 0, G_MAXINT64, &self->began_ms, NULL) &&
               g_strlcpy (self->attempt, words[3], sizeof self->attempt) < sizeof self->attempt;
      }
  return FALSE;
}

/**
 * bm_escpos_trace_load:
 * @self: (out): what was written
 * @place: name of the printer
 *
 * Returns: whether there is a record that can be read
 */
gboolean
bm_escpos_trace_load (BmEscposTrace *self, const char *place)
{
  g_autofree char *path = get_path (place);
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  *self = (BmEscposTrace){ 0 };
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  words = g_strsplit (g_strchomp (text), " ", 5);
  return take_words (self, (const char *const *) words);
}

static gboolean
store (const BmEscposTrace *self, const char *place, GError **error)
{
  g_autofree char *path = get_path (place);
  g_autofree char *text =
    g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %s\n", states[self->state],
                     self->born_ms, self->began_ms, *self->attempt != '\0' ? self->attempt : "-");
  g_autoptr (GError) local = NULL;

  (void) g_mkdir_with_parents (g_get_user_runtime_dir (), 0700); /* the next line tells */
  if (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &local))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "printer record: %s", local->message);
  return FALSE;
}

/* Makes the record when there is none yet. */
gboolean
bm_escpos_trace_ensure (const char *place, GError **error)
{
  BmEscposTrace trace;

  if (bm_escpos_trace_load (&trace, place))
    return TRUE;
  trace = (BmEscposTrace){ .born_ms = get_boot_ms () };
  return store (&trace, place, error);
}

/**
 * bm_escpos_trace_set:
 * @place: name of the printer
 * @state: how far it is
 * @attempt: uuid
 * @error: return location for an error
 *
 * Returns: whether a later run will know
 */
gboolean
bm_escpos_trace_set (const char *place,
                     BmEscposTraceState state,
                     const char *attempt,
                     GError **error)
{
  BmEscposTrace trace;

  if (!bm_escpos_trace_load (&trace, place))
    trace = (BmEscposTrace){ .born_ms = get_boot_ms () };
  trace.state = state;
  if (state == BM_ESCPOS_TRACE_BEGAN)
    trace.began_ms = get_boot_ms ();
  g_strlcpy (trace.attempt, attempt, sizeof trace.attempt);
  return store (&trace, place, error);
}

/**
 * bm_escpos_trace_judge:
 * @place: name of the printer
 * @trace: an attempt that is not in hand
 *
 * Returns: (transfer full): what can be said without the printer: PRINTED, REFUSED or UNKNOWN
 */
BmPrintReport *
bm_escpos_trace_judge (const char *place, const BmPrintTrace *trace)
{
  const gint64 now_ms = get_boot_ms ();
  BmEscposTrace known;
  gboolean is_later;

  if (!bm_escpos_trace_load (&known, place))
    return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "job-not-found", trace->remote);
  if (g_str_equal (known.attempt, trace->attempt))
    return bm_print_report_new (known.state == BM_ESCPOS_TRACE_PRINTED ? BM_PRINT_OUTCOME_PRINTED
                                                                       : BM_PRINT_OUTCOME_UNKNOWN,
                                known.state == BM_ESCPOS_TRACE_PRINTED ? "" : "job-not-found",
                                trace->remote);
  is_later = trace->age_ms >= 0 && now_ms - known.born_ms > trace->age_ms &&
             (known.began_ms == 0 || now_ms - known.began_ms > trace->age_ms);
  if (is_later && *trace->remote == '\0')
    return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, "never-arrived", "");
  return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "job-not-found", trace->remote);
}
