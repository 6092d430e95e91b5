/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"

#include "ui/style/style-css.h"
#include "ui/widgets/bm-drawing.h"

#include <gtk/gtk.h>

#include <math.h>

/* Gate 4 of the look: contrast is what was promised, in every theme; and every drawing is there. */

static double
contrast (BmTheme theme, BmRole one, BmRole two)
{
  GdkRGBA a, b;

  bm_role_rgba (theme, one, &a);
  bm_role_rgba (theme, two, &b);
  return bm_contrast (&a, &b);
}

static const struct
{
  BmRole text;
  BmRole ground;
} pairs[] = {
  { BM_ROLE_INK, BM_ROLE_GROUND },      { BM_ROLE_INK, BM_ROLE_FRAME },
  { BM_ROLE_INK, BM_ROLE_SURFACE },     { BM_ROLE_ON_PRIMARY, BM_ROLE_PRIMARY },
  { BM_ROLE_ON_HELP, BM_ROLE_HELP },    { BM_ROLE_ON_WAIT, BM_ROLE_WAIT },
  { BM_ROLE_ON_FAULT, BM_ROLE_FAULT },  { BM_ROLE_ON_CHOSEN, BM_ROLE_CHOSEN },
  { BM_ROLE_INK, BM_ROLE_TINT_CERT },   { BM_ROLE_INK, BM_ROLE_TINT_MONEY },
  { BM_ROLE_INK, BM_ROLE_TINT_VOICE },  { BM_ROLE_INK, BM_ROLE_TINT_APPLY },
  { BM_ROLE_INK, BM_ROLE_TINT_CASE },   { BM_ROLE_PRIMARY, BM_ROLE_GROUND },
  { BM_ROLE_PRIMARY, BM_ROLE_SURFACE }, { BM_ROLE_SURFACE, BM_ROLE_INK },
  { BM_ROLE_FOCUS, BM_ROLE_GROUND },    { BM_ROLE_FOCUS, BM_ROLE_FRAME },
};

static void
test_contrast_too_low (void)
{
  static const struct
  {
    double least;
    double most;
  } bounds[BM_N_THEMES] = {
    [BM_THEME_MEDIUM] = { 10.0, 21.0 },          [BM_THEME_HIGH_LIGHT] = { 20.0, 21.0 },
    [BM_THEME_HIGH_DARK] = { 20.0, 21.0 },       [BM_THEME_LOW_GLARE] = { 4.5, 8.0 },
    [BM_THEME_YELLOW_ON_BLACK] = { 19.0, 20.0 },
  };

  for (BmTheme theme = 0; theme < BM_N_THEMES; theme++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
        {
          double found = contrast (theme, pairs[i].text, pairs[i].ground);

          if (found < bounds[theme].least || found > bounds[theme].most + 0.01)
            g_error ("%s: %s on %s is %.2f", bm_theme_name (theme), bm_role_name (pairs[i].text),
                     bm_role_name (pairs[i].ground), found);
        }
      g_assert_cmpfloat (contrast (theme, BM_ROLE_RULE, BM_ROLE_FRAME), >=, 4.5);
      g_assert_cmpfloat (contrast (theme, BM_ROLE_RULE, BM_ROLE_GROUND), >=, 4.5);
    }
}

static guint
count_colours (BmTheme theme)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (BmRole role = 0; role < BM_N_ROLES; role++)
    g_hash_table_add (seen, (gpointer) bm_role_hex (theme, role));
  return g_hash_table_size (seen);
}

/* The expected act is filled and help is not; where there are two colours nothing else tells them apart. */
static void
test_help_looks_like_the_main_act (void)
{
  for (BmTheme theme = 0; theme < BM_N_THEMES; theme++)
    {
      BmMetrics metrics = { .pitch = 0.248, .scale = 100, .theme = theme };
      g_autofree char *css = bm_style_css_new (&metrics);
      g_autofree char *outline =
        g_strdup_printf ("bm-button.help { border-width: %dpx", bm_px (&metrics, 1.5));
      gboolean has_outline = strstr (css, outline) != NULL;

      g_assert_cmpstr (bm_role_hex (theme, BM_ROLE_HELP), !=, bm_role_hex (theme, BM_ROLE_PRIMARY));
      g_assert_cmpint (bm_theme_has_two_colours (theme), ==, count_colours (theme) == 2);
      g_assert_cmpint (has_outline, ==, bm_theme_has_two_colours (theme));
      if (has_outline)
        g_assert_cmpstr (bm_role_hex (theme, BM_ROLE_HELP), ==,
                         bm_role_hex (theme, BM_ROLE_SURFACE));
    }
}

/* Danger fills the screen; whom light hurts is not blinded by it. */
static void
test_glare (void)
{
  static const BmRole large[] = { BM_ROLE_FRAME, BM_ROLE_GROUND, BM_ROLE_SURFACE,
                                  BM_ROLE_WAIT,  BM_ROLE_FAULT,  BM_ROLE_CHOSEN };
  const GdkRGBA black = { 0, 0, 0, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (large); i++)
    {
      GdkRGBA colour;

      bm_role_rgba (BM_THEME_LOW_GLARE, large[i], &colour);
      g_assert_cmpfloat (bm_contrast (&colour, &black), <, 2.5);
    }
}

static gboolean
has_rule (const char *css, const char *selector, const char *what)
{
  const char *rule = strstr (css, selector);
  const char *end = rule != NULL ? strchr (rule, '}') : NULL;
  const char *found = rule != NULL ? strstr (rule, what) : NULL;

  g_assert_nonnull (end);
  return found != NULL && found < end;
}

/* What cannot be pressed has no round corners and no frame; what is chosen has a frame and a line that nothing else has. */
static void
test_shapes (void)
{
  static const char *const notices[] = { "\n.notice {", "\n.fault {", "\n.desk .asks {" };
  BmMetrics metrics = { .pitch = 0.259, .scale = 100, .is_desk = TRUE };
  g_autofree char *css = bm_style_css_new (&metrics);
  g_autofree char *frame = g_strdup_printf ("border: %dpx solid", bm_px (&metrics, 2.25));
  g_autofree char *line = g_strdup_printf ("border-bottom-width: %dpx", bm_px (&metrics, 4));

  for (guint i = 0; i < G_N_ELEMENTS (notices); i++)
    {
      g_assert_false (has_rule (css, notices[i], "border-radius"));
      g_assert_false (has_rule (css, notices[i], "border:"));
      g_assert_false (has_rule (css, notices[i], "border-bottom"));
    }
  g_assert_true (has_rule (css, "\n.desk bm-button.chosen", frame));
  g_assert_true (has_rule (css, "\n.desk bm-button.chosen", line));
}

static void
test_contrast_formula (void)
{
  GdkRGBA black = { 0, 0, 0, 1 };
  GdkRGBA white = { 1, 1, 1, 1 };

  g_assert_cmpfloat_with_epsilon (bm_contrast (&black, &white), 21.0, 0.001);
  g_assert_cmpfloat_with_epsilon (bm_contrast (&white, &white), 1.0, 0.001);
}

static void
test_pixels_round_up (void)
{
  BmMetrics metrics = { .pitch = 0.248, .scale = 100 };

  /* 40 pixels would give a capital of 7.19 mm. */
  g_assert_cmpint (bm_type_px (&metrics, BM_TYPE_BODY, 1), ==, 41);
  g_assert_cmpint (bm_px (&metrics, BM_MM_TARGET), ==, 81);
  for (BmType type = 0; type < BM_N_TYPES; type++)
    {
      double before = 0;
      static const guint scales[] = { 100, 125, 150, 200 };

      for (guint i = 0; i < G_N_ELEMENTS (scales); i++)
        {
          metrics.scale = scales[i];
          g_assert_cmpfloat (bm_type_em_mm (&metrics, type), >=, before);
          before = bm_type_em_mm (&metrics, type);
        }
    }
}

/* A nearer screen is set smaller, but not what a finger has to hit, and no letters below 4.8 mm. */
static void
test_nearer_screen (void)
{
  BmMetrics far = { .pitch = 0.248, .scale = 100, .distance = 600 };
  BmMetrics close = { .pitch = 0.18, .scale = 100, .distance = 435 };
  BmMetrics hand = { .pitch = 0.17, .scale = 100, .distance = 400 };
  BmMetrics unsaid = { .pitch = 0.248, .scale = 100 };

  g_assert_cmpint (bm_type_px (&unsaid, BM_TYPE_BODY, 1), ==, bm_type_px (&far, BM_TYPE_BODY, 1));
  g_assert_cmpint (bm_px (&unsaid, BM_MM_ANSWER), ==, bm_px (&far, BM_MM_ANSWER));
  /* As many pixels, since 0.18 is to 0.248 as 435 to 600. */
  g_assert_cmpint (bm_type_px (&close, BM_TYPE_BODY, 1), ==, 41);
  g_assert_cmpint (bm_px (&close, BM_MM_ANSWER), ==, bm_px (&far, BM_MM_ANSWER));
  g_assert_cmpfloat_with_epsilon (bm_mm (&close, 1080), bm_mm (&far, 1080), 1);
  g_assert_cmpfloat (bm_px (&close, BM_MM_TARGET) * close.pitch, >=, 20);
  g_assert_cmpfloat (bm_px (&close, BM_MM_MIN_GAP) * close.pitch, >=, 4);
  g_assert_cmpfloat (bm_px (&hand, BM_MM_DESK_TARGET) * hand.pitch, >=, 12);
  g_assert_cmpfloat (bm_type_px (&close, BM_TYPE_STATUS, 1) * close.pitch * 0.733, >=, 4.8);
  g_assert_cmpfloat (bm_px_at_least (&close, 36, BM_MM_LEAST_CODE) * close.pitch, >=, 36);
}

static void
on_parsing_error (GtkCssProvider *provider, GtkCssSection *section, GError *error, gpointer data)
{
  g_autofree char *where = gtk_css_section_to_string (section);

  g_error ("%s: %s", where, error->message);
}

static void
test_sheet_parses (void)
{
  for (BmTheme theme = 0; theme < BM_N_THEMES; theme++)
    {
      BmMetrics metrics = { .pitch = 0.248, .scale = 200, .theme = theme };
      g_autofree char *css = bm_style_css_new (&metrics);
      g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

      g_signal_connect (provider, "parsing-error", G_CALLBACK (on_parsing_error), NULL);
      gtk_css_provider_load_from_data (provider, css, -1);
      g_assert_null (strstr (css, "{px"));
      g_assert_nonnull (strstr (css, bm_role_hex (theme, BM_ROLE_PRIMARY)));
    }
}

static void
test_drawing_missing (void)
{
  BmDrawingColours colours = { .ink = { 0, 0, 0, 1 }, .has_tint = FALSE };
  g_autofree char *folder = bm_assets_path ("icons", "");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;
  guint n_files = 0;

  for (const char *const *name = bm_drawing_list (); *name != NULL; name++)
    {
      g_autoptr (GdkTexture) texture =
        bm_drawing_load (*name, 64, 64, BM_FIT_CONTAIN, FALSE, &colours);

      g_assert_nonnull (texture);
    }
  g_assert_nonnull (dir);
  while ((file = g_dir_read_name (dir)) != NULL)
    n_files += g_str_has_suffix (file, ".svg");
  g_assert_cmpuint (n_files, ==, g_strv_length ((char **) bm_drawing_list ()));
  g_assert_false (bm_drawing_is_known ("../demo/enrolment"));
  g_assert_false (bm_drawing_is_known (NULL));
}

/* A drawing has the ink it is given, and no other colour where it has no tint. */
static void
test_drawing_has_its_colours (void)
{
  BmDrawingColours colours = { .ink = { 1, 0, 0, 1 }, .has_tint = FALSE };
  g_autoptr (GdkTexture) texture =
    bm_drawing_load ("svc-cert", 64, 64, BM_FIT_CONTAIN, FALSE, &colours);
  g_autofree guint32 *pixels = g_new0 (guint32, 64 * 64);
  guint n_ink = 0;

  gdk_texture_download (texture, (guchar *) pixels, 64 * 4);
  for (guint i = 0; i < 64 * 64; i++)
    {
      g_assert_cmpuint (pixels[i] & 0x0000ffff, ==, 0);
      n_ink += (pixels[i] >> 24) == 0xff;
    }
  g_assert_cmpuint (n_ink, >, 200);
}

int
main (int argc, char *argv[])
{
  int status;

  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  g_test_add_func ("/style/contrast-too-low", test_contrast_too_low);
  g_test_add_func ("/style/help-looks-like-the-main-act", test_help_looks_like_the_main_act);
  g_test_add_func ("/style/glare", test_glare);
  g_test_add_func ("/style/shapes", test_shapes);
  g_test_add_func ("/style/contrast-formula", test_contrast_formula);
  g_test_add_func ("/style/pixels-round-up", test_pixels_round_up);
  g_test_add_func ("/style/nearer-screen", test_nearer_screen);
  g_test_add_func ("/style/sheet-parses", test_sheet_parses);
  g_test_add_func ("/style/drawing-missing", test_drawing_missing);
  g_test_add_func ("/style/drawing-has-its-colours", test_drawing_has_its_colours);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
