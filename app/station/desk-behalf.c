/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/desk-seat-private.h"

#include "core/people/name.h"

/*
 * 替别人办 for the desk: who of the staff is related to somebody, and whether name and number are one person's. Nothing
 * else of their record leaves this file, and it goes at once.
 */

typedef struct
{
  BmDeskSeat *desk;
  char *name;
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->desk);
  bm_wipe_string (look->name);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static json_t *
list_kin (BmDeskSeat *self, const guint8 tag[BM_TAG_LEN])
{
  json_t *kin = json_array ();
  json_t *member;
  gsize i;

  json_array_foreach (self->setup.staff, i, member)
  {
    const char *id = json_string_value (json_object_get (member, "id"));
    const BmStaff *staff = id != NULL ? bm_roster_find (self->roster, id) : NULL;

    if (staff != NULL && bm_staff_is_kin (staff, tag))
      json_array_append_new (kin, json_string (id));
  }
  return kin;
}

/* Where nothing is known of them nothing speaks against the name. */
static gboolean
is_other_name (const BmPerson *person, const char *name)
{
  const char *known = json_string_value (json_object_get (person->record, "name"));

  return known != NULL && bm_name_compare (known, name) == BM_NAME_DIFFERENT;
}

static void
on_identified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) look = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPerson) person = bm_store_identify_finish (BM_STORE (source), result, &error);
  BmDeskEvent event = { .type = BM_DESK_EVENT_PERSON };

  if (person == NULL)
    g_warning ("desk: whose letter it is cannot be looked up: %s", error->message);
  else
    event.json = json_pack ("{s:o, s:b}", "kin", list_kin (look->desk, person->tag),
                            "is_other_name", (int) is_other_name (person, look->name));
  bm_desk_seat_feed (look->desk, &event);
  json_decref (event.json);
}

void
bm_desk_seat_look_at_person (BmDeskSeat *self, const BmDeskEffect *effect)
{
  Look *look = g_new0 (Look, 1);

  look->desk = g_object_ref (self);
  look->name = g_strdup (effect->text2);
  bm_store_identify_async (self->store, effect->text, self->subject_salt, on_identified, look);
}

void
bm_desk_seat_hand_over (BmDeskSeat *self, const BmDeskEffect *effect)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_HANDED,
                              .flag = bm_seat_begin_behalf (self->hall, effect->json) };

  bm_desk_seat_feed (self, &event);
}

void
bm_desk_seat_go_on_visit (BmDeskSeat *self, const BmDeskEffect *effect)
{
  const BmDeskEvent event = { .type = BM_DESK_EVENT_HANDED,
                              .flag = bm_seat_begin_visit (self->hall, effect->json) };

  bm_desk_seat_feed (self, &event);
}
