/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/backend-rules.h"

#include "core/error.h"
#include "core/pack/pack.h"

#include <string.h>

/* What the demo office knows of each of the 32 residents, against domain §4.3. */

#define VILLAGE   "990121101201"
#define AS_OF     "2026-11-18"
#define RESIDENTS 32

typedef struct
{
  BmBackend *backend;
  json_t *document;
} Fixture;

static json_t *
fetch (BmBackend *backend, const char *as_of)
{
  g_autoptr (GError) error = NULL;
  json_t *document = bm_backend_fetch_records (backend, VILLAGE, as_of, &error);

  g_assert_no_error (error);
  return document;
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "demo", NULL);
  g_autofree char *catalogue = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
  g_autoptr (GError) error = NULL;

  fixture->backend = bm_backend_rules_new (dir, catalogue, &error);
  g_assert_no_error (error);
  fixture->document = fetch (fixture->backend, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  json_decref (fixture->document);
  g_clear_object (&fixture->backend);
}

/* Residents are counted from 1, as in domain §4.2. */
static json_t *
get_record (json_t *document, guint resident)
{
  json_t *records = json_object_get (document, "records");

  return json_object_get (json_array_get (records, resident - 1), "record");
}

static json_t *
get_pension (json_t *document, guint resident)
{
  return json_object_get (get_record (document, resident), "pension");
}

static const char *
get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  g_assert_nonnull (text);
  return text;
}

static json_int_t
get_fen (json_t *object, const char *key)
{
  json_t *value = json_object_get (object, key);

  g_assert_true (json_is_integer (value));
  return json_integer_value (value);
}

static json_t *
get_month (json_t *pension, guint i)
{
  return json_array_get (json_object_get (pension, "months"), i);
}

static gsize
count_months (json_t *pension)
{
  return json_array_size (json_object_get (pension, "months"));
}

/* Whatever the books say has the shape that a pack demands. */
static void
test_every_record_can_be_sealed (Fixture *fixture, gconstpointer unused)
{
  BmPackHead head = { .pack = (char *) BM_PACK_BENEFIT, .year = 2026, .bits = 0 };
  g_autoptr (BmKey) key = bm_key_generate (BM_KEY_SYMMETRIC, NULL);

  g_assert_cmpstr (get_text (fixture->document, "as_of"), ==, AS_OF);
  g_assert_cmpuint (json_array_size (json_object_get (fixture->document, "records")), ==,
                    RESIDENTS);
  for (guint resident = 1; resident <= RESIDENTS; resident++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *sealed =
        bm_pack_seal_record (&head, key, get_record (fixture->document, resident), &error);

      g_assert_no_error (error);
      g_assert_nonnull (sealed);
    }
}

static void
test_a_usual_year (Fixture *fixture, gconstpointer unused)
{
  json_t *pension = get_pension (fixture->document, 1);
  json_t *newest = get_month (pension, 0);
  json_t *oldest = get_month (pension, 11);

  g_assert_cmpuint (count_months (pension), ==, 12);
  g_assert_cmpstr (get_text (newest, "ym"), ==, "2026-11");
  g_assert_cmpstr (get_text (newest, "paid"), ==, "2026-11-15");
  g_assert_cmpstr (get_text (newest, "state"), ==, "paid");
  g_assert_cmpint (get_fen (newest, "fen"), ==, 22840);
  g_assert_cmpint (get_fen (newest, "base_fen"), ==, 18000);
  g_assert_cmpstr (get_text (oldest, "ym"), ==, "2025-12");
  g_assert_cmpint (get_fen (pension, "year_fen"), ==, 11 * 22840);
  g_assert_cmpstr (get_text (pension, "due"), ==, "2026-11-30");
  g_assert_cmpstr (get_text (pension, "why"), ==, "");
}

static void
test_paused_months_are_seen (Fixture *fixture, gconstpointer unused)
{
  json_t *pension = get_pension (fixture->document, 2);
  json_int_t month = 18000 + 2000 + 200 + 3120;

  g_assert_cmpstr (get_text (pension, "status"), ==, "paused");
  g_assert_cmpstr (get_text (pension, "why"), ==, "过了认证日期");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpstr (get_text (get_month (pension, i), "state"), ==, "stopped");
      g_assert_cmpstr (get_text (get_month (pension, i), "paid"), ==, "");
      g_assert_cmpint (get_fen (get_month (pension, i), "fen"), ==, 0);
    }
  g_assert_cmpstr (get_text (get_month (pension, 2), "ym"), ==, "2026-09");
  g_assert_cmpint (get_fen (get_month (pension, 2), "fen"), ==, month);
  g_assert_cmpint (get_fen (pension, "year_fen"), ==, 9 * month);
}

/* From the month in which somebody turns 80: resident 9 did so in June 2026. */
static void
test_old_age_extra (Fixture *fixture, gconstpointer unused)
{
  json_t *pension = get_pension (fixture->document, 9);

  g_assert_cmpint (get_fen (get_month (pension, 0), "other_fen"), ==, 2000 + 200);
  g_assert_cmpstr (get_text (get_month (pension, 5), "ym"), ==, "2026-06");
  g_assert_cmpint (get_fen (get_month (pension, 5), "other_fen"), ==, 2000 + 200);
  g_assert_cmpint (get_fen (get_month (pension, 6), "other_fen"), ==, 200);
  g_assert_cmpint (get_fen (get_month (get_pension (fixture->document, 8), 0), "other_fen"), ==,
                   2000);
  g_assert_cmpint (get_fen (get_month (get_pension (fixture->document, 30), 0), "other_fen"), ==,
                   200);
}

static void
test_who_gets_nothing_here (Fixture *fixture, gconstpointer unused)
{
  static const guint none[] = { 11, 19, 20, 21, 22, 27, 28, 29 };
  json_t *applying = get_pension (fixture->document, 7);
  json_t *elsewhere = get_pension (fixture->document, 16);
  json_t *first_year = get_pension (fixture->document, 24);

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    g_assert_true (json_is_null (get_pension (fixture->document, none[i])));
  g_assert_cmpstr (get_text (applying, "status"), ==, "applying");
  g_assert_cmpuint (count_months (applying), ==, 0);
  g_assert_cmpstr (get_text (elsewhere, "area"), ==, "990221");
  g_assert_cmpstr (get_text (elsewhere, "scheme"), ==, "企业职工");
  g_assert_cmpuint (count_months (elsewhere), ==, 0);
  g_assert_cmpuint (count_months (first_year), ==, 11);
  g_assert_cmpstr (get_text (get_month (first_year, 10), "ym"), ==, "2026-01");
}

static void
assert_notes (json_t *document, guint resident, const char *note)
{
  json_t *notes = json_object_get (get_record (document, resident), "notes");

  g_assert_cmpuint (json_array_size (notes), ==, note != NULL ? 1 : 0);
  g_assert_cmpstr (json_string_value (json_array_get (notes, 0)), ==, note);
}

static void
test_notes (Fixture *fixture, gconstpointer unused)
{
  for (guint resident = 1; resident <= RESIDENTS; resident++)
    {
      const char *note = resident == 12 ? "name" : resident == 25 ? "status" : NULL;

      assert_notes (fixture->document, resident, resident == 26 ? "dup" : note);
    }
  g_assert_cmpstr (get_text (get_record (fixture->document, 12), "name"), ==, "马\ue863");
  g_assert_cmpstr (get_text (get_record (fixture->document, 19), "name"), ==, "杨小宝");
}

/* As if the data were of another day: before the pay day the month is not there yet. */
static void
test_as_if_of_another_day (Fixture *fixture, gconstpointer unused)
{
  json_t *before = fetch (fixture->backend, "2026-11-14");
  json_t *on = fetch (fixture->backend, "2026-11-15");
  json_t *january = fetch (fixture->backend, "2027-01-20");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (get_text (get_month (get_pension (before, 1), 0), "ym"), ==, "2026-10");
  g_assert_cmpstr (get_text (get_month (get_pension (on, 1), 0), "ym"), ==, "2026-11");
  g_assert_cmpint (get_fen (get_pension (january, 1), "year"), ==, 2027);
  g_assert_cmpint (get_fen (get_pension (january, 1), "year_fen"), ==, 22840);
  g_assert_cmpstr (get_text (get_record (january, 1), "as_of"), ==, "2027-01-20");
  json_decref (before);
  json_decref (on);
  json_decref (january);
  g_assert_null (bm_backend_fetch_records (fixture->backend, VILLAGE, "2026-02-30", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
}

static void
test_another_village_has_none (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_backend_fetch_records (fixture->backend, "990121102201", NULL, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

static void
test_due_list_says_no_more_than_it_must (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  json_t *document = bm_backend_fetch_pack (fixture->backend, VILLAGE, &error);
  json_t *due;
  json_t *one;
  gsize i;

  g_assert_no_error (error);
  due = json_object_get (document, "due");
  g_assert_cmpstr (get_text (document, "as_of"), ==, AS_OF);
  g_assert_cmpuint (json_array_size (due), ==, 22);
  json_array_foreach (due, i, one)
  {
    g_assert_cmpuint (json_object_size (one), ==, 3);
    g_assert_cmpuint (strlen (get_text (one, "month")), ==, 7);
    g_assert_cmpuint (strlen (get_text (one, "group")), ==, 1);
    g_assert_cmpuint (strlen (get_text (one, "name")), >, 0);
  }
  json_decref (document);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

/* What is paid beside the pension, by benefits.json: each month or once, newest first, and only up to the day. */
static void
test_other_allowances (Fixture *fixture, gconstpointer unused)
{
  json_t *two = json_object_get (get_record (fixture->document, 22), "civil");
  json_t *returned = json_object_get (get_record (fixture->document, 31), "civil");
  json_t *farmer = json_object_get (get_record (fixture->document, 27), "agri");

  g_assert_cmpuint (count_months (two), ==, BM_PACK_MAX_ROWS);
  g_assert_cmpstr (get_text (get_month (two, 0), "ym"), ==,
                   "2026-10"); /* November's comes on the 25th */
  g_assert_cmpstr (get_text (get_month (two, 0), "what"), ==, "care");
  g_assert_cmpstr (get_text (get_month (two, 1), "what"), ==, "living");
  g_assert_cmpint (get_fen (two, "year_fen"), ==, 20 * 8000);
  g_assert_cmpstr (get_text (get_month (returned, 0), "state"), ==, "returned");
  g_assert_cmpstr (get_text (get_month (returned, 0), "paid"), ==, "");
  g_assert_cmpint (get_fen (returned, "year_fen"), ==, 9 * 5000);
  g_assert_cmpstr (get_text (returned, "why"), ==, "户名不对");
  g_assert_cmpuint (count_months (farmer), ==, 3);
  g_assert_cmpstr (get_text (get_month (farmer, 0), "state"), ==, "notice");
  g_assert_cmpint (get_fen (farmer, "year_fen"), ==, 1557000 + 432500);
  g_assert_null (json_object_get (get_record (fixture->document, 1), "civil"));
  g_assert_null (json_object_get (get_record (fixture->document, 1), "agri"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  ADD ("/records/every-record-can-be-sealed", test_every_record_can_be_sealed);
  ADD ("/records/a-usual-year", test_a_usual_year);
  ADD ("/records/paused-months-are-seen", test_paused_months_are_seen);
  ADD ("/records/old-age-extra", test_old_age_extra);
  ADD ("/records/other-allowances", test_other_allowances);
  ADD ("/records/who-gets-nothing-here", test_who_gets_nothing_here);
  ADD ("/records/notes", test_notes);
  ADD ("/records/as-if-of-another-day", test_as_if_of_another_day);
  ADD ("/records/another-village-has-none", test_another_village_has_none);
  ADD ("/records/due-list-says-no-more-than-it-must", test_due_list_says_no_more_than_it_must);
  return g_test_run ();
}
