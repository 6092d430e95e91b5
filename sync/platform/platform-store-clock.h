/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store.h"

G_BEGIN_DECLS

/* At @boot_ms of a boot the centre's clock stood between @lo and @hi; @lo counts only for an anchor. */
typedef struct
{
  gboolean is_anchor;
  gint64 boot_ms;
  gint64 lo;
  gint64 hi;
} BmClockSample;

gboolean bm_platform_store_add_sample (BmPlatformStore *self,
                                       guint32 kiosk,
                                       GBytes *boot_id,
                                       const BmClockSample *sample,
                                       GError **error);
GArray *bm_platform_store_list_samples (BmPlatformStore *self,
                                        guint32 kiosk,
                                        GBytes *boot_id,
                                        GError **error);

typedef void (*BmEntryFunc) (const BmEntryHeader *header, gint64 received_ms, gpointer data);
/* Every entry of an epoch in the order of its chain. */
gboolean bm_platform_store_each_entry (BmPlatformStore *self,
                                       guint32 kiosk,
                                       guint64 epoch,
                                       BmEntryFunc function,
                                       gpointer data,
                                       GError **error);

G_END_DECLS
