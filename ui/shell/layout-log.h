/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/shell/shell.h"

G_BEGIN_DECLS

/* For tests: where everything that can be pressed lies, and where the focus is. */
void bm_layout_log_open (const char *path, BmShell *shell);
void bm_layout_log_close (void);

G_END_DECLS
