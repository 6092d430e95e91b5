/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-config"

#include "app/station/station-config.h"
#include "core/error.h"

#include <glib/gstdio.h>
#include <string.h>

#define GOOD                                             \
  "[station]\n"                                          \
  "data=data\n"                                          \
  "keys=keys\n"                                          \
  "run=/tmp/run\n"                                       \
  "demo=true\n"                                          \
  "bilingual=true\n"                                     \
  "devices_folder=plugs\n"                               \
  "clock=2026-11-21T09:10:00+08:00\n"                    \
  "[seat.hall]\n"                                        \
  "reader=samv:/dev/tty-reader\n"                        \
  "headphone=file:/run/bianmin/headphone\n"              \
  "camera=sim:/run/bianmin/camera\n"                     \
  "microphone=alsa:default\n"                            \
  "printer=ipp://127.0.0.1:631/ipp/print?media=roll80\n" \
  "[seat.desk]\n"                                        \
  "enabled=true\n"                                       \
  "one_screen=true\n"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->folder = g_dir_make_tmp ("bianmin-config-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, "station.conf", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  (void) g_unlink (fixture->path); /* Not every test writes it. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static BmConfig *
load (Fixture *fixture, const char *text, GError **error)
{
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
  return bm_config_load (fixture->path, error);
}

/* Replaces @from in the good file by @to and expects an error that names @group and @key. */
static void
expect_error (Fixture *fixture,
              const char *from,
              const char *to,
              const char *group,
              const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *where = g_strdup_printf ("[%s] %s:", group, key);
  GString *text = g_string_new (GOOD);

  g_assert_cmpuint (g_string_replace (text, from, to, 1), ==, 1);
  g_assert_null (load (fixture, text->str, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, fixture->path));
  if (strstr (error->message, where) == NULL)
    g_test_message ("expected '%s' in: %s", where, error->message);
  g_assert_nonnull (strstr (error->message, where));
  g_string_free (text, TRUE);
}

static void
test_good (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmConfig) config = load (fixture, GOOD, &error);
  g_autofree char *data = g_build_filename (fixture->folder, "data", NULL);

  g_assert_no_error (error);
  g_assert_cmpstr (config->data, ==, data);
  g_assert_cmpstr (config->run, ==, "/tmp/run");
  g_assert_cmpstr (config->language, ==, "zh_CN");
  g_assert_true (config->is_demo);
  g_assert_true (config->has_clock);
  g_assert_cmpint (config->clock_wall_ms, ==, G_GINT64_CONSTANT (1795223400000));
  g_assert_cmpstr (config->hall.reader, ==, "samv:/dev/tty-reader");
  g_assert_cmpstr (config->hall.headphone, ==, "file:/run/bianmin/headphone");
  g_assert_cmpstr (config->hall.microphone, ==, "alsa:default");
  g_assert_cmpstr (config->hall.camera, ==, "sim:/run/bianmin/camera");
  g_assert_true (config->desk.is_enabled);
  g_assert_true (config->desk.is_one_screen);
  g_assert_true (config->is_bilingual);
  g_assert_true (g_str_has_suffix (config->devices, "/plugs"));
  g_assert_false (config->hall.is_one_screen);
  g_assert_cmpstr (config->desk.printer, ==, "");
  g_assert_null (config->catalogue);
  g_assert_null (config->usb);
}

static void
test_typos (Fixture *fixture, gconstpointer unused)
{
  expect_error (fixture, "reader=", "raeder=", "seat.hall", "raeder");
  expect_error (fixture, "[seat.desk]", "[seat.dsek]", "seat.dsek", "-");
  expect_error (fixture, "demo=true", "demo=yes", "station", "demo");
  expect_error (fixture, "bilingual=true", "bilingual=both", "station", "bilingual");
  expect_error (fixture, "demo=true", "demo=false", "station", "clock");
  expect_error (fixture, "2026-11-21T09", "2026-11-21 at 09", "station", "clock");
  expect_error (fixture, "data=data\n", "", "station", "data");
  expect_error (fixture, "keys=keys\n", "keys=\n", "station", "keys");
  expect_error (fixture, "keys=keys\n", "keys=data/keys\n", "station", "keys");
  expect_error (fixture, "samv:/dev/tty-reader", "/dev/tty-reader", "seat.hall", "reader");
  expect_error (fixture, "enabled=true\n", "enabled=true\nenabled = false\n", "seat.desk",
                "enabled");
}

static void
test_usb (Fixture *fixture, gconstpointer unused)
{
  static const char *const right[] = { "0400:c35a 1a86:7523:AB-12", "" };

  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    {
      g_autofree char *line = g_strdup_printf ("demo=true\nusb_devices=%s\n", right[i]);
      g_autoptr (BmConfig) config = NULL;
      GString *text = g_string_new (GOOD);

      g_string_replace (text, "demo=true\n", line, 1);
      config = load (fixture, text->str, NULL);
      g_assert_nonnull (config);
      g_assert_cmpstr (config->usb, ==, right[i]);
      g_string_free (text, TRUE);
    }
  expect_error (fixture, "demo=true\n", "demo=true\nusb_devices=0400\n", "station", "usb_devices");
  expect_error (fixture, "demo=true\n", "demo=true\nusb_devices=all\n", "station", "usb_devices");
}

static void
test_line (Fixture *fixture, gconstpointer unused)
{
  static const char *const wrong[][2] = {
    { "proxy", "10.0.0.1:3128" },
    { "proxy", "https://10.0.0.1:3128" },
    { "proxy", "http://10.0.0.1" },
    { "proxy", "http://10.0.0.1:3128/path" },
    { "proxy", "" },
    { "address", "platform.example:8443" },
    { "address", "10.0.0.1:0" },
    { "address", "10.0.0.1:70000" },
    { "address", "fd00::1" },
    { "address", "[10.0.0.1]:80" },
    { "cap_day_mib", "0" },
    { "cap_day_mib", "ten" },
    { "cap_month_mib", "99999999" },
    { "ca", "missing.pem" },
  };
  static const char *const right[] = { "10.0.0.1", "10.0.0.1:8443", "[fd00::1]", "[fd00::1]:8443" };
  g_autofree char *pem = g_build_filename (fixture->folder, "ca.pem", NULL);
  g_autoptr (BmConfig) config = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *line =
        g_strdup_printf ("[line]\n%s=%s\n[seat.hall]", wrong[i][0], wrong[i][1]);

      expect_error (fixture, "[seat.hall]", line, "line", wrong[i][0]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (right); i++)
    {
      g_autofree char *text = g_strconcat (GOOD "[line]\naddress=", right[i], "\n", NULL);
      g_autoptr (BmConfig) one = load (fixture, text, NULL);

      g_assert_nonnull (one);
      g_assert_cmpstr (one->line.address, ==, right[i]);
    }
  g_assert_true (g_file_set_contents (pem, "-----BEGIN CERTIFICATE-----\nx\n", -1, NULL));
  config = load (fixture,
                 GOOD "[line]\nproxy=http://u:p@proxy.lan:3128\nca=ca.pem\ncap_day_mib=20\n"
                      "cap_month_mib=500\n",
                 NULL);
  g_assert_nonnull (config);
  g_assert_cmpstr (config->line.proxy, ==, "http://u:p@proxy.lan:3128");
  g_assert_cmpstr (config->line.ca, ==, "-----BEGIN CERTIFICATE-----\nx\n");
  g_assert_cmpint (config->line.cap_day_mib, ==, 20);
  g_assert_cmpint (config->line.cap_month_mib, ==, 500);
  g_assert_cmpint (g_unlink (pem), ==, 0);
}

static void
test_not_a_configuration (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) binary = NULL;
  g_autoptr (GError) large = NULL;
  g_autofree char *much = g_strnfill (BM_CONFIG_MAX_BYTES + 1, '#');

  g_assert_null (bm_config_load (fixture->path, &missing));
  g_assert_error (missing, BM_ERROR, BM_ERROR_NOT_FOUND);
  g_assert_null (load (fixture, "\xff\xfe", &binary));
  g_assert_error (binary, BM_ERROR, BM_ERROR_INVALID);
  g_assert_null (load (fixture, much, &large));
  g_assert_error (large, BM_ERROR, BM_ERROR_LIMIT);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/config/good-file", test_good);
  ADD ("/config/typing-mistakes-are-named", test_typos);
  ADD ("/config/usb", test_usb);
  ADD ("/config/line", test_line);
  ADD ("/config/not-a-configuration", test_not_a_configuration);
  return g_test_run ();
}
