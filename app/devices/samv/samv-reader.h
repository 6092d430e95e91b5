/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/device-gate.h"
#include "core/ports/reader.h"

G_BEGIN_DECLS

/* A SAM-V module behind a serial line. Implements BmReader; README.md has the frames. */
#define BM_TYPE_SAMV_READER (bm_samv_reader_get_type ())
G_DECLARE_FINAL_TYPE (BmSamvReader, bm_samv_reader, BM, SAMV_READER, GObject)

BmReader *bm_samv_reader_new (const char *path, BmDeviceGate *gate) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
