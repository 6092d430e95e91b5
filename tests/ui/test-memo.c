/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-meter.h"

/* A meter moves in place, says itself without colour and to a screen reader, and goes with its page. */

typedef struct
{
  BmShell *shell;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  gtk_window_present (GTK_WINDOW (fixture->shell));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
}

static GtkWidget *
show_meter (Fixture *fixture, int level, int left)
{
  json_auto_t *model = bm_test_load_model ("memo-talk");

  json_object_set_new (model, "level", json_integer (level));
  json_object_set_new (model, "countdown", json_integer (left));
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  return bm_test_find (GTK_WIDGET (fixture->shell), "meter");
}

/* How many points of the meter are nearly black: the solid bars and the outlines. */
static guint
count_dark (Fixture *fixture, GtkWidget *widget)
{
  cairo_surface_t *surface = bm_shell_draw (fixture->shell);
  graphene_rect_t box;
  guint n = 0;

  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (fixture->shell), &box));
  cairo_surface_flush (surface);
  for (int y = (int) box.origin.y; y < (int) (box.origin.y + box.size.height); y++)
    for (int x = (int) box.origin.x; x < (int) (box.origin.x + box.size.width); x++)
      {
        const guint8 *point = cairo_image_surface_get_data (surface) +
                              y * cairo_image_surface_get_stride (surface) + 4 * x;

        /* The lightness alone, as who sees no colour has it. */
        n += 0.11 * point[0] + 0.59 * point[1] + 0.30 * point[2] < 128;
      }
  cairo_surface_destroy (surface);
  return n;
}

static void
test_moves (Fixture *fixture, gconstpointer data)
{
  GtkWidget *meter = show_meter (fixture, 0, 60);
  GtkWidget *ticking = fixture->shell->page.ticking;
  guint before = count_dark (fixture, meter);

  g_assert_true (BM_IS_METER (meter));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (ticking)), ==, "60");
  for (int level = 1; level <= 10; level++)
    {
      guint now;

      g_assert_true (show_meter (fixture, level, 60 - level) ==
                     meter); /* the page is not made anew */
      g_assert_cmpuint (bm_meter_get_level (BM_METER (meter)), ==, level);
      now = count_dark (fixture, meter);
      g_assert_cmpuint (now, >, before);
      before = now;
    }
  g_assert_true (fixture->shell->page.ticking == ticking);
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (ticking)), ==, "50");
}

static void
test_named (Fixture *fixture, gconstpointer data)
{
  GtkWidget *meter = show_meter (fixture, 4, 30);
  g_autofree char *label =
    gtk_test_accessible_check_property (GTK_ACCESSIBLE (meter), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                        "\001");

  g_assert_true (gtk_test_accessible_has_role (GTK_ACCESSIBLE (meter), GTK_ACCESSIBLE_ROLE_METER));
  g_assert_cmpstr (label, ==, "声音大小");
  gtk_test_accessible_assert_property (meter, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 4.0);
}

static void
test_wiped (Fixture *fixture, gconstpointer data)
{
  gpointer meter = show_meter (fixture, 4, 30);

  g_object_add_weak_pointer (meter, &meter);
  bm_shell_wipe (fixture->shell);
  g_assert_null (meter);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GDK_DEBUG", "gl-disable", TRUE);
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv, NULL);
  ADD ("/memo/moves", test_moves);
  ADD ("/memo/named", test_named);
  ADD ("/memo/wiped", test_wiped);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
