/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-test-station"

#include "tests/station/world.h"

#include "core/catalogue/shape.h"

#include <string.h>

/* Everything a person can read on a page, line breaks inside sentences left out. */
static void
collect_text (json_t *value, const char *key, GString *text)
{
  static const char *const silent[] = { "id",     "template", "icon", "picture", "tint",
                                        "kind",   "state",    "qr",   "choice",  "settings",
                                        "earcon", "speech",   NULL };
  const char *name;
  json_t *inner;
  gsize index;

  if (key != NULL && g_strv_contains (silent, key))
    return;
  if (json_is_string (value))
    {
      for (const char *at = json_string_value (value); *at != '\0'; at++)
        if (*at != '\n')
          g_string_append_c (text, *at);
      g_string_append_c (text, '\n');
    }
  json_array_foreach (value, index, inner) collect_text (inner, NULL, text);
  if (json_is_object (value))
    json_object_foreach (value, name, inner) collect_text (inner, name, text);
}

static void
on_page (BmBusStation1 *station, guint64 rev, const char *model, gpointer user_data)
{
  Face *self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->page, json_decref);
  self->page = json_loads (model, 0, NULL);
  g_assert_nonnull (self->page);
  g_assert_true (bm_shape_check_page (self->page, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (rev, >=, self->rev);
  self->rev = rev;
  self->pages++;
  g_string_append (self->stream, model);
}

static void
on_ended (BmBusStation1 *station, const char *why, gpointer user_data)
{
  ((Face *) user_data)->ended++;
}

static void
on_attach_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **ret_seat = user_data;
  g_autoptr (GError) error = NULL;

  bm_bus_station1_call_attach_finish (BM_BUS_STATION1 (source), ret_seat, result, &error);
  g_assert_no_error (error);
}

void
face_attach (Face *self)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autofree char *seat = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->station);
  g_clear_pointer (&self->page, json_decref);
  connection = bm_bus_connect_sync (self->socket, &error);
  g_assert_no_error (error);
  self->station = bm_bus_station_for_connection (connection, &error);
  g_assert_no_error (error);
  g_signal_connect (self->station, "page", G_CALLBACK (on_page), self);
  g_signal_connect (self->station, "ended", G_CALLBACK (on_ended), self);
  bm_bus_station1_call_attach (self->station, NULL, on_attach_done, &seat);
  while (seat == NULL || self->page == NULL)
    g_main_context_iteration (NULL, TRUE);
}

Face *
face_new (World *world, const char *socket)
{
  Face *self = g_new0 (Face, 1);

  self->world = world;
  self->socket = g_build_filename (world->folder, "run", socket, NULL);
  self->stream = g_string_new (NULL);
  face_attach (self);
  return self;
}

void
face_free (Face *self)
{
  if (self->station != NULL)
    g_signal_handlers_disconnect_by_data (self->station, self);
  g_clear_object (&self->station);
  g_clear_pointer (&self->page, json_decref);
  g_string_free (self->stream, TRUE);
  g_free (self->socket);
  g_free (self);
}

void
face_forget (Face *self)
{
  g_string_truncate (self->stream, 0);
}

char *
face_text (Face *self)
{
  GString *text = g_string_new (NULL);

  if (self->page != NULL)
    collect_text (self->page, NULL, text);
  return g_string_free (text, FALSE);
}

typedef struct
{
  Face *face;
  const char *text;
  char *intent;
} Wish;

static gboolean
stands_there (gpointer data)
{
  const Wish *wish = data;
  g_autofree char *text = face_text (wish->face);

  return strstr (text, wish->text) != NULL;
}

static void
await (WorldCondition condition, Wish *wish, const char *complaint)
{
  g_autofree char *text = NULL;

  if (world_await (condition, wish))
    return;
  text = face_text (wish->face);
  g_test_message ("%s '%s':\n%s", complaint, wish->text, text);
  g_assert_not_reached ();
}

void
face_wait (Face *self, const char *wanted)
{
  Wish wish = { .face = self, .text = wanted };

  await (stands_there, &wish, "the page does not say");
}

void
face_intent (Face *self, guint64 rev, const char *intent)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bm_bus_station1_call_intent_sync (self->station, rev, intent, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
is_label (json_t *object, const char *key, const char *label)
{
  const char *text = json_string_value (json_object_get (object, key));
  g_auto (GStrv) parts = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  g_autofree char *joined = parts != NULL ? g_strjoinv ("", parts) : NULL;

  return joined != NULL && g_str_equal (joined, label);
}

static char *
find_intent (Face *self, const char *label)
{
  json_t *frame = json_object_get (self->page, "frame");
  gsize index;
  json_t *choice;

  json_array_foreach (json_object_get (self->page, "choices"), index, choice) if (
    is_label (choice, "label",
              label)) return g_strdup_printf ("{\"version\":1,\"do\":\"choose\",\"choice\":\"%s\"}",
                                              json_string_value (json_object_get (choice, "id")));
  if (is_label (frame, "cases", label))
    return g_strdup ("{\"version\":1,\"do\":\"choose\",\"choice\":\"cases\"}");
  if (is_label (frame, "next", label))
    return g_strdup ("{\"version\":1,\"do\":\"next\"}");
  if (is_label (frame, "end_label", label))
    return g_strdup ("{\"version\":1,\"do\":\"end\"}");
  if (is_label (frame, "help_label", label))
    return g_strdup ("{\"version\":1,\"do\":\"help\"}");
  return NULL;
}

static gboolean
can_be_pressed (gpointer data)
{
  Wish *wish = data;

  wish->intent = find_intent (wish->face, wish->text);
  return wish->intent != NULL;
}

/* Waits until something bears the label, then presses it. */
void
face_press (Face *self, const char *label)
{
  Wish wish = { .face = self, .text = label };

  await (can_be_pressed, &wish, "nothing to press bears");
  face_intent (self, self->rev, wish.intent);
  g_free (wish.intent);
}

static gboolean
can_be_typed (gpointer data)
{
  return json_is_object (json_object_get (((const Wish *) data)->face->page, "input"));
}

void
face_type (Face *self, const char *digits)
{
  g_autofree char *intent =
    g_strdup_printf ("{\"version\":1,\"do\":\"digits\",\"value\":\"%s\"}", digits);
  Wish wish = { .face = self, .text = digits };

  await (can_be_typed, &wish, "there is no place to type");
  face_intent (self, self->rev, intent);
}

void
face_leave (Face *self)
{
  guint ended = self->ended;

  g_free (world_reader (self->world, "remove"));
  json_decref (world_do (self->world, "{\"do\":\"clock\",\"advance_s\":400}"));
  json_decref (world_do (self->world, "{\"do\":\"clock\",\"advance_s\":100}"));
  face_wait (self, "点一下屏幕");
  while (self->ended == ended)
    g_main_context_iteration (NULL, TRUE);
}
