/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's entry. A target asserts what must hold for every input. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
