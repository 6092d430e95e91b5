/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/behalf.h"

#include "core/language/language.h"

#include <string.h>

const char *const bm_behalf_relations[] = { "child",    "spouse",    "parent",
                                            "relative", "neighbour", NULL };

static const char *const words[] = { NC_ ("relation", "Son or daughter"),
                                     NC_ ("relation", "Husband or wife"),
                                     NC_ ("relation", "Father or mother"),
                                     NC_ ("relation", "Another relative"),
                                     NC_ ("relation", "A neighbour") };

const char *
bm_behalf_say_relation (const char *relation)
{
  for (gsize i = 0; relation != NULL && bm_behalf_relations[i] != NULL; i++)
    if (strcmp (bm_behalf_relations[i], relation) == 0)
      return bm_language_translate ("relation", words[i]);
  return "";
}
