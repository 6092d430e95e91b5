/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/ssc/ssc-calls.h"
#include "core/people/card.h"
#include "core/ports/device-gate.h"

G_BEGIN_DECLS

/* The readers that pcscd knows: blocking calls, for the driver's worker alone. */
typedef struct _BmSscSlots BmSscSlots;

typedef enum
{
  BM_SSC_LOST,      /* no pcscd, or it went away: to be opened again */
  BM_SSC_FORBIDDEN, /* pcscd does not let this user in: needs a person */
  BM_SSC_NONE,      /* no reader of that name */
  BM_SSC_REFUSED,   /* there is one, and it may not be used here */
  BM_SSC_EMPTY,
  BM_SSC_CARD,
} BmSscSight;

BmSscSlots *bm_ssc_slots_new (const char *name, const BmSscCalls *calls, BmDeviceGate *gate)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_ssc_slots_free (BmSscSlots *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmSscSlots, bm_ssc_slots_free)

BmSscSight bm_ssc_slots_look (BmSscSlots *self, gboolean *ret_is_new);
BmCard *bm_ssc_slots_read (BmSscSlots *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
