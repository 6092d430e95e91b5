/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/pages-help.h"

/* tests/fixtures/pages, or another folder beside it. */
static const char *
get_folder (void)
{
  const char *folder = g_getenv ("BIANMIN_PAGES");

  return folder != NULL ? folder : "pages";
}

static int
compare_names (gconstpointer one, gconstpointer two)
{
  return strcmp (*(const char *const *) one, *(const char *const *) two);
}

/* Every fixture model by name, in order. */
char **
bm_test_list_models (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "fixtures", get_folder (), NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (g_str_has_suffix (name, ".json"))
        g_ptr_array_add (names, g_strndup (name, strlen (name) - strlen (".json")));
    }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* The fixtures are of a bilingual station; any other sends no Chinese below another language. */
static void
drop_chinese (json_t *model)
{
  json_t *choice;
  gsize i;

  if (g_getenv ("BIANMIN_BILINGUAL") != NULL)
    return;
  json_object_del (model, "question_zh");
  json_array_foreach (json_object_get (model, "choices"), i, choice)
    json_object_del (choice, "label_zh");
}

json_t *
bm_test_load_model (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path =
    g_test_build_filename (G_TEST_DIST, "fixtures", get_folder (), file, NULL);
  g_autoptr (GError) error = NULL;
  json_t *model = bm_model_load (path, &error);

  g_assert_no_error (error);
  drop_chinese (model);
  bm_test_disguise (model, g_getenv ("BIANMIN_PSEUDO"));
  return model;
}

static void
on_painted (GdkFrameClock *clock, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Runs the loop until the window was laid out and painted once more. */
void
bm_test_settle (BmShell *shell)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (shell));
  gboolean is_painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &is_painted);

  gtk_widget_queue_draw (GTK_WIDGET (shell));
  while (!is_painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

static void
collect (GtkWidget *widget, GType type, GPtrArray *found)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

GPtrArray *
bm_test_collect (GtkWidget *root, GType type)
{
  GPtrArray *found = g_ptr_array_new ();

  collect (root, type, found);
  return found;
}

GtkWidget *
bm_test_find (GtkWidget *root, const char *name)
{
  g_autoptr (GPtrArray) all = bm_test_collect (root, GTK_TYPE_WIDGET);

  for (guint i = 0; i < all->len; i++)
    {
      if (g_strcmp0 (gtk_widget_get_name (g_ptr_array_index (all, i)), name) == 0)
        return g_ptr_array_index (all, i);
    }
  return NULL;
}
