/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/protocol-columns.h"

/* Numbers as varints, and reading without ever going past the end. */

#define VARINT_MAX 10

void
bm_put_varint (GByteArray *out, guint64 value)
{
  guint8 byte;

  do
    {
      byte = (guint8) (value & 0x7f);
      value >>= 7;
      if (value != 0)
        byte |= 0x80;
      g_byte_array_append (out, &byte, 1);
    }
  while (value != 0);
}

guint64
bm_zigzag (guint64 difference)
{
  return difference << 1 ^ (difference >> 63 ? G_MAXUINT64 : 0);
}

guint64
bm_unzigzag (guint64 value)
{
  return value >> 1 ^ (value & 1 ? G_MAXUINT64 : 0);
}

/* Differences wrap, so that every pair of values has one. */
void
bm_put_delta (GByteArray *out, guint64 value, guint64 before)
{
  bm_put_varint (out, bm_zigzag (value - before));
}

const guint8 *
bm_take_bytes (BmReader *self, gsize len)
{
  const guint8 *at = self->at;

  if (self->is_broken || self->left < len)
    {
      self->is_broken = TRUE;
      return NULL;
    }
  if (len > 0) /* nothing may be taken from nothing */
    self->at += len;
  self->left -= len;
  return at;
}

guint8
bm_take_byte (BmReader *self)
{
  const guint8 *at = bm_take_bytes (self, 1);

  return at != NULL ? *at : 0;
}

/* The shortest form only: there is one way to write a number. */
guint64
bm_take_varint (BmReader *self)
{
  guint64 value = 0;

  for (guint i = 0; i < VARINT_MAX; i++)
    {
      guint8 byte = bm_take_byte (self);

      if (i == VARINT_MAX - 1 && byte > 1)
        break;
      value |= (guint64) (byte & 0x7f) << (7 * i);
      if ((byte & 0x80) != 0)
        continue;
      if (i > 0 && byte == 0)
        break;
      return self->is_broken ? 0 : value;
    }
  self->is_broken = TRUE;
  return 0;
}

guint64
bm_take_delta (BmReader *self, guint64 before)
{
  return before + bm_unzigzag (bm_take_varint (self));
}
