/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-store"

#include "sync/platform/platform-store-links.h"

#include "sync/platform/platform-store-private.h"

/* Which case is about the same as which, and which was reopened by which. */

const char bm_platform_store_schema_links[] =
  "CREATE TABLE link (id INTEGER PRIMARY KEY REFERENCES matter, about BLOB,"
  " same_as TEXT NOT NULL, replaces TEXT NOT NULL, follows INTEGER NOT NULL,"
  " reopened INTEGER NOT NULL, reopened_ms INTEGER NOT NULL);"
  "CREATE INDEX link_about ON link (about) WHERE about IS NOT NULL;"
  "CREATE INDEX link_follows ON link (follows) WHERE follows <> 0;"
  "PRAGMA user_version = 3;";

/* Version 6: paper forms (补录). */
const char bm_platform_store_schema_forms[] =
  "ALTER TABLE link ADD COLUMN form BLOB;"
  "CREATE INDEX link_form ON link (form) WHERE form IS NOT NULL;"
  "PRAGMA user_version = 6;";

void
bm_stored_link_free (BmStoredLink *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->about, g_bytes_unref);
  g_clear_pointer (&self->form, g_bytes_unref);
  g_free (self->same_as);
  g_free (self->replaces);
  g_free (self);
}

BmStoredLink *
bm_platform_store_get_link (BmPlatformStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  BmStoredLink *link;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT id, about, same_as, replaces, follows, reopened, reopened_ms,"
                            " form FROM link WHERE id = ?",
                            "i", id);
  if (statement == NULL || !bm_sql_next (statement, error))
    return NULL;
  link = g_new0 (BmStoredLink, 1);
  link->id = bm_sql_int (statement, 0);
  if (sqlite3_column_type (statement, 1) != SQLITE_NULL)
    link->about = bm_sql_bytes (statement, 1);
  link->same_as = g_strdup (bm_sql_text (statement, 2));
  link->replaces = g_strdup (bm_sql_text (statement, 3));
  link->follows = bm_sql_int (statement, 4);
  link->reopened = (guint) bm_sql_int (statement, 5);
  link->reopened_ms = bm_sql_int (statement, 6);
  if (sqlite3_column_type (statement, 7) != SQLITE_NULL)
    link->form = bm_sql_bytes (statement, 7);
  return link;
}

gboolean
bm_platform_store_set_link (BmPlatformStore *self, const BmStoredLink *link, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && link != NULL, FALSE);

  return bm_sql_run (self->db, error,
                     "INSERT OR REPLACE INTO link"
                     " (id, about, same_as, replaces, follows, reopened, reopened_ms, form)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     "ibssiiib", link->id, link->about, link->same_as, link->replaces,
                     link->follows, (gint64) link->reopened, link->reopened_ms, link->form);
}

char *
bm_platform_store_find_same (BmPlatformStore *self, GBytes *about, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction && about != NULL, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT m.number FROM link l JOIN matter m ON m.id = l.id"
                            " WHERE l.about = ? AND m.id < ? AND m.final = 0 ORDER BY m.id LIMIT 1",
                            "bi", about, id);
  return statement != NULL && bm_sql_next (statement, error) ? g_strdup (bm_sql_text (statement, 0))
                                                             : NULL;
}

/* @paper: a form's or a letter's, of a MAC; @only_standing: not what was refused or taken back */
static char *
find_paper (BmPlatformStore *self, GBytes *paper, gint64 id, gboolean only_standing, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
    bm_sql_query (self->db, error,
                  "SELECT m.number FROM link l JOIN matter m ON m.id = l.id"
                  " WHERE l.form = ? AND m.id < ? AND"
                  " (? = 0 OR m.state NOT IN ('not_done', 'withdrawn')) ORDER BY m.id LIMIT 1",
                  "bii", paper, id, (gint64) only_standing);

  return statement != NULL && bm_sql_next (statement, error) ? g_strdup (bm_sql_text (statement, 0))
                                                             : NULL;
}

char *
bm_platform_store_find_form (BmPlatformStore *self, GBytes *form, gint64 id, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && form != NULL, NULL);

  return find_paper (self, form, id, FALSE, error);
}

char *
bm_platform_store_find_letter (BmPlatformStore *self, GBytes *letter, gint64 id, GError **error)
{
  g_return_val_if_fail (self != NULL && self->is_in_transaction && letter != NULL, NULL);

  return find_paper (self, letter, id, TRUE, error);
}

GArray *
bm_platform_store_list_followers (BmPlatformStore *self, gint64 id, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;

  g_return_val_if_fail (self != NULL && self->is_in_transaction, NULL);

  statement = bm_sql_query (self->db, error,
                            "SELECT m.id FROM link l JOIN matter m ON m.id = l.id"
                            " WHERE l.follows = ? AND m.final = 0 ORDER BY m.id",
                            "i", id);
  return statement != NULL ? bm_platform_store_collect_ids (statement, error) : NULL;
}
