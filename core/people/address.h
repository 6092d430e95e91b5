/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * From an address as people say it to a village's 12-digit code (domain §2.11). The table is data:
 *
 *  { "version": 1, "kind": "divisions", "source": "…",
 *    "divisions": [
 *      { "code": "990121101201", "name": "禾田村", "groups": 6,
 *        "aliases": [ { "name": "老塘大队", "kind": "old" }, … ] } ] }
 *
 * A code has 2, 4, 6, 9 or 12 digits, and the one above it comes first. Aliases of kind "same" are as
 * good as the name; "old", "typo" and "short" ask the person.
 */

#define BM_DIVISION_CODE_LEN      12
#define BM_DIVISION_LEVELS        5
#define BM_DIVISION_FULL_NAME_MAX 100 /* characters */
#define BM_DIVISIONS_MAX          20000
#define BM_ADDRESS_MAX            200 /* characters */

typedef enum
{
  BM_ADDRESS_SURE,    /* one village and nothing contradicts */
  BM_ADDRESS_ASK,     /* one candidate with doubt */
  BM_ADDRESS_UNKNOWN, /* no village is proposed */
} BmAddressConfidence;

typedef struct
{
  BmAddressConfidence confidence;
  char code[BM_DIVISION_CODE_LEN + 1]; /* "" when unknown */
  guint group;                         /* 村民小组, 0 when none was said */
  char *residue;                       /* house number and the like; all of it when unknown */
} BmAddress;

typedef struct _BmDivisions BmDivisions;

BmDivisions *bm_divisions_new (json_t *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmDivisions *bm_divisions_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmDivisions *bm_divisions_ref (BmDivisions *self);
void bm_divisions_unref (BmDivisions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDivisions, bm_divisions_unref)

const char *
bm_divisions_get_name (BmDivisions *self, const char *code); /* of that level alone, or NULL */
/* From one level to the next: 2, 4, 6, 9, 12 digits. */
guint bm_divisions_find_level (const char *code); /* 0 to 4, or BM_DIVISION_LEVELS */
void bm_divisions_cut (char *code);               /* to the level above; of a province to "" */
GPtrArray *bm_divisions_list (BmDivisions *self,
                              const char *above, /* "": the provinces */
                              const char *but) G_GNUC_WARN_UNUSED_RESULT;
char *bm_divisions_dup_full_name (BmDivisions *self, const char *code) G_GNUC_WARN_UNUSED_RESULT;

BmAddress *bm_divisions_parse (BmDivisions *self, const char *text) G_GNUC_WARN_UNUSED_RESULT;

guint bm_address_find_group (const char *text);

void bm_address_free (BmAddress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmAddress, bm_address_free)
const char *bm_address_confidence_to_string (BmAddressConfidence confidence); /* "sure", … */

G_END_DECLS
