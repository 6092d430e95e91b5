/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-records.h"

#include "core/error.h"
#include "core/people/id-number.h"
#include "core/people/name.h"
#include "sync/platform/backend-records-benefits.h"
#include "sync/platform/backend-records-pension.h"
#include "sync/protocol-json.h"

#include <string.h>

#define MAX_RESIDENTS 100000
#define COLUMN_NAME   1
#define COLUMN_GROUP  6
#define COLUMN_ID     7
#define COLUMNS_MIN   8

typedef struct
{
  char *id_number;
  char *name;
  char *group;
} Resident;

struct _BmBackendRecords
{
  json_t *pension;  /* the document that owns what the table borrows */
  json_t *benefits; /* NULL: a folder of before they were kept */
  json_t *roster;
  GHashTable *by_id;           /* id number -> json_t */
  GPtrArray *residents;        /* of Resident, in the order of the list */
  GHashTable *residents_by_id; /* id number -> Resident, borrowed from residents */
};

static void
resident_free (gpointer data)
{
  Resident *resident = data;

  g_free (resident->id_number);
  g_free (resident->name);
  g_free (resident->group);
  g_free (resident);
}

json_t *
bm_backend_read_json (const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  json_error_t json_error;
  g_autoptr (BmJson) value = json_load_file (path, JSON_REJECT_DUPLICATES, &json_error);

  if (value != NULL && json_integer_value (json_object_get (value, "version")) == 1)
    return g_steal_pointer (&value);
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s line %d: %s", path,
               value == NULL ? json_error.line : 1,
               value == NULL ? json_error.text : "\"version\" must be 1");
  return NULL;
}

static gboolean
index_pension (BmBackendRecords *self, GError **error)
{
  json_t *record;
  gsize i;

  json_array_foreach (json_object_get (self->pension, "records"), i, record)
  {
    const char *id = json_string_value (json_object_get (record, "idno"));

    if (id == NULL || bm_id_number_check (id, BM_NO_DAY) != BM_ID_OK)
      {
        g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                     "pension.json: record %" G_GSIZE_FORMAT " has no valid idno", i);
        return FALSE;
      }
    g_hash_table_insert (self->by_id, g_strdup (id), record);
  }
  return TRUE;
}

/* The demo list quotes only its last column, so the first ones are plain. */
static void
index_resident (BmBackendRecords *self, const char *line)
{
  g_auto (GStrv) columns = g_strsplit (line, ",", COLUMNS_MIN + 1);

  Resident *resident;

  if (g_strv_length (columns) < COLUMNS_MIN ||
      bm_id_number_check (columns[COLUMN_ID], BM_NO_DAY) != BM_ID_OK ||
      g_hash_table_contains (self->residents_by_id, columns[COLUMN_ID]))
    return;
  resident = g_new0 (Resident, 1);
  resident->id_number = g_strdup (columns[COLUMN_ID]);
  resident->name = g_strdup (columns[COLUMN_NAME]);
  resident->group = g_strdup (columns[COLUMN_GROUP]);
  g_ptr_array_add (self->residents, resident);
  g_hash_table_insert (self->residents_by_id, resident->id_number, resident);
}

static gboolean
load_residents (BmBackendRecords *self, const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "residents.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) local_error = NULL;

  if (!g_file_get_contents (path, &text, NULL, &local_error))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
      return FALSE;
    }
  lines = g_strsplit (text, "\n", MAX_RESIDENTS);
  for (char **line = lines; *line != NULL; line++)
    index_resident (self, *line);
  return TRUE;
}

static gboolean
load_benefits (BmBackendRecords *self, const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, "benefits.json", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  self->benefits = bm_backend_read_json (dir, "benefits.json", error);
  return self->benefits != NULL;
}

BmBackendRecords *
bm_backend_records_load (const char *dir, GError **error)
{
  g_autoptr (BmBackendRecords) self = g_new0 (BmBackendRecords, 1);

  g_return_val_if_fail (dir != NULL, NULL);

  self->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->residents = g_ptr_array_new_with_free_func (resident_free);
  self->residents_by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->pension = bm_backend_read_json (dir, "pension.json", error);
  self->roster = self->pension != NULL ? bm_backend_read_json (dir, "roster.json", error) : NULL;
  if (self->roster == NULL || !load_benefits (self, dir, error) || !index_pension (self, error) ||
      !load_residents (self, dir, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
bm_backend_records_free (BmBackendRecords *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_id);
  g_hash_table_unref (self->residents_by_id);
  g_ptr_array_unref (self->residents);
  json_decref (self->pension);
  json_decref (self->benefits);
  json_decref (self->roster);
  g_free (self);
}

json_t *
bm_backend_records_find (BmBackendRecords *self, const char *id_number)
{
  g_return_val_if_fail (self != NULL && id_number != NULL, NULL);

  return g_hash_table_lookup (self->by_id, id_number);
}

static gboolean
is_kin (json_t *member, const char *id_number)
{
  json_t *kin;
  gsize i;

  json_array_foreach (json_object_get (member, "kin_of"), i,
                      kin) if (g_strcmp0 (json_string_value (kin), id_number) == 0) return TRUE;
  return FALSE;
}

static gboolean
may_witness (json_t *member)
{
  static const char *const roles[] = { "helper", "head", "agent", NULL };
  const char *role = json_string_value (json_object_get (member, "role"));

  return role != NULL && g_strv_contains (roles, role);
}

BmWitnessVerdict
bm_backend_records_judge_witness (BmBackendRecords *self, const char *staff, const char *id_number)
{
  json_t *member;
  gsize i;

  g_return_val_if_fail (self != NULL && staff != NULL && id_number != NULL, BM_WITNESS_UNKNOWN);

  json_array_foreach (json_object_get (self->roster, "staff"), i,
                      member) if (g_strcmp0 (json_string_value (json_object_get (member, "id")),
                                             staff) == 0)
  {
    if (!may_witness (member))
      return BM_WITNESS_UNKNOWN;
    return is_kin (member, id_number) ? BM_WITNESS_KIN : BM_WITNESS_GOOD;
  }
  return BM_WITNESS_UNKNOWN;
}

json_t *
bm_backend_records_list_due (BmBackendRecords *self)
{
  json_t *list = json_array ();
  json_t *record;
  gsize i;

  g_return_val_if_fail (self != NULL, NULL);

  json_array_foreach (json_object_get (self->pension, "records"), i, record)
  {
    const char *due = json_string_value (json_object_get (record, "due"));
    const char *id = json_string_value (json_object_get (record, "idno"));
    const Resident *resident = g_hash_table_lookup (self->residents_by_id, id);

    if (due != NULL && strlen (due) == BM_DAY_LEN)
      json_array_append_new (list, json_pack ("{s:O, s:s, s:s%}", "name",
                                              json_object_get (record, "name"), "group",
                                              resident != NULL ? resident->group : "", "month", due,
                                              (size_t) 7));
  }
  return list;
}

const char *
bm_backend_records_get_as_of (BmBackendRecords *self)
{
  const char *as_of;

  g_return_val_if_fail (self != NULL, "");

  as_of = json_string_value (json_object_get (self->pension, "as_of"));
  return as_of != NULL ? as_of : "";
}

/* What the session says before anything else: two records, a state to be looked at, another name. */
static json_t *
list_notes (json_t *source, const char *name)
{
  json_t *notes = json_array ();
  const char *person = json_string_value (json_object_get (source, "person"));
  const char *other = json_string_value (json_object_get (source, "name"));

  if (source == NULL)
    return notes;
  if (json_array_size (json_object_get (source, "accounts")) > 1)
    json_array_append_new (notes, json_string ("dup"));
  if (g_strcmp0 (person, "normal") != 0)
    json_array_append_new (notes, json_string ("status"));
  if (other == NULL || bm_name_compare (other, name) != BM_NAME_SAME)
    json_array_append_new (notes, json_string ("name"));
  return notes;
}

static json_t *
make_record (BmBackendRecords *self, const Resident *resident, gint32 day, const char *as_of)
{
  const char *id_number = resident->id_number;
  json_t *source = g_hash_table_lookup (self->by_id, id_number);
  json_t *pay = json_object_get (self->pension, "pay");
  const char *name = json_string_value (json_object_get (source, "name"));
  json_t *pension = source != NULL ? bm_backend_pension_make (pay, source, day) : json_null ();

  return json_pack ("{s:s, s:{s:i, s:s, s:s, s:o, s:o, s:o*, s:o*, s:o*}}", "idno",
                    resident->id_number, "record", "version", 1, "name",
                    name != NULL ? name : resident->name, "as_of", as_of, "notes",
                    list_notes (source, resident->name), "pension", pension, "civil",
                    bm_backend_benefits_make (self->benefits, "civil", id_number, day), "agri",
                    bm_backend_benefits_make (self->benefits, "agri", id_number, day), "medical",
                    bm_backend_medical_make (self->benefits, id_number));
}

static json_t *
make_part (BmBackendRecords *self, const char *part, const char *id_number)
{
  gint32 day = bm_day_from_string (bm_backend_records_get_as_of (self));

  if (strcmp (part, "medical") == 0)
    return bm_backend_medical_make (self->benefits, id_number);
  return day != BM_NO_DAY ? bm_backend_benefits_make (self->benefits, part, id_number, day) : NULL;
}

gboolean
bm_backend_records_has_part (BmBackendRecords *self, const char *part, const char *id_number)
{
  g_autoptr (BmJson) made = NULL;

  g_return_val_if_fail (self != NULL && part != NULL && id_number != NULL, FALSE);

  made = make_part (self, part, id_number);
  return made != NULL;
}

gboolean
bm_backend_records_draws (BmBackendRecords *self,
                          const char *part,
                          const char *what,
                          const char *id_number)
{
  g_autoptr (BmJson) made = NULL;
  json_t *row;
  gsize i;

  g_return_val_if_fail (self != NULL && part != NULL && what != NULL && id_number != NULL, FALSE);

  made = make_part (self, part, id_number);
  json_array_foreach (json_object_get (made, "months"), i, row)
  {
    if (strcmp (json_string_value (json_object_get (row, "what")), what) == 0)
      return TRUE;
  }
  return FALSE;
}

json_t *
bm_backend_records_list_records (BmBackendRecords *self, const char *as_of, GError **error)
{
  g_autoptr (BmJson) list = json_array ();
  gint32 day = bm_day_from_string (as_of);

  g_return_val_if_fail (self != NULL && as_of != NULL, NULL);

  if (day == BM_NO_DAY)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "\"%s\" is no day like 2026-11-18", as_of);
      return NULL;
    }
  for (guint i = 0; i < self->residents->len; i++)
    {
      json_t *record = make_record (self, g_ptr_array_index (self->residents, i), day, as_of);

      if (record == NULL)
        {
          g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                       "Resident %u has texts that are not UTF-8", i + 1);
          return NULL;
        }
      json_array_append_new (list, record);
    }
  return g_steal_pointer (&list);
}
