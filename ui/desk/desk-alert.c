/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"
#include "ui/widgets/bm-picture.h"

/*
 * Danger: nothing else is on the screen, and it rings for as long as the model says so. The ring is the
 * display's bell, since the desk has no voice: what the desk says, the hall would hear.
 */

#define RING_MS     1500
#define RING_SOURCE "bm-ring"

static void
ring (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);

  if (native != NULL && gtk_native_get_surface (native) != NULL)
    gdk_surface_beep (gtk_native_get_surface (native));
}

static gboolean
on_ring (gpointer user_data)
{
  ring (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_map (GtkWidget *widget, gpointer user_data)
{
  guint source = g_timeout_add (RING_MS, on_ring, widget);

  ring (widget);
  g_object_set_data (G_OBJECT (widget), RING_SOURCE, GUINT_TO_POINTER (source));
}

static void
on_unmap (GtkWidget *widget, gpointer user_data)
{
  guint source = GPOINTER_TO_UINT (g_object_steal_data (G_OBJECT (widget), RING_SOURCE));

  if (source != 0)
    g_source_remove (source);
}

static void
on_clicked (GtkButton *button, BmPage *page)
{
  page->choose (gtk_widget_get_name (GTK_WIDGET (button)), page->user_data);
}

static GtkWidget *
new_act (BmPage *page, json_t *choice)
{
  BmButtonSpec spec = {
    .label = bm_model_text (choice, "label"),
    .icon = bm_model_string (choice, "icon"),
    .shape = BM_BUTTON_INLINE,
    .type = BM_TYPE_ANSWER,
    .icon_mm = 16,
    .min_width_mm = BM_MM_TARGET,
    .min_height_mm = page->level == 0   ? 40
                     : page->level == 1 ? 30
                                        : 24,
  };
  GtkWidget *button = bm_button_new (&page->metrics, &spec);

  gtk_widget_set_name (button, bm_model_text (choice, "id"));
  gtk_widget_set_hexpand (button, TRUE);
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), page);
  return button;
}

static GtkWidget *
new_acts (BmPage *page)
{
  GtkWidget *row =
    gtk_box_new (page->metrics.is_landscape ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL,
                 bm_part_px (page, BM_MM_GAP));

  gtk_box_set_homogeneous (GTK_BOX (row), TRUE);
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE); i++)
    gtk_box_append (GTK_BOX (row), new_act (page, bm_model_item (page->model, "choices", i)));
  return row;
}

static GtkWidget *
new_words (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, bm_part_px (page, BM_MM_GAP));
  const char *icon = bm_model_string (page->model, "picture");
  BmType type = page->metrics.is_landscape && page->level < 2 ? BM_TYPE_HERO : BM_TYPE_TILE;
  GtkWidget *question = bm_desk_question (page, type);

  if (page->level < 3)
    {
      GtkWidget *picture = bm_picture_new (&page->metrics, icon != NULL ? icon : "warn",
                                           page->level == 0 ? 40 : 20, BM_ROLE_FAULT);

      bm_picture_set_ink (BM_PICTURE (picture), BM_ROLE_ON_FAULT);
      gtk_widget_set_halign (picture, GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (box), picture);
    }
  gtk_box_append (GTK_BOX (box), question);
  for (guint i = 0; i < bm_page_count (page, BM_ATOM_LINE); i++)
    gtk_box_append (GTK_BOX (box),
                    bm_desk_text (bm_model_text (bm_model_item (page->model, "lines", i), "text"),
                                  BM_TYPE_ANSWER, TRUE));
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_vexpand (box, TRUE);
  return box;
}

/**
 * bm_desk_make_danger:
 * @page: an attempt
 * @box: the whole of it
 *
 * Makes it look and ring like what it is.
 */
void
bm_desk_make_danger (BmPage *page, GtkWidget *box)
{
  gtk_widget_add_css_class (box, "danger");
  if (g_strcmp0 (bm_model_string (page->model, "earcon"), "attention") == 0)
    {
      g_signal_connect (box, "map", G_CALLBACK (on_map), NULL);
      g_signal_connect (box, "unmap", G_CALLBACK (on_unmap), NULL);
    }
}

GtkWidget *
bm_desk_alert_build (BmPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *words = new_words (page);
  GtkWidget *acts = new_acts (page);

  bm_desk_make_danger (page, box);
  bm_desk_set_margins (page, words, BM_MM_MARGIN, 4);
  bm_desk_set_margins (page, acts, BM_MM_MARGIN, BM_MM_MARGIN);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), acts);
  return box;
}
