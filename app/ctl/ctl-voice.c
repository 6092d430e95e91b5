/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl-voice.h"

#include "app/ctl/ctl-language.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/voice/clips.h"
#include "core/voice/wav.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Recorded sentences: which are missing, as a table or as a page to read from, and taking in what a speaker
 * brings. No station is asked. A file is called what its sentence makes it (16 hex digits), so a recording
 * of a sentence that has changed since finds no place and is refused.
 */

#define EXIT_USAGE 2

/* A recording is judged by these; the sentence's length in hanzi says how long it may take. */
#define LEAST_S        0.2
#define LEAST_S_HANZI  0.08
#define MOST_S_HANZI   0.9
#define MOST_S_BESIDES 2.5
#define MOST_LEAD_S    0.6
#define LEAST_DB       -32.0
#define MOST_DB        -9.0
#define MOST_CLIPPED   200

static char *
dup_path (const char *voices, BmClips *clips, const char *text)
{
  g_autofree char *file = bm_clips_file_for (text);

  return g_build_filename (voices, bm_clips_get_dialect (clips), file, NULL);
}

/* The list that is there, or an empty one for a dialect that begins. */
static BmClips *
open_clips (const char *voices, const char *dialect, const char *name, GError **error)
{
  g_autoptr (GError) cause = NULL;
  BmClips *clips;

  if (!bm_clips_is_dialect (dialect))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "%s: a dialect is called by small letters, digits and hyphens, 16 at most",
                   dialect);
      return NULL;
    }
  clips = bm_clips_load (voices, dialect, &cause);
  if (clips != NULL || !g_error_matches (cause, BM_ERROR, BM_ERROR_NOT_FOUND))
    {
      if (clips == NULL)
        g_propagate_error (error, g_steal_pointer (&cause));
      return clips;
    }
  if (name == NULL && g_str_equal (dialect, BM_CLIPS_USUAL))
    name = C_ ("voice", "Mandarin");
  return bm_clips_new (dialect, name != NULL ? name : dialect);
}

static const char *
get_state (const char *voices, BmClips *clips, const BmSlot *slot)
{
  const char *recorded = bm_clips_get_text (clips, slot->id);
  g_autofree char *path = dup_path (voices, clips, slot->text);

  if (recorded != NULL && !g_str_equal (recorded, slot->text))
    return "changed";
  return recorded != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR) ? NULL : "missing";
}

static void
print_cell (const char *text, const char *end)
{
  g_auto (GStrv) parts = g_strsplit (text, "\"", -1);
  g_autofree char *doubled = g_strjoinv ("\"\"", parts);

  g_print ("\"%s\"%s", doubled, end);
}

static void
print_row (const BmSlot *slot, const char *state, gboolean wants_html)
{
  g_autofree char *file = bm_clips_file_for (slot->text);
  g_autofree char *shown = g_markup_escape_text (slot->text, -1);

  if (wants_html)
    {
      g_print ("<tr><td>%s</td><td>%s</td></tr>\n", shown, file);
      return;
    }
  print_cell (state, ",");
  print_cell (file, ",");
  print_cell (slot->text, ",");
  print_cell (slot->id, "\r\n");
}

static int
list_missing (const char *voices, BmClips *clips, GPtrArray *slots, gboolean wants_html)
{
  guint n_missing = 0;

  if (wants_html)
    g_print ("<!DOCTYPE html>\n<html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>%s</title>\n"
             "<style>body{font:20pt/1.6 sans-serif}td{padding:.3em .6em;border-bottom:1px solid}"
             "td+td{font:10pt monospace}</style>\n<table>\n",
             bm_clips_get_name (clips));
  else
    g_print ("state,file,sentence,message\r\n");
  for (guint i = 0; i < slots->len; i++)
    {
      const BmSlot *slot = g_ptr_array_index (slots, i);
      const char *state = get_state (voices, clips, slot);

      if (state == NULL)
        continue;
      print_row (slot, state, wants_html);
      n_missing++;
    }
  if (wants_html)
    g_print ("</table></html>\n");
  g_printerr ("%s: %u of %u sentences are not recorded\n", bm_clips_get_dialect (clips), n_missing,
              slots->len);
  return EXIT_SUCCESS;
}

/* What a listener would complain of, or NULL. */
static char *
find_fault (const BmWav *wav, const char *text)
{
  double hanzi = (double) g_utf8_strlen (text, -1);
  BmWavMeasure measure;

  bm_wav_measure (wav, &measure);
  if (measure.level_db < LEAST_DB)
    return g_strdup_printf ("too quiet (%.0f dB, from %.0f on)", MAX (measure.level_db, -99.0),
                            LEAST_DB);
  if (measure.level_db > MOST_DB || measure.clipped_ppm > MOST_CLIPPED)
    return g_strdup_printf ("too loud (%.0f dB, to %.0f), or cut off at the top", measure.level_db,
                            MOST_DB);
  if (measure.lead_s > MOST_LEAD_S)
    return g_strdup_printf ("begins with %.1f s of silence; cut it to %.1f", measure.lead_s,
                            MOST_LEAD_S);
  if (measure.seconds < MAX (LEAST_S, hanzi * LEAST_S_HANZI) ||
      measure.seconds > MOST_S_BESIDES + hanzi * MOST_S_HANZI)
    return g_strdup_printf ("%.1f s do not go with this sentence", measure.seconds);
  return NULL;
}

static const BmSlot *
find_slot (GPtrArray *slots, const char *file)
{
  for (guint i = 0; i < slots->len; i++)
    {
      const BmSlot *slot = g_ptr_array_index (slots, i);
      g_autofree char *own = bm_clips_file_for (slot->text);

      if (g_str_equal (own, file))
        return slot;
    }
  return NULL;
}

/* Takes one file in; else says what is wrong with it. */
static char *
import_file (const char *path, const char *voices, BmClips *clips, GPtrArray *slots)
{
  g_autofree char *base = g_path_get_basename (path);
  const BmSlot *slot = find_slot (slots, base);
  g_autofree char *data = NULL;
  g_autofree char *target = NULL;
  g_autoptr (GError) error = NULL;
  gsize len = 0;
  BmWav wav;
  char *fault;

  if (slot == NULL)
    return g_strdup (
      "no sentence is recorded under this name; it may have changed: see voice missing");
  if (!g_file_get_contents (path, &data, &len, &error) ||
      !bm_wav_parse ((const guint8 *) data, len, FALSE, &wav, &error))
    return g_strdup (error->message);
  fault = find_fault (&wav, slot->text);
  if (fault != NULL)
    return fault;
  target = dup_path (voices, clips, slot->text);
  if (!g_file_set_contents (target, data, (gssize) len, &error))
    return g_strdup (error->message);
  bm_clips_put (clips, slot->id, slot->text);
  return NULL;
}

static int
import_files (char **paths, const char *voices, BmClips *clips, GPtrArray *slots)
{
  g_autofree char *folder = g_build_filename (voices, bm_clips_get_dialect (clips), NULL);
  g_autoptr (GError) error = NULL;
  guint n_taken = 0, n_refused = 0;

  if (g_mkdir_with_parents (folder, 0755) != 0)
    {
      g_printerr ("bianmin-ctl: %s: %s\n", folder, g_strerror (errno));
      return EXIT_FAILURE;
    }
  for (char **path = paths; *path != NULL; path++)
    {
      g_autofree char *fault = import_file (*path, voices, clips, slots);

      if (fault != NULL)
        g_print ("refused: %s: %s\n", *path, fault);
      n_refused += fault != NULL;
      n_taken += fault == NULL;
    }
  if (n_taken > 0 && !bm_clips_save (clips, voices, &error))
    {
      g_printerr ("bianmin-ctl: %s\n", error->message);
      return EXIT_FAILURE;
    }
  g_print ("%s: %u taken, %u refused\n", bm_clips_get_dialect (clips), n_taken, n_refused);
  return n_refused == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* From here on this thread speaks it. */
static BmLanguageTable *
open_language (const char *file, GError **error)
{
  g_autoptr (BmLanguageTable) table = bm_ctl_language_load (file, error);

  if (table == NULL)
    return NULL;
  bm_language_install (table);
  (void) bm_language_begin (bm_language_table_get_id (table)); /* until the program ends */
  return g_steal_pointer (&table);
}

int
bm_ctl_voice (char **words, const BmVoiceOptions *options)
{
  guint n_words = g_strv_length (words);
  gboolean is_import = n_words > 0 && g_str_equal (words[0], "import");
  gboolean is_missing = n_words > 0 && g_str_equal (words[0], "missing");
  g_autoptr (GError) error = NULL;
  g_autoptr (BmLanguageTable) table = NULL;
  g_autoptr (BmClips) clips = NULL;
  g_autoptr (GPtrArray) slots = NULL;

  if (!(is_missing && n_words == 3) && !(is_import && n_words > 3))
    {
      g_printerr ("bianmin-ctl [--html] [--language FILE] voice missing DIR DIALECT\n"
                  "bianmin-ctl [--name NAME] [--language FILE] voice import DIR DIALECT FILE...\n");
      return EXIT_USAGE;
    }
  if (options->language != NULL)
    table = open_language (options->language, &error);
  if (error == NULL)
    clips = open_clips (words[1], words[2],
                        options->name == NULL && table != NULL ? bm_language_table_get_name (table)
                                                               : options->name,
                        &error);
  slots = clips != NULL ? bm_ctl_list_slots (NULL, table, &error) : NULL;
  if (slots == NULL)
    {
      g_printerr ("bianmin-ctl: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return is_missing ? list_missing (words[1], clips, slots, options->wants_html)
                    : import_files (words + 3, words[1], clips, slots);
}
