/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/station-config.h"
#include "core/ports/clock.h"

G_BEGIN_DECLS

/**
 * BmDemoState:
 *
 * What a demonstration did to the world of one station: how far its clock was moved, and whether its
 * line is cut. It lies in the run folder, so that a station that was killed comes back into the same
 * world. Outside demo nothing of this exists.
 */
typedef struct _BmDemoState BmDemoState;

BmDemoState *bm_demo_state_new (const BmConfig *config) G_GNUC_WARN_UNUSED_RESULT;
void bm_demo_state_free (BmDemoState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDemoState, bm_demo_state_free)

BmClock *bm_demo_state_get_clock (BmDemoState *self);
gboolean bm_demo_state_is_link_up (BmDemoState *self);

/* Each is on disk when it returns. */
gboolean bm_demo_state_advance (BmDemoState *self, gint64 ms, GError **error);
gboolean bm_demo_state_set_wall (BmDemoState *self, gint64 wall_ms, GError **error);
gboolean bm_demo_state_set_link (BmDemoState *self, gboolean is_up, GError **error);

G_END_DECLS
