/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/style/style-css.h"

/*
 * The style sheet, written whole for one pitch, scale and theme. Widgets carry their own CSS names
 * (bm-button …), so that no rule of a stock theme can match them. A template holds {px:N} for a length
 * of N millimetres and {role} for a colour; nothing else is replaced.
 */

static const char *const sheet =
  "window.bm { background-color: {ground}; color: {ink}; font-family: 'Noto Sans CJK SC';"
  " font-weight: 400; }\n"
  "window.bm label { min-width: 0; min-height: 0; }\n"
  /* the one button */
  "bm-button { background-color: {surface}; color: {ink}; border: {px:0.75} solid {ink};"
  " border-bottom-width: {px:2.25}; border-radius: {px:5}; font-weight: 700; padding: {px:2} {px:4};"
  " outline-style: solid; outline-width: 0; outline-color: {focus}; outline-offset: {px:1}; }\n"
  "bm-button.wide { padding: {px:3} {px:10}; }\n"
  "bm-button.wide.dense { padding: {px:2} {px:5}; }\n"
  "bm-button.slot { padding: {px:1} {px:2}; }\n"
  "bm-button.tint-cert { background-color: {tint-cert}; }\n"
  "bm-button.tint-money { background-color: {tint-money}; }\n"
  "bm-button.tint-voice { background-color: {tint-voice}; }\n"
  "bm-button.tint-apply { background-color: {tint-apply}; }\n"
  "bm-button.tint-case { background-color: {tint-case}; }\n"
  "bm-button.primary { background-color: {primary}; color: {on-primary}; }\n"
  "bm-button.help { background-color: {help}; color: {on-help}; }\n"
  "bm-button.chosen { background-color: {chosen}; color: {on-chosen}; border: {px:2.25} solid {ink}; }\n"
  "bm-button.busy { background-color: {surface}; color: {ink}; border: {px:2.25} double {ink}; }\n"
  "bm-button.off { background-color: transparent; color: {ink}; border: {px:0.75} dashed {ink};"
  " font-weight: 400; }\n"
  /* Pressed, the ledge is above. It is a shadow there, and padding takes the place of the ledge below:
   * where the content begins must not move, or GTK, which judges the lift with the box of the button
   * that is up, would not find a finger in the button that lies in its upper edge. */
  "bm-button:active { background-color: {ink}; color: {surface}; box-shadow: inset 0 {px:1.5} {ink};"
  " border-bottom-width: {px:0.75}; padding-bottom: calc({px:2} + {px:2.25} - {px:0.75}); }\n"
  "bm-button.wide:active { padding-bottom: calc({px:3} + {px:2.25} - {px:0.75}); }\n"
  "bm-button.wide.dense:active { padding-bottom: calc({px:2} + {px:2.25} - {px:0.75}); }\n"
  "bm-button.slot:active { padding-bottom: calc({px:1} + {px:2.25} - {px:0.75}); }\n"
  "bm-button.chosen:active, bm-button.busy:active { border-bottom-width: {px:2.25}; }\n"
  "bm-button.primary:active { background-color: {surface}; color: {primary}; border-color: {primary};"
  " box-shadow: inset 0 {px:1.5} {primary}; }\n"
  "bm-button.help:active { background-color: {surface}; color: {ink}; border-color: {ink}; }\n"
  "bm-button.off:active { background-color: transparent; color: {ink}; box-shadow: none; }\n"
  "bm-button.busy:active { background-color: {surface}; color: {ink}; box-shadow: none; }\n"
  /* These have no ledge, so nothing takes its place. */
  "bm-button.chosen:active, bm-button.busy:active, bm-button.off:active { padding-bottom: {px:2}; }\n"
  "bm-button.wide.chosen:active, bm-button.wide.busy:active, bm-button.wide.off:active"
  " { padding-bottom: {px:3}; }\n"
  "bm-button.wide.dense.chosen:active, bm-button.wide.dense.busy:active,"
  " bm-button.wide.dense.off:active { padding-bottom: {px:2}; }\n"
  "bm-button.slot.chosen:active, bm-button.slot.busy:active, bm-button.slot.off:active"
  " { padding-bottom: {px:1}; }\n"
  "bm-button .note { font-weight: 400; }\n"
  "bm-button.ring { outline-width: {px:3}; }\n"
  /* the frame */
  ".frame-top { background-color: {frame}; border-bottom: {px:0.5} solid {rule}; }\n"
  ".frame-bottom { background-color: {frame}; border-top: {px:0.5} solid {rule}; }\n"
  ".demo-tab { background-color: {ground}; color: {ink}; border: {px:0.5} solid {rule};"
  " border-top-width: 0; border-radius: 0 0 {px:3} {px:3}; padding: 0 {px:3} {px:1} {px:3}; }\n"
  ".chip { border: {px:0.75} solid {ink}; border-radius: {px:4}; background-color: {surface}; }\n"
  ".chip.tint-cert { background-color: {tint-cert}; }\n"
  ".chip.tint-money { background-color: {tint-money}; }\n"
  ".chip.tint-voice { background-color: {tint-voice}; }\n"
  ".chip.tint-apply { background-color: {tint-apply}; }\n"
  ".chip.tint-case { background-color: {tint-case}; }\n"
  ".step { border: {px:0.75} solid {ink}; border-radius: {px:1}; }\n"
  ".step.reached { background-color: {ink}; }\n"
  /* what may be read */
  ".sheet { background-color: {surface}; border: {px:0.75} solid {ink}; border-radius: {px:5}; }\n"
  ".sheet.thick { border-width: {px:2.25}; }\n"
  ".column-rule { border-left: {px:0.5} solid {rule}; }\n"
  ".amount { font-variant-numeric: tabular-nums; }\n"
  ".cover-eye { background-color: {surface}; border: {px:0.75} solid {ink}; border-top-width: 0;"
  " border-bottom-width: 0; }\n"
  ".row-rule { border-top: {px:0.5} solid {rule}; }\n"
  ".banner { border-bottom: {px:0.5} solid {ink}; }\n"
  ".field { background-color: {surface}; border: {px:0.75} solid {ink}; border-radius: {px:4}; }\n"
  /* Nobody is to press these: square, with a bar where a button has its ledge and its round corners. */
  ".notice { background-color: {wait}; color: {on-wait}; border-left: {px:1.5} solid {ink}; }\n"
  ".fault { background-color: {fault}; color: {on-fault}; }\n"
  /* the desk */
  ".desk bm-button { border-radius: {px:3}; border-bottom-width: {px:1.5}; padding: {px:1} {px:3};"
  " border-top-width: {px:0.5}; border-left-width: {px:0.5}; border-right-width: {px:0.5}; }\n"
  ".desk bm-button:active { box-shadow: inset 0 {px:1} {ink}; }\n"
  /* Here all have a ledge; the longer names weigh as much as those above that say what has none. */
  ".desk bm-button:active, .desk bm-button.slot:active, .desk bm-button.wide:active,"
  " .desk bm-button.wide.dense:active { border-bottom-width: {px:0.5};"
  " padding-bottom: calc({px:1} + {px:1.5} - {px:0.5}); }\n"
  ".desk bm-button.primary:active { box-shadow: inset 0 {px:1} {primary}; }\n"
  /* The one that is chosen of several is seen from a metre, without its colour: a frame on a thick line. */
  ".desk bm-button.chosen, .desk bm-button.chosen:active { border: {px:2.25} solid {ink};"
  " border-bottom-width: {px:4}; padding: 0 {px:3}; }\n"
  ".desk .sheet { border-radius: {px:3}; border-width: {px:0.5}; }\n"
  ".desk .head { border-bottom: {px:0.5} solid {ink}; }\n"
  ".desk .head.tint { background-color: {tint-cert}; border-radius: {px:2.5} {px:2.5} 0 0; }\n"
  ".desk .sees { border-left: {px:1.5} solid {ink}; }\n"
  ".desk .asks { background-color: {help}; color: {on-help}; border-left: {px:3} solid {ink}; }\n"
  ".desk .danger { background-color: {fault}; color: {on-fault}; }\n"
  ".desk .tag { border: {px:0.5} solid {rule}; border-radius: {px:2}; }\n"
  ".strong { font-weight: 700; }\n";

/* Of two colours the filled button is the expected act and no other: help is an outline as thick as no other and rounder. */
static const char *const sheet_of_two_colours =
  "bm-button.help { border-width: {px:1.5} {px:1.5} {px:2.25} {px:1.5}; border-radius: {px:12}; }\n"
  "bm-button.help:active { background-color: {ink}; color: {surface}; border-bottom-width: {px:0.75}; }\n"
  ".desk bm-button.help { border-width: {px:1} {px:1} {px:1.5} {px:1}; border-radius: {px:7}; }\n"
  ".desk bm-button.help:active { border-bottom-width: {px:0.5}; }\n";

static gboolean
append_length (GString *css, const BmMetrics *metrics, const char *name, gsize length)
{
  g_autofree char *number = NULL;

  if (!g_str_has_prefix (name, "px:"))
    return FALSE;
  number = g_strndup (name + strlen ("px:"), length - strlen ("px:"));
  g_string_append_printf (css, "%dpx", bm_px (metrics, g_ascii_strtod (number, NULL)));
  return TRUE;
}

static void
append_colour (GString *css, const BmMetrics *metrics, const char *name, gsize length)
{
  for (BmRole role = 0; role < BM_N_ROLES; role++)
    {
      const char *role_name = bm_role_name (role);

      if (strlen (role_name) != length || strncmp (role_name, name, length) != 0)
        continue;
      g_string_append (css, bm_role_hex (metrics->theme, role));
      return;
    }
  g_assert_not_reached ();
}

static void
append_sheet (GString *css, const BmMetrics *metrics, const char *sheet_text)
{
  for (const char *at = sheet_text; *at != '\0'; at++)
    {
      const char *end;

      /* A rule's own brace is followed by a space, a placeholder's never. */
      if (*at != '{' || at[1] == ' ')
        {
          g_string_append_c (css, *at);
          continue;
        }
      end = strchr (at, '}');
      if (!append_length (css, metrics, at + 1, end - at - 1))
        append_colour (css, metrics, at + 1, end - at - 1);
      at = end;
    }
}

static void
append_types (GString *css, const BmMetrics *metrics)
{
  const char *fonts = metrics->fonts != NULL ? metrics->fonts : "";

  for (BmType type = 0; type < BM_N_TYPES; type++)
    {
      double line = bm_type_line_height (type);

      /* A bare number would multiply the font's own line, which is 1.45 em here; so lengths. */
      g_string_append_printf (
        css,
        ".t-%s { font-family: %s'Noto Sans CJK SC'; font-size: %dpx; line-height: %dpx;%s }\n"
        ".t-%s.tight { line-height: %dpx; }\n"
        ".t-%s.single { line-height: %dpx; }\n", /* of one line only */
        bm_type_name (type), fonts, bm_type_px (metrics, type, 1), bm_type_px (metrics, type, line),
        bm_type_is_bold (type) ? " font-weight: 700;" : "", bm_type_name (type),
        bm_type_px (metrics, type, MIN (line, BM_LINE_HEIGHT_TIGHT)), bm_type_name (type),
        bm_type_px (metrics, type, BM_LINE_HEIGHT_SINGLE));
    }
  if (*fonts != '\0')
    g_string_append_printf (css, "window.bm { font-family: %s'Noto Sans CJK SC'; }\n", fonts);
  g_string_append (css, "bm-button.off label { font-weight: 400; }\n");
}

/**
 * bm_style_css_new:
 * @metrics: pitch, scale and theme
 *
 * Returns: the whole style sheet
 */
char *
bm_style_css_new (const BmMetrics *metrics)
{
  GString *css = g_string_new (NULL);

  g_return_val_if_fail (metrics != NULL && metrics->pitch > 0, NULL);

  append_sheet (css, metrics, sheet);
  if (bm_theme_has_two_colours (metrics->theme))
    append_sheet (css, metrics, sheet_of_two_colours);
  append_types (css, metrics);
  return g_string_free (css, FALSE);
}
