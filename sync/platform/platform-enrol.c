/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-enrol.h"

#include "core/error.h"
#include "sync/platform/platform-keys.h"
#include "sync/platform/platform-roster.h"
#include "sync/platform/platform-words.h"
#include "sync/protocol-json.h"

#include <glib/gstdio.h>

#include <string.h>

/*
 * One code enrols one station once. The same secret with the same keys gets the same document
 * again, so a lost reply is not a lost station; with other keys it is used up. A new enrolment
 * retires the certificates that the terminal had before and gets the next epoch label and counter.
 */

#define CODE_LIFE_MS (30 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define MAX_LABEL    99
#define BASE32       "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

static char *
hash_secret (const char *secret)
{
  guint8 hash[BM_SM3_LEN];

  bm_sm3 (secret, strlen (secret), hash);
  return bm_hex_encode (hash, sizeof hash);
}

static void
make_secret (char ret_secret[BM_SECRET_LEN + 1])
{
  guint8 random[BM_SECRET_LEN];

  bm_random_bytes (random, sizeof random);
  for (guint i = 0; i < BM_SECRET_LEN; i++)
    ret_secret[i] = BASE32[random[i] % 32];
  ret_secret[BM_SECRET_LEN] = '\0';
}

static char *
first_station (const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "backend", "station.json", NULL);
  g_autoptr (BmJson) document = json_load_file (path, JSON_REJECT_DUPLICATES, NULL);
  json_t *first = json_array_get (json_object_get (document, "stations"), 0);
  const char *id = json_string_value (json_object_get (first, "id"));

  if (id == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s names no station", path);
  return g_strdup (id);
}

static gboolean
write_code (const char *dir, const char *secret, const char *station, gint64 now_ms, GError **error)
{
  g_autofree char *hash = hash_secret (secret);
  g_autofree char *path = g_build_filename (dir, "codes", hash, NULL);
  g_autoptr (BmJson) document =
    json_pack ("{s:s, s:I}", "station", station, "made_ms", (json_int_t) now_ms);
  g_autoptr (GBytes) bytes = bm_json_dump (document);
  g_autoptr (GError) local_error = NULL;

  if (g_file_set_contents_full (path, g_bytes_get_data (bytes, NULL),
                                (gssize) g_bytes_get_size (bytes),
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
  return FALSE;
}

static char *
read_host (const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "platform.json", NULL);
  g_autoptr (BmJson) settings = json_load_file (path, JSON_REJECT_DUPLICATES, NULL);
  const char *host = json_string_value (json_object_get (settings, "host"));

  if (host == NULL)
    g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "%s holds no platform; run init first", dir);
  return g_strdup (host);
}

char *
bm_platform_make_code (const char *dir,
                       const char *station,
                       guint16 port,
                       gint64 now_ms,
                       GError **error)
{
  g_autofree char *host = NULL;
  g_autofree char *id = NULL;
  g_autofree char *fingerprint = NULL;
  g_autoptr (BmPlatformCa) ca = NULL;
  BmEnrolCode code = { 0 };

  g_return_val_if_fail (dir != NULL && port > 0, NULL);

  host = read_host (dir, error);
  if (host == NULL)
    return NULL;
  id = station != NULL ? g_strdup (station) : first_station (dir, error);
  ca = id != NULL ? bm_platform_ca_load (dir, error) : NULL;
  if (ca == NULL)
    return NULL;
  make_secret (code.secret);
  if (!write_code (dir, code.secret, id, now_ms, error))
    return NULL;
  fingerprint = bm_platform_ca_dup_fingerprint (ca);
  g_strlcpy (code.fingerprint, fingerprint, sizeof code.fingerprint);
  code.host = host;
  code.port = port;
  return bm_enrol_code_to_string (&code);
}

static GBytes *
refuse (guint *ret_status, const char *code, const char *reason)
{
  g_autoptr (BmJson) body = json_pack ("{s:s, s:s}", "code", code, "reason", reason);

  *ret_status = 403;
  return bm_json_dump (body);
}

/* The station's own facts, and everything that it needs to speak to us. */
static json_t *
make_document (BmPlatform *self,
               const BmPlatformStation *station,
               guint label,
               const char *certificate,
               GError **error)
{
  json_t *document = json_loads (station->info, 0, NULL);
  g_autoptr (BmKey) seal_key = bm_key_dup_public (g_ptr_array_index (self->seal_keys, 0));
  g_autoptr (BmKey) sign_key = bm_key_dup_public (self->sign_key);
  g_autofree char *seal_text = bm_key_to_string (seal_key);
  g_autofree char *sign_text = bm_key_to_string (sign_key);
  json_t *roster = bm_platform_roster_get (self, station->kiosk, error);
  json_t *platform =
    json_pack ("{s:s, s:s, s:s, s:s}", "url", self->url, "ca", bm_platform_ca_get_pem (self->ca),
               "seal_key", seal_text, "sign_key", sign_text);
  json_t *rest =
    json_pack ("{s:i, s:i, s:I, s:o, s:s, s:s, s:s}", "version", 1, "epoch_label", (int) label,
               "counter_start", (json_int_t) station->top_counter + 1, "platform", platform,
               "terminal_key", station->terminal_key, "subject_salt", station->subject_salt,
               "client_certificate", certificate);

  json_object_del (document, "id");
  json_object_update (document, rest);
  json_decref (rest);
  if (roster != NULL)
    json_object_set_new (document, "roster", roster);
  return document;
}

typedef struct
{
  const BmEnrolRequest *request;
  const char *hash;      /* of the secret */
  const char *requester; /* names the station's keys */
  gint64 now_ms;
} Enrolment;

static GBytes *
accept_station (BmPlatform *self,
                const Enrolment *enrolment,
                BmPlatformStation *station,
                guint *ret_status,
                GError **error)
{
  g_autofree char *serial = NULL;
  g_autofree char *certificate = NULL;
  g_autoptr (BmJson) document = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  gint64 not_after_ms = 0;
  guint label = station->label + 1;

  certificate = bm_platform_ca_sign (self->ca, enrolment->request->csr, station->kiosk,
                                     enrolment->now_ms, &serial, &not_after_ms, NULL);
  if (certificate == NULL || label > MAX_LABEL)
    return refuse (ret_status, "bad-request", BM_WORDS_BAD_REQUEST);
  document = make_document (self, station, label, certificate, error);
  bytes = bm_json_dump (document);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!bm_platform_store_retire_certificates (self->store, station->kiosk, error) ||
      !bm_platform_store_add_certificate (self->store, station->kiosk, serial, not_after_ms,
                                          error) ||
      !bm_platform_store_set_station_key (self->store, station->kiosk, enrolment->request->sign_key,
                                          label, error) ||
      !bm_platform_tell_ca (self, station->kiosk, error) ||
      !bm_platform_store_use_code (self->store, enrolment->hash, enrolment->requester, text,
                                   enrolment->now_ms, error))
    return NULL;
  *ret_status = 200;
  return g_steal_pointer (&bytes);
}

static BmPlatformStation *
read_code (BmPlatform *self, const char *path, gint64 *ret_made_ms, GError **error)
{
  g_autoptr (BmJson) document = json_load_file (path, JSON_REJECT_DUPLICATES, NULL);
  const char *id = json_string_value (json_object_get (document, "station"));

  *ret_made_ms = json_integer_value (json_object_get (document, "made_ms"));
  return id != NULL ? bm_platform_store_find_station (self->store, id, error) : NULL;
}

static GBytes *
enrol_inside (BmPlatform *self,
              const Enrolment *enrolment,
              const char *path,
              guint *ret_status,
              GError **error)
{
  g_autoptr (BmPlatformStation) station = NULL;
  g_autofree char *requester = NULL;
  g_autofree char *document = NULL;
  gint64 made_ms = 0;

  if (bm_platform_store_find_used_code (self->store, enrolment->hash, &requester, &document, NULL))
    {
      if (strcmp (requester, enrolment->requester) != 0)
        return refuse (ret_status, "used-code", BM_WORDS_CODE_USED);
      *ret_status = 200;
      return g_bytes_new (document, strlen (document));
    }
  station = read_code (self, path, &made_ms, error);
  if (station == NULL)
    return refuse (ret_status, "unknown-code", BM_WORDS_CODE_UNKNOWN);
  if (enrolment->now_ms > made_ms + CODE_LIFE_MS)
    return refuse (ret_status, "expired-code", BM_WORDS_CODE_EXPIRED);
  return accept_station (self, enrolment, station, ret_status, error);
}

static gboolean
is_public_key (const char *text)
{
  g_autoptr (BmKey) key = bm_key_new_from_string (text, NULL);

  return key != NULL && bm_key_get_kind (key) == BM_KEY_SM2_PUBLIC;
}

static char *
name_requester (const BmEnrolRequest *request)
{
  g_autofree char *both = g_strconcat (request->sign_key, "\n", request->csr, NULL);

  return hash_secret (both);
}

GBytes *
bm_platform_enrol (BmPlatform *self, GBytes *body, guint *ret_status, GError **error)
{
  g_autoptr (BmEnrolRequest) request = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *requester = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) answer = NULL;
  Enrolment enrolment;

  g_return_val_if_fail (self != NULL && body != NULL && ret_status != NULL, NULL);

  request = bm_enrol_request_decode (body, NULL);
  if (request == NULL || !is_public_key (request->sign_key))
    return refuse (ret_status, "bad-request", BM_WORDS_BAD_REQUEST);
  hash = hash_secret (request->secret);
  requester = name_requester (request);
  path = g_build_filename (self->dir, "codes", hash, NULL);
  enrolment = (Enrolment){ request, hash, requester, bm_platform_now (self) };
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  answer = enrol_inside (self, &enrolment, path, ret_status, error);
  if (!bm_platform_store_end (self->store, answer != NULL, error))
    return NULL;
  if (*ret_status == 200)
    (void) g_unlink (path); /* the database says it is used; the file is only litter now */
  return g_steal_pointer (&answer);
}
