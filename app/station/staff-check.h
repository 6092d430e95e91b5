/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/roster.h"
#include "app/store/store.h"

G_BEGIN_DECLS

/* What came of checking a helper's number and PIN. */
typedef struct
{
  BmStaffVerdict verdict;
  gint64 wait_ms; /* LOCKED: until the next try counts */
} BmStaffResult;

/* @tag: the subject, or NULL; with @as_witness the role may witness and the helper must not be kin. */
void bm_staff_check_async (BmStore *store,
                           BmRoster *roster,
                           const char *staff,
                           const char *pin,
                           const guint8 *tag,
                           gboolean as_witness,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean bm_staff_check_finish (GAsyncResult *result, BmStaffResult *ret_result, GError **error);

G_END_DECLS
