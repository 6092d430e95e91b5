/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/crash/crash-ledger.h"
#include "tests/crash/crash-vfs.h"

G_BEGIN_DECLS

/*
 * A random day of a station on the crash disk: matters of every kind and size, photos, answers, results, print
 * moves, audit, holds, purges, checkpoints, starts. Each step is one transaction (or none).
 *
 * For each step the day knows how many operations the disk had seen when the step returned, and what
 * a ledger opened on everything up to then holds (its digest).
 */

typedef struct
{
  Ledger *ledger;
  CrashDisk *disk;
  GRand *rand;
  GArray *ends;           /* guint: operations recorded when step i had returned */
  GArray *kinds;          /* char: what step i was, as one letter */
  GArray *offered;        /* gint64: up to which row anything may have been handed over, likewise */
  GPtrArray *digests;     /* of what an opened ledger holds before the first step, and after each */
  const char *next_kinds; /* of steps that have to come now */
  guint next_matter;
  gint64 next_message;
} TortureDay;

#define TORTURE_DAY_ANSWER 'a'
#define TORTURE_DAY_SWEEP  's'

TortureDay *torture_day_new (guint64 seed, guint64 stream, const char *synchronous);
void torture_day_free (TortureDay *self);
void torture_day_live (TortureDay *self, guint steps);
/* One more random step on the open ledger; a letter for its kind. */
char torture_day_step (TortureDay *self);
/* One matter; FALSE with @error when it was refused. */
gboolean torture_day_commit (TortureDay *self, GError **error);
/* Steps that had returned before operation @op was done. */
guint torture_day_steps_before (TortureDay *self, guint op);
/* The step after which a ledger holds @digest: one from @first to @last if possible (a later step may undo an
 * earlier one), else any; -1: none. */
gint torture_day_find (TortureDay *self, const char *digest, guint first, guint last);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TortureDay, torture_day_free)

G_END_DECLS
