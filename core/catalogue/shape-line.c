/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-shape"

#include "core/catalogue/shape.h"

#include <string.h>

/*
 * jansson forgets the lines of what it has read, but a person who mends a file needs one. This walks
 * well-formed JSON text along a path and counts line ends. On text that is not well formed it stops at
 * the end and answers with the last line it saw.
 */

static const char *
skip_blank (const char *p)
{
  while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r' || *p == ',' || *p == ':')
    p++;
  return p;
}

static const char *
skip_string (const char *p)
{
  for (p++; *p != '\0' && *p != '"'; p++)
    if (*p == '\\' && p[1] != '\0')
      p++;
  return *p == '"' ? p + 1 : p;
}

static const char *
skip_value (const char *p)
{
  guint depth = 0;

  do
    {
      p = skip_blank (p);
      if (*p == '\0')
        break;
      if (*p == '"')
        p = skip_string (p);
      else
        {
          if (*p == '{' || *p == '[')
            depth++;
          else if ((*p == '}' || *p == ']') && depth > 0)
            depth--;
          p++;
          while (g_ascii_isalnum (*p) || *p == '.' || *p == '+' || *p == '-')
            p++;
        }
    }
  while (depth > 0);
  return p;
}

static const char *
find_member (const char *p, const char *name)
{
  gsize length = strlen (name);

  for (p = skip_blank (p + 1); *p == '"'; p = skip_blank (p))
    {
      const char *key = p + 1;
      const char *end = skip_string (p);

      if ((gsize) (end - key) == length + 1 && strncmp (key, name, length) == 0)
        return skip_blank (end);
      p = skip_value (skip_blank (end));
    }
  return NULL;
}

static const char *
find_item (const char *p, guint64 index)
{
  p = skip_blank (p + 1);
  for (guint64 i = 0; i < index && *p != ']' && *p != '\0'; i++)
    p = skip_blank (skip_value (p));
  return *p == ']' || *p == '\0' ? NULL : p;
}

/**
 * bm_shape_find_line:
 * @text: well-formed JSON text
 * @path: where, as "/fields/3/type"
 *
 * Finds the line on which the value at @path begins; of its nearest ancestor when it is not there.
 *
 * Returns: the line, from 1
 */
guint
bm_shape_find_line (const char *text, const char *path)
{
  g_auto (GStrv) steps = g_strsplit (path, "/", -1);
  const char *at = skip_blank (text);
  guint line = 1;

  for (guint i = 1; steps[0] != NULL && steps[i] != NULL; i++)
    {
      const char *next = NULL;

      if (*at == '{')
        next = find_member (at, steps[i]);
      else if (*at == '[')
        next = find_item (at, g_ascii_strtoull (steps[i], NULL, 10));
      if (next == NULL)
        break;
      at = next;
    }
  for (const char *p = text; p < at; p++)
    line += *p == '\n';
  return line;
}
