/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include "core/catalogue/text.h"
#include "core/catalogue/wanted.h"
#include "core/language/language.h"

/*
 * Further languages: what came down of them is kept, and those that say everything that a resident can come
 * to see are offered from the next session on. Half a language would leave somebody standing in the middle.
 *
 * What is everything changes with the services, so it is asked again when those change; a language that lacks a
 * new text is not offered until a newer version of it has it.
 */

static BmLanguageTable *
read_table (json_t *item)
{
  g_autoptr (GError) error = NULL;
  json_t *text = json_object_get (item, "text");
  json_t *body =
    json_loadb (json_string_value (text), json_string_length (text), JSON_REJECT_DUPLICATES, NULL);
  BmLanguageTable *table = body != NULL ? bm_language_table_from_json (body, &error) : NULL;

  if (table == NULL)
    g_warning ("the language %s that came down: %s", bm_text_get (item, "name"),
               error != NULL ? error->message : "no JSON");
  json_decref (body);
  return table;
}

static json_t *
report (BmLanguageTable *table, guint missing, guint total)
{
  return json_pack ("{s:s, s:s, s:i, s:i, s:b}", "id", bm_language_table_get_id (table), "name",
                    bm_language_table_get_name (table), "missing", (int) missing, "total",
                    (int) total, "is_offered", missing == 0);
}

static json_t *
describe (BmLanguageTable *table, GPtrArray *wanted)
{
  return json_pack ("{s:s, s:s, s:s, s:O, s:o}", "id", bm_language_table_get_id (table), "name",
                    bm_language_table_get_name (table), "direction",
                    bm_language_table_is_rtl (table) ? "rtl" : "ltr", "fonts",
                    bm_language_table_get_fonts (table), "words",
                    bm_wanted_dup_face_words (wanted, table));
}

static json_t *
get_offices (BmStation *self)
{
  return self->appeals != NULL ? bm_appeal_table_get_depts (self->appeals) : NULL;
}

/* Recordings of a language lie beside those of dialects (ui/speech/source.c), and are none. */
static void
drop_dialect (BmStation *self, const char *language)
{
  g_autofree char *folder = g_strdelimit (g_ascii_strdown (language, -1), "_", '-');

  for (gsize i = json_array_size (self->dialects); i > 0; i--)
    if (g_str_equal (bm_text_get (json_array_get (self->dialects, i - 1), "id"), folder))
      json_array_remove (self->dialects, i - 1);
}

static void
offer (BmStation *self, BmLanguageTable *table, GPtrArray *wanted)
{
  bm_language_install (table);
  bm_wanted_add_to_services (self->catalogue, get_offices (self), table);
  json_array_append_new (self->languages, describe (table, wanted));
}

/**
 * bm_station_settle_languages:
 * @self: a station
 *
 * Decides anew which languages are offered.
 */
void
bm_station_settle_languages (BmStation *self)
{
  g_autoptr (GPtrArray) wanted = NULL;

  if (self->tables == NULL)
    return;
  wanted = bm_wanted_list (self->catalogue, get_offices (self));
  g_clear_pointer (&self->languages, json_decref);
  g_clear_pointer (&self->language_report, json_decref);
  self->languages = json_array ();
  self->language_report = json_array ();
  for (guint i = 0; i < self->tables->len; i++)
    {
      BmLanguageTable *table = self->tables->pdata[i];
      guint missing = bm_wanted_count_missing (wanted, table);

      drop_dialect (self, bm_language_table_get_id (table));
      json_array_append_new (self->language_report, report (table, missing, wanted->len));
      if (missing == 0)
        offer (self, table, wanted);
    }
  if (self->hall != NULL)
    bm_seat_set_languages (self->hall, self->languages);
}

/* @list: every language that came down, in its newest version. */
void
bm_station_take_languages (BmStation *self, json_t *list)
{
  json_t *item;
  gsize i;

  g_clear_pointer (&self->tables, g_ptr_array_unref);
  if (json_array_size (list) == 0)
    return;
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_language_table_unref);
  json_array_foreach (list, i, item)
  {
    BmLanguageTable *table = self->tables->len < BM_LANGUAGE_MAX_FURTHER ? read_table (item) : NULL;

    if (table != NULL)
      g_ptr_array_add (self->tables, table);
  }
  bm_station_settle_languages (self);
}

void
bm_station_append_language_notes (BmStation *self, json_t *notes)
{
  json_t *one;
  gsize i;

  json_array_foreach (self->language_report, i, one)
  {
    g_autofree char *text = NULL;

    if (json_is_true (json_object_get (one, "is_offered")))
      continue;
    /* Translators: the name of a language, then how many texts. */
    text = g_strdup_printf (C_ ("languages", "%1$s: %2$u texts are missing, so it is not offered"),
                            bm_text_get (one, "name"),
                            (guint) json_integer_value (json_object_get (one, "missing")));
    json_array_append_new (notes, json_string (text));
  }
}

void
bm_station_clear_languages (BmStation *self)
{
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_clear_pointer (&self->languages, json_decref);
  g_clear_pointer (&self->language_report, json_decref);
}
