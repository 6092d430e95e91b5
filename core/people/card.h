/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_CARD_TEXT_LEN 256 /* GA/T 490: the chip's text block, UTF-16LE */

typedef enum
{
  BM_CARD_CITIZEN,    /* 居民身份证, flag blank */
  BM_CARD_HMT_PERMIT, /* 港澳台居民居住证, flag J */
  BM_CARD_FOREIGNER,  /* 外国人永久居留身份证 2017, flag I */
  BM_CARD_SOCIAL, /* 社保卡: its free files only; no address, no issuer, and nothing proves the chip */
} BmCardKind;

/**
 * BmCard:
 *
 * What the station takes from an ID card: the text block only. The photo is dropped in the driver and
 * fingerprints are never requested. Of a social-security card: name, number, and until when it is valid. All strings are UTF-8, trimmed, and wiped with the card.
 */
typedef struct
{
  gint ref_count;

  BmCardKind kind;
  char *name;           /* normalised: U+00B7, no blanks around hanzi */
  gboolean is_name_cut; /* the chip's 15 UTF-16 units are full: the real name may be longer */
  char *sex;            /* GB/T 2261.1 digit */
  char *ethnic;         /* GB/T 3304 two digits, or "" */
  char *birth;          /* YYYY-MM-DD */
  char *address;
  char *id_number; /* 18 characters, verified check digit; or the foreigner's number */
  char *issuer;
  char *valid_from; /* YYYY-MM-DD */
  char *valid_to;   /* YYYY-MM-DD or 长期; "" where a social-security card says nothing */
} BmCard;

/**
 * bm_card_parse:
 * @text: the 256-byte text block
 * @error: %BM_ERROR_INVALID or %BM_ERROR_UNSUPPORTED (unknown layout flag: "please type it in")
 *
 * Returns: (transfer full): the card
 */
BmCard *bm_card_parse (GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmCard *
bm_card_new_social (const char *name, const char *number, const char *valid_to, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
BmCard *bm_card_ref (BmCard *self);
void bm_card_unref (BmCard *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmCard, bm_card_unref)

/* A person who is not here, by name and number alone: what a letter of authority says of who gave it. */
BmCard *
bm_card_new_named (const char *name, const char *number, const char *address, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The inverse, for simulators and tests: encodes a citizen's card. */
GBytes *bm_card_encode (const BmCard *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
