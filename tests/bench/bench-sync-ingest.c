/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/platform-calls.h"
#include "tests/sync/platform/platform-fixture.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/*
 * What the centre takes in, on one core: whole batches, from the bytes of the request to the answer that can be
 * signed (station looked up, batch's signature verified, each record chained, its case made, all of it
 * durable; deciding comes later and is left out), against the same records put into one table of a bare SQLite database, WAL and FULL, one transaction a
 * batch. Both take turns in one folder. Prints one JSON line.
 */

#define BATCHES 60
#define ROWS    200
#define WARM_UP 5

typedef struct
{
  sqlite3 *db;
  sqlite3_stmt *insert;
} Bare;

static void
bare_open (Bare *self, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "bare.db", NULL);

  g_assert_cmpint (sqlite3_open (path, &self->db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (self->db,
                                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "CREATE TABLE row (kiosk INT, epoch INT, seq INT, body BLOB,"
                                 " PRIMARY KEY (kiosk, epoch, seq)) WITHOUT ROWID",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_prepare_v2 (self->db, "INSERT INTO row VALUES (1, 1, ?, ?)", -1, &self->insert, NULL);
}

static gint64
bare_take (Bare *self, GPtrArray *records, guint64 first)
{
  gint64 began = g_get_monotonic_time ();

  sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  for (guint i = 0; i < records->len; i++)
    {
      gsize len;
      gconstpointer bytes = g_bytes_get_data (g_ptr_array_index (records, i), &len);

      sqlite3_bind_int64 (self->insert, 1, (sqlite3_int64) (first + i));
      sqlite3_bind_blob64 (self->insert, 2, bytes, len, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (self->insert), ==, SQLITE_DONE);
      sqlite3_reset (self->insert);
    }
  g_assert_cmpint (sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  return g_get_monotonic_time () - began;
}

static gint64
platform_take (PlatformFixture *f, GBytes *batch)
{
  g_autoptr (GError) error = NULL;
  guint8 nonce[BM_NONCE_LEN];
  gint64 began = g_get_monotonic_time ();
  g_autoptr (BmReply) reply = bm_platform_batch (f->platform, &f->peer, batch, nonce, &error);
  gint64 took = g_get_monotonic_time () - began;

  g_assert_no_error (error);
  for (guint i = 0; i < reply->answers->len; i++)
    g_assert_cmpint (((BmAnswer *) g_ptr_array_index (reply->answers, i))->status, ==,
                     BM_ANSWER_ACCEPTED);
  return took;
}

static GPtrArray *
make_records (VirtualStation *station, gboolean is_first)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (is_first)
    g_ptr_array_add (records, virtual_station_start_run (station));
  while (records->len < ROWS)
    {
      g_ptr_array_add (records, virtual_station_certify (station, "王秀兰", "990121194603050028",
                                                         "HT02", NULL));
      if (records->len < ROWS)
        g_ptr_array_add (records, virtual_station_make_audit (station));
    }
  return records;
}

int
main (int argc, char **argv)
{
  g_autoptr (PlatformFixture) f = NULL;
  gint64 ours = 0, theirs = 0;
  Bare bare;

  bm_crypto_init ();
  f = platform_fixture_new ();
  g_free (platform_fixture_admin (f, "decide hold"));
  bare_open (&bare, f->dir);
  for (guint i = 0; i < WARM_UP + BATCHES; i++)
    {
      g_autoptr (GPtrArray) records = make_records (f->station, i == 0);
      BmBatchHeader header;
      g_autoptr (GBytes) batch = virtual_station_make_batch (f->station, records, &header);
      gint64 one = platform_take (f, batch);
      gint64 two = bare_take (&bare, records, i * ROWS + 1);

      ours += i < WARM_UP ? 0 : one;
      theirs += i < WARM_UP ? 0 : two;
    }
  sqlite3_finalize (bare.insert);
  sqlite3_close (bare.db);
  g_print ("{\"name\":\"centre takes in (%d batches of %d)\",\"value\":%.1f,\"unit\":\"rec/s\","
           "\"baseline\":%.1f,\"sense\":\"at least\"}\n",
           BATCHES, ROWS, BATCHES * ROWS * 1e6 / (double) ours,
           BATCHES * ROWS * 1e6 / (double) theirs);
  return EXIT_SUCCESS;
}
