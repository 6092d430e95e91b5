/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/bus/bus-server.h"

#include <jansson.h>

G_BEGIN_DECLS

/**
 * BmPageSender:
 *
 * The present page of one seat and its revision, on the way to the faces.
 *
 * Invariants:
 *  P1  The revision grows, over restarts of the station too, because it begins at the boot clock.
 *  P2  An intent counts only for the page it was made on. Pages that differ in nothing but clock,
 *      countdown, level, a card to be taken away, speech (it says what stands there), what 待机 and 首页 say of the line, or what the desk is told
 *      of devices and of what waits ask the same, so a tap on one of them is not stale.
 *  P3  A replaced page is wiped.
 */
typedef struct _BmPageSender BmPageSender;

BmPageSender *bm_page_sender_new (BmBusServer *server, gint64 boot_ms) G_GNUC_WARN_UNUSED_RESULT;
void bm_page_sender_free (BmPageSender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPageSender, bm_page_sender_free)

void bm_page_sender_show (BmPageSender *self, json_t *page);           /* to every attached face */
void bm_page_sender_greet (BmPageSender *self, GDBusConnection *peer); /* the present page again */
void bm_page_sender_wipe (BmPageSender *self);
/* Whether an intent made on @rev is for the present page; if not, @peer gets that page. */
gboolean bm_page_sender_accepts (BmPageSender *self, GDBusConnection *peer, guint64 rev);
guint64 bm_page_sender_get_rev (BmPageSender *self);

/* An intent that follows its schema, or NULL. */
json_t *bm_intent_parse (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
