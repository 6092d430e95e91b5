/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-error"

#include "core/error.h"

G_DEFINE_QUARK (bm_error, bm_error)

/**
 * bm_error_get_fate:
 * @error: an error of any domain
 *
 * Maps @error to one of the three fates. Errors of a domain that is not ours were not translated at
 * their boundary, which is a defect, so a person is asked.
 *
 * Returns: the fate
 */
BmFate
bm_error_get_fate (const GError *error)
{
  g_return_val_if_fail (error != NULL, BM_FATE_ASK);

  if (error->domain != BM_ERROR)
    return BM_FATE_ASK;
  switch ((BmError) error->code)
    {
    case BM_ERROR_BUSY:
    case BM_ERROR_UNREACHABLE:
      return BM_FATE_RETRY;
    case BM_ERROR_FULL:
    case BM_ERROR_CORRUPT:
      return BM_FATE_STOP;
    case BM_ERROR_INVALID:
    case BM_ERROR_LIMIT:
    case BM_ERROR_CRYPTO:
    case BM_ERROR_UNSUPPORTED:
    case BM_ERROR_NOT_FOUND:
    case BM_ERROR_REFUSED:
    case BM_ERROR_FAILED:
    default:
      return BM_FATE_ASK;
    }
}
