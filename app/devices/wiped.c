/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-devices"

#include "app/devices/wiped.h"

#include "core/crypto/crypto.h"

typedef struct
{
  guint8 *data;
  gsize len;
} Wiped;

static void
free_wiped (gpointer data)
{
  Wiped *wiped = data;

  bm_wipe (wiped->data, wiped->len);
  g_free (wiped->data);
  g_free (wiped);
}

GBytes *
bm_wiped_dup (const guint8 *data, gsize len)
{
  Wiped *wiped = g_new0 (Wiped, 1);

  wiped->data = g_memdup2 (data, len);
  wiped->len = len;
  return g_bytes_new_with_free_func (wiped->data, len, free_wiped, wiped);
}
