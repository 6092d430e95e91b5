/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-words"

#include "core/session/words.h"

#include "core/language/language.h"
#include "core/session/hanzi.h"

#include <string.h>

/* Hanzi and their marks follow one another without a blank, and so do syllables of Tibetan. */
static gboolean
wants_blank (const GString *line)
{
  gunichar c = line->len > 0 ? g_utf8_get_char (g_utf8_prev_char (line->str + line->len)) : '\n';

  if (c < 0x80)
    return c != '\n';
  return !g_unichar_iswide (c) && (c < 0x2000 || c >= 0x2c00) && c != 0xb7 && c != 0xd7 &&
         c != 0x0f0b;
}

/**
 * bm_words_flatten:
 * @text: a text with line ends
 *
 * Joins the lines: without a blank after hanzi and full-width marks, with one after letters.
 *
 * Returns: (transfer full): one line
 */
char *
bm_words_flatten (const char *text)
{
  GString *flat = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    if (*p != '\n')
      g_string_append_c (flat, *p);
    else if (wants_blank (flat))
      g_string_append_c (flat, ' ');
  return g_string_free (flat, FALSE);
}

/**
 * bm_words_break:
 * @text: one line or more
 * @width: hanzi that fit; what is narrow takes half of one
 *
 * Breaks a long line after the last middle dot or mark that still fits, so that no word is cut.
 *
 * Returns: (transfer full): the text with line ends
 */
char *
bm_words_break (const char *text, guint width)
{
  GString *broken = g_string_new (NULL);
  const char *line = text;
  const char *stop = NULL;
  guint count = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n')
        {
          g_string_append_len (broken, line, p + 1 - line);
          line = stop = p + 1;
          count = 0;
          continue;
        }
      count += g_unichar_iswide (c) ? 2 : 1;
      if (count > 2 * width && stop != NULL && stop > line)
        {
          g_string_append_len (broken, line, stop - line);
          g_string_append_c (broken, '\n');
          line = stop;
          count = 0;
          for (const char *q = line; q <= p; q = g_utf8_next_char (q))
            count += g_unichar_iswide (g_utf8_get_char (q)) ? 2 : 1;
        }
      if (c == 0xb7 || c == 0xff0c || c == 0x3002 || c == ' ')
        stop = g_utf8_next_char (p);
    }
  g_string_append (broken, line);
  return g_string_free (broken, FALSE);
}

const char *
bm_words_weekday (gint32 day)
{
  static const char *const names[] = { NC_ ("words", "Monday"),    NC_ ("words", "Tuesday"),
                                       NC_ ("words", "Wednesday"), NC_ ("words", "Thursday"),
                                       NC_ ("words", "Friday"),    NC_ ("words", "Saturday"),
                                       NC_ ("words", "Sunday") };

  return bm_language_translate ("words", names[bm_day_get_weekday (day) - 1]);
}

static const char *
short_weekday (gint32 day)
{
  static const char *const names[] = { NC_ ("words", "Mon"), NC_ ("words", "Tue"),
                                       NC_ ("words", "Wed"), NC_ ("words", "Thu"),
                                       NC_ ("words", "Fri"), NC_ ("words", "Sat"),
                                       NC_ ("words", "Sun") };

  return bm_language_translate ("words", names[bm_day_get_weekday (day) - 1]);
}

char *
bm_words_day (gint32 day)
{
  gint year;
  gint month;
  gint date;

  bm_day_to_ymd (day, &year, &month, &date);
  /* Translators: month, then day. */
  return g_strdup_printf (C_ ("words", "%1$d-%2$d"), month, date);
}

char *
bm_words_date (gint32 day)
{
  g_autofree char *date = bm_words_day (day);

  /* Translators: a day, then its weekday in short. */
  return g_strdup_printf (C_ ("words", "%1$s (%2$s)"), date, short_weekday (day));
}

/* It is torn nowhere but at its space. */
char *
bm_words_half_day (gint32 day, gboolean is_afternoon)
{
  g_autofree char *date = bm_words_day (day);

  return is_afternoon
           /* Translators: half a day: a day, then its weekday in short. */
           ? g_strdup_printf (C_ ("words", "%1$s, %2$s afternoon"), date, short_weekday (day))
           : g_strdup_printf (C_ ("words", "%1$s, %2$s morning"), date, short_weekday (day));
}

char *
bm_words_full_date (gint32 day)
{
  gint year;
  gint month;
  gint date;

  bm_day_to_ymd (day, &year, &month, &date);
  /* Translators: year, month, day. */
  return g_strdup_printf (C_ ("words", "%1$d-%2$d-%3$d"), year, month, date);
}

char *
bm_words_month_end (gint32 day)
{
  gint year;
  gint month;
  gint date;

  if (bm_day_get_month_end (day) != day)
    return bm_words_full_date (day);
  bm_day_to_ymd (day, &year, &month, &date);
  /* Translators: year, then month: the end of that month. */
  return g_strdup_printf (C_ ("words", "the end of %1$d-%2$d"), year, month);
}

/* When something is due, as one says it today: 这个月底, or the date. */
char *
bm_words_due (gint32 day, gint32 today)
{
  if (bm_day_get_month_end (today) == day)
    return g_strdup (C_ ("words", "at the end of this month"));
  return bm_words_month_end (day);
}

static const char *
part_of_day (gint hour)
{
  if (hour < 6)
    return C_ ("words", "early morning");
  if (hour < 12)
    return C_ ("words", "morning");
  if (hour < 13)
    return C_ ("words", "noon");
  if (hour < 18)
    return C_ ("words", "afternoon");
  return C_ ("words", "evening");
}

char *
bm_words_clock (GDateTime *time)
{
  gint hour = g_date_time_get_hour (time);
  gint minute = g_date_time_get_minute (time);
  gint shown = hour > 12 ? hour - 12 : hour;
  gint32 day = bm_day_from_ymd (g_date_time_get_year (time), g_date_time_get_month (time),
                                g_date_time_get_day_of_month (time));

  if (minute == 0)
    /* Translators: weekday, part of the day, hour of twelve. */
    return g_strdup_printf (C_ ("words", "%1$s, %2$s, %3$d o'clock"), bm_words_weekday (day),
                            part_of_day (hour), shown);
  /* Translators: weekday, part of the day, hour of twelve, minute. */
  return g_strdup_printf (C_ ("words", "%1$s, %2$s, %3$d:%4$02d"), bm_words_weekday (day),
                          part_of_day (hour), shown, minute);
}

char *
bm_words_moment (GDateTime *time)
{
  /* Translators: year, month, day, hour, minute. */
  return g_strdup_printf (C_ ("words", "%1$d-%2$d-%3$d %4$02d:%5$02d"), g_date_time_get_year (time),
                          g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time));
}

char *
bm_words_age (guint years)
{
  return g_strdup_printf (C_ ("words", "%u years"), years);
}

static gboolean
split_month (const char *ym, gint *ret_year, gint *ret_month)
{
  g_autofree char *first = g_strconcat (ym != NULL ? ym : "", "-01", NULL);
  gint32 day = bm_day_from_string (first);
  gint date;

  if (day == BM_NO_DAY)
    return FALSE;
  bm_day_to_ymd (day, ret_year, ret_month, &date);
  return TRUE;
}

char *
bm_words_short_month (const char *ym)
{
  gint year;
  gint month;

  if (!split_month (ym, &year, &month))
    return g_strdup ("");
  /* Translators: the number of a month. */
  return g_strdup_printf (C_ ("words", "month %d"), month);
}

char *
bm_words_papers (guint n)
{
  /* Translators: how many papers went along as pictures. */
  return g_strdup_printf (n == 1 ? C_ ("words", "%u picture") : C_ ("words", "%u pictures"), n);
}

char *
bm_words_recorded (guint seconds)
{
  /* Translators: how long somebody spoke. */
  return g_strdup_printf (seconds == 1 ? C_ ("words", "%u second is recorded.")
                                       : C_ ("words", "%u seconds are recorded."),
                          seconds);
}

char *
bm_words_month (const char *ym)
{
  gint year;
  gint month;

  if (!split_month (ym, &year, &month))
    return g_strdup ("");
  /* Translators: year, month. */
  return g_strdup_printf (C_ ("words", "%1$d-%2$d (month)"), year, month);
}

char *
bm_words_money (gint64 fen)
{
  guint64 amount = (guint64) CLAMP (fen, 0, G_MAXUINT32);

  /* Translators: an amount of money. */
  return g_strdup_printf (C_ ("words", "%1$u.%2$02u yuan"), (guint) (amount / 100),
                          (guint) (amount % 100));
}

/* As one says it, in yuan, tenths and hundredths. */
char *
bm_words_spoken_money (gint64 fen)
{
  guint64 amount = (guint64) CLAMP (fen, 0, G_MAXUINT32);
  guint tenths = (guint) (amount / 10 % 10);
  guint hundredths = (guint) (amount % 10);
  g_autofree char *yuan = g_strdup_printf (C_ ("words", "%u yuan"), (guint) (amount / 100));

  if (tenths == 0 && hundredths == 0)
    return g_steal_pointer (&yuan);
  if (hundredths == 0)
    /* Translators: so many yuan, then jiao. */
    return g_strdup_printf (C_ ("words", "%1$s %2$u jiao"), yuan, tenths);
  /* Translators: so many yuan, then jiao, then fen. */
  return g_strdup_printf (C_ ("words", "%1$s %2$u jiao %3$u fen"), yuan, tenths, hundredths);
}

/* Digits of an amount in threes: a nought too many shows. Nothing behind the point when it is whole. */
char *
bm_words_group_amount (gint64 fen)
{
  guint64 amount = (guint64) MAX (fen, 0);
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, amount / 100);
  gsize length = strlen (digits);
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (out, ',');
      g_string_append_c (out, digits[i]);
    }
  if (amount % 100 != 0)
    g_string_append_printf (out, ".%02u", (guint) (amount % 100));
  return g_string_free (out, FALSE);
}

char *
bm_words_plain_amount (gint64 fen)
{
  g_autofree char *digits = bm_words_group_amount (fen);

  /* Translators: an amount of money in digits. */
  return g_strdup_printf (C_ ("words", "%s yuan"), digits);
}

/* In numerals where the language has such; else as plain. */
char *
bm_words_said_amount (gint64 fen)
{
  /* Translators: "hanzi" where amounts are also written in Chinese numerals, else leave "digits". */
  if (strcmp (C_ ("numerals", "digits"), "hanzi") == 0)
    return bm_hanzi_amount (fen);
  return bm_words_plain_amount (fen);
}

char *
bm_words_whole_amount (gint64 fen)
{
  g_autofree char *plain = bm_words_plain_amount (fen);
  g_autofree char *said = bm_words_said_amount (fen);

  if (strcmp (plain, said) == 0)
    return g_steal_pointer (&plain);
  /* Translators: an amount in digits, then the same in numerals. */
  return g_strdup_printf (C_ ("words", "%1$s (%2$s)"), plain, said);
}

const char *
bm_words_reached (guint reached)
{
  switch (reached)
    {
    case 0:
      return "";
    case 1:
      return C_ ("words", "Noted. Not yet sent, not yet finished.");
    case 2:
      return C_ ("words", "Noted and sent. Not yet finished.");
    default:
      return C_ ("words", "Noted, sent, finished.");
    }
}

const char *
bm_words_case_state (const char *state)
{
  static const struct
  {
    const char *name;
    const char *words;
  } table[] = {
    { "noted", NC_ ("state", "Noted here, waiting for the line") },
    { "sent", NC_ ("state", "Sent") },
    { "handed", NC_ ("state", "Handed to the deciding office") },
    { "accepted", NC_ ("state", "Accepted") },
    { "done", NC_ ("state", "Finished") },
    { "not_done", NC_ ("state", "Not granted") },
    { "conflict", NC_ ("state", "To be checked") },
    { "withdrawn", NC_ ("state", "Taken back") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (state, table[i].name) == 0)
      return bm_language_translate ("state", table[i].words);
  return C_ ("state", "Noted here, waiting for the line");
}

const char *
bm_words_sex (const char *code)
{
  if (g_strcmp0 (code, "1") == 0)
    return C_ ("words", "male");
  if (g_strcmp0 (code, "2") == 0)
    return C_ ("words", "female");
  return "";
}

char *
bm_words_place (const char *village_name, guint terminal)
{
  /* Translators: village, then number of the terminal, as said on the phone. */
  return g_strdup_printf (C_ ("words", "%1$s, terminal %2$u"), village_name, terminal);
}

char *
bm_words_figure (guint32 counter)
{
  return g_strdup_printf (C_ ("words", "no. %u"), counter);
}

/* China keeps one time zone, without summer time; no zone file is needed. */
GDateTime *
bm_words_local_time (gint64 wall_ms)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 3600);
  gint64 seconds = CLAMP (wall_ms / 1000, 0, G_GINT64_CONSTANT (7258118400));
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (seconds);

  return g_date_time_to_timezone (utc, zone);
}
