/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/watch/device-watch.h"
#include "core/error.h"
#include "tests/devices/reader-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* What is plugged and unplugged: what udev says, a folder that stands for it, and a reader that is told. */

/* Far more than a look at once takes on a laden machine, and less than the reader would wait by itself. */
#define AT_ONCE_MS 30000

/* A device as udev would tell it; NULL ends it. */
static const char *
get (gpointer source, const char *name)
{
  const char *const *pair = source;

  for (; *pair != NULL; pair += 2)
    if (g_str_equal (pair[0], name))
      return pair[1];
  return NULL;
}

static void
test_serial_line (void)
{
  const char *told[] = { "ACTION",
                         "add",
                         "SUBSYSTEM",
                         "tty",
                         "DEVNAME",
                         "/dev/ttyUSB0",
                         "DEVLINKS",
                         "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0 /dev/bianmin-reader",
                         "ID_BUS",
                         "usb",
                         "ID_VENDOR_ID",
                         "1A86",
                         "ID_MODEL_ID",
                         "7523",
                         NULL };
  g_autoptr (BmDevice) device = bm_device_parse (get, told);

  g_assert_nonnull (device);
  g_assert_true (device->is_there);
  g_assert_cmpstr (device->usb_id, ==, "1a86:7523");
  g_assert_true (bm_device_is_at (device, "/dev/ttyUSB0"));
  g_assert_true (bm_device_is_at (device, "/dev/bianmin-reader"));
  g_assert_true (bm_device_is_at (device, "/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0"));
  g_assert_false (bm_device_is_at (device, "/dev/ttyUSB1"));
}

/* Of a device that is gone the kernel says little: its name, and for USB what the product was. */
static void
test_gone (void)
{
  const char *usb[] = { "ACTION",  "remove",       "DEVNAME", "/dev/bus/usb/001/004",
                        "PRODUCT", "8e6/3437/100", NULL };
  const char *line[] = { "ACTION", "remove", "DEVNAME", "/dev/ttyS0", NULL };
  g_autoptr (BmDevice) on_usb = bm_device_parse (get, usb);
  g_autoptr (BmDevice) on_line = bm_device_parse (get, line);

  g_assert_false (on_usb->is_there);
  g_assert_cmpstr (on_usb->usb_id, ==, "08e6:3437");
  g_assert_false (on_line->is_there);
  g_assert_null (on_line->usb_id);
}

static void
test_neither_came_nor_went (void)
{
  const char *bound[] = { "ACTION", "bind", "DEVNAME", "/dev/bus/usb/001/004", NULL };
  const char *listed[] = { "DEVNAME", "/dev/ttyUSB0", NULL };

  g_assert_null (bm_device_parse (get, bound));
  g_assert_null (bm_device_parse (get, listed));
}

/* What it calls itself is up to the device. */
static void
test_what_a_device_may_say (void)
{
  g_autoptr (GString) links = g_string_new ("relative ../../etc/passwd  ");
  g_autofree char *name = g_strnfill (10000, 'a');
  const char *told[] = { "ACTION", "add",     "DEVNAME",      name, "DEVLINKS",
                         NULL,     "PRODUCT", "zz/12345/1/2", NULL };
  g_autoptr (BmDevice) device = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (links, "/dev/serial/by-id/%u ", i);
  g_string_append_printf (links, "/%s", name);
  told[5] = links->str;
  device = bm_device_parse (get, told);
  g_assert_null (device->node);
  g_assert_null (device->usb_id);
  g_assert_cmpuint (g_strv_length (device->links), <=, BM_DEVICE_MAX_LINKS);
  for (guint i = 0; device->links[i] != NULL; i++)
    g_assert_true (device->links[i][0] == '/' && strlen (device->links[i]) < BM_DEVICE_MAX_PATH);
}

typedef struct
{
  char *folder;
  char *node;
  BmDeviceWatch *watch;
  guint came;
  guint went;
} Fixture;

static void
on_device (BmDeviceWatch *watch, const BmDevice *device, Fixture *fixture)
{
  if (!bm_device_is_at (device, fixture->node))
    return;
  fixture->came += device->is_there ? 1 : 0;
  fixture->went += device->is_there ? 0 : 1;
}

/* As the simulators plug: a link under another name, which gets its own in one step. */
static void
plug (Fixture *fixture)
{
  g_autofree char *partial = g_strconcat (fixture->node, ".part", NULL);

  g_assert_cmpint (symlink ("/dev/null", partial), ==, 0);
  g_assert_cmpint (g_rename (partial, fixture->node), ==, 0);
}

static void
test_folder (void)
{
  Fixture fixture = { 0 };
  g_autoptr (GError) error = NULL;

  fixture.folder = g_dir_make_tmp ("bianmin-watch-XXXXXX", &error);
  g_assert_no_error (error);
  fixture.node = g_build_filename (fixture.folder, "reader", NULL);
  fixture.watch = bm_device_watch_new_folder (fixture.folder, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture.watch, "device", G_CALLBACK (on_device), &fixture);
  for (guint i = 1; i <= 3; i++)
    {
      plug (&fixture);
      bench_wait_count (&fixture.came, i);
      g_assert_cmpint (g_unlink (fixture.node), ==, 0);
      bench_wait_count (&fixture.went, i);
    }
  g_assert_finalize_object (fixture.watch);
  g_assert_cmpint (g_rmdir (fixture.folder), ==, 0);
  g_free (fixture.folder);
  g_free (fixture.node);
}

/* A container has no udev: then it says so, and does not wait for what nobody tells. */
static void
test_udev (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmDeviceWatch) watch = bm_device_watch_new_udev (&error);

  if (watch == NULL)
    {
      g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
      g_test_message ("%s", error->message);
      return;
    }
  g_assert_no_error (error);
  g_assert_true (g_file_test ("/run/udev/control", G_FILE_TEST_EXISTS));
  bench_run (50);
  g_assert_finalize_object (g_steal_pointer (&watch));
}

static void
look (BmDeviceWatch *watch, const BmDevice *device, Bench *bench)
{
  if (bm_device_is_at (device, bench->tty))
    bm_reader_look (bench->reader);
}

/* A reader whose node is watched does not look for it by itself, and yet is there as soon as it is plugged. */
static void
test_reader_is_told (Bench *bench, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmDeviceWatch) watch = bm_device_watch_new_folder (bench->folder, &error);
  gint64 plugged;

  g_assert_no_error (error);
  bench_open_reader (bench);
  bm_reader_set_watched (bench->reader, TRUE);
  bm_reader_look (bench->reader); /* from here on it looks every five minutes */
  bench_run (1500);
  g_signal_connect (watch, "device", G_CALLBACK (look), bench);
  plugged = g_get_monotonic_time ();
  bench_start_module (bench);
  bench_wait_state (bench, BM_READER_READY);
  g_assert_cmpint (g_get_monotonic_time () - plugged, <, AT_ONCE_MS * G_TIME_SPAN_MILLISECOND);
  bm_reader_lease (bench->reader);
  bench_order (bench, "mode pulled");
  bench_order (bench, "place 1");
  bench_wait_state (bench, BM_READER_ABSENT);
  g_assert_cmpuint (bench->reads, ==, 0);
  plugged = g_get_monotonic_time ();
  bench_order (bench, "replug");
  bench_wait_count (&bench->reads, 1);
  g_assert_cmpint (g_get_monotonic_time () - plugged, <, AT_ONCE_MS * G_TIME_SPAN_MILLISECOND);
  g_signal_handlers_disconnect_by_data (watch, bench);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watch/serial-line", test_serial_line);
  g_test_add_func ("/watch/gone", test_gone);
  g_test_add_func ("/watch/neither-came-nor-went", test_neither_came_nor_went);
  g_test_add_func ("/watch/what-a-device-may-say", test_what_a_device_may_say);
  g_test_add_func ("/watch/folder", test_folder);
  g_test_add_func ("/watch/udev", test_udev);
  g_test_add ("/watch/reader-is-told", Bench, NULL, bench_set_up, test_reader_is_told,
              bench_tear_down);
  return g_test_run ();
}
