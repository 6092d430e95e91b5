/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/device-gate.h"
#include "core/ports/reader.h"

G_BEGIN_DECLS

BmReader *
bm_reader_open (const char *uri, BmDeviceGate *gate, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
