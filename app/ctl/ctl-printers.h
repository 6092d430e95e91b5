/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int bm_ctl_printers (char **words, const char *root);

G_END_DECLS
