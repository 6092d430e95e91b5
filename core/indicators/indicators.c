/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/indicators/indicators.h"

#include "core/calendar/day.h"

#include <string.h>

/*
 * Counting without making anybody out.
 *
 * Invariants:
 *  K1  A number that is given is zero, or of at least k people who are known and are not one another. A matter of which
 *      nobody knows whose it is counts as nobody: a hundred of them may be of one.
 *  K2  What is given is a partition: each matter stands in one row of a table. A service that K1 keeps back goes into
 *      "other"; when "other" itself is too few, the smallest of the services beside it goes in as well, until it is
 *      enough or nothing is left. So no total minus the rest gives what was kept back: it gives "other", which K1 let
 *      through.
 *  K3  What stands together in the first table stands together in the others: these split what the first one gives.
 *  K4  How many are of unknown people is said from k of them on, and never that there are fewer.
 */

#define MAX_CELLS 3
#define OTHER     "other"

typedef struct
{
  guint count;
  guint unknown;
  GHashTable *people; /* GBytes */
} Cell;

typedef struct
{
  char *service;
  Cell all;
  Cell outcome[BM_N_OUTCOMES];
  Cell timely[BM_N_TIMELY];
} Row;

struct _BmIndicators
{
  GPtrArray *rows; /* Row */
};

typedef Cell *(*GetCells) (Row *row);

/* Cells and rows */

static void
cell_add (Cell *self, GBytes *person)
{
  self->count++;
  if (person == NULL)
    {
      self->unknown++;
      return;
    }
  if (self->people == NULL)
    self->people =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_hash_table_add (self->people, g_bytes_ref (person));
}

static guint
cell_count_people (const Cell *self)
{
  return self->people != NULL ? g_hash_table_size (self->people) : 0;
}

static void
cell_join (Cell *self, const Cell *other)
{
  GHashTableIter iter;
  gpointer person;

  self->count += other->count;
  self->unknown += other->unknown;
  if (other->people == NULL)
    return;
  if (self->people == NULL)
    self->people =
      g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_hash_table_iter_init (&iter, other->people);
  while (g_hash_table_iter_next (&iter, &person, NULL))
    g_hash_table_add (self->people, g_bytes_ref (person));
}

static Row *
row_new (const char *service)
{
  Row *self = g_new0 (Row, 1);

  self->service = g_strdup (service);
  return self;
}

static void
row_free (Row *self)
{
  g_free (self->service);
  g_clear_pointer (&self->all.people, g_hash_table_unref);
  for (guint i = 0; i < BM_N_OUTCOMES; i++)
    g_clear_pointer (&self->outcome[i].people, g_hash_table_unref);
  for (guint i = 0; i < BM_N_TIMELY; i++)
    g_clear_pointer (&self->timely[i].people, g_hash_table_unref);
  g_free (self);
}

static void
row_join (Row *self, const Row *other)
{
  cell_join (&self->all, &other->all);
  for (guint i = 0; i < BM_N_OUTCOMES; i++)
    cell_join (&self->outcome[i], &other->outcome[i]);
  for (guint i = 0; i < BM_N_TIMELY; i++)
    cell_join (&self->timely[i], &other->timely[i]);
}

static Cell *
get_all (Row *row)
{
  return &row->all;
}

static Cell *
get_outcome (Row *row)
{
  return row->outcome;
}

static Cell *
get_timely (Row *row)
{
  return row->timely;
}

/* Keeping back */

/* K1 */
static gboolean
is_enough (Row *row, GetCells get, guint n_cells, guint k)
{
  const Cell *cells = get (row);

  for (guint i = 0; i < n_cells; i++)
    if (cells[i].count > 0 && cell_count_people (&cells[i]) < k)
      return FALSE;
  return TRUE;
}

/* The most first; of two alike the name decides. */
static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  const Row *first = *(Row *const *) a;
  const Row *second = *(Row *const *) b;

  if (first->all.count != second->all.count)
    return first->all.count > second->all.count ? -1 : 1;
  return strcmp (first->service, second->service);
}

/* K2: the rows that may be given, "other" the last of them; empty: none may. */
static GPtrArray *
put_together (GPtrArray *rows, GetCells get, guint n_cells, guint k)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (rows->len);
  GPtrArray *given = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  g_autoptr (GPtrArray) alone = g_ptr_array_new ();
  Row *other = row_new (OTHER);
  Row *copy;

  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (rows, i));
  g_ptr_array_sort (sorted, compare_rows);
  for (guint i = 0; i < sorted->len; i++)
    {
      Row *row = g_ptr_array_index (sorted, i);

      if (is_enough (row, get, n_cells, k) && strcmp (row->service, OTHER) != 0)
        g_ptr_array_add (alone, row);
      else
        row_join (other, row);
    }
  while (alone->len > 0 && !is_enough (other, get, n_cells, k))
    row_join (other, g_ptr_array_steal_index (alone, alone->len - 1));
  for (guint i = 0; i < alone->len; i++)
    {
      Row *row = g_ptr_array_index (alone, i);

      copy = row_new (row->service);
      row_join (copy, row);
      g_ptr_array_add (given, copy);
    }
  if (other->all.count > 0 && is_enough (other, get, n_cells, k))
    g_ptr_array_add (given, other);
  else
    row_free (other);
  return given;
}

/* As JSON */

static json_t *
describe_taken (GPtrArray *given, guint k)
{
  json_t *table = json_object ();
  json_t *rows = json_array ();
  Cell all = { 0 };

  for (guint i = 0; i < given->len; i++)
    {
      Row *row = g_ptr_array_index (given, i);
      json_t *json =
        json_pack ("{s:s, s:i, s:i}", "service", row->service, "matters", (int) row->all.count,
                   "people", (int) cell_count_people (&row->all));

      if (row->all.unknown >= k) /* K4 */
        json_object_set_new (json, "unknown", json_integer (row->all.unknown));
      json_array_append_new (rows, json);
      cell_join (&all, &row->all);
    }
  json_object_set_new (table, "rows", rows);
  json_object_set_new (table, "matters", json_integer (all.count));
  json_object_set_new (table, "people", json_integer (cell_count_people (&all)));
  g_clear_pointer (&all.people, g_hash_table_unref);
  return table;
}

static json_t *
describe_split (GPtrArray *given, GetCells get, const char *const names[MAX_CELLS])
{
  json_t *table = json_object ();
  json_t *rows = json_array ();
  guint sums[MAX_CELLS] = { 0 };

  for (guint i = 0; i < given->len; i++)
    {
      Row *row = g_ptr_array_index (given, i);
      json_t *json = json_pack ("{s:s}", "service", row->service);

      for (guint j = 0; j < MAX_CELLS; j++)
        {
          json_object_set_new (json, names[j], json_integer (get (row)[j].count));
          sums[j] += get (row)[j].count;
        }
      json_array_append_new (rows, json);
    }
  json_object_set_new (table, "rows", rows);
  for (guint j = 0; j < MAX_CELLS; j++)
    json_object_set_new (table, names[j], json_integer (sums[j]));
  return table;
}

static void
set_split (json_t *json,
           const char *key,
           GPtrArray *taken,
           GetCells get,
           const char *const names[MAX_CELLS],
           guint k)
{
  g_autoptr (GPtrArray) given = put_together (taken, get, MAX_CELLS, k);

  json_object_set_new (json, key,
                       given->len > 0 ? describe_split (given, get, names) : json_null ());
}

/**
 * bm_indicators_describe:
 * @self: every matter of a month
 * @k: how many people there have to be behind a number
 *
 * Returns: (transfer full): the counts that may be given
 */
json_t *
bm_indicators_describe (BmIndicators *self, guint k)
{
  static const char *const outcomes[] = { "done", "not_done", "open" };
  static const char *const timely[] = { "on_time", "late", "no_term" };
  g_autoptr (GPtrArray) taken = NULL;
  json_t *json = json_pack ("{s:i}", "k", (int) k);

  g_return_val_if_fail (self != NULL && k > 0, json);

  taken = put_together (self->rows, get_all, 1, k);
  json_object_set_new (json, "taken", taken->len > 0 ? describe_taken (taken, k) : json_null ());
  set_split (json, "outcome", taken, get_outcome, outcomes, k); /* K3 */
  set_split (json, "timely", taken, get_timely, timely, k);
  return json;
}

/* Counting */

BmIndicators *
bm_indicators_new (void)
{
  BmIndicators *self = g_new0 (BmIndicators, 1);

  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  return self;
}

void
bm_indicators_free (BmIndicators *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self);
}

static Row *
get_row (BmIndicators *self, const char *service)
{
  Row *row;

  for (guint i = 0; i < self->rows->len; i++)
    {
      row = g_ptr_array_index (self->rows, i);
      if (strcmp (row->service, service) == 0)
        return row;
    }
  row = row_new (service);
  g_ptr_array_add (self->rows, row);
  return row;
}

static gboolean
is_known (const guint8 *tag)
{
  for (guint i = 0; i < BM_TAG_LEN; i++)
    if (tag[i] != 0)
      return TRUE;
  return FALSE;
}

void
bm_indicators_add (BmIndicators *self, const BmMatterFact *fact)
{
  g_autoptr (GBytes) person = NULL;
  Row *row;

  g_return_if_fail (self != NULL && fact->outcome < BM_N_OUTCOMES && fact->timely < BM_N_TIMELY);

  if (is_known (fact->tag))
    person = g_bytes_new (fact->tag, BM_TAG_LEN);
  row = get_row (self, fact->service);
  cell_add (&row->all, person);
  cell_add (&row->outcome[fact->outcome], person);
  cell_add (&row->timely[fact->timely], person);
}

gint32
bm_indicators_find_month (const char *text)
{
  g_autofree char *day = NULL;

  if (text == NULL || strlen (text) != 7 || text[0] < '2')
    return BM_NO_DAY;
  day = g_strconcat (text, "-01", NULL);
  return bm_day_from_string (day);
}

/* CSV */

static void
add_lines (GString *csv, const char *month, json_t *row, const char *service)
{
  const char *basis = json_string_value (json_object_get (row, "basis"));
  const char *key;
  json_t *value;

  json_object_foreach (row, key, value)
  {
    if (json_is_integer (value))
      g_string_append_printf (csv, "%s,%s,%s,%" G_GINT64_FORMAT ",%s\n", month, service, key,
                              (gint64) json_integer_value (value), basis != NULL ? basis : "");
  }
}

/**
 * bm_indicators_to_csv:
 * @indicators: what bm_indicators_describe() gave
 * @month: "YYYY-MM"
 *
 * Writes what may be given, one number a line; the service "*" is all of them.
 *
 * Returns: (transfer full): CSV, UTF-8
 */
char *
bm_indicators_to_csv (json_t *indicators, const char *month)
{
  static const char *const tables[] = { "taken", "outcome", "timely", "savings" };
  GString *csv = g_string_new ("month,service,measure,value,basis\n");

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      json_t *table = json_object_get (indicators, tables[i]);
      json_t *row;
      gsize at;

      json_array_foreach (json_object_get (table, "rows"), at, row)
        add_lines (csv, month, row, json_string_value (json_object_get (row, "service")));
      add_lines (csv, month, table, "*");
    }
  return g_string_free (csv, FALSE);
}
