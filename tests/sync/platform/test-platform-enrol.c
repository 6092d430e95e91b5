/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-calls.h"
#include "sync/platform/platform-enrol.h"
#include "tests/sync/platform/platform-fixture.h"

#include "core/error.h"

#include <string.h>

#define DAY_MS  (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define YEAR_MS (366 * DAY_MS)

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static char *
make_code (PlatformFixture *fixture, gint64 made_ms)
{
  g_autoptr (GError) error = NULL;
  char *code = bm_platform_make_code (fixture->dir, NULL, 4433, made_ms, &error);

  g_assert_no_error (error);
  return code;
}

static GBytes *
use_code (PlatformFixture *fixture, VirtualStation *station, const char *code, guint *ret_status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) request = virtual_station_make_enrol_request (station, code);
  GBytes *answer = bm_platform_enrol (fixture->platform, request, ret_status, &error);

  g_assert_no_error (error);
  return answer;
}

static void
assert_refused (PlatformFixture *fixture,
                VirtualStation *station,
                const char *code,
                const char *expected)
{
  guint status = 0;
  g_autoptr (GBytes) answer = use_code (fixture, station, code, &status);
  g_autoptr (Json) body =
    json_loadb (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), 0, NULL);

  g_assert_cmpuint (status, ==, 403);
  g_assert_cmpstr (json_string_value (json_object_get (body, "code")), ==, expected);
}

static void
test_lost_reply (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (VirtualStation) station = virtual_station_new ();
  g_autoptr (VirtualStation) thief = virtual_station_new ();
  g_autofree char *code = make_code (fixture, DEMO_NOW);
  guint first_status = 0;
  guint second_status = 0;
  g_autoptr (GBytes) first = use_code (fixture, station, code, &first_status);
  g_autoptr (GBytes) second = use_code (fixture, station, code, &second_status);

  g_assert_cmpuint (first_status, ==, 200);
  g_assert_cmpuint (second_status, ==, 200);
  g_assert_true (g_bytes_equal (first, second));
  assert_refused (fixture, thief, code, "used-code");
}

static void
test_document (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  json_t *document = fixture->station->enrolment;
  json_t *roster = json_object_get (document, "roster");
  json_t *head = json_array_get (json_object_get (roster, "staff"), 0);
  json_t *helper = json_array_get (json_object_get (roster, "staff"), 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) salt = NULL;
  g_autoptr (BmKey) key = NULL;
  g_autofree char *hex = NULL;
  guint8 raw[16];
  guint8 tag[BM_TAG_LEN];

  g_assert_cmpint (json_integer_value (json_object_get (document, "epoch_label")), ==, 1);
  g_assert_cmpint (json_integer_value (json_object_get (document, "counter_start")), ==, 1);
  g_assert_cmpstr (json_string_value (json_object_get (document, "qr_host")), ==, "DEMO.INVALID");
  g_assert_cmpstr (json_string_value (
                     json_object_get (json_object_get (document, "platform"), "url")),
                   ==, "https://127.0.0.1:4433");
  g_assert_cmpstr (json_string_value (json_object_get (helper, "id")), ==, "HT02");
  g_assert_true (bm_password_check (json_string_value (json_object_get (helper, "pin")), "2202"));
  g_assert_false (bm_password_check (json_string_value (json_object_get (helper, "pin")), "1101"));
  g_assert_true (bm_hex_decode (json_string_value (json_object_get (document, "subject_salt")), raw,
                                sizeof raw));
  salt = g_bytes_new (raw, sizeof raw);
  key = bm_slow_key ("990121198310290449", salt, &error);
  g_assert_no_error (error);
  bm_subject_tag (key, tag);
  hex = bm_hex_encode (tag, sizeof tag);
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (head, "kin"), 0)), ==, hex);
}

static void
test_bad_codes (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (VirtualStation) station = virtual_station_new ();
  g_autofree char *real = make_code (fixture, DEMO_NOW);
  g_autofree char *old = make_code (fixture, DEMO_NOW - 31 * DAY_MS);
  g_autofree char *unknown = g_strdup (real);
  char *secret = strchr (unknown, ':') + strlen (":4433-");
  g_autofree char *csr = station->csr;

  *secret = *secret == 'A' ? 'B' : 'A';
  assert_refused (fixture, station, unknown, "unknown-code");
  assert_refused (fixture, station, old, "expired-code");
  station->csr = g_strdup ("-----BEGIN NEW CERTIFICATE REQUEST-----\nAAAA\n"
                           "-----END NEW CERTIFICATE REQUEST-----\n");
  assert_refused (fixture, station, real, "bad-request");
}

static void
assert_refusal (PlatformFixture *fixture,
                VirtualStation *station,
                const BmPeer *peer,
                const char *expected_hello,
                const char *expected_batch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  BmBatchHeader header;
  g_autoptr (GBytes) batch = virtual_station_make_batch (station, none, &header);
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (GBytes) hello = virtual_station_make_hello (station, nonce);
  g_autoptr (BmReply) to_hello = bm_platform_hello (fixture->platform, peer, hello, nonce, &error);
  g_autoptr (BmReply) to_batch = bm_platform_batch (fixture->platform, peer, batch, nonce, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (to_hello->refused_code, ==, expected_hello);
  g_assert_cmpstr (to_batch->refused_code, ==, expected_batch);
}

static void
test_who_may_call (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  BmPeer stranger = fixture->peer;

  assert_refusal (fixture, fixture->station, &fixture->peer, NULL, NULL);
  assert_refusal (fixture, fixture->station, NULL, "unknown-kiosk", "unknown-kiosk");
  stranger.kiosk = 9;
  assert_refusal (fixture, fixture->station, &stranger, "unknown-kiosk", "unknown-kiosk");
  fixture->station->kiosk = 9; /* names another than the certificate */
  assert_refusal (fixture, fixture->station, &fixture->peer, "bad-request", "bad-request");
  fixture->station->kiosk = 1;
  bm_shift_clock_advance (fixture->clock, 5 * YEAR_MS);
  assert_refusal (fixture, fixture->station, &fixture->peer, NULL, "certificate-expired");
}

static void
test_renewal (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (GError) error = NULL;
  BmHello hello = { 0 };
  guint8 nonce[BM_NONCE_LEN];
  g_autoptr (GBytes) body = NULL;
  g_autoptr (BmReply) reply = NULL;
  gnutls_datum_t text;
  gnutls_datum_t der = { NULL, 0 };

  bm_shift_clock_advance (fixture->clock, 6 * YEAR_MS);
  hello.kiosk = 1;
  hello.epoch = fixture->station->epoch;
  hello.next_seq = 1;
  hello.csr = fixture->station->csr;
  hello.version = (char *) "0.1.0";
  memcpy (hello.head, fixture->station->head, BM_SM3_LEN);
  body = bm_hello_encode (&hello);
  reply = bm_platform_hello (fixture->platform, &fixture->peer, body, nonce, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply->certificate);
  text.data = (unsigned char *) reply->certificate;
  text.size = (unsigned) strlen (reply->certificate);
  g_assert_cmpint (gnutls_pem_base64_decode2 (NULL, &text, &der), ==, 0);
  g_assert_true (bm_platform_ca_identify (fixture->platform->ca, &der, 1, &fixture->peer));
  gnutls_free (der.data);
  assert_refusal (fixture, fixture->station, &fixture->peer, NULL, NULL);
}

static void
test_revoked (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *answer = platform_fixture_admin (fixture, "revoke demo");

  g_assert_cmpstr (answer, ==, "ok");
  assert_refusal (fixture, fixture->station, &fixture->peer, "revoked", "revoked");
}

static void
test_enrolled_again (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autoptr (VirtualStation) reinstalled = virtual_station_new ();
  BmPeer old = fixture->peer;
  GBytes *run = virtual_station_start_run (fixture->station);
  GBytes *matter =
    virtual_station_certify (fixture->station, "王秀兰", "990121194803120028", "HT02", NULL);
  g_autoptr (BmReply) reply = platform_fixture_send (fixture, records_of (run, matter, NULL));

  platform_fixture_enrol (fixture, reinstalled);
  g_assert_cmpuint (reinstalled->label, ==, 2);
  g_assert_cmpuint (reinstalled->counter, ==, 1); /* the next number is 2 */
  assert_refusal (fixture, fixture->station, &old, "revoked", "revoked");
  assert_refusal (fixture, reinstalled, &fixture->peer, NULL, NULL);
  assert_refusal (fixture, fixture->station, &fixture->peer, NULL, "bad-signature");
}

static void
test_two_platforms (void)
{
  g_autoptr (PlatformFixture) fixture = platform_fixture_new ();
  g_autofree char *data = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "demo", NULL);
  g_autofree char *empty = g_dir_make_tmp ("bianmin-platform-XXXXXX", NULL);
  g_autoptr (GError) busy = NULL;
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) stranger = NULL;
  g_autoptr (GError) again = NULL;

  g_assert_null (bm_platform_open (fixture->dir, BM_CLOCK (fixture->clock), &busy));
  g_assert_error (busy, BM_ERROR, BM_ERROR_BUSY);
  g_assert_false (bm_platform_init (fixture->dir, "127.0.0.1", "demo", data, &refused));
  g_assert_error (refused, BM_ERROR, BM_ERROR_REFUSED);
  g_assert_null (bm_platform_open (empty, BM_CLOCK (fixture->clock), &missing));
  g_assert_error (missing, BM_ERROR, BM_ERROR_NOT_FOUND);
  g_assert_false (bm_platform_init (empty, "127.0.0.1", "elsewhere", data, &stranger));
  g_assert_error (stranger, BM_ERROR, BM_ERROR_NOT_FOUND);
  g_assert_true (bm_platform_init (empty, "127.0.0.1", "demo", data, &again));
  g_assert_no_error (again);
  remove_folder (empty);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/enrol/reply-lost", test_lost_reply);
  g_test_add_func ("/platform/enrol/document", test_document);
  g_test_add_func ("/platform/enrol/bad-codes", test_bad_codes);
  g_test_add_func ("/platform/enrol/who-may-call", test_who_may_call);
  g_test_add_func ("/platform/enrol/expired-then-renewed", test_renewal);
  g_test_add_func ("/platform/enrol/revoked", test_revoked);
  g_test_add_func ("/platform/enrol/installed-again", test_enrolled_again);
  g_test_add_func ("/platform/enrol/two-platforms-one-folder", test_two_platforms);
  return g_test_run ();
}
