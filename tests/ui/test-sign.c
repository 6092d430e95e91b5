/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/pages-help.h"

#include "core/strokes/strokes.h"
#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-ink-view.h"

#include <string.h>

/* What a finger writes: it is sent whole, outlives what only sets the page anew, and nothing else. */

typedef struct
{
  BmShell *shell;
  GPtrArray *intents;
} Fixture;

static void
on_intent (BmShell *shell, const char *intent, GPtrArray *intents)
{
  g_ptr_array_add (intents, g_strdup (intent));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  fixture->intents = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->shell, "intent", G_CALLBACK (on_intent), fixture->intents);
  gtk_window_present (GTK_WINDOW (fixture->shell));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
  g_ptr_array_unref (fixture->intents);
}

static void
show (Fixture *fixture, json_t *model)
{
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
}

static void
show_named (Fixture *fixture, const char *name)
{
  json_auto_t *model = bm_test_load_model (name);

  show (fixture, model);
}

static void
press (Fixture *fixture, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (fixture->shell), name);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

static gboolean
can_go_on (Fixture *fixture)
{
  return !bm_button_is_off (BM_BUTTON (bm_test_find (GTK_WIDGET (fixture->shell), "frame-next")));
}

static gboolean
has_words (Fixture *fixture, const char *words)
{
  g_autoptr (GPtrArray) labels = bm_test_collect (GTK_WIDGET (fixture->shell), GTK_TYPE_LABEL);

  for (guint i = 0; i < labels->len; i++)
    if (gtk_widget_get_opacity (g_ptr_array_index (labels, i)) > 0 &&
        g_str_equal (gtk_label_get_text (g_ptr_array_index (labels, i)), words))
      return TRUE;
  return FALSE;
}

static void
draw (Fixture *fixture, guint n, guint32 at)
{
  BmInk *ink = fixture->shell->page.ink;

  bm_ink_down (ink, 23000, 12000, 3000, 3000, at);
  for (guint i = 1; i < n; i++)
    bm_ink_move (ink, 3000 + 30 * (int) i, 3000 + (int) (i % 40) * 20, at + 8 * i);
  bm_ink_up (ink);
}

static BmStrokes *
take_strokes (Fixture *fixture, guint index)
{
  json_auto_t *intent = json_loads (g_ptr_array_index (fixture->intents, index), 0, NULL);
  BmStrokes *strokes;

  g_assert_cmpstr (bm_model_text (intent, "do"), ==, "sign");
  strokes = bm_strokes_parse (bm_model_text (intent, "strokes"), NULL);
  g_assert_nonnull (strokes);
  return strokes;
}

/* Neither nothing nor a dot is sent; what is missing stands there. */
static void
test_too_little (Fixture *fixture, gconstpointer data)
{
  show_named (fixture, "signature");
  g_assert_true (has_words (fixture, "用手指写在这里，\n画一个圈也行"));
  g_assert_false (can_go_on (fixture));
  press (fixture, "frame-next");
  g_assert_true (has_words (fixture, "还没有看到字。\n请用手指写在框里。"));
  draw (fixture, 1, 1000);
  g_assert_false (has_words (fixture, "还没有看到字。\n请用手指写在框里。"));
  press (fixture, "frame-next");
  g_assert_true (has_words (fixture, "还没有看到字。\n请用手指写在框里。"));
  g_assert_cmpuint (fixture->intents->len, ==, 0);
}

/* Every point with its time, also those of a hand that rests in between; the clock of the server may go round. */
static void
test_written (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmStrokes) strokes = NULL;
  const BmStrokePoint *points;
  guint n;

  show_named (fixture, "signature");
  draw (fixture, 300, G_MAXUINT32 - 1000);
  draw (fixture, 20, 3000);
  g_assert_true (can_go_on (fixture));
  press (fixture, "frame-next");
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  strokes = take_strokes (fixture, 0);
  g_assert_cmpuint (bm_strokes_count (strokes), ==, 2);
  points = bm_strokes_get (strokes, 0, &n);
  g_assert_cmpuint (n, ==, 300);
  g_assert_cmpuint (points[299].t, ==, 299 * 8);
  points = bm_strokes_get (strokes, 1, &n);
  g_assert_cmpuint (n, ==, 20);
  g_assert_cmpuint (points[0].t, ==, 4001);
}

static void
test_cleared (Fixture *fixture, gconstpointer data)
{
  show_named (fixture, "signature");
  draw (fixture, 200, 1000);
  press (fixture, "ink-clear");
  g_assert_true (bm_ink_is_empty (fixture->shell->page.ink));
  g_assert_false (can_go_on (fixture));
  g_assert_cmpuint (fixture->intents->len, ==, 0);
}

/* Larger letters, 已叫人, how it is read: the same person still writes the same. */
static void
test_set_anew (Fixture *fixture, gconstpointer data)
{
  json_auto_t *larger = bm_test_load_model ("signature");
  json_auto_t *over = bm_test_load_model ("choice");

  show_named (fixture, "signature");
  draw (fixture, 200, 1000);
  json_object_set_new (bm_model_object (larger, "settings"), "scale", json_integer (200));
  show (fixture, larger);
  g_assert_true (can_go_on (fixture));
  json_object_set_new (over, "covers", json_string ("sign"));
  show (fixture, over);
  g_assert_null (fixture->shell->page.ink);
  show_named (fixture, "signature");
  g_assert_true (can_go_on (fixture));
}

/* The next signature begins with an empty field, and so does the same one after another page. */
static void
test_another (Fixture *fixture, gconstpointer data)
{
  json_auto_t *other = bm_test_load_model ("signature");

  show_named (fixture, "signature");
  draw (fixture, 200, 1000);
  json_object_set_new (bm_model_object (other, "input"), "field", json_string ("y.other"));
  show (fixture, other);
  g_assert_true (bm_ink_is_empty (fixture->shell->page.ink));
  draw (fixture, 200, 1000);
  show_named (fixture, "confirm");
  show (fixture, other);
  g_assert_true (bm_ink_is_empty (fixture->shell->page.ink));
}

/* What was written before is confirmed as it is; a stroke begins it anew. */
static void
test_given (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BmStrokes) strokes = NULL;

  show_named (fixture, "signature-written");
  g_assert_true (can_go_on (fixture));
  press (fixture, "frame-next");
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==, "{\"do\":\"next\",\"version\":1}");
  show_named (fixture, "confirm");
  show_named (fixture, "signature-written");
  draw (fixture, 100, 1000);
  press (fixture, "frame-next");
  strokes = take_strokes (fixture, 1);
  g_assert_cmpuint (bm_strokes_count (strokes), ==, 1);
}

/* No room for more: that is said, and nothing is sent until it is written anew. */
static void
test_too_much (Fixture *fixture, gconstpointer data)
{
  show_named (fixture, "signature");
  draw (fixture, BM_STROKES_MAX_POINTS + 5, 1000);
  g_assert_false (can_go_on (fixture));
  g_assert_true (has_words (fixture, "写得太多了，\n请按重写，再写一遍。"));
  press (fixture, "frame-next");
  g_assert_cmpuint (fixture->intents->len, ==, 0);
  press (fixture, "ink-clear");
  draw (fixture, 100, 200000);
  press (fixture, "frame-next");
  g_assert_cmpuint (fixture->intents->len, ==, 1);
}

/* A palm lies still: it leaves no dot. */
static void
test_palm (Fixture *fixture, gconstpointer data)
{
  BmInk *ink;

  show_named (fixture, "signature");
  ink = fixture->shell->page.ink;
  bm_ink_down (ink, 23000, 12000, 9000, 9000, 1000);
  bm_ink_move (ink, 9020, 9030, 1300);
  g_assert_cmpuint (bm_ink_get_rest (ink, 1500), ==, 500);
  bm_ink_drop (ink);
  g_assert_true (bm_ink_is_empty (ink));
  bm_ink_down (ink, 23000, 12000, 9000, 9000, 2000);
  bm_ink_move (ink, 9500, 9030, 2300);
  g_assert_cmpuint (bm_ink_get_rest (ink, 9000), ==, 0);
}

/* The session is over: neither the strokes nor what shows them are left. */
static void
test_wiped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) views = NULL;
  gpointer ink, view;

  show_named (fixture, "signature");
  draw (fixture, 200, 1000);
  ink = fixture->shell->page.ink;
  views = bm_test_collect (GTK_WIDGET (fixture->shell), BM_TYPE_INK_VIEW);
  g_assert_cmpuint (views->len, ==, 1);
  view = g_ptr_array_index (views, 0);
  g_object_add_weak_pointer (ink, &ink);
  g_object_add_weak_pointer (view, &view);
  bm_shell_wipe (fixture->shell);
  g_assert_null (ink);
  g_assert_null (view);
  g_assert_null (fixture->shell->ink_page);
}

/* A screen reader finds the field by its name, and what stands in it; the read-back's picture says 已签名. */
static void
test_named (Fixture *fixture, gconstpointer data)
{
  GtkWidget *field, *picture;
  g_autofree char *empty = NULL, *written = NULL, *signed_name = NULL;

  show_named (fixture, "signature");
  field = bm_test_find (GTK_WIDGET (fixture->shell), "ink");
  empty = gtk_test_accessible_check_property (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                              "\001");
  g_assert_cmpstr (empty, ==, "写字的框，空的");
  draw (fixture, 100, 1000);
  written = gtk_test_accessible_check_property (GTK_ACCESSIBLE (field),
                                                GTK_ACCESSIBLE_PROPERTY_LABEL, "\001");
  g_assert_cmpstr (written, ==, "写字的框，写了字");
  show_named (fixture, "readback-signed");
  picture = bm_test_find (GTK_WIDGET (fixture->shell), "drawing");
  g_assert_nonnull (picture);
  signed_name = gtk_test_accessible_check_property (GTK_ACCESSIBLE (picture),
                                                    GTK_ACCESSIBLE_PROPERTY_LABEL, "\001");
  g_assert_cmpstr (signed_name, ==, "已签名");
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
  ADD ("/sign/too-little", test_too_little);
  ADD ("/sign/written", test_written);
  ADD ("/sign/cleared", test_cleared);
  ADD ("/sign/set-anew", test_set_anew);
  ADD ("/sign/another", test_another);
  ADD ("/sign/given", test_given);
  ADD ("/sign/too-much", test_too_much);
  ADD ("/sign/palm", test_palm);
  ADD ("/sign/wiped", test_wiped);
  ADD ("/sign/named", test_named);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
