/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sealing.h"

#include "core/error.h"

#include <string.h>

/*
 * The local key's side of the ledger: slips, sheets, results, reasons, documents, contacts. None of
 * them is on the disk in clear, and a sealed value moved to another row does not open: what it is
 * and whose it is are its additional data.
 */

#define USUAL_JSON 8192 /* bytes that a slip or a sheet seldom has more of */

/* Bytes that are wiped with the last reference. */
typedef struct
{
  gsize len;
  guint8 data[];
} Secret;

static void
secret_free (gpointer data)
{
  Secret *self = data;

  bm_wipe (self->data, self->len);
  g_free (self);
}

static GBytes *
secret_bytes_new (gsize len, guint8 **ret_data)
{
  Secret *self = g_malloc (sizeof *self + len);

  self->len = len;
  *ret_data = self->data;
  return g_bytes_new_with_free_func (self->data, len, secret_free, self);
}

static GBytes *
make_aad (const char *what, const char *name)
{
  gsize len = strlen (what) + 1 + strlen (name);

  return g_bytes_new_take (g_strconcat (what, "|", name, NULL), len);
}

GBytes *
bm_store_seal_bytes (BmStore *self,
                     const char *what,
                     const char *name,
                     GBytes *plain,
                     GError **error)
{
  g_autoptr (GBytes) aad = make_aad (what, name);

  return bm_seal (self->local_key, aad, plain, error);
}

GBytes *
bm_store_unseal_bytes (BmStore *self,
                       const char *what,
                       const char *name,
                       GBytes *sealed,
                       GError **error)
{
  g_autoptr (GBytes) aad = make_aad (what, name);

  return bm_unseal (self->local_key, aad, sealed, error);
}

/* @key: another than the local one, or NULL. */
GBytes *
bm_store_seal_json (BmStore *self,
                    const BmKey *key,
                    const char *what,
                    const char *name,
                    json_t *value,
                    GError **error)
{
  g_autoptr (GBytes) aad = make_aad (what, name);
  g_autoptr (GBytes) room = NULL;
  g_autoptr (GBytes) plain = NULL;
  const size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY;
  guint8 *data;
  size_t len;

  room = secret_bytes_new (USUAL_JSON, &data);
  len = json_dumpb (value, (char *) data, USUAL_JSON, flags);
  if (len == 0 || len > BM_STORE_MAX_DOCUMENT)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "%s of %s cannot be stored", what, name);
      return NULL;
    }
  if (len > USUAL_JSON) /* what was written is not whole: once more, with room enough */
    {
      g_bytes_unref (room);
      room = secret_bytes_new (len, &data);
      json_dumpb (value, (char *) data, len, flags);
    }
  plain = g_bytes_new_from_bytes (room, 0, len);
  return bm_seal (key != NULL ? key : self->local_key, aad, plain, error);
}

json_t *
bm_store_unseal_json (BmStore *self,
                      const BmKey *key,
                      const char *what,
                      const char *name,
                      GBytes *sealed,
                      GError **error)
{
  g_autoptr (GBytes) aad = make_aad (what, name);
  g_autoptr (GBytes) plain = bm_unseal (key != NULL ? key : self->local_key, aad, sealed, error);
  json_t *value;
  gconstpointer data;
  gsize len;

  if (plain == NULL)
    return NULL;
  data = g_bytes_get_data (plain, &len);
  value = json_loadb (data, len, JSON_DECODE_ANY, NULL);
  if (value == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "%s of %s is not readable", what, name);
  return value;
}
