/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-parts"

#include "app/bus/bus-client.h"
#include "app/station/cuttable-line.h"
#include "app/station/demo-state.h"
#include "app/station/notify.h"
#include "app/station/page-sender.h"
#include "app/station/staff-check.h"
#include "core/error.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("bianmin-parts-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* Pages */

static void
on_page (BmBusStation1 *station, guint64 rev, const char *model, gpointer user_data)
{
  guint64 *last = user_data;

  g_assert_cmpuint (rev, >=, *last);
  *last = rev;
}

static void
wait_for_rev (guint64 *seen, guint64 rev)
{
  while (*seen < rev)
    g_main_context_iteration (NULL, TRUE);
}

static void
show (BmPageSender *pages, const char *id, int clock)
{
  json_t *page = json_pack ("{s:s, s:{s:i}}", "id", id, "station", "clock", clock);

  bm_page_sender_show (pages, page);
  json_decref (page);
}

static void
show_line (BmPageSender *pages, const char *template_name, const char *line, const char *choice)
{
  json_t *page =
    json_pack ("{s:s, s:s, s:[{s:s}], s:[s], s:[{s:s}]}", "id", template_name, "template",
               template_name, "lines", "text", line, "speech", line, "choices", "id", choice);

  bm_page_sender_show (pages, page);
  json_decref (page);
}

static void
show_card (BmPageSender *pages, const char *icon, const char *line)
{
  json_t *page =
    json_pack ("{s:s, s:s, s:[{s:s, s:s}], s:[s, s], s:[{s:s}]}", "id", "witness", "template",
               "choice", "lines", "icon", icon, "text", line != NULL ? line : "", "speech", "ask",
               line != NULL ? line : "", "choices", "id", "a");

  if (line == NULL)
    {
      json_array_clear (json_object_get (page, "lines"));
      json_array_remove (json_object_get (page, "speech"), 1);
    }
  bm_page_sender_show (pages, page);
  json_decref (page);
}

static void
show_desk (BmPageSender *pages, const char *link, const char *person, const char *template_name)
{
  json_t *page =
    json_pack ("{s:s, s:s, s:[{s:s}], s:{s:s, s:{s:s}}}", "id", "desk", "template", template_name,
               "lines", "text", link, "desk", "link", link, "hall", "name", person);

  bm_page_sender_show (pages, page);
  json_decref (page);
}

static void
on_attached (BmBusServer *server, GDBusConnection *peer, gpointer user_data)
{
  GDBusConnection **ret_peer = user_data;

  *ret_peer = peer;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GDBusConnection **) user_data = bm_bus_connect_finish (result, NULL);
}

static void
test_late_taps (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBusServer) server = bm_bus_server_new (fixture->folder, "face", BM_BUS_FACE, NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "face", NULL);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (BmBusStation1) face = NULL;
  g_autoptr (BmPageSender) pages = bm_page_sender_new (server, 1000);
  GDBusConnection *peer = NULL;
  guint64 seen = 0;
  guint64 first;

  g_signal_connect (server, "attached", G_CALLBACK (on_attached), &peer);
  bm_bus_connect_async (path, NULL, on_connected, &connection);
  while (connection == NULL)
    g_main_context_iteration (NULL, TRUE);
  face = bm_bus_station_for_connection (connection, NULL);
  g_signal_connect (face, "page", G_CALLBACK (on_page), &seen);
  bm_bus_station1_call_attach (face, NULL, NULL, NULL);
  while (peer == NULL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_false (bm_page_sender_accepts (pages, peer, 0));
  show (pages, "home", 1);
  first = bm_page_sender_get_rev (pages);
  g_assert_true (bm_page_sender_accepts (pages, peer, first));
  g_assert_false (bm_page_sender_accepts (pages, peer, first + 1));

  /* Only the clock moved: the tap is still for this page. */
  show (pages, "home", 2);
  g_assert_cmpuint (bm_page_sender_get_rev (pages), >, first);
  g_assert_true (bm_page_sender_accepts (pages, peer, first));
  wait_for_rev (&seen, bm_page_sender_get_rev (pages));

  /* Another page: the tap is late, and the face is shown what is there now. */
  show (pages, "confirm", 2);
  wait_for_rev (&seen, bm_page_sender_get_rev (pages));
  seen = 0;
  g_assert_false (bm_page_sender_accepts (pages, peer, first));
  wait_for_rev (&seen, bm_page_sender_get_rev (pages));

  /* The line came back while a finger was on 首页: not late, but for another choice, or elsewhere. */
  show_line (pages, "home", "offline", "a");
  first = bm_page_sender_get_rev (pages);
  show_line (pages, "home", "online", "a");
  g_assert_true (bm_page_sender_accepts (pages, peer, first));
  show_line (pages, "home", "online", "b");
  g_assert_false (bm_page_sender_accepts (pages, peer, first));
  show_line (pages, "choice", "offline", "a");
  first = bm_page_sender_get_rev (pages);
  show_line (pages, "choice", "online", "a");
  g_assert_false (bm_page_sender_accepts (pages, peer, first));

  /* The card is taken away in the moment of the press, as the page asked; another line is another matter. */
  show_card (pages, "card-take", "take it");
  first = bm_page_sender_get_rev (pages);
  show_card (pages, "card-take", NULL);
  g_assert_true (bm_page_sender_accepts (pages, peer, first));
  show_card (pages, "money", "100");
  first = bm_page_sender_get_rev (pages);
  show_card (pages, "money", "200");
  g_assert_false (bm_page_sender_accepts (pages, peer, first));

  /* The helper's band and list say something new: the tap still counts, but not for another person, nor
   * on a page whose lines are what is asked. */
  show_desk (pages, "offline", "甲", "desk-today");
  first = bm_page_sender_get_rev (pages);
  show_desk (pages, "online", "甲", "desk-today");
  g_assert_true (bm_page_sender_accepts (pages, peer, first));
  show_desk (pages, "online", "乙", "desk-today");
  g_assert_false (bm_page_sender_accepts (pages, peer, first));
  show_desk (pages, "offline", "乙", "desk-pin");
  first = bm_page_sender_get_rev (pages);
  show_desk (pages, "online", "乙", "desk-pin");
  g_assert_false (bm_page_sender_accepts (pages, peer, first));

  /* After the wipe nothing is accepted and nothing is shown. */
  bm_page_sender_wipe (pages);
  g_assert_false (bm_page_sender_accepts (pages, peer, bm_page_sender_get_rev (pages)));
}

static void
test_intents (void)
{
  static const char *const broken[] = {
    "",
    "[]",
    "{}",
    "{\"version\":1,\"do\":\"fly\"}",
    "{\"version\":1,\"do\":\"back\",\"x\":1}",
    "{\"version\":1,\"do\":\"choose\"}",
    "{\"version\":1,\"version\":1,\"do\":\"back\"}",
  };
  json_t *good = bm_intent_parse ("{\"version\":1,\"do\":\"choose\",\"choice\":\"start\"}");

  g_assert_nonnull (good);
  json_decref (good);
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    g_assert_null (bm_intent_parse (broken[i]));
}

/* Staff */

#define KIN "00112233445566778899aabbccddeeff"

static BmRoster *
make_roster (void)
{
  g_autofree char *pin = bm_password_hash ("1101", NULL);
  json_t *document =
    json_pack ("{s:i, s:[{s:s, s:s, s:s, s:s, s:[s]}, {s:s, s:s, s:s, s:s}]}", "version", 1,
               "staff", "id", "HT01", "name", "A", "role", "head", "pin", pin, "kin", KIN, "id",
               "YW99", "name", "B", "role", "maintenance", "pin", pin);
  g_autoptr (GError) error = NULL;
  BmRoster *roster = bm_roster_new (document, &error);

  g_assert_no_error (error);
  json_decref (document);
  return roster;
}

static BmStore *
open_store (Fixture *fixture, BmClock *clock)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "data", NULL);
  g_autoptr (BmKey) key =
    bm_key_new_symmetric (g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32), NULL);
  g_autoptr (BmKey) platform = bm_key_generate (BM_KEY_SM2_PRIVATE, NULL);
  g_autoptr (BmKey) public = bm_key_dup_public (platform);
  const BmStoreSetup setup = {
    .folder = folder,
    .village = "990121101201",
    .terminal = 1,
    .epoch_label = 1,
    .counter_start = 1,
    .kiosk = 1,
    .qr_host = "DEMO.INVALID",
    .terminal_key = key,
    .local_key = key,
    .chain_key = key,
    .platform_seal_key = public,
    .platform_sign_key = public,
  };
  g_autoptr (GError) error = NULL;
  BmStore *store = bm_store_open (&setup, clock, &error);

  g_assert_no_error (error);
  return store;
}

typedef struct
{
  BmStaffResult result;
  gboolean is_done;
} Verdict;

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Verdict *verdict = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_staff_check_finish (result, &verdict->result, &error));
  g_assert_no_error (error);
  verdict->is_done = TRUE;
}

static BmStaffResult
check (BmStore *store, const char *staff, const char *pin, const guint8 *tag, gboolean as_witness)
{
  g_autoptr (BmRoster) roster = make_roster ();
  Verdict verdict = { 0 };

  bm_staff_check_async (store, roster, staff, pin, tag, as_witness, on_checked, &verdict);
  while (!verdict.is_done)
    g_main_context_iteration (NULL, TRUE);
  return verdict.result;
}

static void
test_staff_verdicts (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmClock) clock = bm_system_clock_new ();
  g_autoptr (BmStore) store = open_store (fixture, clock);
  guint8 kin[BM_TAG_LEN];
  guint8 stranger[BM_TAG_LEN] = { 7 };

  for (guint i = 0; i < BM_TAG_LEN; i++)
    kin[i] = (guint8) (i * 0x11);
  g_assert_cmpint (check (store, "HT01", "1101", stranger, TRUE).verdict, ==, BM_STAFF_OK);
  g_assert_cmpint (check (store, "HT01", "1101", kin, TRUE).verdict, ==, BM_STAFF_KIN);
  g_assert_cmpint (check (store, "HT01", "1101", kin, FALSE).verdict, ==, BM_STAFF_OK);
  g_assert_cmpint (check (store, "YW99", "1101", stranger, TRUE).verdict, ==, BM_STAFF_ROLE);
  g_assert_cmpint (check (store, "YW99", "1101", NULL, FALSE).verdict, ==, BM_STAFF_OK);
  g_assert_cmpint (check (store, "HT09", "1101", NULL, FALSE).verdict, ==, BM_STAFF_WRONG);
  g_assert_cmpint (check (store, "HT01", "1102", NULL, FALSE).verdict, ==, BM_STAFF_WRONG);
  bm_store_close (store);
}

/* A wrong PIN counts on disk: closing the ledger and opening it again gives no further try. */
static void
test_pin_lock_survives (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmShiftClock) clock = bm_shift_clock_new (G_GINT64_CONSTANT (1795223400000), FALSE);
  BmStore *store = open_store (fixture, BM_CLOCK (clock));
  BmStaffResult result = { 0 };

  for (guint i = 0; i < 20 && result.verdict != BM_STAFF_LOCKED; i++)
    result = check (store, "HT01", "0000", NULL, FALSE);
  g_assert_cmpint (result.verdict, ==, BM_STAFF_LOCKED);
  g_assert_cmpint (result.wait_ms, >, 0);
  bm_store_close (store);
  g_object_unref (store);

  store = open_store (fixture, BM_CLOCK (clock));
  result = check (store, "HT01", "1101", NULL, FALSE);
  g_assert_cmpint (result.verdict, ==, BM_STAFF_LOCKED);
  bm_shift_clock_advance (clock, result.wait_ms);
  g_assert_cmpint (check (store, "HT01", "1101", NULL, FALSE).verdict, ==, BM_STAFF_OK);
  bm_store_close (store);
  g_object_unref (store);
}

/* Demo */

static void
test_demo_state_survives (Fixture *fixture, gconstpointer unused)
{
  BmConfig config = {
    .run = fixture->folder,
    .is_demo = TRUE,
    .has_clock = TRUE,
    .clock_wall_ms = G_GINT64_CONSTANT (1795223400000),
  };
  BmDemoState *state = bm_demo_state_new (&config);
  gint64 wall = bm_clock_get_wall_ms (bm_demo_state_get_clock (state));
  gint64 boot = bm_clock_get_boot_ms (bm_demo_state_get_clock (state));

  g_assert_cmpint (ABS (wall - config.clock_wall_ms), <, 5000);
  g_assert_true (bm_demo_state_is_link_up (state));
  g_assert_true (bm_demo_state_advance (state, 3600000, NULL));
  g_assert_true (bm_demo_state_set_link (state, FALSE, NULL));
  bm_demo_state_free (state);

  state = bm_demo_state_new (&config);
  g_assert_false (bm_demo_state_is_link_up (state));
  g_assert_cmpint (bm_clock_get_wall_ms (bm_demo_state_get_clock (state)) - wall, >=, 3600000);
  g_assert_cmpint (bm_clock_get_wall_ms (bm_demo_state_get_clock (state)) - wall, <, 3610000);
  g_assert_cmpint (bm_clock_get_boot_ms (bm_demo_state_get_clock (state)) - boot, >=, 3600000);
  g_assert_true (bm_demo_state_set_wall (state, 0, NULL));
  bm_demo_state_free (state);

  state = bm_demo_state_new (&config);
  g_assert_cmpint (bm_clock_get_wall_ms (bm_demo_state_get_clock (state)), <, 10000);
  bm_demo_state_free (state);
}

/* Watchdog */

static void
test_watchdog (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (fixture->folder, "notify", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (BmWorker) worker = bm_worker_new ("watched");
  BmNotify *notify;
  GString *heard = g_string_new (NULL);

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  g_socket_set_blocking (socket, FALSE);
  g_setenv ("NOTIFY_SOCKET", path, TRUE);
  g_setenv ("WATCHDOG_USEC", "20000", TRUE);
  notify = bm_notify_new (worker);
  bm_notify_ready (notify);
  while (strstr (heard->str, "WATCHDOG=1") == NULL)
    {
      char buffer[64];
      gssize len;

      g_main_context_iteration (NULL, TRUE);
      len = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
      if (len > 0)
        g_string_append_len (heard, buffer, len);
    }
  g_assert_true (g_str_has_prefix (heard->str, "READY=1"));
  bm_notify_free (notify);
  bm_worker_stop (worker);
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_string_free (heard, TRUE);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();

  ADD ("/page-sender/late-taps", test_late_taps);
  g_test_add_func ("/page-sender/intents", test_intents);
  ADD ("/staff/verdicts", test_staff_verdicts);
  ADD ("/staff/pin-lock-survives-restart", test_pin_lock_survives);
  ADD ("/demo/state-survives-kill", test_demo_state_survives);
  ADD ("/notify/watchdog-needs-main-loop-and-worker", test_watchdog);
  return g_test_run ();
}
