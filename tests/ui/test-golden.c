/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/golden.h"
#include "tests/ui/pages-help.h"

#include <glib/gstdio.h>

/*
 * Gate 13: about 150 golden pictures, of every fixture page at least three, so chosen that every theme meets
 * every size and every shape. They lie in tests/golden; after a change that was meant and looked at,
 *
 *     ./bianmin golden
 *
 * draws anew what differs. A page that differs otherwise is put down side by side with what it was, in the
 * folder that the complaint names. How much may differ is told in golden.c.
 */

typedef struct
{
  const char *name;
  double pitch;
  int width;
  int height;
  double distance;
} Screen;

static const Screen screens[] = {
  { "portrait", 0.248, 1080, 1920, 600 },
  { "landscape", 0.259, 1280, 800, 600 },
  { "wide", 0.248, 1920, 1080, 600 },
  { "near", 0.180, 1080, 1920, 435 },
};

enum
{
  PORTRAIT,
  LANDSCAPE,
  WIDE,
  NEAR,
  N_SCREENS,
};

static const guint scales[] = { 100, 125, 150, 200 };

#define N_SCALES G_N_ELEMENTS (scales)
/* Yellow on black is high-dark with another ink: its promise is kept by ui-pixels, on every page. */
#define N_DRAWN_THEMES BM_THEME_YELLOW_ON_BLACK
#define MOST_SHOTS     3 /* of one page */
#define LEAST_PICTURES 120
#define PICTURE_SUFFIX ".png"

typedef struct
{
  guint screen;
  guint scale;
  BmTheme theme;
  gboolean is_last; /* of the page's parts, and not the first */
} Shot;

static GtkWindow *window;
static BmShell *shell; /* the same */
static guint shell_screen;
static gboolean is_renewed;
static guint n_drawn, n_renewed;

/* Which pictures there are of a page depends on its name alone, so that a new page moves no other's. */
static guint
choose_shots (const char *page, Shot *shots)
{
  static const guint others[] = { PORTRAIT, WIDE, NEAR };
  const guint hash = g_str_hash (page);
  const guint mixed = hash * 2654435761u; /* Knuth's: the upper bits depend on all of the name */

  if (g_str_has_prefix (page, "desk-"))
    {
      shots[0] = (Shot){ LANDSCAPE, 100, BM_THEME_MEDIUM, FALSE };
      shots[1] = (Shot){ LANDSCAPE, 200, BM_THEME_MEDIUM, FALSE };
      return mixed >> 30 == 0 ? 2 : 1; /* of a quarter of them with the largest letters, too */
    }
  shots[0] = (Shot){ PORTRAIT, 100, BM_THEME_MEDIUM, FALSE };
  shots[1] = (Shot){ LANDSCAPE, scales[hash % N_SCALES], hash / N_SCALES % N_DRAWN_THEMES, TRUE };
  shots[2] = (Shot){ others[(mixed >> 28) % G_N_ELEMENTS (others)],
                     scales[(mixed >> 20) % N_SCALES], ((mixed >> 12) + 1) % N_DRAWN_THEMES, TRUE };
  return MOST_SHOTS;
}

static char *
name_shot (const char *page, const Shot *shot)
{
  return g_strdup_printf ("%s.%s-%u-%s" PICTURE_SUFFIX, page, screens[shot->screen].name,
                          shot->scale, bm_theme_name (shot->theme));
}

static char *
golden_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "golden", name, NULL);
}

/* A window's style is its display's, so there is one window at a time. */
static void
set_screen (guint screen)
{
  if (window != NULL && shell_screen == screen)
    return;
  g_clear_pointer (&window, gtk_window_destroy);
  shell = bm_shell_new (screens[screen].pitch, screens[screen].width, screens[screen].height);
  bm_shell_set_distance (shell, screens[screen].distance);
  window = GTK_WINDOW (shell);
  shell_screen = screen;
  gtk_window_present (window);
}

/* The type of every machine is set alike, whatever its desktop would like. */
static void
set_type (const char *hint_style, const char *rgba)
{
  g_object_set (gtk_settings_get_default (), "gtk-xft-antialias", 1, "gtk-xft-hinting", 1,
                "gtk-xft-hintstyle", hint_style, "gtk-xft-rgba", rgba, NULL);
}

static cairo_surface_t *
draw_shot (const char *page, const Shot *shot)
{
  json_auto_t *model = bm_test_load_model (page);
  json_t *settings = bm_model_object (model, "settings");

  set_screen (shot->screen);
  json_object_set_new (settings, "scale", json_integer (shot->scale));
  json_object_set_new (settings, "theme", json_string (bm_theme_name (shot->theme)));
  bm_shell_show_page (shell, model);
  bm_shell_set_part (shell, shot->is_last ? bm_shell_count_parts (shell) - 1 : 0);
  bm_test_settle (shell);
  n_drawn++;
  return bm_shell_draw (shell);
}

static cairo_surface_t *
read_golden (const char *name)
{
  g_autofree char *path = golden_path (name);
  cairo_surface_t *surface = cairo_image_surface_create_from_png (path);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    return surface;
  cairo_surface_destroy (surface);
  return NULL;
}

static void
write_golden (const char *name, cairo_surface_t *cells)
{
  g_autofree char *path = golden_path (name);
  g_autofree char *folder = g_path_get_dirname (path);

  golden_round (cells);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (cairo_surface_write_to_png (cells, path), ==, CAIRO_STATUS_SUCCESS);
  n_renewed++;
  g_print ("# %s\n", path);
}

/* Old, new and difference, for somebody to look at. */
static char *
put_down (const char *name, cairo_surface_t *golden, cairo_surface_t *picture)
{
  const char *wanted = g_getenv ("BIANMIN_GOLDEN_FAILED");
  g_autofree char *folder = wanted != NULL
                              ? g_strdup (wanted)
                              : g_build_filename (g_get_tmp_dir (), "bianmin-golden", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  cairo_surface_t *difference = golden_draw_difference (golden, picture);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (cairo_surface_write_to_png (difference, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (difference);
  return g_steal_pointer (&path);
}

static void
complain (const char *name, const GoldenDifference *found, const char *path)
{
  g_test_message ("%s differs in %u cells, between %d,%d and %d,%d. Old, new and difference: %s",
                  name, found->n_cells, found->x, found->y, found->right, found->bottom, path);
  g_test_message ("If it was meant: look at it, then ./bianmin golden");
  g_test_fail ();
}

static void
check_shot (const char *page, const Shot *shot)
{
  g_autofree char *name = name_shot (page, shot);
  cairo_surface_t *golden = read_golden (name);
  cairo_surface_t *picture = draw_shot (page, shot);
  cairo_surface_t *cells = golden_reduce (picture);
  GoldenDifference found = { 0 };

  if (golden == NULL && !is_renewed)
    {
      g_test_message ("there is no golden picture %s: look at the page, then ./bianmin golden",
                      name);
      g_test_fail ();
    }
  else if (golden == NULL || !golden_compare (golden, cells, &found))
    {
      if (is_renewed)
        write_golden (name, cells);
      else
        {
          g_autofree char *path = put_down (name, golden, picture);

          complain (name, &found, path);
        }
    }
  g_test_message ("%s: %u cells differ", name, found.n_cells);
  g_clear_pointer (&golden, cairo_surface_destroy);
  cairo_surface_destroy (picture);
  cairo_surface_destroy (cells);
}

typedef struct
{
  const char *page;
  guint screen;
} Look;

static void
test_page_looks_otherwise (gconstpointer data)
{
  const Look *look = data;
  Shot shots[MOST_SHOTS];
  const guint n_shots = choose_shots (look->page, shots);

  for (guint i = 0; i < n_shots; i++)
    if (shots[i].screen == look->screen)
      check_shot (look->page, &shots[i]);
}

/* Screen by screen: a window costs more than a page. */
static void
add_looks (char **pages, GArray *looks)
{
  for (guint screen = 0; screen < N_SCREENS; screen++)
    for (guint i = 0; pages[i] != NULL; i++)
      {
        const Look look = { pages[i], screen };
        Shot shots[MOST_SHOTS];
        const guint n_shots = choose_shots (pages[i], shots);
        gboolean is_there = FALSE;

        for (guint k = 0; k < n_shots; k++)
          is_there = is_there || shots[k].screen == screen;
        if (is_there)
          g_array_append_val (looks, look);
      }
  for (guint i = 0; i < looks->len; i++)
    {
      const Look *look = &g_array_index (looks, Look, i);
      g_autofree char *path = g_strdup_printf ("/golden/page-looks-otherwise/%s/%s",
                                               screens[look->screen].name, look->page);

      g_test_add_data_func (path, look, test_page_looks_otherwise);
    }
}

/* A picture that no page has any more says nothing, and somebody might take it for a page. */
static void
test_picture_without_page (void)
{
  g_auto (GStrv) pages = bm_test_list_models ();
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "golden", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  for (guint i = 0; pages[i] != NULL; i++)
    {
      Shot shots[MOST_SHOTS];
      const guint n_shots = choose_shots (pages[i], shots);

      for (guint k = 0; k < n_shots; k++)
        g_hash_table_add (wanted, name_shot (pages[i], &shots[k]));
    }
  g_assert_cmpuint (g_hash_table_size (wanted), >=, LEAST_PICTURES);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_str_has_suffix (name, PICTURE_SUFFIX) || g_hash_table_contains (wanted, name))
        continue;
      if (is_renewed)
        g_assert_cmpint (g_unlink (path), ==, 0);
      else
        g_error ("%s is of no page any more: ./bianmin golden", name);
    }
}

typedef guint Met[N_SCREENS][N_SCALES][N_DRAWN_THEMES];

/* How many pictures are of one screen, size and theme; -1 stands for any. */
static guint
count_met (Met met, int screen, int scale, int theme)
{
  guint n = 0;

  for (int i = 0; i < N_SCREENS; i++)
    for (int s = 0; s < (int) N_SCALES; s++)
      for (int t = 0; t < N_DRAWN_THEMES; t++)
        if ((screen < 0 || screen == i) && (scale < 0 || scale == s) && (theme < 0 || theme == t))
          n += met[i][s][t];
  return n;
}

/* Every theme with every size, every theme with every shape, every size with every shape. */
static void
test_something_is_not_covered (void)
{
  g_auto (GStrv) pages = bm_test_list_models ();
  Met met = { 0 };

  for (guint i = 0; pages[i] != NULL; i++)
    {
      Shot shots[MOST_SHOTS];
      const guint n_shots = choose_shots (pages[i], shots);

      for (guint k = 0; k < n_shots; k++)
        for (guint s = 0; s < N_SCALES; s++)
          if (scales[s] == shots[k].scale)
            met[shots[k].screen][s][shots[k].theme]++;
    }
  for (guint s = 0; s < N_SCALES; s++)
    for (guint t = 0; t < N_DRAWN_THEMES; t++)
      g_assert_cmpuint (count_met (met, -1, (int) s, (int) t), >, 0);
  for (int screen = 0; screen < N_SCREENS; screen++)
    {
      for (guint t = 0; t < N_DRAWN_THEMES; t++)
        g_assert_cmpuint (count_met (met, screen, -1, (int) t), >, 0);
      for (guint s = 0; s < N_SCALES; s++)
        g_assert_cmpuint (count_met (met, screen, (int) s, -1), >, 0);
    }
}

/* Two pictures of one page in the eyes of the gate, the first one as it would be kept. */
static guint
count_cells (cairo_surface_t *one, cairo_surface_t *two)
{
  cairo_surface_t *golden = golden_reduce (one);
  cairo_surface_t *cells = golden_reduce (two);
  GoldenDifference found;

  golden_round (golden);
  golden_compare (golden, cells, &found);
  cairo_surface_destroy (golden);
  cairo_surface_destroy (cells);
  return found.n_cells;
}

/* Another machine's FreeType and settings are not another page. */
static void
test_hinting_is_a_change (void)
{
  static const char *const pages[] = { "home",   "notice", "cases-many", "choice",
                                       "answer", "digits", "desk-case" };
  static const struct
  {
    const char *style;
    const char *rgba;
  } types[] = { { "hintnone", "none" }, { "hintfull", "none" }, { "hintslight", "rgb" } };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      const Shot shot = { g_str_has_prefix (pages[i], "desk-") ? LANDSCAPE : PORTRAIT, 100,
                          BM_THEME_MEDIUM, FALSE };
      cairo_surface_t *usual = draw_shot (pages[i], &shot);

      for (guint t = 0; t < G_N_ELEMENTS (types); t++)
        {
          cairo_surface_t *other;
          guint n_cells;

          set_type (types[t].style, types[t].rgba);
          other = draw_shot (pages[i], &shot);
          n_cells = count_cells (usual, other);
          g_test_message ("%s, %s, %s: %u cells", pages[i], types[t].style, types[t].rgba, n_cells);
          g_assert_cmpuint (n_cells, <=, GOLDEN_MOST_CELLS);
          cairo_surface_destroy (other);
        }
      set_type ("hintslight", "none");
      cairo_surface_destroy (usual);
    }
}

/* @box of the picture again, 2 mm to the right of where it was. */
static void
move_right (cairo_surface_t *surface, const graphene_rect_t *box, int by)
{
  cairo_surface_t *piece =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) box->size.width, (int) box->size.height);
  cairo_t *cr = cairo_create (piece);

  cairo_set_source_surface (cr, surface, -box->origin.x, -box->origin.y);
  cairo_paint (cr);
  cairo_destroy (cr);
  cr = cairo_create (surface);
  cairo_set_source_surface (cr, piece, box->origin.x + by, box->origin.y);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (piece);
}

static void
test_change_is_overlooked (void)
{
  const Shot shot = { PORTRAIT, 100, BM_THEME_MEDIUM, FALSE };
  cairo_surface_t *usual = draw_shot ("confirm", &shot);
  cairo_surface_t *moved = draw_shot ("confirm", &shot);
  cairo_surface_t *other;
  GtkWidget *button =
    bm_test_find (bm_shell_get_page (shell),
                  bm_model_text (json_array_get (json_object_get (bm_shell_get_model (shell),
                                                                  "choices"),
                                                 0),
                                 "id"));
  g_autoptr (GPtrArray) labels = NULL;
  graphene_rect_t box;

  g_assert_nonnull (button);
  g_assert_true (
    gtk_widget_compute_bounds (button, gtk_window_get_child (GTK_WINDOW (shell)), &box));
  g_assert_cmpuint (count_cells (usual, moved), ==, 0);
  move_right (moved, &box, GOLDEN_CELL);
  g_test_message ("moved: %u", count_cells (usual, moved));
  g_assert_cmpuint (count_cells (usual, moved), >, 2 * GOLDEN_MOST_CELLS);
  labels = bm_test_collect (button, GTK_TYPE_LABEL);
  gtk_label_set_text (g_ptr_array_index (labels, 0), "是");
  bm_test_settle (shell);
  other = bm_shell_draw (shell);
  g_test_message ("cut: %u", count_cells (usual, other));
  g_assert_cmpuint (count_cells (usual, other), >, GOLDEN_MOST_CELLS);
  cairo_surface_destroy (other);
  cairo_surface_destroy (usual);
  cairo_surface_destroy (moved);
}

int
main (int argc, char *argv[])
{
  g_auto (GStrv) pages = NULL;
  g_autoptr (GArray) looks = g_array_new (FALSE, FALSE, sizeof (Look));
  int status;

  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
  is_renewed = argc > 1 && g_str_equal (argv[1], "--renew");
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  set_type ("hintslight", "none");
  pages = bm_test_list_models ();
  add_looks (pages, looks);
  g_test_add_func ("/golden/set/picture-without-page", test_picture_without_page);
  g_test_add_func ("/golden/set/something-is-not-covered", test_something_is_not_covered);
  /* The last ones, since settings of type that changed once leave their mark on the windows. */
  g_test_add_func ("/golden/gate/change-is-overlooked", test_change_is_overlooked);
  g_test_add_func ("/golden/gate/hinting-is-a-change", test_hinting_is_a_change);
  status = g_test_run ();
  g_print ("# %u pictures drawn, %u renewed\n", n_drawn, n_renewed);
  g_clear_pointer (&window, gtk_window_destroy);
  bm_test_display_stop ();
  return status;
}
