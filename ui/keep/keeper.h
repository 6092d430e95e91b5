/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The file descriptor on which a kept face reports, a line a word. */
#define BM_KEEPER_FD 3

#define BM_KEEPER_DRAWN "drawn" /* its first page is on the screen */
#define BM_KEEPER_ENDED \
  "ended" /* a session is over and it is wiped: somebody else is to take its place */
#define BM_KEEPER_ALIVE "alive" /* its main loop turns */

/* How often a kept face says that it is alive. */
#define BM_KEEPER_ALIVE_SECONDS 5

/* Milliseconds. */
typedef struct
{
  guint rise_ms;       /* a face that has drawn nothing by then is killed */
  guint alive_ms;      /* one that says nothing for so long, too */
  guint leave_ms;      /* one that was asked to go and has not, too */
  guint first_wait_ms; /* before a face that died young is followed by another; doubles each time */
  guint most_wait_ms;
  guint young_ms; /* so long a face is young */
} BmKeeperTimes;

extern const BmKeeperTimes bm_keeper_times;

#define BM_TYPE_KEEPER (bm_keeper_get_type ())
G_DECLARE_FINAL_TYPE (BmKeeper, bm_keeper, BM, KEEPER, GObject)

BmKeeper *bm_keeper_new (const char *const *argv, const BmKeeperTimes *times);
void bm_keeper_start (BmKeeper *self);
void bm_keeper_stop (BmKeeper *self);
gboolean bm_keeper_is_stopped (BmKeeper *self);
gboolean bm_keeper_is_gone (BmKeeper *self);

void bm_keeper_report (const char *word);

int bm_keeper_run (char **argv);

G_END_DECLS
