/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/shell/shell.h"

G_BEGIN_DECLS

void bm_test_keys_start (BmShell *shell);
void bm_test_keys_type (const char *text, guint gap_ms);
void bm_test_keys_press (guint key);
void bm_test_keys_hold (guint key, guint ms);
void bm_test_run_for (guint ms);

G_END_DECLS
