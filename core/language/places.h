/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A translation of a message holds the same places as the message: %s, %2$u, {name}. They are filled by the
 * program, with printf among others: one too many reads memory that is not there. */
gboolean bm_places_check (const char *message, const char *words, GError **error);

/* The same, and that it is text of a reasonable length for the page that @message was made for. */
gboolean bm_language_check_words (const char *message, const char *words, GError **error);

/* How long a translation of @message may be: what the pages are proven to hold (tests/ui, ui-pages-long). */
guint bm_language_get_max_chars (const char *message);
guint
bm_language_count_chars (const char *text); /* what stands on its own: no marks upon letters */

G_END_DECLS
