/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-address"

#include "core/people/divisions-private.h"

#include <string.h>

/*
 * How an address is read. It is folded (full width, blanks, hyphens and commas go), then the levels
 * are taken from its front, from the province down; each may be missing. What a level matches narrows
 * the candidates of the next one. A village that is not at the place reached is looked for further on,
 * and what was skipped is a doubt. Then comes the group, and the rest is residue.
 *
 * Invariant: a village is proposed only when exactly one fits; among several none is.
 */

#define GROUP_MAX 99
#define VILLAGE   (BM_DIVISION_LEVELS - 1)

static gboolean
is_filler (gunichar c)
{
  switch (c)
    {
    case '-':
    case ',':
    case '/':
    case 0x00b7: /* · */
    case 0x2010:
    case 0x2013:
    case 0x2014:
    case 0x3001: /* 、 */
    case 0xff0c: /* ， */
      return TRUE;
    default:
      return c == '\t' || g_unichar_type (c) == G_UNICODE_SPACE_SEPARATOR;
    }
}

static gunichar
fold_char (gunichar c)
{
  return c >= 0xff01 && c <= 0xff5e && c != 0xff0c ? c - 0xfee0 : c;
}

static gboolean
is_digit_at (const char *at)
{
  return g_unichar_isdigit (fold_char (g_utf8_get_char (at)));
}

/* Folds full width, drops fillers; a hyphen between digits stays, since house numbers have it. */
static char *
fold_address (const char *text)
{
  GString *folded = g_string_new (NULL);
  gboolean after_digit = FALSE;

  if (!g_utf8_validate (text, -1, NULL) || g_utf8_strlen (text, -1) > BM_ADDRESS_MAX)
    return g_string_free (folded, FALSE);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = fold_char (g_utf8_get_char (at));
      gboolean in_number = c == '-' && after_digit && is_digit_at (g_utf8_next_char (at));
      after_digit = is_digit_at (at);
      if (in_number || !is_filler (c))
        g_string_append_unichar (folded, c);
    }
  return g_string_free (folded, FALSE);
}

static gboolean
is_below (const BmDivision *division, GPtrArray *candidates)
{
  if (candidates->len == 0)
    return TRUE;
  for (guint i = 0; i < candidates->len; i++)
    {
      const BmDivision *above = g_ptr_array_index (candidates, i);
      if (g_str_has_prefix (division->code, above->code))
        return TRUE;
    }
  return FALSE;
}

typedef struct
{
  GPtrArray *divisions; /* borrowed; those whose spelling is the longest that fits */
  gsize len;
  gboolean asks; /* every one of them by a doubtful spelling */
} Match;

static void
match_level (BmDivisions *self, guint level, const char *text, GPtrArray *candidates, Match *match)
{
  g_ptr_array_set_size (match->divisions, 0);
  match->len = 0;
  match->asks = TRUE;
  for (guint i = 0; i < self->spellings[level]->len; i++)
    {
      const BmSpelling *spelling = g_ptr_array_index (self->spellings[level], i);
      if (spelling->len < match->len || !g_str_has_prefix (text, spelling->name) ||
          !is_below (spelling->division, candidates))
        continue;
      if (spelling->len > match->len)
        {
          g_ptr_array_set_size (match->divisions, 0);
          match->len = spelling->len;
          match->asks = TRUE;
        }
      g_ptr_array_add (match->divisions, (gpointer) spelling->division);
      match->asks = match->asks && spelling->asks;
    }
}

/* Takes province to township from the front; gives where the village should stand. */
static const char *
take_upper_levels (BmDivisions *self, const char *text, GPtrArray *candidates)
{
  Match match = { g_ptr_array_new (), 0, FALSE };

  for (guint level = 0; level < VILLAGE; level++)
    {
      match_level (self, level, text, candidates, &match);
      if (match.len == 0)
        continue;
      text += match.len;
      g_ptr_array_set_size (candidates, 0);
      g_ptr_array_extend (candidates, match.divisions, NULL, NULL);
    }
  g_ptr_array_unref (match.divisions);
  return text;
}

/* A Chinese numeral below 100, or 0 and no move. */
static guint
take_hanzi_number (const char **text)
{
  static const char *const digits[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九" };
  guint value = 0, digit = 0;
  const char *at = *text;

  for (guint steps = 0; steps < 3; steps++)
    {
      guint i = 0;
      while (i < G_N_ELEMENTS (digits) && !g_str_has_prefix (at, digits[i]))
        i++;
      if (i < G_N_ELEMENTS (digits) && digit == 0)
        digit = i + 1;
      else if (g_str_has_prefix (at, "十") && value == 0)
        {
          value = (digit == 0 ? 1 : digit) * 10;
          digit = 0;
        }
      else
        break;
      at += strlen ("十");
    }
  if (value + digit > 0)
    *text = at;
  return value + digit;
}

static guint
take_number (const char **text)
{
  guint value = 0;
  guint len = 0;

  while (len < 3 && g_ascii_isdigit ((*text)[len]))
    value = value * 10 + (guint) ((*text)[len++] - '0');
  if (len == 0)
    return take_hanzi_number (text);
  *text += len;
  return value;
}

/* 3组, 第三村民小组, 12社…; 0 and no move when there is none. */
static guint
take_group (const char **text)
{
  static const char *const words[] = { "村民小组", "生产队", "小组", "组", "社", "屯", "队" };
  const char *at = *text;

  if (g_str_has_prefix (at, "第"))
    at += strlen ("第");
  guint group = take_number (&at);
  if (group == 0 || group > GROUP_MAX)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_has_prefix (at, words[i]))
      {
        *text = at + strlen (words[i]);
        return group;
      }
  return 0;
}

/**
 * bm_address_find_group:
 * @text: an address as it stands on a card
 *
 * Finds the villagers' group (村民小组) an address names, wherever it stands.
 *
 * Returns: 1 to 99, or 0 when none is named
 */
guint
bm_address_find_group (const char *text)
{
  g_return_val_if_fail (text != NULL, 0);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      const char *rest = at;
      guint group = take_group (&rest);

      if (group != 0)
        return group;
    }
  return 0;
}

/* The first place from @text on where a village fits; NULL when there is none. */
static const char *
find_village (BmDivisions *self, const char *text, GPtrArray *candidates, Match *match)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      match_level (self, VILLAGE, text, candidates, match);
      if (match->len > 0)
        return text;
    }
  return NULL;
}

static void
read_village (BmDivisions *self, const char *folded, BmAddress *address)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_new ();
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  Match match = { found, 0, FALSE };

  const char *expected = take_upper_levels (self, folded, candidates);
  const char *at = find_village (self, expected, candidates, &match);
  if (at == NULL || match.divisions->len != 1)
    return;
  const BmDivision *village = g_ptr_array_index (match.divisions, 0);
  const char *rest = at + match.len;
  address->group = take_group (&rest);
  gboolean doubt =
    at != expected || match.asks || (village->groups > 0 && address->group > village->groups);
  address->confidence = doubt ? BM_ADDRESS_ASK : BM_ADDRESS_SURE;
  g_strlcpy (address->code, village->code, sizeof address->code);
  address->residue = g_strdup (rest);
}

/**
 * bm_divisions_parse:
 * @self: a table
 * @text: an address as people say or write it
 *
 * Reads an address.
 *
 * Returns: (transfer full): what was understood
 */
BmAddress *
bm_divisions_parse (BmDivisions *self, const char *text)
{
  g_return_val_if_fail (self != NULL && text != NULL, NULL);

  g_autofree char *folded = fold_address (text);
  BmAddress *address = g_new0 (BmAddress, 1);
  address->confidence = BM_ADDRESS_UNKNOWN;
  read_village (self, folded, address);
  if (address->residue == NULL)
    address->residue = g_steal_pointer (&folded);
  return address;
}

/**
 * bm_address_free:
 * @self: (transfer full) (nullable): an address
 *
 * Frees @self.
 */
void
bm_address_free (BmAddress *self)
{
  if (self == NULL)
    return;
  g_free (self->residue);
  g_free (self);
}

/**
 * bm_address_confidence_to_string:
 * @confidence: a confidence
 *
 * Returns: "sure", "ask" or "unknown"
 */
const char *
bm_address_confidence_to_string (BmAddressConfidence confidence)
{
  switch (confidence)
    {
    case BM_ADDRESS_SURE:
      return "sure";
    case BM_ADDRESS_ASK:
      return "ask";
    case BM_ADDRESS_UNKNOWN:
      return "unknown";
    default:
      g_return_val_if_reached (NULL);
    }
}
