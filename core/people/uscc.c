/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-uscc"

#include "core/people/uscc.h"

#include <string.h>

/**
 * bm_uscc_is_valid:
 * @code: (nullable): text from outside
 *
 * Checks a unified social credit code: its alphabet and its last character.
 *
 * Returns: %TRUE if it checks
 */
gboolean
bm_uscc_is_valid (const char *code)
{
  static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const guint modulus = sizeof alphabet - 1;
  guint weight = 1;
  guint sum = 0;

  if (code == NULL || strnlen (code, BM_USCC_LEN + 1) != BM_USCC_LEN ||
      strspn (code, alphabet) != BM_USCC_LEN)
    return FALSE;
  for (guint i = 0; i < BM_USCC_LEN - 1; i++)
    {
      sum += weight * (guint) (strchr (alphabet, code[i]) - alphabet);
      weight = weight * 3 % modulus;
    }
  return code[BM_USCC_LEN - 1] == alphabet[(modulus - sum % modulus) % modulus];
}
