/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What every program of the torture house shares: a seed that everything comes from, a count of what
 * to do, and one line of JSON at the end.
 *
 *   {"what":"R1","seed":7,"cuts":20000,"lost":0,…}
 *
 * A program exits with 0 when nothing was found, 1 when something was, 77 when it cannot run here (and
 * says why in "skipped"). The randomness of keys and nonces comes from the seed, too: the program that
 * links this file brings its own gcry_randomize().
 */

#define TORTURE_FOUND   1
#define TORTURE_SKIPPED 77

typedef struct
{
  guint64 seed;
  guint count;
  char *mutant; /* a defect that the program puts in by itself, or NULL */
  char *folder; /* where it may write, or NULL */
} TortureArguments;

/* Parses --seed, --COUNT_NAME (and --count), --mutant and --folder, and seeds the chance. */
TortureArguments *torture_begin (int *argc, char ***argv, const char *count_name);
/* The same, with options of the program's own: an array that ends with { NULL }, or NULL. */
TortureArguments *
torture_begin_with (int *argc, char ***argv, const char *count_name, const GOptionEntry *more);
void torture_arguments_free (TortureArguments *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TortureArguments, torture_arguments_free)

/* Everything random that follows depends on @seed and @stream alone. */
void torture_seed_chance (guint64 seed, guint64 stream);
GRand *torture_rand_new (guint64 seed, guint64 stream);
/* TRUE once in @n. */
gboolean torture_one_in (GRand *rand, guint n);

/* Says what went wrong, with enough to find it again; the first 20 times. */
void torture_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* Prints the line: pairs of a name and a guint, then NULL. */
void torture_report (const char *what, guint64 seed, ...) G_GNUC_NULL_TERMINATED;
int torture_skip (const char *what, guint64 seed, const char *why);

G_END_DECLS
