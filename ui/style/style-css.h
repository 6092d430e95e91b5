/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

G_BEGIN_DECLS

char *bm_style_css_new (const BmMetrics *metrics) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
