/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

#define BM_CLIPS_MAX_BYTES  (4 * 1024 * 1024)
#define BM_CLIPS_MAX        8000
#define BM_CLIPS_MANIFEST   "manifest.json"
#define BM_CLIPS_USUAL      "cmn" /* the dialect that is always there */
#define BM_CLIPS_MAX_ID     16
#define BM_CLIPS_MAX_PIECES 2

/*
 * Recorded sentences of one dialect: <voices>/<dialect>/manifest.json and the sound files beside it.
 *
 *   {"version":1, "dialect":"cmn", "name":"普通话",
 *    "clips":[{"id":"page|What would you like to do?", "text":"您想办什么？", "file":"0123456789abcdef.wav"}]}
 *
 * A clip is found by the very sentence it was recorded for, so it is never played for another one.
 */
typedef struct _BmClips BmClips;

BmClips *bm_clips_parse (const char *text, gsize len, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmClips *
bm_clips_load (const char *voices, const char *dialect, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmClips *bm_clips_new (const char *dialect, const char *name) G_GNUC_WARN_UNUSED_RESULT;
void bm_clips_free (BmClips *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmClips, bm_clips_free)

const char *bm_clips_get_dialect (BmClips *self);
const char *bm_clips_get_name (BmClips *self);
guint bm_clips_count (BmClips *self);

/* File names in the order they are played: one, or two where a sentence is a number and a label; 0: none. */
guint
bm_clips_find (BmClips *self, const char *sentence, const char *ret_files[BM_CLIPS_MAX_PIECES]);
const char *
bm_clips_get_text (BmClips *self, const char *id); /* what was recorded under @id, or NULL */
void bm_clips_put (BmClips *self, const char *id, const char *text);
gboolean bm_clips_save (BmClips *self, const char *voices, GError **error);

char *bm_clips_file_for (const char *sentence) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_clips_is_dialect (const char *text);

/* [{"id", "name"}] of the dialects below @voices other than the usual one; faults are logged. */
json_t *bm_clips_list_dialects (const char *voices);

G_END_DECLS
