/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmReasonActor:
 * @BM_REASON_NOBODY: it passes by itself
 * @BM_REASON_HELPER: somebody of the station, with their hands
 * @BM_REASON_SERVICE: somebody who mends printers
 *
 * Who acts on what a printer complains of.
 */
typedef enum
{
  BM_REASON_NOBODY,
  BM_REASON_HELPER,
  BM_REASON_SERVICE,
} BmReasonActor;

/* What a printer's keyword means to people. Sentences are msgids in the context "printer". */
typedef struct
{
  const char *keyword;
  BmReasonActor actor;
  gboolean is_blocking; /* nothing would come out now: a sheet is not given away */
  const char *person;
  const char *helper;
} BmReason;

const BmReason *bm_reason_find (const char *keyword);
const char *bm_reason_say_to_person (const BmReason *self);
const char *bm_reason_say_to_helper (const BmReason *self);
const char *bm_reason_pick_blocking (const char *const *keywords, gboolean has_one_tray);

G_END_DECLS
