/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checkup/checkup.h"

#include <glib.h>
#include <string.h>

/* What a station that is all right says of itself; each case changes one thing of it. */
#define WELL                                                                                    \
  "{\"link\":{\"state\":\"online\"},\"clock\":{\"state\":\"right\",\"wall_ms\":1795223400000}," \
  "\"camera\":\"ready\",\"microphone\":\"ready\",\"trouble\":null,"                             \
  "\"certificate\":{\"until_ms\":1800000000000},"                                               \
  "\"packs\":{\"state\":\"fresh\"},\"catalogue\":{\"services\":3,\"faults\":[]},"               \
  "\"ledger\":{\"printer\":\"ready\",\"reader\":\"ready\",\"chain\":{\"ok\":true},"             \
  "\"kept\":{\"verified_ms\":1},\"disk\":{\"free_mib\":9000},"                                  \
  "\"waiting\":{\"total\":0,\"held\":0,\"oldest_ms\":0}}}"

static const struct
{
  const char *what;   /* merged into WELL, and into its "ledger" under that key */
  const char *faults; /* what somebody has to mend */
  const char *id;     /* which row changes, and how */
  const char *state;
} cases[] = {
  { "{}", "", "printer", "good" },
  { "{\"ledger\":{\"printer\":\"media-empty\"}}", "printer:media-empty", "printer", "fault" },
  { "{\"ledger\":{\"printer\":\"offline\"}}", "printer:offline", "printer", "fault" },
  { "{\"ledger\":{\"printer\":\"media-low\"}}", "", "printer", "watch" },
  { "{\"ledger\":{\"printer\":\"none\"}}", "", "printer", "absent" },
  { "{\"ledger\":{\"reader\":\"absent\"}}", "reader:absent", "reader", "fault" },
  { "{\"ledger\":{\"reader\":\"none\"}}", "", "reader", "absent" },
  { "{\"ledger\":{\"social_reader\":\"absent\"}}", "social:absent", "social", "fault" },
  { "{\"ledger\":{\"social_reader\":\"ready\"}}", "", "social", "good" },
  { "{}", "", "social", "absent" },
  { "{\"camera\":\"fault\"}", "camera:fault", "camera", "fault" },
  { "{\"camera\":\"untried\"}", "", "camera", "watch" },
  { "{\"camera\":null}", "", "camera", "absent" },
  { "{\"microphone\":\"fault\"}", "microphone:fault", "microphone", "fault" },
  { "{\"microphone\":\"untried\"}", "", "microphone", "watch" },
  { "{}", "", "microphone", "good" },
  { "{\"microphone\":null}", "", "microphone", "absent" },
  { "{\"scanner\":\"absent\"}", "scanner:absent", "scanner", "fault" },
  { "{\"scanner\":\"unregistered\"}", "scanner:unregistered", "scanner", "fault" },
  { "{\"scanner\":\"ready\"}", "", "scanner", "good" },
  { "{}", "", "scanner", "absent" },
  { "{\"usb\":{\"state\":\"unknown\",\"ids\":\"1234:5678 0951:1666\"}}",
    "usb:unknown=1234:5678,0951:1666", "usb", "fault" },
  { "{\"usb\":{\"state\":\"typing\",\"ids\":\"046d:c31c\"}}", "usb:typing=046d:c31c", "usb",
    "fault" },
  { "{\"usb\":{\"state\":\"registered\",\"ids\":\"\"}}", "", "usb", "good" },
  { "{\"usb\":{\"state\":\"none\",\"ids\":\"1234:5678\"}}", "", "usb", "absent" },
  { "{\"ledger\":{\"reader\":\"unregistered\"}}", "reader:unregistered", "reader", "fault" },
  { "{\"ledger\":{\"printer\":\"unregistered\"}}", "printer:unregistered", "printer", "fault" },
  { "{\"ledger\":{\"social_reader\":\"unregistered\"}}", "social:unregistered", "social", "fault" },
  /* A village without a network is no fault of the machine; who answers instead of the platform is. */
  { "{\"link\":{\"state\":\"offline\"}}", "", "link", "watch" },
  { "{\"link\":{\"state\":\"platform-down\"}}", "", "link", "watch" },
  { "{\"link\":{\"state\":\"wrong-certificate\"}}", "link:wrong-certificate", "link", "fault" },
  { "{\"clock\":{\"state\":\"wrong\"}}", "clock:wrong", "clock", "fault" },
  { "{\"ledger\":{\"disk\":{\"free_mib\":1023}}}", "", "disk", "watch" },
  { "{\"trouble\":{\"code\":\"full\"}}", "disk:full", "disk", "fault" },
  { "{\"ledger\":{\"takes\":\"full\"}}", "disk:full", "disk", "fault" },
  { "{\"ledger\":{\"chain\":{\"ok\":false}}}", "journal:broken", "journal", "fault" },
  { "{\"ledger\":{\"kept\":{\"verified_ms\":0}}}", "", "journal", "watch" },
  { "{\"certificate\":null}", "certificate:expired", "certificate", "fault" },
  { "{\"certificate\":{\"until_ms\":1795223400000}}", "certificate:expired", "certificate",
    "fault" },
  { "{\"certificate\":{\"until_ms\":1795223400001}}", "", "certificate", "watch" },
  { "{\"certificate\":{\"until_ms\":1797815399999}}", "", "certificate", "watch" },
  { "{\"certificate\":{\"until_ms\":1797815400000}}", "", "certificate", "good" },
  { "{\"packs\":{\"state\":\"missing\"}}", "", "packs", "watch" },
  { "{\"packs\":{\"state\":\"locked\"}}", "packs:locked", "packs", "fault" },
  { "{\"catalogue\":{\"faults\":[{}]}}", "services:broken", "services", "fault" },
  { "{\"catalogue\":{\"unwitnessed\":\"养老金认证\"}}", "services:no-witness", "services",
    "fault" },
  { "{\"catalogue\":{\"services\":0}}", "services:nothing", "services", "fault" },
  { "{\"ledger\":{\"waiting\":{\"held\":1}}}", "outbox:stuck", "outbox", "fault" },
  { "{\"ledger\":{\"waiting\":{\"total\":3,\"oldest_ms\":1795223300000}}}", "", "outbox", "watch" },
  { "{\"ledger\":{\"waiting\":{\"total\":3,\"oldest_ms\":1794618599999}}}", "outbox:old", "outbox",
    "fault" },
  { "{\"ledger\":{\"waiting\":{\"total\":3,\"oldest_ms\":1794618600000}}}", "", "outbox", "watch" },
  { "{\"ledger\":{\"printer\":\"cover-open\",\"reader\":\"fault\"}}",
    "printer:cover-open reader:fault", "reader", "fault" },
};

static json_t *
make_checkup (const char *change)
{
  json_t *status = json_loads (WELL, 0, NULL);
  json_t *other = json_loads (change, 0, NULL);
  json_t *checkup;

  g_assert_nonnull (status);
  g_assert_nonnull (other);
  g_assert_cmpint (json_object_update_recursive (status, other), ==, 0);
  checkup = bm_checkup_new (status);
  json_decref (status);
  json_decref (other);
  return checkup;
}

static json_t *
find_row (json_t *checkup, const char *id)
{
  for (gsize i = 0; i < json_array_size (checkup); i++)
    if (strcmp (json_string_value (json_object_get (json_array_get (checkup, i), "id")), id) == 0)
      return json_array_get (checkup, i);
  g_assert_not_reached ();
}

static void
test_each (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      json_t *checkup = make_checkup (cases[i].what);
      json_t *row = find_row (checkup, cases[i].id);
      g_autofree char *faults = bm_checkup_dup_faults (checkup);

      g_test_message ("%s", cases[i].what);
      g_assert_cmpstr (faults, ==, cases[i].faults);
      g_assert_cmpint (bm_checkup_has_fault (checkup), ==, *faults != '\0');
      g_assert_cmpstr (json_string_value (json_object_get (row, "state")), ==, cases[i].state);
      json_decref (checkup);
    }
}

/* Of whatever is to be mended or watched it is said what to do; of what is good, nothing. */
static void
test_words (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      json_t *checkup = make_checkup (cases[i].what);

      for (gsize row = 0; row < json_array_size (checkup); row++)
        {
          json_t *json = json_array_get (checkup, row);
          g_autofree char *sentence = bm_check_dup_sentence (json);

          g_assert_cmpstr (bm_check_say_label (json), !=, "");
          if (bm_check_get_state (json) == BM_CHECK_FAULT ||
              bm_check_get_state (json) == BM_CHECK_WATCH)
            g_assert_nonnull (strstr (sentence, ". "));
          else if (bm_check_get_state (json) == BM_CHECK_GOOD)
            g_assert_null (strstr (sentence, ". "));
        }
      json_decref (checkup);
    }
}

/* Which device it is stands in the sentence: who mends it has nothing else to go by. */
static void
test_named (void)
{
  json_t *checkup =
    make_checkup ("{\"usb\":{\"state\":\"unknown\",\"ids\":\"1234:5678 0951:1666\"}}");
  g_autofree char *sentence = bm_check_dup_sentence (find_row (checkup, "usb"));

  g_assert_nonnull (strstr (sentence, ": 1234:5678 0951:1666. "));
  json_decref (checkup);
}

/* A status of which nothing is known is no machine that is all right. */
static void
test_nothing_known (void)
{
  json_t *status = json_object ();
  json_t *checkup = bm_checkup_new (status);

  g_assert_true (bm_checkup_has_fault (checkup));
  json_decref (checkup);
  json_decref (status);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/checkup/each", test_each);
  g_test_add_func ("/checkup/words", test_words);
  g_test_add_func ("/checkup/named", test_named);
  g_test_add_func ("/checkup/nothing-known", test_nothing_known);
  return g_test_run ();
}
