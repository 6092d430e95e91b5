/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_PACE_MIN_BYTES   (4 * 1024)
#define BM_PACE_FIRST_BYTES (32 * 1024)
#define BM_PACE_MAX_BYTES   (512 * 1024)
#define BM_PACE_AIM_MS      15000 /* of one flight, while its neighbours fly too */
#define BM_PACE_FLIGHTS     6

/**
 * BmPace:
 *
 * How much one request carries and how many are on the way at once, from what the line was seen to do. Pure:
 * it is told, and asked. Bytes are those of records, since that is what the ledger counts in.
 *
 * Several flights fill a line that loses packets far better than one (each waits for its own losses), and a flight
 * of many seconds hides the round trip and the waits for what was lost: on 256 kbit/s, six of 50 KB. Of five, now and then
 * three waited for their answers while the other two had small windows after a loss, and the line stood still. A longer flight
 * only loses more when it breaks, and keeps its rows from being settled.
 * Neighbours are of different lengths: those that left
 * together and are equally long would all wait for their answers together, and the line with them.
 */
typedef struct
{
  gsize bytes;     /* of the next batch */
  gsize max_bytes; /* the platform's word */
  guint max_items;
  guint flights;
  guint n_shares;
  gint64 round_trip_ms; /* the shortest; 0: not known */
  gint64 busy_since_ms;
  gsize seen_bytes;
} BmPace;

void bm_pace_init (BmPace *self);
void bm_pace_set_limits (BmPace *self, gsize max_bytes, guint max_items);
/* A flight of @bytes got through; it took @took_ms. */
void bm_pace_note_through (BmPace *self, gsize bytes, gint64 took_ms);
void bm_pace_note_broken (BmPace *self);
/* How much of a full batch the next one takes, in tenths. */
guint bm_pace_take_share (BmPace *self);
/* The shortest of a connection. */
void bm_pace_note_round_trip (BmPace *self, gint64 round_trip_ms);
/* For the estimate that people see: bytes that got through since the line got busy, at @now_ms. */
void bm_pace_note_busy (BmPace *self, gboolean is_busy, gint64 now_ms);
double bm_pace_get_rate (const BmPace *self, gint64 now_ms); /* bytes/s; 0: too early to say */

G_END_DECLS
