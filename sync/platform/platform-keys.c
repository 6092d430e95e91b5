/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-keys.h"

#include "core/error.h"
#include "core/fault.h"
#include "sync/platform/platform-store-marks.h"
#include "sync/protocol-json.h"

#include <gio/gio.h>

#include <string.h>

/*
 * Keys that follow one another.
 *
 * Invariants:
 *  N1  A key is on the disk, durably, before anybody hears of it; one that nobody heard of does no harm.
 *  N2  Nothing that was sealed to an older key, or proven under an older root, stops working because
 *      there is a newer one.
 */

#define MAX_SEAL_KEYS 100
#define FIRST_KEY     "seal.key"
#define NAME          "platform" /* of both kinds of message */

static char *
seal_path (const char *dir, guint number)
{
  g_autofree char *name =
    number == 1 ? g_strdup (FIRST_KEY) : g_strdup_printf ("seal-%u.key", number);

  return g_build_filename (dir, name, NULL);
}

static BmKey *
read_key (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  char *text = NULL;
  BmKey *key;

  if (!g_file_get_contents (path, &text, NULL, &local_error))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
      return NULL;
    }
  key = bm_key_new_from_string (g_strstrip (text), error);
  bm_wipe_string (text);
  return key;
}

GPtrArray *
bm_platform_load_seal_keys (const char *dir, GError **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_key_unref);

  g_return_val_if_fail (dir != NULL, NULL);

  for (guint number = 1; number <= MAX_SEAL_KEYS; number++)
    {
      g_autofree char *path = seal_path (dir, number);
      BmKey *key;

      if (number > 1 && !g_file_test (path, G_FILE_TEST_EXISTS))
        break;
      key = read_key (path, error);
      if (key == NULL)
        return NULL;
      g_ptr_array_insert (keys, 0, key);
    }
  return g_steal_pointer (&keys);
}

BmKey *
bm_platform_open_start (BmPlatform *self, guint32 run, GBytes *sealed, GError **error)
{
  g_autoptr (GError) first_error = NULL;

  g_return_val_if_fail (self != NULL && sealed != NULL, NULL);

  for (guint i = 0; i < self->seal_keys->len; i++)
    {
      BmKey *start = bm_ratchet_open_start (g_ptr_array_index (self->seal_keys, i), run, sealed,
                                            first_error == NULL ? &first_error : NULL);

      if (start != NULL)
        return start;
    }
  g_propagate_error (error, g_steal_pointer (&first_error));
  return NULL;
}

/* Inside a transaction. How many stations were told; -1 on error. */
static gint
tell_all (BmPlatform *self, const char *kind, const char *name, json_t *body, GError **error)
{
  g_autoptr (GArray) kiosks = bm_platform_store_list_enrolled (self->store, error);

  for (guint i = 0; kiosks != NULL && i < kiosks->len; i++)
    {
      guint32 kiosk = (guint32) g_array_index (kiosks, gint64, i);
      gint64 version = bm_platform_store_next_version (self->store, kiosk, kind, name, error);

      if (version == 0 || !bm_platform_post_message (self, kiosk, kind, name, version, body, error))
        return -1;
    }
  return kiosks != NULL ? (gint) kiosks->len : -1;
}

static BmKey *
make_seal_key (BmPlatform *self, GError **error)
{
  g_autofree char *path = seal_path (self->dir, self->seal_keys->len + 1);
  g_autoptr (BmKey) key = NULL;
  char *text;
  gboolean is_written;

  if (self->seal_keys->len >= MAX_SEAL_KEYS)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_LIMIT, "There are too many sealing keys");
      return NULL;
    }
  key = bm_key_generate (BM_KEY_SM2_PRIVATE, error);
  if (key == NULL)
    return NULL;
  text = bm_key_to_string (key);
  is_written = bm_platform_write_private (path, text, error);
  bm_wipe_string (text);
  return is_written ? g_steal_pointer (&key) : NULL;
}

gint
bm_platform_rotate_seal_key (BmPlatform *self, GError **error)
{
  g_autoptr (BmKey) key = NULL, public_key = NULL;
  g_autofree char *text = NULL;
  g_autoptr (BmJson) body = NULL;
  gint n_told;

  g_return_val_if_fail (self != NULL, -1);

  if (!bm_platform_store_begin (self->store, error))
    return -1;
  key = make_seal_key (self, error);
  if (key == NULL)
    {
      bm_platform_store_rollback (self->store);
      return -1;
    }
  bm_fault_point ("platform-key-before-told");
  g_ptr_array_insert (self->seal_keys, 0, bm_key_ref (key));
  public_key = bm_key_dup_public (key);
  text = bm_key_to_string (public_key);
  body = json_pack ("{s:s}", "key", text);
  n_told = tell_all (self, "seal-key", NAME, body, error);
  return bm_platform_store_end (self->store, n_told >= 0, error) ? n_told : -1;
}

gint
bm_platform_publish (BmPlatform *self,
                     const char *kind,
                     const char *name,
                     json_t *body,
                     GError **error)
{
  gint n_told;

  g_return_val_if_fail (self != NULL && kind != NULL && name != NULL && body != NULL, -1);

  if (!bm_platform_store_begin (self->store, error))
    return -1;
  n_told = tell_all (self, kind, name, body, error);
  return bm_platform_store_end (self->store, n_told >= 0, error) ? n_told : -1;
}

static BmJson *
make_ca_body (BmPlatform *self)
{
  g_autofree char *pem = bm_platform_ca_dup_newest_pem (self->ca);

  return json_pack ("{s:s}", "ca", pem);
}

gint
bm_platform_rotate_ca (BmPlatform *self, GError **error)
{
  g_autoptr (BmJson) body = NULL;
  gint n_told;

  g_return_val_if_fail (self != NULL, -1);

  if (!bm_platform_ca_rotate (self->ca, self->host, error))
    return -1;
  bm_fault_point ("platform-root-before-told");
  if (!bm_platform_store_begin (self->store, error))
    return -1;
  body = make_ca_body (self);
  n_told = tell_all (self, "ca", NAME, body, error);
  return bm_platform_store_end (self->store, n_told >= 0, error) ? n_told : -1;
}

gboolean
bm_platform_tell_ca (BmPlatform *self, guint32 kiosk, GError **error)
{
  g_autoptr (BmJson) body = NULL;
  gint64 version;

  g_return_val_if_fail (self != NULL, FALSE);

  if (bm_platform_ca_get_serving (self->ca) == bm_platform_ca_count (self->ca))
    return TRUE;
  body = make_ca_body (self);
  version = bm_platform_store_next_version (self->store, kiosk, "ca", NAME, error);
  return version != 0 && bm_platform_post_message (self, kiosk, "ca", NAME, version, body, error);
}

gboolean
bm_platform_finish_ca (BmPlatform *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!bm_platform_ca_finish (self->ca, error))
    return FALSE;
  g_atomic_int_set (&self->must_serve_anew, TRUE);
  return TRUE;
}

json_t *
bm_platform_report_keys (BmPlatform *self, GError **error)
{
  json_t *behind, *report;

  g_return_val_if_fail (self != NULL, NULL);

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  behind = bm_platform_ca_count (self->ca) > 1
             ? bm_platform_store_report_behind (self->store, "ca", error)
             : json_array ();
  report = behind != NULL
             ? json_pack ("{s:i, s:i, s:i, s:o}", "seal_keys", (int) self->seal_keys->len, "roots",
                          (int) bm_platform_ca_count (self->ca), "serving",
                          (int) bm_platform_ca_get_serving (self->ca), "behind", behind)
             : NULL;
  bm_platform_store_rollback (self->store); /* only read */
  return report;
}
