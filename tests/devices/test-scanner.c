/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/devices/scanner-text.h"
#include "app/devices/scanner.h"
#include "core/error.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A scanner on a pseudo terminal: what is a code, what is none, and what is left when it is pulled out. */

#define SLIP    "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH"
#define WAIT_US (60 * G_USEC_PER_SEC)

typedef struct
{
  char *folder;
  char *link;
  char *uri;
  int master; /* -1: the plug is out */
  BmScanner *scanner;
  GPtrArray *scanned;
} Fixture;

static void
plug (Fixture *fixture)
{
  char name[64];

  fixture->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (fixture->master, >=, 0);
  g_assert_cmpint (grantpt (fixture->master), ==, 0);
  g_assert_cmpint (unlockpt (fixture->master), ==, 0);
  g_assert_cmpint (ptsname_r (fixture->master, name, sizeof name), ==, 0);
  g_assert_cmpint (symlink (name, fixture->link), ==, 0);
}

static void
pull (Fixture *fixture)
{
  g_assert_cmpint (g_unlink (fixture->link), ==, 0);
  close (fixture->master);
  fixture->master = -1;
}

static void
on_scanned (BmScanner *scanner, const char *text, Fixture *fixture)
{
  g_ptr_array_add (fixture->scanned, g_strdup (text));
}

static void
open_scanner (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->scanner = bm_scanner_open (fixture->uri, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->scanner, "scanned", G_CALLBACK (on_scanned), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bianmin-scanner-XXXXXX", NULL);
  fixture->link = g_build_filename (fixture->folder, "tty", NULL);
  fixture->uri = g_strdup_printf ("serial:%s?baud=115200", fixture->link);
  fixture->scanned = g_ptr_array_new_with_free_func (g_free);
  fixture->master = -1;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->scanner);
  if (fixture->master >= 0)
    pull (fixture);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_ptr_array_unref (fixture->scanned);
  g_free (fixture->folder);
  g_free (fixture->link);
  g_free (fixture->uri);
}

static void
send_text (Fixture *fixture, const char *text)
{
  g_assert_cmpint (write (fixture->master, text, strlen (text)), ==, (gssize) strlen (text));
}

static void
wait_for (Fixture *fixture, guint n)
{
  const gint64 until = g_get_monotonic_time () + WAIT_US;

  while (fixture->scanned->len < n && g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (fixture->scanned->len, ==, n);
}

static void
wait_until_there (Fixture *fixture, gboolean is_there)
{
  const gint64 until = g_get_monotonic_time () + WAIT_US;

  while (bm_scanner_is_there (fixture->scanner) != is_there && g_get_monotonic_time () < until)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpint (bm_scanner_is_there (fixture->scanner), ==, is_there);
}

static const char *
last (Fixture *fixture)
{
  return g_ptr_array_index (fixture->scanned, fixture->scanned->len - 1);
}

/* With an end behind it, in pieces, or with quiet only. */
static void
test_read (Fixture *fixture, gconstpointer data)
{
  plug (fixture);
  open_scanner (fixture);
  g_assert_true (bm_scanner_is_there (fixture->scanner));
  send_text (fixture, SLIP "\r\n");
  wait_for (fixture, 1);
  g_assert_cmpstr (last (fixture), ==, SLIP);
  send_text (fixture, "69012345");
  send_text (fixture, "67892\t");
  wait_for (fixture, 2);
  g_assert_cmpstr (last (fixture), ==, "6901234567892");
  send_text (fixture, "no end, little letters");
  wait_for (fixture, 3);
  g_assert_cmpstr (last (fixture), ==, "NO-END--LITTLE-LETTERS");
}

/* S3: the first of them is told, and another one right after it, too. */
static void
test_again (Fixture *fixture, gconstpointer data)
{
  plug (fixture);
  open_scanner (fixture);
  send_text (fixture, SLIP "\r" SLIP "\r" SLIP "\rOTHER\r");
  wait_for (fixture, 2);
  g_assert_cmpstr (last (fixture), ==, "OTHER");
}

/* S2: half a code goes with the plug, and what follows is whole. */
static void
test_pulled (Fixture *fixture, gconstpointer data)
{
  open_scanner (fixture);
  g_assert_false (bm_scanner_is_there (fixture->scanner));
  plug (fixture);
  bm_scanner_look (fixture->scanner);
  g_assert_true (bm_scanner_is_there (fixture->scanner));
  send_text (fixture, "HTTPS://DEMO.INV");
  pull (fixture);
  wait_until_there (fixture, FALSE);
  plug (fixture);
  wait_until_there (fixture, TRUE); /* without being told, too */
  send_text (fixture, SLIP "\r");
  wait_for (fixture, 1);
  g_assert_cmpstr (last (fixture), ==, SLIP);
}

/* A device that never ends, and never pauses, is a code too long once, and nothing else. */
static void
test_flood (Fixture *fixture, gconstpointer data)
{
  g_autofree char *flood = g_strnfill (4000, '7');

  plug (fixture);
  open_scanner (fixture);
  for (guint i = 0; i < 20; i++)
    {
      send_text (fixture, flood);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  send_text (fixture, "\r" SLIP "\r");
  wait_for (fixture, 2);
  g_assert_cmpuint (strlen (g_ptr_array_index (fixture->scanned, 0)), ==, BM_SCANNER_MAX);
  g_assert_cmpint (*(char *) g_ptr_array_index (fixture->scanned, 0), ==, '-');
  g_assert_cmpstr (last (fixture), ==, SLIP);
}

static void
expect (const char *bytes, gsize n, const char *code)
{
  BmScannerText text = { 0 };
  gboolean is_whole = FALSE;

  for (gsize i = 0; i < n; i++)
    is_whole = bm_scanner_text_take (&text, (guint8) bytes[i]);
  g_assert_cmpint (is_whole, ==, code != NULL);
  if (code != NULL)
    g_assert_cmpstr (text.text, ==, code);
}

#define EXPECT(bytes, code) expect (bytes, sizeof bytes - 1, code)

static void
test_text (void)
{
  g_autofree char *fits = g_strnfill (BM_SCANNER_MAX, 'A');
  g_autofree char *line = g_strconcat (fits, "A\r", NULL);
  BmScannerText text = { 0 };

  EXPECT ("ABC123\r", "ABC123");
  EXPECT ("abc\n", "ABC");
  EXPECT ("\002ABC\003", "ABC");
  EXPECT ("junk\002ABC\003", "ABC");
  EXPECT ("]Q1ABC\r", "ABC");
  EXPECT ("]Q1\r", NULL);
  EXPECT ("A]Q1\r", "A-Q1");
  EXPECT ("\0\0ABC\r", "ABC");
  EXPECT ("A\303\251B\r", "A--B");
  EXPECT ("ABC", NULL);
  EXPECT ("\r\n", NULL);
  EXPECT ("ABC\r\n", NULL); /* told at CR; LF is no second one */
  expect (line + 1, strlen (line + 1), fits);
  for (const char *at = line; *at != '\0'; at++)
    (void) bm_scanner_text_take (&text, (guint8) *at);
  g_assert_cmpuint (text.length, ==, BM_SCANNER_MAX);
  g_assert_cmpint (text.text[0], ==, '-');
}

static void
test_written_wrongly (void)
{
  static const char *const uris[] = { "",
                                      "serial:",
                                      "serial:tty",
                                      "keys:/dev/tty",
                                      "serial:/dev/tty?baud=9601",
                                      "serial:/dev/tty?speed=9600",
                                      "serial:/dev/tty?" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bm_scanner_open (uris[i], NULL, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, "serial:/dev/"));
    }
}

/* A file is no line. */
static void
test_no_line (Fixture *fixture, gconstpointer data)
{
  g_assert_true (g_file_set_contents (fixture->link, SLIP "\r", -1, NULL));
  open_scanner (fixture);
  g_assert_false (bm_scanner_is_there (fixture->scanner));
  g_assert_cmpint (g_unlink (fixture->link), ==, 0);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/scanner/read", test_read);
  ADD ("/scanner/again", test_again);
  ADD ("/scanner/pulled", test_pulled);
  ADD ("/scanner/flood", test_flood);
  ADD ("/scanner/no-line", test_no_line);
  g_test_add_func ("/scanner/text", test_text);
  g_test_add_func ("/scanner/written-wrongly", test_written_wrongly);
  return g_test_run ();
}
