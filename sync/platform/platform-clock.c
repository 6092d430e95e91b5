/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-clock.h"

#include "sync/platform/platform-store-clock.h"

#include <string.h>

/*
 * The centre's time of an entry.
 *
 *   boot k:   start ───── entry ─── hello ─── entry ────┐          offset = centre's clock - boot clock
 *   boot k+1:                                           └ start ── entry …
 *
 * Within a boot all times are one unknown, its offset. An anchor (the station's own measure of our clock, half
 * a round trip wide) bounds it on both sides; the arrival of a hello or of an entry from above, since nothing
 * comes before it happened. Boots follow one another as their entries do in the chain, so the last entry of
 * one is not after the start of the next. The machine's wall clock is never used.
 *
 * Invariants:
 *  T1  An interval is as wide as what is not known: each step only takes away what cannot be.
 *  T2  The boot clock may be wrong by DRIFT; an anchor far away is worth less than one nearby.
 */

#define DRIFT_PER_MILLION 100 /* of the boot clock: ten times a bad crystal's */
#define MAX_BOOTS         100000

gboolean
bm_platform_note_clock (BmPlatform *self, const BmHello *hello, GError **error)
{
  g_autoptr (GBytes) boot_id = NULL;
  gint64 now_ms;
  BmClockSample arrival, anchor;

  g_return_val_if_fail (self != NULL && hello != NULL, FALSE);

  boot_id = g_bytes_new (hello->boot_id, BM_BOOT_ID_LEN);
  now_ms = bm_platform_now (self);
  arrival = (BmClockSample){ FALSE, hello->boot_ms, 0, now_ms };
  if (!bm_platform_store_add_sample (self->store, hello->kiosk, boot_id, &arrival, error))
    return FALSE;
  if (!hello->has_anchor || hello->anchor_boot_ms > hello->boot_ms ||
      hello->anchor_server_ms > now_ms)
    return TRUE; /* it never saw such an answer of ours */
  anchor = (BmClockSample){ TRUE, hello->anchor_boot_ms,
                            hello->anchor_server_ms - hello->anchor_uncertainty_ms,
                            hello->anchor_server_ms + hello->anchor_uncertainty_ms };
  return bm_platform_store_add_sample (self->store, hello->kiosk, boot_id, &anchor, error);
}

/* A boot as far as its entries in one epoch tell. */
typedef struct
{
  guint8 id[BM_BOOT_ID_LEN];
  guint64 first_seq;
  gint64 first_ms, last_ms; /* boot clock of its first and last entry */
  gint64 lo, hi;            /* of its offset; lo may be BM_TIME_UNKNOWN */
  GArray *samples;          /* of BmClockSample */
} Boot;

static void
boot_clear (gpointer data)
{
  Boot *boot = data;

  g_clear_pointer (&boot->samples, g_array_unref);
}

static gint64
drift (gint64 from_ms, gint64 to_ms)
{
  return ABS (from_ms - to_ms) / 1000000 * DRIFT_PER_MILLION +
         ABS (from_ms - to_ms) % 1000000 * DRIFT_PER_MILLION / 1000000;
}

static void
collect (const BmEntryHeader *header, gint64 received_ms, gpointer data)
{
  GArray *boots = data;
  Boot *boot = boots->len > 0 ? &g_array_index (boots, Boot, boots->len - 1) : NULL;

  if (boot == NULL || memcmp (boot->id, header->boot_id, BM_BOOT_ID_LEN) != 0)
    {
      Boot next = { .first_seq = header->seq,
                    .first_ms = header->boot_ms,
                    .lo = BM_TIME_UNKNOWN,
                    .hi = G_MAXINT64 };

      if (boots->len >= MAX_BOOTS)
        return;
      memcpy (next.id, header->boot_id, BM_BOOT_ID_LEN);
      g_array_append_val (boots, next);
      boot = &g_array_index (boots, Boot, boots->len - 1);
    }
  boot->last_ms = header->boot_ms;
  boot->hi = MIN (boot->hi, received_ms - header->boot_ms);
}

/* What the samples say of the offset at @boot_ms. */
static void
narrow (const Boot *boot, gint64 boot_ms, gint64 *lo, gint64 *hi)
{
  for (guint i = 0; i < boot->samples->len; i++)
    {
      const BmClockSample *sample = &g_array_index (boot->samples, BmClockSample, i);
      gint64 slack = drift (sample->boot_ms, boot_ms);

      *hi = MIN (*hi, sample->hi - sample->boot_ms + slack);
      if (sample->is_anchor)
        *lo = MAX (*lo, sample->lo - sample->boot_ms - slack);
    }
}

static gboolean
load_samples (BmPlatform *self, guint32 kiosk, GArray *boots, GError **error)
{
  for (guint i = 0; i < boots->len; i++)
    {
      Boot *boot = &g_array_index (boots, Boot, i);
      g_autoptr (GBytes) id = g_bytes_new (boot->id, BM_BOOT_ID_LEN);

      boot->samples = bm_platform_store_list_samples (self->store, kiosk, id, error);
      if (boot->samples == NULL)
        return FALSE;
    }
  return TRUE;
}

/* Forwards: a boot begins after the last entry of the one before. Backwards: its last entry is before the
 * next one's start. */
static void
bound_by_neighbours (GArray *boots)
{
  for (guint i = 0; i < boots->len; i++)
    {
      Boot *boot = &g_array_index (boots, Boot, i);

      boot->hi += boot->hi != G_MAXINT64 ? drift (boot->first_ms, boot->last_ms) : 0;
    }
  for (guint i = 1; i < boots->len; i++)
    {
      const Boot *before = &g_array_index (boots, Boot, i - 1);
      Boot *boot = &g_array_index (boots, Boot, i);
      gint64 lo = before->lo, hi = G_MAXINT64;

      narrow (before, before->last_ms, &lo, &hi);
      if (lo != BM_TIME_UNKNOWN)
        boot->lo = MAX (boot->lo, lo + before->last_ms - drift (0, boot->last_ms));
    }
  for (guint i = boots->len; i > 1; i--)
    {
      const Boot *after = &g_array_index (boots, Boot, i - 1);
      Boot *boot = &g_array_index (boots, Boot, i - 2);
      gint64 lo = BM_TIME_UNKNOWN, hi = after->hi;

      narrow (after, 0, &lo, &hi);
      if (hi != G_MAXINT64)
        boot->hi = MIN (boot->hi, hi - boot->last_ms + drift (boot->first_ms, boot->last_ms));
    }
}

typedef struct
{
  const GArray *boots;
  guint at; /* the boot of the last entry */
  guint64 first, last;
  guint max;
  GArray *times;
} Listing;

static void
list_one (const BmEntryHeader *header, gint64 received_ms, gpointer data)
{
  Listing *listing = data;
  const Boot *boot;
  gint64 lo, hi;
  BmEntryTime time = { header->seq, BM_TIME_UNKNOWN, received_ms, TRUE };

  while (listing->at + 1 < listing->boots->len &&
         g_array_index (listing->boots, Boot, listing->at + 1).first_seq <= header->seq)
    listing->at++;
  if (header->seq < listing->first || header->seq > listing->last ||
      listing->times->len >= listing->max)
    return;
  boot = &g_array_index (listing->boots, Boot, listing->at);
  lo = boot->lo;
  hi = boot->hi;
  narrow (boot, header->boot_ms, &lo, &hi);
  if (lo != BM_TIME_UNKNOWN)
    time.lo = lo + header->boot_ms;
  time.hi = MIN (received_ms, hi + header->boot_ms);
  time.is_consistent = time.lo <= time.hi;
  g_array_append_val (listing->times, time);
}

GArray *
bm_platform_list_times (BmPlatform *self,
                        guint32 kiosk,
                        guint64 epoch,
                        guint64 first,
                        guint64 last,
                        guint max,
                        GError **error)
{
  g_autoptr (GArray) boots = g_array_new (FALSE, TRUE, sizeof (Boot));
  g_autoptr (GArray) times = g_array_new (FALSE, TRUE, sizeof (BmEntryTime));
  Listing listing = { boots, 0, first, last, max, times };

  g_return_val_if_fail (self != NULL, NULL);

  g_array_set_clear_func (boots, boot_clear);
  if (!bm_platform_store_each_entry (self->store, kiosk, epoch, collect, boots, error) ||
      !load_samples (self, kiosk, boots, error))
    return NULL;
  bound_by_neighbours (boots);
  if (boots->len > 0 &&
      !bm_platform_store_each_entry (self->store, kiosk, epoch, list_one, &listing, error))
    return NULL;
  return g_steal_pointer (&times);
}
