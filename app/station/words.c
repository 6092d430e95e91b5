/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/words.h"

#include "core/error.h"
#include "core/ports/reasons.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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
    case BM_READER_REFUSED:
      return "unregistered";
    default:
      g_assert_not_reached ();
    }
}

/* What a person reads of a state stands in one table, core/ports/reasons.c. */
char *
bm_words_dup_for_link (BmLinkTrouble trouble)
{
  return bm_reason_dup_sentence (
    bm_reason_find (BM_REASON_LINK, bm_link_trouble_to_string (trouble)));
}

char *
bm_words_dup_for_reader (BmReader *reader)
{
  return bm_reason_dup_sentence (
    bm_reason_find (BM_REASON_READER, bm_reader_state_to_string (reader)));
}

char *
bm_words_dup_for_printer (const char *const *reasons)
{
  const char *first = reasons == NULL ? "none" : reasons[0] == NULL ? "ready" : reasons[0];

  return bm_reason_dup_sentence (bm_reason_find (BM_REASON_PRINTER, first));
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
    [BM_ERROR_CORRUPT] =
      NC_ ("error", "Stored data are damaged. Delete nothing, and telephone the platform"),
    [BM_ERROR_CRYPTO] = NC_ ("error", "A cryptographic step failed"),
    [BM_ERROR_UNSUPPORTED] = NC_ ("error", "This program is too old for it"),
    [BM_ERROR_NOT_FOUND] = NC_ ("error", "There is no such thing"),
    [BM_ERROR_BUSY] = NC_ ("error", "Another program is using it"),
    [BM_ERROR_UNREACHABLE] = NC_ ("error", "It cannot be reached"),
    [BM_ERROR_FULL] =
      NC_ ("error", "The disk is full. Make room on it; what was recorded is kept and still sent"),
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
