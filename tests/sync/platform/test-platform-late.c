/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"

#include "core/calendar/day.h"
#include "core/entry/number.h"

#include <string.h>

/* 补录 at the centre: which day counts, and that one paper is one matter. */

#define WANG    "王秀兰"
#define WANG_ID "990121194803120028"
#define DAY_MS  (24 * 60 * 60 * G_GINT64_CONSTANT (1000))

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

typedef struct
{
  const char *name;
  gint days_ago;    /* the day on the paper, before the receipt */
  gint printed_ago; /* the day it was printed; -1: nobody knows */
  gboolean is_unknown;
  gboolean is_doubtful;
  const char *form; /* NULL: a right one */
  const char *counts;
} Row;

static const Row rows[] = {
  { "today", 0, 3, FALSE, FALSE, NULL, "paper" },
  { "yesterday", 1, 3, FALSE, FALSE, NULL, "paper" },
  { "the-last-day", 7, 30, FALSE, FALSE, NULL, "paper" },
  { "too-late", 8, 30, FALSE, FALSE, NULL, "received" },
  { "to-come", -1, 3, FALSE, FALSE, NULL, "received" },
  { "printed-that-day", 2, 2, FALSE, FALSE, NULL, "paper" },
  { "printed-afterwards", 3, 2, FALSE, FALSE, NULL, "received" },
  { "printing-not-known", 1, -1, FALSE, FALSE, NULL, "paper" },
  { "form-not-known", 1, -1, TRUE, FALSE, NULL, "received" },
  { "clock-was-wrong", 1, 3, FALSE, TRUE, NULL, "received" },
  { "no-number-of-a-form", 1, 3, FALSE, FALSE, "01 01 0001 0", "received" },
};

static json_t *
make_mark (const Row *row, const char *form)
{
  const gint32 today = bm_day_from_wall_ms (DEMO_NOW);
  g_autofree char *day = bm_day_to_string (today - row->days_ago);

  return json_pack ("{s:s, s:s, s:s, s:b, s:I, s:b, s:b, s:s, s:s}", "form",
                    row->form != NULL ? row->form : form, "day", day, "half", "am", "is_known",
                    !row->is_unknown, "printed_ms",
                    (json_int_t) (row->printed_ago < 0 ? 0 : DEMO_NOW - row->printed_ago * DAY_MS),
                    "is_day_doubtful", (int) row->is_doubtful, "is_present", 0, "second", "HT01",
                    "paper", "kept");
}

static GBytes *
enter (PlatformFixture *platform, const Row *row, const char *form, char **ret_number)
{
  json_t *evidence = json_pack ("[{s:s, s:s}, {s:s, s:s, s:s}]", "class", "paper", "kind",
                                "card-seen", "class", "witness", "staff", "HT02", "kind", "paper");

  return virtual_station_make_matter (platform->station, "cert.pension",
                                      json_pack ("{s:i, s:s, s:s, s:{s:s, s:s}, s:o, s:o}",
                                                 "version", 1, "service", "cert.pension", "rule",
                                                 "C1-2026.1", "fields", "p.name", WANG, "p.idno",
                                                 WANG_ID, "evidence", evidence, "late",
                                                 make_mark (row, form)),
                                      ret_number);
}

static json_t *
read_result (PlatformFixture *platform, const char *number)
{
  g_autoptr (BmReply) inbox = platform_fixture_inbox (platform, 0);
  json_t *last = NULL;

  for (guint i = 0; i < inbox->messages->len; i++)
    {
      const BmMessage *message = inbox->messages->pdata[i];

      if (strcmp (message->kind, "result") != 0 || strcmp (message->name, number) != 0)
        continue;
      json_decref (last);
      last = json_loadb (g_bytes_get_data (message->body, NULL), g_bytes_get_size (message->body),
                         0, NULL);
    }
  return last;
}

static const char *
get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

static void
test_which_day (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (PlatformFixture) platform = platform_fixture_new ();
  g_autofree char *said = platform_fixture_admin (platform, "decide now");
  g_autofree char *form = bm_form_number_new (1, 1, 1);
  g_autofree char *number = NULL;
  g_autofree char *day = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (Json) result = NULL;
  GBytes *run, *matter;
  const gint32 today = bm_day_from_wall_ms (DEMO_NOW);

  run = virtual_station_start_run (platform->station);
  matter = enter (platform, row, form, &number);
  reply = platform_fixture_send (platform, records_of (run, matter, NULL));
  result = read_result (platform, number);
  day = bm_day_to_string (strcmp (row->counts, "paper") == 0 ? today - row->days_ago : today);
  g_assert_cmpstr (get_text (result, "code"), ==, "CERT_OK");
  g_assert_cmpstr (get_text (result, "counts"), ==, row->counts);
  g_assert_cmpstr (get_text (result, "counts_day"), ==, day);
  g_assert_nonnull (strstr (get_text (result, "text"), "补录"));
}

/* At two terminals, or from a ledger that was put back: the second one is told of the first, whatever its fields say. */
static void
test_one_paper (void)
{
  g_autoptr (PlatformFixture) platform = platform_fixture_new ();
  g_autofree char *said = platform_fixture_admin (platform, "decide now");
  g_autofree char *form = bm_form_number_new (1, 1, 1);
  g_autofree char *other_form = bm_form_number_new (1, 1, 2);
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autoptr (Json) once = NULL, twice = NULL, other = NULL;
  GBytes *run, *one, *two, *three;

  run = virtual_station_start_run (platform->station);
  one = enter (platform, &rows[1], form, &first);
  two = enter (platform, &rows[0], form, &second);
  three = enter (platform, &rows[1], other_form, &third);
  reply = platform_fixture_send (platform, records_of (run, one, two, three, NULL));
  once = read_result (platform, first);
  twice = read_result (platform, second);
  other = read_result (platform, third);
  g_assert_cmpstr (get_text (once, "code"), ==, "CERT_OK");
  g_assert_cmpstr (get_text (twice, "code"), ==, "LATE_REPEATED");
  g_assert_cmpstr (get_text (twice, "state"), ==, "not_done");
  g_assert_cmpstr (get_text (twice, "duplicate_of"), ==, first);
  g_assert_cmpstr (get_text (twice, "counts_day"), ==, "");
  g_assert_cmpstr (get_text (other, "code"), ==, "CERT_OK");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/late/which-day/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_which_day);
    }
  g_test_add_func ("/late/one-paper", test_one_paper);
  return g_test_run ();
}
