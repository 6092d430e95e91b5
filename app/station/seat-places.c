/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/seat-private.h"

#include "core/people/address.h"

/*
 * The table of places (区划) for a session that asks for one. The newest that the centre signed counts:
 * documents of kind "divisions" are named by their year. Where none came, or the one that came cannot be
 * read any more, it is the one that was installed. It is read when a session wants it and belongs to that
 * session alone, so that neither the start of the station nor any other page pays for it.
 */

static BmDivisions *
read_text (const char *text, gsize len)
{
  g_autoptr (GError) error = NULL;
  BmDivisions *divisions = NULL;
  json_t *document = json_loadb (text, len, JSON_REJECT_DUPLICATES, NULL);

  if (document != NULL)
    divisions = bm_divisions_new (document, &error);
  if (divisions == NULL)
    g_warning ("The places that came down cannot be read: %s",
               error != NULL ? error->message : "no JSON");
  json_decref (document);
  return divisions;
}

/* The list is in the order of the names: the newest year is the last. */
static BmDivisions *
read_newest (json_t *list)
{
  BmDivisions *divisions = NULL;

  for (gsize i = json_array_size (list); i > 0 && divisions == NULL; i--)
    {
      json_t *text = json_object_get (json_array_get (list, i - 1), "text");

      divisions = read_text (json_string_value (text), json_string_length (text));
    }
  return divisions;
}

static BmDivisions *
read_installed (BmSeat *self)
{
  g_autoptr (GError) error = NULL;
  BmDivisions *divisions;

  if (self->divisions_file == NULL)
    return NULL;
  divisions = bm_divisions_load (self->divisions_file, &error);
  if (divisions == NULL)
    g_warning ("The places that were installed cannot be read: %s", error->message);
  return divisions;
}

static void
on_places_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmSeatStep) step = user_data;
  BmSeat *self = step->seat;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmDivisions) divisions = NULL;
  BmEvent event = { .type = BM_EVENT_DIVISIONS };
  json_t *list = bm_store_json_finish (BM_STORE (source), result, &error);

  if (!bm_seat_step_is_late (step))
    {
      if (list == NULL)
        bm_seat_warn (self, "the places that came down cannot be listed", error);
      divisions = read_newest (list);
      if (divisions == NULL)
        divisions = read_installed (self);
      event.divisions = divisions;
      bm_seat_feed (self, &event);
    }
  json_decref (list);
}

void
bm_seat_read_divisions (BmSeat *self)
{
  bm_store_list_documents_async (self->store, "divisions", on_places_listed,
                                 bm_seat_step_new (self, NULL));
}

/**
 * bm_seat_set_divisions_file:
 * @self: a seat
 * @file: the installed table of places, read only where none came down
 *
 * It need not be there: the staff type the place then.
 */
void
bm_seat_set_divisions_file (BmSeat *self, const char *file)
{
  g_return_if_fail (BM_IS_SEAT (self));

  g_free (self->divisions_file);
  self->divisions_file = g_strdup (file);
}
