/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-intake.h"

G_BEGIN_DECLS

#define BM_CODE_NO_RUN        "no-run"
#define BM_CODE_NO_DICTIONARY "no-dictionary"

typedef struct
{
  BmPlatform *platform;
  const BmPlatformStation *station;
  gint64 now_ms;
  GHashTable *epochs; /* guint64* -> how many entries it got */
} BmIntake;

typedef struct
{
  BmAnswerStatus status;
  const char *code;
  const char *reason;
} BmVerdict;

extern const BmVerdict bm_verdict_accepted;

/* Judges an entry whose bytes are stored, and notes what comes of it. FALSE only when the database failed. */
gboolean bm_platform_settle_entry (BmIntake *self,
                                   BmStoredEntry *entry,
                                   const BmEntryHeader *header,
                                   BmVerdict *ret_verdict,
                                   GError **error);

G_END_DECLS
