/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/page-sender.h"

#include "core/catalogue/shape.h"
#include "core/crypto/crypto.h"

#define REVS_PER_MS 64

struct _BmPageSender
{
  BmBusServer *server;
  guint64 rev;
  guint64 oldest_rev; /* pages from here on ask the same as the present one */
  char *text;
  char *sense; /* the page without clock, countdown, level, and news of line, card and desk */
};

/* Of the desk only whom it attends is asked about; what is said of devices, and what waits, changes at
 * any time, and each act there names its row. */
static void
drop_desk_news (json_t *page)
{
  json_t *desk = json_object_get (page, "desk");
  json_t *hall = json_object_get (desk, "hall");
  const char *template_name = json_string_value (json_object_get (page, "template"));

  if (!json_is_object (desk))
    return;
  json_object_set_new (page, "desk", json_pack ("{s:O*}", "hall", hall));
  if (g_strcmp0 (template_name, "desk-today") != 0)
    return;
  json_object_del (page, "lines");
  json_object_del (page, "facts");
}

/* 待机 and 首页 say of the line what it is just now; what they ask is asked by their choices alone. */
static void
drop_line_news (json_t *page)
{
  const char *template_name = json_string_value (json_object_get (page, "template"));

  if (g_strcmp0 (template_name, "idle") != 0 && g_strcmp0 (template_name, "home") != 0)
    return;
  json_object_del (page, "lines");
}

/* That a card still lies there is said beside the question. Who takes it away as she was told, and
 * presses in the same moment, has answered. */
static void
drop_card_news (json_t *page)
{
  json_t *lines = json_object_get (page, "lines");
  json_t *others = json_array ();
  json_t *line;
  size_t i;

  json_array_foreach (lines, i, line)
  {
    if (g_strcmp0 (json_string_value (json_object_get (line, "icon")), "card-take") != 0)
      json_array_append (others, line);
  }
  if (lines != NULL)
    json_object_set_new (page, "lines", others);
  else
    json_decref (others);
}

static char *
dump_sense (json_t *page)
{
  json_t *copy = json_copy (page);
  char *text;

  json_object_del (copy, "countdown");
  json_object_del (copy, "level");
  json_object_del (copy, "station");
  json_object_del (copy, "speech"); /* says what stands there */
  drop_desk_news (copy);
  drop_line_news (copy);
  drop_card_news (copy);
  text = json_dumps (copy, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref (copy);
  return text;
}

BmPageSender *
bm_page_sender_new (BmBusServer *server, gint64 boot_ms)
{
  BmPageSender *self;

  g_return_val_if_fail (BM_IS_BUS_SERVER (server), NULL);

  self = g_new0 (BmPageSender, 1);
  self->server = g_object_ref (server);
  self->rev = (guint64) boot_ms * REVS_PER_MS;
  return self;
}

void
bm_page_sender_free (BmPageSender *self)
{
  if (self == NULL)
    return;
  bm_page_sender_wipe (self);
  g_object_unref (self->server);
  g_free (self);
}

void
bm_page_sender_show (BmPageSender *self, json_t *page)
{
  gboolean asks_the_same;
  char *sense;

  g_return_if_fail (self != NULL);
  g_return_if_fail (json_is_object (page));

  sense = dump_sense (page);
  asks_the_same = g_strcmp0 (sense, self->sense) == 0;
  bm_page_sender_wipe (self);
  self->text = json_dumps (page, JSON_COMPACT);
  self->sense = sense;
  self->rev++;
  if (!asks_the_same)
    self->oldest_rev = self->rev;
  bm_bus_server_send_page (self->server, NULL, self->rev, self->text);
}

void
bm_page_sender_greet (BmPageSender *self, GDBusConnection *peer)
{
  g_return_if_fail (self != NULL);

  if (self->text != NULL)
    bm_bus_server_send_page (self->server, peer, self->rev, self->text);
}

void
bm_page_sender_wipe (BmPageSender *self)
{
  g_return_if_fail (self != NULL);

  bm_wipe_string (g_steal_pointer (&self->text));
  bm_wipe_string (g_steal_pointer (&self->sense));
}

gboolean
bm_page_sender_accepts (BmPageSender *self, GDBusConnection *peer, guint64 rev)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->text != NULL && rev >= self->oldest_rev && rev <= self->rev)
    return TRUE;
  bm_page_sender_greet (self, peer);
  return FALSE;
}

guint64
bm_page_sender_get_rev (BmPageSender *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->rev;
}

json_t *
bm_intent_parse (const char *text)
{
  json_t *intent;

  g_return_val_if_fail (text != NULL, NULL);

  intent = json_loads (text, JSON_REJECT_DUPLICATES, NULL);
  if (intent != NULL && bm_shape_check_intent (intent, NULL))
    return intent;
  g_clear_pointer (&intent, json_decref);
  return NULL;
}
