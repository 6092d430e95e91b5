/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/store/fixture.h"

G_BEGIN_DECLS

/* A day of a ledger in steps, each one transaction (or a checkpoint), and what the ledger holds in a word. */

#define CRASH_STEPS 40

/* Under a sanitizer everything takes ten times as long: every so many operations have to do. */
#ifdef __SANITIZE_ADDRESS__
#define CRASH_STRIDE 10
#else
#define CRASH_STRIDE 1
#endif

/* FALSE with @error when the store refused it. */
gboolean crash_ledger_step (Ledger *ledger, guint step, GError **error);
/* Withdraws the newest matter, when it still can be: no error when not. */
gboolean crash_ledger_withdraw_newest (Ledger *ledger, GError **error);
/* SM3 over every row of every table, NULL when it cannot be read; but for the one below. */
char *crash_ledger_digest (Ledger *ledger);
/* Up to which row anything may have been handed over: not a step's doing but that of every look at what
 * is next, and so never less than when the last step returned. */
gint64 crash_ledger_get_offered (Ledger *ledger);
/* Whether the whole chain is sound. */
gboolean crash_ledger_is_sound (Ledger *ledger);

G_END_DECLS
