/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-rate.h"

#include <string.h>

/*
 * Generic cell rate: a bucket is one time, at which it will be full again. A page moves it one interval
 * on; a bucket that would be full later than burst × interval from now is empty.
 *
 * Invariants: the table never holds more than BM_RATE_MAX_ADDRESSES; a refusal costs nobody a page, so
 * that whoever hammers in vain is not punished longer than who waits.
 */

typedef struct
{
  guint8 address[BM_RATE_ADDRESS_LEN];
  gint64 full_ms;
} Bucket;

struct _BmRate
{
  GMutex mutex;
  GHashTable *buckets; /* a set of Bucket, by address */
  gint64 all_full_ms;
};

static guint
hash_address (gconstpointer data)
{
  const guint8 *address = ((const Bucket *) data)->address;
  guint hash = 5381;

  for (guint i = 0; i < BM_RATE_ADDRESS_LEN; i++)
    hash = hash * 33 + address[i];
  return hash;
}

static gboolean
is_same_address (gconstpointer a, gconstpointer b)
{
  return memcmp (((const Bucket *) a)->address, ((const Bucket *) b)->address,
                 BM_RATE_ADDRESS_LEN) == 0;
}

BmRate *
bm_rate_new (void)
{
  BmRate *self = g_new0 (BmRate, 1);

  g_mutex_init (&self->mutex);
  self->buckets = g_hash_table_new_full (hash_address, is_same_address, g_free, NULL);
  return self;
}

void
bm_rate_free (BmRate *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->buckets);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
forget_quietest (BmRate *self)
{
  GHashTableIter iter;
  gpointer key;
  Bucket *quietest = NULL;

  g_hash_table_iter_init (&iter, self->buckets);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (quietest == NULL || ((Bucket *) key)->full_ms < quietest->full_ms)
      quietest = key;
  g_hash_table_remove (self->buckets, quietest);
}

static Bucket *
find_bucket (BmRate *self, const guint8 address[BM_RATE_ADDRESS_LEN])
{
  Bucket wanted = { 0 };
  Bucket *bucket;

  memcpy (wanted.address, address, sizeof wanted.address);
  bucket = g_hash_table_lookup (self->buckets, &wanted);
  if (bucket != NULL)
    return bucket;
  if (g_hash_table_size (self->buckets) >= BM_RATE_MAX_ADDRESSES)
    forget_quietest (self);
  bucket = g_memdup2 (&wanted, sizeof wanted);
  g_hash_table_add (self->buckets, bucket);
  return bucket;
}

/* How long until there is room for one more; 0: now. */
static gint64
get_wait (gint64 full_ms, gint64 now_ms, gint64 burst, gint64 every_ms)
{
  return MAX (MAX (full_ms, now_ms) + every_ms - now_ms - burst * every_ms, 0);
}

gboolean
bm_rate_take (BmRate *self,
              const guint8 address[BM_RATE_ADDRESS_LEN],
              gint64 now_ms,
              guint *ret_wait_s)
{
  Bucket *bucket;
  gint64 wait_ms;

  g_return_val_if_fail (self != NULL && address != NULL && ret_wait_s != NULL, FALSE);

  g_mutex_lock (&self->mutex);
  bucket = find_bucket (self, address);
  wait_ms = MAX (get_wait (bucket->full_ms, now_ms, BM_RATE_BURST, BM_RATE_EVERY_MS),
                 get_wait (self->all_full_ms, now_ms, BM_RATE_ALL_BURST, BM_RATE_ALL_EVERY_MS));
  if (wait_ms == 0)
    {
      bucket->full_ms = MAX (bucket->full_ms, now_ms) + BM_RATE_EVERY_MS;
      self->all_full_ms = MAX (self->all_full_ms, now_ms) + BM_RATE_ALL_EVERY_MS;
    }
  g_mutex_unlock (&self->mutex);
  *ret_wait_s = (guint) ((wait_ms + 999) / 1000);
  return wait_ms == 0;
}

guint
bm_rate_count (BmRate *self)
{
  guint count;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  count = g_hash_table_size (self->buckets);
  g_mutex_unlock (&self->mutex);
  return count;
}
