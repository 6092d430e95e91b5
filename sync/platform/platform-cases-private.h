/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store-links.h"
#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* A case with all that is known of it, while one turn looks at it. Shared by platform-cases.c and
 * platform-links.c; everything under case_mutex. */
typedef struct
{
  BmStoredCase *stored;
  BmStoredLink *link; /* never NULL */
  BmBackendCase *kase;
} BmOpenCase;

void bm_open_case_free (BmOpenCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmOpenCase, bm_open_case_free)

/* platform-cases.c. Inside a transaction. */
BmOpenCase *bm_platform_load_case (BmPlatform *self, gint64 id, GError **error);

/* platform-results.c. Inside a transaction: what was decided, how cases hang together, and the message that tells it. */
#define BM_POLL_INTERVAL_MS (60 * 60 * G_GINT64_CONSTANT (1000))
gboolean bm_platform_keep_decision (BmPlatform *self,
                                    BmOpenCase *open,
                                    const BmDecision *decision,
                                    gboolean is_decided,
                                    GError **error);
gboolean bm_platform_tell_followers (BmPlatform *self,
                                     const BmOpenCase *open,
                                     const BmDecision *decision,
                                     GError **error);
gboolean bm_platform_keep_refusal (BmPlatform *self, BmOpenCase *open, GError **error);

/* platform-withdrawals.c. Under case_mutex: what persons asked for back and whose case is here. */
gboolean bm_platform_settle_withdrawals (BmPlatform *self, GError **error);

/* platform-links.c. Before any case is looked at: the key that makes persons into MACs. */
gboolean bm_platform_ensure_link_key (BmPlatform *self, GError **error);
/* Inside a transaction. The link of a case that has none yet. */
BmStoredLink *
bm_platform_make_link (BmPlatform *self, gint64 id, const BmBackendCase *kase, GError **error);
/* Inside a transaction. Whether the same paper form came before, and as which case. */
gboolean bm_platform_tell_repeat (BmPlatform *self, BmOpenCase *open, GError **error);
void bm_platform_tell_visit (BmPlatform *self, BmOpenCase *open);
/* platform-late.c. When it happened: by the station's clock where that can be believed. */
gint64 bm_platform_believe_time (const BmEntryHeader *header, gint64 received_ms);
/* What the answer to a late entry says besides. */
void bm_platform_add_late (json_t *body, const BmDecision *decision);
/* platform-links.c. Inside a transaction. The answered case that this one reopens, or NULL. */
BmOpenCase *bm_platform_find_reopened (BmPlatform *self, const BmOpenCase *open);

G_END_DECLS
