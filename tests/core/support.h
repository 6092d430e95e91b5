/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Small helpers of the core tests. */

static inline GBytes *
bytes_from_hex (const char *hex)
{
  GByteArray *array = g_byte_array_new ();

  for (; hex[0] != '\0' && hex[1] != '\0'; hex += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
      g_byte_array_append (array, &byte, 1);
    }
  return g_byte_array_free_to_bytes (array);
}

static inline char *
bytes_to_hex (GBytes *bytes)
{
  gsize len = 0;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return g_string_free (hex, FALSE);
}

static inline void
assert_hex (GBytes *bytes, const char *expected)
{
  g_autofree char *hex = bytes_to_hex (bytes);

  g_assert_cmpstr (hex, ==, expected);
}

static inline GBytes *
bytes_flipped (GBytes *bytes, gsize bit)
{
  gsize len = 0;
  gconstpointer data = g_bytes_get_data (bytes, &len);
  guint8 *copy = g_memdup2 (data, len);

  copy[bit / 8] ^= (guint8) (1u << (bit % 8));
  return g_bytes_new_take (copy, len);
}

/* Up to @max random bytes. */
static inline GBytes *
random_bytes (GRand *rand, guint max)
{
  guint len = (guint) g_rand_int_range (rand, 0, (gint32) max + 1);
  guint8 *data = g_malloc (len + 1);

  for (guint i = 0; i < len; i++)
    data[i] = (guint8) g_rand_int_range (rand, 0, 256);
  return g_bytes_new_take (data, len);
}
