/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

/*
 * The ledger's schema and its history; OUTBOX.md describes it column by column.
 *
 *  version 1 (0.1.0)  meta, epoch, entry, cases, print_job, event, document, pin, clock,
 *                     contact, alarm
 *  version 2 (0.2.0)  cases: audience, is_anonymous, replaces; document: message
 *
 *  version 3          attachment, chunk, traffic, volume, bad_item; entry: purged, settled_day;
 *                     epoch: settled, backed_up; entry_open in the place of entry_lane, entry_run
 *
 *  version 4          withdrawal
 *  version 5          form
 *  version 6          access
 *  version 7          look, misuse
 *
 * A schema that has been released is never edited. A change is a new step at the end of the table,
 * a line above, and a fixture in tests/fixtures that every later version has to open. Steps run in
 * one transaction with PRAGMA user_version, so that a power cut leaves the old version or the new
 * one.
 */

#define APPLICATION_ID 0x424d4c47 /* "BMLG" */

static const char version_1[] =
  "CREATE TABLE meta ("
  "  k TEXT NOT NULL PRIMARY KEY,"
  "  v ANY NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE epoch ("
  "  id INTEGER PRIMARY KEY,"
  "  epoch INTEGER NOT NULL UNIQUE,"
  "  label INTEGER NOT NULL,"
  "  next_seq INTEGER NOT NULL,"
  "  next_counter INTEGER NOT NULL,"
  "  head BLOB NOT NULL,"
  "  head_mac BLOB NOT NULL,"
  "  upto INTEGER NOT NULL DEFAULT 0,"
  "  signed_seq INTEGER NOT NULL DEFAULT 0,"
  "  signed_head BLOB,"
  "  signed_by BLOB"
  ") STRICT;"
  "CREATE TABLE entry ("
  "  id INTEGER PRIMARY KEY,"
  "  epoch INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  type INTEGER NOT NULL,"
  "  run INTEGER NOT NULL,"
  "  priority INTEGER NOT NULL,"
  "  due_day INTEGER NOT NULL,"
  "  state INTEGER NOT NULL DEFAULT 0,"
  "  tries INTEGER NOT NULL DEFAULT 0,"
  "  wall_ms INTEGER NOT NULL,"
  "  not_before_ms INTEGER NOT NULL DEFAULT 0,"
  "  not_before_boot BLOB,"
  "  delay_ms INTEGER NOT NULL DEFAULT 0,"
  "  code TEXT NOT NULL DEFAULT '',"
  "  reason BLOB,"
  "  hash BLOB NOT NULL,"
  "  head BLOB NOT NULL,"
  "  mac BLOB NOT NULL,"
  "  record BLOB NOT NULL,"
  "  UNIQUE (epoch, seq)"
  ") STRICT;"
  "CREATE INDEX entry_lane ON entry (priority, due_day) WHERE state = 0;"
  "CREATE INDEX entry_late ON entry (state, not_before_ms) WHERE state IN (2, 3);"
  "CREATE INDEX entry_attention ON entry (state) WHERE state IN (3, 4, 5);"
  "CREATE TABLE cases ("
  "  id INTEGER PRIMARY KEY," /* label and counter of the number: BM_STORE_CASE_ID */
  "  number TEXT NOT NULL,"
  "  epoch INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  session TEXT NOT NULL,"
  "  matter INTEGER NOT NULL,"
  "  seat TEXT NOT NULL,"
  "  service TEXT NOT NULL,"
  "  subject_tag BLOB NOT NULL,"
  "  wall_ms INTEGER NOT NULL,"
  "  state INTEGER NOT NULL DEFAULT 0,"
  "  is_told INTEGER NOT NULL DEFAULT 0,"
  "  is_acknowledged INTEGER NOT NULL DEFAULT 0,"
  "  result_version INTEGER NOT NULL DEFAULT -1,"
  "  qr TEXT NOT NULL,"
  "  print_job INTEGER NOT NULL DEFAULT 0,"
  "  slip BLOB NOT NULL,"
  "  result BLOB,"
  "  UNIQUE (session, matter)"
  ") STRICT;"
  "CREATE INDEX cases_subject ON cases (subject_tag);"
  "CREATE INDEX cases_untold ON cases (seat) WHERE is_acknowledged = 0;"
  "CREATE TABLE print_job ("
  "  id INTEGER PRIMARY KEY,"
  "  number TEXT NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  seat TEXT NOT NULL,"
  "  copy INTEGER NOT NULL,"
  "  state INTEGER NOT NULL DEFAULT 0,"
  "  reason TEXT NOT NULL DEFAULT '',"
  "  attempt TEXT NOT NULL DEFAULT '',"
  "  remote TEXT NOT NULL DEFAULT '',"
  "  attempt_boot_ms INTEGER NOT NULL DEFAULT 0,"
  "  attempt_boot_id TEXT NOT NULL DEFAULT '',"
  "  created_wall_ms INTEGER NOT NULL,"
  "  sheet BLOB NOT NULL"
  ") STRICT;"
  "CREATE INDEX print_job_open ON print_job (id) WHERE state IN (0, 1, 2, 3, 5, 6);"
  "CREATE INDEX print_job_number ON print_job (number) WHERE state > 0;"
  "CREATE TABLE event ("
  "  id INTEGER PRIMARY KEY,"
  "  epoch INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  job INTEGER NOT NULL,"
  "  wall_ms INTEGER NOT NULL,"
  "  what TEXT NOT NULL,"
  "  detail TEXT NOT NULL"
  ") STRICT;"
  "CREATE INDEX event_entry ON event (epoch, seq) WHERE seq > 0;"
  "CREATE TABLE document ("
  "  kind TEXT NOT NULL,"
  "  name TEXT NOT NULL,"
  "  version INTEGER NOT NULL,"
  "  wall_ms INTEGER NOT NULL,"
  "  body BLOB NOT NULL,"
  "  signature BLOB,"
  "  PRIMARY KEY (kind, name)"
  ") STRICT;"
  "CREATE TABLE pin ("
  "  staff TEXT NOT NULL PRIMARY KEY,"
  "  failures INTEGER NOT NULL,"
  "  boot_id BLOB NOT NULL,"
  "  boot_ms INTEGER NOT NULL,"
  "  delay_ms INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE clock ("
  "  id INTEGER PRIMARY KEY,"
  "  boot_id BLOB NOT NULL,"
  "  boot_ms INTEGER NOT NULL,"
  "  server_ms INTEGER NOT NULL,"
  "  uncertainty_ms INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE contact ("
  "  id INTEGER PRIMARY KEY,"
  "  wall_ms INTEGER NOT NULL,"
  "  is_done INTEGER NOT NULL DEFAULT 0,"
  "  body BLOB NOT NULL"
  ") STRICT;"
  "CREATE TABLE alarm ("
  "  id INTEGER PRIMARY KEY,"
  "  wall_ms INTEGER NOT NULL,"
  "  what TEXT NOT NULL,"
  "  detail TEXT NOT NULL"
  ") STRICT;";

static const char version_2[] =
  "ALTER TABLE cases ADD COLUMN audience INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE cases ADD COLUMN is_anonymous INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE cases ADD COLUMN replaces TEXT NOT NULL DEFAULT '';"
  "ALTER TABLE document ADD COLUMN message INTEGER NOT NULL DEFAULT 0;"
  "CREATE INDEX cases_hidden ON cases (epoch, seq) WHERE audience <> 0;";

/* Rows settled under an older version count from the newest entry: no earlier than they were. */
static const char version_3[] =
  "ALTER TABLE entry ADD COLUMN purged INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE entry ADD COLUMN settled_day INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE epoch ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;"
  "ALTER TABLE epoch ADD COLUMN backed_up INTEGER NOT NULL DEFAULT 0;"
  "UPDATE entry SET settled_day = max (1, (SELECT max (wall_ms) FROM entry) / 86400000 + 1) "
  "  WHERE state IN (1, 4, 5);"
  "UPDATE epoch SET settled = (SELECT count(*) FROM entry "
  "  WHERE entry.epoch = epoch.epoch AND settled_day > 0);"
  "DROP INDEX entry_lane;"
  "CREATE INDEX entry_open ON entry (state, priority, due_day, id, type, epoch, seq, wall_ms) "
  "  WHERE state <> 1;" /* counting what waits must not read the records */
  "CREATE INDEX entry_run ON entry (epoch, seq) WHERE type = 3;"
  "CREATE INDEX entry_kept ON entry (settled_day) WHERE purged = 0 AND settled_day > 0;"
  "CREATE TABLE attachment ("
  "  id INTEGER PRIMARY KEY,"
  "  epoch INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  ordinal INTEGER NOT NULL,"
  "  blob BLOB NOT NULL,"
  "  bytes INTEGER NOT NULL,"
  "  chunks INTEGER NOT NULL,"
  "  hashes BLOB NOT NULL,"
  "  have BLOB NOT NULL,"
  "  state INTEGER NOT NULL DEFAULT 0,"
  "  UNIQUE (epoch, seq, ordinal)"
  ") STRICT;"
  "CREATE INDEX attachment_open ON attachment (id) WHERE state = 0;"
  "CREATE TABLE chunk ("
  "  id INTEGER PRIMARY KEY,"
  "  attachment INTEGER NOT NULL,"
  "  ordinal INTEGER NOT NULL,"
  "  body BLOB NOT NULL,"
  "  UNIQUE (attachment, ordinal)"
  ") STRICT;"
  "CREATE TABLE traffic ("
  "  day INTEGER PRIMARY KEY,"
  "  up INTEGER NOT NULL,"
  "  down INTEGER NOT NULL"
  ") STRICT;"
  "CREATE TABLE volume ("
  "  nonce BLOB NOT NULL PRIMARY KEY,"
  "  wall_ms INTEGER NOT NULL,"
  "  kind TEXT NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE TABLE bad_item ("
  "  id INTEGER PRIMARY KEY,"
  "  kind TEXT NOT NULL,"
  "  name TEXT NOT NULL,"
  "  version INTEGER NOT NULL,"
  "  code TEXT NOT NULL,"
  "  wall_ms INTEGER NOT NULL,"
  "  reported INTEGER NOT NULL DEFAULT 0,"
  "  UNIQUE (kind, name, version)"
  ") STRICT;";

/* What was asked for back after it was sent: at most once for each case (store-withdraw.c W5). */
static const char version_4[] = "CREATE TABLE withdrawal ("
                                "  id INTEGER PRIMARY KEY," /* of the case */
                                "  epoch INTEGER NOT NULL,"
                                "  seq INTEGER NOT NULL," /* the row that asks */
                                "  case_epoch INTEGER NOT NULL,"
                                "  case_seq INTEGER NOT NULL,"
                                "  UNIQUE (epoch, seq)"
                                ") STRICT;";

/* Paper forms (补录单) that were printed before were only counted: when is not known. */
static const char version_5[] =
  "CREATE TABLE form ("
  "  terminal INTEGER NOT NULL," /* 0: this one */
  "  label INTEGER NOT NULL,"
  "  serial INTEGER NOT NULL,"
  "  printed_ms INTEGER NOT NULL,"
  "  number TEXT NOT NULL DEFAULT '',"
  "  entered_ms INTEGER NOT NULL DEFAULT 0,"
  "  entered_by TEXT NOT NULL DEFAULT '',"
  "  PRIMARY KEY (terminal, label, serial)"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX form_number ON form (number) WHERE number <> '';"
  "WITH RECURSIVE given (serial) AS (SELECT 1 UNION ALL SELECT serial + 1 FROM given "
  "  WHERE serial < (SELECT v FROM meta WHERE k = 'forms')) "
  "INSERT INTO form (terminal, label, serial, printed_ms) SELECT 0, "
  "  (SELECT label FROM epoch ORDER BY id DESC LIMIT 1), serial, 0 FROM given "
  "  WHERE EXISTS (SELECT 1 FROM meta WHERE k = 'forms' AND v >= serial);";

/* Who used what is here of somebody (store-uses.c); of what was before nobody wrote it down. */
static const char version_6[] = "CREATE TABLE access ("
                                "  id INTEGER PRIMARY KEY,"
                                "  subject_tag BLOB NOT NULL,"
                                "  day INTEGER NOT NULL,"
                                "  body BLOB NOT NULL"
                                ") STRICT;"
                                "CREATE INDEX access_subject ON access (subject_tag, id);"
                                "CREATE INDEX access_day ON access (day, id);";

/* Look-ups at the desk, and what was odd of them (store-misuse.c). */
static const char version_7[] =
  "CREATE TABLE look ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  who TEXT NOT NULL,"
  "  subject_tag BLOB NOT NULL,"
  "  wall_ms INTEGER NOT NULL,"
  "  boot_id BLOB NOT NULL,"
  "  boot_ms INTEGER NOT NULL,"
  "  is_closed INTEGER NOT NULL,"
  "  is_signed INTEGER NOT NULL,"
  "  is_explained INTEGER NOT NULL DEFAULT 0"
  ") STRICT;"
  "CREATE INDEX look_staff ON look (who, id);"
  "CREATE INDEX look_open ON look (subject_tag) WHERE is_explained = 0;"
  "CREATE TABLE misuse ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  rule TEXT NOT NULL,"
  "  who TEXT NOT NULL,"
  "  staff BLOB NOT NULL,"
  "  wall_ms INTEGER NOT NULL,"
  "  count INTEGER NOT NULL,"
  "  look INTEGER NOT NULL,"
  "  seen_by TEXT NOT NULL DEFAULT '',"
  "  seen_ms INTEGER NOT NULL DEFAULT 0"
  ") STRICT;"
  "CREATE INDEX misuse_open ON misuse (id) WHERE seen_by = '';";

static const char *const steps[] = { version_1, version_2, version_3, version_4,
                                     version_5, version_6, version_7 };

#define SCHEMA_VERSION ((gint64) G_N_ELEMENTS (steps))

static gboolean
migrate (BmStore *self, gpointer data, GError **error)
{
  const gint64 *from = data;
  g_autofree char *mark =
    g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT "; PRAGMA application_id = %d",
                     SCHEMA_VERSION, APPLICATION_ID);

  for (gint64 version = *from; version < SCHEMA_VERSION; version++)
    if (!bm_sql_exec (self, steps[version], error))
      return FALSE;
  return bm_sql_exec (self, mark, error);
}

/* An empty file is a new ledger; anything else has to say that it is one of ours. */
gboolean
bm_store_migrate (BmStore *self, GError **error)
{
  gint64 version, application, tables;

  if (!bm_sql_read_int (self, "PRAGMA user_version", &version, error) ||
      !bm_sql_read_int (self, "PRAGMA application_id", &application, error) ||
      !bm_sql_read_int (self, "SELECT count(*) FROM sqlite_schema", &tables, error))
    return FALSE;
  if (tables > 0 && application != APPLICATION_ID)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_CORRUPT, "ledger.db in %s is not a ledger",
                   self->folder);
      return FALSE;
    }
  if (version > SCHEMA_VERSION)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED,
                   "the ledger has version %" G_GINT64_FORMAT
                   ", this program knows %" G_GINT64_FORMAT "; install the newer program again",
                   version, SCHEMA_VERSION);
      return FALSE;
    }
  if (version == SCHEMA_VERSION)
    return TRUE;
  return bm_store_transact (self, migrate, &version, error);
}
