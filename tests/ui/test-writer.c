/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/keys.h"
#include "tests/ui/pages-help.h"

#include "ui/input/pinyin.h"
#include "ui/shell/shell-private.h"
#include "ui/widgets/bm-button.h"

#include <string.h>

/* Pinyin at the desk, with the real libpinyin and its real data: what a village says, typed by keys. */

typedef struct
{
  BmShell *shell;
  GPtrArray *intents;
} Fixture;

/* Common words come among the first six; the first, where there is no doubt. */
static void
test_words (void)
{
  static const struct
  {
    const char *letters;
    const char *words;
    guint within;
  } table[] = {
    { "shuiguan", "水管", 1 },     { "wangxiulan", "王秀兰", 1 }, { "dibao", "低保", 1 },
    { "cunkou", "村口", 6 },       { "hetiancun", "和田村", 1 },  { "tingdian", "停电", 6 },
    { "yanglaojin", "养老金", 1 }, { "lude", "路的", 6 },         { "nv", "女", 6 },
    { "xi'an", "西安", 1 },        { "loushui", "漏水", 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BmPinyin) pinyin = bm_pinyin_new (&error);
      gboolean is_there = FALSE;

      g_assert_no_error (error);
      for (const char *at = table[i].letters; *at != '\0'; at++)
        g_assert_true (bm_pinyin_type (pinyin, *at));
      for (guint k = 0; k < MIN (table[i].within, bm_pinyin_count (pinyin)); k++)
        is_there = is_there || strcmp (bm_pinyin_get_candidate (pinyin, k), table[i].words) == 0;
      if (!is_there)
        g_test_message ("%s does not give %s", table[i].letters, table[i].words);
      g_assert_true (is_there);
    }
}

/* Part of the letters becomes a character; the rest is looked at anew. */
static void
test_piece_by_piece (void)
{
  g_autoptr (BmPinyin) pinyin = bm_pinyin_new (NULL);
  g_autofree char *first = NULL;
  g_autofree char *rest = NULL;
  guint at = 0;

  for (const char *letter = "shuiguan"; *letter != '\0'; letter++)
    g_assert_true (bm_pinyin_type (pinyin, *letter));
  g_assert_cmpstr (bm_pinyin_get_syllables (pinyin), ==, "shui guan");
  while (at < bm_pinyin_count (pinyin) && strcmp (bm_pinyin_get_candidate (pinyin, at), "睡") != 0)
    at++;
  first = bm_pinyin_choose (pinyin, at);
  g_assert_cmpstr (first, ==, "睡");
  g_assert_cmpstr (bm_pinyin_get_letters (pinyin), ==, "guan");
  rest = bm_pinyin_choose (pinyin, 0);
  g_assert_cmpuint (g_utf8_strlen (rest, -1), ==, 1);
  g_assert_cmpstr (bm_pinyin_get_letters (pinyin), ==, "");
}

/* The same letters give the same candidates, however often another one was chosen, and no file appears. */
static void
test_nothing_learned (void)
{
  g_autofree char *before = NULL;

  for (guint round = 0; round < 30; round++)
    {
      g_autoptr (BmPinyin) pinyin = bm_pinyin_new (NULL);
      g_autofree char *chosen = NULL;
      g_autoptr (GString) all = g_string_new (NULL);

      for (const char *letter = "wangxiulan"; *letter != '\0'; letter++)
        g_assert_true (bm_pinyin_type (pinyin, *letter));
      for (guint i = 0; i < bm_pinyin_count (pinyin); i++)
        g_string_append (all, bm_pinyin_get_candidate (pinyin, i));
      if (before == NULL)
        before = g_strdup (all->str);
      g_assert_cmpstr (before, ==, all->str);
      chosen = bm_pinyin_choose (pinyin, 1); /* never the first */
    }
  g_assert_false (g_file_test ("/nonexistent", G_FILE_TEST_EXISTS));
}

static void
on_intent (BmShell *shell, const char *intent, GPtrArray *intents)
{
  if (strstr (intent, "activity") == NULL)
    g_ptr_array_add (intents, g_strdup (intent));
}

static void
open_shape (Fixture *fixture, int width, int height, double pitch, const char *model_name)
{
  json_auto_t *model = bm_test_load_model (model_name);

  fixture->shell = g_object_ref_sink (bm_shell_new (pitch, width, height));
  fixture->intents = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->shell, "intent", G_CALLBACK (on_intent), fixture->intents);
  gtk_window_present (GTK_WINDOW (fixture->shell));
  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
  bm_test_keys_start (fixture->shell);
}

static void
close_shape (Fixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
  g_ptr_array_unref (fixture->intents);
}

static GtkWidget *
find_named (GtkWidget *widget, const char *name)
{
  if (g_str_equal (gtk_widget_get_name (widget), name))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_named (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static const char *
get_written (Fixture *fixture)
{
  return gtk_label_get_text (GTK_LABEL (find_named (GTK_WIDGET (fixture->shell), "written")));
}

static const char *
get_hint (Fixture *fixture)
{
  return gtk_label_get_text (GTK_LABEL (find_named (GTK_WIDGET (fixture->shell), "syllables")));
}

static void
type (Fixture *fixture, const char *keys)
{
  bm_test_keys_type (keys, 70);
  bm_test_run_for (120);
}

/* By keys, with a digit, a mark, a mistake taken back; Return hands it in. */
static void
test_keys (void)
{
  Fixture fixture;

  open_shape (&fixture, 1280, 800, 0.259, "desk-text");
  type (&fixture, "shuiguan");
  g_assert_cmpstr (get_hint (&fixture), ==, "shui guan");
  type (&fixture, "1");
  g_assert_cmpstr (get_written (&fixture), ==, "水管_");
  type (&fixture, "loushui ");
  type (&fixture, ",3.");
  g_assert_cmpstr (get_written (&fixture), ==, "水管漏水，3。_");
  bm_test_keys_press (GDK_KEY_BackSpace);
  bm_test_run_for (120);
  type (&fixture, "zu\r");
  g_assert_true (g_str_has_prefix (get_written (&fixture), "水管漏水，3"));
  g_assert_cmpuint (fixture.intents->len, ==, 0); /* that Return chose */
  bm_test_run_for (350);
  type (&fixture, "\r");
  g_assert_cmpuint (fixture.intents->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (fixture.intents, 0), "\"do\":\"text\""));
  g_assert_nonnull (strstr (g_ptr_array_index (fixture.intents, 0), "水管漏水，3"));
  close_shape (&fixture);
}

/* By mouse or finger: candidates are buttons; they stay where they are. */
static void
test_buttons (void)
{
  Fixture fixture;
  GtkWidget *button;
  graphene_rect_t empty, full;

  open_shape (&fixture, 1280, 800, 0.259, "desk-text");
  button = find_named (GTK_WIDGET (fixture.shell), "candidate-1");
  g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (fixture.shell), &empty));
  g_assert_true (bm_button_is_off (BM_BUTTON (button)));
  type (&fixture, "dibao");
  g_assert_cmpstr (bm_button_get_name (BM_BUTTON (button)), ==, "1 低保");
  g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (fixture.shell), &full));
  g_assert_true (graphene_rect_equal (&empty, &full));
  gtk_widget_activate (find_named (GTK_WIDGET (fixture.shell), "key-after"));
  g_assert_cmpstr (bm_button_get_name (BM_BUTTON (button)), !=, "1 低保");
  gtk_widget_activate (find_named (GTK_WIDGET (fixture.shell), "key-before"));
  gtk_widget_activate (button);
  g_assert_cmpstr (get_written (&fixture), ==, "低保_");
  gtk_widget_activate (find_named (GTK_WIDGET (fixture.shell), "key-stop"));
  gtk_widget_activate (find_named (GTK_WIDGET (fixture.shell), "key-delete"));
  g_assert_cmpstr (get_written (&fixture), ==, "低保_");
  close_shape (&fixture);
}

/* What cannot be, and what no longer fits, is said in plain words. */
static void
test_said_plainly (void)
{
  Fixture fixture;

  open_shape (&fixture, 1280, 800, 0.259, "desk-text");
  type (&fixture, "v");
  g_assert_cmpstr (get_hint (&fixture), ==, "没有这个音，退一个字母。");
  close_shape (&fixture);
  open_shape (&fixture, 1280, 800, 0.259, "desk-text-full");
  type (&fixture, "3");
  g_assert_cmpstr (get_hint (&fixture), ==, "写满了，说短一点。");
  g_assert_null (strstr (get_written (&fixture), "_"));
  close_shape (&fixture);
}

/* Nothing sticks out with the longest candidates and a full field, on any shape of the desk. */
static void
test_fits (void)
{
  static const struct
  {
    int width;
    int height;
    double pitch;
  } shapes[] = { { 1280, 800, 0.259 }, { 1080, 1920, 0.248 }, { 1920, 1080, 0.248 } };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      Fixture fixture;
      int width, height;

      open_shape (&fixture, shapes[i].width, shapes[i].height, shapes[i].pitch, "desk-text-full");
      type (&fixture, "nongcunhezuoyiliao");
      gtk_widget_measure (gtk_window_get_child (GTK_WINDOW (fixture.shell)),
                          GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
      gtk_widget_measure (gtk_window_get_child (GTK_WINDOW (fixture.shell)),
                          GTK_ORIENTATION_VERTICAL, shapes[i].width, &height, NULL, NULL, NULL);
      g_assert_cmpint (width, <=, shapes[i].width);
      g_assert_cmpint (height, <=, shapes[i].height);
      close_shape (&fixture);
    }
}

/* The page that follows has nothing of it; what was written outlives a new clock on the same page. */
static void
test_kept_then_gone (void)
{
  json_auto_t *again = bm_test_load_model ("desk-text");
  json_auto_t *today = bm_test_load_model ("desk-today");
  Fixture fixture;

  open_shape (&fixture, 1280, 800, 0.259, "desk-text");
  type (&fixture, "shuiguan1");
  json_object_set_new (json_object_get (again, "station"), "clock", json_string ("11-21 09:11"));
  bm_shell_show_page (fixture.shell, again);
  bm_test_settle (fixture.shell);
  g_assert_cmpstr (get_written (&fixture), ==, "水管_");
  bm_shell_show_page (fixture.shell, today);
  bm_test_settle (fixture.shell);
  g_assert_null (find_named (GTK_WIDGET (fixture.shell), "written"));
  g_assert_null (fixture.shell->writer); /* wiped now, not when somebody is written for again */
  json_object_set_new (json_object_get (again, "station"), "clock", json_string ("11-21 09:12"));
  bm_shell_show_page (fixture.shell, again);
  bm_test_settle (fixture.shell);
  g_assert_cmpstr (get_written (&fixture), ==, "_");
  close_shape (&fixture);
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
  g_test_add_func ("/pinyin/village-words", test_words);
  g_test_add_func ("/pinyin/piece-by-piece", test_piece_by_piece);
  g_test_add_func ("/pinyin/nothing-learned", test_nothing_learned);
  g_test_add_func ("/writer/keys", test_keys);
  g_test_add_func ("/writer/buttons", test_buttons);
  g_test_add_func ("/writer/said-plainly", test_said_plainly);
  g_test_add_func ("/writer/fits", test_fits);
  g_test_add_func ("/writer/kept-then-gone", test_kept_then_gone);
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
