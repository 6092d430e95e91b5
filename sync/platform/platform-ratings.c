/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-admin-private.h"
#include "sync/platform/platform-store.h"

#include <string.h>

/*
 * 满意率 by service: what people said of matters that are over. Each came as an audit entry without a name, and a matter
 * counts once: a second rating of the same one, whatever a station does, is not looked at. Satisfied are three stars and
 * more; the score of a hundred is the mean of the stars, twenty each (domain §1.2 R67).
 */

#define LOOK_BACK G_MAXUINT16
#define STARS     5

static json_t *
open_rating (BmPlatform *self, BmStoredEntry *entry)
{
  g_autoptr (GBytes) payload = NULL;
  BmEntryHeader header;
  json_t *event;
  gsize len;
  const char *data;

  payload = bm_platform_open_payload (self, entry, &header, NULL);
  if (payload == NULL)
    return NULL;
  data = g_bytes_get_data (payload, &len);
  event = json_loadb (data, len, JSON_REJECT_DUPLICATES, NULL);
  if (g_strcmp0 (json_string_value (json_object_get (event, "event")), "rating") == 0)
    return event;
  json_decref (event);
  return NULL;
}

static void
count_up (json_t *object, const char *key)
{
  json_object_set_new (object, key,
                       json_integer (json_integer_value (json_object_get (object, key)) + 1));
}

static void
add_rating (json_t *services, json_t *rating)
{
  const char *id = json_string_value (json_object_get (rating, "service"));
  const char *reason = json_string_value (json_object_get (rating, "reason"));
  const json_int_t stars = json_integer_value (json_object_get (rating, "stars"));
  json_t *service = id != NULL ? json_object_get (services, id) : NULL;
  json_t *counts;

  if (id == NULL || stars < 1 || stars > STARS)
    return;
  if (service == NULL)
    {
      service = json_pack ("{s:[i,i,i,i,i], s:{}}", "stars", 0, 0, 0, 0, 0, "reasons");
      json_object_set_new (services, id, service);
    }
  counts = json_object_get (service, "stars");
  json_array_set_new (counts, (gsize) stars - 1,
                      json_integer (
                        json_integer_value (json_array_get (counts, (gsize) stars - 1)) + 1));
  if (reason != NULL && *reason != '\0')
    count_up (json_object_get (service, "reasons"), reason);
}

/* Rates and score, rounded down. */
static void
finish (json_t *services)
{
  const char *id;
  json_t *service;

  json_object_foreach (services, id, service)
  {
    json_int_t n = 0, satisfied = 0, sum = 0;
    json_t *count;
    gsize i;

    json_array_foreach (json_object_get (service, "stars"), i, count)
    {
      n += json_integer_value (count);
      satisfied += i >= 2 ? json_integer_value (count) : 0;
      sum += ((json_int_t) i + 1) * json_integer_value (count);
    }
    json_object_set_new (service, "ratings", json_integer (n));
    json_object_set_new (service, "satisfied_percent", json_integer (satisfied * 100 / n));
    json_object_set_new (service, "score", json_integer (sum * 20 / n));
  }
}

static json_t *
count_ratings (BmPlatform *self, GError **error)
{
  g_autoptr (GArray) ids = bm_platform_store_list_audits (self->store, LOOK_BACK, error);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  json_t *services;

  if (ids == NULL)
    return NULL;
  services = json_object ();
  for (guint i = ids->len; i > 0; i--) /* the oldest first: a matter's first rating counts */
    {
      g_autoptr (BmStoredEntry) entry =
        bm_platform_store_get_entry (self->store, g_array_index (ids, gint64, i - 1), NULL);
      json_t *rating = entry != NULL ? open_rating (self, entry) : NULL;
      const char *matter = json_string_value (json_object_get (rating, "case"));

      if (matter != NULL && g_hash_table_add (seen, g_strdup (matter)))
        add_rating (services, rating);
      json_decref (rating);
    }
  finish (services);
  return services;
}

char *
bm_platform_do_ratings (BmPlatform *self, const char *arguments, GError **error)
{
  json_t *services;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  services = count_ratings (self, error);
  bm_platform_store_rollback (self->store); /* only read */
  return bm_admin_dump (services);
}
