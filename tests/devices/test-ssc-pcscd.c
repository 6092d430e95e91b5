/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-ssc-pcscd"

#include "app/devices/reader-open.h"
#include "core/error.h"

#include "tests/devices/reader-fixture.h"

#include <glib/gstdio.h>

#include <string.h>

/*
 * The driver of social-security cards against the real pcscd and a card in its virtual reader. libpcsclite looks once in
 * a process where its daemon is, so that one simulator with one daemon serves all of these.
 */

static Bench room;

static void
set_up (Bench *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->code = -1;
  bench_order (&room, "remove");
  bench_order (&room, "mode ok");
  bench_order (
    &room,
    "pcscd kill"); /* the one before may think for a second that the last card is there yet */
  bench_order (&room, "pcscd start");
  BmReader *reader = bm_reader_open ("pcsc:Virtual SSC", NULL, &error);
  g_assert_no_error (error);
  bench_watch_reader (self, reader);
  bench_wait_state (self, BM_READER_READY);
  bm_reader_lease (self->reader);
}

static void
tear_down (Bench *self, gconstpointer unused)
{
  bm_reader_close (self->reader);
  g_clear_object (&self->reader);
  g_clear_pointer (&self->card, bm_card_unref);
}

static void
test_placed_and_drawn (Bench *self, gconstpointer unused)
{
  bench_order (&room, "place 1");
  bench_wait_count (&self->reads, 1);
  g_assert_cmpint (self->card->kind, ==, BM_CARD_SOCIAL);
  g_assert_cmpstr (self->card->id_number, ==, WANG);
  g_assert_cmpstr (self->card->name, ==, "王秀兰");
  g_assert_cmpstr (self->card->valid_to, ==, "2036-01-01");
  bench_order (&room, "remove");
  bench_wait_count (&self->removals, 1);
  bench_order (&room, "place 2");
  bench_wait_count (&self->reads, 2);
  g_assert_cmpstr (self->card->id_number, ==, LI);
  g_assert_cmpuint (self->failures, ==, 0);
}

#define LONG_NAME "阿卜杜外力·阿卜杜热西提·买买提"

/* 61xx, 6Cxx, and a name that goes on in another record. */
static void
test_fetched (Bench *self, gconstpointer unused)
{
  bench_order (&room, "mode chained");
  bench_order (&room, "place name=" LONG_NAME);
  bench_wait_count (&self->reads, 1);
  g_assert_cmpstr (self->card->id_number, ==, WANG);
  g_assert_cmpstr (self->card->name, ==, LONG_NAME);
  g_assert_false (self->card->is_name_cut);
}

/* Each is told by its code, and the right card after it is read. */
static void
test_wrong_cards (Bench *self, gconstpointer unused)
{
  static const struct
  {
    const char *mode;
    int code;
  } cases[] = {
    { "mode other-card", BM_ERROR_NOT_FOUND },
    { "mode withdrawn", BM_ERROR_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      bench_order (&room, cases[i].mode);
      bench_order (&room, "place 1");
      bench_wait_count (&self->failures, i + 1);
      g_assert_cmpint (self->code, ==, cases[i].code);
      bench_order (&room, "remove");
      bench_wait_count (&self->removals, i + 1);
    }
  g_assert_cmpuint (self->reads, ==, 0);
  bench_order (&room, "mode ok");
  bench_order (&room, "place 1");
  bench_wait_count (&self->reads, 1);
}

/* A card that says nothing, in a reader that waits for it: given up, and read when it speaks again. */
static void
test_mute (Bench *self, gconstpointer unused)
{
  bench_order (&room, "mode mute");
  bench_order (&room, "place 1");
  bench_wait_count (&self->failures, 1);
  g_assert_cmpint (self->code, ==, BM_ERROR_UNREACHABLE);
  g_assert_cmpint (bm_reader_get_state (self->reader), ==, BM_READER_ABSENT);
  bench_order (&room, "remove");
  bench_wait_count (&self->removals, 1); /* no hand is faster than pcscd looks */
  bench_wait_state (self, BM_READER_READY);
  bench_order (&room, "mode ok");
  bench_order (&room, "place 1");
  bench_wait_count (&self->reads, 1);
}

static void
test_daemon_killed (Bench *self, gconstpointer unused)
{
  bench_order (&room, "place 1");
  bench_wait_count (&self->reads, 1);
  bench_order (&room, "pcscd kill");
  bench_wait_state (self, BM_READER_ABSENT);
  bench_wait_count (&self->removals, 1);
  bench_order (&room, "pcscd start");
  bench_wait_state (self, BM_READER_READY);
  bench_wait_count (&self->reads,
                    2); /* the card lies there yet: for the driver it is a new placing */
  g_assert_cmpuint (self->failures, ==, 0);
}

/* It lives and answers nobody. */
static void
test_daemon_frozen (Bench *self, gconstpointer unused)
{
  bench_order (&room, "pcscd freeze");
  bench_wait_state (self, BM_READER_ABSENT);
  bench_order (&room, "pcscd thaw");
  bench_wait_state (self, BM_READER_READY);
  bench_order (&room, "place 1");
  bench_wait_count (&self->reads, 1);
}

static void
start_room (void)
{
  g_autofree char *residents = bench_get_residents ();
  g_autofree char *socket = NULL;

  bench_set_up (&room, NULL);
  bench_spawn (&room, (const char *[]){ g_getenv ("BIANMIN_SIM_SSC"), "--control", room.control,
                                        "--residents", residents, NULL });
  socket = bench_ask (&room, "socket");
  g_setenv ("PCSCLITE_CSOCK_NAME", socket, TRUE);
}

static void
end_room (void)
{
  g_autofree char *readers = g_build_filename (room.folder, "readers", NULL);

  (void) g_unlink (readers); /* what it told its daemon */
  bench_tear_down (&room, NULL);
}

/* What is missing here; NULL when nothing is. */
static char *
find_obstacle (void)
{
  g_autofree char *output = NULL;
  const char *command[] = { g_getenv ("BIANMIN_SIM_SSC"), "--why-not", NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                               NULL, NULL, NULL));
  g_strstrip (output);
  return *output != '\0' ? g_steal_pointer (&output) : NULL;
}

#define ADD(path, data, test) g_test_add (path, Bench, data, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  int failed;

  g_test_init (&argc, &argv, NULL);
  g_autofree char *obstacle = find_obstacle ();
  if (obstacle != NULL)
    {
      g_print ("1..0 # SKIP skipped: %s\n", obstacle);
      return 0;
    }
  start_room ();
  ADD ("/ssc/pcscd/placed-and-drawn", NULL, test_placed_and_drawn);
  ADD ("/ssc/pcscd/fetched-in-pieces", NULL, test_fetched);
  ADD ("/ssc/pcscd/wrong-cards", NULL, test_wrong_cards);
  ADD ("/ssc/pcscd/mute", NULL, test_mute);
  ADD ("/ssc/pcscd/daemon-killed", NULL, test_daemon_killed);
  ADD ("/ssc/pcscd/daemon-frozen", NULL, test_daemon_frozen);
  failed = g_test_run ();
  end_room ();
  return failed;
}
