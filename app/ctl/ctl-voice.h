/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/language/table.h"

G_BEGIN_DECLS

/* What a speaker may record. */
typedef struct
{
  char *id; /* context and message, or a place in a service's file */
  char *text;
} BmSlot;

/* @table: NULL for the language of the process */
GPtrArray *bm_ctl_list_slots (const char *catalogue, BmLanguageTable *table, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  const char *name;     /* what people call a new dialect, or NULL */
  const char *language; /* file of another language, whose sentences are recorded, or NULL */
  gboolean wants_html;
} BmVoiceOptions;

/* voice missing DIR DIALECT, voice import DIR DIALECT FILE…; the exit code. */
int bm_ctl_voice (char **words, const BmVoiceOptions *options);

G_END_DECLS
