/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-drawing.h"

#include "config.h"

#include <librsvg/rsvg.h>

/*
 * Drawings: an SVG from assets/icons, coloured by a user style sheet, as a texture.
 *
 * A name comes over the bus, so it becomes a path only if this table knows it. Textures are kept by
 * name, size and colours, so that the way back to a page draws nothing again; the store is emptied whenever
 * it is full, which happens only when somebody changes sizes or themes.
 */

#define MAX_KEPT_BYTES (8 * 1024 * 1024)

/* Larger ones are kept by the picture that shows them, and go with its page. */
#define MAX_TEXTURE_BYTES (3 * 1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RsvgHandle, g_object_unref)

static const char *const names[] = {
  "again",         "finger",
  "ap-doctor",     "ap-land",
  "ap-neighbour",  "ap-power",
  "ap-repair",     "ap-road",
  "ap-rubbish",    "ap-subsidy",
  "ap-tap",        "ap-water",
  "ask",           "back",
  "bigger",        "calendar",
  "card-place",    "card-take",
  "day-few",       "day-month",
  "day-today",     "eye",
  "eye-shut",      "face-1",
  "face-2",        "face-3",
  "face-4",        "face-5",
  "help",          "higher",
  "hourglass",     "ill-card-place",
  "ill-card-take", "ill-fields",
  "ill-witness",   "keep30",
  "lower",         "mark",
  "language",      "mic",
  "next",          "no",
  "no-card",       "no-paper",
  "office",        "offline",
  "other",         "people",
  "person",        "read",
  "read-card",     "slip",
  "slip-back",     "state-done",
  "state-noted",   "state-sent",
  "stick",         "stop",
  "svc-apply",     "svc-case",
  "svc-cert",      "svc-disabled",
  "svc-elder",     "svc-money",
  "svc-voice",     "voice",
  "voice-faster",  "voice-louder",
  "voice-normal",  "voice-quieter",
  "voice-slower",  "warn",
  "witness",       "write",
  "yes",           "camera",
  "ill-paper",     "card-slot",
  "ill-card-slot", "look-usual",
  "look-light",    "look-dark",
  "look-yellow",   "look-soft",
  "smaller",       "slip-lay",
  "taken-back",    "guides",
  "board",         "seedling",
  "frost",         NULL,
};

static GHashTable *textures;
static gsize kept_bytes; /* of all textures together */

const char *const *
bm_drawing_list (void)
{
  return names;
}

gboolean
bm_drawing_is_known (const char *name)
{
  return name != NULL && g_strv_contains (names, name);
}

/**
 * bm_assets_path:
 * @folder: folder under assets
 * @name: file in it
 *
 * Returns: its path, in $BIANMIN_ASSETS or where it is installed
 */
char *
bm_assets_path (const char *folder, const char *name)
{
  const char *top = g_getenv ("BIANMIN_ASSETS");

  return g_build_filename (top != NULL && *top != '\0' ? top : BM_PKGDATADIR, folder, name, NULL);
}

static RsvgHandle *
open_drawing (const char *name)
{
  g_autofree char *file_name = g_strconcat (name, ".svg", NULL);
  g_autofree char *path = bm_assets_path ("icons", file_name);
  g_autoptr (GError) error = NULL;
  RsvgHandle *handle = rsvg_handle_new_from_file (path, &error);

  if (handle == NULL)
    g_warning ("No drawing at %s: %s", path, error->message);
  return handle;
}

static char *
colour_sheet (const char *name, gboolean is_thin, const BmDrawingColours *colours)
{
  g_autofree char *ink = gdk_rgba_to_string (&colours->ink);
  g_autofree char *tint = gdk_rgba_to_string (&colours->tint);
  GString *css = g_string_new (NULL);

  g_string_append_printf (css, "svg{color:%s} ", ink);
  if (colours->has_tint)
    g_string_append_printf (css, ".t{fill:%s} ", tint);
  else
    g_string_append (css, ".t{fill:none} ");
  g_string_append_printf (css, ".m{fill:%s} ", bm_role_hex (colours->theme, BM_ROLE_SURFACE));
  for (BmRole role = 0; role < BM_N_ROLES; role++)
    g_string_append_printf (css, ".c-%s{fill:%s} ", bm_role_name (role),
                            bm_role_hex (colours->theme, role));
  if (is_thin && !g_str_has_prefix (name, "ill-"))
    g_string_append (css, "g[stroke-width]{stroke-width:3} ");
  return g_string_free (css, FALSE);
}

/* @surface: (transfer full): its pixels are the texture's */
static GdkTexture *
texture_of_surface (cairo_surface_t *surface)
{
  int height = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  g_autoptr (GBytes) bytes = NULL;

  cairo_surface_flush (surface);
  bytes =
    g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * height,
                                (GDestroyNotify) cairo_surface_destroy, surface);
  return gdk_memory_texture_new (cairo_image_surface_get_width (surface), height,
                                 GDK_MEMORY_DEFAULT, bytes, stride);
}

static RsvgRectangle
place (RsvgHandle *handle, int width, int height, BmFit fit)
{
  RsvgRectangle box = { 0, 0, width, height };
  RsvgRectangle view = { 0 };
  gboolean has_view = FALSE;

  rsvg_handle_get_intrinsic_dimensions (handle, NULL, NULL, NULL, NULL, &has_view, &view);
  if (fit == BM_FIT_COVER && has_view)
    {
      box.width = MAX (width, height * view.width / view.height);
      box.height = box.width * view.height / view.width;
      box.x = (width - box.width) / 2;
      box.y = height - box.height;
    }
  return box;
}

static GdkTexture *
render (const char *name,
        int width,
        int height,
        BmFit fit,
        gboolean is_thin,
        const BmDrawingColours *colours)
{
  g_autoptr (RsvgHandle) handle = open_drawing (name);
  g_autofree char *css = NULL;
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface;
  cairo_t *cr;
  RsvgRectangle box;

  if (handle == NULL)
    return NULL;
  css = colour_sheet (name, is_thin, colours);
  if (!rsvg_handle_set_stylesheet (handle, (const guint8 *) css, strlen (css), &error))
    g_warning ("Style of drawing %s: %s", name, error->message);
  box = place (handle, width, height, fit);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cr = cairo_create (surface);
  g_clear_error (&error);
  if (!rsvg_handle_render_document (handle, cr, &box, &error))
    g_warning ("Drawing %s: %s", name, error->message);
  cairo_destroy (cr);
  return texture_of_surface (surface);
}

/* @key: (transfer full) */
static void
keep (char *key, GdkTexture *texture, gsize size)
{
  if (kept_bytes + size > MAX_KEPT_BYTES)
    {
      g_hash_table_remove_all (textures);
      kept_bytes = 0;
    }
  kept_bytes += size;
  g_hash_table_insert (textures, key, g_object_ref (texture));
}

/**
 * bm_drawing_load:
 * @name: a drawing of bm_drawing_list()
 * @width: in pixels
 * @height: in pixels
 * @fit: how it fills the box
 * @is_thin: whether the key line is the thin one of large pictograms
 * @colours: how it is coloured
 *
 * Returns: (transfer full) (nullable): the drawing; %NULL if there is none
 */
GdkTexture *
bm_drawing_load (const char *name,
                 int width,
                 int height,
                 BmFit fit,
                 gboolean is_thin,
                 const BmDrawingColours *colours)
{
  g_autofree char *key = NULL;
  g_autofree char *ink = NULL;
  g_autofree char *tint = NULL;
  GdkTexture *texture;
  gsize size;

  g_return_val_if_fail (bm_drawing_is_known (name) && width > 0 && height > 0, NULL);

  if (textures == NULL)
    textures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  ink = gdk_rgba_to_string (&colours->ink);
  tint = gdk_rgba_to_string (&colours->tint);
  key = g_strdup_printf ("%s %d %d %d %d %d %s %s", name, width, height, fit, is_thin,
                         (int) colours->theme, ink, colours->has_tint ? tint : "-");
  texture = g_hash_table_lookup (textures, key);
  if (texture != NULL)
    return g_object_ref (texture);
  texture = render (name, width, height, fit, is_thin, colours);
  if (texture == NULL)
    return NULL;
  size = (gsize) width * height * 4;
  if (size <= MAX_TEXTURE_BYTES)
    keep (g_steal_pointer (&key), texture, size);
  return texture;
}

/**
 * bm_drawing_get_aspect:
 * @name: a drawing
 * @ret_aspect: (out): width by height
 *
 * Returns: whether there is such a drawing
 */
gboolean
bm_drawing_get_aspect (const char *name, double *ret_aspect)
{
  g_autoptr (RsvgHandle) handle = NULL;
  RsvgRectangle view = { 0, 0, 1, 1 };
  gboolean has_view = FALSE;

  if (!g_str_has_prefix (name, "ill-"))
    {
      *ret_aspect = 1.0;
      return TRUE;
    }
  handle = open_drawing (name);
  if (handle == NULL)
    return FALSE;
  rsvg_handle_get_intrinsic_dimensions (handle, NULL, NULL, NULL, NULL, &has_view, &view);
  *ret_aspect = has_view ? view.width / view.height : 1.0;
  return TRUE;
}

void
bm_drawing_forget_all (void)
{
  g_clear_pointer (&textures, g_hash_table_unref);
  kept_bytes = 0;
}
