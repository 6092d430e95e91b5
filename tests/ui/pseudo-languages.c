/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/pages-help.h"

#include "ui/pages/model.h"

#include <string.h>

/*
 * Languages that nobody speaks, made of English pages; nothing of them is in the product.
 *
 *   rtl   every text stands between marks that turn it round, and the page runs from right to left
 *   long  every word is half as long again, as where words are put together: no new place to break it
 */

#define TURN_ROUND "\u202e"
#define TURN_BACK  "\u202c"

static char *
turn_round (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) turned = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (turned, "%s" TURN_ROUND "%s" TURN_BACK, i > 0 ? "\n" : "", lines[i]);
  return g_strdup (turned->str);
}

/* "certification" becomes "certificationcertif". */
static char *
make_long (const char *text)
{
  g_autoptr (GString) longer = g_string_new (NULL);
  const char *at = text;

  while (*at != '\0')
    {
      gsize word = strspn (at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

      g_string_append_len (longer, at, (gssize) MAX (word, 1));
      for (gsize i = 0; i < (word + 1) / 2; i++)
        g_string_append_c (longer, g_ascii_tolower (at[i]));
      at += MAX (word, 1);
    }
  return g_strdup (longer->str);
}

static void
disguise_text (json_t *object, const char *key, gboolean is_rtl)
{
  const char *text = json_string_value (json_object_get (object, key));
  g_autofree char *other = NULL;

  if (text == NULL || *text == '\0')
    return;
  other = is_rtl ? turn_round (text) : make_long (text);
  json_object_set_new (object, key, json_string (other));
}

static void
disguise_list (json_t *model, const char *name, const char *const *keys, gboolean is_rtl)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (model, name), i, item)
  {
    for (guint k = 0; keys[k] != NULL; k++)
      disguise_text (item, keys[k], is_rtl);
  }
}

void
bm_test_disguise (json_t *model, const char *how)
{
  static const char *const line_keys[] = { "text", NULL };
  static const char *const pair_keys[] = { "label", "value", "note", "why", NULL };
  static const char *const frame_keys[] = { "help_label", "end_label", "next", "cases", NULL };
  gboolean is_rtl = g_strcmp0 (how, "rtl") == 0;
  json_t *station = json_object_get (model, "station");

  if (how == NULL || *how == '\0')
    return;
  if (is_rtl)
    json_object_set_new (json_object_get (model, "settings"), "direction", json_string ("rtl"));
  /* The frame's own words have no pseudo-language; English ones are of letters, too. */
  json_object_set_new (json_object_get (model, "settings"), "language", json_string ("en"));
  disguise_text (model, "question", is_rtl);
  disguise_list (model, "lines", line_keys, is_rtl);
  disguise_list (model, "facts", pair_keys, is_rtl);
  disguise_list (model, "rows", pair_keys, is_rtl);
  disguise_list (model, "choices", pair_keys, is_rtl);
  disguise_text (json_object_get (model, "input"), "label", is_rtl);
  disguise_text (json_object_get (model, "input"), "problem", is_rtl);
  disguise_text (json_object_get (model, "service"), "label", is_rtl);
  for (guint k = 0; frame_keys[k] != NULL; k++)
    disguise_text (json_object_get (model, "frame"), frame_keys[k], is_rtl);
  disguise_text (station, "duty", is_rtl);
  disguise_text (station, "demo_label", is_rtl);
}
