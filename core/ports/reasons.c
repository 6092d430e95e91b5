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
  { BM_REASON_PRINTER, "no-print-service", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "The print service does not run"),
    NC_ ("reason", "Switch this machine off and on; if it stays, have it looked at") },
  { BM_REASON_PRINTER, "no-queue", BM_REASON_SERVICE, TRUE,
    NC_ ("reason", "The office printer is not set up"),
    NC_ ("reason", "Telephone who mends the machine") },
  { BM_REASON_PRINTER, "queue-paused", BM_REASON_SERVICE, TRUE,
    NC_ ("reason", "The office printer is stopped"),
    NC_ ("reason", "Telephone who mends the machine") },
  { BM_REASON_PRINTER, "unregistered", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "This printer is not registered here"),
    NC_ ("reason", "Plug in the station's own, or have this one registered") },
  { BM_REASON_PRINTER, "other-paper", BM_REASON_HELPER, TRUE,
    NC_ ("reason", "This printer has another kind of paper"),
    NC_ ("reason", "Put the station's own printer and paper back") },
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
  { BM_REASON_READER, "unregistered", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "This card reader is not registered here"),
    NC_ ("reason", "Plug in the station's own, or have this one registered") },
  { BM_REASON_READER, "absent", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The card reader does not answer"),
    NC_ ("reason", "Look at its cable, unplug it and plug it in") },
  { BM_REASON_READER, "ready", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The card reader is ready"),
    NULL },
  { BM_REASON_READER, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "There is no card reader"),
    NC_ ("reason", "People type their number instead") },

  { BM_REASON_SOCIAL, "fault", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "Social-security cards may not be read here"),
    NC_ ("reason", "The station has no right to use pcscd; have it mended") },
  { BM_REASON_SOCIAL, "unregistered", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "This reader of social-security cards is not registered here"),
    NC_ ("reason", "Plug in the station's own, or have this one registered") },
  { BM_REASON_SOCIAL, "absent", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The reader of social-security cards does not answer"),
    NC_ ("reason", "Look at its cable, unplug it and plug it in") },
  { BM_REASON_SOCIAL, "ready", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The reader of social-security cards is ready"), NULL },
  { BM_REASON_SOCIAL, NULL, BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "There is no reader of social-security cards"), NULL },

  { BM_REASON_SCANNER, "unregistered", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "This scanner is not registered here"),
    NC_ ("reason", "Plug in the station's own, or have this one registered") },
  { BM_REASON_SCANNER, "absent", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The scanner does not answer"),
    NC_ ("reason", "Look at its cable; until then the number is typed") },
  { BM_REASON_SCANNER, "ready", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The scanner is ready"),
    NULL },
  { BM_REASON_SCANNER, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "No scanner is set up"),
    NULL },

  { BM_REASON_USB, "typing", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "A device that can type is plugged in, and not registered"),
    NC_ ("reason", "Pull it out; if it belongs here, have it registered") },
  { BM_REASON_USB, "unknown", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "A device that is not registered is plugged in"),
    NC_ ("reason", "It is not used; pull it out or have it registered") },
  { BM_REASON_USB, "registered", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "All that is plugged in is registered"), NULL },
  { BM_REASON_USB, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "There is no list of devices"),
    NULL },

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

  { BM_REASON_CAMERA, "fault", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The camera takes no picture"),
    NC_ ("reason", "Look at its cable; people go on without a photograph") },
  { BM_REASON_CAMERA, "untried", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The camera was not tried"),
    NC_ ("reason", "Somebody is at the machine; look again later") },
  { BM_REASON_CAMERA, "ready", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The camera takes pictures"),
    NULL },
  { BM_REASON_CAMERA, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "There is no camera"), NULL },

  { BM_REASON_MICROPHONE, "fault", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "The microphone hears nothing"),
    NC_ ("reason", "Look at its cable; people tell you, and you write it down") },
  { BM_REASON_MICROPHONE, "untried", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The microphone was not tried"),
    NC_ ("reason", "Somebody is at the machine; look again later") },
  { BM_REASON_MICROPHONE, "ready", BM_REASON_NOBODY, FALSE, NC_ ("reason", "The microphone hears"),
    NULL },
  { BM_REASON_MICROPHONE, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "There is no microphone"),
    NULL },

  { BM_REASON_OUTBOX, "stuck", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "Some matters cannot be sent"),
    NC_ ("reason", "Open what waits and look at each") },
  { BM_REASON_OUTBOX, "old", BM_REASON_HELPER, FALSE,
    NC_ ("reason", "A matter has waited for more than 7 days"),
    NC_ ("reason", "Look at the router, or carry them by USB stick") },
  { BM_REASON_OUTBOX, "moving", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "Some matters wait to be sent"),
    NC_ ("reason", "Nothing to do, they go by themselves") },
  { BM_REASON_OUTBOX, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "Nothing waits"), NULL },

  { BM_REASON_DISK, "full", BM_REASON_SERVICE, FALSE, NC_ ("reason", "The disk is full"),
    NC_ ("reason", "Nothing new can be noted; telephone who mends the machine") },
  { BM_REASON_DISK, "low", BM_REASON_SERVICE, FALSE, NC_ ("reason", "The disk is nearly full"),
    NC_ ("reason", "It still works; telephone who mends the machine") },
  { BM_REASON_DISK, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "The disk has room"), NULL },

  { BM_REASON_JOURNAL, "broken", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "The journal does not add up"),
    NC_ ("reason", "Delete nothing; telephone the platform at once") },
  { BM_REASON_JOURNAL, "unchecked", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The journal was not checked yet"),
    NC_ ("reason", "Nothing to do, it is checked by itself") },
  { BM_REASON_JOURNAL, NULL, BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The journal was checked and is whole"), NULL },

  { BM_REASON_CERTIFICATE, "expired", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "This machine's certificate has ended"),
    NC_ ("reason", "All is kept here; telephone the platform") },
  { BM_REASON_CERTIFICATE, "soon", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "This machine's certificate ends soon"),
    NC_ ("reason", "It is renewed by itself with the line") },
  { BM_REASON_CERTIFICATE, NULL, BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "This machine's certificate is valid"), NULL },

  { BM_REASON_PACKS, "locked", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "The platform has stopped this machine"),
    NC_ ("reason", "Matters are taken as before; telephone the platform") },
  { BM_REASON_PACKS, "unreadable", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "The centre's records cannot be read"),
    NC_ ("reason", "Questions are noted instead; telephone the platform") },
  { BM_REASON_PACKS, "too-old", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The centre's records are too old"),
    NC_ ("reason", "Questions are noted instead; new ones come with the line") },
  { BM_REASON_PACKS, "stale", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The centre's records are some days old"),
    NC_ ("reason", "People are told so; new ones come with the line") },
  { BM_REASON_PACKS, "fresh", BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The centre's records are new"), NULL },
  { BM_REASON_PACKS, NULL, BM_REASON_NOBODY, FALSE,
    NC_ ("reason", "The centre's records have not come yet"),
    NC_ ("reason", "Questions are noted instead; they come with the line") },

  { BM_REASON_SERVICES, "nothing", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "No matter can be done here"),
    NC_ ("reason", "Telephone who mends the machine") },
  { BM_REASON_SERVICES, "broken", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "Some service files do not fit"),
    NC_ ("reason", "The other matters go on; telephone who mends the machine") },
  { BM_REASON_SERVICES, "no-witness", BM_REASON_SERVICE, FALSE,
    NC_ ("reason", "Nobody here may be the witness"),
    NC_ ("reason", "Telephone the platform for the list of the staff") },
  { BM_REASON_SERVICES, NULL, BM_REASON_NOBODY, FALSE, NC_ ("reason", "All matters can be done"),
    NULL },

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

/**
 * bm_reason_dup_sentence_about:
 * @self: a reason
 * @names: (nullable): of what it is said
 *
 * Returns: (transfer full): what is the matter with what, and what to do
 */
char *
bm_reason_dup_sentence_about (const BmReason *self, const char *names)
{
  const char *act = bm_reason_say_act (self);

  if (names == NULL || act == NULL)
    return bm_reason_dup_sentence (self);
  /* Translators: what is the matter, with what, then what to do. */
  return g_strdup_printf (C_ ("reason", "%1$s: %2$s. %3$s"), bm_reason_say_what (self), names, act);
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
