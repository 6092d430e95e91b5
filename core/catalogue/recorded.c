/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/recorded.h"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/ports/photo.h"

#include <string.h>

/* What a machine records of a person: papers that are photographed, and a memo that is spoken. */

static guint
count (json_t *service, const char *type)
{
  guint n = 0;
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    n += strcmp (bm_text_get (field, "type"), type) == 0;
  }
  return n;
}

static gboolean
is_kept_shut (json_t *field)
{
  return strcmp (bm_text_get (field, "level"), "sensitive") == 0 &&
         strcmp (bm_text_get (field, "keep_local"), "slip") == 0;
}

static const char *
find_photo_fault (json_t *service, json_t *field)
{
  if (count (service, "photo") > BM_PHOTO_MAX)
    return "at most " G_STRINGIFY (BM_PHOTO_MAX) " papers are photographed; remove one";
  if (strcmp (bm_text_get (field, "who"), "self") != 0)
    return "the person lays the paper; write \"self\" for who";
  if (!is_kept_shut (field))
    return "a paper is of level \"sensitive\", and keep_local \"slip\": that there is one "
           "stands there";
  if (json_object_get (service, "anonymous_when") != NULL)
    return "a paper has names on it; remove it or \"anonymous_when\"";
  if (bm_catalogue_find_step (service, "fields") < bm_catalogue_find_step (service, "identify"))
    return "whose paper it is is known first; move the step fields behind identify";
  return NULL;
}

static const char *
find_memo_fault (json_t *service, json_t *field)
{
  if (count (service, "memo") > 1)
    return "one memo has room for all that is said; remove the others";
  if (strcmp (bm_text_get (field, "who"), "self") != 0)
    return "the person speaks; write \"self\" for who";
  if (!is_kept_shut (field))
    return "a memo is of level \"sensitive\", and keep_local \"slip\": that there is one "
           "stands there";
  return NULL;
}

const char *
bm_recorded_find_fault (json_t *service, json_t *field)
{
  const char *type = bm_text_get (field, "type");

  if (strcmp (type, "photo") == 0)
    return find_photo_fault (service, field);
  return strcmp (type, "memo") == 0 ? find_memo_fault (service, field) : NULL;
}
