/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-language"

#include "core/language/po-file.h"

#include <string.h>

/*
 * The file that a translator fills in, as every translator's program knows it: gettext's PO, of which this
 * reads and writes what our messages need (no plurals, no old messages).
 *
 *   nothing ── msgctxt ──► CONTEXT ── msgid ──► MESSAGE ── msgstr ──► WORDS ── anything else ──► nothing
 *      └────────────────── msgid ──────────────────▲
 */

#define MAX_ITEMS 8000

typedef enum
{
  PART_NONE,
  PART_CONTEXT,
  PART_MESSAGE,
  PART_WORDS,
} Part;

typedef struct
{
  BmPoFile *file;
  Part part;
  guint line;  /* that is read */
  guint begun; /* where the present message began */
  gboolean is_fuzzy;
  gboolean has_context;
  GString *texts[PART_WORDS + 1];
} Reader;

static void
free_item (gpointer data)
{
  BmPoItem *item = data;

  g_free (item->context);
  g_free (item->message);
  g_free (item->words);
  g_free (item);
}

void
bm_po_file_free (BmPoFile *self)
{
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->faults);
  g_free (self);
}

void
bm_po_file_add_fault (BmPoFile *self, guint line, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (self->faults, g_strdup_printf ("%u: %s", line, text));
}

static void
fail (Reader *self, const char *what)
{
  bm_po_file_add_fault (self->file, self->line, "%s", what);
}

/* The message that was read is whole when its words were; what was not is a fault. */
static void
finish (Reader *self)
{
  BmPoItem *item;

  if (self->part == PART_WORDS && self->file->items->len < MAX_ITEMS)
    {
      item = g_new0 (BmPoItem, 1);
      item->context = self->has_context ? g_strdup (self->texts[PART_CONTEXT]->str) : NULL;
      item->message = g_strdup (self->texts[PART_MESSAGE]->str);
      item->words = g_strdup (self->texts[PART_WORDS]->str);
      item->line = self->begun;
      item->is_fuzzy = self->is_fuzzy;
      g_ptr_array_add (self->file->items, item);
    }
  else if (self->part != PART_NONE)
    fail (self,
          self->part == PART_WORDS ? "too many messages" : "the message before has no msgstr");
  if (self->part != PART_NONE)
    self->is_fuzzy = FALSE;
  self->part = PART_NONE;
  self->has_context = FALSE;
  for (Part part = PART_CONTEXT; part <= PART_WORDS; part++)
    g_string_truncate (self->texts[part], 0);
}

static gboolean
append_escaped (GString *text, char c)
{
  static const char letters[] = "nt\"\\";
  static const char meant[] = "\n\t\"\\";
  const char *at = c != '\0' ? strchr (letters, c) : NULL;

  if (at != NULL)
    g_string_append_c (text, meant[at - letters]);
  return at != NULL;
}

/* "…" and nothing behind it. */
static void
read_quoted (Reader *self, const char *at)
{
  GString *text = self->texts[self->part];

  if (self->part == PART_NONE || *at != '"')
    {
      fail (self, "expected msgctxt, msgid, msgstr, or a text between quotation marks");
      return;
    }
  for (at++; *at != '"'; at++)
    {
      if (*at == '\0')
        {
          fail (self, "the quotation mark at the end is missing");
          return;
        }
      if (*at != '\\')
        g_string_append_c (text, *at);
      else if (!append_escaped (text, *++at))
        {
          fail (self, "a backslash that begins nothing");
          return;
        }
    }
  if (at[1] != '\0')
    fail (self, "something stands behind the quotation mark");
}

static Part
find_keyword (const char *line, const char **ret_rest)
{
  static const char *const words[] = { NULL, "msgctxt ", "msgid ", "msgstr " };

  for (Part part = PART_CONTEXT; part <= PART_WORDS; part++)
    if (g_str_has_prefix (line, words[part]))
      {
        *ret_rest = line + strlen (words[part]);
        return part;
      }
  return PART_NONE;
}

static void
begin_part (Reader *self, Part part)
{
  gboolean begins = part == PART_CONTEXT || (part == PART_MESSAGE && self->part != PART_CONTEXT);

  if (begins)
    {
      finish (self);
      self->begun = self->line;
      self->has_context = part == PART_CONTEXT;
    }
  else if (part == PART_WORDS && self->part != PART_MESSAGE)
    fail (self, "a msgstr without its msgid");
  self->part = part;
}

static void
read_line (Reader *self, char *line)
{
  const char *rest = NULL;
  Part part;

  g_strstrip (line);
  if (*line == '#' || *line == '\0')
    {
      finish (self);
      if (g_str_has_prefix (line, "#,") && strstr (line, "fuzzy") != NULL)
        self->is_fuzzy = TRUE;
      return;
    }
  part = find_keyword (line, &rest);
  if (part != PART_NONE)
    begin_part (self, part);
  read_quoted (self, part != PART_NONE ? rest : line);
}

/**
 * bm_po_file_parse:
 * @text: a translator's file
 * @len: its length in bytes
 *
 * Returns: (transfer full): what it says, and what is wrong with it
 */
BmPoFile *
bm_po_file_parse (const char *text, gsize len)
{
  BmPoFile *file = g_new0 (BmPoFile, 1);
  Reader reader = { .file = file };
  g_auto (GStrv) lines = NULL;

  file->items = g_ptr_array_new_with_free_func (free_item);
  file->faults = g_ptr_array_new_with_free_func (g_free);
  if (len > BM_PO_MAX_BYTES || !g_utf8_validate_len (text, len, NULL))
    {
      bm_po_file_add_fault (file, 1, "not a text in UTF-8, or larger than 2 MiB");
      return file;
    }
  for (Part part = PART_NONE; part <= PART_WORDS; part++)
    reader.texts[part] = g_string_new (NULL);
  {
    g_autofree char *copy = g_strndup (text, len);

    lines = g_strsplit (g_str_has_prefix (copy, "\357\273\277") ? copy + 3 : copy, "\n", -1);
  }
  for (guint i = 0; lines[i] != NULL; i++)
    {
      reader.line = i + 1;
      read_line (&reader, lines[i]);
    }
  finish (&reader);
  for (Part part = PART_NONE; part <= PART_WORDS; part++)
    g_string_free (reader.texts[part], TRUE);
  return file;
}

char *
bm_po_file_dup_header (BmPoFile *self, const char *key)
{
  const BmPoItem *item = self->items->len > 0 ? self->items->pdata[0] : NULL;
  g_auto (GStrv) lines = NULL;

  g_return_val_if_fail (key != NULL, NULL);

  if (item == NULL || item->context != NULL || *item->message != '\0')
    return g_strdup ("");
  lines = g_strsplit (item->words, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], key) && lines[i][strlen (key)] == ':')
      return g_strstrip (g_strdup (lines[i] + strlen (key) + 1));
  return g_strdup ("");
}

static void
append_line (GString *file, const char *text, gsize len)
{
  g_string_append_c (file, '"');
  for (gsize i = 0; i < len; i++)
    {
      if (text[i] == '"' || text[i] == '\\')
        g_string_append_c (file, '\\');
      if (text[i] == '\n')
        g_string_append (file, "\\n");
      else
        g_string_append_c (file, text[i]);
    }
  g_string_append (file, "\"\n");
}

void
bm_po_append (GString *file, const char *keyword, const char *text)
{
  const char *end = strchr (text, '\n');

  g_return_if_fail (file != NULL && keyword != NULL);

  g_string_append_printf (file, "%s ", keyword);
  if (end == NULL || end[1] == '\0')
    {
      append_line (file, text, strlen (text));
      return;
    }
  append_line (file, "", 0);
  for (; end != NULL && *text != '\0'; text = end + 1, end = strchr (text, '\n'))
    append_line (file, text, (gsize) (end + 1 - text));
  if (*text != '\0')
    append_line (file, text, strlen (text));
}
