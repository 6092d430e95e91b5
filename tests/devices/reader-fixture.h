/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/reader.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define A_WHILE_MS 1000 /* three looks of the driver */

/* Residents 1 and 2 */
#define WANG "990121194803120028"
#define LI   "990121194211030053"

/* The simulated module on its pseudo terminal, the driver on the other end, and what the driver said. */
typedef struct
{
  char *folder;
  char *tty;
  char *control;
  GSubprocess *module;
  BmReader *reader;

  guint reads;
  guint removals;
  guint failures;
  BmCard *card; /* the last one read */
  int code;     /* of the last failure, -1 before */
} Bench;

void bench_set_up (Bench *self, gconstpointer unused);
void bench_tear_down (Bench *self, gconstpointer unused);

void bench_start (Bench *self);
void bench_start_leased (Bench *self);
void bench_start_module (Bench *self);
void bench_open_reader (Bench *self);
void bench_watch_reader (Bench *self, BmReader *reader); /* (transfer full) */
void
bench_spawn (Bench *self, const char *const *command); /* a module, and waits for its control */
char *bench_get_residents (void);
void bench_order (Bench *self, const char *verb);
char *bench_ask (Bench *self, const char *verb); /* what follows "ok" */

/* Both turn the main loop; a wait that takes too long fails the test. */
void bench_wait_count (const guint *count, guint wanted);
void bench_wait_state (Bench *self, BmReaderState wanted);
void bench_run (guint ms);

G_END_DECLS
