/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printing"

#include "printing/reasons.h"

#include <glib/gi18n-lib.h>

#include <string.h>

/*
 * The one table from a printer's keyword (severity endings cut off) to who acts, what the person in front
 * of the machine is told, and what the helper is told. The worst comes first: it is what is told when a
 * printer complains of several things.
 */

#define FIND_HELPER NC_ ("printer", "The slip is kept. Please find the helper")
#define COMES_SOON  NC_ ("printer", "The slip comes in a moment")
#define IS_WELL     NC_ ("printer", "The slip will come out")

static const BmReason reasons[] = {
  { "media-jam", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "Paper is jammed: open the printer and take it out") },
  { "cover-open", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer's cover is open: press it shut") },
  { "door-open", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer's cover is open: press it shut") },
  { "interlock-open", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer's cover is open: press it shut") },
  { "media-empty", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer is out of paper: put in a new roll") },
  { "media-needed", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer is out of paper: put in a new roll") },
  { "input-tray-missing", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The paper tray is not in: push it in") },
  { "output-area-full", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "Too much paper lies at the outlet: take it away") },
  { "spool-area-full", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer's memory is full: switch it off and on") },
  { "marker-supply-empty", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The toner is used up: put in a new one") },
  { "toner-empty", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The toner is used up: put in a new one") },
  { "paused", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer is paused: press its continue key") },
  { "moving-to-paused", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer is paused: press its continue key") },
  { "shutdown", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer is switched off: switch it on") },
  { "offline", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer does not answer: look at its power and cable") },
  { "connecting-to-device", BM_REASON_HELPER, TRUE, FIND_HELPER,
    NC_ ("printer", "The printer does not answer: look at its power and cable") },
  { "busy", BM_REASON_NOBODY, FALSE, COMES_SOON,
    NC_ ("printer", "The printer is printing something else") },
  { "media-low", BM_REASON_HELPER, FALSE, IS_WELL,
    NC_ ("printer", "The paper is nearly used up: have a new roll ready") },
  { "marker-supply-low", BM_REASON_HELPER, FALSE, IS_WELL,
    NC_ ("printer", "The toner is nearly used up: have a new one ready") },
  { "toner-low", BM_REASON_HELPER, FALSE, IS_WELL,
    NC_ ("printer", "The toner is nearly used up: have a new one ready") },
};

/* Whatever else a printer may say, and what went wrong without a keyword. */
static const BmReason unknown_reason = {
  "other", BM_REASON_SERVICE, FALSE, FIND_HELPER,
  NC_ ("printer", "The printer complains: switch it off and on; if it stays, have it looked at")
};

/**
 * bm_reason_find:
 * @keyword: what a printer or a job says
 *
 * Returns: (transfer none): what it means; never %NULL
 */
const BmReason *
bm_reason_find (const char *keyword)
{
  g_return_val_if_fail (keyword != NULL, &unknown_reason);

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (strcmp (reasons[i].keyword, keyword) == 0)
      return &reasons[i];
  return &unknown_reason;
}

const char *
bm_reason_say_to_person (const BmReason *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "printer", self->person);
}

const char *
bm_reason_say_to_helper (const BmReason *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "printer", self->helper);
}

/* One of several trays may be empty for ever, and a printer with several says when it needs paper. */
static gboolean
is_about_one_tray (const char *keyword)
{
  return strcmp (keyword, "media-empty") == 0 || strcmp (keyword, "input-tray-missing") == 0;
}

/**
 * bm_reason_pick_blocking:
 * @keywords: (nullable): what a printer says
 * @has_one_tray: whether an empty tray means no paper at all: a roll printer
 *
 * Returns: (nullable): the worst keyword for which nothing would come out
 */
const char *
bm_reason_pick_blocking (const char *const *keywords, gboolean has_one_tray)
{
  for (guint i = 0; keywords != NULL && i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].is_blocking && (has_one_tray || !is_about_one_tray (reasons[i].keyword)) &&
        g_strv_contains (keywords, reasons[i].keyword))
      return reasons[i].keyword;
  return NULL;
}
