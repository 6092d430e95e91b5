/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-core"

#include "core/ports/reasons.h"

#include <glib/gi18n-lib.h>

#include <string.h>

/*
 * The one table from a keyword (of a printer with its severity endings cut off, of the line, of a reader,
 * of what waits to be sent) to who acts, what is the matter, and what to do. Desk, status and spooler all
 * read it, so that one trouble has one wording. Of each kind the worst comes first: it is what is told
 * when there are several; the last of a kind is for whatever else may be said.
 */

static const BmReason reasons[] = {
  { BM_REASON_PRINTER, "media-jam", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "Paper is jammed in the printer"),
    NC_ ("reason", "Open the printer and take the paper out") },
  { BM_REASON_PRINTER, "cover-open", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer's cover is open"), NC_ ("reason", "Press it shut") },
  { BM_REASON_PRINTER, "door-open", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer's cover is open"), NC_ ("reason", "Press it shut") },
  { BM_REASON_PRINTER, "interlock-open", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer's cover is open"), NC_ ("reason", "Press it shut") },
  { BM_REASON_PRINTER, "media-empty", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer is out of paper"), NC_ ("reason", "Put in a new roll") },
  { BM_REASON_PRINTER, "media-needed", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer is out of paper"), NC_ ("reason", "Put in a new roll") },
  { BM_REASON_PRINTER, "input-tray-missing", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The paper tray is not in"), NC_ ("reason", "Push it in to the end") },
  { BM_REASON_PRINTER, "output-area-full", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "Too much paper lies at the outlet"), NC_ ("reason", "Take it away") },
  { BM_REASON_PRINTER, "spool-area-full", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer's memory is full"), NC_ ("reason", "Switch it off and on") },
  { BM_REASON_PRINTER, "marker-supply-empty", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The toner is used up"), NC_ ("reason", "Put in a new one") },
  { BM_REASON_PRINTER, "toner-empty", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The toner is used up"), NC_ ("reason", "Put in a new one") },
  { BM_REASON_PRINTER, "paused", BM_REASON_HELPER, TRUE, NC_ ("reason", "The printer is paused"),
    NC_ ("reason", "Press its continue key") },
  { BM_REASON_PRINTER, "moving-to-paused", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer is paused"), NC_ ("reason", "Press its continue key") },
  { BM_REASON_PRINTER, "shutdown", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer is switched off"), NC_ ("reason", "Switch it on") },
  { BM_REASON_PRINTER, "offline", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer does not answer"), NC_ ("reason", "Look at its power and cable") },
  { BM_REASON_PRINTER, "connecting-to-device", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The printer does not answer"), NC_ ("reason", "Look at its power and cable") },
  { BM_REASON_PRINTER, "busy", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The printer is printing"),
    NC_ ("reason", "Nothing to do, it goes on by itself") },
  { BM_REASON_PRINTER, "media-low", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The paper is nearly used up"), NC_ ("reason", "Have a new roll ready") },
  { BM_REASON_PRINTER, "marker-supply-low", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The toner is nearly used up"), NC_ ("reason", "Have a new one ready") },
  { BM_REASON_PRINTER, "toner-low", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The toner is nearly used up"), NC_ ("reason", "Have a new one ready") },
  { BM_REASON_PRINTER, "ready", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The printer is ready"),
    NULL },
  { BM_REASON_PRINTER, "none", BM_REASON_NOBODY, FALSE, NC_ ("reason", "There is no printer"),
    NC_ ("reason", "Read the number out, a slip is not needed") },
  { BM_REASON_PRINTER, NULL, BM_REASON_SERVICE, FALSE, NC_ ("reason", "The printer complains"),
    NC_ ("reason", "Switch it off and on; if it stays, have it looked at") },

  { BM_REASON_LINK, "refused", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "The platform refuses this machine"),
    NC_ ("reason", "Everything is kept here; telephone the platform") },
  { BM_REASON_LINK, "wrong-certificate", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "Who answers is not the platform"),
    NC_ ("reason", "Nothing is sent to it; telephone the platform") },
  { BM_REASON_LINK, "portal", BM_REASON_HELPER, FALSE, NC_ ("reason", "The network wants a login"),
    NC_ ("reason", "Sign in to the network, or restart the router") },
  { BM_REASON_LINK, "no-dns", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The platform's name is not found"),
    NC_ ("reason", "Restart the router; if it stays, telephone the platform") },
  { BM_REASON_LINK, "paused", BM_REASON_HELPER, FALSE, NC_ ("reason", "Sending is paused"),
    NC_ ("reason", "Everything is kept here; whoever paused it lets it go on") },
  { BM_REASON_LINK, "no-proxy", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The network's proxy does not let us through"),
    NC_ ("reason", "Restart the router; if it stays, telephone who looks after the network") },
  { BM_REASON_LINK, "offline", BM_REASON_HELPER, FALSE, NC_ ("reason", "No network"),
    NC_ ("reason", "Look at the router; all is kept here and goes by itself") },
  { BM_REASON_LINK, "platform-down", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The platform does not answer"),
    NC_ ("reason", "Nothing to do, it is tried again by itself") },
  { BM_REASON_LINK, "online", BM_REASON_NOBODY, FALSE, NC_ ("reason", "Online"), NULL },
  { BM_REASON_LINK, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "Network not tried yet"),
    NC_ ("reason", "Nothing to do, it is tried by itself") },

  { BM_REASON_READER, "fault", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "The card reader is out of order"),
    NC_ ("reason", "Unplug it and plug it in; if it stays, have it looked at") },
  { BM_REASON_READER, "absent", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The card reader does not answer"),
    NC_ ("reason", "Look at its cable, unplug it and plug it in") },
  { BM_REASON_READER, "ready", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The card reader is ready"),
    NULL },
  { BM_REASON_READER, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "There is no card reader"),
    NC_ ("reason", "People type their number instead") },

  { BM_REASON_CLOCK, "wrong", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "This machine's clock is wrong"),
    NC_ ("reason", "It goes by the platform's time; have the battery changed") },
  { BM_REASON_CLOCK, "guessed", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "This machine does not know the time"),
    NC_ ("reason", "It goes by the last time it knew until the line is back; have it mended") },
  { BM_REASON_CLOCK, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "The clock is right"), NULL },

  { BM_REASON_CAP, "day", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "Today's data allowance is used up"),
    NC_ ("reason", "Matters go on; photos and lists wait until tomorrow") },
  { BM_REASON_CAP, NULL, BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "This month's data allowance is used up"),
    NC_ ("reason", "Matters go on; photos and lists wait until next month") },

  { BM_REASON_MATTER, "photos", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "Its photos are still on the way"),
    NC_ ("reason", "Nothing to do; the matter itself is there") },
  { BM_REASON_MATTER, "rejected", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "The centre did not take it"),
    NC_ ("reason", "It is kept here; telephone the centre and ask") },
  { BM_REASON_MATTER, "held", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The platform cannot read it"),
    NC_ ("reason", "It is tried every day; if it stays, telephone the platform") },
  { BM_REASON_MATTER, "offline", BM_REASON_NOBODY, FALSE, NC_ ("reason", "Waits for the line"),
    NC_ ("reason", "It is kept here and goes by itself") },
  { BM_REASON_MATTER, "deferred", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The platform is busy"),
    NC_ ("reason", "Nothing to do, it goes later by itself") },
  { BM_REASON_MATTER, "quarantined", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "Somebody at the centre looks at it"),
    NC_ ("reason", "Nothing to do, the centre has it") },
  { BM_REASON_MATTER, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "It is being sent"),
    NC_ ("reason", "Nothing to do, it goes by itself") },
};

/**
 * bm_reason_find:
 * @kind: what complains
 * @keyword: (nullable): what it says
 *
 * Returns: (transfer none): what it means; never %NULL
 */
const BmReason *
bm_reason_find (BmReasonKind kind, const char *keyword)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].kind == kind &&
        (reasons[i].keyword == NULL || g_strcmp0 (reasons[i].keyword, keyword) == 0))
      return &reasons[i];
  g_assert_not_reached ();
}

const char *
bm_reason_say_what (const BmReason *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_dpgettext2 (GETTEXT_PACKAGE, "reason", self->what);
}

const char *
bm_reason_say_act (const BmReason *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->act != NULL ? g_dpgettext2 (GETTEXT_PACKAGE, "reason", self->act) : NULL;
}

/**
 * bm_reason_dup_sentence:
 * @self: a reason
 *
 * Returns: (transfer full): what is the matter and what to do, in one
 */
char *
bm_reason_dup_sentence (const BmReason *self)
{
  const char *act = bm_reason_say_act (self);

  /* Translators: what is the matter, then what to do. */
  return act != NULL ? g_strdup_printf (C_ ("reason", "%1$s. %2$s"), bm_reason_say_what (self), act)
                     : g_strdup (bm_reason_say_what (self));
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
