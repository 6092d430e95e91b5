/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/platform/platform-keys.h"
#include "tests/sync/platform/platform-fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/* Keys that follow one another, and runs that are opened in any order. */

#define N_LONG 1500 /* entries of one run, longer than a day */

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

static GBytes *
certify (VirtualStation *station)
{
  return virtual_station_certify (station, "陈有根", "990121195501180097", NULL, NULL);
}

static BmAnswerStatus
send_one (PlatformFixture *f, GBytes *record)
{
  g_autoptr (BmReply) reply = platform_fixture_send (f, records_of (g_bytes_ref (record), NULL));

  g_assert_cmpuint (reply->answers->len, ==, 1);
  return ((BmAnswer *) reply->answers->pdata[0])->status;
}

/* The last message of @kind in the inbox, its one text. */
static char *
read_message (PlatformFixture *f, const char *kind, const char *key, guint expected)
{
  g_autoptr (BmReply) inbox = platform_fixture_inbox (f, 0);
  g_autoptr (Json) body = NULL;
  guint n = 0;

  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = inbox->messages->pdata[i];

      if (strcmp (message->kind, kind) != 0)
        continue;
      n++;
      g_assert_cmpint (message->version, ==, n);
      json_decref (body);
      body = json_loadb (g_bytes_get_data (message->body, NULL), g_bytes_get_size (message->body),
                         0, NULL);
    }
  g_assert_cmpuint (n, ==, expected);
  return g_strdup (json_string_value (json_object_get (body, key)));
}

static void
take_seal_key (PlatformFixture *f, guint expected)
{
  g_autofree char *text = read_message (f, "seal-key", "key", expected);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->station->seal_public, bm_key_unref);
  f->station->seal_public = bm_key_new_from_string (text, &error);
  g_assert_no_error (error);
}

static void
rotate (PlatformFixture *f, const char *verb)
{
  g_autofree char *answer = platform_fixture_admin (f, verb);

  g_assert_cmpstr (answer, ==, "ok 1 stations are told");
}

/* A run of the oldest key comes last, after two rotations and a restart; all of them open. */
static void
test_old_runs_open (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < 3; i++)
    {
      g_ptr_array_add (records, virtual_station_start_run (f->station));
      g_ptr_array_add (records, certify (f->station));
      if (i == 2)
        break;
      rotate (f, "rotate-seal-key");
      take_seal_key (f, i + 1);
    }
  platform_fixture_reopen (f);
  for (guint i = 3; i > 0; i--)
    {
      g_assert_cmpint (send_one (f, records->pdata[2 * i - 2]), ==, BM_ANSWER_ACCEPTED);
      g_assert_cmpint (send_one (f, records->pdata[2 * i - 1]), ==, BM_ANSWER_ACCEPTED);
    }
}

/* Sealed to a key that is none of ours: kept for a person, and nothing else suffers. */
static void
test_foreign_key (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (BmKey) other = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) ours = f->station->seal_public;
  g_autoptr (GBytes) run = NULL, record = NULL, good_run = NULL, good = NULL;

  f->station->seal_public = bm_key_dup_public (other);
  run = virtual_station_start_run (f->station);
  record = certify (f->station);
  bm_key_unref (f->station->seal_public);
  f->station->seal_public = g_steal_pointer (&ours);
  good_run = virtual_station_start_run (f->station);
  good = certify (f->station);
  g_assert_cmpint (send_one (f, run), ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (send_one (f, record), ==, BM_ANSWER_QUARANTINED);
  g_assert_cmpint (send_one (f, good_run), ==, BM_ANSWER_ACCEPTED);
  g_assert_cmpint (send_one (f, good), ==, BM_ANSWER_ACCEPTED);
}

/* Whoever enrols after a rotation gets the newest; whoever enrolled before is told. */
static void
test_enrolled_later (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (VirtualStation) later = virtual_station_new ();
  g_autofree char *ours = NULL, *told = NULL;

  rotate (f, "rotate-seal-key");
  told = read_message (f, "seal-key", "key", 1);
  platform_fixture_enrol (f, later);
  ours = bm_key_to_string (later->seal_public);
  g_assert_cmpstr (ours, ==, told);
}

/* A run is opened at one step an entry in its order, and cheaply in any other. */
static void
test_long_run (void)
{
  g_autoptr (BmRuns) runs = bm_runs_new ();
  g_autoptr (GRand) chance = g_rand_new_with_seed (6);
  g_autoptr (BmRatchet) ratchet = bm_ratchet_new (3);
  g_autoptr (BmKey) private_key = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) public_key = bm_key_dup_public (private_key);
  g_autoptr (GBytes) sealed_start = bm_ratchet_seal_start (ratchet, public_key, NULL);
  g_autoptr (BmKey) start = bm_ratchet_open_start (private_key, 3, sealed_start, NULL);
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) sealed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  guint64 in_order = 0;

  for (guint i = 1; i <= N_LONG; i++)
    {
      BmEntryHeader header = { .type = BM_ENTRY_AUDIT,
                               .suite = BM_SUITE_SM,
                               .kiosk = 1,
                               .seq = i + 3,
                               .run = 3,
                               .key_index = i,
                               .due_day = BM_NO_DUE_DAY };
      GBytes *bytes = bm_entry_header_encode (&header);
      g_autofree char *text = g_strdup_printf ("{\"n\":%u}", i);
      g_autoptr (GBytes) plain = g_bytes_new (text, strlen (text));

      g_ptr_array_add (headers, bytes);
      g_ptr_array_add (sealed, bm_ratchet_seal (ratchet, bytes, plain, &error));
      g_assert_no_error (error);
    }
  g_assert_false (bm_runs_has (runs, 1, 9, 3));
  bm_runs_add (runs, 1, 9, 3, start);
  for (guint i = 1; i <= 2 * N_LONG; i++)
    {
      guint n = i <= N_LONG ? i : (guint) g_rand_int_range (chance, 1, N_LONG + 1);
      g_autofree char *expected = g_strdup_printf ("{\"n\":%u}", n);
      BmEntryHeader header;
      g_autoptr (BmKey) base = NULL;
      g_autoptr (GBytes) plain = NULL;

      g_assert_true (bm_entry_header_decode (headers->pdata[n - 1], &header, NULL));
      base = bm_runs_dup_base (runs, 1, 9, 3, header.key_index, &header.key_index, &error);
      g_assert_no_error (error);
      plain = bm_payload_open_key (base, &header, headers->pdata[n - 1], sealed->pdata[n - 1], NULL,
                                   &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), expected,
                       strlen (expected));
      if (i == N_LONG)
        in_order = bm_runs_get_n_steps (runs);
    }
  g_assert_cmpuint (in_order, ==, N_LONG - 1);
  g_assert_cmpuint (bm_runs_get_n_steps (runs) - in_order, <=, 128 * N_LONG);
  g_assert_null (bm_runs_dup_base (runs, 1, 9, 3, 0, &(guint32){ 0 }, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_LIMIT);
}

/* More runs than are kept: the oldest are forgotten, and learnt anew. */
static void
test_many_runs (void)
{
  g_autoptr (BmRuns) runs = bm_runs_new ();
  g_autoptr (BmKey) start = bm_key_generate (BM_KEY_SYMMETRIC, NULL);

  for (guint i = 1; i <= 600; i++)
    bm_runs_add (runs, 1, i % 7, i, start);
  g_assert_false (bm_runs_has (runs, 1, 1, 1));
  g_assert_true (bm_runs_has (runs, 1, 600 % 7, 600));
  g_assert_false (bm_runs_has (runs, 2, 600 % 7, 600));
  g_assert_true (bm_runs_has (runs, 1, 345 % 7, 345));
  g_assert_false (bm_runs_has (runs, 1, 344 % 7, 344));
}

static gboolean
identify (PlatformFixture *f, const char *pem)
{
  gnutls_datum_t text = { (unsigned char *) pem, (unsigned) strlen (pem) };
  gnutls_datum_t der = { NULL, 0 };
  gboolean is_ours;
  BmPeer peer;

  g_assert_cmpint (gnutls_pem_base64_decode2 (NULL, &text, &der), ==, 0);
  is_ours = bm_platform_ca_identify (f->platform->ca, &der, 1, &peer);
  gnutls_free (der.data);
  return is_ours;
}

static char *
certificate_of (PlatformFixture *f)
{
  g_autofree char *serial = NULL;
  g_autoptr (GError) error = NULL;
  gint64 not_after = 0;
  char *pem = bm_platform_ca_sign (f->platform->ca, f->station->csr, f->station->kiosk, DEMO_NOW,
                                   &serial, &not_after, &error);

  g_assert_no_error (error);
  return pem;
}

/* Certificates of every root are taken, before and after a restart; renewals are of the newest. */
static void
test_roots (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autoptr (PlatformFixture) stranger = platform_fixture_new ();
  g_autofree char *foreign = certificate_of (stranger);
  g_autofree char *first_root = g_strdup (bm_platform_ca_get_pem (f->platform->ca));
  g_autoptr (GPtrArray) issued = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *told = NULL, *finish = NULL;
  g_autoptr (Json) report = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_ptr_array_add (issued, certificate_of (f));
      if (i < 2)
        rotate (f, "rotate-ca");
      g_assert_cmpstr (bm_platform_ca_get_pem (f->platform->ca), ==, first_root);
    }
  told = read_message (f, "ca", "ca", 2);
  for (guint round = 0; round < 2; round++)
    {
      g_assert_cmpuint (bm_platform_ca_count (f->platform->ca), ==, 3);
      for (guint i = 0; i < issued->len; i++)
        g_assert_true (identify (f, issued->pdata[i]));
      g_assert_false (identify (f, foreign));
      platform_fixture_reopen (f);
    }
  report = platform_fixture_report (f, "keys");
  g_assert_cmpuint (json_array_size (json_object_get (report, "behind")), ==, 1);
  finish = platform_fixture_admin (f, "ca-finish");
  g_assert_cmpstr (bm_platform_ca_get_pem (f->platform->ca), ==, told);
  platform_fixture_reopen (f);
  g_assert_cmpstr (bm_platform_ca_get_pem (f->platform->ca), ==, told);
}

/* Cut off while the files of a root were written: there is no such root, and the next one is whole. */
static void
test_half_a_root (void)
{
  g_autoptr (PlatformFixture) f = platform_fixture_new ();
  g_autofree char *pem = g_build_filename (f->dir, "ca-2.pem", NULL);

  rotate (f, "rotate-ca");
  g_clear_pointer (&f->platform, bm_platform_free);
  g_assert_cmpint (g_unlink (pem), ==, 0);
  platform_fixture_reopen (f);
  g_assert_cmpuint (bm_platform_ca_count (f->platform->ca), ==, 1);
  rotate (f, "rotate-ca");
  g_assert_cmpuint (bm_platform_ca_count (f->platform->ca), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  g_test_add_func ("/platform/keys/old-runs-open", test_old_runs_open);
  g_test_add_func ("/platform/keys/foreign-key", test_foreign_key);
  g_test_add_func ("/platform/keys/enrolled-later", test_enrolled_later);
  g_test_add_func ("/platform/keys/long-run", test_long_run);
  g_test_add_func ("/platform/keys/many-runs", test_many_runs);
  g_test_add_func ("/platform/keys/roots", test_roots);
  g_test_add_func ("/platform/keys/half-a-root", test_half_a_root);
  return g_test_run ();
}
