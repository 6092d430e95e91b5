/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "linksim"

#include "link-private.h"

#include <gio/gio.h>
#include <stddef.h>
#include <string.h>

/*
 * KEY=VALUE, said in the same words on the command line and at the control socket. A key of a way counts for
 * both, or with "up." or "down." before it for one.
 */

typedef struct
{
  const char *name;
  gsize offset;
  double max;
} Key;

static const Key way_keys[] = {
  { "rate", offsetof (WaySettings, rate), 1e10 },
  { "delay", offsetof (WaySettings, delay), 60000 },
  { "jitter", offsetof (WaySettings, jitter), 60000 },
  { "loss", offsetof (WaySettings, loss), 100 },
  { "duplicate", offsetof (WaySettings, duplicate), 100 },
  { "reorder", offsetof (WaySettings, reorder), 100 },
  { "reorder-by", offsetof (WaySettings, reorder_by), 60000 },
  { "queue", offsetof (WaySettings, queue), 1e9 },
  { "dead", offsetof (WaySettings, dead), 1 },
  { "cut-at", offsetof (WaySettings, cut_at), 1e12 },
};

static const Key link_keys[] = {
  { "seed", offsetof (Link, seed), 4294967295.0 },  { "up-for", offsetof (Link, up_for), 86400 },
  { "down-for", offsetof (Link, down_for), 86400 }, { "cut", offsetof (Link, cut), 1 },
  { "cut-for", offsetof (Link, cut_for), 86400 },
};

static const Key *
find_key (const Key *keys, gsize n_keys, const char *name)
{
  for (gsize i = 0; i < n_keys; i++)
    if (g_str_equal (keys[i].name, name))
      return &keys[i];
  return NULL;
}

static gboolean
parse_value (const Key *key, const char *text, double *ret_value, GError **error)
{
  char *end = NULL;
  const double value = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !(value >= 0 && value <= key->max))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s takes 0 to %g, not “%s”",
                   key->name, key->max, text);
      return FALSE;
    }
  *ret_value = value;
  return TRUE;
}

static void
set_way (Way *way, const Key *key, double value)
{
  G_STRUCT_MEMBER (double, &way->set, key->offset) = value;
  way->since_set = 0;
}

static void
set_link (Link *self, const Key *key, double value, gint64 now)
{
  G_STRUCT_MEMBER (double, self, key->offset) = value;
  if (g_str_equal (key->name, "seed"))
    link_seed (self);
  if (g_str_equal (key->name, "cut"))
    self->down_until = 0;
  self->began = now;
}

/* Takes "up." or "down." off the name; says which ways are meant. */
static guint
split_way (const char **name)
{
  static const char *const prefixes[LINK_N_WAYS] = { "up.", "down." };

  for (guint way = 0; way < LINK_N_WAYS; way++)
    if (g_str_has_prefix (*name, prefixes[way]))
      {
        *name += strlen (prefixes[way]);
        return 1U << way;
      }
  return (1U << LINK_UP) | (1U << LINK_DOWN);
}

gboolean
link_set (Link *self, const char *setting, gint64 now, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (setting, "=", 2);
  const char *name = parts[0] != NULL ? parts[0] : "";
  const Key *of_link = find_key (link_keys, G_N_ELEMENTS (link_keys), name);
  const guint ways = split_way (&name);
  const Key *of_way = find_key (way_keys, G_N_ELEMENTS (way_keys), name);
  double value = 0;

  if ((of_link == NULL && of_way == NULL) || parts[1] == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no such setting: “%s”",
                   setting);
      return FALSE;
    }
  if (!parse_value (of_link != NULL ? of_link : of_way, parts[1], &value, error))
    return FALSE;
  if (of_link != NULL)
    set_link (self, of_link, value, now);
  for (guint way = 0; of_way != NULL && way < LINK_N_WAYS; way++)
    if ((ways & (1U << way)) != 0)
      set_way (&self->ways[way], of_way, value);
  return TRUE;
}
