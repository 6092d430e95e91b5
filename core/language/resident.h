/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One message of the program that a resident can come to see: on a page, around it, or on paper. */
typedef struct
{
  const char *context; /* "" for none */
  const char *message;
  const char *where; /* for translators: "page witness, slip" */
  gboolean is_face;  /* made by the face, which the station hands the words */
} BmResidentMessage;

const BmResidentMessage *bm_language_get_resident_messages (guint *ret_count);

G_END_DECLS
