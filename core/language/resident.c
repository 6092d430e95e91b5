/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-language"

#include "core/language/resident.h"

/* The list is read out of the sources when the program is built (po/list-resident). */

static const BmResidentMessage messages[] = {
#include "core/language/resident-messages.inc"
};

const BmResidentMessage *
bm_language_get_resident_messages (guint *ret_count)
{
  *ret_count = G_N_ELEMENTS (messages);
  return messages;
}
