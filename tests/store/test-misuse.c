/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include <string.h>

/* 数据铁笼: look-ups that nobody's matter explains raise an alarm, whatever is done to clock and power meanwhile. */

#define MINUTE_MS (G_GINT64_CONSTANT (60) * 1000)
#define HOUR_MS   (60 * MINUTE_MS)

static void
tell (Ledger *ledger, const char *use, const char *staff, guint person, gboolean is_closed)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *tag = g_strdup_printf ("%032x", person + 1);
  json_t *event =
    json_pack ("{s:s, s:s, s:s, s:s}", "event", "x", "use", use, "staff", staff, "person", tag);

  if (is_closed)
    json_object_set_new (event, "closed", json_true ());
  g_assert_true (ledger_audit (ledger, event, &error));
  g_assert_no_error (error);
}

static void
look_at (Ledger *ledger, const char *staff, guint first, guint count)
{
  for (guint i = 0; i < count; i++)
    tell (ledger, "open", staff, first + i, FALSE);
}

/* @expected: rule:staff:count of each, oldest first, with a blank after each */
static void
assert_alarms (Ledger *ledger, const char *expected)
{
  json_t *overview = ledger_overview (ledger);
  json_t *list = json_object_get (overview, "misuse");
  GString *text = g_string_new (NULL);

  for (gsize i = json_array_size (list); i > 0; i--)
    {
      json_t *item = json_array_get (list, i - 1);

      g_string_append_printf (text, "%s:%s:%d ", json_string_value (json_object_get (item, "rule")),
                              json_string_value (json_object_get (item, "staff")),
                              (int) json_integer_value (json_object_get (item, "count")));
    }
  g_assert_cmpstr (text->str, ==, expected);
  g_string_free (text, TRUE);
  json_decref (overview);
}

static void
see (Ledger *ledger, const char *staff)
{
  ledger_audit (ledger,
                json_pack ("{s:s, s:s, s:i}", "what", "misuse-seen", "staff", staff, "upto", 99),
                NULL);
}

/* Seven are none, eight are one, more of them are no second one; another helper's are their own. */
static void
test_fast (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  look_at (ledger, "HT02", 0, 7);
  look_at (ledger, "HT03", 20, 7);
  tell (ledger, "find", "HT02", 0, FALSE); /* one of them once more */
  assert_alarms (ledger, "");
  look_at (ledger, "HT02", 7, 1);
  assert_alarms (ledger, "fast:HT02:8 ");
  look_at (ledger, "HT02", 8, 2);
  assert_alarms (ledger, "fast:HT02:10 ");
  ledger_free (ledger);
}

/* A day's honest work: as many, with time between them. */
static void
test_slow_is_none (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  for (guint i = 0; i < 16; i++)
    {
      look_at (ledger, "HT02", i, 1);
      ledger_advance (ledger, 2 * MINUTE_MS);
    }
  assert_alarms (ledger, "");
  ledger_free (ledger);
}

/* Y1: the wall clock goes back a day, then forward a week, amid them. */
static void
test_clock_moved (void)
{
  Ledger *ledger = ledger_new ();
  gint64 wall_ms;

  ledger_open (ledger);
  wall_ms = bm_clock_get_wall_ms (BM_CLOCK (ledger->clock));
  look_at (ledger, "HT02", 0, 4);
  ledger_set_wall (ledger, wall_ms + 7 * 24 * HOUR_MS);
  look_at (ledger, "HT02", 4, 4);
  assert_alarms (ledger, "fast:HT02:8 ");
  ledger_set_wall (ledger, wall_ms - 24 * HOUR_MS);
  look_at (ledger, "HT02", 8, 1);
  assert_alarms (ledger, "fast:HT02:9 closed:HT02:1 ");
  ledger_free (ledger);
}

/* Neither the program's restart nor the machine's makes anybody forget. */
static void
test_restarts (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  look_at (ledger, "HT02", 0, 3);
  ledger_close (ledger);
  ledger_open (ledger);
  look_at (ledger, "HT02", 3, 3);
  ledger_reboot (ledger);
  look_at (ledger, "HT02", 6, 2);
  assert_alarms (ledger, "fast:HT02:8 ");
  ledger_free (ledger);
}

/* Twenty in a day for whom nothing followed; whoever came with the card, or handed something in, is none of them. */
static void
test_idle (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  for (guint i = 0; i < 24; i++)
    {
      look_at (ledger, "HT02", i, 1);
      ledger_advance (ledger, 6 * MINUTE_MS);
      if (i < 5)
        tell (ledger, i % 2 == 0 ? "look" : "print", "", i, FALSE);
    }
  assert_alarms (ledger, "");
  look_at (ledger, "HT02", 24, 1);
  assert_alarms (ledger, "idle:HT02:20 ");
  ledger_free (ledger);
}

static void
test_closed (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  tell (ledger, "open", "HT02", 1, TRUE);
  assert_alarms (ledger, "closed:HT02:1 ");
  ledger_free (ledger);
}

/* Y3; and what comes after it was seen is a new one. */
static void
test_cause_cannot_take_it_away (void)
{
  Ledger *ledger = ledger_new ();
  json_t *verdict;

  ledger_open (ledger);
  look_at (ledger, "HT02", 0, 8);
  see (ledger, "HT02");
  see (ledger, "");
  assert_alarms (ledger, "fast:HT02:8 ");
  see (ledger, "HT01");
  assert_alarms (ledger, "");
  ledger_advance (ledger, 10 * MINUTE_MS);
  look_at (ledger, "HT02", 0, 8);
  assert_alarms (ledger, "fast:HT02:8 ");
  verdict = ledger_verify (ledger);
  g_assert_true (json_is_true (json_object_get (verdict, "ok")));
  json_decref (verdict);
  ledger_free (ledger);
}

/* Y2: what goes on after somebody had seen it is no part of what was seen. */
static void
test_goes_on (void)
{
  Ledger *ledger = ledger_new ();

  ledger_open (ledger);
  tell (ledger, "open", "HT02", 0, TRUE);
  assert_alarms (ledger, "closed:HT02:1 ");
  see (ledger, "HT01");
  assert_alarms (ledger, "");
  tell (ledger, "open", "HT02", 1, TRUE);
  assert_alarms (ledger, "closed:HT02:2 ");
  ledger_free (ledger);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/misuse/fast", test_fast);
  g_test_add_func ("/misuse/slow-is-none", test_slow_is_none);
  g_test_add_func ("/misuse/clock-moved", test_clock_moved);
  g_test_add_func ("/misuse/restarts", test_restarts);
  g_test_add_func ("/misuse/idle", test_idle);
  g_test_add_func ("/misuse/closed", test_closed);
  g_test_add_func ("/misuse/goes-on-after-it-was-seen", test_goes_on);
  g_test_add_func ("/misuse/cause-cannot-take-it-away", test_cause_cannot_take_it_away);
  return g_test_run ();
}
