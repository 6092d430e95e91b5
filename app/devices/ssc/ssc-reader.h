/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/ssc/ssc-calls.h"
#include "core/ports/device-gate.h"
#include "core/ports/reader.h"

G_BEGIN_DECLS

/* Social-security cards in the slots of PC/SC readers. Implements BmReader; README.md says how it behaves. */
#define BM_TYPE_SSC_READER (bm_ssc_reader_get_type ())
G_DECLARE_FINAL_TYPE (BmSscReader, bm_ssc_reader, BM, SSC_READER, GObject)

BmReader *bm_ssc_reader_new (const char *name, BmDeviceGate *gate) G_GNUC_WARN_UNUSED_RESULT;
BmReader *
bm_ssc_reader_new_with_calls (const char *name, const BmSscCalls *calls, BmDeviceGate *gate)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
