/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/keys.h"
#include "tests/ui/pages-help.h"

#include "ui/widgets/bm-button.h"

/* Six keys, pressed on an X server: everything is reached, in the order of reading, and nothing by accident. */

typedef struct
{
  BmShell *shell;
  GPtrArray *intents;
  guint n_released;
} Fixture;

static const struct
{
  int width;
  int height;
  double pitch;
} shapes[] = { { 1080, 1920, 0.248 }, { 1280, 800, 0.259 } };

static void
on_intent (BmShell *shell, const char *intent, GPtrArray *intents)
{
  if (strstr (intent, "activity") == NULL)
    g_ptr_array_add (intents, g_strdup (intent));
}

static void
on_released (GtkEventControllerKey *controller,
             guint key,
             guint code,
             GdkModifierType modifiers,
             Fixture *fixture)
{
  fixture->n_released++;
}

static void
open_shape (Fixture *fixture, guint shape)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  fixture->shell = g_object_ref_sink (
    bm_shell_new (shapes[shape].pitch, shapes[shape].width, shapes[shape].height));
  fixture->intents = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->shell, "intent", G_CALLBACK (on_intent), fixture->intents);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_released), fixture);
  gtk_widget_add_controller (GTK_WIDGET (fixture->shell), keys);
  gtk_window_present (GTK_WINDOW (fixture->shell));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  open_shape (fixture, GPOINTER_TO_UINT (data));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
  g_ptr_array_unref (fixture->intents);
}

static void
show_at (Fixture *fixture, const char *name, int scale)
{
  json_auto_t *model = bm_test_load_model (name);

  json_object_set_new (bm_model_object (model, "settings"), "scale", json_integer (scale));
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
}

/* A key, and what it does, however late the server brings it. */
static void
press (Fixture *fixture, guint key)
{
  guint n_before = fixture->n_released;

  bm_test_keys_press (key);
  while (fixture->n_released == n_before)
    g_main_context_iteration (NULL, TRUE);
}

static GtkWidget *
focus_of (Fixture *fixture)
{
  return gtk_window_get_focus (GTK_WINDOW (fixture->shell));
}

static const char *
label_of (GtkWidget *button)
{
  return button != NULL ? bm_button_get_name (BM_BUTTON (button)) : "(question)";
}

static void
get_box (Fixture *fixture, GtkWidget *button, graphene_rect_t *ret_box)
{
  g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (fixture->shell), ret_box));
}

/* Whether one reads @two after @one: below it, right of it in the same row, or in a column further right. */
static gboolean
is_read_after (const graphene_rect_t *one, const graphene_rect_t *two)
{
  gboolean is_right = two->origin.x >= one->origin.x + one->size.width - 2;
  gboolean is_below = two->origin.y >= one->origin.y + one->size.height - 2;

  return is_right || is_below;
}

/* Right, from the question round to the question: how many were reached, each once, as they are read. */
static guint
walk (Fixture *fixture, const char *page, GHashTable *reached)
{
  GtkWidget *before = NULL;
  graphene_rect_t one, two;
  guint n = 0;

  g_assert_null (focus_of (fixture));
  while (TRUE)
    {
      GtkWidget *now;

      press (fixture, GDK_KEY_Right);
      now = focus_of (fixture);
      if (now == NULL && n > 0)
        return n;
      g_assert_nonnull (now);
      if (!g_hash_table_add (reached, now))
        g_error ("%s: %s is reached twice before the question", page, label_of (now));
      get_box (fixture, now, &two);
      /* From the last one below it goes round to the band above. */
      if (before != NULL && !is_read_after (&one, &two) && two.origin.y > 120)
        g_error ("%s: %s is not read after %s", page, label_of (now), label_of (before));
      before = now;
      one = two;
      n++;
    }
}

static void
walk_part (Fixture *fixture, const char *page)
{
  g_autoptr (GHashTable) reached = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) buttons = NULL;
  guint n;

  gtk_window_set_focus (GTK_WINDOW (fixture->shell), NULL);
  buttons = bm_test_collect (GTK_WIDGET (fixture->shell), BM_TYPE_BUTTON);
  if (buttons->len == 0)
    return;
  n = walk (fixture, page, reached);
  for (guint b = 0; b < buttons->len; b++)
    {
      if (!g_hash_table_contains (reached, g_ptr_array_index (buttons, b)))
        g_error ("%s: no arrow reaches %s", page, label_of (g_ptr_array_index (buttons, b)));
    }
  g_assert_cmpuint (n, ==, buttons->len);
}

/* Down alone gets out of every page again: no column, grid or keypad is a trap. */
static void
walk_down (Fixture *fixture, const char *page)
{
  guint n = 0;

  gtk_window_set_focus (GTK_WINDOW (fixture->shell), NULL);
  do
    {
      press (fixture, GDK_KEY_Down);
      if (++n > 30)
        g_error ("%s: down never comes back to the question", page);
    }
  while (focus_of (fixture) != NULL);
}

static void
test_arrows_reach_everything (Fixture *fixture, gconstpointer data)
{
  static const int scales[] = { 100, 200 };
  g_auto (GStrv) names = bm_test_list_models ();

  show_at (fixture, "home", 100);
  bm_test_keys_start (fixture->shell);
  for (guint i = 0; names[i] != NULL; i++)
    {
      gboolean is_desk = g_str_has_prefix (names[i], "desk-");

      if (is_desk && shapes[GPOINTER_TO_UINT (data)].width < shapes[GPOINTER_TO_UINT (data)].height)
        continue;
      for (guint s = 0; s < G_N_ELEMENTS (scales); s++)
        {
          show_at (fixture, names[i], scales[s]);
          for (guint part = 0; part < bm_shell_count_parts (fixture->shell); part++)
            {
              bm_shell_set_part (fixture->shell, part);
              bm_test_settle (fixture->shell);
              walk_part (fixture, names[i]);
              walk_down (fixture, names[i]);
            }
        }
    }
  g_assert_cmpuint (fixture->intents->len, ==, 0);
}

/* OK on a page nobody has moved on reads it, and answers nothing. */
static void
test_ok_answers_by_accident (Fixture *fixture, gconstpointer data)
{
  show_at (fixture, "confirm", 100);
  bm_test_keys_start (fixture->shell);
  press (fixture, GDK_KEY_Return);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==, "{\"do\":\"read\",\"version\":1}");
  bm_test_run_for (350);
  press (fixture, GDK_KEY_Down);
  press (fixture, GDK_KEY_Return);
  g_assert_cmpuint (fixture->intents->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 1), ==,
                   "{\"do\":\"choose\",\"choice\":\"yes\",\"version\":1}");
  /* The next page begins at its question again. */
  show_at (fixture, "notice", 100);
  g_assert_null (focus_of (fixture));
}

/* Held for two seconds, or struck twice by a hand that trembles: one. */
static void
test_key_is_held (Fixture *fixture, gconstpointer data)
{
  show_at (fixture, "confirm", 100);
  bm_test_keys_start (fixture->shell);
  press (fixture, GDK_KEY_Up);
  g_assert_cmpstr (label_of (focus_of (fixture)), ==, "字大一点");
  press (fixture, GDK_KEY_Left);
  g_assert_cmpstr (label_of (focus_of (fixture)), ==, "读给我听");
  bm_test_keys_hold (GDK_KEY_Return, 2000);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  bm_test_run_for (350);
  press (fixture, GDK_KEY_Return);
  press (fixture, GDK_KEY_Return);
  bm_test_run_for (100);
  g_assert_cmpuint (fixture->intents->len, ==, 2);
  bm_test_keys_hold (GDK_KEY_F1, 1500);
  g_assert_cmpuint (fixture->intents->len, ==, 3);
}

/* A number by arrows and OK: up and down go by rows, left and right along them. */
static void
test_keypad_by_arrows (Fixture *fixture, gconstpointer data)
{
  static const guint way[] = { GDK_KEY_Down, GDK_KEY_Down, GDK_KEY_Right, GDK_KEY_Return };

  show_at (fixture, "digits-short", 100);
  bm_test_keys_start (fixture->shell);
  for (guint i = 0; i < G_N_ELEMENTS (way); i++)
    press (fixture, way[i]);
  g_assert_cmpstr (label_of (focus_of (fixture)), ==, "5");
  bm_test_run_for (350);
  press (fixture, GDK_KEY_Up);
  g_assert_cmpstr (label_of (focus_of (fixture)), ==, "2");
  press (fixture, GDK_KEY_Return);
  bm_test_run_for (350);
  for (guint i = 0; i < 12 && g_strcmp0 (label_of (focus_of (fixture)), "好了") != 0 &&
                    g_strcmp0 (label_of (focus_of (fixture)), "下一步") != 0;
       i++)
    press (fixture, i < 4 ? GDK_KEY_Down : GDK_KEY_Right);
  press (fixture, GDK_KEY_Return);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==,
                   "{\"do\":\"digits\",\"value\":\"52\",\"version\":1}");
}

/* The ring: on what the focus is on, nowhere else, and still there after a while; a touch leaves none. */
static void
test_ring_goes_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) buttons = NULL;
  guint n_rings = 0;

  show_at (fixture, "choice", 100);
  bm_test_keys_start (fixture->shell);
  press (fixture, GDK_KEY_Down);
  press (fixture, GDK_KEY_Right);
  bm_test_run_for (3500);
  buttons = bm_test_collect (GTK_WIDGET (fixture->shell), BM_TYPE_BUTTON);
  for (guint i = 0; i < buttons->len; i++)
    {
      GtkWidget *button = g_ptr_array_index (buttons, i);

      if (!gtk_widget_has_css_class (button, "ring"))
        continue;
      n_rings++;
      g_assert_true (button == focus_of (fixture));
    }
  g_assert_cmpuint (n_rings, ==, 1);
}

/* A face comes on the screen with its first page: nothing on it has the focus but the question. */
static void
test_first_page_has_a_ring (Fixture *fixture, gconstpointer data)
{
  BmShell *shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  json_auto_t *model = bm_test_load_model ("idle");

  bm_shell_show_page (shell, model);
  gtk_window_present (GTK_WINDOW (shell));
  bm_test_settle (shell);
  g_assert_null (gtk_window_get_focus (GTK_WINDOW (shell)));
  gtk_window_destroy (GTK_WINDOW (shell));
  g_assert_finalize_object (shell);
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
#define ADD(path, shape, func) \
  g_test_add (path, Fixture, GUINT_TO_POINTER (shape), set_up, func, tear_down)
  ADD ("/keys/arrows-reach-everything/upright", 0, test_arrows_reach_everything);
  ADD ("/keys/arrows-reach-everything/wide", 1, test_arrows_reach_everything);
  ADD ("/keys/ok-answers-by-accident", 0, test_ok_answers_by_accident);
  ADD ("/keys/key-is-held", 0, test_key_is_held);
  ADD ("/keys/keypad-by-arrows", 0, test_keypad_by_arrows);
  ADD ("/keys/ring-goes-out", 0, test_ring_goes_out);
  ADD ("/keys/first-page-has-a-ring", 0, test_first_page_has_a_ring);
#undef ADD
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
