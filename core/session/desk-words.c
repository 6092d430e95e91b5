/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/entry/number.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/* What the desk's pages have in common: reading the ledger's JSON with care, and saying it. */

#define LINE_HANZI 20

gint64
bm_desk_get_count (json_t *json, const char *key)
{
  return MAX (json_integer_value (json_object_get (json, key)), 0);
}

gint32
bm_desk_get_due (json_t *json)
{
  json_t *due = json_object_get (json, "due_day");

  if (!json_is_integer (due) || json_integer_value (due) < 0 || json_integer_value (due) > 100000)
    return BM_NO_DAY;
  return (gint32) json_integer_value (due);
}

/* The ledger does not give such a thing; should it ever, it ends here (domain §2.21a rule 5). */
gboolean
bm_desk_is_hidden (json_t *json)
{
  static const char *const marks[] = { "is_hidden", "is_hidden_from_desk", "is_anonymous",
                                       "anonymous" };

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      json_t *mark = json_object_get (json, marks[i]);

      if (mark != NULL && !json_is_false (mark))
        return TRUE;
    }
  return FALSE;
}

gboolean
bm_desk_is_online (BmDesk *self)
{
  return strcmp (bm_text_get (self->overview, "link"), "online") == 0;
}

static json_t *
find_service (BmDesk *self, const char *id)
{
  return self->setup->catalogue != NULL && id != NULL && *id != '\0'
           ? bm_catalogue_find (self->setup->catalogue, id)
           : NULL;
}

/* As the catalogue calls it; an id is no word for people. */
const char *
bm_desk_say_service (BmDesk *self, const char *id)
{
  json_t *service = find_service (self, id);

  return service != NULL ? bm_text_pick (json_object_get (service, "label"))
                         : C_ ("desk", "A matter");
}

/**
 * bm_desk_icon_of_service:
 * @self: a desk
 * @id: (nullable): a service
 *
 * Returns: its picture, as the hall shows it; that of any matter where the catalogue has it no more
 */
const char *
bm_desk_icon_of_service (BmDesk *self, const char *id)
{
  const char *icon = json_string_value (json_object_get (find_service (self, id), "icon"));

  return icon != NULL ? icon : "svc-case";
}

char *
bm_desk_say_number (const char *number)
{
  guint32 counter = 0;

  if (number == NULL || !bm_number_split (number, NULL, NULL, NULL, &counter))
    return g_strdup ("");
  return bm_words_figure (counter);
}

char *
bm_desk_say_matter (BmDesk *self, json_t *row)
{
  g_autofree char *figure = bm_desk_say_number (bm_text_get (row, "number"));
  const char *service = bm_desk_say_service (self, bm_text_get (row, "service"));

  if (json_is_true (json_object_get (row, "is_late")))
    return g_strdup_printf ("%s　%s　%s", figure, service, C_ ("desk", "late entry"));
  return g_strdup_printf ("%s　%s", figure, service);
}

char *
bm_desk_say_moment (gint64 wall_ms)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *day = NULL;

  if (wall_ms <= 0)
    return g_strdup ("");
  time = bm_words_local_time (wall_ms);
  day = bm_words_day (bm_day_from_wall_ms (wall_ms));
  /* Translators: day, hour, minute. */
  return g_strdup_printf (C_ ("desk", "%1$s %2$02d:%3$02d"), day, g_date_time_get_hour (time),
                          g_date_time_get_minute (time));
}

/* @format is one of ours; {n} is the count. */
char *
bm_desk_fill (const char *format, gint64 count)
{
  g_autofree char *figure = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  GString *text = g_string_new (format);

  g_string_replace (text, "{n}", figure, 0);
  return g_string_free (text, FALSE);
}

char *
bm_desk_cut (const char *text, glong most)
{
  char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  if (g_utf8_strlen (valid, -1) > most)
    *g_utf8_offset_to_pointer (valid, most) = '\0';
  return valid;
}

/* Sentences of the table are of any length; a line holds so many. */
void
bm_desk_add_broken (json_t *page, const char *icon, const char *text, gboolean is_strong)
{
  g_autofree char *broken = bm_words_break (text, LINE_HANZI);

  bm_page_add_line (page, icon, broken, is_strong);
}

/* Pages of a list */

gboolean
bm_desk_turn (BmDesk *self, const char *choice, guint n_pages)
{
  if (strcmp (choice, "turn:on") == 0 && self->list_page + 1 < n_pages)
    self->list_page++;
  else if (strcmp (choice, "turn:back") == 0 && self->list_page > 0)
    self->list_page--;
  else
    return FALSE;
  return TRUE;
}

void
bm_desk_add_turns (BmDesk *self, json_t *page, guint n_pages)
{
  if (n_pages < 2)
    return;
  if (self->list_page > 0)
    bm_page_add_choice (page, "turn:back", "back", C_ ("choice", "Page before"), NULL);
  if (self->list_page + 1 < n_pages)
    bm_page_add_choice (page, "turn:on", "next", C_ ("choice", "Page after"), NULL);
}
