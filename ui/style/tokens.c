/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/style/tokens.h"

#include <math.h>

/*
 * The one table of the look. Colours and lengths stand nowhere else: style-css.c turns this into a
 * style sheet, the drawings are coloured from it, the gates measure against it.
 *
 * Text grows with the scale, but what is already larger than a sentence at 200 % grows only up to its
 * largest size, so that a page keeps room for what it asks. Nothing is smaller at a larger scale.
 *
 * A screen that is nearer to the eyes is set smaller, all of it in one proportion, so that it looks the
 * same. What a finger needs is no matter of eyes: lengths that are a target or a gap between two stop at
 * the limits for fingers, and letters at the least height of a capital.
 *
 * Of two colours only the one expected act is filled, and what rings an alarm: help has an outline of its own there
 * (style-css.c). In a theme without glare nothing large is bright, danger neither.
 */

static const char *const theme_names[BM_N_THEMES] = { "medium", "high-light", "high-dark",
                                                      "low-glare", "yellow-on-black" };

static const struct
{
  const char *name;
  const char *hex[BM_N_THEMES];
} roles[BM_N_ROLES] = {
  [BM_ROLE_FRAME] = { "frame", { "#EBE1C9", "#FFFFFF", "#000000", "#262B26", "#000000" } },
  [BM_ROLE_GROUND] = { "ground", { "#F6F0E1", "#FFFFFF", "#000000", "#2B302B", "#000000" } },
  [BM_ROLE_SURFACE] = { "surface", { "#FFFCF4", "#FFFFFF", "#000000", "#323832", "#000000" } },
  [BM_ROLE_INK] = { "ink", { "#16211B", "#000000", "#FFFFFF", "#C8BFA8", "#FFFF00" } },
  [BM_ROLE_RULE] = { "rule", { "#675F4A", "#000000", "#FFFFFF", "#ABA48F", "#FFFF00" } },
  [BM_ROLE_PRIMARY] = { "primary", { "#0B4233", "#000000", "#FFFFFF", "#A9BC9B", "#FFFF00" } },
  [BM_ROLE_ON_PRIMARY] = { "on-primary",
                           { "#FFFCF4", "#FFFFFF", "#000000", "#262C27", "#000000" } },
  [BM_ROLE_HELP] = { "help", { "#F8CB66", "#FFFFFF", "#000000", "#CDAE72", "#000000" } },
  [BM_ROLE_ON_HELP] = { "on-help", { "#16211B", "#000000", "#FFFFFF", "#2B2A22", "#FFFF00" } },
  [BM_ROLE_WAIT] = { "wait", { "#F3E3BC", "#FFFFFF", "#000000", "#3B3A2E", "#000000" } },
  [BM_ROLE_ON_WAIT] = { "on-wait", { "#16211B", "#000000", "#FFFFFF", "#CFC6AF", "#FFFF00" } },
  [BM_ROLE_FAULT] = { "fault", { "#6E170D", "#000000", "#FFFFFF", "#5E2C24", "#FFFF00" } },
  [BM_ROLE_ON_FAULT] = { "on-fault", { "#FFFCF4", "#FFFFFF", "#000000", "#D9C4B4", "#000000" } },
  [BM_ROLE_CHOSEN] = { "chosen", { "#D5E6C6", "#FFFFFF", "#000000", "#37432F", "#000000" } },
  [BM_ROLE_ON_CHOSEN] = { "on-chosen", { "#16211B", "#000000", "#FFFFFF", "#CFC6AF", "#FFFF00" } },
  [BM_ROLE_FOCUS] = { "focus", { "#16211B", "#000000", "#FFFFFF", "#C8BFA8", "#FFFF00" } },
  [BM_ROLE_TINT_CERT] = { "tint-cert", { "#D5E6C6", "#FFFFFF", "#000000", "#37432F", "#000000" } },
  [BM_ROLE_TINT_MONEY] = { "tint-money",
                           { "#F8DD93", "#FFFFFF", "#000000", "#433C27", "#000000" } },
  [BM_ROLE_TINT_VOICE] = { "tint-voice",
                           { "#CBE2E8", "#FFFFFF", "#000000", "#2D3F44", "#000000" } },
  [BM_ROLE_TINT_APPLY] = { "tint-apply",
                           { "#F7D3BC", "#FFFFFF", "#000000", "#473730", "#000000" } },
  [BM_ROLE_TINT_CASE] = { "tint-case", { "#E6DCEC", "#FFFFFF", "#000000", "#3C3744", "#000000" } },
};

static const struct
{
  const char *name;
  double em;     /* at 100 % */
  double em_max; /* never larger than this */
  double line_height;
  gboolean is_bold;
} types[BM_N_TYPES] = {
  [BM_TYPE_FIGURE] = { "figure", 64, 80, 1.1, TRUE },
  [BM_TYPE_NUMBER] = { "number", 44, 64, 1.1, TRUE },
  [BM_TYPE_HERO] = { "hero", 26, 36, 1.35, TRUE },
  [BM_TYPE_TILE] = { "tile", 17, 28, 1.25, TRUE },
  [BM_TYPE_QUESTION] = { "question", 16, 32, 1.35, TRUE },
  [BM_TYPE_ANSWER] = { "answer", 13, 26, 1.25, TRUE },
  [BM_TYPE_SENTENCE] = { "sentence", 14, 24, 1.5, FALSE },
  [BM_TYPE_LEAD] = { "lead", 12, 24, 1.5, FALSE },
  [BM_TYPE_BODY] = { "body", 10, 20, 1.5, FALSE },
  [BM_TYPE_SLOT] = { "slot", 12, 20, 1.15, TRUE },
  [BM_TYPE_STATUS] = { "status", 7, 14, 1.25, FALSE },
  [BM_TYPE_DESK_NAME] = { "desk-name", 10, 20, 1.25, TRUE },
  [BM_TYPE_DESK_HEAD] = { "desk-head", 8, 16, 1.25, TRUE },
  [BM_TYPE_DESK_TEXT] = { "desk-text", 6.8, 13.6, 1.3, FALSE },
};

const char *
bm_theme_name (BmTheme theme)
{
  g_return_val_if_fail (theme < BM_N_THEMES, NULL);

  return theme_names[theme];
}

gboolean
bm_theme_from_name (const char *name, BmTheme *ret_theme)
{
  for (guint i = 0; i < BM_N_THEMES; i++)
    {
      if (g_strcmp0 (name, theme_names[i]) != 0)
        continue;
      *ret_theme = i;
      return TRUE;
    }
  return FALSE;
}

const char *
bm_role_name (BmRole role)
{
  g_return_val_if_fail (role < BM_N_ROLES, NULL);

  return roles[role].name;
}

const char *
bm_role_hex (BmTheme theme, BmRole role)
{
  g_return_val_if_fail (theme < BM_N_THEMES && role < BM_N_ROLES, NULL);

  return roles[role].hex[theme];
}

void
bm_role_rgba (BmTheme theme, BmRole role, GdkRGBA *ret_rgba)
{
  gboolean is_colour = gdk_rgba_parse (ret_rgba, bm_role_hex (theme, role));

  g_assert (is_colour);
}

/**
 * bm_theme_has_two_colours:
 * @theme: a theme
 *
 * Returns: whether it has no tints, so that lines have to tell what fills tell elsewhere
 */
gboolean
bm_theme_has_two_colours (BmTheme theme)
{
  return g_str_equal (bm_role_hex (theme, BM_ROLE_SURFACE),
                      bm_role_hex (theme, BM_ROLE_TINT_MONEY));
}

/**
 * bm_role_of_tint:
 * @tint: (nullable): "cert", "money", "voice", "apply", "case", "none"
 * @fallback: for anything else
 *
 * Returns: the colour role of a service's plot
 */
BmRole
bm_role_of_tint (const char *tint, BmRole fallback)
{
  for (BmRole role = BM_ROLE_TINT_CERT; tint != NULL && role <= BM_ROLE_TINT_CASE; role++)
    {
      if (g_str_equal (roles[role].name + strlen ("tint-"), tint))
        return role;
    }
  return fallback;
}

const char *
bm_type_name (BmType type)
{
  g_return_val_if_fail (type < BM_N_TYPES, NULL);

  return types[type].name;
}

gboolean
bm_type_is_bold (BmType type)
{
  return types[type].is_bold;
}

double
bm_type_line_height (BmType type)
{
  return types[type].line_height;
}

double
bm_type_em_mm (const BmMetrics *metrics, BmType type)
{
  g_return_val_if_fail (type < BM_N_TYPES, 0);

  return MIN (types[type].em * metrics->scale / 100.0, types[type].em_max);
}

static double
nearness (const BmMetrics *metrics)
{
  return metrics->distance > 0 ? metrics->distance / BM_DISTANCE_USUAL : 1.0;
}

/* Desk and tablet are used by a helper; the limits are of the hand that is there. */
static gboolean
is_for_helper (const BmMetrics *metrics)
{
  return metrics->is_desk || (metrics->distance > 0 && metrics->distance <= BM_DISTANCE_HAND);
}

double
bm_least_target_mm (const BmMetrics *metrics)
{
  return is_for_helper (metrics) ? BM_MM_LEAST_TARGET_HAND : BM_MM_TARGET;
}

double
bm_least_gap_mm (const BmMetrics *metrics)
{
  return is_for_helper (metrics) ? BM_MM_LEAST_GAP_HAND : BM_MM_MIN_GAP;
}

/* Rounds up: a capital that is meant to be 7.3 mm high must not come out smaller. A twentieth of a pixel
 * too much is no reason for a whole one: borders stay 3, not 4. */
static int
to_pixels (const BmMetrics *metrics, double mm)
{
  return (int) ceil (mm / metrics->pitch - 0.05);
}

/**
 * bm_type_px:
 * @metrics: how this face measures
 * @type: a role of text
 * @lines: 1: the size of the font; else so many times that, for the height of a line
 *
 * Returns: the length in pixels
 */
int
bm_type_px (const BmMetrics *metrics, BmType type, double lines)
{
  double em = bm_type_em_mm (metrics, type) * nearness (metrics);

  return to_pixels (metrics, MAX (em, BM_MM_LEAST_CAPITAL / BM_CAPITAL_EM) * lines);
}

/**
 * bm_mm:
 * @metrics: how this face measures
 * @px: a length on the screen
 *
 * Returns: how many of the table's millimetres have room in it
 */
double
bm_mm (const BmMetrics *metrics, int px)
{
  return px * metrics->pitch / nearness (metrics);
}

/**
 * bm_px:
 * @metrics: how this face measures
 * @mm: a length of the table, but not of letters
 *
 * Returns: the length in pixels
 */
int
bm_px (const BmMetrics *metrics, double mm)
{
  double seen = mm * nearness (metrics);

  if (mm >= bm_least_target_mm (metrics))
    seen = MAX (seen, bm_least_target_mm (metrics));
  else if (mm >= bm_least_gap_mm (metrics))
    seen = MAX (seen, bm_least_gap_mm (metrics));
  return to_pixels (metrics, seen);
}

/**
 * bm_px_at_least:
 * @metrics: how this face measures
 * @mm: a length of the table
 * @least_mm: what it must have on the screen, however near that is
 *
 * Returns: the length in pixels
 */
int
bm_px_at_least (const BmMetrics *metrics, double mm, double least_mm)
{
  return MAX (bm_px (metrics, mm), to_pixels (metrics, least_mm));
}

static double
linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *rgba)
{
  return 0.2126 * linear (rgba->red) + 0.7152 * linear (rgba->green) + 0.0722 * linear (rgba->blue);
}

/**
 * bm_contrast:
 * @one: a colour
 * @two: another
 *
 * Returns: their contrast after WCAG, 1 to 21
 */
double
bm_contrast (const GdkRGBA *one, const GdkRGBA *two)
{
  double a = luminance (one) + 0.05;
  double b = luminance (two) + 0.05;

  return MAX (a, b) / MIN (a, b);
}
