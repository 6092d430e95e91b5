/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/input/pinyin.h"

#include "core/error.h"
#include "core/session/written.h"

/* pinyin.h uses bool without including it. */
#include <stdbool.h>

#include <pinyin.h>

#include <string.h>

/*
 * libpinyin, held so that it remembers nobody. A word that it learns is a word that somebody told the
 * helper: so nothing is trained, nothing is saved, its folder for users does not exist, and the whole
 * library is closed with the page that it was opened for.
 *
 * A candidate that covers only the first syllables leaves the other letters, which are looked at anew.
 */

/* Not there, and not to be made: what it would find or write is what people said. */
#define NO_FOLDER "/nonexistent"

#define OPTIONS \
  (IS_PINYIN | USE_DIVIDED_TABLE | USE_RESPLIT_TABLE | PINYIN_INCOMPLETE | PINYIN_CORRECT_ALL)

struct _BmPinyin
{
  pinyin_context_t *context;
  pinyin_instance_t *instance;
  char letters[BM_PINYIN_MAX_LETTERS + 1];
  guint length;
  guint n_parsed;
  char *syllables;
  guint candidates[BM_PINYIN_MAX_CANDIDATES]; /* which of the library's */
  guint n_candidates;
};

/**
 * bm_pinyin_new:
 * @error: return location for %BM_ERROR_NOT_FOUND
 *
 * Opens the library; some 8 ms.
 *
 * Returns: (transfer full) (nullable): nothing typed yet
 */
BmPinyin *
bm_pinyin_new (GError **error)
{
  g_autoptr (BmPinyin) self = g_new0 (BmPinyin, 1);

  self->context = pinyin_init (BM_PINYIN_DATA, NO_FOLDER);
  if (self->context != NULL && pinyin_set_options (self->context, OPTIONS))
    self->instance = pinyin_alloc_instance (self->context);
  if (self->instance != NULL)
    return g_steal_pointer (&self);
  g_set_error (error, BM_ERROR, BM_ERROR_NOT_FOUND, "no pinyin in %s", BM_PINYIN_DATA);
  return NULL;
}

static void
forget (BmPinyin *self)
{
  if (self->syllables != NULL)
    explicit_bzero (self->syllables, strlen (self->syllables));
  g_clear_pointer (&self->syllables, g_free);
  self->n_candidates = 0;
  self->n_parsed = 0;
  if (self->instance != NULL)
    pinyin_reset (self->instance);
}

void
bm_pinyin_free (BmPinyin *self)
{
  if (self == NULL)
    return;
  forget (self);
  explicit_bzero (self->letters, sizeof self->letters);
  g_clear_pointer (&self->instance, pinyin_free_instance);
  g_clear_pointer (&self->context, pinyin_fini);
  g_free (self);
}

static const char *
get_string (BmPinyin *self, guint index)
{
  lookup_candidate_t *candidate = NULL;
  const gchar *text = NULL;

  if (!pinyin_get_candidate (self->instance, index, &candidate) ||
      !pinyin_get_candidate_string (self->instance, candidate, &text))
    return NULL;
  return text;
}

/* Radicals and Latin words are no candidates for a sentence that is read aloud. */
static gboolean
is_useful (BmPinyin *self, const char *text)
{
  if (text == NULL || *text == '\0' || g_utf8_strlen (text, -1) > BM_PINYIN_MAX_CHARACTERS)
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if ((guchar) *at < 0x80 || !bm_written_takes (g_utf8_get_char (at)))
      return FALSE;
  for (guint i = 0; i < self->n_candidates; i++)
    if (g_strcmp0 (get_string (self, self->candidates[i]), text) == 0)
      return FALSE;
  return TRUE;
}

static void
collect (BmPinyin *self)
{
  guint n = 0;

  if (!pinyin_get_n_candidate (self->instance, &n))
    return;
  for (guint i = 0; i < n && self->n_candidates < BM_PINYIN_MAX_CANDIDATES; i++)
    if (is_useful (self, get_string (self, i)))
      self->candidates[self->n_candidates++] = i;
}

static void
say_syllables (BmPinyin *self)
{
  gchar *text = NULL;
  GString *syllables = g_string_new (NULL);

  if (self->n_parsed > 0 &&
      pinyin_get_full_pinyin_auxiliary_text (self->instance, self->n_parsed, &text))
    {
      text[strcspn (text, "|")] = '\0'; /* its cursor, at the end */
      g_string_append (syllables, g_strchomp (text));
    }
  g_free (text);
  if (self->n_parsed < self->length)
    g_string_append_printf (syllables, "%s%s", syllables->len > 0 ? " " : "",
                            self->letters + self->n_parsed);
  self->syllables = g_string_free (syllables, FALSE);
}

static void
look (BmPinyin *self)
{
  forget (self);
  if (self->length == 0)
    return;
  (void) pinyin_parse_more_full_pinyins (self->instance, self->letters); /* asked below */
  self->n_parsed = MIN ((guint) pinyin_get_parsed_input_length (self->instance), self->length);
  if (self->n_parsed > 0 && pinyin_guess_sentence (self->instance) &&
      pinyin_guess_candidates (self->instance, 0,
                               SORT_BY_PHRASE_LENGTH_AND_PINYIN_LENGTH_AND_FREQUENCY))
    collect (self);
  say_syllables (self);
}

/**
 * bm_pinyin_type:
 * @self: a pinyin
 * @letter: a small letter, v for ü, or an apostrophe between syllables
 *
 * Returns: whether it was taken
 */
gboolean
bm_pinyin_type (BmPinyin *self, char letter)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->length >= BM_PINYIN_MAX_LETTERS ||
      !(g_ascii_islower (letter) || (letter == '\'' && self->length > 0)))
    return FALSE;
  self->letters[self->length++] = letter;
  look (self);
  return TRUE;
}

gboolean
bm_pinyin_erase (BmPinyin *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->length == 0)
    return FALSE;
  self->letters[--self->length] = '\0';
  look (self);
  return TRUE;
}

const char *
bm_pinyin_get_letters (BmPinyin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->letters;
}

/* "shui guan"; letters that are none stand at the end as they are. */
const char *
bm_pinyin_get_syllables (BmPinyin *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->syllables != NULL ? self->syllables : "";
}

/* Whether letters stand there that begin no syllable. */
gboolean
bm_pinyin_is_stuck (BmPinyin *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_parsed < self->length || (self->length > 0 && self->n_candidates == 0);
}

guint
bm_pinyin_count (BmPinyin *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_candidates;
}

const char *
bm_pinyin_get_candidate (BmPinyin *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_candidates, NULL);

  return get_string (self, self->candidates[index]);
}

/**
 * bm_pinyin_choose:
 * @self: a pinyin
 * @index: a candidate
 *
 * Takes it and the letters it stands for; letters behind them stay.
 *
 * Returns: (transfer full): the characters
 */
char *
bm_pinyin_choose (BmPinyin *self, guint index)
{
  lookup_candidate_t *candidate = NULL;
  char *text;
  int used;

  g_return_val_if_fail (self != NULL && index < self->n_candidates, NULL);

  text = g_strdup (get_string (self, self->candidates[index]));
  (void) pinyin_get_candidate (self->instance, self->candidates[index],
                               &candidate); /* it is there */
  used = pinyin_choose_candidate (self->instance, 0, candidate);
  if (used <= 0 || (guint) used > self->n_parsed)
    used = (int) self->n_parsed;
  while (self->letters[used] == '\'')
    used++;
  self->length -= (guint) used;
  memmove (self->letters, self->letters + used, self->length);
  explicit_bzero (self->letters + self->length, sizeof self->letters - self->length);
  look (self);
  return text;
}
