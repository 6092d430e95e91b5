/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/desk-fixture.h"

#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/shape.h"

#include <string.h>

/* A desk, what it wants done, and the hands of a helper. */

void
desk_send (Desk *self, BmDeskEvent event)
{
  BmDeskEffect *effect;

  bm_desk_handle (self->desk, &event);
  while ((effect = bm_desk_take_effect (self->desk)) != NULL)
    if (effect->type == BM_DESK_EFFECT_PAGE)
      {
        world_check_page (effect->json);
        self->n_pages++;
        bm_desk_effect_free (effect);
      }
    else
      {
        if (effect->type == BM_DESK_EFFECT_CHECK_STAFF)
          {
            g_free (self->checked);
            self->checked = g_strdup (effect->text);
          }
        g_ptr_array_add (self->effects, effect);
      }
}

Desk *
desk_new (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
  g_autofree char *calendars = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "calendars", NULL);
  g_autoptr (GError) error = NULL;
  Desk *self = g_new0 (Desk, 1);

  self->clock = bm_shift_clock_new (G_GINT64_CONSTANT (1795223400000), FALSE);
  bm_shift_clock_advance (self->clock, 1000);
  self->setup = (BmSessionSetup){ .seat = "desk",
                                  .station_name = "禾田村便民服务站",
                                  .village_name = "禾田村",
                                  .terminal = 1,
                                  .is_demo = TRUE,
                                  .clock = BM_CLOCK (self->clock) };
  self->setup.catalogue = bm_catalogue_load (folder, &error);
  g_assert_no_error (error);
  self->setup.calendar = bm_calendar_load_folder (calendars, &error);
  g_assert_no_error (error);
  self->setup.staff = world_new_staff ();
  self->setup.duty = json_pack ("{s:s, s:s}", "text", "", "next", "");
  self->effects = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_desk_effect_free);
  self->desk = bm_desk_new (&self->setup);
  desk_send (self, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  return self;
}

void
desk_free (Desk *self)
{
  g_object_unref (self->desk);
  g_ptr_array_unref (self->effects);
  bm_catalogue_unref (self->setup.catalogue);
  bm_calendar_unref (self->setup.calendar);
  json_decref (self->setup.staff);
  json_decref (self->setup.duty);
  g_object_unref (self->clock);
  g_free (self->checked);
  g_free (self);
}

/* Something was set going: a note for the audit is not that, and what waits is looked at again anyway. */
static guint
count_going (Desk *self)
{
  guint n = 0;

  for (guint i = 0; i < self->effects->len; i++)
    {
      BmDeskEffectType type = ((BmDeskEffect *) g_ptr_array_index (self->effects, i))->type;

      n += type != BM_DESK_EFFECT_AUDIT && type != BM_DESK_EFFECT_REFRESH ? 1 : 0;
    }
  return n;
}

void
desk_intent (Desk *self, const char *what, const char *choice, const char *value)
{
  json_t *intent = json_pack ("{s:i, s:s}", "version", 1, "do", what);
  guint n_pages = self->n_pages, n_going = count_going (self);

  if (choice != NULL)
    json_object_set_new (intent, "choice", json_string (choice));
  if (value != NULL)
    json_object_set_new (intent, "value", json_string (value));
  g_assert_true (bm_shape_check_intent (intent, NULL));
  desk_send (self, (BmDeskEvent){ .type = BM_DESK_EVENT_INTENT, .json = intent });
  if (strcmp (what, "activity") != 0 && self->n_pages == n_pages && count_going (self) == n_going)
    g_error ("nothing answers “%s %s” on the desk", what, choice != NULL ? choice : "");
  json_decref (intent);
}

/* Presses what bears this label, as a finger would: a choice, or the act of a row. */
void
desk_press (Desk *self, const char *label)
{
  json_t *page = bm_desk_get_page (self->desk);
  json_t *desk = json_object_get (page, "desk");
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (page, "choices"), i,
                      item) if (strcmp (json_string_value (json_object_get (item, "label")),
                                        label) == 0)
  {
    g_autofree char *id = g_strdup (json_string_value (json_object_get (item, "id")));

    desk_intent (self, "choose", id, NULL);
    return;
  }
  json_array_foreach (json_object_get (json_object_get (desk, "waiting"), "rows"), i,
                      item) if (g_strcmp0 (json_string_value (json_object_get (item, "act")),
                                           label) == 0)
  {
    g_autofree char *id = g_strdup (json_string_value (json_object_get (item, "choice")));

    desk_intent (self, "choose", id, NULL);
    return;
  }
  {
    g_autofree char *dump = json_dumps (page, JSON_INDENT (1));

    g_error ("%s does not stand on\n%s", label, dump);
  }
}

gboolean
desk_says (Desk *self, const char *text)
{
  g_autofree char *page = world_flat_text (bm_desk_get_page (self->desk));

  return strstr (page, text) != NULL;
}

const char *
desk_page (Desk *self)
{
  return json_string_value (json_object_get (bm_desk_get_page (self->desk), "id"));
}

BmDeskEffect *
desk_find (Desk *self, BmDeskEffectType type)
{
  for (guint i = self->effects->len; i > 0; i--)
    {
      BmDeskEffect *effect = g_ptr_array_index (self->effects, i - 1);

      if (effect->type == type)
        return effect;
    }
  return NULL;
}

BmDeskEffect *
desk_need (Desk *self, BmDeskEffectType type)
{
  BmDeskEffect *effect = desk_find (self, type);

  if (effect == NULL)
    g_error ("no effect %d", type);
  return effect;
}

void
desk_verdict (Desk *self, const char *staff, gint verdict, gint64 wait_ms)
{
  desk_send (self, (BmDeskEvent){ .type = BM_DESK_EVENT_STAFF_CHECKED,
                                  .text = staff,
                                  .code = verdict,
                                  .number = wait_ms });
}

void
desk_sign_in_as (Desk *self, const char *name, const char *id)
{
  BmDeskEffect *check;

  desk_press (self, name);
  g_assert_cmpstr (desk_page (self), ==, "desk-pin");
  desk_intent (self, "digits", NULL, "2202");
  check = desk_need (self, BM_DESK_EFFECT_CHECK_STAFF);
  g_assert_cmpstr (check->text, ==, id);
  g_assert_cmpstr (check->text2, ==, "2202");
  g_assert_false (check->flag);
  desk_verdict (self, id, BM_STAFF_OK, 0);
  g_assert_cmpstr (desk_page (self), ==, "desk-today");
  g_ptr_array_set_size (self->effects, 0);
}

json_t *
desk_new_hall (Desk *self)
{
  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "name", "王秀兰", "about",
                    "女 78岁 1组", "service", "养老金认证", "rule", "C1-2026.1", "card_at", "09:08",
                    "step", "见证", "sees", "请等一下，\n工作人员过来看看您本人。", "since_ms",
                    (json_int_t) bm_clock_get_boot_ms (BM_CLOCK (self->clock)));
}

void
desk_hall (Desk *self, gboolean is_there)
{
  json_t *hall = is_there ? desk_new_hall (self) : NULL;

  desk_send (self, (BmDeskEvent){ .type = BM_DESK_EVENT_HALL, .json = hall });
  json_decref (hall);
}

void
desk_overview (Desk *self, const char *text)
{
  json_t *overview = json_loads (text, 0, NULL);

  g_assert_nonnull (overview);
  desk_send (self, (BmDeskEvent){ .type = BM_DESK_EVENT_OVERVIEW, .json = overview });
  json_decref (overview);
}

void
desk_sign_in (Desk *self)
{
  desk_sign_in_as (self, "苏敏", "HT02");
}

gboolean
desk_offers (Desk *self, const char *label)
{
  json_t *page = bm_desk_get_page (self->desk);
  json_t *waiting = json_object_get (json_object_get (page, "desk"), "waiting");
  json_t *choices = json_object_get (page, "choices");
  json_t *rows = json_object_get (waiting, "rows");

  for (gsize i = 0; i < json_array_size (choices); i++)
    if (strcmp (json_string_value (json_object_get (json_array_get (choices, i), "label")),
                label) == 0)
      return TRUE;
  for (gsize i = 0; i < json_array_size (rows); i++)
    if (g_strcmp0 (json_string_value (json_object_get (json_array_get (rows, i), "act")), label) ==
        0)
      return TRUE;
  return FALSE;
}

static void
send_json (Desk *self, BmDeskEventType type, const char *text)
{
  json_t *json = text != NULL ? json_loads (text, 0, NULL) : NULL;

  g_assert_true ((json != NULL) == (text != NULL));
  desk_send (self, (BmDeskEvent){ .type = type, .json = json });
  json_decref (json);
}

void
desk_found (Desk *self, const char *text)
{
  send_json (self, BM_DESK_EVENT_FOUND, text);
}

void
desk_due_list (Desk *self, const char *text)
{
  send_json (self, BM_DESK_EVENT_DUE_LIST, text);
}
