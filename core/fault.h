/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Named points at which a test may let a program die (SIGKILL, as a power cut would). A point is armed
 * only by the environment: BIANMIN_FAULT=name or name:n dies when the point is passed for the n-th
 * time. Without it bm_fault_point() is one comparison. Points used in the product are listed in
 * tests/scenarios/README.md.
 */
void bm_fault_point (const char *name);

G_END_DECLS
