/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Starts this program again with an allocator that leaves nothing of freed memory behind (design §4
 * Memory), unless it runs so already. Call it before anything else: returns only when nothing is to do
 * or the exec failed. */
void bm_process_ensure_clean_memory (char **argv);

/* Keeps what was freed from staying with the process. */
void bm_process_return_memory (void);

/* No core dumps. Outside demo nobody of the same user may read the process' memory either. */
void bm_process_forbid_dumps (gboolean is_demo);

/* Chinese unless LANGUAGE says otherwise; the locale itself is C.UTF-8. */
void bm_process_set_language (const char *language);

G_END_DECLS
