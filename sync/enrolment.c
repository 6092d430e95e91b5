/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-sync"

#include "sync/enrolment.h"

#include "core/error.h"
#include "sync/identity.h"
#include "sync/protocol-json.h"
#include "sync/protocol.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * The enrolment document, read strictly once and then immutable.
 *
 * Invariants:
 *  E1  What is on the disk is always one whole document: the old or the new one (rename).
 *  E2  Certificate and key in it belong together; a renewal replaces both or none.
 *  E3  Nobody but the owner can read it (0600 from the first byte on).
 */

#define MAX_TEXT 256

typedef struct
{
  char *village;
  char *village_name;
  char *station_name;
  char *phone;
  char *agency;
  char *qr_host;
  char *url;
  char *ca;
  char *client_certificate;
  char *client_key;
} Texts;

struct _BmEnrolment
{
  gint ref_count;

  json_t *document;
  Texts texts;
  guint32 kiosk;
  guint terminal;
  guint epoch_label;
  guint32 counter_start;
  gboolean is_demo;
  BmKey *seal_key;
  BmKey *platform_key;
  BmKey *terminal_key;
  BmKey *sign_key;
  GBytes *subject_salt;
};

static gboolean
fail (GError **error, BmError code, const char *what)
{
  g_set_error (error, BM_ERROR, code, "enrolment: %s", what);
  return FALSE;
}

static gboolean
fail_errno (GError **error, const char *what)
{
  int saved = errno;

  g_set_error (error, BM_ERROR, saved == ENOSPC ? BM_ERROR_FULL : BM_ERROR_FAILED, "%s: %s", what,
               g_strerror (saved));
  return FALSE;
}

/* Reading the document */

static gboolean
take_text (const json_t *object, const char *key, gsize max, char **ret_text, GError **error)
{
  *ret_text = g_strdup (bm_json_get_string (object, key, max, error));
  return *ret_text != NULL;
}

static gboolean
take_key (const json_t *object, const char *key, BmKeyKind kind, BmKey **ret_key, GError **error)
{
  const char *text = bm_json_get_string (object, key, MAX_TEXT, error);

  if (text == NULL)
    return FALSE;
  *ret_key = bm_key_new_from_string (text, error);
  if (*ret_key == NULL)
    return FALSE;
  if (bm_key_get_kind (*ret_key) != kind)
    return fail (error, BM_ERROR_INVALID, "a key of another kind is wanted");
  return TRUE;
}

static gboolean
take_salt (BmEnrolment *self, GError **error)
{
  const char *text = bm_json_get_string (self->document, "subject_salt", MAX_TEXT, error);
  gsize len = text != NULL ? strlen (text) / 2 : 0;
  g_autofree guint8 *salt = g_malloc (len + 1);

  if (text == NULL)
    return FALSE;
  if (len < 16 || !bm_hex_decode (text, salt, len))
    return fail (error, BM_ERROR_INVALID, "the subject salt must be at least 32 hex digits");
  self->subject_salt = g_bytes_new (salt, len);
  return TRUE;
}

static gboolean
take_numbers (BmEnrolment *self, GError **error)
{
  const json_t *document = self->document;
  gint64 version, kiosk, terminal, label, counter;

  if (!bm_json_get_int (document, "version", 1, G_MAXINT32, &version, error) ||
      !bm_json_get_int (document, "kiosk", 1, G_MAXUINT32, &kiosk, error) ||
      !bm_json_get_int (document, "terminal", 1, 99, &terminal, error) ||
      !bm_json_get_int (document, "epoch_label", 1, 99, &label, error) ||
      !bm_json_get_int (document, "counter_start", 1, 99999999, &counter, error) ||
      !bm_json_get_bool (document, "is_demo", &self->is_demo, error))
    return FALSE;
  if (version != 1)
    return fail (error, BM_ERROR_UNSUPPORTED, "made by a newer version");
  self->kiosk = (guint32) kiosk;
  self->terminal = (guint) terminal;
  self->epoch_label = (guint) label;
  self->counter_start = (guint32) counter;
  return TRUE;
}

static gboolean
is_village (const char *text)
{
  return strlen (text) == 12 && strspn (text, "0123456789") == 12;
}

static gboolean
take_texts (BmEnrolment *self, GError **error)
{
  const json_t *document = self->document;
  Texts *texts = &self->texts;

  if (!take_text (document, "village", 12, &texts->village, error) ||
      !take_text (document, "village_name", MAX_TEXT, &texts->village_name, error) ||
      !take_text (document, "station_name", MAX_TEXT, &texts->station_name, error) ||
      !take_text (document, "phone", MAX_TEXT, &texts->phone, error) ||
      !take_text (document, "agency", MAX_TEXT, &texts->agency, error) ||
      !take_text (document, "qr_host", BM_PROTOCOL_MAX_HOST, &texts->qr_host, error))
    return FALSE;
  if (!is_village (texts->village))
    return fail (error, BM_ERROR_INVALID, "the village code must be 12 digits");
  return TRUE;
}

static gboolean
take_platform (BmEnrolment *self, GError **error)
{
  const json_t *platform = json_object_get (self->document, "platform");

  if (!take_text (platform, "url", MAX_TEXT + BM_PROTOCOL_MAX_HOST, &self->texts.url, error) ||
      !take_text (platform, "ca", BM_PROTOCOL_MAX_PEM, &self->texts.ca, error) ||
      !take_key (platform, "seal_key", BM_KEY_SM2_PUBLIC, &self->seal_key, error) ||
      !take_key (platform, "sign_key", BM_KEY_SM2_PUBLIC, &self->platform_key, error))
    return FALSE;
  if (!g_str_has_prefix (self->texts.url, "https://"))
    return fail (error, BM_ERROR_INVALID, "the platform's address must begin with https://");
  return TRUE;
}

static gboolean
take_own (BmEnrolment *self, GError **error)
{
  const json_t *document = self->document;
  Texts *texts = &self->texts;

  return take_key (document, "terminal_key", BM_KEY_SYMMETRIC, &self->terminal_key, error) &&
         take_key (document, "sign_key", BM_KEY_SM2_PRIVATE, &self->sign_key, error) &&
         take_text (document, "client_certificate", BM_PROTOCOL_MAX_PEM, &texts->client_certificate,
                    error) &&
         take_text (document, "client_key", BM_PROTOCOL_MAX_PEM, &texts->client_key, error) &&
         bm_certificate_fits_key (texts->client_certificate, texts->client_key, error);
}

/**
 * bm_enrolment_new_from_json:
 * @document: the enrolment document, with the station's own keys
 * @error: return location for an error
 *
 * Reads @document strictly.
 *
 * Returns: (transfer full): the enrolment, or %NULL
 */
BmEnrolment *
bm_enrolment_new_from_json (json_t *document, GError **error)
{
  g_autoptr (BmEnrolment) self = NULL;

  g_return_val_if_fail (document != NULL, NULL);

  self = g_new0 (BmEnrolment, 1);
  self->ref_count = 1;
  self->document = json_deep_copy (document);
  if (!take_numbers (self, error) || !take_texts (self, error) || !take_platform (self, error) ||
      !take_own (self, error) || !take_salt (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bm_enrolment_load:
 * @keys_folder: the folder of the station's keys
 * @error: return location for an error
 *
 * Returns: (transfer full): the enrolment, or %NULL
 */
BmEnrolment *
bm_enrolment_load (const char *keys_folder, GError **error)
{
  g_autofree char *path = NULL, *text = NULL;
  g_autoptr (BmJson) document = NULL;
  GStatBuf status;
  gsize len;
  BmEnrolment *self;

  g_return_val_if_fail (keys_folder != NULL, NULL);

  path = g_build_filename (keys_folder, BM_ENROLMENT_FILE, NULL);
  if (g_stat (path, &status) != 0 && errno == ENOENT)
    {
      (void) fail (error, BM_ERROR_NOT_FOUND,
                   "this station is not enrolled yet"); /* it always fails */
      return NULL;
    }
  if (status.st_size > BM_ENROLMENT_MAX_FILE || !g_file_get_contents (path, &text, &len, NULL))
    {
      (void) fail (error, BM_ERROR_FAILED, "the file cannot be read"); /* it always fails */
      return NULL;
    }
  document = bm_json_parse (text, len, error);
  self = document != NULL ? bm_enrolment_new_from_json (document, error) : NULL;
  bm_wipe_string (g_steal_pointer (&text));
  return self;
}

/**
 * bm_enrolment_new_renewed:
 * @self: the enrolment so far
 * @certificate: the new certificate, PEM
 * @key: its key, PEM
 * @error: return location for an error
 *
 * Returns: (transfer full): an enrolment with the new identity, or %NULL if the two do not fit (E2)
 */
BmEnrolment *
bm_enrolment_new_renewed (const BmEnrolment *self,
                          const char *certificate,
                          const char *key,
                          GError **error)
{
  g_autoptr (BmJson) document = NULL;

  g_return_val_if_fail (self != NULL && certificate != NULL && key != NULL, NULL);

  document = json_deep_copy (self->document);
  json_object_set_new (document, "client_certificate", json_string (certificate));
  json_object_set_new (document, "client_key", json_string (key));
  return bm_enrolment_new_from_json (document, error);
}

/**
 * bm_enrolment_new_trusting:
 * @self: the enrolment so far
 * @seal_key: (nullable): the key to seal to from the next run on
 * @ca: (nullable): a further authority, PEM
 * @error: return location for an error
 *
 * Only what the platform signed comes here. An authority that is believed already changes nothing.
 *
 * Returns: (transfer full): the enrolment with what is new in it
 */
BmEnrolment *
bm_enrolment_new_trusting (const BmEnrolment *self,
                           const char *seal_key,
                           const char *ca,
                           GError **error)
{
  g_autoptr (BmJson) document = NULL;
  json_t *platform;

  g_return_val_if_fail (self != NULL, NULL);

  document = json_deep_copy (self->document);
  platform = json_object_get (document, "platform");
  if (seal_key != NULL)
    json_object_set_new (platform, "seal_key", json_string (seal_key));
  if (ca != NULL && strstr (self->texts.ca, ca) == NULL)
    {
      g_autofree char *both = g_strconcat (self->texts.ca, "\n", ca, NULL);

      json_object_set_new (platform, "ca", json_string (both));
    }
  return bm_enrolment_new_from_json (document, error);
}

/* Writing */

static gboolean
write_all (int fd, const char *data, gsize len, GError **error)
{
  while (len > 0)
    {
      ssize_t done = write (fd, data, len);

      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return fail_errno (error, "cannot write a key file");
      data += done;
      len -= (gsize) done;
    }
  return TRUE;
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_synced = fd >= 0 && fsync (fd) == 0;

  if (!is_synced)
    (void) fail_errno (error, "cannot make the keys folder durable"); /* it always fails */
  if (fd >= 0)
    (void) close (fd); /* nothing was written through it */
  return is_synced;
}

static gboolean
write_temporary (const char *path, const char *text, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gboolean is_written;

  if (fd < 0)
    return fail_errno (error, "cannot create a key file");
  is_written = write_all (fd, text, strlen (text), error);
  if (is_written && (fchmod (fd, 0600) != 0 || fsync (fd) != 0))
    is_written = fail_errno (error, "cannot make a key file durable");
  if (close (fd) != 0 && is_written)
    is_written = fail_errno (error, "cannot close a key file");
  return is_written;
}

static gboolean
write_durably (const char *folder, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);

  if (!write_temporary (temporary, text, error))
    {
      (void) unlink (temporary); /* a left-over is truncated next time */
      return FALSE;
    }
  if (rename (temporary, path) != 0)
    return fail_errno (error, "cannot put a key file in its place");
  return sync_folder (folder, error);
}

gboolean
bm_enrolment_save (const BmEnrolment *self, const char *keys_folder, GError **error)
{
  char *text;
  gboolean is_saved;

  g_return_val_if_fail (self != NULL && keys_folder != NULL, FALSE);

  text = json_dumps (self->document, JSON_INDENT (1) | JSON_SORT_KEYS);
  is_saved = write_durably (keys_folder, BM_ENROLMENT_FILE, text, error);
  bm_wipe (text, strlen (text));
  free (text);
  return is_saved;
}

gboolean
bm_enrolment_ensure_key_file (const char *keys_folder, const char *name, GError **error)
{
  g_autofree char *path = NULL;
  g_autoptr (BmKey) key = NULL;
  char *text;
  gboolean is_saved;

  g_return_val_if_fail (keys_folder != NULL && name != NULL, FALSE);

  path = g_build_filename (keys_folder, name, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  key = bm_key_generate (BM_KEY_SYMMETRIC, error);
  if (key == NULL)
    return FALSE;
  text = bm_key_to_string (key);
  is_saved = write_durably (keys_folder, name, text, error);
  bm_wipe_string (text);
  return is_saved;
}

/* Life and getters */

BmEnrolment *
bm_enrolment_ref (const BmEnrolment *self)
{
  BmEnrolment *shared = (BmEnrolment *) self;

  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&shared->ref_count);
  return shared;
}

static void
wipe_document (json_t *document)
{
  static const char *const secrets[] = { "client_key", "sign_key", "terminal_key" };

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      const char *text = json_string_value (json_object_get (document, secrets[i]));

      if (text != NULL)
        bm_wipe ((char *) text, strlen (text));
    }
  json_decref (document);
}

static void
texts_clear (Texts *texts)
{
  g_free (texts->village);
  g_free (texts->village_name);
  g_free (texts->station_name);
  g_free (texts->phone);
  g_free (texts->agency);
  g_free (texts->qr_host);
  g_free (texts->url);
  g_free (texts->ca);
  g_free (texts->client_certificate);
  bm_wipe_string (texts->client_key);
}

void
bm_enrolment_unref (BmEnrolment *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  wipe_document (self->document);
  texts_clear (&self->texts);
  g_clear_pointer (&self->seal_key, bm_key_unref);
  g_clear_pointer (&self->platform_key, bm_key_unref);
  g_clear_pointer (&self->terminal_key, bm_key_unref);
  g_clear_pointer (&self->sign_key, bm_key_unref);
  g_clear_pointer (&self->subject_salt, g_bytes_unref);
  g_free (self);
}

#define GETTER(type, name, member, none)                 \
  type bm_enrolment_get_##name (const BmEnrolment *self) \
  {                                                      \
    g_return_val_if_fail (self != NULL, none);           \
                                                         \
    return self->member;                                 \
  }

GETTER (guint32, kiosk, kiosk, 0)
GETTER (const char *, village, texts.village, NULL)
GETTER (const char *, village_name, texts.village_name, NULL)
GETTER (const char *, station_name, texts.station_name, NULL)
GETTER (guint, terminal, terminal, 0)
GETTER (guint, epoch_label, epoch_label, 0)
GETTER (guint32, counter_start, counter_start, 0)
GETTER (const char *, phone, texts.phone, NULL)
GETTER (const char *, agency, texts.agency, NULL)
GETTER (const char *, qr_host, texts.qr_host, NULL)
GETTER (gboolean, is_demo, is_demo, FALSE)
GETTER (const char *, url, texts.url, NULL)
GETTER (const char *, ca, texts.ca, NULL)
GETTER (const BmKey *, seal_key, seal_key, NULL)
GETTER (const BmKey *, platform_key, platform_key, NULL)
GETTER (const BmKey *, terminal_key, terminal_key, NULL)
GETTER (const BmKey *, sign_key, sign_key, NULL)
GETTER (GBytes *, subject_salt, subject_salt, NULL)
GETTER (const char *, client_certificate, texts.client_certificate, NULL)
GETTER (const char *, client_key, texts.client_key, NULL)

json_t *
bm_enrolment_get_roster (const BmEnrolment *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return json_object_get (self->document, "roster");
}
