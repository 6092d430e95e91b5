/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store.h"

G_BEGIN_DECLS

/* What persons asked for back. A row is made with the entry that asks, and settled once. */

typedef struct
{
  gint64 entry; /* the one that asks */
  guint32 kiosk;
  guint64 epoch; /* of the matter */
  guint64 seq;
  char *number;
  char *hash;  /* of the matter's record, hex */
  char *state; /* "" waits; "withdrawn", "refused"; "void": of no case of this person */
} BmStoredWithdrawal;

void bm_stored_withdrawal_free (BmStoredWithdrawal *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStoredWithdrawal, bm_stored_withdrawal_free)

extern const char bm_platform_store_schema_withdrawals[];

gboolean bm_platform_store_add_withdrawal (BmPlatformStore *self,
                                           const BmStoredWithdrawal *withdrawal,
                                           GError **error);
BmStoredWithdrawal *
bm_platform_store_get_withdrawal (BmPlatformStore *self, gint64 entry, GError **error);
/* Those that wait and whose matter's entry is here. Array of gint64. */
GArray *bm_platform_store_list_withdrawals (BmPlatformStore *self, GError **error);
gboolean bm_platform_store_settle_withdrawal (BmPlatformStore *self,
                                              gint64 entry,
                                              const char *state,
                                              const char *code,
                                              gint64 now_ms,
                                              GError **error);
/* Why case @id was not given back, or NULL. */
char *bm_platform_store_dup_refusal (BmPlatformStore *self, gint64 id, GError **error);

G_END_DECLS
