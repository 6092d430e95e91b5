/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-chance"

#include "core/ports/chance.h"

G_DEFINE_INTERFACE (BmChance, bm_chance, G_TYPE_OBJECT)

static void
bm_chance_default_init (BmChanceInterface *iface)
{
}

/**
 * bm_chance_get_unit:
 * @self: a source of chance
 *
 * Draws a number for jitter, splay or a test's choice; never for a key or nonce.
 *
 * Returns: uniform in [0, 1)
 */
double
bm_chance_get_unit (BmChance *self)
{
  g_return_val_if_fail (BM_IS_CHANCE (self), 0.0);

  return BM_CHANCE_GET_IFACE (self)->get_unit (self);
}

/* One implementation for both sources: they differ only in the seed. */

#define BM_TYPE_RAND_CHANCE (bm_rand_chance_get_type ())
G_DECLARE_FINAL_TYPE (BmRandChance, bm_rand_chance, BM, RAND_CHANCE, GObject)

struct _BmRandChance
{
  GObject parent_instance;

  GMutex lock;
  GRand *rand;
};

static double
bm_rand_chance_get_unit (BmChance *chance)
{
  BmRandChance *self = BM_RAND_CHANCE (chance);

  g_mutex_lock (&self->lock);
  double unit = g_rand_double (self->rand);
  g_mutex_unlock (&self->lock);
  return unit;
}

static void
bm_rand_chance_chance_init (BmChanceInterface *iface)
{
  iface->get_unit = bm_rand_chance_get_unit;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmRandChance,
                               bm_rand_chance,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_CHANCE, bm_rand_chance_chance_init))

static void
bm_rand_chance_finalize (GObject *object)
{
  BmRandChance *self = BM_RAND_CHANCE (object);

  g_clear_pointer (&self->rand, g_rand_free);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (bm_rand_chance_parent_class)->finalize (object);
}

static void
bm_rand_chance_class_init (BmRandChanceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_rand_chance_finalize;
}

static void
bm_rand_chance_init (BmRandChance *self)
{
  g_mutex_init (&self->lock);
}

/**
 * bm_system_chance_new:
 *
 * Makes a source that differs at every start.
 *
 * Returns: (transfer full): a source of chance
 */
BmChance *
bm_system_chance_new (void)
{
  BmRandChance *self = g_object_new (BM_TYPE_RAND_CHANCE, NULL);

  self->rand = g_rand_new ();
  return BM_CHANCE (self);
}

/**
 * bm_seeded_chance_new:
 * @seed: the seed
 *
 * Makes a source that repeats itself, for tests and simulations.
 *
 * Returns: (transfer full): a source of chance
 */
BmChance *
bm_seeded_chance_new (guint32 seed)
{
  BmRandChance *self = g_object_new (BM_TYPE_RAND_CHANCE, NULL);

  self->rand = g_rand_new_with_seed (seed);
  return BM_CHANCE (self);
}
