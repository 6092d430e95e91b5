/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/shell/shell.h"

void bm_test_check_letters (BmShell *shell, double pitch, double distance, const char *where);
