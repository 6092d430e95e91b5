/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store-withdrawals.h"
#include "sync/platform/platform.h"

G_BEGIN_DECLS

typedef enum
{
  BM_MATTER_FITS,
  BM_MATTER_ABSENT,  /* not here, or not judged: it may come */
  BM_MATTER_OTHER,   /* what lies there is another record, or no matter */
  BM_MATTER_FOREIGN, /* another person handed it in */
  BM_MATTER_REFUSED, /* the platform did not take it */
} BmMatterFit;

/* The payload of a row that asks for a matter back; NULL when it is none. */
BmStoredWithdrawal *bm_platform_read_withdrawal (json_t *payload, const BmStoredEntry *entry);
/* Inside a transaction. @header: of the row that asks. FALSE only when the database failed. */
gboolean bm_platform_find_wanted (BmPlatform *self,
                                  const BmStoredWithdrawal *withdrawal,
                                  const BmEntryHeader *header,
                                  gint64 *ret_case,
                                  BmMatterFit *ret_fit,
                                  GError **error);

G_END_DECLS
