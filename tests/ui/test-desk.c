/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-text.h"

#include <math.h>

/*
 * The desk at every size of letters: all that its page says is on one part or another, and what is counted can be
 * reached. How that is set, ui-pages looks at.
 */

/* Something is typed on these, is left to do, or is looked through: where letters leave no room for what is true of the station, and it
 * would part what belongs together, it is not said there, but one step back. */
static const char *const without_about[] = { "desk-behalf-until", "desk-cases", "desk-contact",
                                             "desk-pin",          "desk-text",  "desk-text-full",
                                             "desk-visits",       NULL };

static void
on_intent (BmShell *shell, const char *intent, char **last)
{
  g_free (*last);
  *last = g_strdup (intent);
}

static void
show (BmShell *shell, const char *name, guint scale)
{
  json_auto_t *model = bm_test_load_model (name);

  json_object_set_new (bm_model_object (model, "settings"), "scale", json_integer (scale));
  bm_shell_show_page (shell, model);
}

/* Everything that stands on any part, as one string. */
static char *
dup_words (BmShell *shell)
{
  GString *words = g_string_new (NULL);

  for (guint part = 0; part < bm_shell_count_parts (shell); part++)
    {
      g_autoptr (GPtrArray) labels = NULL;

      bm_shell_set_part (shell, part);
      bm_test_settle (shell);
      labels = bm_test_collect (GTK_WIDGET (shell), GTK_TYPE_LABEL);
      for (guint i = 0; i < labels->len; i++)
        {
          g_autofree char *line =
            bm_text_on_one_line (gtk_label_get_text (g_ptr_array_index (labels, i)));

          g_string_append_printf (words, "%s\n", line);
        }
      /* On each part there is the way to other sizes. */
      g_assert_nonnull (bm_test_find (GTK_WIDGET (shell), "frame-bigger"));
    }
  return g_string_free (words, FALSE);
}

/* Of one that has one of these, its words are for people. */
static void
check_object (json_t *object, const char *words, const char *where)
{
  static const char *const keys[] = { "text",  "label",   "value", "title", "note",  "act",
                                      "name",  "about",   "step",  "sees",  "asks",  "waits",
                                      "total", "oldest",  "link",  "staff", "clock", "demo_label",
                                      "next",  "printer", "why" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = bm_text_on_one_line (bm_model_string (object, keys[i]));
      /* Each may be on a part of its own. */
      g_auto (GStrv) sentences = g_regex_split_simple ("[，。；]", text, 0, 0);

      for (guint k = 0; sentences[k] != NULL; k++)
        if (strstr (words, sentences[k]) == NULL)
          g_error ("%s does not say '%s'", where, sentences[k]);
    }
}

static void
check_list (json_t *list, const char *words, const char *where)
{
  for (gsize i = 0; i < json_array_size (list); i++)
    check_object (json_array_get (list, i), words, where);
}

static void
check_model (BmShell *shell, const char *name, guint scale)
{
  g_autofree char *where = g_strdup_printf ("%s at %u %%", name, scale);
  g_autofree char *words = NULL;
  json_t *model, *desk, *hall, *waiting;

  show (shell, name, scale);
  words = dup_words (shell);
  model = bm_shell_get_model (shell);
  desk = bm_model_object (model, "desk");
  hall = bm_model_object (desk, "hall");
  waiting = bm_model_object (desk, "waiting");
  check_list (json_object_get (model, "lines"), words, where);
  check_list (json_object_get (model, "facts"), words, where);
  check_list (json_object_get (model, "choices"), words, where);
  if (strstr (words, bm_model_text (bm_model_object (model, "station"), "clock")) != NULL)
    {
      check_object (bm_model_object (model, "station"), words, where);
      check_object (desk, words, where);
    }
  else if (!g_strv_contains (without_about, name))
    g_error ("%s does not say what is true of the station", where);
  if (!g_str_equal (bm_model_text (model, "template"), "desk-today"))
    return;
  check_object (hall, words, where);
  check_list (json_object_get (hall, "facts"), words, where);
  check_object (waiting, words, where);
  check_list (json_object_get (waiting, "rows"), words, where);
}

static void
test_words_are_lost (void)
{
  static const guint scales[] = { 125, 150, 200 };
  BmShell *shell = bm_shell_new (0.259, 1280, 800);
  g_auto (GStrv) names = bm_test_list_models ();
  guint n_seen = 0;

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; names[i] != NULL; i++)
    {
      json_auto_t *model = bm_test_load_model (names[i]);
      const char *template_name = bm_model_text (model, "template");

      /* Of danger nothing else is shown, not even how large letters are. */
      if (!g_str_has_prefix (template_name, "desk-") || g_str_equal (template_name, "desk-alert"))
        continue;
      check_model (shell, names[i], scales[n_seen % G_N_ELEMENTS (scales)]);
      n_seen++;
    }
  g_assert_cmpuint (n_seen, >=, 20);
  check_model (shell, "desk-attends", 125);
  check_model (shell, "desk-attends", 200);
  gtk_window_destroy (GTK_WINDOW (shell));
}

static gboolean
is_desk_page (const char *name)
{
  json_auto_t *model = bm_test_load_model (name);
  const char *template_name = bm_model_text (model, "template");

  return g_str_has_prefix (template_name, "desk-") && !g_str_equal (template_name, "desk-alert");
}

/* Each kind of what waits has its words and its act on some turn or part, be letters as usual or as large as can be. */
static void
check_rows (BmShell *shell, const char *name, guint scale)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *words = NULL;
  json_t *rows;

  show (shell, name, scale);
  rows = json_object_get (bm_model_object (bm_model_object (bm_shell_get_model (shell), "desk"),
                                           "waiting"),
                          "rows");
  words = dup_words (shell);
  check_list (rows, words, name);
  for (guint part = 0; part < bm_shell_count_parts (shell); part++)
    {
      bm_shell_set_part (shell, part);
      bm_test_settle (shell);
      for (gsize i = 0; i < json_array_size (rows); i++)
        {
          const char *id = bm_model_text (json_array_get (rows, i), "choice");

          if (*id != '\0' && bm_test_find (GTK_WIDGET (shell), id) != NULL)
            g_hash_table_add (seen, g_strdup (id));
        }
    }
  for (gsize i = 0; i < json_array_size (rows); i++)
    {
      const char *id = bm_model_text (json_array_get (rows, i), "choice");

      if (*id != '\0' && !g_hash_table_contains (seen, id))
        g_error ("%s at %u %%: '%s' cannot be reached", name, scale, id);
    }
}

/* Every part is reached by the buttons alone, from the first one on. */
static void
check_turns (BmShell *shell, const char *name, guint scale)
{
  guint n_parts;

  show (shell, name, scale);
  bm_shell_set_part (shell, 0); /* the same page again stays where it was */
  n_parts = bm_shell_count_parts (shell);
  for (guint part = 0; part < n_parts; part++)
    {
      GtkWidget *next;

      bm_test_settle (shell);
      g_assert_cmpint (bm_test_find (GTK_WIDGET (shell), "frame-part-back") != NULL, ==, part > 0);
      next = bm_test_find (GTK_WIDGET (shell), "frame-part-next");
      g_assert_cmpint (next != NULL, ==, part + 1 < n_parts);
      if (next != NULL)
        g_signal_emit_by_name (next, "clicked");
    }
}

static void
test_counted_but_not_reached (void)
{
  static const guint scales[] = { 100, 125, 200 };
  static const char *const names[] = { "desk-attends", "desk-alarm", "desk-quiet" };
  BmShell *shell = bm_shell_new (0.259, 1280, 800);

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint k = 0; k < G_N_ELEMENTS (scales); k++)
      {
        check_rows (shell, names[i], scales[k]);
        check_turns (shell, names[i], scales[k]);
      }
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* Whether what is true of the station is here, and not alone below the question. */
static gboolean
check_about (BmShell *shell, const char *where)
{
  GtkWidget *about = bm_test_find (GTK_WIDGET (shell), "about");
  GtkWidget *before = about != NULL ? gtk_widget_get_prev_sibling (about) : NULL;

  if (about == NULL)
    return FALSE;
  if (before == NULL ||
      gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (before)) == GTK_ACCESSIBLE_ROLE_HEADING)
    g_error ("%s: what is true of the station stands alone", where);
  return TRUE;
}

static void
test_status_stands_alone (void)
{
  static const guint scales[] = { 150, 200 };
  BmShell *shell = bm_shell_new (0.259, 1280, 800);
  g_auto (GStrv) names = bm_test_list_models ();

  gtk_window_present (GTK_WINDOW (shell));
  for (guint i = 0; names[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (scales) && is_desk_page (names[i]); k++)
      {
        g_autofree char *where = g_strdup_printf ("%s at %u %%", names[i], scales[k]);
        guint n_said = 0;

        show (shell, names[i], scales[k]);
        for (guint part = 0; part < bm_shell_count_parts (shell); part++)
          {
            bm_shell_set_part (shell, part);
            bm_test_settle (shell);
            n_said += check_about (shell, where);
          }
        g_assert_cmpuint (n_said, <=, 1);
      }
  gtk_window_destroy (GTK_WINDOW (shell));
}

static GtkWidget *
find_label (BmShell *shell, const char *text)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (GTK_WIDGET (shell), GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    if (g_str_equal (gtk_label_get_text (g_ptr_array_index (labels, i)), text))
      return g_ptr_array_index (labels, i);
  return NULL;
}

static graphene_rect_t
box_of (BmShell *shell, GtkWidget *widget)
{
  graphene_rect_t box;

  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (shell), &box));
  return box;
}

/* However long a name is, what is said of it stands below what is said of the others; one column of a page or two. */
static guint
check_columns (BmShell *shell, double *columns, guint n_columns)
{
  json_t *facts = json_object_get (bm_shell_get_model (shell), "facts");
  guint n_seen = 0;

  for (gsize i = 0; i < json_array_size (facts); i++)
    {
      GtkWidget *name = find_label (shell, bm_model_text (json_array_get (facts, i), "label"));
      guint column = n_columns > 1 ? i % n_columns : 0;
      double x;

      if (name == NULL)
        continue;
      x = box_of (shell, gtk_widget_get_next_sibling (name)).origin.x;
      if (columns[column] > 0 && fabs (columns[column] - x) > 2)
        g_error ("'%s' is at %.0f, others at %.0f", gtk_label_get_text (GTK_LABEL (name)), x,
                 columns[column]);
      columns[column] = x;
      n_seen++;
    }
  return n_seen;
}

static void
test_columns_are_lost (void)
{
  static const guint scales[] = { 100, 125, 200 };
  BmShell *shell = bm_shell_new (0.259, 1280, 800);

  gtk_window_present (GTK_WINDOW (shell));
  for (guint k = 0; k < G_N_ELEMENTS (scales); k++)
    {
      double columns[2] = { 0 };
      guint n_seen = 0;

      show (shell, "desk-due", scales[k]);
      for (guint part = 0; part < bm_shell_count_parts (shell); part++)
        {
          bm_shell_set_part (shell, part);
          bm_test_settle (shell);
          n_seen += check_columns (shell, columns, bm_shell_count_parts (shell) == 1 ? 2 : 1);
        }
      g_assert_cmpuint (n_seen, ==, bm_model_length (bm_shell_get_model (shell), "facts"));
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* How far a list looks is above it, and its next page is at the end of the last part, where 往下看 was. */
static void
test_ways_of_a_list (void)
{
  static const guint scales[] = { 100, 125, 150, 200 };
  BmShell *shell = bm_shell_new (0.259, 1280, 800);

  gtk_window_present (GTK_WINDOW (shell));
  for (guint k = 0; k < G_N_ELEMENTS (scales); k++)
    {
      GtkWidget *span, *first, *turn, *back;

      show (shell, "desk-due", scales[k]);
      bm_shell_set_part (shell, 0);
      bm_test_settle (shell);
      span = bm_test_find (GTK_WIDGET (shell), "within:60");
      first = find_label (shell, "郑六");
      g_assert_nonnull (span);
      g_assert_nonnull (first);
      g_assert_cmpfloat (box_of (shell, span).origin.y, <, box_of (shell, first).origin.y);
      bm_shell_set_part (shell, bm_shell_count_parts (shell) - 1);
      bm_test_settle (shell);
      turn = bm_test_find (GTK_WIDGET (shell), "turn:on");
      back = bm_test_find (GTK_WIDGET (shell), "frame-back");
      g_assert_nonnull (turn);
      g_assert_nonnull (back);
      g_assert_cmpfloat_with_epsilon (box_of (shell, turn).origin.y, box_of (shell, back).origin.y,
                                      box_of (shell, back).size.height);
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* 字号 asks the station, which keeps it for that helper; the part that was read stays if it is still there. */
static void
test_one_press (void)
{
  BmShell *shell = bm_shell_new (0.259, 1280, 800);
  g_autofree char *last = NULL;

  g_signal_connect (shell, "intent", G_CALLBACK (on_intent), &last);
  gtk_window_present (GTK_WINDOW (shell));
  show (shell, "desk-attends", 100);
  bm_test_settle (shell);
  g_signal_emit_by_name (bm_test_find (GTK_WIDGET (shell), "frame-bigger"), "clicked");
  g_assert_cmpstr (last, ==, "{\"do\":\"bigger\",\"version\":1}");
  show (shell, "desk-case", 200);
  g_assert_cmpuint (bm_shell_count_parts (shell), >, 1);
  show (shell, "desk-case", 100);
  g_assert_cmpuint (bm_shell_count_parts (shell), ==, 1);
  gtk_window_destroy (GTK_WINDOW (shell));
}

/* Whoever reads the third part of a list can still do what the person in the hall waits for. */
static void
test_witness_on_each_part (void)
{
  BmShell *shell = bm_shell_new (0.259, 1280, 800);

  gtk_window_present (GTK_WINDOW (shell));
  show (shell, "desk-attends", 200);
  for (guint part = 0; part < bm_shell_count_parts (shell); part++)
    {
      bm_shell_set_part (shell, part);
      bm_test_settle (shell);
      g_assert_nonnull (bm_test_find (GTK_WIDGET (shell), "witness"));
      g_assert_nonnull (bm_test_find (GTK_WIDGET (shell), "cannot"));
    }
  gtk_window_destroy (GTK_WINDOW (shell));
}

int
main (int argc, char *argv[])
{
  int status;

  g_setenv ("GTK_A11Y", "test", TRUE);
  if (!bm_test_display_start ())
    {
      g_print ("Bail out! Xvfb cannot be started\n");
      return 1;
    }
  gtk_test_init (&argc, &argv);
  g_test_add_func ("/desk/words-are-lost", test_words_are_lost);
  g_test_add_func ("/desk/counted-but-not-reached", test_counted_but_not_reached);
  g_test_add_func ("/desk/status-stands-alone", test_status_stands_alone);
  g_test_add_func ("/desk/columns-are-lost", test_columns_are_lost);
  g_test_add_func ("/desk/ways-of-a-list", test_ways_of_a_list);
  g_test_add_func ("/desk/one-press", test_one_press);
  g_test_add_func ("/desk/witness-on-each-part", test_witness_on_each_part);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
