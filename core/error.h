/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmFate:
 * @BM_FATE_RETRY: the same call may succeed later; nobody needs to act.
 * @BM_FATE_ASK: a person has to decide or mend something; nothing is lost meanwhile.
 * @BM_FATE_STOP: promise 1 cannot be kept (disk full, ledger corrupt); no new entry may be taken.
 *
 * What the top of a program does with an error. Decided by error code, never by message text.
 */
typedef enum
{
  BM_FATE_RETRY,
  BM_FATE_ASK,
  BM_FATE_STOP,
} BmFate;

/**
 * BmError:
 * @BM_ERROR_INVALID: input from outside breaks its format or rule.
 * @BM_ERROR_LIMIT: input exceeds its named maximum.
 * @BM_ERROR_CORRUPT: stored or signed bytes do not verify.
 * @BM_ERROR_CRYPTO: a cryptographic operation could not be carried out.
 * @BM_ERROR_UNSUPPORTED: well formed, but of a version or suite this build does not know.
 * @BM_ERROR_NOT_FOUND: the thing asked for does not exist.
 * @BM_ERROR_BUSY: somebody else holds it; try later.
 * @BM_ERROR_UNREACHABLE: device, file or peer does not answer.
 * @BM_ERROR_FULL: no room to keep a promise (disk at its threshold).
 * @BM_ERROR_REFUSED: a rule forbids it (role, kin, witness, revoked).
 * @BM_ERROR_FAILED: anything else.
 *
 * The one error domain that crosses floors. Libraries translate foreign errors (SQLite, curl, errno,
 * libcups) into it at their boundary.
 */
typedef enum
{
  BM_ERROR_INVALID,
  BM_ERROR_LIMIT,
  BM_ERROR_CORRUPT,
  BM_ERROR_CRYPTO,
  BM_ERROR_UNSUPPORTED,
  BM_ERROR_NOT_FOUND,
  BM_ERROR_BUSY,
  BM_ERROR_UNREACHABLE,
  BM_ERROR_FULL,
  BM_ERROR_REFUSED,
  BM_ERROR_FAILED,
} BmError;

#define BM_ERROR (bm_error_quark ())
GQuark bm_error_quark (void);

BmFate bm_error_get_fate (const GError *error);

G_END_DECLS
