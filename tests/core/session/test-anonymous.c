/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "tests/core/session/appeal-steps.h"

#include <string.h>

/*
 * A request without a name (domain §2.21a rule 5): whatever the session lets out while it is made is
 * searched for the person and for the session.
 */

#define REPORT   "report yes road no elsewhere month stop"
#define WANG_BIN "990121194803120028"

/* Everything an effect carries, as text. */
static char *
dup_effect (BmEffect *effect)
{
  g_autofree char *json = effect->json != NULL ? json_dumps (effect->json, 0) : g_strdup ("");
  GString *all = g_string_new (json);

  g_string_append_printf (all, "\n%s\n%s", effect->text != NULL ? effect->text : "",
                          effect->text2 != NULL ? effect->text2 : "");
  if (effect->draft != NULL)
    {
      g_autofree char *payload = json_dumps (effect->draft->payload, 0);
      g_autofree char *slip = json_dumps (effect->draft->slip, 0);
      g_autofree char *sheet = json_dumps (effect->draft->sheet, 0);

      g_string_append_printf (all, "\n%s\n%s\n%s\n%s", effect->draft->session, payload, slip,
                              sheet);
    }
  return g_string_free (all, FALSE);
}

static void
assert_nothing_of (World *world, const char *session)
{
  const char *const words[] = { WANG_NAME,  "王*兰",    WANG_ID,   "19480312", "禾田村1组", "1组的",
                                "青溪镇禾", "04803120", "citizen", session,    "HT0" };

  for (guint i = 0; i < world->effects->len; i++)
    {
      g_autofree char *text = dup_effect (g_ptr_array_index (world->effects, i));

      for (gsize k = 0; k < G_N_ELEMENTS (words); k++)
        if (strstr (text, words[k]) != NULL)
          g_error ("%s in effect %d: %s", words[k],
                   ((BmEffect *) g_ptr_array_index (world->effects, i))->type, text);
    }
  for (gsize k = 0; k < G_N_ELEMENTS (words); k++)
    if (world_has_shown (world, words[k]) && strcmp (words[k], "HT0") != 0)
      g_error ("%s was shown: %s", words[k], world->shown->str);
}

/* Every instant in it is the beginning of a day in China. */
static void
assert_whole_days (json_t *json)
{
  const char *key;
  json_t *value;
  gsize i;

  if (json_is_integer (json) && json_integer_value (json) > G_GINT64_CONSTANT (1000000000000))
    g_assert_cmpint ((json_integer_value (json) + 8 * 3600 * 1000) % (24 * 3600 * 1000), ==, 0);
  json_object_foreach (json, key, value) assert_whole_days (value);
  json_array_foreach (json, i, value) assert_whole_days (value);
}

static void
assert_nobodys (World *world, BmDraft *draft, const char *session)
{
  const guint8 nobody[BM_TAG_LEN] = { 0 };

  g_assert_true (draft->is_anonymous && draft->is_hidden_from_desk);
  g_assert_cmpmem (draft->subject_tag, BM_TAG_LEN, nobody, BM_TAG_LEN);
  g_assert_cmpuint (strlen (draft->session), ==, 16);
  g_assert_cmpstr (draft->session, !=, session);
  g_assert_cmpuint (draft->matter, ==, 1);
  g_assert_null (draft->replaces);
  g_assert_null (json_object_get (draft->payload, "session"));
  g_assert_null (json_object_get (draft->payload, "matter"));
  g_assert_cmpuint (json_array_size (json_object_get (draft->payload, "evidence")), ==, 0);
  g_assert_cmpuint (json_object_size (json_object_get (draft->slip, "fields")), ==, 0);
  assert_whole_days (draft->payload);
  assert_whole_days (draft->slip);
  assert_nothing_of (world, session);
}

static char *
dup_session (World *world)
{
  return g_strdup (bm_session_get_id (world->session));
}

static void
come_to_notice (World *world)
{
  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, REPORT);
  assert_page (world, "notice");
}

static void
hand_in (World *world)
{
  world_choose (world, "agree");
  assert_page (world, "readback");
  world_choose (world, "right");
  assert_page (world, "done");
}

static void
test_leaves_nothing (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *session = dup_session (world);

  come_to_notice (world);
  g_assert_false (world_says (world, "身份证上的"));
  g_assert_true (world_says (world, "不写名字，没有号码"));
  hand_in (world);
  g_assert_cmpuint (world_count (world, BM_EFFECT_LEASE_READER), ==, 0); /* no card was asked for */
  g_assert_cmpuint (world_count (world, BM_EFFECT_IDENTIFY), ==, 0);
  g_assert_cmpuint (world_count (world, BM_EFFECT_CONTACT), ==, 0);
  assert_nobodys (world, world->draft, session);
  world_do (world, "next");
  world_do (world, "next");
  world_tick (world, 30);
  assert_page (world, "idle");
  assert_nothing_of (world, session); /* nor did the end say whose it was */
}

/* The card was there before: it is forgotten, and the page says so. */
static void
test_card_before (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *session = dup_session (world);

  world_choose (world, "start");
  world_place (world, WANG_NAME, WANG_BIN);
  world_forget (world);
  world_choose (world, APPEAL);
  world_choose (world, "safe");
  appeal_tap_all (world, "report yes");
  g_assert_true (world_says (world, "不写名字。刚才的身份证不会记在这件事上。"));
  g_assert_false (world_need (world, BM_EFFECT_LEASE_READER)->flag);
  appeal_tap (world, "road");
  g_assert_false (world_says (world, "刚才的身份证"));
  appeal_tap_all (world, "no elsewhere month stop");
  hand_in (world);
  assert_nobodys (world, world->draft, session);
}

/* A card laid down in the middle is not read into it. */
static void
test_card_in_the_middle (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *session = dup_session (world);

  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, "suggest yes road");
  world_place (world, WANG_NAME, WANG_ID);
  appeal_tap_all (world, "no group long repair");
  assert_page (world, "notice");
  world_place (world, WANG_NAME, WANG_ID);
  hand_in (world);
  world_place (world, WANG_NAME, WANG_ID);
  assert_nobodys (world, world->draft, session);
}

/* With a name, read back, and then without one after all. */
static void
test_name_taken_back (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *session = dup_session (world);

  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, "report no road no group long stop");
  appeal_identify (world);
  world_choose (world, "change");
  world_forget (world);
  appeal_tap_all (world, "report yes");
  g_assert_true (world_says (world, "刚才的身份证不会记在这件事上"));
  appeal_tap_all (world, "road no group long stop");
  assert_page (world, "notice");
  hand_in (world);
  assert_nobodys (world, world->draft, session);
}

/* And the other way: a name after all. */
static void
test_name_given (void)
{
  g_autoptr (World) world = world_new ();

  come_to_notice (world);
  world_choose (world, "agree");
  world_choose (world, "change");
  appeal_tap_all (world, "help road group days repair"); /* no question of the name any more */
  appeal_identify (world);
  world_choose (world, "right");
  g_assert_false (world->draft->is_anonymous);
  g_assert_null (appeal_field (world->draft, "q.anon"));
  g_assert_cmpstr (appeal_field (world->draft, "p.name"), ==, WANG_NAME);
  g_assert_cmpstr (world->draft->session, ==, bm_session_get_id (world->session));
}

static void
test_back (void)
{
  g_autoptr (World) world = world_new ();

  come_to_notice (world);
  world_do (world, "back"); /* identify and confirm are passed over on the way back too */
  assert_page (world, "field");
  g_assert_true (world_says (world, "您希望怎么办"));
  for (guint i = 0; i < 6; i++)
    world_do (world, "back");
  g_assert_true (world_says (world, "您想："));
  world_do (world, "back");
  assert_page (world, "danger");
}

static const char *
get_choice (World *world, guint index)
{
  json_t *choice = json_array_get (json_object_get (world_page (world), "choices"), index);

  g_assert_null (json_object_get (choice, "state")); /* nothing is picked for anybody */
  return json_string_value (json_object_get (choice, "label"));
}

static void
test_who_is_asked (void)
{
  static const char *const kinds[] = { "help", "complain", "ask", "praise", "report", "suggest" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (World) world = world_new ();

      appeal_begin (world);
      world_choose (world, "safe");
      appeal_tap (world, kinds[i]);
      g_assert_cmpint (world_says (world, "要不要写名字"), ==, i >= 4);
      if (i == 4)
        g_assert_cmpstr (get_choice (world, 0), ==, "不写名字");
      if (i == 5)
        g_assert_cmpstr (get_choice (world, 0), ==, "写名字");
    }
}

/* What it is found with again: number and code on the page, and on the slip. */
static void
test_number (void)
{
  g_autoptr (World) world = world_new ();
  json_t *number;

  come_to_notice (world);
  hand_in (world);
  number = json_object_get (world_page (world), "number");
  g_assert_true (json_is_string (json_object_get (number, "qr")));
  g_assert_true (world_says (world, "不写名字，只有这张条子能查。请收好。"));
  g_assert_true (world_says (world, "15个工作日内"));
  g_assert_false (world_says (world, "等电话"));
  g_assert_true (appeal_sheet_says (world->draft, "只有这张条子能查"));
  g_assert_true (appeal_sheet_says (world->draft, "2026年11月21日"));
  g_assert_false (appeal_sheet_says (world->draft, "09:"));
  g_assert_false (appeal_sheet_says (world->draft, "举报"));
  g_assert_false (appeal_sheet_says (world->draft, "身份证"));
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_false (world_says (world, "身份证"));
}

/* No paper: nobody is told to come with a card. */
static void
test_no_paper (void)
{
  static const char *const reasons[] = { "media-empty", "offline" };

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autoptr (World) world = world_new ();

      come_to_notice (world);
      hand_in (world);
      world_print (world, "waiting", reasons[i]);
      g_assert_true (world_says (world, "请收好这个号码，只有它能查"));
      g_assert_false (world_says (world, "带身份证"));
      g_assert_false (world_says (world, "条子能查"));
      g_assert_true (json_is_object (json_object_get (world_page (world), "number")));
    }
}

/* A station without a printer: the number is all there is. */
static void
test_no_printer (void)
{
  g_autoptr (World) world = world_new ();

  world->print_job = 0;
  come_to_notice (world);
  hand_in (world);
  g_assert_true (world_says (world, "请收好这个号码，只有它能查"));
  g_assert_false (world_says (world, "条子"));
  g_assert_true (json_is_object (json_object_get (world_page (world), "number")));
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_false (world_says (world, "条子"));
}

static void
test_read_back_in_silence (void)
{
  g_autoptr (World) world = world_new ();

  come_to_notice (world);
  world_do (world, "read"); /* pressed on an earlier page: it does not count for the next */
  world_choose (world, "agree");
  assert_page (world, "readback");
  g_assert_false (appeal_is_spoken (world, "举报"));
  g_assert_true (world_says (world, "举报"));
  world_do (world, "read");
  g_assert_true (appeal_is_spoken (world, "举报"));
  world_choose (world, "change");
  appeal_tap_all (world, REPORT);
  world_choose (world, "agree");
  g_assert_false (appeal_is_spoken (world, "举报")); /* that was the other time */
}

static void
test_not_stored (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *session = dup_session (world);
  g_autofree char *first = NULL;

  world->commit_error = BM_ERROR_FULL;
  come_to_notice (world);
  world_choose (world, "agree");
  world_choose (world, "right");
  assert_page (world, "not-stored");
  first = g_strdup (world->draft->session);
  world->commit_error = -1;
  world_choose (world, "again");
  assert_page (world, "done");
  g_assert_cmpstr (world->draft->session, ==, first); /* the same draft: never stored twice */
  assert_nobodys (world, world->draft, session);
}

/* Two of them have nothing in common. */
static void
test_two_in_a_row (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *first = NULL;

  come_to_notice (world);
  hand_in (world);
  first = g_strdup (world->draft->session);
  world_do (world, "end");
  world_tick (world, 10);
  come_to_notice (world);
  hand_in (world);
  g_assert_cmpstr (world->draft->session, !=, first);
  g_assert_cmpuint (world->n_commits, ==, 2);
}

/* Left in the middle, called for help, asked to be found: no trace of who or of the session either. */
static void
test_left (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *session = dup_session (world);

  appeal_begin (world);
  world_choose (world, "call");
  world_choose (world, "go-on");
  appeal_tap_all (world, "report yes road");
  world_do (world, "help");
  world_tick (world, 61);
  world_choose (world, "contact");
  world_do (world, "end");
  assert_page (world, "closed");
  g_assert_cmpstr (appeal_contact_service (world), ==, ""); /* nor what it was about */
  assert_nothing_of (world, session);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/anonymous/leaves-nothing", test_leaves_nothing);
  g_test_add_func ("/anonymous/card-before", test_card_before);
  g_test_add_func ("/anonymous/card-in-the-middle", test_card_in_the_middle);
  g_test_add_func ("/anonymous/name-taken-back", test_name_taken_back);
  g_test_add_func ("/anonymous/name-given-after-all", test_name_given);
  g_test_add_func ("/anonymous/back", test_back);
  g_test_add_func ("/anonymous/who-is-asked", test_who_is_asked);
  g_test_add_func ("/anonymous/number-and-code", test_number);
  g_test_add_func ("/anonymous/no-paper", test_no_paper);
  g_test_add_func ("/anonymous/no-printer", test_no_printer);
  g_test_add_func ("/anonymous/read-back-in-silence", test_read_back_in_silence);
  g_test_add_func ("/anonymous/not-stored-then-stored", test_not_stored);
  g_test_add_func ("/anonymous/two-in-a-row", test_two_in_a_row);
  g_test_add_func ("/anonymous/left-in-the-middle", test_left);
  return g_test_run ();
}
