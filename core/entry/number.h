/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto/crypto.h"
#include "core/entry/entry.h"

G_BEGIN_DECLS

/* Tracking numbers and QR texts: domain §2.8, vectors §7. */

#define BM_QR_CODE_LEN 8

/* village: 12 digits; terminal, epoch_label: 1-99; counter: 1-99999999. NULL on a value out of range. */
char *bm_number_new (const char *village, guint terminal, guint epoch_label, guint32 counter);
gboolean bm_number_is_valid (const char *number); /* 25 digits, ISO 7064 MOD 11,10 */
gboolean bm_number_split (const char *number,
                          char ret_village[13],
                          guint *ret_terminal,
                          guint *ret_epoch_label,
                          guint32 *ret_counter);
char *bm_number_group (const char *number); /* "990121101201 01 01 00000007 0" */

/* A paper form of a day without power: "01 01 0007 3". terminal, epoch_label: 1-99; serial: 1-9999. NULL on a
 * value out of range. */
char *bm_form_number_new (guint terminal, guint epoch_label, guint serial);
/* As it was typed, with or without the blanks. FALSE: it is none, or its check digit is another one. */
gboolean bm_form_number_split (const char *form,
                               guint *ret_terminal,
                               guint *ret_epoch_label,
                               guint *ret_serial);

/* entry_hash: NULL or 32 bytes. */
char *bm_qr_code (const BmKey *terminal_key, const char *number, const guint8 *entry_hash);
/* Looks at every character, wherever the first difference is. Codes of BM_QR_CODE_LEN. */
gboolean bm_qr_code_equals (const char *code, const char *other);
char *bm_qr_text (const char *host, const char *number, const char *code); /* HTTPS://HOST/T/n.c */
/* Folds case; accepts any host. Errors: BM_ERROR_INVALID. */
gboolean
bm_qr_parse (const char *text, char **ret_host, char **ret_number, char **ret_code, GError **error);

G_END_DECLS
