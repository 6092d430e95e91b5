/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/volumes-private.h"

#include "app/station/words.h"
#include "core/error.h"

#include <glib/gi18n-lib.h>

/*
 * How it went, in one or two sentences: what happened, that nothing is lost, what to do next. "On the
 * stick" is never called sent: that is said by the answer that comes back.
 */

static char *
say_export (BmVolumes *self)
{
  if (self->entries == 0 && self->blobs == 0)
    return g_strdup (C_ ("stick", "Nothing waits to be taken along. The stick brings back what the "
                                  "centre has for this station."));
  /* Translators: entries, then photographs. */
  return g_strdup_printf (C_ ("stick", "%1$u entries and %2$u photographs are on the stick. They "
                                       "count as sent only when the answer is brought back."),
                          (guint) self->entries, (guint) self->blobs);
}

static char *
say_import (BmVolumes *self)
{
  const guint refused = (guint) json_array_size (self->refused);

  if (self->volumes == 0 && refused == 0)
    return g_strdup (C_ ("stick", "There is no answer on this stick yet."));
  if (refused == 0)
    /* Translators: answers, then messages. */
    return g_strdup_printf (C_ ("stick", "Brought back: %1$u answers, %2$u messages."),
                            self->answers, self->messages);
  /* Translators: answers, messages, files that were not taken. */
  return g_strdup_printf (C_ ("stick",
                              "Brought back: %1$u answers, %2$u messages. %3$u files could "
                              "not be taken; what they are about stays here."),
                          self->answers, self->messages, refused);
}

static const char *
say_trouble (const GError *error)
{
  switch (error->code)
    {
    case BM_ERROR_NOT_FOUND:
      return C_ ("stick",
                 "There is no stick, or nothing of ours on it. Nothing is lost: look whether "
                 "it is the right one, and start once more.");
    case BM_ERROR_FULL:
      return C_ ("stick",
                 "There is not enough room on the stick. Nothing is lost: take a larger or an "
                 "empty one, and start once more.");
    case BM_ERROR_REFUSED:
      return C_ ("stick",
                 "This stick cannot be written to; perhaps its lock is on. Nothing is lost: "
                 "open the lock or take another one, and start once more.");
    case BM_ERROR_LIMIT:
      return C_ ("stick",
                 "It is too much for one time. Nothing is lost: first take along what is due "
                 "soon.");
    default:
      return C_ ("stick",
                 "The stick was pulled out, or it does not work. Nothing is lost: put it in "
                 "again, and start once more.");
    }
}

char *
bm_volumes_dup_sentence (BmVolumes *self)
{
  if (self->state == BM_VOLUMES_FAILED)
    return self->is_of_ledger ? bm_words_dup_sentence (self->error)
                              : g_strdup (say_trouble (self->error));
  if (self->state == BM_VOLUMES_WORKING)
    return g_strdup (self->job == BM_VOLUMES_JOB_EXPORT
                       ? C_ ("stick", "It is being written. Leave the stick in.")
                       : C_ ("stick", "It is being read. Leave the stick in."));
  if (self->state == BM_VOLUMES_DONE)
    return self->job == BM_VOLUMES_JOB_EXPORT ? say_export (self) : say_import (self);
  return g_strdup ("");
}

char *
bm_volumes_dup_refusal (const char *code)
{
  static const struct
  {
    const char *code;
    const char *sentence;
  } table[] = {
    { "not-whole", NC_ ("stick", "This file is not whole: the stick was pulled out while it was "
                                 "written. Have it written once more.") },
    { "changed", NC_ ("stick", "This file was changed on its way. It is not taken.") },
    { "foreign", NC_ ("stick", "This file is for another station. It is not taken.") },
    { "unknown-export",
      NC_ ("stick", "This file answers to something that this machine did not take "
                    "along. It is not taken.") },
    { "waits",
      NC_ ("stick", "A file that comes before this one is missing. Its answers were taken; "
                    "the rest comes with the line or with the missing file.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].code, code))
      return g_strdup (g_dpgettext2 (GETTEXT_PACKAGE, "stick", table[i].sentence));
  return g_strdup (code);
}
