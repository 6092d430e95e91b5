/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/words.h"

#include "core/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *
bm_words_for_link (BmLinkTrouble trouble)
{
  switch (trouble)
    {
    case BM_LINK_ONLINE:
      return C_ ("status", "Online: the platform answers");
    case BM_LINK_UNKNOWN:
      return C_ ("status", "Not tried yet");
    case BM_LINK_OFFLINE:
      return C_ ("status", "No network. Everything is kept here and is sent when it is back");
    case BM_LINK_NO_DNS:
      return C_ ("status", "The platform's name is not found. Look at the network's settings");
    case BM_LINK_PORTAL:
      return C_ ("status", "Somebody else answers, such as a sign-in page. Sign in to the network");
    case BM_LINK_WRONG_CERTIFICATE:
      return C_ ("status",
                 "Who answers cannot prove to be the platform. Nothing is sent; tell the platform");
    case BM_LINK_PLATFORM_DOWN:
      return C_ ("status", "The platform is in trouble. It is tried again by itself");
    case BM_LINK_REFUSED:
      return C_ ("status", "The platform refuses this station. Telephone the platform");
    default:
      g_assert_not_reached ();
    }
}

const char *
bm_words_for_reader (BmReader *reader)
{
  if (reader == NULL)
    return C_ ("status", "No card reader is configured");
  switch (bm_reader_get_state (reader))
    {
    case BM_READER_READY:
      return C_ ("status", "The card reader is ready");
    case BM_READER_ABSENT:
      return C_ ("status", "The card reader does not answer. Look at its cable");
    case BM_READER_FAULT:
      return C_ ("status", "The card reader is out of order");
    default:
      g_assert_not_reached ();
    }
}

const char *
bm_reader_state_to_string (BmReader *reader)
{
  if (reader == NULL)
    return "none";
  switch (bm_reader_get_state (reader))
    {
    case BM_READER_READY:
      return "ready";
    case BM_READER_ABSENT:
      return "absent";
    case BM_READER_FAULT:
      return "fault";
    default:
      g_assert_not_reached ();
    }
}

typedef struct
{
  const char *reason;
  const char *words; /* msgid in context "status" */
} Reason;

static const Reason reasons_known[] = {
  { "media-empty", NC_ ("status", "The printer is out of paper") },
  { "media-needed", NC_ ("status", "The printer is out of paper") },
  { "media-jam", NC_ ("status", "Paper is jammed in the printer") },
  { "cover-open", NC_ ("status", "The printer's cover is open") },
  { "door-open", NC_ ("status", "The printer's cover is open") },
  { "offline", NC_ ("status", "The printer does not answer. Look at its cable and power") },
  { "paused", NC_ ("status", "The printer is paused") },
  { "busy", NC_ ("status", "The printer is busy") },
};

const char *
bm_words_for_printer (const char *const *reasons)
{
  if (reasons == NULL)
    return C_ ("status", "No printer is configured");
  if (reasons[0] == NULL)
    return C_ ("status", "The printer is ready");
  for (guint i = 0; i < G_N_ELEMENTS (reasons_known); i++)
    if (g_str_has_prefix (reasons[0], reasons_known[i].reason))
      return g_dpgettext2 (GETTEXT_PACKAGE, "status", reasons_known[i].words);
  return C_ ("status", "The printer needs somebody to look at it");
}

/* Said plainly (design §4): there is no TPM wrapping yet, so this is always true. */
const char *
bm_words_for_keys (void)
{
  return C_ ("status",
             "The keys lie in a file outside the data folder. Whoever steals the whole machine "
             "without disk encryption can read the slips kept for reprinting, but no payloads");
}

/**
 * bm_words_for_code:
 * @error: an error
 *
 * Returns: the stable word for @error in a reply
 */
const char *
bm_words_for_code (const GError *error)
{
  static const char *const codes[] = {
    [BM_ERROR_INVALID] = "invalid",
    [BM_ERROR_LIMIT] = "limit",
    [BM_ERROR_CORRUPT] = "corrupt",
    [BM_ERROR_CRYPTO] = "crypto",
    [BM_ERROR_UNSUPPORTED] = "unsupported",
    [BM_ERROR_NOT_FOUND] = "not-found",
    [BM_ERROR_BUSY] = "busy",
    [BM_ERROR_UNREACHABLE] = "unreachable",
    [BM_ERROR_FULL] = "full",
    [BM_ERROR_REFUSED] = "refused",
    [BM_ERROR_FAILED] = "failed",
  };

  if (error->domain != BM_ERROR || error->code < 0 || error->code >= (int) G_N_ELEMENTS (codes))
    return "failed";
  return codes[error->code];
}

/**
 * bm_words_dup_sentence:
 * @error: an error from below
 *
 * Says what happened in the operator's language; what the room said about it follows in brackets.
 *
 * Returns: (transfer full): the sentence
 */
char *
bm_words_dup_sentence (const GError *error)
{
  static const char *const sentences[] = {
    [BM_ERROR_INVALID] = NC_ ("error", "Something given is not right"),
    [BM_ERROR_LIMIT] = NC_ ("error", "Something given is too large"),
    [BM_ERROR_CORRUPT] = NC_ ("error", "Stored data are damaged"),
    [BM_ERROR_CRYPTO] = NC_ ("error", "A cryptographic step failed"),
    [BM_ERROR_UNSUPPORTED] = NC_ ("error", "This program is too old for it"),
    [BM_ERROR_NOT_FOUND] = NC_ ("error", "There is no such thing"),
    [BM_ERROR_BUSY] = NC_ ("error", "Another program is using it"),
    [BM_ERROR_UNREACHABLE] = NC_ ("error", "It cannot be reached"),
    [BM_ERROR_FULL] = NC_ ("error", "The disk is full"),
    [BM_ERROR_REFUSED] = NC_ ("error", "It is not allowed"),
    [BM_ERROR_FAILED] = NC_ ("error", "It did not work"),
  };
  int code = BM_ERROR_FAILED;

  g_return_val_if_fail (error != NULL, NULL);

  if (error->domain == BM_ERROR && error->code >= 0 && error->code < (int) G_N_ELEMENTS (sentences))
    code = error->code;
  /* Translators: a sentence, and the detail for whoever helps. */
  return g_strdup_printf (C_ ("error", "%s (%s)"),
                          g_dpgettext2 (GETTEXT_PACKAGE, "error", sentences[code]), error->message);
}
