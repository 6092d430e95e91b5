/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/store/fixture.h"

#include "core/error.h"

#include <glib/gstdio.h>

#include <string.h>

#define FIXED_WALL_MS G_GINT64_CONSTANT (1795223400000) /* 2026-11-21 */

struct _TestClock
{
  GObject parent_instance;

  gint64 wall_ms;
  gint64 boot_ms;
  guint8 boot;
};

static gint64
test_clock_get_wall_ms (BmClock *clock)
{
  return TEST_CLOCK (clock)->wall_ms;
}

static gint64
test_clock_get_boot_ms (BmClock *clock)
{
  return TEST_CLOCK (clock)->boot_ms;
}

static void
test_clock_get_boot_id (BmClock *clock, guint8 ret_id[BM_BOOT_ID_LEN])
{
  memset (ret_id, TEST_CLOCK (clock)->boot, BM_BOOT_ID_LEN);
}

static void
test_clock_iface_init (BmClockInterface *iface)
{
  iface->get_wall_ms = test_clock_get_wall_ms;
  iface->get_boot_ms = test_clock_get_boot_ms;
  iface->get_boot_id = test_clock_get_boot_id;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestClock,
                               test_clock,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BM_TYPE_CLOCK, test_clock_iface_init))

static void
test_clock_class_init (TestClockClass *klass)
{
}

static void
test_clock_init (TestClock *self)
{
  self->wall_ms = FIXED_WALL_MS;
  self->boot_ms = 5000;
  self->boot = 1;
}

void
ledger_advance (Ledger *self, gint64 ms)
{
  self->clock->wall_ms += ms;
  self->clock->boot_ms += ms;
}

void
ledger_set_wall (Ledger *self, gint64 wall_ms)
{
  self->clock->wall_ms = wall_ms;
}

void
ledger_reboot (Ledger *self)
{
  ledger_close (self);
  self->clock->boot++;
  self->clock->boot_ms = 5000;
  ledger_open (self);
}

static BmKey *
make_symmetric (guint8 fill)
{
  guint8 material[32];
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  BmKey *key;

  memset (material, fill, sizeof material);
  bytes = g_bytes_new (material, sizeof material);
  key = bm_key_new_symmetric (bytes, &error);
  g_assert_no_error (error);
  return key;
}

static void
on_pending (BmStore *store, gpointer data)
{
  ((Ledger *) data)->n_pending++;
}

static void
on_queued (BmStore *store, BmPrintJob *job, gpointer data)
{
  g_array_append_val (((Ledger *) data)->queued, job->id);
}

static void
on_case_changed (BmStore *store, const char *number, gpointer data)
{
  g_ptr_array_add (((Ledger *) data)->changed_cases, g_strdup (number));
}

static void
on_document_changed (BmStore *store, const char *kind, gpointer data)
{
  g_ptr_array_add (((Ledger *) data)->changed_documents, g_strdup (kind));
}

static void
on_trouble (BmStore *store, const GError *error, gpointer data)
{
  Ledger *self = data;

  g_clear_error (&self->trouble);
  self->trouble = g_error_copy (error);
}

static void
make_keys (Ledger *self)
{
  g_autoptr (GError) error = NULL;

  self->seal_private = bm_key_generate (BM_KEY_SM2_PRIVATE, &error);
  g_assert_no_error (error);
  self->sign_private = bm_key_generate (BM_KEY_SM2_PRIVATE, &error);
  g_assert_no_error (error);
  self->setup.platform_seal_key = bm_key_dup_public (self->seal_private);
  self->setup.platform_sign_key = bm_key_dup_public (self->sign_private);
  self->setup.terminal_key = make_symmetric (1);
  self->setup.local_key = make_symmetric (2);
  self->setup.chain_key = make_symmetric (3);
}

Ledger *
ledger_new_at (const char *folder)
{
  Ledger *self = g_new0 (Ledger, 1);

  bm_crypto_init ();
  self->folder = g_strdup (folder);
  self->clock = g_object_new (TEST_TYPE_CLOCK, NULL);
  self->queued = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->changed_cases = g_ptr_array_new_with_free_func (g_free);
  self->changed_documents = g_ptr_array_new_with_free_func (g_free);
  self->setup.folder = self->folder;
  self->setup.village = "990121101201";
  self->setup.terminal = 1;
  self->setup.epoch_label = 1;
  self->setup.counter_start = 1;
  self->setup.kiosk = 7;
  self->setup.qr_host = "DEMO.INVALID";
  self->tuning.ballast_bytes = -1;
  self->tuning.reserve_bytes = -1;
  self->tuning.idle_ms = -1;
  make_keys (self);
  return self;
}

Ledger *
ledger_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("bianmin-ledger-XXXXXX", &error);

  g_assert_no_error (error);
  return ledger_new_at (folder);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

void
ledger_free (Ledger *self)
{
  ledger_close (self);
  remove_folder (self->folder);
  ledger_free_keeping_folder (self);
}

void
ledger_free_keeping_folder (Ledger *self)
{
  ledger_close (self);
  bm_key_unref (self->seal_private);
  bm_key_unref (self->sign_private);
  bm_key_unref (self->setup.platform_seal_key);
  bm_key_unref (self->setup.platform_sign_key);
  bm_key_unref (self->setup.terminal_key);
  bm_key_unref (self->setup.local_key);
  bm_key_unref (self->setup.chain_key);
  g_object_unref (self->clock);
  g_array_unref (self->queued);
  g_ptr_array_unref (self->changed_cases);
  g_ptr_array_unref (self->changed_documents);
  g_clear_error (&self->trouble);
  g_free (self->folder);
  g_free (self);
}

BmStore *
ledger_try_open (Ledger *self, GError **error)
{
  g_assert_null (self->store);
  self->store = bm_store_open_tuned (&self->setup, BM_CLOCK (self->clock), &self->tuning, error);
  if (self->store == NULL)
    return NULL;
  g_signal_connect (self->store, "pending", G_CALLBACK (on_pending), self);
  g_signal_connect (self->store, "queued", G_CALLBACK (on_queued), self);
  g_signal_connect (self->store, "case-changed", G_CALLBACK (on_case_changed), self);
  g_signal_connect (self->store, "document-changed", G_CALLBACK (on_document_changed), self);
  g_signal_connect (self->store, "trouble", G_CALLBACK (on_trouble), self);
  ledger_settle (self);
  return self->store;
}

void
ledger_open (Ledger *self)
{
  g_autoptr (GError) error = NULL;

  ledger_try_open (self, &error);
  g_assert_no_error (error);
}

void
ledger_close (Ledger *self)
{
  if (self->store == NULL)
    return;
  bm_store_close (self->store);
  ledger_settle (self);
  g_clear_object (&self->store);
}

void
ledger_settle (Ledger *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

sqlite3 *
ledger_open_raw (Ledger *self)
{
  g_autofree char *path = g_build_filename (self->folder, "ledger.db", NULL);
  sqlite3 *db = NULL;

  g_assert_null (self->store);
  /* With the checksums of store-pages.c, as a thief would who has read it. */
  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                    bm_pages_register (NULL)),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  return db;
}

void
ledger_exec (Ledger *self, const char *format, ...)
{
  sqlite3 *db = ledger_open_raw (self);
  g_autofree char *sql = NULL;
  va_list arguments;

  va_start (arguments, format);
  sql = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_test_message ("%s", sqlite3_errmsg (db));
  g_assert_cmpint (sqlite3_errcode (db), ==, SQLITE_OK);
  sqlite3_close (db);
}

static json_t *
make_sheet (void)
{
  json_t *sheet = json_pack (
    "{s:i, s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:s, s:b}, {s:s, s:s, s:s, s:s, s:s, s:s}]}",
    "version", 1, "kind", "registration", "title", "登记凭条", "station", "禾田村便民服务站",
    "demo", 1, "blocks", "type", "pair", "label", "姓名", "value", RESIDENT_NAME, "strong", 0,
    "type", "number", "ask", "打电话请说", "place", "禾田村 1号机", "figure", "", "number", "",
    "qr", "");

  g_assert_nonnull (sheet);
  return sheet;
}

BmDraft *
ledger_draft_new (guint number)
{
  BmDraft *draft = bm_draft_new ();

  draft->seat = g_strdup ("hall");
  draft->session = g_strdup_printf ("%016x", number);
  draft->matter = 1;
  draft->service = g_strdup ("cert.pension");
  draft->rule = g_strdup ("C1-2026.1");
  memset (draft->subject_tag, 0x5a, BM_TAG_LEN);
  draft->payload =
    json_pack ("{s:i, s:s, s:s, s:{s:s, s:s, s:s}, s:[{s:s, s:I, s:s}, {s:s, s:s, s:I}], s:s, s:s}",
               "version", 1, "service", "cert.pension", "rule", "C1-2026.1", "fields", "p.name",
               RESIDENT_NAME, "p.idno", RESIDENT_ID, "p.addr", "演示县禾田村二组二十八号",
               "evidence", "class", "card", "at_ms", (json_int_t) FIXED_WALL_MS, "kind", "citizen",
               "class", "witness", "staff", "HT02", "at_ms", (json_int_t) FIXED_WALL_MS,
               "pressed_by", "self", "mode", "self");
  g_assert_nonnull (draft->payload);
  draft->slip = json_pack ("{s:s, s:s}", "p.name", RESIDENT_NAME, "p.idno", RESIDENT_ID);
  draft->sheet = make_sheet ();
  return draft;
}

void
ledger_on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

GAsyncResult *
ledger_take (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  return *slot;
}

BmCommitted *
ledger_try_commit (Ledger *self, BmDraft *draft, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bm_store_commit_async (self->store, draft, ledger_on_done, &result);
  return bm_store_commit_finish (self->store, ledger_take (&result), error);
}

BmCommitted *
ledger_commit (Ledger *self, guint number)
{
  g_autoptr (BmDraft) draft = ledger_draft_new (number);
  g_autoptr (GError) error = NULL;
  BmCommitted *committed = ledger_try_commit (self, draft, &error);

  g_assert_no_error (error);
  return committed;
}

void
ledger_commit_many (Ledger *self, guint first, guint count)
{
  for (guint i = first; i < first + count; i++)
    bm_committed_free (ledger_commit (self, i));
}
