/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words that a helper wrote for somebody: the one text of a matter that is free. */

#define BM_WRITTEN_MAX 40 /* characters: two lines of the read-back */

gboolean bm_written_takes (gunichar c);
gboolean bm_written_is_fit (const char *text);

G_END_DECLS
