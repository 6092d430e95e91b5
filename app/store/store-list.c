/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-store"

#include "app/store/store-sql.h"

#include "core/error.h"

/*
 * All documents of one kind that came down, for whoever builds on them: services, calendars, notices.
 */

#define MAX_LISTED "64"

typedef struct
{
  BmStore *self;
  char *kind;
} ListCall;

static void
list_call_free (ListCall *call)
{
  g_free (call->kind);
  g_free (call);
}

static GPtrArray *
list_names (ListCall *call, GError **error)
{
  g_autoptr (BmStatement) row = bm_sql_borrow (call->self,
                                               "SELECT name FROM document WHERE kind = ? AND "
                                               "length (body) > 0 ORDER BY name LIMIT " MAX_LISTED,
                                               error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gboolean has_row = row != NULL;

  if (row == NULL)
    return NULL;
  bm_sql_bind_text (row, 1, call->kind);
  while (has_row)
    {
      if (!bm_sql_step (call->self, row, &has_row, error))
        return NULL;
      if (has_row)
        g_ptr_array_add (names, g_strdup (bm_sql_get_text (row, 0)));
    }
  return g_steal_pointer (&names);
}

static gpointer
list_on_worker (gpointer data, GError **error)
{
  ListCall *call = data;
  g_autoptr (GPtrArray) names = list_names (call, error);
  json_t *list;

  if (names == NULL)
    return NULL;
  list = json_array ();
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autoptr (GError) cause = NULL;
      g_autoptr (GBytes) body = bm_store_read_document (call->self, call->kind, name, &cause);

      /* One that cannot be opened is passed over: the others are of use. */
      if (body != NULL)
        json_array_append_new (list, json_pack ("{s:s, s:s%}", "name", name, "text",
                                                (const char *) g_bytes_get_data (body, NULL),
                                                g_bytes_get_size (body)));
    }
  return list;
}

/**
 * bm_store_list_documents_async:
 * @self: an open store
 * @kind: "catalogue", "calendar", "notice"
 * @callback: called with the result
 * @user_data: for @callback
 *
 * Reads the newest version of each document of a kind: an array of {"name", "text"}, for
 * bm_store_json_finish().
 */
void
bm_store_list_documents_async (BmStore *self,
                               const char *kind,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  ListCall *call;

  g_return_if_fail (BM_IS_STORE (self));
  g_return_if_fail (kind != NULL);

  call = g_new0 (ListCall, 1);
  call->self = self;
  call->kind = g_strdup (kind);
  bm_store_run (self, list_on_worker, call, (GDestroyNotify) list_call_free,
                (GDestroyNotify) json_decref, callback, user_data);
}
