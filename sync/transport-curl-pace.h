/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How fast the connections of one transport may send together: see transport-curl-pace.c. */

#define BM_LINE_PACE_WINDOWS 10

typedef struct
{
  GSource *tick;     /* only while something is on the way */
  GHashTable *acked; /* fd -> guint64, bytes acknowledged when last looked at */
  guint64 received;  /* on all of them, in this look */
  guint64 received_before;
  int waiting; /* a connection with something to be moved, or -1 */
  gboolean has_moved;
  gint64 moved_us;  /* when something was acknowledged last */
  gint64 window_us; /* when this window began */
  guint64 window_bytes;
  double rates[BM_LINE_PACE_WINDOWS]; /* bytes a second, in a ring */
  guint n_windows;
  guint
    n_patient; /* of them while nothing but runs was under way: what small calls carry says nothing of the line */
  gboolean is_patient;    /* nobody waits for anything that is under way */
  guint shortest_seen_ms; /* the last round trip known; 0: none */
  GSource *feeder;        /* only while a run waits for room */
  guint n_able;           /* connections that could send when last looked at */
  guint round_trips_ms;
  guint shortest_ms;
} BmLinePace;

/* What was seen of the line is forgotten too: the next time it may be another. */
void bm_line_pace_clear (BmLinePace *self);
void bm_line_pace_note_window (BmLinePace *self, double bytes_per_s);
/* Bytes that the kernel may hold of all connections; G_MAXSIZE: no limit. */
gsize bm_line_pace_get_room (const BmLinePace *self);
/* Bytes a second for each connection; ~0: no limit. */
guint bm_line_pace_get_rate (const BmLinePace *self);

G_END_DECLS
