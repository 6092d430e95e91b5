/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-ssc-reader"

#include "app/devices/ssc/ssc-reader.h"
#include "core/error.h"

#include "tests/devices/pcsc-fake.h"
#include "tests/devices/reader-fixture.h"

/* The driver of social-security cards against a PC/SC that gives every code there is. */

#define NAME "Virtual SSC"

static void
set_up (Bench *self, gconstpointer data)
{
  bench_set_up (self, data);
  fake_reset ();
  bench_watch_reader (self, bm_ssc_reader_new_with_calls (NAME, &fake_calls, NULL));
}

static void
set_up_leased (Bench *self, gconstpointer data)
{
  set_up (self, data);
  bench_wait_state (self, BM_READER_READY);
  bm_reader_lease (self->reader);
}

static void
tear_down (Bench *self, gconstpointer data)
{
  fake_hang (FALSE);
  bench_tear_down (self, data);
}

/* Until the driver has called once more since now: what it saw before cannot come any more. */
static void
wait_for_calls (FakeCall call, guint more)
{
  const guint wanted = fake_count (call) + more;

  while (fake_count (call) < wanted)
    bench_run (5);
  bench_run (20);
}

static void
test_placed_and_drawn (Bench *self, gconstpointer unused)
{
  fake_put_in ();
  bench_wait_count (&self->reads, 1);
  g_assert_cmpint (self->card->kind, ==, BM_CARD_SOCIAL);
  g_assert_cmpstr (self->card->id_number, ==, WANG);
  g_assert_true (bm_reader_has_card (self->reader));
  wait_for_calls (FAKE_LOOK, 3);
  g_assert_cmpuint (self->reads, ==, 1);
  fake_draw ();
  bench_wait_count (&self->removals, 1);
  g_assert_false (bm_reader_has_card (self->reader));
  g_assert_cmpuint (self->failures, ==, 0);
  fake_put_in ();
  bench_wait_count (&self->reads, 2);
}

/* pcscd counts: another card between two looks is no longer the one before. */
static void
test_swapped (Bench *self, gconstpointer unused)
{
  fake_put_in ();
  bench_wait_count (&self->reads, 1);
  fake_swap ();
  bench_wait_count (&self->reads, 2);
  g_assert_cmpuint (self->removals, ==, 1);
}

static void
test_only_leased (Bench *self, gconstpointer unused)
{
  bench_wait_state (self, BM_READER_READY);
  fake_put_in ();
  wait_for_calls (FAKE_LOOK, 2);
  g_assert_true (bm_reader_has_card (self->reader)); /* it is seen, and not spoken to */
  g_assert_cmpuint (fake_count (FAKE_CONNECT), ==, 0);
  bm_reader_lease (self->reader);
  bench_wait_count (&self->reads, 1);
  bm_reader_release (self->reader);
  bm_reader_lease (self->reader); /* it counts as newly placed */
  bench_wait_count (&self->reads, 2);
}

static void
test_other_card (Bench *self, gconstpointer unused)
{
  guint asked;

  fake_set_kind ("6A82");
  fake_put_in ();
  bench_wait_count (&self->failures, 1);
  g_assert_cmpint (self->code, ==, BM_ERROR_NOT_FOUND);
  asked = fake_count (FAKE_TRANSMIT);
  wait_for_calls (FAKE_LOOK, 3);
  g_assert_cmpuint (fake_count (FAKE_TRANSMIT), ==, asked); /* it is left alone */
  fake_draw ();
  bench_wait_count (&self->removals, 1);
  fake_set_kind ("9000");
  fake_put_in ();
  bench_wait_count (&self->reads, 1);
  g_assert_cmpuint (self->failures, ==, 1);
}

/* Drawn in the middle: told once, tried on quietly, and read when it is back. */
static void
test_drawn_in_the_middle (Bench *self, gconstpointer unused)
{
  fake_fail_from (3, (guint32) SCARD_W_REMOVED_CARD);
  fake_put_in ();
  bench_wait_count (&self->failures, 1);
  g_assert_cmpint (self->code, ==, BM_ERROR_INVALID);
  wait_for_calls (FAKE_CONNECT, 1);
  fake_draw ();
  bench_wait_count (&self->removals, 1);
  g_assert_cmpuint (self->failures, ==, 1);
  fake_fail_from (0, 0);
  fake_put_in ();
  bench_wait_count (&self->reads, 1);
}

static const guint32 lost_codes[] = {
  (guint32) SCARD_E_NO_SERVICE, (guint32) SCARD_E_SERVICE_STOPPED, (guint32) SCARD_E_INVALID_HANDLE,
  (guint32) SCARD_F_COMM_ERROR, (guint32) SCARD_F_INTERNAL_ERROR,
};

/* From wherever pcscd goes away, the reader is gone with it, and comes back with it. */
static void
test_service_lost (Bench *self, gconstpointer unused)
{
  static const FakeCall calls[] = { FAKE_LIST, FAKE_LOOK, FAKE_CONNECT, FAKE_TRANSMIT };

  fake_put_in ();
  bench_wait_count (&self->reads, 1);
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (guint j = 0; j < G_N_ELEMENTS (lost_codes); j++)
      {
        const guint reads = self->reads;

        fake_fail (FAKE_ESTABLISH, (guint32) SCARD_E_NO_SERVICE);
        fake_fail (calls[i], lost_codes[j]);
        bm_reader_lease (self->reader);
        bench_wait_state (self, BM_READER_ABSENT);
        g_assert_cmpuint (self->reads, ==, reads);
        fake_fail (calls[i], SCARD_S_SUCCESS);
        fake_fail (FAKE_ESTABLISH, SCARD_S_SUCCESS);
        bm_reader_lease (self->reader); /* which looks at once */
        bench_wait_state (self, BM_READER_READY);
        bench_wait_count (&self->reads, reads + 1);
      }
  g_assert_cmpuint (self->failures, ==, 0);
}

/* A card that does not answer as it should is the card's doing: it may be tried again. */
static void
test_card_codes (Bench *self, gconstpointer unused)
{
  static const guint32 codes[] = {
    (guint32) SCARD_W_REMOVED_CARD,        (guint32) SCARD_W_RESET_CARD,
    (guint32) SCARD_W_UNPOWERED_CARD,      (guint32) SCARD_W_UNRESPONSIVE_CARD,
    (guint32) SCARD_W_UNSUPPORTED_CARD,    (guint32) SCARD_E_NO_SMARTCARD,
    (guint32) SCARD_E_PROTO_MISMATCH,      (guint32) SCARD_E_NOT_TRANSACTED,
    (guint32) SCARD_E_INSUFFICIENT_BUFFER, (guint32) SCARD_E_TIMEOUT,
  };
  static const FakeCall calls[] = { FAKE_CONNECT, FAKE_TRANSMIT };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (guint j = 0; j < G_N_ELEMENTS (codes); j++)
      {
        const guint failures = self->failures;
        const guint reads = self->reads;

        fake_fail (calls[i], codes[j]);
        fake_put_in ();
        bm_reader_lease (self->reader);
        bench_wait_count (&self->failures, failures + 1);
        g_assert_cmpint (self->code, ==, BM_ERROR_INVALID);
        g_assert_cmpint (bm_reader_get_state (self->reader), ==, BM_READER_READY);
        fake_fail (calls[i], SCARD_S_SUCCESS);
        bm_reader_lease (self->reader);
        bench_wait_count (&self->reads, reads + 1);
        fake_draw ();
      }
}

/* Another program has the card: nothing is said, and it is read when that is done. */
static void
test_shared (Bench *self, gconstpointer unused)
{
  fake_fail (FAKE_CONNECT, (guint32) SCARD_E_SHARING_VIOLATION);
  fake_put_in ();
  wait_for_calls (FAKE_CONNECT, 3);
  g_assert_cmpuint (self->failures, ==, 0);
  fake_fail (FAKE_CONNECT, SCARD_S_SUCCESS);
  bench_wait_count (&self->reads, 1);
}

static void
test_not_allowed (Bench *self, gconstpointer unused)
{
  bench_wait_state (self, BM_READER_READY);
  fake_fail (FAKE_ESTABLISH, (guint32) SCARD_W_SECURITY_VIOLATION);
  fake_fail (FAKE_LOOK, (guint32) SCARD_E_SERVICE_STOPPED);
  bench_wait_state (self, BM_READER_FAULT);
}

/* Again after 1 s, 2 s, 5 s: never sooner, however long nothing is there. */
static void
test_backs_off (Bench *self, gconstpointer unused)
{
  bench_wait_state (self, BM_READER_READY);
  fake_fail (FAKE_ESTABLISH, (guint32) SCARD_E_NO_SERVICE);
  fake_fail (FAKE_LOOK, (guint32) SCARD_E_NO_SERVICE);
  wait_for_calls (FAKE_ESTABLISH, 2);
  g_assert_cmpint (fake_when (2) - fake_when (1), >=, 1990 * G_TIME_SPAN_MILLISECOND);
}

static void
test_readers_come_and_go (Bench *self, gconstpointer unused)
{
  fake_set_readers ("Another Reader 00 00", NULL);
  bench_wait_state (self, BM_READER_ABSENT);
  fake_put_in ();
  wait_for_calls (FAKE_LIST, 2);
  g_assert_cmpuint (fake_count (FAKE_CONNECT), ==, 0); /* it is not ours */
  fake_set_readers ("Virtual SSC 00 00", "Another Reader 00 00");
  bench_wait_count (&self->reads, 1);
  fake_set_readers (NULL, NULL);
  bench_wait_state (self, BM_READER_ABSENT);
  bench_wait_count (&self->removals, 1); /* the card went with its reader */
  fake_set_readers ("Virtual SSC 00 00", NULL);
  bench_wait_state (self, BM_READER_READY);
  bench_wait_count (&self->reads, 2);
}

/* A call that hangs: the reader is said to be gone, once, and is there again when the call comes back. */
static void
test_hangs (Bench *self, gconstpointer unused)
{
  const gint64 begin = g_get_monotonic_time ();

  fake_hang (TRUE);
  fake_put_in ();
  bench_wait_state (self, BM_READER_ABSENT);
  g_test_message ("said after %d ms", (int) ((g_get_monotonic_time () - begin) / 1000));
  g_assert_cmpuint (self->failures, ==, 1);
  g_assert_cmpint (self->code, ==, BM_ERROR_UNREACHABLE);
  bench_run (A_WHILE_MS / 2); /* two looks of the watch */
  g_assert_cmpuint (self->failures, ==, 1);
  fake_hang (FALSE);
  bench_wait_state (self, BM_READER_READY);
  bench_wait_count (&self->reads, 1); /* late, and still theirs */
}

/* What hung under one lease is not told under the next. */
static void
test_hangs_over_a_lease (Bench *self, gconstpointer unused)
{
  fake_hang (TRUE);
  fake_put_in ();
  while (!fake_is_hanging ())
    bench_run (5);
  bm_reader_release (self->reader);
  const guint before = self->failures; /* a slow machine may have warned already */
  fake_set_kind ("6A82");
  fake_hang (FALSE);
  wait_for_calls (FAKE_LOOK, 1);
  g_assert_cmpuint (self->failures, ==, before);
  g_assert_cmpuint (self->reads, ==, 0);
}

/* Closing does not wait for it, and nothing is told afterwards. */
static void
test_closed_while_it_hangs (Bench *self, gconstpointer unused)
{
  fake_hang (TRUE);
  fake_put_in ();
  while (!fake_is_hanging ())
    bench_run (5);
  g_test_expect_message ("bianmin-ssc", G_LOG_LEVEL_MESSAGE, "*left behind*");
  bm_reader_close (self->reader);
  g_test_assert_expected_messages ();
  g_clear_object (&self->reader);
  const guint before = self->failures;
  fake_hang (FALSE);
  while (fake_is_hanging ())
    bench_run (5);
  bench_run (50);
  g_assert_cmpuint (self->failures, ==, before);
  g_assert_cmpuint (self->reads + self->removals, ==, 0);
}

#define ADD(path, up, test) g_test_add (path, Bench, NULL, up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/ssc/reader/placed-and-drawn", set_up_leased, test_placed_and_drawn);
  ADD ("/ssc/reader/swapped-between-two-looks", set_up_leased, test_swapped);
  ADD ("/ssc/reader/reads-only-leased", set_up, test_only_leased);
  ADD ("/ssc/reader/another-card", set_up_leased, test_other_card);
  ADD ("/ssc/reader/drawn-in-the-middle", set_up_leased, test_drawn_in_the_middle);
  ADD ("/ssc/reader/service-lost", set_up_leased, test_service_lost);
  ADD ("/ssc/reader/card-codes", set_up_leased, test_card_codes);
  ADD ("/ssc/reader/shared", set_up_leased, test_shared);
  ADD ("/ssc/reader/not-allowed", set_up, test_not_allowed);
  ADD ("/ssc/reader/backs-off", set_up, test_backs_off);
  ADD ("/ssc/reader/readers-come-and-go", set_up_leased, test_readers_come_and_go);
  ADD ("/ssc/reader/hangs", set_up_leased, test_hangs);
  ADD ("/ssc/reader/hangs-over-a-lease", set_up_leased, test_hangs_over_a_lease);
  ADD ("/ssc/reader/closed-while-it-hangs", set_up_leased, test_closed_while_it_hangs);
  return g_test_run ();
}
