/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-platform"

#include "tests/sync/platform/platform-fixture.h"

#include "sync/platform/platform-admin.h"
#include "sync/platform/platform-calls.h"
#include "sync/platform/platform-enrol.h"

#include <glib/gstdio.h>

#include <string.h>

void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_folder (child);
      else
        g_assert_cmpint (g_unlink (child), ==, 0);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
open_platform (PlatformFixture *self)
{
  g_autoptr (GError) error = NULL;

  self->platform = bm_platform_open (self->dir, BM_CLOCK (self->clock), &error);
  g_assert_no_error (error);
  bm_platform_set_port (self->platform, 4433);
}

PlatformFixture *
platform_fixture_new (void)
{
  PlatformFixture *self = g_new0 (PlatformFixture, 1);
  g_autofree char *data = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "demo", NULL);
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("bianmin-platform-XXXXXX", &error);
  g_assert_no_error (error);
  self->clock = bm_shift_clock_new (DEMO_NOW, FALSE);
  bm_platform_init (self->dir, "127.0.0.1", "demo", data, &error);
  g_assert_no_error (error);
  open_platform (self);
  self->station = virtual_station_new ();
  platform_fixture_enrol (self, self->station);
  return self;
}

void
platform_fixture_free (PlatformFixture *self)
{
  g_clear_pointer (&self->station, virtual_station_free);
  g_clear_pointer (&self->platform, bm_platform_free);
  g_clear_object (&self->clock);
  remove_folder (self->dir);
  g_free (self->dir);
  g_free (self);
}

void
platform_fixture_reopen (PlatformFixture *self)
{
  g_clear_pointer (&self->platform, bm_platform_free);
  open_platform (self);
}

static void
read_peer (PlatformFixture *self, VirtualStation *station)
{
  const char *pem = virtual_station_get_certificate (station);
  gnutls_datum_t text = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_datum_t der = { NULL, 0 };

  g_assert_cmpint (gnutls_pem_base64_decode2 (NULL, &text, &der), ==, 0);
  g_assert_true (bm_platform_ca_identify (self->platform->ca, &der, 1, &self->peer));
  gnutls_free (der.data);
}

void
platform_fixture_enrol (PlatformFixture *self, VirtualStation *station)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *code = bm_platform_make_code (self->dir, "demo", 4433, DEMO_NOW, &error);
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) answer = NULL;
  guint status = 0;

  g_assert_no_error (error);
  request = virtual_station_make_enrol_request (station, code);
  answer = bm_platform_enrol (self->platform, request, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, 200);
  virtual_station_take_enrolment (station, answer);
  station->wall_ms = DEMO_NOW;
  read_peer (self, station);
}

static BmReply *
seal_and_open (PlatformFixture *self, BmReply *reply, const guint8 *nonce, BmCall call)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sealed = bm_reply_seal (reply, nonce, self->platform->sign_key, &error);
  BmReply *opened;

  g_assert_no_error (error);
  opened = bm_reply_open (sealed, nonce, call, self->station->kiosk, self->station->platform_public,
                          &error);
  g_assert_no_error (error);
  return opened;
}

BmReply *
platform_fixture_send (PlatformFixture *self, GPtrArray *records)
{
  g_autoptr (GError) error = NULL;
  BmBatchHeader header;
  g_autoptr (GBytes) batch = virtual_station_make_batch (self->station, records, &header);
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (BmReply) reply = bm_platform_batch (self->platform, &self->peer, batch, nonce, &error);

  g_assert_no_error (error);
  g_ptr_array_unref (records);
  return seal_and_open (self, reply, header.nonce, BM_CALL_BATCH);
}

BmReply *
platform_fixture_hello (PlatformFixture *self)
{
  g_autoptr (GError) error = NULL;
  guint8 sent[BM_NONCE_LEN];
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (GBytes) hello = virtual_station_make_hello (self->station, sent);
  g_autoptr (BmReply) reply = bm_platform_hello (self->platform, &self->peer, hello, nonce, &error);

  g_assert_no_error (error);
  return seal_and_open (self, reply, sent, BM_CALL_HELLO);
}

BmReply *
platform_fixture_inbox (PlatformFixture *self, gint64 after)
{
  g_autoptr (GError) error = NULL;
  guint8 nonce[BM_NONCE_LEN] = { 7 };
  g_autoptr (BmReply) reply =
    bm_platform_inbox (self->platform, &self->peer, after, BM_PLATFORM_INBOX_BYTES, &error);

  g_assert_no_error (error);
  return seal_and_open (self, reply, nonce, BM_CALL_INBOX);
}

char *
platform_fixture_admin (PlatformFixture *self, const char *line)
{
  gboolean is_quitting = FALSE;
  char *answer = bm_platform_admin_answer (self->platform, line, &is_quitting);

  g_assert_false (is_quitting);
  return answer;
}

json_t *
platform_fixture_report (PlatformFixture *self, const char *line)
{
  g_autofree char *answer = platform_fixture_admin (self, line);
  json_t *value;

  g_assert_true (g_str_has_prefix (answer, "ok "));
  value = json_loads (answer + 3, 0, NULL);
  g_assert_nonnull (value);
  return value;
}

/* The code of the newest result of @number, or NULL. */
char *
platform_fixture_dup_code (PlatformFixture *platform, const char *number)
{
  g_autoptr (BmReply) inbox = platform_fixture_inbox (platform, 0);
  char *code = NULL;

  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = inbox->messages->pdata[i];
      json_t *body;

      if (strcmp (message->kind, "result") != 0 || strcmp (message->name, number) != 0)
        continue;
      body = json_loadb (g_bytes_get_data (message->body, NULL), g_bytes_get_size (message->body),
                         0, NULL);
      g_free (code);
      code = g_strdup (json_string_value (json_object_get (body, "code")));
      json_decref (body);
    }
  return code;
}
