/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

typedef enum
{
  BM_THEME_MEDIUM,
  BM_THEME_HIGH_LIGHT,
  BM_THEME_HIGH_DARK,
  BM_THEME_LOW_GLARE,
  BM_THEME_YELLOW_ON_BLACK,
  BM_N_THEMES,
} BmTheme;

typedef enum
{
  BM_ROLE_FRAME,
  BM_ROLE_GROUND,
  BM_ROLE_SURFACE,
  BM_ROLE_INK,
  BM_ROLE_RULE,
  BM_ROLE_PRIMARY,
  BM_ROLE_ON_PRIMARY,
  BM_ROLE_HELP,
  BM_ROLE_ON_HELP,
  BM_ROLE_WAIT,
  BM_ROLE_ON_WAIT,
  BM_ROLE_FAULT,
  BM_ROLE_ON_FAULT,
  BM_ROLE_CHOSEN,
  BM_ROLE_ON_CHOSEN,
  BM_ROLE_FOCUS,
  BM_ROLE_TINT_CERT,
  BM_ROLE_TINT_MONEY,
  BM_ROLE_TINT_VOICE,
  BM_ROLE_TINT_APPLY,
  BM_ROLE_TINT_CASE,
  BM_N_ROLES,
} BmRole;

typedef enum
{
  BM_TYPE_FIGURE,
  BM_TYPE_NUMBER, /* a figure where there is less room */
  BM_TYPE_HERO,
  BM_TYPE_TILE,
  BM_TYPE_QUESTION,
  BM_TYPE_ANSWER,
  BM_TYPE_SENTENCE, /* lead where there is room */
  BM_TYPE_LEAD,
  BM_TYPE_BODY,
  BM_TYPE_SLOT, /* labels of the frame's buttons: already out of the way of the reading */
  BM_TYPE_STATUS,
  BM_TYPE_DESK_NAME,
  BM_TYPE_DESK_HEAD,
  BM_TYPE_DESK_TEXT,
  BM_N_TYPES,
} BmType;

/*
 * How a face measures: everything on it is millimetres until this turns it into pixels. They are those of
 * a screen that is looked at from BM_DISTANCE_USUAL; nearer to the eyes as many seem as large with fewer.
 */
typedef struct
{
  double pitch;    /* millimetres a pixel */
  double distance; /* millimetres from the eyes; 0: as usual */
  guint scale;     /* percent: 100, 125, 150, 200 */
  BmTheme theme;
  const char
    *fonts; /* families before the usual one, as a style sheet lists them; interned; or NULL */
  gboolean is_landscape;
  gboolean is_desk;
} BmMetrics;

const char *bm_theme_name (BmTheme theme);
gboolean bm_theme_from_name (const char *name, BmTheme *ret_theme);
gboolean bm_theme_has_two_colours (BmTheme theme);
const char *bm_role_name (BmRole role);
const char *bm_role_hex (BmTheme theme, BmRole role);
void bm_role_rgba (BmTheme theme, BmRole role, GdkRGBA *ret_rgba);
BmRole bm_role_of_tint (const char *tint, BmRole fallback);

const char *bm_type_name (BmType type);
gboolean bm_type_is_bold (BmType type);
double bm_type_line_height (BmType type);
double bm_type_em_mm (const BmMetrics *metrics, BmType type);

int bm_type_px (const BmMetrics *metrics, BmType type, double lines);

double bm_least_target_mm (const BmMetrics *metrics);
double bm_least_gap_mm (const BmMetrics *metrics);
double bm_mm (const BmMetrics *metrics, int px);
int bm_px (const BmMetrics *metrics, double mm);
int bm_px_at_least (const BmMetrics *metrics, double mm, double least_mm);

double bm_contrast (const GdkRGBA *one, const GdkRGBA *two);

/* Where the eyes are, in millimetres: standing before a 21.5" screen, and the farthest that a screen in a hand is. */
#define BM_DISTANCE_USUAL 600.0
#define BM_DISTANCE_HAND  400.0

/* However near the eyes are: fingers do not get thinner, and no public text is set smaller than this. */
#define BM_MM_LEAST_CAPITAL     4.8
#define BM_MM_LEAST_TARGET_HAND 12.0
#define BM_MM_LEAST_GAP_HAND    2.0
#define BM_MM_LEAST_CODE        36.0  /* for the camera of a telephone */
#define BM_CAPITAL_EM           0.733 /* Noto Sans CJK SC */

/* Millimetres, looks/tokens.json. */
#define BM_MM_HAIR                    2.0
#define BM_MM_MIN_GAP                 4.0
#define BM_MM_GAP                     6.0
#define BM_MM_MARGIN                  10.0
#define BM_MM_GROUP                   16.0
#define BM_MM_SECTION                 24.0
#define BM_MM_TARGET                  20.0
#define BM_MM_TARGET_TOP              24.0
#define BM_MM_TARGET_BOTTOM           32.0
#define BM_MM_TARGET_BOTTOM_LANDSCAPE 24.0
#define BM_MM_ANSWER                  44.0
#define BM_MM_TILE                    40.0
#define BM_MM_KEY                     22.0
#define BM_MM_DESK_TARGET             14.0
#define BM_MM_FRAME_TOP               36.0
#define BM_MM_FRAME_TOP_LANDSCAPE     32.0
#define BM_MM_FRAME_BOTTOM            44.0
#define BM_MM_FRAME_BOTTOM_LANDSCAPE  32.0
#define BM_MM_SLOT_HELP               78.0
#define BM_MM_SLOT_BACK               66.0
#define BM_MM_SLOT_HELP_LANDSCAPE     86.0
#define BM_MM_SLOT_BACK_LANDSCAPE     76.0
#define BM_MM_RADIUS                  5.0
#define BM_MM_RADIUS_CHIP             4.0
#define BM_MM_RADIUS_DESK             3.0
#define BM_MM_BORDER                  0.75
#define BM_MM_LEDGE                   2.25
#define BM_MM_LEDGE_DESK              1.5
#define BM_MM_RULE                    0.5
#define BM_MM_TICK_DISC               14.0
#define BM_MM_FOCUS_RING              3.0
#define BM_MM_FOCUS_GAP               1.0
#define BM_MM_ICON_FRAME              14.0
#define BM_MM_ICON_HELP               18.0
#define BM_MM_CHIP                    24.0
#define BM_MM_ICON_CHIP               19.0
#define BM_MM_ICON_ROW                32.0
#define BM_MM_ICON_ROW_LARGE          38.0
#define BM_MM_ICON_ANSWER             34.0
#define BM_MM_ICON_TILE               60.0
#define BM_MM_ICON_FACE               45.0
#define BM_MM_BANNER                  92.0
#define BM_MM_DISC                    58.0
#define BM_MM_KEY_LINE_THIN_OVER      80.0
#define BM_MM_ICON_MARK               17.5

#define BM_LINE_HEIGHT_TIGHT  1.25
#define BM_LINE_HEIGHT_SINGLE 1.12 /* a label that never has a second line */

/* Of an upright screen that is so high, so much from below can be reached sitting. */
#define BM_MM_HIGH_SCREEN 300.0
#define BM_LOW_SHARE      (2.0 / 3.0)
#define BM_LOW_SHARE_KEYS 0.85 /* the largest letters over keys need more */

G_END_DECLS
