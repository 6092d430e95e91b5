/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-pack"

#include "core/pack/pack-private.h"

#include "core/calendar/day.h"
#include "core/catalogue/shape.h"
#include "core/error.h"
#include "core/pack/pack.h"

#include <string.h>

/*
 * What a head, a bucket and a record may look like.
 *
 * Every key of the essay in pack.h is there, and no other. A text that is not known is "", never
 * absent and never null; only the pension itself may be null. The parts of a month make its sum, and
 * months go strictly back in time: what is shown to a person was checked here.
 */

#define MAX_NAME    128 /* characters */
#define MAX_WHY     200
#define MAX_MONTHS  12
#define MAX_CODE    32
#define MAX_BUCKET  50000
#define MAX_FEN     G_GINT64_CONSTANT (1000000000)
#define YEAR_FIRST  2000
#define YEAR_LAST   9999
#define YM_LEN      7
#define SALT_DIGITS (2 * BM_PACK_SALT_LEN)

gboolean
bm_pack_is_hex (const char *text)
{
  return strspn (text, "0123456789abcdef") == strlen (text) && strlen (text) % 2 == 0;
}

static gboolean
is_day (const char *text)
{
  return bm_day_from_string (text) != BM_NO_DAY;
}

static gboolean
is_day_or_empty (const char *text)
{
  return *text == '\0' || is_day (text);
}

static gboolean
is_month (const char *text)
{
  g_autofree char *first = g_strconcat (text, "-01", NULL);

  return strlen (text) == YM_LEN && is_day (first);
}

static gboolean
is_month_or_empty (const char *text)
{
  return *text == '\0' || is_month (text);
}

static gboolean
is_digits (const char *text)
{
  return strspn (text, "0123456789") == strlen (text);
}

static const char *const packs[] = { BM_PACK_BENEFIT, NULL };
static const char *const notes[] = { "dup", "status", "name", NULL };
static const char *const statuses[] = { "paying", "paused", "ended", "applying", NULL };
static const char *const row_states[] = { "paid", "bank", "returned", "stopped", "notice", NULL };
static const char *const medical_states[] = { "insured", "unpaid", "assisted", NULL };
static const char *const states[] = { "paid", "bank", "returned", "stopped", NULL };

static const BmShape pack_name = { .type = BM_SHAPE_STRING, .max = 32, .one_of = packs };
static const BmShape year = { .type = BM_SHAPE_INTEGER, .min = YEAR_FIRST, .max = YEAR_LAST };
static const BmShape day = { .type = BM_SHAPE_STRING, .max = BM_DAY_LEN, .fits = is_day };
static const BmShape any_day = { .type = BM_SHAPE_STRING,
                                 .max = BM_DAY_LEN,
                                 .fits = is_day_or_empty };
static const BmShape version = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 1 };

static const BmShape salt = { .type = BM_SHAPE_STRING,
                              .min = SALT_DIGITS,
                              .max = SALT_DIGITS,
                              .fits = bm_pack_is_hex };
static const BmShape bits = { .type = BM_SHAPE_INTEGER, .min = 0, .max = BM_PACK_MAX_BITS };
static const BmShape count = { .type = BM_SHAPE_INTEGER, .min = 0, .max = BM_PACK_MAX_RECORDS };

static const BmShapeKey head_keys[] = {
  { "version", &version, TRUE }, { "pack", &pack_name, TRUE }, { "year", &year, TRUE },
  { "as_of", &day, TRUE },       { "salt", &salt, TRUE },      { "bits", &bits, TRUE },
  { "count", &count, TRUE },     { NULL, NULL, FALSE },
};
static const BmShape head_shape = { .type = BM_SHAPE_OBJECT, .keys = head_keys };

static gboolean
is_locator (const char *text)
{
  return strlen (text) == 2 * BM_PACK_LOCATOR_LEN && bm_pack_is_hex (text);
}

static const BmShape sealed = { .type = BM_SHAPE_STRING, .min = 1, .max = BM_PACK_MAX_SEALED };
static const BmShape records = { .type = BM_SHAPE_MAP,
                                 .max = MAX_BUCKET,
                                 .name_fits = is_locator,
                                 .items = &sealed };
static const BmShapeKey bucket_keys[] = {
  { "version", &version, TRUE }, { "pack", &pack_name, TRUE },  { "year", &year, TRUE },
  { "as_of", &day, TRUE },       { "records", &records, TRUE }, { NULL, NULL, FALSE },
};
static const BmShape bucket_shape = { .type = BM_SHAPE_OBJECT, .keys = bucket_keys };

static const BmShape person_name = { .type = BM_SHAPE_STRING, .min = 1, .max = MAX_NAME };
static const BmShape note = { .type = BM_SHAPE_STRING, .max = 16, .one_of = notes };
static const BmShape note_list = { .type = BM_SHAPE_ARRAY, .max = 8, .items = &note };
static const BmShape scheme = { .type = BM_SHAPE_STRING, .min = 1, .max = 32 };
static const BmShape area = { .type = BM_SHAPE_STRING, .min = 6, .max = 6, .fits = is_digits };
static const BmShape status = { .type = BM_SHAPE_STRING, .max = 16, .one_of = statuses };
static const BmShape any_month = { .type = BM_SHAPE_STRING,
                                   .max = YM_LEN,
                                   .fits = is_month_or_empty };
static const BmShape tail = { .type = BM_SHAPE_STRING, .max = 4, .fits = is_digits };
static const BmShape fen = { .type = BM_SHAPE_INTEGER, .min = -MAX_FEN, .max = MAX_FEN };
static const BmShape why = { .type = BM_SHAPE_STRING, .max = MAX_WHY };
static const BmShape month = { .type = BM_SHAPE_STRING,
                               .min = YM_LEN,
                               .max = YM_LEN,
                               .fits = is_month };
static const BmShape state = { .type = BM_SHAPE_STRING, .max = 16, .one_of = states };

static const BmShapeKey month_keys[] = {
  { "ym", &month, TRUE },        { "fen", &fen, TRUE },       { "base_fen", &fen, TRUE },
  { "account_fen", &fen, TRUE }, { "other_fen", &fen, TRUE }, { "paid", &any_day, TRUE },
  { "state", &state, TRUE },     { NULL, NULL, FALSE },
};
static const BmShape month_shape = { .type = BM_SHAPE_OBJECT, .keys = month_keys };
static const BmShape month_list = { .type = BM_SHAPE_ARRAY,
                                    .max = MAX_MONTHS,
                                    .items = &month_shape };

static const BmShapeKey pension_keys[] = {
  { "scheme", &scheme, TRUE },   { "area", &area, TRUE },         { "status", &status, TRUE },
  { "since", &any_month, TRUE }, { "last", &any_month, TRUE },    { "due", &any_day, TRUE },
  { "tail", &tail, TRUE },       { "year", &year, TRUE },         { "year_fen", &fen, TRUE },
  { "why", &why, TRUE },         { "months", &month_list, TRUE }, { NULL, NULL, FALSE },
};
static const BmShape pension_shape = { .type = BM_SHAPE_OBJECT,
                                       .can_be_null = TRUE,
                                       .keys = pension_keys };

static const BmShape what_for = { .type = BM_SHAPE_STRING,
                                  .min = 1,
                                  .max = MAX_CODE,
                                  .fits = bm_shape_is_id };
static const BmShape row_state = { .type = BM_SHAPE_STRING, .max = 16, .one_of = row_states };
static const BmShapeKey row_keys[] = {
  { "ym", &month, TRUE },     { "what", &what_for, TRUE },   { "fen", &fen, TRUE },
  { "paid", &any_day, TRUE }, { "state", &row_state, TRUE }, { NULL, NULL, FALSE },
};
static const BmShape row = { .type = BM_SHAPE_OBJECT, .keys = row_keys };
static const BmShape row_list = { .type = BM_SHAPE_ARRAY, .max = BM_PACK_MAX_ROWS, .items = &row };
static const BmShapeKey benefit_keys[] = {
  { "area", &area, TRUE }, { "status", &status, TRUE },   { "due", &any_day, TRUE },
  { "tail", &tail, TRUE }, { "year", &year, TRUE },       { "year_fen", &fen, TRUE },
  { "why", &why, TRUE },   { "months", &row_list, TRUE }, { NULL, NULL, FALSE },
};
static const BmShape benefit_shape = { .type = BM_SHAPE_OBJECT, .keys = benefit_keys };

/* 医保 of one year: no payments, and nothing of what anybody was treated for. */
static const BmShape medical_state = { .type = BM_SHAPE_STRING,
                                       .max = 16,
                                       .one_of = medical_states };
static const BmShapeKey medical_keys[] = {
  { "area", &area, TRUE }, { "state", &medical_state, TRUE }, { "due", &any_day, TRUE },
  { "year", &year, TRUE }, { "year_fen", &fen, TRUE },        { NULL, NULL, FALSE },
};
static const BmShape medical_shape = { .type = BM_SHAPE_OBJECT, .keys = medical_keys };

static const BmShapeKey record_keys[] = {
  { "version", &version, TRUE }, { "name", &person_name, TRUE },      { "as_of", &day, TRUE },
  { "notes", &note_list, TRUE }, { "pension", &pension_shape, TRUE }, { "civil", &benefit_shape },
  { "agri", &benefit_shape },    { "medical", &medical_shape },       { NULL, NULL, FALSE },
};
static const BmShape record_shape = { .type = BM_SHAPE_OBJECT, .keys = record_keys };

/* A version of tomorrow is no damage: it is told apart, so that the operator hears "update". */
static gboolean
check (const BmShape *shape, json_t *json, const char *what, GError **error)
{
  json_t *number = json_object_get (json, "version");

  if (json_is_integer (number) && json_integer_value (number) > 1)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED,
                   "%s: version %" JSON_INTEGER_FORMAT " is not known", what,
                   json_integer_value (number));
      return FALSE;
    }
  return bm_shape_check (shape, json, what, NULL, error);
}

gboolean
bm_pack_check_head (json_t *head, GError **error)
{
  return check (&head_shape, head, "pack head", error);
}

gboolean
bm_pack_check_bucket (json_t *bucket, GError **error)
{
  return check (&bucket_shape, bucket, "pack", error);
}

static json_int_t
get_fen (json_t *month_of, const char *key)
{
  return json_integer_value (json_object_get (month_of, key));
}

/* @has_parts: one a month, and of which the parts make the sum */
static gboolean
check_months (json_t *part, gboolean has_parts, GError **error)
{
  const char *newer = NULL;
  json_t *one;
  gsize i;

  json_array_foreach (json_object_get (part, "months"), i, one)
  {
    const char *ym = json_string_value (json_object_get (one, "ym"));
    json_int_t parts =
      get_fen (one, "base_fen") + get_fen (one, "account_fen") + get_fen (one, "other_fen");

    if ((has_parts && parts != get_fen (one, "fen")) ||
        (newer != NULL && (has_parts ? strcmp (ym, newer) >= 0 : strcmp (ym, newer) > 0)))
      {
        g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                             "pack record: months do not add up or are not in order");
        return FALSE;
      }
    newer = ym;
  }
  return TRUE;
}

/**
 * bm_pack_check_record:
 * @record: what somebody wants to seal, or has opened
 * @error: %BM_ERROR_INVALID says which key, never its value; %BM_ERROR_UNSUPPORTED
 *
 * Checks the shape of a record.
 *
 * Returns: whether it is right
 */
gboolean
bm_pack_check_record (json_t *record, GError **error)
{
  if (!check (&record_shape, record, "pack record", error))
    return FALSE;
  return check_months (json_object_get (record, "pension"), TRUE, error) &&
         check_months (json_object_get (record, "civil"), FALSE, error) &&
         check_months (json_object_get (record, "agri"), FALSE, error);
}
