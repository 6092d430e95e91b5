/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/worker.h"

G_BEGIN_DECLS

/**
 * BmNotify:
 *
 * Tells the service manager that the station is ready, and that it is alive: a sign of life is sent
 * only after the main loop and the watched worker both took their turn. Without a service manager
 * ($NOTIFY_SOCKET unset) it does nothing.
 */
typedef struct _BmNotify BmNotify;

BmNotify *bm_notify_new (BmWorker *watched) G_GNUC_WARN_UNUSED_RESULT;
void bm_notify_free (BmNotify *self); /* says STOPPING=1 */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmNotify, bm_notify_free)

void bm_notify_ready (BmNotify *self);

G_END_DECLS
