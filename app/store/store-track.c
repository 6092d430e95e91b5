/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/entry/number.h"
#include "core/error.h"

#include <string.h>

/*
 * Where a slip's matter has got to (domain §3.6): status only, for whoever holds the slip or knows
 * its number. No name, no service, no word of the answer.
 *
 * Invariants:
 *  N1  A forged code and a number that nobody has are told alike; a code is always computed, so that
 *      they also take alike.
 *  N2  A code that was given counts: with a wrong one the number alone opens nothing.
 */

#define MAX_SPOKEN 8 /* digits of a counter */

typedef struct
{
  BmStore *self;
  char *text;
} TrackCall;

static void
track_call_free (TrackCall *call)
{
  g_free (call->text);
  g_free (call);
}

void
bm_tracked_free (BmTracked *self)
{
  if (self == NULL)
    return;
  g_free (self->number);
  g_free (self->code);
  g_free (self);
}

static gboolean
is_spoken (const char *text)
{
  const gsize len = strlen (text);

  return len > 0 && len <= MAX_SPOKEN && strspn (text, "0123456789") == len;
}

/* The counter never starts again on a terminal, so that at most one label has it; newest first. */
static char *
find_spoken (BmStore *self, const char *text, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT cases.number FROM epoch JOIN cases "
                   "ON cases.id = epoch.label * 100000000 + ? ORDER BY epoch.id DESC LIMIT 1",
                   error);
  guint64 counter;
  gboolean has_row;

  if (row == NULL)
    return NULL;
  if (!g_ascii_string_to_unsigned (text, 10, 0, 99999999, &counter, NULL))
    return g_strdup ("");
  bm_sql_bind_int (row, 1, (gint64) counter);
  if (!bm_sql_step (self, row, &has_row, error))
    return NULL;
  return g_strdup (has_row ? bm_sql_get_text (row, 0) : "");
}

/* 25 digits; "" when it is nothing of the kind; NULL on an error. @ret_code: what the QR said. */
static char *
parse (BmStore *self, const char *text, char **ret_code, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  char *number = NULL;

  *ret_code = NULL;
  if (is_spoken (trimmed))
    return find_spoken (self, trimmed, error);
  if (bm_number_is_valid (trimmed))
    return g_steal_pointer (&trimmed);
  if (bm_qr_parse (trimmed, NULL, &number, ret_code, NULL))
    return number;
  return g_strdup ("");
}

static gboolean
is_own (BmStore *self, const char *number)
{
  char village[13];
  guint terminal = 0;

  return bm_number_split (number, village, &terminal, NULL, NULL) &&
         g_str_equal (village, self->village) && terminal == self->terminal;
}

/* N1: also without a row, over a hash of nothing. */
static gboolean
check_code (BmStore *self, const char *number, const char *code, const guint8 hash[BM_SM3_LEN])
{
  g_autofree char *right = bm_qr_code (self->terminal_key, number, hash);

  return code == NULL || bm_qr_code_equals (code, right);
}

static gboolean
look_here (BmStore *self, BmTracked *tracked, const char *code, GError **error)
{
  g_autoptr (BmStatement) row =
    bm_sql_borrow (self,
                   "SELECT cases.state, cases.wall_ms, entry.hash FROM cases JOIN entry "
                   "USING (epoch, seq) WHERE cases.id = ?2 AND cases.number = ?1",
                   error);
  guint8 hash[BM_SM3_LEN] = { 0 };
  gboolean has_row;

  if (row == NULL)
    return FALSE;
  bm_sql_bind_text (row, 1, tracked->number);
  bm_sql_bind_int (row, 2, bm_store_case_id (tracked->number));
  if (!bm_sql_step (self, row, &has_row, error))
    return FALSE;
  has_row = has_row && bm_sql_copy_blob (row, 2, hash, sizeof hash);
  if (!check_code (self, tracked->number, code, hash) || !has_row)
    return TRUE;
  tracked->place = BM_TRACKED_HERE;
  tracked->state = (BmCaseState) bm_sql_get_int (row, 0);
  tracked->wall_ms = bm_sql_get_int (row, 1);
  return TRUE;
}

/**
 * bm_store_track:
 * @self: the store, on its worker
 * @text: a slip's QR, 25 digits, or the number as it is spoken
 * @error: return location for an error
 *
 * Returns: (transfer full): what is known here
 */
BmTracked *
bm_store_track (BmStore *self, const char *text, GError **error)
{
  g_autoptr (BmTracked) tracked = g_new0 (BmTracked, 1);
  g_autofree char *code = NULL;

  tracked->place = BM_TRACKED_NONE;
  tracked->number = parse (self, text, &code, error);
  if (tracked->number == NULL)
    return NULL;
  if (*tracked->number != '\0' && !is_own (self, tracked->number))
    {
      tracked->place = BM_TRACKED_ELSEWHERE;
      tracked->code = g_steal_pointer (&code);
      return g_steal_pointer (&tracked);
    }
  if (*tracked->number != '\0' && !look_here (self, tracked, code, error))
    return NULL;
  if (tracked->place == BM_TRACKED_NONE)
    tracked->number[0] = '\0';
  return g_steal_pointer (&tracked);
}

static gboolean
note_asked (BmStore *self, gpointer data, GError **error)
{
  json_t *use = json_pack ("{s:s, s:s}", "use", "track", "by", "");
  gboolean is_noted = bm_store_note_use_of (self, data, use, error);

  json_decref (use);
  return is_noted;
}

static gpointer
track_on_worker (gpointer data, GError **error)
{
  const TrackCall *call = data;
  BmTracked *tracked = bm_store_track (call->self, call->text, error);

  /* Who holds the slip may be anybody: the person sees that it was asked. An answer that can be given is given. */
  if (tracked != NULL && tracked->place == BM_TRACKED_HERE)
    (void) bm_store_transact (call->self, note_asked, tracked->number, NULL);
  return tracked;
}

/**
 * bm_store_track_async:
 * @self: an open store
 * @text: a slip's QR, 25 digits, or the number as it is spoken
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Finds out where a matter has got to.
 */
void
bm_store_track_async (BmStore *self,
                      const char *text,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  TrackCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (text != NULL);

  call = g_new0 (TrackCall, 1);
  call->self = self;
  call->text = g_strdup (text);
  bm_store_run (self, track_on_worker, call, (GDestroyNotify) track_call_free,
                (GDestroyNotify) bm_tracked_free, callback, user_data);
}

/**
 * bm_store_track_finish:
 * @self: the store
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full): what is known here, or %NULL
 */
BmTracked *
bm_store_track_finish (BmStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BM_IS_STORE (self), NULL);

  return bm_worker_run_finish (result, error);
}
