/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto/crypto.h"

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

/*
 * Packs: what the centre knows of the residents of one village, readable only with the resident
 * (domain §2.21a rule 1). K = Argon2id (ID number, salt of the pack and year); the locator under which a
 * record lies and the key that opens it both derive from K, so that without the number nothing can be
 * found, counted by person, or opened.
 *
 * A pack comes down as signed messages: buckets first, the head last, so that a head always describes
 * buckets that are there.
 *
 *  kind "pack-head", name "benefit":
 *    {"version":1,"pack":"benefit","year":2026,"as_of":"2026-11-18","salt":"<32 hex>","bits":0…8,"count":32}
 *  kind "pack", name "benefit/2026/<bits>/<bucket, 2 hex>":
 *    {"version":1,"pack":"benefit","year":2026,"as_of":"2026-11-18","records":{"<32 hex locator>":"<base64>"}}
 *  kind "due-list", name "<village>": {"version":1,"village":"…","as_of":"…","due":[{"name","group","month"}]}
 *
 * A record is bm_seal (record key, "bianmin pack|<pack>|<year>|<locator>", zstd (JSON)), the JSON padded
 * with blanks to a multiple of BM_PACK_PAD, and the compressed bytes filled up with a skippable frame to
 * another multiple of it, so that the length says little. The bucket of a record is given by the first
 * @bits bits of its locator.
 *
 * A bucket whose records did not change is not sent again: the head's as_of holds for all of them, and
 * the as_of of a bucket or record only says when it was sealed.
 *
 * Record JSON:
 *  {"version":1,"name":"王秀兰","as_of":"2026-11-18","notes":["dup","status","name"],
 *   "pension":{"scheme":"城乡居民","area":"990121","status":"paying|paused|ended|applying","since":"2008-04",
 *     "last":"2025-11","due":"2026-11-30","tail":"0001","year":2026,"year_fen":228400,"why":"",
 *     "months":[{"ym":"2026-11","fen":22840,"base_fen":18000,"account_fen":4840,"other_fen":0,
 *                "paid":"2026-11-15","state":"paid|bank|returned|stopped"}, … newest first, at most 12]}}
 *  "pension" is null for who draws none here. Every key is there; a text that is not known is "". The
 *  parts of a month make its fen.
 *
 *  Beside the pension, and left out for who draws none of it: "civil" (高龄津贴, 低保, 特困, 残疾补贴) and "agri"
 *  (what comes on the 一卡通), one payment a row, newest month first, at most BM_PACK_MAX_ROWS:
 *   "civil":{"area":"990121","status":"paying|paused|ended|applying","due":"","tail":"0021","year":2026,
 *     "year_fen":80000,"why":"","months":[{"ym":"2026-10","what":"elder80","fen":5000,"paid":"2026-10-25",
 *                                          "state":"paid|bank|returned|stopped|notice"}, …]}
 *  "what" is a code that the service's file says in words ("query" → "items"); "notice" is 公示中.
 *
 *  "medical", left out for who is not insured here, is 城乡居民医保 of one year: is it paid, by whom, what is due until when
 *  (0 and "" when nothing is, or it is not known). Of what anybody was treated for there is nothing:
 *   "medical":{"area":"990121","state":"insured|unpaid|assisted","year":2027,"due":"2026-12-31","year_fen":40000}
 */

#define BM_PACK_KIND        "pack"
#define BM_PACK_HEAD_KIND   "pack-head"
#define BM_PACK_DUE_KIND    "due-list"
#define BM_PACK_BENEFIT     "benefit"
#define BM_PACK_LOCATOR_LEN 16
#define BM_PACK_SALT_LEN    16
#define BM_PACK_MAX_BITS    8
#define BM_PACK_PAD         512
#define BM_PACK_MAX_RECORD  (32 * 1024)
#define BM_PACK_MAX_ROWS    20 /* with sum and account they are on one page */
#define BM_PACK_STALE_DAYS  3  /* older than this is said with 这是…以前的 */
#define BM_PACK_KEEP_DAYS   30 /* older than this a pack is not answered from, and removed */

typedef struct
{
  char *pack;
  guint year;
  gint32 as_of; /* day number, core/calendar/day.h */
  guint8 salt[BM_PACK_SALT_LEN];
  guint bits;
  guint count;
} BmPackHead;

BmPackHead *bm_pack_head_parse (GBytes *body, GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *bm_pack_head_to_json (const BmPackHead *self);
void bm_pack_head_free (BmPackHead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPackHead, bm_pack_head_free)

GBytes *bm_pack_head_get_salt (const BmPackHead *self); /* (transfer full): for bm_slow_key() */

/* Where the record of the person behind @slow_key lies, whether or not there is one. */
void bm_pack_locate (const BmPackHead *self,
                     const BmKey *slow_key,
                     guint8 ret_locator[BM_PACK_LOCATOR_LEN]);
/* Name of the message of kind "pack" that holds @locator. */
char *bm_pack_dup_bucket_name (const BmPackHead *self, const guint8 locator[BM_PACK_LOCATOR_LEN]);

/* Whether @record has the shape that this essay says; what is sealed and opened always does. */
gboolean bm_pack_check_record (json_t *record, GError **error);

/* Text for a bucket's "records". */
char *
bm_pack_seal_record (const BmPackHead *self, const BmKey *slow_key, json_t *record, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The person's record, checked for its shape; NULL without @error when the bucket has none. */
json_t *
bm_pack_open_record (const BmPackHead *self, const BmKey *slow_key, GBytes *bucket, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
