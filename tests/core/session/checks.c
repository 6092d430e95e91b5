/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/shape.h"
#include "tests/core/session/world.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

/* What the tests of the session and of the desk share. */

void
world_set_up_locale (void)
{
  const char *folder = g_getenv ("BIANMIN_LOCALE");

  g_assert_nonnull (folder);
  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain ("bianmin", folder);
  bind_textdomain_codeset ("bianmin", "UTF-8");
  textdomain ("bianmin");
}

json_t *
world_new_staff (void)
{
  return json_pack ("[{s:s, s:s, s:s}, {s:s, s:s, s:s}, {s:s, s:s, s:s}]", "id", "HT01", "name",
                    "陈国强", "role", "head", "id", "HT02", "name", "苏敏", "role", "helper", "id",
                    "HT04", "name", "丁一", "role", "maintenance");
}

/* Text, without the line ends that are only for the eye. */
char *
world_flat_text (json_t *json)
{
  g_autofree char *dump = json_dumps (json, JSON_ENCODE_ANY);
  g_auto (GStrv) parts = g_strsplit (dump, "\\n", -1);

  return g_strjoinv ("", parts);
}

/* Checks of every page */

static gboolean
has_way_on (json_t *page)
{
  json_t *frame = json_object_get (page, "frame");
  const char *id = json_string_value (json_object_get (page, "id"));

  if (json_array_size (json_object_get (page, "choices")) > 0 ||
      json_is_object (json_object_get (page, "input")) ||
      json_is_string (json_object_get (frame, "next")) ||
      json_is_true (json_object_get (frame, "back")) ||
      json_is_true (json_object_get (frame, "end")))
    return TRUE;
  /* These go on by themselves: a durable write, an answer, the end. */
  return strcmp (id, "committing") == 0 || strcmp (id, "sending") == 0 ||
         strcmp (id, "closed") == 0;
}

void
world_check_page (json_t *page)
{
  g_autoptr (GError) error = NULL;
  gboolean is_valid = bm_shape_check_page (page, &error);

  if (!is_valid)
    {
      g_autofree char *dump = json_dumps (page, JSON_INDENT (1));

      g_printerr ("%s\n%s\n", error->message, dump);
    }
  g_assert_true (is_valid);
  if (!has_way_on (page))
    g_error ("no way on from %s", json_string_value (json_object_get (page, "id")));
}
