/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl.h"

#include "core/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * By stick: the station does it, beside its sessions; here somebody waits and sees how far it is. Ending
 * this program does not end the work.
 */

#define LOOK_MS 250

static gboolean
on_time (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_a_little (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (LOOK_MS, on_time, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static json_int_t
number_at (json_t *reply, const char *key)
{
  return json_integer_value (json_object_get (reply, key));
}

static char *
say_progress (json_t *reply)
{
  json_t *left = json_object_get (reply, "left_s");
  GString *line = g_string_new (NULL);

  if (strcmp (json_string_value (json_object_get (reply, "job")), "import") == 0)
    /* Translators: volumes read, of how many. */
    g_string_printf (line, C_ ("ctl", "read %1$d of %2$d"), (int) number_at (reply, "bytes"),
                     (int) number_at (reply, "bytes_of"));
  else
    /* Translators: entries, of how many; photographs, of how many; megabytes, of how many. */
    g_string_printf (line,
                     C_ ("ctl",
                         "entries %1$d of %2$d, photographs %3$d of %4$d, %5$.1f of %6$.1f MB"),
                     (int) number_at (reply, "entries"), (int) number_at (reply, "entries_of"),
                     (int) number_at (reply, "attachments"),
                     (int) number_at (reply, "attachments_of"),
                     (gdouble) number_at (reply, "bytes") / 1048576.0,
                     (gdouble) number_at (reply, "bytes_of") / 1048576.0);
  if (json_is_integer (left))
    /* Translators: seconds. */
    g_string_append_printf (line, C_ ("ctl", ", about %d s more"), (int) json_integer_value (left));
  return g_string_free (line, FALSE);
}

/* A line for each step that changed something. */
static void
show_progress (json_t *reply, char **last)
{
  char *line = say_progress (reply);

  if (g_strcmp0 (line, *last) != 0)
    g_printerr ("%s\n", line);
  g_free (*last);
  *last = line;
}

static gboolean
is_working (json_t *reply)
{
  const char *state = json_string_value (json_object_get (reply, "state"));

  return json_is_true (json_object_get (reply, "ok")) && g_strcmp0 (state, "working") == 0;
}

static json_t *
ask (const BmCtl *self, json_t *request, GError **error)
{
  json_t *reply = bm_ctl_ask_station (self, request, error);

  json_decref (request);
  return reply;
}

static json_t *
follow (const BmCtl *self, json_t *reply, GError **error)
{
  g_autofree char *last = NULL;

  while (reply != NULL && is_working (reply))
    {
      show_progress (reply, &last);
      wait_a_little ();
      json_decref (reply);
      reply = ask (self, json_pack ("{s:s}", "do", "volumes"), error);
    }
  return reply;
}

json_t *
bm_ctl_carry (const BmCtl *self,
              const char *verb,
              const char *folder,
              const char *what,
              GError **error)
{
  g_autofree char *path = g_canonicalize_filename (folder, NULL);
  json_t *request = json_pack ("{s:s, s:s}", "do", verb, "folder", path);
  json_t *reply;

  if (what != NULL)
    json_object_set_new (request, "what", json_string (what));
  reply = follow (self, ask (self, request, error), error);
  if (reply == NULL ||
      g_strcmp0 (json_string_value (json_object_get (reply, "state")), "failed") != 0)
    return reply;
  json_object_set_new (reply, "ok", json_false ());
  json_object_set (reply, "error", json_object_get (reply, "sentence"));
  return reply;
}

void
bm_ctl_show_carried (json_t *reply)
{
  json_t *refused = json_object_get (reply, "refused");
  json_t *file;
  gsize index;

  g_print ("%s\n", json_string_value (json_object_get (reply, "sentence")));
  json_array_foreach (refused, index, file)
    g_print ("%s  %s\n", json_string_value (json_object_get (file, "file")),
             json_string_value (json_object_get (file, "sentence")));
}
