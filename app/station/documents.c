/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include "core/catalogue/text.h"

/*
 * What came down and changes how the station works. The ledger took only what fits (core/catalogue/
 * document.h) and is newer than what was there. Services and calendars lie over those that were installed,
 * and hold from the next session on; notices go to the desk or to the board in the hall (posts.c); a sealing key holds from the next run on, an
 * authority from the next connection on, and both are written into the enrolment, atomically. Languages are
 * offered from the next session on, those that are whole (languages.c): they come last, since it is the services
 * that say what they have to hold.
 */

typedef void (*TakeList) (BmStation *self, json_t *list);

typedef struct
{
  BmStation *station;
  TakeList take;
  gboolean is_done;
} Wait;

/* Services and calendars */

static const char *
text_of (json_t *item, gsize *ret_len)
{
  json_t *text = json_object_get (item, "text");

  *ret_len = json_string_length (text);
  return json_string_value (text);
}

static void
take_services (BmStation *self, json_t *list)
{
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    gsize len = 0;
    const char *text = text_of (item, &len);

    if (!bm_catalogue_put_text (self->catalogue, bm_text_get (item, "name"), text, len))
      g_warning ("the service %s that came down does not fit beside the others",
                 bm_text_get (item, "name"));
  }
}

static void
take_calendars (BmStation *self, json_t *list)
{
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    g_autoptr (GError) error = NULL;
    gsize len = 0;
    const char *text = text_of (item, &len);
    json_t *year = json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL);

    if (!bm_calendar_put_year (self->calendar, year, &error))
      g_warning ("the calendar %s that came down: %s", bm_text_get (item, "name"), error->message);
    json_decref (year);
  }
}

/* Trust */

static void
write_trust (BmStation *self, const char *seal_key, const char *ca)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmEnrolment) latest = bm_enrolment_load (self->config->keys, &error);
  g_autoptr (BmEnrolment) trusting =
    latest != NULL ? bm_enrolment_new_trusting (latest, seal_key, ca, &error) : NULL;

  if (trusting == NULL || !bm_enrolment_save (trusting, self->config->keys, &error))
    g_warning ("What the platform said about its keys cannot be kept: %s", error->message);
}

static void
take_seal_keys (BmStation *self, json_t *list)
{
  json_t *item = json_array_get (list, json_array_size (list) - 1);
  gsize len = 0;
  const char *text = item != NULL ? text_of (item, &len) : NULL;
  json_t *body = text != NULL ? json_loadb (text, len, 0, NULL) : NULL;

  if (body != NULL)
    write_trust (self, bm_text_get (body, "key"), NULL);
  json_decref (body);
}

static void
take_cas (BmStation *self, json_t *list)
{
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    gsize len = 0;
    const char *text = text_of (item, &len);
    json_t *body = json_loadb (text, len, 0, NULL);

    write_trust (self, NULL, bm_text_get (body, "ca"));
    if (self->line != NULL)
      bm_line_add_ca (self->line, bm_text_get (body, "ca"));
    json_decref (body);
  }
}

static const struct
{
  const char *kind;
  TakeList take;
  gboolean is_rule;  /* services and calendars: everything is built anew */
  gboolean at_start; /* what the enrolment does not hold already */
} kinds[] = {
  { "catalogue", take_services, TRUE, TRUE },
  { "calendar", take_calendars, TRUE, TRUE },
  { "notice", bm_station_take_notices, FALSE, TRUE },
  { "warning", bm_station_take_warnings, FALSE, TRUE },
  { "seal-key", take_seal_keys, FALSE, FALSE },
  { "ca", take_cas, FALSE, FALSE },
  { "language", bm_station_take_languages, FALSE, TRUE },
};

/* When */

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;
  g_autoptr (GError) error = NULL;
  json_t *list = bm_store_json_finish (BM_STORE (source), result, &error);

  if (list == NULL)
    g_warning ("Documents that came down cannot be read: %s", error->message);
  else
    wait->take (wait->station, list);
  json_decref (list);
  wait->is_done = TRUE;
}

static void
take_now (BmStation *self, const char *kind, TakeList take)
{
  Wait wait = { self, take, FALSE };

  bm_store_list_documents_async (self->store, kind, on_listed, &wait);
  while (!wait.is_done)
    g_main_context_iteration (NULL, TRUE);
}

/* Turns the main loop: at the start of the program, before the sockets are there. */
void
bm_station_load_documents (BmStation *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].at_start)
      take_now (self, kinds[i].kind, kinds[i].take);
}

typedef struct
{
  BmStation *station;
  gsize kind;
} News;

static void
on_news_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree News *news = user_data;
  g_autoptr (BmStation) self = news->station;
  g_autoptr (GError) error = NULL;
  json_t *list = bm_store_json_finish (BM_STORE (source), result, &error);
  gboolean is_rule;

  if (list == NULL)
    g_warning ("What came down cannot be read: %s", error->message);
  else if (self->hall != NULL)
    {
      /* Sessions read the old ones: what was installed is read anew, and all that came down laid over it. */
      is_rule = kinds[news->kind].is_rule && bm_station_read_rules (self, kinds[news->kind].kind);
      kinds[news->kind].take (self, list);
      if (is_rule)
        {
          bm_station_settle_languages (self);
          bm_seat_set_rules (self->hall, self->catalogue, self->calendar);
          if (self->desk != NULL)
            bm_desk_seat_set_rules (self->desk, self->catalogue, self->calendar);
        }
      bm_station_refresh_overview (self);
    }
  json_decref (list);
}

/* @kind: a document of it is newer than before. */
void
bm_station_follow_document (BmStation *self, const char *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].kind, kind))
      {
        News *news = g_new0 (News, 1);

        news->station = g_object_ref (self);
        news->kind = i;
        bm_store_list_documents_async (self->store, kind, on_news_listed, news);
      }
}
