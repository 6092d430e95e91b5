/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-shape"

#include "core/catalogue/shape.h"

#include "core/calendar/day.h"

#include <string.h>

/* The table of a guide's file; assets/schema/guide.json says the same as JSON Schema. */

static gboolean
is_guide_id (const char *text)
{
  return bm_shape_is_id (text) && strlen (text) <= 32;
}

static gboolean
is_day (const char *text)
{
  return bm_day_from_string (text) != BM_NO_DAY;
}

static const char *const topic_names[] = { "matter", "policy", "law", "farm", NULL };

static const BmShape format = { .type = BM_SHAPE_INTEGER, .min = 1, .max = 1 };
static const BmShape id = { .type = BM_SHAPE_STRING,
                            .min = 1,
                            .max = 32,
                            .fits = is_guide_id,
                            .remedy = "use small letters, digits, dot and dash" };
static const BmShape version = { .type = BM_SHAPE_STRING, .min = 1, .max = 32 };
static const BmShape topic = { .type = BM_SHAPE_STRING, .one_of = topic_names };
static const BmShape rank = { .type = BM_SHAPE_INTEGER, .min = 0, .max = 99 };
static const BmShape icon = { .type = BM_SHAPE_STRING,
                              .min = 1,
                              .max = 32,
                              .fits = bm_shape_is_icon,
                              .remedy = "use the name of a drawing in assets/icons" };
static const BmShape day = { .type = BM_SHAPE_STRING,
                             .min = 10,
                             .max = 10,
                             .fits = is_day,
                             .remedy = "write a day as 2026-11-20" };
static const BmShape boolean = { .type = BM_SHAPE_BOOLEAN };
static const BmShape label = { .type = BM_SHAPE_TEXT, .min = 1, .max = 40 };
static const BmShape text = { .type = BM_SHAPE_TEXT, .min = 1, .max = 80 };
static const BmShape number = { .type = BM_SHAPE_STRING, .min = 1, .max = 24 };

static const BmShapeKey phone_keys[] = { { "label", &label, TRUE },
                                         { "number", &number, TRUE },
                                         { NULL } };
static const BmShape phone = { .type = BM_SHAPE_OBJECT, .keys = phone_keys };
static const BmShape lines = { .type = BM_SHAPE_ARRAY, .min = 1, .max = 4, .items = &text };
static const BmShapeKey page_keys[] = { { "say", &label, TRUE },
                                        { "lines", &lines, TRUE },
                                        { NULL } };
static const BmShape page = { .type = BM_SHAPE_OBJECT, .keys = page_keys };
static const BmShape pages = { .type = BM_SHAPE_ARRAY, .min = 1, .max = 8, .items = &page };
static const BmShapeKey guide_keys[] = {
  { "format", &format, TRUE },
  { "id", &id, TRUE },
  { "version", &version, TRUE },
  { "topic", &topic, TRUE },
  { "rank", &rank },
  { "icon", &icon, TRUE },
  { "label", &label, TRUE },
  { "source", &label, TRUE },
  { "as_of", &day, TRUE },
  { "is_demo", &boolean, TRUE },
  { "phone", &phone },
  { "pages", &pages, TRUE },
  { NULL },
};
static const BmShape guide_shape = { .type = BM_SHAPE_OBJECT, .keys = guide_keys };

/**
 * bm_shape_check_guide:
 * @guide: a guide's file
 * @ret_path: (out) (optional) (nullable): where the first fault lies
 * @error: return location for %BM_ERROR_INVALID
 *
 * Checks the form of a guide as assets/schema/guide.json does.
 *
 * Returns: whether the form is right
 */
gboolean
bm_shape_check_guide (json_t *guide, char **ret_path, GError **error)
{
  return bm_shape_check (&guide_shape, guide, "guide", ret_path, error);
}
