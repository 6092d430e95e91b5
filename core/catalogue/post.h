/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the centre has to say to a village: a signed document of kind "notice", the newest of each name.
 *
 *   {"title":"村医疗点换地方", "text":"…", "by":"禾田村村委会", "day":"2026-11-20", "until":"2026-11-30"}
 *
 * It hangs on the board through the day `until`. A notice without "title" is a word to the staff, as before.
 */

#define BM_POST_MAX_TITLE   20
#define BM_POST_MAX_BY      20
#define BM_POST_MAX_TEXT    200
#define BM_WARNING_MAX_TEXT 100
#define BM_POST_MAX_NAME    32 /* an id */

gboolean bm_post_is_for_village (json_t *body);
/* NULL: it can be shown; else a stable word for the platform. */
const char *bm_post_find_fault (const char *name, json_t *body);
/* A document of kind "warning": {"title","text","by","until":"2026-11-21T18:00:00+08:00"}, on the whole screen till then. */
const char *bm_warning_find_fault (const char *name, json_t *body);
/* Whether a warning that can be shown is in force at @wall_ms. */
gboolean bm_warning_holds (json_t *body, gint64 wall_ms);

/* Whether a post that can be shown hangs on @today. */
gboolean bm_post_hangs (json_t *body, gint32 today);

G_END_DECLS
