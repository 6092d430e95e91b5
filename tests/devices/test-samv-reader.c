/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-samv-reader"

#include "app/devices/reader-open.h"
#include "core/error.h"
#include "tests/devices/reader-fixture.h"

#include <signal.h>

/* The driver against the simulated module: real frames over a pseudo terminal at line speed. */

static void
test_read (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  g_assert_false (bm_reader_has_card (self->reader));
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
  g_assert_true (bm_reader_has_card (self->reader));
  g_assert_cmpint (self->card->kind, ==, BM_CARD_CITIZEN);
  g_assert_cmpstr (self->card->name, ==, "王秀兰");
  g_assert_cmpstr (self->card->sex, ==, "2");
  g_assert_cmpstr (self->card->ethnic, ==, "01");
  g_assert_cmpstr (self->card->birth, ==, "1948-03-12");
  g_assert_cmpstr (self->card->address, ==, "演示省演示市演示县青溪镇禾田村1组");
  g_assert_cmpstr (self->card->id_number, ==, WANG);
  g_assert_cmpstr (self->card->issuer, ==, "演示县公安局");
  g_assert_cmpstr (self->card->valid_from, ==, "2016-01-01");
  g_assert_cmpstr (self->card->valid_to, ==, "长期");
  bench_run (A_WHILE_MS);
  g_assert_cmpuint (self->reads, ==, 1);
  g_assert_cmpuint (self->removals + self->failures, ==, 0);
}

static void
test_two_in_a_row (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
  bench_order (self, "remove");
  bench_wait_count (&self->removals, 1);
  g_assert_false (bm_reader_has_card (self->reader));
  bench_order (self, "place 2");
  bench_wait_count (&self->reads, 2);
  g_assert_cmpstr (self->card->id_number, ==, LI);
  bench_order (self, "remove");
  bench_wait_count (&self->removals, 2);
  g_assert_cmpuint (self->failures, ==, 0);
}

static void
test_lease (Bench *self, gconstpointer unused)
{
  bench_start (self);
  bench_order (self, "place 1");
  bench_run (A_WHILE_MS);
  g_assert_cmpuint (self->reads, ==, 0);
  bm_reader_lease (self->reader);
  bench_wait_count (&self->reads, 1);
  bm_reader_release (self->reader);
  bench_order (self, "place 2");
  bench_run (A_WHILE_MS);
  g_assert_cmpuint (self->reads, ==, 1);
  bm_reader_lease (self->reader);
  bench_wait_count (&self->reads, 2);
  g_assert_cmpstr (self->card->id_number, ==, LI);
}

static void
test_long_name (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "place name=阿卜杜热西提·买买提吐尔逊·阿不都拉");
  bench_wait_count (&self->reads, 1);
  g_assert_cmpint (g_utf8_strlen (self->card->name, -1), ==, 15);
  g_assert_true (self->card->is_name_cut);
}

static void
test_garbage (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "mode garbage");
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
  g_assert_cmpstr (self->card->id_number, ==, WANG);
  g_assert_cmpuint (self->failures, ==, 0);
}

static void
test_other_kinds (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "mode j-card");
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
  g_assert_cmpint (self->card->kind, ==, BM_CARD_HMT_PERMIT);
  bench_order (self, "remove");
  bench_wait_count (&self->removals, 1);
  bench_order (self, "mode i-card");
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 2);
  g_assert_cmpint (self->card->kind, ==, BM_CARD_FOREIGNER);
}

/* Modules that find a card only once per placing: it is not taken for gone while it lies there. */
static void
test_sticky (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "mode sticky");
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
  bench_run (A_WHILE_MS);
  g_assert_cmpuint (self->removals, ==, 0);
  bm_reader_release (self->reader);
  bm_reader_lease (self->reader);
  bench_wait_count (&self->reads, 2);
  bench_order (self, "remove");
  bench_wait_count (&self->removals, 1);
  bench_order (self, "place 2");
  bench_wait_count (&self->reads, 3);
}

static void
test_unplugged (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
  bench_order (self, "unplug");
  bench_wait_state (self, BM_READER_ABSENT);
  bench_wait_count (&self->removals, 1);
  g_assert_false (bm_reader_has_card (self->reader));
  bench_order (self, "replug");
  bench_wait_state (self, BM_READER_READY);
  bench_wait_count (&self->reads, 2);
}

/* Nobody has leased it: a pulled plug is noticed all the same, and staff are told. */
static void
test_unplugged_idle (Bench *self, gconstpointer unused)
{
  bench_start (self);
  bench_order (self, "unplug");
  bench_wait_state (self, BM_READER_ABSENT);
  bench_order (self, "replug");
  bench_wait_state (self, BM_READER_READY);
}

static void
test_plugged_later (Bench *self, gconstpointer unused)
{
  bench_open_reader (self);
  bm_reader_lease (self->reader);
  bench_run (300);
  g_assert_cmpint (bm_reader_get_state (self->reader), ==, BM_READER_ABSENT);
  bench_start_module (self);
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
  g_assert_cmpint (bm_reader_get_state (self->reader), ==, BM_READER_READY);
}

static void
test_silent (Bench *self, gconstpointer unused)
{
  bench_start_leased (self);
  g_subprocess_send_signal (self->module, SIGSTOP);
  bench_wait_state (self, BM_READER_ABSENT);
  g_subprocess_send_signal (self->module, SIGCONT);
  bench_wait_state (self, BM_READER_READY);
  bench_order (self, "place 1");
  bench_wait_count (&self->reads, 1);
}

/* Closing does not wait for a module that does not answer. */
static void
test_close_while_reading (Bench *self, gconstpointer unused)
{
  gint64 begin;

  bench_start_leased (self);
  g_subprocess_send_signal (self->module, SIGSTOP);
  bench_run (500);
  begin = g_get_monotonic_time ();
  bm_reader_close (self->reader);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 300 * G_TIME_SPAN_MILLISECOND);
  g_subprocess_send_signal (self->module, SIGCONT);
  bench_order (self, "place 1");
  bench_run (500);
  g_assert_cmpuint (self->reads, ==, 0);
}

static void
test_dropped_at_once (void)
{
  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (BmReader) reader = bm_reader_open ("samv:/nowhere/tty", NULL, NULL);

      bm_reader_lease (reader);
    }
}

static void
test_uri (void)
{
  const char *wrong[] = { "", "samv", "samv:", "samv:tty", "usb:/dev/bus" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bm_reader_open (wrong[i], NULL, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
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
  add ("/samv-reader/read", test_read);
  add ("/samv-reader/two-cards-in-a-row", test_two_in_a_row);
  add ("/samv-reader/only-while-leased", test_lease);
  add ("/samv-reader/long-name", test_long_name);
  add ("/samv-reader/garbage-before-the-preamble", test_garbage);
  add ("/samv-reader/other-kinds-of-card", test_other_kinds);
  add ("/samv-reader/found-once-per-placing", test_sticky);
  add ("/samv-reader/unplugged", test_unplugged);
  add ("/samv-reader/unplugged-while-idle", test_unplugged_idle);
  add ("/samv-reader/plugged-in-later", test_plugged_later);
  add ("/samv-reader/silent", test_silent);
  add ("/samv-reader/closed-while-reading", test_close_while_reading);
  g_test_add_func ("/samv-reader/dropped-at-once", test_dropped_at_once);
  g_test_add_func ("/samv-reader/wrong-address", test_uri);
  return g_test_run ();
}
