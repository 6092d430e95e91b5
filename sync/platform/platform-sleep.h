/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <microhttpd.h>

G_BEGIN_DECLS

/*
 * Lets a connection rest without holding a thread: suspends it, and the main loop's timer resumes
 * it. Used by the fault switches only. All functions may be called from any thread.
 */

typedef struct _BmPlatformSleep BmPlatformSleep;

BmPlatformSleep *bm_platform_sleep_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_sleep_free (BmPlatformSleep *self); /* nobody sleeps any more */

void bm_platform_sleep_connection (BmPlatformSleep *self,
                                   struct MHD_Connection *connection,
                                   guint milliseconds);
/* Wakes everybody and lets nobody sleep again: the server is about to stop. */
void bm_platform_sleep_end (BmPlatformSleep *self);

G_END_DECLS
