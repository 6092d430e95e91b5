/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-photo.h"

#include <string.h>

/* A photo in small: it is seen, has a name for a screen reader, and goes with its page and its session. */

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
show_photo (Fixture *fixture, json_t *model)
{
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  return bm_test_find (GTK_WIDGET (fixture->shell), "photo");
}

/* How many of the points inside a widget are of the colour of the fixture's paper. */
static guint
count_light (Fixture *fixture, GtkWidget *widget)
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

        n += ABS (point[0] - 0xe8) <= 3 && ABS (point[1] - 0xf1) <= 3 && ABS (point[2] - 0xf4) <= 3;
      }
  cairo_surface_destroy (surface);
  return n;
}

static void
test_seen (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *page;
    const char *label;
    guint light;
  } pages[] = { { "photo-taken", "纸的照片", 20000 }, { "readback-photo", "拍了照片", 1000 } };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      json_auto_t *model = bm_test_load_model (pages[i].page);
      GtkWidget *photo = show_photo (fixture, model);
      g_autofree char *label = NULL;

      g_assert_true (BM_IS_PHOTO (photo));
      label = gtk_test_accessible_check_property (GTK_ACCESSIBLE (photo),
                                                  GTK_ACCESSIBLE_PROPERTY_LABEL, "\001");
      g_assert_cmpstr (label, ==, pages[i].label);
      g_assert_cmpuint (count_light (fixture, photo), >, pages[i].light);
    }
}

/* What is no JPEG leaves its place empty, whatever GTK could open. */
static void
test_no_photo (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = { "", "AAAA", "iVBORw0KGgo=", "/9j/2Q==" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      json_auto_t *model = bm_test_load_model ("photo-taken");
      GtkWidget *photo;

      json_object_set_new (model, "photo", json_string (texts[i]));
      photo = show_photo (fixture, model);
      g_assert_nonnull (photo);
      g_assert_cmpuint (count_light (fixture, photo), ==, 0);
    }
}

static void
test_wiped (Fixture *fixture, gconstpointer data)
{
  json_auto_t *model = bm_test_load_model ("photo-taken");
  gpointer photo = show_photo (fixture, model);

  g_object_add_weak_pointer (photo, &photo);
  bm_shell_wipe (fixture->shell);
  g_assert_null (photo);
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
  ADD ("/photo/seen", test_seen);
  ADD ("/photo/no-photo", test_no_photo);
  ADD ("/photo/wiped", test_wiped);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
