/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a speaker may record. */
typedef struct
{
  char *id; /* context and message, or a place in a service's file */
  char *text;
} BmSlot;

GPtrArray *bm_ctl_list_slots (const char *catalogue, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* voice missing DIR DIALECT, voice import DIR DIALECT FILE…; the exit code. */
int bm_ctl_voice (char **words, const char *catalogue, const char *name, gboolean wants_html);

G_END_DECLS
