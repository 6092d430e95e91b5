/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/camera.h"
#include "app/devices/microphone.h"
#include "app/devices/reader-open.h"
#include "app/devices/scanner.h"
#include "app/devices/ssc/ssc-reader.h"
#include "app/devices/usb/usb-gate.h"
#include "core/error.h"
#include "printing/printer.h"
#include "tests/devices/pcsc-fake.h"
#include "tests/devices/reader-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Which USB devices are opened. /sys is a folder of the test's; the node that is really opened is /dev/null (1:3), which
 * the test says hangs on USB. The devices that answer are the simulators, whose folder says what they are.
 */

#define OURS     "1a86:7523"
#define STRANGER "1234:5678"
#define WAIT_US  (60 * G_USEC_PER_SEC)

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
link_to (const char *folder, const char *name, const char *target)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_cmpint (symlink (target, path), ==, 0);
}

/* One device as the kernel has it: "1-2" on bus 1, with one interface of @class. */
static void
plug (const char *sysfs, const char *port, const char *id, const char *serial, const char *class)
{
  g_autofree char *folder = g_strdup_printf ("%s/devices/pci0/usb1/%s", sysfs, port);
  g_autofree char *link = g_strconcat ("bus/usb/devices/", port, NULL);
  g_autofree char *target = g_strconcat ("../../../devices/pci0/usb1/", port, NULL);
  g_autofree char *interface = g_strconcat (port, ":1.0/bInterfaceClass", NULL);
  g_autofree char *interface_link = g_strconcat (link, ":1.0", NULL);
  g_autofree char *interface_target = g_strdup_printf ("%s/%s:1.0", target, port);
  g_auto (GStrv) parts = g_strsplit (id, ":", 2);
  g_autofree char *vendor = g_strconcat (parts[0], "\n", NULL);
  g_autofree char *product = g_strconcat (parts[1], "\n", NULL);

  write_file (folder, "idVendor", vendor);
  write_file (folder, "idProduct", product);
  write_file (folder, "bDeviceClass", strcmp (class, "09") == 0 ? "09\n" : "00\n");
  write_file (folder, "busnum", "1\n");
  write_file (folder, "devnum", port + 2);
  if (serial != NULL)
    write_file (folder, "serial", serial);
  write_file (folder, interface, class);
  link_to (sysfs, link, target);
  link_to (sysfs, interface_link, interface_target);
}

typedef struct
{
  char *sysfs;
  BmUsbGate *gate;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  self->sysfs = g_dir_make_tmp ("bianmin-usb-XXXXXX", NULL);
}

static void
open_gate (Fixture *self, const char *list)
{
  g_autoptr (GError) error = NULL;
  BmUsbList *parsed = list != NULL ? bm_usb_list_parse (list, &error) : NULL;

  g_assert_no_error (error);
  g_clear_object (&self->gate);
  self->gate = bm_usb_gate_new (parsed, bm_usb_tree_new (self->sysfs, NULL));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  const char *command[] = { "rm", "-r", self->sysfs, NULL };

  g_clear_object (&self->gate);
  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (self->sysfs);
}

/* As a serial line of USB has it: the node's entry lies some folders below the device. */
static void
hang_null_on (Fixture *self, const char *port)
{
  g_autofree char *tty =
    g_strdup_printf ("devices/pci0/usb1/%s/%s:1.0/ttyUSB0/tty/ttyUSB0/dev", port, port);
  g_autofree char *target =
    g_strdup_printf ("../../devices/pci0/usb1/%s/%s:1.0/ttyUSB0/tty/ttyUSB0", port, port);

  write_file (self->sysfs, tty, "1:3\n");
  link_to (self->sysfs, "dev/char/1:3", target);
}

static gboolean
opens (Fixture *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  const int fd =
    bm_device_gate_open (BM_DEVICE_GATE (self->gate), path, O_RDWR | O_NOCTTY | O_CLOEXEC, &error);
  const int code = errno;

  if (fd >= 0)
    {
      g_assert_no_error (error);
      close (fd);
      return TRUE;
    }
  if (g_error_matches (error, BM_ERROR, BM_ERROR_REFUSED))
    g_assert_cmpint (code, ==, EACCES);
  else
    g_assert_error (error, BM_ERROR, BM_ERROR_UNREACHABLE);
  return FALSE;
}

static void
test_list (void)
{
  static const char *const wrong[] = { "1234",          "1234:567",   "1234:56789",
                                       "12g4:5678",     "1234:5678:", "1234:5678:a b:c",
                                       "1234:5678:a:b", ":",          "1234:5678 x",
                                       "0x12:0x34" };
  g_autoptr (BmUsbList) list = bm_usb_list_parse (" 0400:C35A, 1a86:7523:AB-12\t046d:c52b ", NULL);
  g_autoptr (BmUsbList) none = bm_usb_list_parse ("", NULL);
  GString *many = g_string_new (NULL);

  g_assert_cmpuint (bm_usb_list_count (list), ==, 3);
  g_assert_true (bm_usb_list_has (list, "0400:c35a", NULL));
  g_assert_true (bm_usb_list_has (list, "0400:c35a", "anything"));
  g_assert_true (bm_usb_list_has (list, OURS, "AB-12"));
  g_assert_false (bm_usb_list_has (list, OURS, "ab-12"));
  g_assert_false (bm_usb_list_has (list, OURS, NULL));
  g_assert_false (bm_usb_list_has (list, STRANGER, NULL));
  g_assert_cmpuint (bm_usb_list_count (none), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_null (bm_usb_list_parse (wrong[i], NULL));
  for (guint i = 0; i <= BM_USB_MAX_LISTED; i++)
    g_string_append (many, "1234:5678 ");
  g_assert_null (bm_usb_list_parse (many->str, NULL));
  g_string_free (many, TRUE);
}

static void
test_only_ours (Fixture *self, gconstpointer unused)
{
  plug (self->sysfs, "1-2", STRANGER, NULL, "ff");
  hang_null_on (self, "1-2");
  open_gate (self, OURS);
  g_assert_false (opens (self, "/dev/null"));
  open_gate (self, OURS " " STRANGER);
  g_assert_true (opens (self, "/dev/null"));
  open_gate (self, ""); /* none belongs here */
  g_assert_false (opens (self, "/dev/null"));
  open_gate (self, NULL); /* nobody said */
  g_assert_true (opens (self, "/dev/null"));
}

static void
test_serial (Fixture *self, gconstpointer unused)
{
  plug (self->sysfs, "1-2", OURS, "AB-12\n", "ff");
  hang_null_on (self, "1-2");
  open_gate (self, OURS ":AB-12");
  g_assert_true (opens (self, "/dev/null"));
  open_gate (self, OURS ":AB-13");
  g_assert_false (opens (self, "/dev/null"));
}

/* A line of the board, a pseudo terminal and a file are nobody's plug; what cannot be traced is not trusted. */
static void
test_not_on_usb (Fixture *self, gconstpointer unused)
{
  const int master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_autofree char *file = g_build_filename (self->sysfs, "file", NULL);
  char name[64];

  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  g_assert_cmpint (ptsname_r (master, name, sizeof name), ==, 0);
  write_file (self->sysfs, "file", "x");
  write_file (self->sysfs, "devices/virtual/mem/zero/dev", "1:5\n");
  link_to (self->sysfs, "dev/char/1:5", "../../devices/virtual/mem/zero");
  open_gate (self, OURS);
  g_assert_true (opens (self, name));
  g_assert_true (opens (self, file));
  g_assert_true (opens (self, "/dev/zero"));
  g_assert_false (opens (self, "/nowhere/tty"));
  g_assert_false (opens (self, "/dev/null")); /* the kernel does not tell of it */
  close (master);
}

static void
expect_sight (Fixture *self, const char *keyword, const char *ids, gboolean is_new)
{
  g_auto (BmUsbSight) sight = { 0 };

  bm_usb_gate_look (self->gate, &sight);
  g_assert_cmpstr (sight.keyword, ==, keyword);
  g_assert_cmpstr (sight.ids, ==, ids);
  g_assert_cmpint (sight.is_new, ==, is_new);
}

/* Everything that is plugged is looked at, used or not; hubs and sticks are nobody's device. */
static void
test_named (Fixture *self, gconstpointer unused)
{
  plug (self->sysfs, "1-1", "1d6b:0002", NULL, "09");
  plug (self->sysfs, "1-2", OURS, NULL, "ff");
  plug (self->sysfs, "1-3", "0951:1666", NULL, "08");
  open_gate (self, NULL);
  expect_sight (self, "none", "0951:1666 1a86:7523", FALSE);
  open_gate (self, OURS);
  expect_sight (self, "registered", "", FALSE);
  plug (self->sysfs, "1-4", STRANGER, NULL, "ff");
  expect_sight (self, "unknown", STRANGER, TRUE);
  expect_sight (self, "unknown", STRANGER, FALSE);
  plug (self->sysfs, "1-5", "046d:c31c", NULL, "03");
  expect_sight (self, "typing", "046d:c31c " STRANGER, TRUE);
  open_gate (self, OURS " " STRANGER " 046d:c31c");
  expect_sight (self, "registered", "", FALSE);
}

/* A device that takes another number each time does not fill page, journal and log. */
static void
test_many (Fixture *self, gconstpointer unused)
{
  g_auto (BmUsbSight) sight = { 0 };

  for (guint i = 1; i <= 40; i++)
    {
      g_autofree char *port = g_strdup_printf ("1-%u", i);
      g_autofree char *id = g_strdup_printf ("1234:%04x", i);

      plug (self->sysfs, port, id, NULL, "ff");
    }
  open_gate (self, "");
  bm_usb_gate_look (self->gate, &sight);
  g_assert_cmpuint (strlen (sight.ids), ==, BM_USB_MAX_NAMED * 10 - 1);
}

/* The simulators: what they are stands beside them. */

typedef struct
{
  Bench bench;
  BmUsbGate *gate;
} Plugged;

static void
plugged_set_up (Plugged *self, gconstpointer unused)
{
  bench_set_up (&self->bench, NULL);
  self->gate = bm_usb_gate_new (bm_usb_list_parse (OURS, NULL),
                                bm_usb_tree_new ("/nowhere", self->bench.folder));
}

static void
plugged_tear_down (Plugged *self, gconstpointer unused)
{
  g_autofree char *sign = g_build_filename (self->bench.folder, "tty.usb", NULL);

  (void) g_unlink (sign); /* not every test writes it */
  bench_tear_down (&self->bench, NULL);
  g_clear_object (&self->gate);
}

static void
test_reader (Plugged *self, gconstpointer unused)
{
  g_autofree char *uri = g_strconcat ("samv:", self->bench.tty, NULL);

  bench_start_module (&self->bench);
  write_file (self->bench.folder, "tty.usb", STRANGER);
  bench_watch_reader (&self->bench, bm_reader_open (uri, BM_DEVICE_GATE (self->gate), NULL));
  bench_wait_state (&self->bench, BM_READER_REFUSED);
  bm_reader_lease (self->bench.reader);
  bench_order (&self->bench, "place 1");
  bm_reader_look (self->bench.reader);
  bench_run (A_WHILE_MS);
  g_assert_cmpuint (self->bench.reads, ==, 0);
  g_assert_cmpint (bm_reader_get_state (self->bench.reader), ==, BM_READER_REFUSED);
  write_file (self->bench.folder, "tty.usb", OURS); /* the station's own is plugged in its place */
  bm_reader_look (self->bench.reader);
  bench_wait_count (&self->bench.reads, 1);
  g_assert_cmpint (bm_reader_get_state (self->bench.reader), ==, BM_READER_READY);
}

static void
test_scanner (Plugged *self, gconstpointer unused)
{
  g_autofree char *uri = g_strconcat ("serial:", self->bench.tty, NULL);
  const int master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_autoptr (BmScanner) scanner = NULL;
  char name[64];

  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  g_assert_cmpint (ptsname_r (master, name, sizeof name), ==, 0);
  g_assert_cmpint (symlink (name, self->bench.tty), ==, 0);
  write_file (self->bench.folder, "tty.usb", STRANGER);
  scanner = bm_scanner_open (uri, BM_DEVICE_GATE (self->gate), NULL);
  g_assert_cmpint (bm_scanner_get_state (scanner), ==, BM_SCANNER_REFUSED);
  write_file (self->bench.folder, "tty.usb", OURS);
  bm_scanner_look (scanner);
  g_assert_cmpint (bm_scanner_get_state (scanner), ==, BM_SCANNER_READY);
  g_assert_cmpint (g_unlink (self->bench.tty), ==, 0);
  close (master);
}

/* Nothing is said to a printer that may not be used, not even a question. */
static void
test_printer (Plugged *self, gconstpointer unused)
{
  g_autofree char *uri = g_strdup_printf ("escpos:%s?profile=epson80", self->bench.tty);
  const int master = posix_openpt (O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  g_autoptr (GObject) printer = G_OBJECT (bm_printer_new (uri, NULL));
  g_autoptr (GError) refused = NULL;
  g_auto (GStrv) reasons = NULL;
  char bytes[16];
  char name[64];

  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  g_assert_cmpint (ptsname_r (master, name, sizeof name), ==, 0);
  g_assert_cmpint (symlink (name, self->bench.tty), ==, 0);
  bm_printer_set_gate (BM_PRINTER (printer), BM_DEVICE_GATE (self->gate));
  write_file (self->bench.folder, "tty.usb", STRANGER);
  reasons = bm_printer_status (BM_PRINTER (printer), &refused);
  g_assert_error (refused, BM_ERROR, BM_ERROR_REFUSED);
  g_assert_cmpint (read (master, bytes, sizeof bytes), <, 0);
  write_file (self->bench.folder, "tty.usb", OURS);
  g_clear_error (&refused);
  reasons = bm_printer_status (BM_PRINTER (printer), &refused);
  g_assert_false (g_error_matches (refused, BM_ERROR, BM_ERROR_REFUSED));
  g_assert_cmpint (g_unlink (self->bench.tty), ==, 0);
  close (master);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) small = NULL;

  *(gint *) user_data =
    BM_IS_CAMERA (source)
      ? (gint) bm_camera_take_finish (BM_CAMERA (source), result, &whole, &small)
      : (gint) bm_microphone_finish (BM_MICROPHONE (source), result, &whole);
}

static gint
wait_for (gint *state)
{
  const gint64 until = g_get_monotonic_time () + WAIT_US;

  while (*state < 0 && g_get_monotonic_time () < until)
    g_main_context_iteration (NULL, FALSE);
  return *state;
}

/* Their programs would make the file "ran"; what is refused is not even started. */
static void
test_children (Plugged *self, gconstpointer unused)
{
  g_autofree char *uri = g_strdup_printf ("sim:%s", self->bench.tty);
  g_autofree char *program = g_build_filename (self->bench.folder, "program", NULL);
  g_autofree char *ran = g_build_filename (self->bench.folder, "ran", NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\n: > '%s'\nexit 1\n", ran);
  g_autoptr (BmCamera) camera = NULL;
  g_autoptr (BmMicrophone) microphone = NULL;
  gint photo = -1;
  gint memo = -1;

  write_file (self->bench.folder, "program", script);
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  write_file (self->bench.folder, "tty.usb", STRANGER);
  camera = bm_camera_open (uri, program, NULL);
  microphone = bm_microphone_open (uri, program, NULL);
  bm_camera_set_gate (camera, BM_DEVICE_GATE (self->gate));
  bm_microphone_set_gate (microphone, BM_DEVICE_GATE (self->gate));
  bm_camera_take_async (camera, on_taken, &photo);
  bm_microphone_take_async (microphone, on_taken, &memo);
  g_assert_cmpint (wait_for (&photo), ==, BM_PHOTO_NO_CAMERA);
  g_assert_cmpint (wait_for (&memo), ==, BM_MEMO_NO_MICROPHONE);
  g_assert_false (g_file_test (ran, G_FILE_TEST_EXISTS));
  write_file (self->bench.folder, "tty.usb", OURS);
  photo = -1;
  bm_camera_take_async (camera, on_taken, &photo);
  (void) wait_for (&photo);
  g_assert_true (g_file_test (ran, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (ran), ==, 0);
  g_assert_cmpint (g_unlink (program), ==, 0);
}

/* pcscd has opened it already: no command goes to a card in it. */
static void
test_slot (Plugged *self, gconstpointer unused)
{
  static const struct
  {
    guint32 channel;
    BmReaderState state;
  } cases[] = { { 0x00200102, BM_READER_READY },   /* bus 1, 2: ours */
                { 0x00200103, BM_READER_REFUSED }, /* bus 1, 3: a stranger */
                { 0x00200109, BM_READER_REFUSED }, /* nothing is plugged there */
                { 0x00010001, BM_READER_READY },   /* a serial line */
                { 0, BM_READER_REFUSED } };        /* it cannot say */
  g_autofree char *sysfs = g_dir_make_tmp ("bianmin-usb-XXXXXX", NULL);
  const char *command[] = { "rm", "-r", sysfs, NULL };

  plug (sysfs, "1-2", OURS, NULL, "0b");
  plug (sysfs, "1-3", STRANGER, NULL, "0b");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmUsbGate) gate =
        bm_usb_gate_new (bm_usb_list_parse (OURS, NULL), bm_usb_tree_new (sysfs, NULL));

      fake_reset ();
      fake_set_channel (cases[i].channel);
      self->bench.reads = 0;
      bench_watch_reader (&self->bench,
                          bm_ssc_reader_new_with_calls ("", &fake_calls, BM_DEVICE_GATE (gate)));
      bench_wait_state (&self->bench, BM_READER_READY);
      bm_reader_lease (self->bench.reader);
      fake_put_in ();
      if (cases[i].state == BM_READER_READY)
        bench_wait_count (&self->bench.reads, 1);
      else
        bench_wait_state (&self->bench, cases[i].state);
      g_assert_cmpint (fake_count (FAKE_TRANSMIT) > 0, ==, cases[i].state == BM_READER_READY);
      fake_set_readers (NULL, NULL); /* pulled out, and the right one put in */
      bench_wait_state (&self->bench, BM_READER_ABSENT);
      fake_set_channel (0x00200102);
      fake_set_readers ("Virtual SSC 00 00", NULL);
      bench_wait_state (&self->bench, BM_READER_READY);
      bm_reader_close (self->bench.reader);
      g_clear_object (&self->bench.reader);
    }
  g_assert_true (g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/usb/list", test_list);
#define ADD(name, call) g_test_add ("/usb/" name, Fixture, NULL, set_up, call, tear_down)
  ADD ("only-ours", test_only_ours);
  ADD ("serial", test_serial);
  ADD ("not-on-usb", test_not_on_usb);
  ADD ("named", test_named);
  ADD ("many", test_many);
#undef ADD
#define ADD(name, call) \
  g_test_add ("/usb/" name, Plugged, NULL, plugged_set_up, call, plugged_tear_down)
  ADD ("reader", test_reader);
  ADD ("scanner", test_scanner);
  ADD ("printer", test_printer);
  ADD ("children", test_children);
  ADD ("slot", test_slot);
#undef ADD
  return g_test_run ();
}
