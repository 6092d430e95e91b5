/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Chance for jitter, splay and test choices; keys and nonces come from core/crypto alone. */

#define BM_TYPE_CHANCE (bm_chance_get_type ())
G_DECLARE_INTERFACE (BmChance, bm_chance, BM, CHANCE, GObject)

struct _BmChanceInterface
{
  GTypeInterface parent_iface;

  double (*get_unit) (BmChance *self); /* uniform in [0, 1) */
};

double bm_chance_get_unit (BmChance *self);

BmChance *bm_system_chance_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmChance *bm_seeded_chance_new (guint32 seed) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
