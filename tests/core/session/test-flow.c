/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/number.h"
#include "core/error.h"
#include "tests/core/session/world.h"

#include <string.h>

/* What a person meets: each way through the pension's flow, and through one that nobody wrote code for. */

static BmEffect *
need (World *world, BmEffectType type)
{
  BmEffect *effect = world_find (world, type);

  if (effect == NULL)
    g_error ("no effect %d", type);
  return effect;
}

static void
assert_never_good (World *world)
{
  g_assert_false (world_has_shown (world, "好了"));
  g_assert_false (world_has_shown (world, "通过"));
}

/* The demonstration: no line, noted, bad news first. */
static void
test_offline (void)
{
  g_autoptr (World) world = world_new ();
  json_t *payload;

  world_reach_witness (world);
  g_assert_true (need (world, BM_EFFECT_WANT_WITNESS)->flag);
  g_assert_true (world_says (world, "工作人员过来看看您本人"));
  world_forget (world);
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  assert_page (world, "done");
  g_assert_cmpuint (world->n_commits, ==, 1);
  g_assert_true (world_says (world, "还没办完"));
  g_assert_true (world_says (world, "先给您记下了"));
  assert_never_good (world);
  payload = world->draft->payload;
  g_assert_cmpstr (world->draft->service, ==, "cert.pension");
  g_assert_cmpstr (json_string_value (json_object_get (payload, "helper")), ==, "HT02");
  g_assert_false (json_is_true (json_object_get (payload, "online")));
  g_assert_nonnull (world->draft->sheet);
  world_print (world, "sending", "");
  world_print (world, "printed", "");
  g_assert_true (world_says (world, "拿好条子") || world_says (world, "条子"));
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_cmpstr (need (world, BM_EFFECT_TOLD)->text, ==, world->number);
  world_do (world, "next");
  assert_page (world, "closed");
  world_tick (world, 10);
  assert_page (world, "idle");
}

static void
test_online_passed (void)
{
  g_autoptr (World) world = world_new ();

  world_link (world, TRUE);
  world_reach_done (world);
  assert_page (world, "sending");
  g_assert_cmpstr (need (world, BM_EFFECT_EXPECT_ANSWER)->text, ==, world->number);
  assert_never_good (world);
  world_answer (world, "done", "CERT_OK");
  assert_page (world, "result");
  g_assert_true (world_says (world, "这次认证通过了"));
  g_assert_true (world_says (world, "2027年11月"));
  g_assert_cmpuint (world_count (world, BM_EFFECT_TOLD), ==, 1);
  world_choose (world, "print");
  g_assert_nonnull (need (world, BM_EFFECT_PRINT)->json);
}

/* Who presses 叫人帮忙 twice, or what is chosen already, is answered, or the face would wait and take nothing else. */
static void
test_same_again (void)
{
  g_autoptr (World) world = world_new ();
  guint n_pages;

  world_choose (world, "start");
  world_do (world, "help");
  n_pages = world->n_pages;
  world_do (world, "help");
  g_assert_cmpuint (world->n_pages, ==, n_pages + 1);
  g_assert_cmpuint (world_count (world, BM_EFFECT_CALL_HELP), ==, 1); /* it does not ring again */
  assert_page (world, "home");
  world_do (world, "voice");
  world_choose (world, "normal");
  n_pages = world->n_pages;
  world_choose (world, "normal");
  g_assert_cmpuint (world->n_pages, ==, n_pages + 1);
}

/* The link is there and the answer is not: nothing good is said, and a late answer still counts. */
static void
test_online_silent (void)
{
  g_autoptr (World) world = world_new ();

  world_link (world, TRUE);
  world_reach_done (world);
  world_tick (world, 9);
  assert_page (world, "done");
  assert_never_good (world);
  world_answer (world, "done", "CERT_OK");
  assert_page (world, "result");
}

static void
test_answer_for_somebody_else (void)
{
  g_autoptr (World) world = world_new ();
  json_t *other = world_case ("9901211012010101000000990", "cert.pension", "done", "CERT_OK");

  world_link (world, TRUE);
  world_reach_done (world);
  world_send (world, (BmEvent){ .type = BM_EVENT_CASE_CHANGED, .json = other });
  assert_page (world, "sending");
  assert_never_good (world);
  json_decref (other);
}

static void
test_told_at_next_visit (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases, world_case ("9901211012010101000000070", "cert.pension",
                                                   "done", "CERT_OK"));
  world_identify (world, WANG_NAME, WANG_ID);
  assert_page (world, "told");
  g_assert_true (world_says (world, "这次认证通过了"));
  g_assert_cmpstr (need (world, BM_EFFECT_TOLD)->text, ==, "9901211012010101000000070");
  world_choose (world, "no-print");
  assert_page (world, "more");
  g_assert_cmpuint (world_count (world, BM_EFFECT_TOLD), ==, 1);
  world_choose (world, "enough");
  assert_page (world, "goodbye");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

static void
test_already_reported (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases,
                         world_case ("9901211012010101000000070", "cert.pension", "noted", NULL));
  world_identify (world, WANG_NAME, WANG_ID);
  assert_page (world, "already-reported");
  g_assert_true (world_says (world, "11月21日"));
  world_choose (world, "wait");
  assert_page (world, "goodbye");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

static void
change_case (World *world, const char *service, const char *state, const char *code)
{
  json_t *answer = world_case ("9901211012010101000000070", service, state, code);

  json_object_set (json_object_get (answer, "slip"), "fields",
                   json_object_get (json_object_get (json_array_get (world->cases, 0), "slip"),
                                    "fields"));
  world_send (world, (BmEvent){ .type = BM_EVENT_CASE_CHANGED, .json = answer });
  json_decref (answer);
}

/* The centre answers while the person reads that it has not: that is told, and no day that never was. */
static void
test_answered_while_already_reported (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases,
                         world_case ("9901211012010101000000070", "cert.pension", "noted", NULL));
  world_identify (world, WANG_NAME, WANG_ID);
  assert_page (world, "already-reported");
  g_assert_true (world_says (world, "已登记"));
  g_assert_cmpstr (need (world, BM_EFFECT_EXPECT_ANSWER)->text, ==, "9901211012010101000000070");
  change_case (world, "cert.pension", "sent", NULL);
  assert_page (world, "already-reported");
  g_assert_true (world_says (world, "11月21日"));
  g_assert_true (world_says (world, "已送出"));
  change_case (world, "cert.pension", "done", "CERT_OK");
  assert_page (world, "told");
  g_assert_true (world_says (world, "这次认证通过了"));
  g_assert_false (world_has_shown (world, "1月1日已经报过"));
  g_assert_cmpstr (need (world, BM_EFFECT_TOLD)->text, ==, "9901211012010101000000070");
  world_choose (world, "no-print");
  assert_page (world, "more");
  world_choose (world, "enough");
  assert_page (world, "goodbye");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* Under the page that asks whether anybody is there, too. */
static void
test_answered_behind_a_warning (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases,
                         world_case ("9901211012010101000000070", "cert.pension", "sent", NULL));
  world_identify (world, WANG_NAME, WANG_ID);
  world_tick (world, 5 * 60 + 1);
  assert_page (world, "idle-warning");
  change_case (world, "cert.pension", "done", "CERT_OK");
  assert_page (world, "idle-warning");
  world_do (world, "activity");
  assert_page (world, "told");
  g_assert_false (world_has_shown (world, "1月1日已经报过"));
}

static void
test_other_card (void)
{
  g_autoptr (World) world = world_new ();

  world_reach_witness (world);
  world_place (world, "李德福", "990121194211030053");
  g_assert_true (world_says (world, "一个一个来") || world_says (world, "people"));
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  assert_page (world, "done");
  g_assert_false (world_has_shown (world, "李德福"));
  g_assert_cmpstr (json_string_value (
                     json_object_get (json_object_get (world->draft->payload, "fields"), "p.idno")),
                   ==, WANG_ID);
}

static void
test_not_me (void)
{
  g_autoptr (World) world = world_new ();

  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "no");
  assert_page (world, "card");
  g_assert_false (world_says (world, WANG_NAME));
  g_assert_cmpuint (world_count (world, BM_EFFECT_IDENTIFY), ==, 0);
}

/* Commit failed: nothing is said to be noted, and it may be offered again under the same matter. */
static void
test_not_stored (void)
{
  g_autoptr (World) world = world_new ();
  guint matter;

  world->commit_error = BM_ERROR_FULL;
  world_reach_done (world);
  assert_page (world, "not-stored");
  g_assert_true (world_says (world, "还没存上"));
  matter = world->draft->matter;
  world->commit_error = -1;
  world_choose (world, "again");
  assert_page (world, "done");
  g_assert_cmpuint (world->draft->matter, ==, matter);
  g_assert_cmpuint (world_count (world, BM_EFFECT_COMMIT), ==, 2);
  g_assert_cmpuint (world->n_commits, ==, 1);
}

static void
test_paper (void)
{
  g_autoptr (World) world = world_new ();
  BmEffect *settle;

  world_reach_done (world);
  world_print (world, "waiting", "media-empty");
  g_assert_true (world_says (world, "没纸"));
  g_assert_true (world_says (world, "已经记下"));
  world_print (world, "sending", "");
  world_print (world, "unknown", "");
  g_assert_true (world_says (world, "条子拿到了吗"));
  g_assert_false (world_offers (world, "print"));
  world_choose (world, "not-taken");
  settle = need (world, BM_EFFECT_SETTLE_PRINT);
  g_assert_cmpint (settle->number, ==, world->print_job);
  g_assert_false (settle->flag);
  world->print_job++;
  world_print (world, "queued", "");
  world_print (world, "sending", "");
  world_print (world, "unknown", "");
  world_choose (world, "taken");
  g_assert_true (need (world, BM_EFFECT_SETTLE_PRINT)->flag);
  g_assert_cmpint (need (world, BM_EFFECT_SETTLE_PRINT)->number, ==, world->print_job);
  world_do (world, "next");
  assert_page (world, "goodbye");
}

/* What ails a print service is the helper's; the person reads that nothing is lost, and goes on. */
static void
test_paper_without_a_service (void)
{
  static const char *const reasons[] = { "no-print-service", "no-queue", "queue-paused" };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autoptr (World) world = world_new ();

      world_reach_done (world);
      world_print (world, "waiting", reasons[i]);
      g_assert_true (world_says (world, "已经记下，没有丢"));
      g_assert_true (world_says (world, "没有条子也不要紧"));
      g_assert_false (world_says (world, "没纸"));
      world_do (world, "next");
      assert_page (world, "goodbye");
    }
}

/* Somebody else's sheet says nothing about this one. */
static void
test_other_paper (void)
{
  g_autoptr (World) world = world_new ();

  world_reach_done (world);
  world_send (world, (BmEvent){ .type = BM_EVENT_PRINT_STATE, .number = 7, .text = "unknown" });
  g_assert_false (world_offers (world, "taken"));
}

/* A service of its own file, with fields, goes to a commit without a line of code. */
static void
test_extra_service (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_EXTRA"));
  json_t *fields;

  world_choose (world, "start");
  world_choose (world, "demo.extra");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  assert_page (world, "field");
  world_choose (world, "code:pump");
  world_do (world, "next");
  world_choose (world, "code:yes");
  assert_page (world, "date");
  world_choose (world, "other");
  world_type (world, "20200101");
  assert_page (world, "day");
  g_assert_true (
    json_is_string (json_object_get (json_object_get (world_page (world), "input"), "problem")));
  world_type (world, "20261205");
  world_choose (world, "skip");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "水泵"));
  world_choose (world, "right");
  assert_page (world, "done");
  fields = json_object_get (world->draft->payload, "fields");
  g_assert_cmpstr (json_string_value (json_object_get (fields, "x.tool")), ==, "pump");
  g_assert_cmpstr (json_string_value (json_object_get (fields, "x.day")), ==, "2026-12-05");
  g_assert_null (json_object_get (fields, "x.phone"));
  g_assert_null (json_object_get (json_object_get (world->draft->slip, "fields"), "p.idno"));
}

static void
ask_for_tool (World *world, const char *code)
{
  world_choose (world, "start");
  world_choose (world, "demo.extra");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  world_choose (world, code);
  world_do (world, "next");
  world_choose (world, "code:yes");
  world_choose (world, "other");
  world_type (world, "20261205");
  world_choose (world, "skip");
  world_choose (world, "right");
}

static void
add_borrowed_pump (World *world)
{
  json_t *old = world_case ("9901211012010101000000070", "demo.extra", "sent", NULL);

  json_object_set_new (json_object_get (json_object_get (old, "slip"), "fields"), "x.tool",
                       json_string ("pump"));
  json_array_append_new (world->cases, old);
}

/* Asked for after the card: the same tool is noticed before it is queued, another one is another matter. */
static void
test_already_reported_late (void)
{
  static const char *const tools[] = { "pump", "hoe" };

  for (gsize i = 0; i < G_N_ELEMENTS (tools); i++)
    {
      g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_EXTRA"));
      g_autofree char *code = g_strconcat ("code:", tools[i], NULL);

      add_borrowed_pump (world);
      ask_for_tool (world, code);
      if (i == 0)
        {
          assert_page (world, "already-reported");
          g_assert_cmpuint (world_count (world, BM_EFFECT_COMMIT), ==, 0);
          world_choose (world, "again");
        }
      assert_page (world, "done");
      g_assert_cmpuint (world->n_commits, ==, 1);
    }
}

/* The answer comes right before it would be queued again: it is heard first, and then asked whether it still has to be. */
static void
test_answered_before_queueing (void)
{
  for (guint wants_it = 0; wants_it < 2; wants_it++)
    {
      g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_EXTRA"));

      add_borrowed_pump (world);
      ask_for_tool (world, "code:pump");
      assert_page (world, "already-reported");
      change_case (world, "demo.extra", "done", "LENT");
      assert_page (world, "letter");
      world_choose (world, "hear");
      g_assert_true (world_says (world, "借给您了"));
      world_choose (world, "no-print");
      assert_page (world, "more");
      g_assert_cmpuint (world_count (world, BM_EFFECT_COMMIT), ==, 0);
      world_choose (world, wants_it ? "go-on" : "enough");
      assert_page (world, wants_it ? "done" : "goodbye");
      g_assert_cmpuint (world->n_commits, ==, wants_it);
    }
}

/* 我的事办到哪了 */

static void
open_cases (World *world)
{
  world_choose (world, "start");
  world_choose (world, "cases");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
}

static void
test_cases_none (void)
{
  g_autoptr (World) world = world_new ();

  open_cases (world);
  assert_page (world, "cases");
  g_assert_true (world_says (world, "还没有"));
  world_choose (world, "leave");
  assert_page (world, "goodbye");
}

static void
test_cases_one (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases,
                         world_case ("9901211012010101000000070", "cert.pension", "noted", NULL));
  open_cases (world);
  assert_page (world, "case");
  g_assert_true (world_says (world, "7号"));
  g_assert_false (world_offers (world, "list"));
  g_assert_false (world_offers (world, "print"));
  assert_never_good (world);
  world_choose (world, "leave");
  assert_page (world, "goodbye");
}

static void
test_cases_many (void)
{
  g_autoptr (World) world = world_new ();

  for (guint i = 1; i <= 50; i++)
    {
      g_autofree char *number = bm_number_new ("990121101201", 1, 1, i);
      json_t *item =
        world_case (number, "cert.pension", i == 1 ? "done" : "sent", i == 1 ? "CERT_OK" : NULL);

      json_object_set_new (item, "is_told", json_true ());
      json_array_append_new (world->cases, item);
    }
  open_cases (world);
  assert_page (world, "cases");
  world_choose (world, "case:36");
  assert_page (world, "case");
  g_assert_true (world_says (world, "36号"));
  world_choose (world, "list");
  world_choose (world, "case:1");
  g_assert_true (world_says (world, "这次认证通过了"));
  world_choose (world, "print");
  assert_page (world, "print");
  g_assert_nonnull (need (world, BM_EFFECT_PRINT)->json);
  world_do (world, "next");
  assert_page (world, "case");
}

/* What is not for the hall is neither named nor read out before the person opens it. */
static void
test_cases_private (void)
{
  g_autoptr (World) world = world_new_with (g_getenv ("BIANMIN_EXTRA"));
  json_t *item = world_case ("9901211012010101000000070", "demo.extra", "done", "LENT");

  json_object_set_new (item, "is_told", json_true ());
  json_array_append_new (world->cases, item);
  json_array_append (world->cases, item);
  open_cases (world);
  assert_page (world, "cases");
  g_assert_false (world_says (world, "借农具"));
  world_choose (world, "case:1");
  g_assert_false (world_says (world, "借给您了"));
  world_do (world, "read");
  g_assert_false (world_says (world, "借给您了"));
  world_choose (world, "hear");
  g_assert_true (world_says (world, "借给您了"));
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/offline", test_offline);
  g_test_add_func ("/session/same-again", test_same_again);
  g_test_add_func ("/session/online-passed", test_online_passed);
  g_test_add_func ("/session/online-silent", test_online_silent);
  g_test_add_func ("/session/answer-for-somebody-else", test_answer_for_somebody_else);
  g_test_add_func ("/session/told-at-next-visit", test_told_at_next_visit);
  g_test_add_func ("/session/already-reported", test_already_reported);
  g_test_add_func ("/session/already-reported-before-queueing", test_already_reported_late);
  g_test_add_func ("/session/answered-while-already-reported",
                   test_answered_while_already_reported);
  g_test_add_func ("/session/answered-behind-a-warning", test_answered_behind_a_warning);
  g_test_add_func ("/session/answered-before-queueing", test_answered_before_queueing);
  g_test_add_func ("/session/other-card-in-the-middle", test_other_card);
  g_test_add_func ("/session/not-me", test_not_me);
  g_test_add_func ("/session/not-stored", test_not_stored);
  g_test_add_func ("/session/paper", test_paper);
  g_test_add_func ("/session/paper-without-a-service", test_paper_without_a_service);
  g_test_add_func ("/session/somebody-elses-paper", test_other_paper);
  g_test_add_func ("/session/service-from-data", test_extra_service);
  g_test_add_func ("/session/cases-none", test_cases_none);
  g_test_add_func ("/session/cases-one", test_cases_one);
  g_test_add_func ("/session/cases-many", test_cases_many);
  g_test_add_func ("/session/cases-private", test_cases_private);
  return g_test_run ();
}
