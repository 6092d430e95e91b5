/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/style/tokens.h"

G_BEGIN_DECLS

/* How one drawing is coloured. */
typedef struct
{
  GdkRGBA ink;
  GdkRGBA tint;
  gboolean has_tint;
  BmTheme theme;
} BmDrawingColours;

typedef enum
{
  BM_FIT_CONTAIN, /* whole drawing inside the box */
  BM_FIT_COVER,   /* box full, the drawing's top is cut off */
} BmFit;

gboolean bm_drawing_is_known (const char *name);
const char *const *bm_drawing_list (void);

GdkTexture *bm_drawing_load (const char *name,
                             int width,
                             int height,
                             BmFit fit,
                             gboolean is_thin,
                             const BmDrawingColours *colours) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_drawing_get_aspect (const char *name, double *ret_aspect);
void bm_drawing_forget_all (void);

char *bm_assets_path (const char *folder, const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
