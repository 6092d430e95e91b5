/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_PINYIN_MAX_LETTERS    30
#define BM_PINYIN_MAX_CANDIDATES 120
#define BM_PINYIN_MAX_CHARACTERS 10 /* of one candidate; longer ones have shorter beginnings */

/* Letters that become characters, by libpinyin; nothing is learned and nothing is kept. */
typedef struct _BmPinyin BmPinyin;

BmPinyin *bm_pinyin_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_pinyin_free (BmPinyin *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPinyin, bm_pinyin_free)

gboolean bm_pinyin_type (BmPinyin *self, char letter);
gboolean bm_pinyin_erase (BmPinyin *self);
const char *bm_pinyin_get_letters (BmPinyin *self);
const char *bm_pinyin_get_syllables (BmPinyin *self);
gboolean bm_pinyin_is_stuck (BmPinyin *self);

guint bm_pinyin_count (BmPinyin *self);
const char *bm_pinyin_get_candidate (BmPinyin *self, guint index);
char *bm_pinyin_choose (BmPinyin *self, guint index) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
