/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"
#include "tests/ui/keys.h"
#include "tests/ui/pages-help.h"

#include "ui/shell/scan-rule.h"
#include "ui/widgets/bm-button.h"

#include <string.h>

/*
 * A scanner that types, told from a person. First the rule by itself, in made time; then a real window
 * with real keys, where the worst that a scan could do is to press a button or to fill in a PIN.
 */

#define SLIP "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH"
#define SCAN "{\"do\":\"scan\",\"value\":\"" SLIP "\",\"version\":1}"

/* What comes of keys that come one every @gap ms: . passes, s is swallowed, D is a scan, digits are replayed. */
static char *
play (BmScanRule *rule, const char *text, guint gap, guint32 *at)
{
  GString *seen = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    {
      guint key = *c == '\r' ? GDK_KEY_Return : gdk_unicode_to_keyval ((guint32) *c);
      BmScanVerdict verdict = bm_scan_rule_key (rule, key, FALSE, *at);

      for (guint i = 0; i < rule->n_replay; i++)
        g_string_append_c (seen, (char) rule->replay[i]);
      g_string_append_c (seen, verdict == BM_SCAN_PASS ? '.' : verdict == BM_SCAN_DONE ? 'D' : 's');
      *at += gap;
    }
  return g_string_free (seen, FALSE);
}

static void
test_rule_burst (void)
{
  BmScanRule rule = { 0 };
  guint32 at = G_MAXUINT32 - 100; /* the server's clock turns over within the scan */

  for (guint gap = 0; gap <= BM_SCAN_GAP_MS; gap += 8)
    {
      g_autofree char *seen = play (&rule, SLIP "\r", gap, &at);

      g_assert_cmpuint (strlen (seen), ==, strlen (SLIP) + 1);
      g_assert_cmpuint (strspn (seen, "s"), ==, strlen (SLIP));
      g_assert_cmpint (seen[strlen (SLIP)], ==, 'D');
      g_assert_cmpmem (rule.text, rule.length, SLIP, strlen (SLIP));
      at += 1000;
    }
}

static void
test_rule_folds (void)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  g_autofree char *seen = play (&rule, "https://demo.invalid/t/1.ab\r", 5, &at);

  g_assert_cmpint (seen[strlen (seen) - 1], ==, 'D');
  g_assert_cmpmem (rule.text, rule.length, "HTTPS://DEMO.INVALID/T/1.AB",
                   strlen ("HTTPS://DEMO.INVALID/T/1.AB"));
}

static void
test_rule_slow_fingers (void)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  g_autofree char *seen = play (&rule, "2202\r \r", 120, &at);

  g_assert_cmpstr (seen, ==, "s2s2s0s2...");
}

/* Fast hands: two or three keys at once, then Return right after. */
static void
test_rule_fast_fingers (void)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  g_autofree char *two = play (&rule, "22\r", 20, &at);
  g_autofree char *three = NULL;

  g_assert_cmpstr (two, ==, "ss22.");
  at += 500;
  three = play (&rule, "123", 30, &at);
  g_assert_cmpstr (three, ==, "sss");
  bm_scan_rule_quiet (&rule);
  g_assert_cmpuint (rule.n_replay, ==, 3);
}

static void
test_rule_half_burst (void)
{
  BmScanRule rule = { 0 };

  for (guint n = BM_SCAN_HUMAN_KEYS + 1; n < BM_SCAN_MIN; n++)
    {
      guint32 at = n * 10000;
      g_autofree char *text = g_strndup ("012345678901234", n);
      g_autofree char *seen = play (&rule, text, 5, &at);
      g_autofree char *end = play (&rule, "\r", 5, &at);

      g_assert_cmpuint (strspn (seen, "s"), ==, n);
      g_assert_cmpstr (end, ==, "s");
      g_assert_cmpuint (rule.length, ==, 0);
    }
}

/* The end never comes: nothing of it acts, also not what a stumbling scanner types after a pause. */
static void
test_rule_without_end (void)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  g_autofree char *seen = play (&rule, SLIP, 5, &at);
  g_autofree char *late = NULL;
  g_autofree char *after = NULL;

  g_assert_cmpuint (strspn (seen, "s"), ==, strlen (SLIP));
  at += BM_SCAN_TAIL_MS - 10;
  late = play (&rule, "12", 5, &at);
  g_assert_cmpstr (late, ==, "ss");
  bm_scan_rule_quiet (&rule);
  g_assert_cmpuint (rule.n_replay, ==, 0);
  g_assert_cmpuint (rule.length, ==, 0);
  at += 1000;
  after = play (&rule, "\r", 5, &at);
  g_assert_cmpstr (after, ==, ".");
}

static void
test_rule_both_ends (void)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  g_autofree char *seen = play (&rule, SLIP "\r", 2, &at);

  g_assert_cmpint (seen[strlen (SLIP)], ==, 'D');
  g_assert_cmpint (bm_scan_rule_key (&rule, GDK_KEY_Linefeed, FALSE, at + 2), ==, BM_SCAN_SWALLOW);
  g_assert_cmpint (bm_scan_rule_key (&rule, GDK_KEY_Return, FALSE, at + 4), ==, BM_SCAN_SWALLOW);
  g_assert_cmpint (bm_scan_rule_key (&rule, GDK_KEY_Return, FALSE, at + 400), ==, BM_SCAN_PASS);
}

static void
test_rule_too_long (void)
{
  BmScanRule rule = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *seen = NULL;
  guint32 at = 0;

  for (guint i = 0; i < 10000; i++)
    g_string_append_c (text, "HTTPS://0123456789"[i % 18]);
  g_string_append_c (text, '\r');
  seen = play (&rule, text->str, 1, &at);
  g_assert_cmpuint (strspn (seen, "s"), ==, 10000);
  g_assert_cmpint (seen[10000], ==, 'D');
  g_assert_cmpuint (rule.length, ==, BM_SCAN_MAX);
  /* What was cut can be no slip's. */
  g_assert_cmpint (rule.text[BM_SCAN_MAX - 1], ==, '-');
}

/* Somebody leans on a key. */
static void
test_rule_held_key (void)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  g_autofree char *seen = play (&rule, "55555555555555555555\r", 33, &at);

  g_assert_cmpuint (strspn (seen, "s"), ==, strlen (seen));
}

static void
test_rule_garbage (void)
{
  BmScanRule rule = { 0 };
  guint32 at = 0;
  g_autofree char *seen = play (&rule, "http://x.y/a?b=1 c_d\r", 4, &at);

  g_assert_cmpuint (strspn (seen, "s"), ==, strlen (seen) - 1);
  g_assert_cmpmem (rule.text, rule.length, "HTTP://X.Y/A-B-1-C-D", 20);
  for (guint round = 0; round < 20000; round++)
    {
      guint key = g_test_rand_bit () ? (guint) g_test_rand_int_range (1, 128)
                                     : (guint) g_test_rand_int_range (0xFE00, 0xFFFF);

      at += (guint32) g_test_rand_int_range (0, 60);
      (void) bm_scan_rule_key (&rule, key, g_test_rand_int_range (0, 9) == 0, at);
      if (g_test_rand_int_range (0, 20) == 0)
        bm_scan_rule_quiet (&rule);
      g_assert_cmpuint (rule.length, <=, BM_SCAN_MAX);
      g_assert_cmpuint (rule.n_held, <=, BM_SCAN_HUMAN_KEYS);
      g_assert_cmpuint (rule.n_replay, <=, BM_SCAN_HUMAN_KEYS);
      for (guint i = 0; i < rule.length; i++)
        g_assert_true (g_ascii_isupper (rule.text[i]) || g_ascii_isdigit (rule.text[i]) ||
                       strchr (":/.-", rule.text[i]) != NULL);
    }
}

typedef struct
{
  BmShell *shell;
  GPtrArray *intents;
} Fixture;

static void
on_intent (BmShell *shell, const char *intent, GPtrArray *intents)
{
  if (strstr (intent, "\"activity\"") == NULL)
    g_ptr_array_add (intents, g_strdup (intent));
}

static void
show (Fixture *fixture, const char *name)
{
  json_auto_t *model = bm_test_load_model (name);

  bm_shell_show_page (fixture->shell, model);
  bm_test_settle (fixture->shell);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->shell = g_object_ref_sink (bm_shell_new (0.248, 1080, 1920));
  fixture->intents = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->shell, "intent", G_CALLBACK (on_intent), fixture->intents);
  gtk_window_present (GTK_WINDOW (fixture->shell));
  show (fixture, "home");
  bm_test_keys_start (fixture->shell);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->shell));
  g_assert_finalize_object (fixture->shell);
  g_ptr_array_unref (fixture->intents);
}

static void
focus (Fixture *fixture, const char *name)
{
  GtkWidget *button = bm_test_find (GTK_WIDGET (fixture->shell), name);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_grab_focus (button));
}

/* On every page, whatever has the focus, a scan is one scan and nothing else. */
static void
test_scan_presses_a_button (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = bm_test_list_models ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GPtrArray) buttons = NULL;

      show (fixture, names[i]);
      buttons = bm_test_collect (GTK_WIDGET (fixture->shell), BM_TYPE_BUTTON);
      for (guint b = 0; b < buttons->len; b++)
        {
          gtk_widget_grab_focus (g_ptr_array_index (buttons, b));
          bm_test_keys_type (SLIP "\r", 0);
          bm_test_run_for (BM_SCAN_GAP_MS + 60);
          if (fixture->intents->len != 1)
            g_error ("%s: %u intents of a scan", names[i], fixture->intents->len);
          g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==, SCAN);
          g_ptr_array_set_size (fixture->intents, 0);
          if (b == 2)
            break;
        }
    }
}

static char *
typed (Fixture *fixture)
{
  focus (fixture, "frame-next");
  bm_test_keys_press (GDK_KEY_Return);
  bm_test_run_for (20);
  if (fixture->intents->len == 0)
    return g_strdup ("");
  return g_strdup (g_ptr_array_index (fixture->intents, fixture->intents->len - 1));
}

/* A slip held before the scanner while a number is typed leaves the number as it was. */
static void
test_scan_leaks_into_the_keypad (Fixture *fixture, gconstpointer data)
{
  g_autofree char *value = NULL;

  show (fixture, "digits-short");
  bm_test_keys_type ("28", 80);
  bm_test_keys_type ("9901211012010101000000070\r", 0);
  bm_test_keys_type ("990121101201010", 0); /* no end */
  bm_test_run_for (BM_SCAN_TAIL_MS + 50);
  bm_test_keys_type ("99012", 0); /* half of one */
  bm_test_run_for (BM_SCAN_TAIL_MS + 50);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  value = typed (fixture);
  g_assert_cmpstr (value, ==, "{\"do\":\"digits\",\"value\":\"28\",\"version\":1}");
}

static void
test_pin_with_scan (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) labels = NULL;
  guint n_dots = 0;

  show (fixture, "desk-pin");
  bm_test_keys_type ("1", 100);
  bm_test_keys_type (SLIP "\r", 0);
  bm_test_run_for (BM_SCAN_TAIL_MS + 50);
  labels = bm_test_collect (GTK_WIDGET (fixture->shell), GTK_TYPE_LABEL);
  for (guint i = 0; i < labels->len; i++)
    {
      const char *text = gtk_label_get_text (g_ptr_array_index (labels, i));

      for (const char *at = strstr (text, "●"); at != NULL; at = strstr (at + 1, "●"))
        n_dots++;
    }
  g_assert_cmpuint (n_dots, ==, 1);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (fixture->intents, 0), ==, SCAN);
}

/* Six keys and digits work as they did. */
static void
test_slow_keys_are_lost (Fixture *fixture, gconstpointer data)
{
  g_autofree char *value = NULL;

  show (fixture, "confirm");
  focus (fixture, "yes");
  bm_test_keys_press (GDK_KEY_space);
  bm_test_run_for (20);
  g_assert_cmpuint (fixture->intents->len, ==, 1);
  bm_test_run_for (320); /* OK that comes sooner is a hand that trembles */
  show (fixture, "confirm");
  focus (fixture, "no");
  bm_test_keys_press (GDK_KEY_Return);
  bm_test_run_for (20);
  g_assert_cmpuint (fixture->intents->len, ==, 2);
  show (fixture, "confirm");
  bm_test_keys_press (GDK_KEY_F1);
  bm_test_run_for (20);
  g_assert_cmpuint (fixture->intents->len, ==, 3);
  show (fixture, "digits");
  bm_test_keys_type ("990121", 60);
  bm_test_keys_type ("194806", 90);
  bm_test_keys_type ("04012x", 50);
  value = typed (fixture);
  g_assert_cmpstr (value, ==, "{\"do\":\"digits\",\"value\":\"99012119480604012X\",\"version\":1}");
}

/* A digit that was typed for one page is not typed on the next. */
static void
test_held_key_reaches_the_next_page (Fixture *fixture, gconstpointer data)
{
  g_autofree char *value = NULL;

  show (fixture, "home");
  bm_test_keys_type ("7", 0);
  show (fixture, "digits-short");
  bm_test_run_for (BM_SCAN_GAP_MS + 30);
  bm_test_keys_type ("28", 70);
  value = typed (fixture);
  g_assert_cmpstr (value, ==, "{\"do\":\"digits\",\"value\":\"28\",\"version\":1}");
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
  g_test_add_func ("/scan/rule/burst", test_rule_burst);
  g_test_add_func ("/scan/rule/folds", test_rule_folds);
  g_test_add_func ("/scan/rule/slow-fingers", test_rule_slow_fingers);
  g_test_add_func ("/scan/rule/fast-fingers", test_rule_fast_fingers);
  g_test_add_func ("/scan/rule/half-burst", test_rule_half_burst);
  g_test_add_func ("/scan/rule/without-end", test_rule_without_end);
  g_test_add_func ("/scan/rule/both-ends", test_rule_both_ends);
  g_test_add_func ("/scan/rule/too-long", test_rule_too_long);
  g_test_add_func ("/scan/rule/held-key", test_rule_held_key);
  g_test_add_func ("/scan/rule/garbage", test_rule_garbage);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/scan/presses-a-button", test_scan_presses_a_button);
  ADD ("/scan/leaks-into-the-keypad", test_scan_leaks_into_the_keypad);
  ADD ("/scan/pin", test_pin_with_scan);
  ADD ("/scan/slow-keys-are-lost", test_slow_keys_are_lost);
  ADD ("/scan/held-key-reaches-the-next-page", test_held_key_reaches_the_next_page);
#undef ADD
  status = g_test_run ();
  bm_test_display_stop ();
  return status;
}
