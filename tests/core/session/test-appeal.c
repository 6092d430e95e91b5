/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "tests/core/session/appeal-steps.h"

#include <string.h>

/* 反映问题: danger first, the five taps, what the desk never sees, 已经报过. */

#define ROAD "help road group days repair"

/* With a name */

static void
test_named (void)
{
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_choose (world, "safe");
  g_assert_true (world_says (world, "您想："));
  g_assert_true (world_offers (world, "code:report"));
  g_assert_cmpuint (world_count (world, BM_EFFECT_LEASE_READER), ==, 0); /* before any card */
  appeal_assert_step (world, 1);
  appeal_tap (world, "help");
  appeal_assert_step (world, 2);
  appeal_tap (world, "road");
  appeal_assert_step (world, 3);
  appeal_tap (world, "group");
  appeal_assert_step (world, 4);
  appeal_tap (world, "days");
  appeal_assert_step (world, 5);
  appeal_tap (world, "repair");
  appeal_identify (world);
  g_assert_true (world_says (world, "求帮忙") && world_says (world, "修好"));
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_true (world_says (world, "给您记下了，还没送出去。"));
  g_assert_true (world_says (world, "送到以后5个工作日内回话，大约11月30日。"));
  g_assert_false (world_has_shown (world, "送到了"));
  g_assert_false (world->draft->is_anonymous || world->draft->is_hidden_from_desk);
  g_assert_cmpstr (appeal_field (world->draft, "q.kind"), ==, "help");
  g_assert_cmpstr (appeal_field (world->draft, "q.what"), ==, "road");
  g_assert_cmpstr (appeal_field (world->draft, "q.want"), ==, "repair");
  g_assert_cmpstr (appeal_field (world->draft, "q.class"), ==, "01");
  g_assert_cmpstr (appeal_field (world->draft, "q.dept"), ==, "town-build");
  g_assert_cmpstr (appeal_field (world->draft, "q.rule"), ==, "A1-2026.1");
  g_assert_cmpstr (appeal_field (world->draft, "q.urgent"), ==, "no");
  g_assert_cmpstr (appeal_field (world->draft, "p.idno"), ==, WANG_ID);
  g_assert_null (appeal_field (world->draft, "q.anon"));
  g_assert_null (world->draft->replaces);
  g_assert_cmpuint (world->draft->priority, ==, 2);
}

/* No page of the whole walk has more choices than fit. */
static void
test_eight_at_most (void)
{
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_choose (world, "safe");
  for (guint i = 0; strcmp (world_page_id (world), "field") == 0; i++)
    {
      json_t *choices = json_object_get (world_page (world), "choices");
      const char *id = json_string_value (json_object_get (json_array_get (choices, 1), "id"));
      g_autofree char *code = g_strdup (id + strlen ("code:"));

      g_assert_cmpuint (json_array_size (choices), <=, 8);
      g_assert_cmpuint (i, <, 12);
      appeal_tap (world, code);
    }
}

static void
test_online (void)
{
  g_autoptr (World) world = world_new ();

  world_link (world, TRUE);
  appeal_come_to_readback (world, "ask doctor group days answer");
  world_choose (world, "right");
  assert_page (world, "sending");
  appeal_answer (world, "sent", NULL);
  assert_page (world, "done"); /* nobody waits here for days */
  g_assert_true (world_says (world, "送到了。"));
  g_assert_true (world_says (world, "3个工作日内回话，大约11月26日。"));
}

/* The line was there and the answer did not come: not a word of "arrived". */
static void
test_online_silent (void)
{
  g_autoptr (World) world = world_new ();

  world_link (world, TRUE);
  appeal_come_to_readback (world, ROAD);
  world_choose (world, "right");
  world_tick (world, 9);
  assert_page (world, "done");
  g_assert_true (world_says (world, "给您记下了，还没送出去。"));
  g_assert_false (world_has_shown (world, "送到了"));
  appeal_answer (world, "sent", NULL);
  g_assert_true (world_says (world, "送到了。"));
}

static void
test_terms (void)
{
  static const struct
  {
    const char *codes;
    const char *within;
    const char *urgent;
    const char *class;
  } table[] = {
    { "complain rubbish no group month stop", "送到以后15个工作日内回话", "no", "04" },
    { "help water water yes group today repair", "送到以后24小时内回话", "utility", "02" },
    { "help water power no group long repair", "送到以后5个工作日内回话", "no", "03" },
    { "ask subsidy no group month answer", "送到以后3个工作日内回话", "no", "10" },
    { "praise other yes group today", "送到以后5个工作日内回话", "no", "17" },
    { "help land no group long repair", "送到以后5个工作日内回话", "no", "06" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (World) world = world_new ();

      appeal_come_to_readback (world, table[i].codes);
      world_choose (world, "right");
      assert_page (world, "done");
      g_assert_true (world_says (world, table[i].within));
      g_assert_cmpstr (appeal_field (world->draft, "q.urgent"), ==, table[i].urgent);
      g_assert_cmpstr (appeal_field (world->draft, "q.class"), ==, table[i].class);
    }
}

/* Danger */

static void
test_danger_call (void)
{
  g_autoptr (World) world = world_new ();
  BmEffect *effect;

  appeal_begin (world);
  g_assert_true (world_says (world, "有危险吗"));
  g_assert_true (world_says (world, "坏人、打架") && world_says (world, "110"));
  g_assert_true (world_says (world, "着火") && world_says (world, "119"));
  g_assert_true (world_says (world, "生病、受伤") && world_says (world, "120"));
  world_choose (world, "call");
  effect = world_need (world, BM_EFFECT_CALL_HELP);
  g_assert_true (effect->flag);
  g_assert_cmpstr (effect->text, ==, "danger");
  assert_page (world, "danger"); /* the numbers stay */
  g_assert_true (world_says (world, "已经叫人来帮您打"));
  g_assert_true (world_says (world, "110"));
  world_send (world, (BmEvent){ .type = BM_EVENT_HELP_ANSWERED });
  g_assert_true (world_says (world, "有人来了"));
  world_choose (world, "go-on");
  appeal_tap_all (world, "help other no group today look");
  appeal_identify (world);
  world_choose (world, "right");
  g_assert_cmpstr (appeal_field (world->draft, "q.urgent"), ==, "danger");
  g_assert_cmpuint (world->draft->priority, ==, 0);
  g_assert_true (world_says (world, "送到以后2小时内回话"));
  g_assert_true (world_says (world, "110、119、120")); /* and no line: call now */
  g_assert_true (appeal_sheet_says (world->draft, "110、119、120"));
}

/* Nobody comes: the numbers are not covered by another page. */
static void
test_danger_nobody (void)
{
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_choose (world, "call");
  world_tick (world, 70);
  assert_page (world, "danger");
  g_assert_true (world_says (world, "还没有人来，请您自己马上打"));
  g_assert_true (world_says (world, "110"));
}

/* The desk was rung before for something else: this call still says that it is danger. */
static void
test_danger_after_help (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_do (world, "help");
  world_choose (world, APPEAL);
  world_forget (world);
  world_choose (world, "call");
  g_assert_cmpstr (world_need (world, BM_EFFECT_CALL_HELP)->text, ==, "danger");
}

static void
test_danger_back (void)
{
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_choose (world, "called");
  assert_page (world, "field");
  world_do (world, "back");
  assert_page (world, "danger");
  world_choose (world, "safe");
  appeal_tap_all (world, ROAD);
  appeal_identify (world);
  world_choose (world, "right");
  g_assert_cmpstr (appeal_field (world->draft, "q.urgent"), ==, "no");
}

static void
test_danger_leave (void)
{
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_do (world, "back");
  assert_page (world, "home");
}

/* Questions that depend on others */

static void
test_back_through_conditions (void)
{
  static const char *const asked[] = { "是水还是电", "现在用不成吗", "是说村里干部", "在哪里" };
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, "complain water power yes no");
  for (gsize i = G_N_ELEMENTS (asked); i > 0; i--)
    {
      g_assert_true (world_says (world, asked[i - 1]));
      world_do (world, "back");
    }
  g_assert_true (world_says (world, "什么事"));
  appeal_tap (world, "road"); /* no water now: neither it nor the power is asked, nor kept */
  appeal_tap_all (world, "no group days repair");
  appeal_identify (world);
  g_assert_false (world_says (world, "水还是电"));
  world_choose (world, "right");
  g_assert_null (appeal_field (world->draft, "q.utility"));
  g_assert_null (appeal_field (world->draft, "q.cut"));
  g_assert_cmpstr (appeal_field (world->draft, "q.urgent"), ==, "no");
  g_assert_cmpstr (appeal_field (world->draft, "q.about"), ==, "no");
}

/* 改一改: everything is asked once more, with what was picked; the person is not. */
static void
test_change (void)
{
  g_autoptr (World) world = world_new ();
  json_t *choices;

  appeal_come_to_readback (world, ROAD);
  world_choose (world, "change");
  assert_page (world, "field");
  g_assert_true (world_says (world, "您想："));
  choices = json_object_get (world_page (world), "choices");
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (choices, 0), "state")), ==,
                   "chosen");
  appeal_tap_all (world, "help rubbish other-group long stop");
  assert_page (world, "notice"); /* the card is not asked for again */
  world_choose (world, "agree");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "垃圾") && world_says (world, "别的组"));
  world_choose (world, "right");
  g_assert_cmpstr (appeal_field (world->draft, "q.what"), ==, "rubbish");
  g_assert_cmpuint (world->n_commits, ==, 1);
}

/* 上一步 from the card goes to the last question, and the card is forgotten. */
static void
test_back_from_identity (void)
{
  g_autoptr (World) world = world_new ();

  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, ROAD);
  assert_page (world, "card");
  world_do (world, "back");
  assert_page (world, "field");
  g_assert_true (world_says (world, "您希望怎么办"));
  world_do (world, "next");
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
  world_do (world, "back");
  assert_page (world, "field");
  world_do (world, "next");
  assert_page (world, "card");
  world_place (world, "李德福", "990121194211030053");
  world_choose (world, "no"); /* somebody else's card: what was answered stays */
  assert_page (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  g_assert_true (world_says (world, "修好"));
  world_choose (world, "right");
  g_assert_cmpstr (appeal_field (world->draft, "p.name"), ==, WANG_NAME);
}

static void
test_stop (void)
{
  g_autoptr (World) world = world_new ();

  appeal_come_to_readback (world, ROAD);
  world_choose (world, "stop");
  assert_page (world, "closed");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* The desk */

static void
test_ask_for_the_place (void)
{
  g_autoptr (World) world = world_new ();
  json_t *task;

  appeal_come_to_readback (world, ROAD);
  world_choose (world, "right");
  task = world_need (world, BM_EFFECT_CONTACT)->json;
  g_assert_cmpstr (json_string_value (json_object_get (task, "kind")), ==, "ask");
  g_assert_cmpstr (json_string_value (json_object_get (task, "text")), ==, "问清楚是哪一段路");
  g_assert_cmpstr (json_string_value (json_object_get (task, "number")), ==, world->number);
  g_assert_cmpstr (json_string_value (json_object_get (task, "name")), ==, "王*兰");
  g_assert_true (world_says (world, "问清楚是哪一段路"));
}

static void
test_hidden (void)
{
  g_autoptr (World) world = world_new ();

  appeal_come_to_readback (world, "complain road yes elsewhere long answer");
  g_assert_true (json_is_true (json_object_get (world_page (world), "is_private")));
  g_assert_false (appeal_is_spoken (world, "投诉"));
  world_do (world, "read"); /* only when asked */
  g_assert_true (appeal_is_spoken (world, "投诉"));
  world_choose (world, "right");
  g_assert_true (world->draft->is_hidden_from_desk);
  g_assert_false (world->draft->is_anonymous);
  g_assert_null (world_find (world, BM_EFFECT_CONTACT));
  g_assert_null (world_find (world, BM_EFFECT_WANT_WITNESS));
  g_assert_cmpstr (appeal_field (world->draft, "q.class"), ==, "17");
  g_assert_true (json_is_true (json_object_get (world->draft->slip, "is_hidden")));
  g_assert_false (appeal_sheet_says (world->draft, "投诉"));
  g_assert_false (appeal_sheet_says (world->draft, "镇纪委")); /* a found slip opens nothing */
  g_assert_true (appeal_sheet_says (world->draft, "青溪镇政府"));
}

/* Who calls for help over a hidden matter is found, and nothing says over what. */
static void
test_hidden_help (void)
{
  g_autoptr (World) world = world_new ();

  appeal_come_to_readback (world, "complain road yes group long answer");
  world_do (world, "help");
  world_tick (world, 61);
  world_choose (world, "contact");
  g_assert_cmpstr (appeal_contact_service (world), ==, "");
}

static void
test_open_help (void)
{
  g_autoptr (World) world = world_new ();

  appeal_come_to_readback (world, ROAD);
  world_do (world, "help");
  world_tick (world, 61);
  world_choose (world, "contact");
  g_assert_cmpstr (appeal_contact_service (world), ==, APPEAL);
}

/* An answer to something else is told in between; what was answered by taps goes on after it. */
static void
test_told_in_between (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases, world_case ("9901211012010101000000070", "cert.pension",
                                                   "done", "CERT_OK"));
  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, ROAD);
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "told");
  world_choose (world, "no-print");
  assert_page (world, "notice");
  world_choose (world, "agree");
  g_assert_true (world_says (world, "修好"));
}

/* An ordinary one is read out. */
static void
test_read_back_aloud (void)
{
  g_autoptr (World) world = world_new ();

  appeal_come_to_readback (world, ROAD);
  g_assert_true (appeal_is_spoken (world, "求帮忙"));
}

/* 已经报过 */

static void
test_already_reported (void)
{
  g_autoptr (World) world = world_new ();
  json_t *old = world_case ("9901211012010101000000070", APPEAL, "sent", NULL);

  json_object_set_new (json_object_get (json_object_get (old, "slip"), "fields"), "q.what",
                       json_string ("road"));
  json_array_append_new (world->cases, old);
  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, ROAD);
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  assert_page (world, "already-reported");
  world_choose (world, "again");
  assert_page (world, "notice");
}

static void
test_another_matter (void)
{
  g_autoptr (World) world = world_new ();
  json_t *old = world_case ("9901211012010101000000070", APPEAL, "sent", NULL);

  json_object_set_new (json_object_get (json_object_get (old, "slip"), "fields"), "q.what",
                       json_string ("rubbish"));
  json_array_append_new (world->cases, old);
  appeal_come_to_readback (world, ROAD);
  world_choose (world, "right");
  assert_page (world, "done");
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/appeal/with-a-name", test_named);
  g_test_add_func ("/appeal/eight-choices-at-most", test_eight_at_most);
  g_test_add_func ("/appeal/arrived-when-it-arrived", test_online);
  g_test_add_func ("/appeal/line-without-an-answer", test_online_silent);
  g_test_add_func ("/appeal/terms-by-kind", test_terms);
  g_test_add_func ("/appeal/danger-rings-the-desk", test_danger_call);
  g_test_add_func ("/appeal/danger-and-nobody-comes", test_danger_nobody);
  g_test_add_func ("/appeal/danger-after-a-call", test_danger_after_help);
  g_test_add_func ("/appeal/danger-taken-back", test_danger_back);
  g_test_add_func ("/appeal/danger-left", test_danger_leave);
  g_test_add_func ("/appeal/back-through-conditions", test_back_through_conditions);
  g_test_add_func ("/appeal/change-at-the-end", test_change);
  g_test_add_func ("/appeal/back-from-identity", test_back_from_identity);
  g_test_add_func ("/appeal/stopped", test_stop);
  g_test_add_func ("/appeal/place-not-clear", test_ask_for_the_place);
  g_test_add_func ("/appeal/desk-never-sees-it", test_hidden);
  g_test_add_func ("/appeal/hidden-and-help", test_hidden_help);
  g_test_add_func ("/appeal/open-and-help", test_open_help);
  g_test_add_func ("/appeal/told-in-between", test_told_in_between);
  g_test_add_func ("/appeal/read-back-aloud", test_read_back_aloud);
  g_test_add_func ("/appeal/already-reported", test_already_reported);
  g_test_add_func ("/appeal/another-matter", test_another_matter);
  return g_test_run ();
}
