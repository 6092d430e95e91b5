/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-samv-trouble"

#include "core/error.h"
#include "tests/devices/reader-fixture.h"

/* What goes wrong between card and driver, over real frames: a plain failure each, and it goes on. */

/* The lease ends while the frame is on the line: what comes of it belongs to nobody (R3). */
static void
test_released_while_reading (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "mode torn");
  bench_order (self, "place 1");
  bench_run (450);
  bm_reader_release (self->reader);
  bench_run (A_WHILE_MS);
  g_assert_cmpuint (self->reads + self->failures, ==, 0);
}

static void
assert_fails (Bench *self, const char *mode, int code)
{
  bench_start_leased (self);
  bench_order (self, mode);
  bench_order (self, "place 1");
  bench_wait_count (&self->failures, 1);
  g_assert_cmpint (self->code, ==, code);
  bench_run (A_WHILE_MS);
  g_assert_cmpuint (self->failures, ==, 1);
  g_assert_cmpuint (self->reads, ==, 0);
  g_assert_cmpint (bm_reader_get_state (self->reader), ==, BM_READER_READY);
}

static void
assert_next_is_read (Bench *self)
{
  bench_order (self, "remove");
  bench_wait_count (&self->removals, 1);
  bench_order (self, "mode ok");
  bench_order (self, "place 2");
  bench_wait_count (&self->reads, 1);
  g_assert_cmpstr (self->card->id_number, ==, LI);
}

static void
test_torn (Bench *self, gconstpointer unused)
{
  assert_fails (self, "mode torn", BM_ERROR_INVALID);
  assert_next_is_read (self);
}

/* The person only presses the card down: nobody has to lift it. */
static void
test_torn_then_right (Bench *self, gconstpointer unused)
{
  assert_fails (self, "mode torn", BM_ERROR_INVALID);
  bench_order (self, "mode ok");
  bench_wait_count (&self->reads, 1);
  g_assert_cmpuint (self->removals, ==, 0);
}

static void
test_checksum (Bench *self, gconstpointer unused)
{
  assert_fails (self, "mode checksum", BM_ERROR_INVALID);
  assert_next_is_read (self);
}

static void
test_card_moved (Bench *self, gconstpointer unused)
{
  assert_fails (self, "mode read-failed", BM_ERROR_INVALID);
  assert_next_is_read (self);
}

static void
test_unknown_layout (Bench *self, gconstpointer unused)
{
  assert_fails (self, "mode unknown-card", BM_ERROR_UNSUPPORTED);
  assert_next_is_read (self);
}

static void
test_wrong_check_digit (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "place idno=990121194803120029");
  bench_wait_count (&self->failures, 1);
  g_assert_cmpint (self->code, ==, BM_ERROR_INVALID);
}

static void
assert_fault (Bench *self, const char *mode)
{
  bench_start_leased (self);
  bench_order (self, mode);
  bench_wait_state (self, BM_READER_FAULT);
  bench_run (A_WHILE_MS);
  g_assert_cmpint (bm_reader_get_state (self->reader), ==, BM_READER_FAULT);
  bench_order (self, "mode ok");
  bench_wait_state (self, BM_READER_READY);
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
}

static void
test_unauthorised (Bench *self, gconstpointer unused)
{
  assert_fault (self, "mode unauthorised");
}

static void
test_self_test (Bench *self, gconstpointer unused)
{
  assert_fault (self, "mode self-test");
}

static void
add (const char *path, void (*test) (Bench *, gconstpointer))
{
  g_test_add (path, Bench, NULL, bench_set_up, test, bench_tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/samv-trouble/released-while-reading", test_released_while_reading);
  add ("/samv-trouble/torn", test_torn);
  add ("/samv-trouble/torn-then-right", test_torn_then_right);
  add ("/samv-trouble/checksum", test_checksum);
  add ("/samv-trouble/card-moved", test_card_moved);
  add ("/samv-trouble/unknown-layout", test_unknown_layout);
  add ("/samv-trouble/wrong-check-digit", test_wrong_check_digit);
  add ("/samv-trouble/not-authorised", test_unauthorised);
  add ("/samv-trouble/self-test-failed", test_self_test);
  return g_test_run ();
}
