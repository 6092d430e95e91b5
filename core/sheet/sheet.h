/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * A sheet is data (invariant 8: rendered only from its stored model and rendering version). JSON:
 *
 *  { "version": 1, "kind": "registration"|"result"|"query"|…, "title": "登记凭条",
 *    "station": "禾田村便民服务站", "demo": true,
 *    "blocks": [
 *      {"type":"states","reached":1},                      three discs 记下 送到 办完; 1..3 reached
 *      {"type":"taken-back","done":true},                  in their place on a 撤回单; false: only asked for
 *      {"type":"rule"},                                    a line across
 *      {"type":"pair","label":"姓名","value":"王*兰","strong":false},   "\n" in value breaks
 *      {"type":"text","text":"…","size":"small|body|lead|hero","strong":true,"align":"left|center"},
 *      {"type":"boxed","text":"给您记下了，还没办完","size":"lead"},
 *      {"type":"number","ask":"打电话请说","place":"禾田村 1号机","figure":"7号",
 *                       "number":"","qr":""},              filled inside the commit
 *      {"type":"signature","label":"签名","drawing":"base64"},   strokes without times (core/strokes), or
 *                                                          "": room for a finger-print and a witness
 *      {"type":"gap","mm":3}
 *    ] }
 *
 * strong, align and size may be left out; everything else is required. "{number}" inside a text or a
 * value becomes the grouped number when the sheet is filled; "{form}" the number of a paper form, when the store
 * takes the sheet.
 *
 * A sheet for somebody who reads another language carries both: the Chinese, which is the official text, as
 * above, and what of it is said otherwise in that language. Then "version" is 2 and there are, besides,
 *
 *  of the sheet  "translation": {"language":"en", "title":"Registration slip"}      title may be left out
 *  of a block    "translation": {"label":"Name", …}     any of label value text ask place figure that it has
 *
 * What the layout says by itself (discs, copy, finger-print, demonstration) is said in "language", too.
 */

#define BM_SHEET_VERSION           1
#define BM_SHEET_VERSION_BILINGUAL 2
#define BM_SHEET_MAX_BLOCKS        80

gboolean
bm_sheet_check (json_t *sheet, GError **error); /* strict: unknown type or key is an error */

/* Fills every "number" block and "{number}"; returns a new model. Called inside the commit, on the
 * store worker. */
json_t *bm_sheet_fill (json_t *sheet, const char *number, const char *qr, const char *figure);

/* Whether "{form}" stands on it; and the same sheet with @form in its place. */
gboolean bm_sheet_wants_form (json_t *sheet);
json_t *bm_sheet_fill_form (json_t *sheet, const char *form);

/* The second language of a bilingual sheet; NULL of one that is Chinese only. */
const char *bm_sheet_get_language (json_t *sheet);

/* Makes @sheet bilingual: @other is the same sheet, block for block, in @language. */
void bm_sheet_add_translation (json_t *sheet, json_t *other, const char *language);

/* What stands below @block in the second language, in one piece; NULL when nothing does. */
char *bm_sheet_dup_translation (json_t *block);

/* Everything a person can read on it, line by line, for scenarios, speech and "what is on this paper". */
char *bm_sheet_to_text (json_t *sheet, guint copy);

G_END_DECLS
