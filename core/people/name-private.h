/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gunichar bm_name_map_private_char (gunichar c); /* @c itself when no table has it */
gboolean bm_is_private_use (gunichar c);

G_END_DECLS
