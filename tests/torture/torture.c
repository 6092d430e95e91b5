/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/torture/torture.h"

#include "core/crypto/crypto.h"

#include <gcrypt.h>

#include <stdlib.h>
#include <string.h>

#define MAX_COMPLAINTS 20

/* splitmix64: every (seed, stream) begins somewhere else. */
static guint64 chance;

static guint64
next_chance (void)
{
  guint64 value = chance += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ (value >> 31);
}

/* Stands before libgcrypt's for what is linked here: keys, epochs and nonces come from the seed. The
 * store's worker and the test take turns, so that one state without a lock is enough. */
void
gcry_randomize (void *buffer, size_t len, enum gcry_random_level level)
{
  guint8 *bytes = buffer;

  for (size_t i = 0; i < len; i += sizeof (guint64))
    {
      guint64 value = next_chance ();

      memcpy (bytes + i, &value, MIN (sizeof value, len - i));
    }
}

void
torture_seed_chance (guint64 seed, guint64 stream)
{
  chance = seed * G_GUINT64_CONSTANT (0xd1342543de82ef95) + stream;
  chance = next_chance ();
}

GRand *
torture_rand_new (guint64 seed, guint64 stream)
{
  guint32 state[4] = { (guint32) seed, (guint32) (seed >> 32), (guint32) stream,
                       (guint32) (stream >> 32) };

  return g_rand_new_with_seed_array (state, G_N_ELEMENTS (state));
}

gboolean
torture_one_in (GRand *rand, guint n)
{
  return g_rand_int_range (rand, 0, (gint32) n) == 0;
}

TortureArguments *
torture_begin (int *argc, char ***argv, const char *count_name)
{
  return torture_begin_with (argc, argv, count_name, NULL);
}

TortureArguments *
torture_begin_with (int *argc, char ***argv, const char *count_name, const GOptionEntry *more)
{
  g_autoptr (TortureArguments) self = g_new0 (TortureArguments, 1);
  g_autofree char *seed = NULL;
  gint count = 0;
  const GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_STRING, &seed, "Where all chance comes from", "N" },
    { count_name, 0, 0, G_OPTION_ARG_INT, &count, "How many", "N" },
    { "count", 0, 0, G_OPTION_ARG_INT, &count, "The same", "N" },
    { "mutant", 0, 0, G_OPTION_ARG_STRING, &self->mutant, "A defect to put in", "NAME" },
    { "folder", 0, 0, G_OPTION_ARG_FILENAME, &self->folder, "Where to write", "DIR" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (more != NULL)
    g_option_context_add_main_entries (context, more, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (2);
    }
  self->seed = seed != NULL ? g_ascii_strtoull (seed, NULL, 10) : 1;
  self->count = count > 0 ? (guint) count : 1;
  torture_seed_chance (self->seed, 0);
  bm_crypto_init ();
  return g_steal_pointer (&self);
}

void
torture_arguments_free (TortureArguments *self)
{
  g_free (self->mutant);
  g_free (self->folder);
  g_free (self);
}

void
torture_complain (const char *format, ...)
{
  static guint complaints;
  va_list arguments;
  g_autofree char *text = NULL;

  if (++complaints > MAX_COMPLAINTS)
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_printerr ("%s\n", text);
}

void
torture_report (const char *what, guint64 seed, ...)
{
  g_autoptr (GString) line = g_string_new (NULL);
  const char *name;
  va_list arguments;

  g_string_append_printf (line, "{\"what\":\"%s\",\"seed\":%" G_GUINT64_FORMAT, what, seed);
  va_start (arguments, seed);
  while ((name = va_arg (arguments, const char *)) != NULL)
    g_string_append_printf (line, ",\"%s\":%u", name, va_arg (arguments, guint));
  va_end (arguments);
  g_print ("%s}\n", line->str);
}

int
torture_skip (const char *what, guint64 seed, const char *why)
{
  g_print ("{\"what\":\"%s\",\"seed\":%" G_GUINT64_FORMAT ",\"skipped\":\"%s\"}\n", what, seed,
           why);
  return TORTURE_SKIPPED;
}
