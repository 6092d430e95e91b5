/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pack/pack.h"
#include "tests/store/fixture.h"

#include <stdlib.h>
#include <string.h>

/*
 *   bench-pack PLATFORM.DB RESIDENTS.CSV
 *
 * What it costs to open one record: the messages that pack-village left in a platform's database are
 * applied to a station's ledger as sync would, page by page, and then each resident of the demo village is
 * identified: subject tag and pack key (an Argon2id each), own matters, own record. The way to the
 * store's worker and back is included. Prints one JSON line with the 99th percentile.
 *
 * The ledger is made beside this program: a temporary folder may lie in memory.
 */

#define DEMO_NOW   G_GINT64_CONSTANT (1795223400000) /* 2026-11-21T09:10:00+08:00 */
#define COLUMN_ID  7
#define ROUNDS     10
#define LIMIT_MS   150.0
#define PAGE_BYTES (128 * 1024)

static double
now_ms (void)
{
  return (double) g_get_monotonic_time () / 1000.0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static GBytes *
column_bytes (sqlite3_stmt *row, int column)
{
  return g_bytes_new (sqlite3_column_blob (row, column),
                      (gsize) sqlite3_column_bytes (row, column));
}

static BmMessage *
read_message (sqlite3_stmt *row)
{
  BmMessage *message = g_new0 (BmMessage, 1);

  message->id = sqlite3_column_int64 (row, 0);
  message->kind = g_strdup ((const char *) sqlite3_column_text (row, 1));
  message->name = g_strdup ((const char *) sqlite3_column_text (row, 2));
  message->version = sqlite3_column_int64 (row, 3);
  message->body = column_bytes (row, 4);
  message->signature = column_bytes (row, 5);
  return message;
}

/* Takes @page over. */
static void
apply_page (Ledger *ledger, GPtrArray *page)
{
  g_autoptr (GError) error = NULL;
  const BmMessage *last = g_ptr_array_index (page, page->len - 1);

  g_assert_true (ledger_apply (ledger, answers_new (), page, last->id, &error));
  g_assert_no_error (error);
}

/* In pages like those of the inbox. */
static guint
fill_ledger (Ledger *ledger, const char *path)
{
  GPtrArray *page = NULL;
  sqlite3_stmt *rows;
  sqlite3 *db;
  gsize bytes = 0;
  guint count = 0;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (
    sqlite3_prepare_v2 (db,
                        "SELECT id, kind, name, version, body, signature FROM message"
                        " WHERE kind IN ('pack', 'pack-head') ORDER BY id",
                        -1, &rows, NULL),
    ==, SQLITE_OK);
  while (sqlite3_step (rows) == SQLITE_ROW)
    {
      BmMessage *message = read_message (rows);

      bytes += g_bytes_get_size (message->body);
      if (page != NULL && bytes > PAGE_BYTES)
        {
          apply_page (ledger, g_steal_pointer (&page));
          bytes = g_bytes_get_size (message->body);
        }
      if (page == NULL)
        page = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_message_free);
      g_ptr_array_add (page, message);
      count++;
    }
  g_assert_nonnull (page);
  apply_page (ledger, page);
  sqlite3_finalize (rows);
  sqlite3_close (db);
  return count;
}

typedef struct
{
  GMainLoop *loop;
  BmPerson *person;
} Wait;

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GError) error = NULL;

  wait->person = bm_store_identify_finish (BM_STORE (source), result, &error);
  g_assert_no_error (error);
  g_main_loop_quit (wait->loop);
}

static double
time_one (Ledger *ledger, const char *id_number, GBytes *salt)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Wait wait = { .loop = loop };
  double began = now_ms ();
  double took;

  bm_store_identify_async (ledger->store, id_number, salt, on_identified, &wait);
  g_main_loop_run (loop);
  took = now_ms () - began;
  g_assert_cmpint (wait.person->record_state, ==, BM_RECORD_OPEN);
  bm_person_free (wait.person);
  return took;
}

static GPtrArray *
read_residents (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *numbers = g_ptr_array_new_with_free_func (g_free);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], ",", COLUMN_ID + 2);

      g_ptr_array_add (numbers, g_strdup (columns[COLUMN_ID]));
    }
  return numbers;
}

static void
measure (Ledger *ledger, GPtrArray *numbers)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GBytes) salt = g_bytes_new_static ("0123456789abcdef", 16);

  for (guint i = 0; i < ROUNDS * numbers->len; i++)
    {
      double took = time_one (ledger, g_ptr_array_index (numbers, i % numbers->len), salt);

      g_array_append_val (times, took);
    }
  g_array_sort (times, compare);
  g_print ("{\"name\":\"record opened\",\"value\":%.3f,\"median\":%.3f,\"unit\":\"ms\","
           "\"limit\":%.0f}\n",
           g_array_index (times, double, times->len * 99 / 100),
           g_array_index (times, double, times->len / 2), LIMIT_MS);
}

int
main (int argc, char **argv)
{
  g_autofree char *beside = g_path_get_dirname (argv[0]);
  g_autofree char *folder = g_build_filename (beside, "bench-pack-XXXXXX", NULL);
  g_autoptr (GPtrArray) numbers = NULL;
  Ledger *ledger;

  if (argc != 3)
    {
      g_printerr ("usage: bench-pack PLATFORM.DB RESIDENTS.CSV\n");
      return EXIT_FAILURE;
    }
  bm_crypto_init ();
  g_assert_nonnull (g_mkdtemp (folder));
  numbers = read_residents (argv[2]);
  ledger = ledger_new_at (folder);
  memset (&ledger->tuning, 0, sizeof ledger->tuning); /* as in the product */
  ledger_set_wall (ledger, DEMO_NOW);
  ledger_open (ledger);
  g_assert_cmpuint (fill_ledger (ledger, argv[1]), >, 1);
  measure (ledger, numbers);
  ledger_free (ledger);
  return EXIT_SUCCESS;
}
