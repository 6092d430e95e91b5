/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/post.h"

#include "core/calendar/day.h"
#include "core/catalogue/shape.h"
#include "core/catalogue/text.h"

#include <string.h>

static gboolean
has_text (json_t *body, const char *key, glong most)
{
  const char *text = bm_text_get (body, key);
  const glong length = g_utf8_strlen (text, -1);

  return length > 0 && length <= most;
}

gboolean
bm_post_is_for_village (json_t *body)
{
  return json_object_get (body, "title") != NULL;
}

const char *
bm_post_find_fault (const char *name, json_t *body)
{
  const gint32 day = bm_day_from_string (bm_text_get (body, "day"));
  const gint32 until = bm_day_from_string (bm_text_get (body, "until"));

  g_return_val_if_fail (name != NULL, "bad-notice");

  if (!bm_shape_is_id (name) || strlen (name) > BM_POST_MAX_NAME)
    return "wrong-name";
  if (!has_text (body, "title", BM_POST_MAX_TITLE) || !has_text (body, "text", BM_POST_MAX_TEXT) ||
      !has_text (body, "by", BM_POST_MAX_BY))
    return "bad-notice";
  return day != BM_NO_DAY && until != BM_NO_DAY && day <= until ? NULL : "bad-day";
}

gboolean
bm_post_hangs (json_t *body, gint32 today)
{
  return bm_day_from_string (bm_text_get (body, "until")) >= today;
}

static gint64
get_end_ms (json_t *body)
{
  g_autoptr (GDateTime) end = g_date_time_new_from_iso8601 (bm_text_get (body, "until"), NULL);

  return end != NULL ? g_date_time_to_unix (end) * 1000 : 0;
}

const char *
bm_warning_find_fault (const char *name, json_t *body)
{
  g_return_val_if_fail (name != NULL, "bad-warning");

  if (!bm_shape_is_id (name) || strlen (name) > BM_POST_MAX_NAME)
    return "wrong-name";
  if (!has_text (body, "title", BM_POST_MAX_TITLE) ||
      !has_text (body, "text", BM_WARNING_MAX_TEXT) || !has_text (body, "by", BM_POST_MAX_BY))
    return "bad-warning";
  return get_end_ms (body) > 0 ? NULL : "bad-day";
}

gboolean
bm_warning_holds (json_t *body, gint64 wall_ms)
{
  return wall_ms < get_end_ms (body);
}
