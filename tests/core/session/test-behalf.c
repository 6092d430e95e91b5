/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/attachment.h"
#include "tests/core/session/world.h"

#include <string.h>

/*
 * 代办 before the hall's screen: who may act, what the agent is not told, what goes with the matter, and that one
 * letter is for one matter.
 */

#define ZHANG      "张桂英"
#define ZHANG_ID   "990121193907250068"
#define AGENT      "欧阳文静"
#define AGENT_ID   "990121198803300406"
#define CHILD      "杨小宝"
#define CHILD_ID   "99012120150901039X"
#define OLD_NUMBER "9901211012010101000000070"

static void
hand_over (World *world, const char *service)
{
  json_t *behalf =
    json_pack ("{s:{s:s, s:s, s:s, s:s}, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:[s]}}",
               "principal", "name", ZHANG, "idno", ZHANG_ID, "address", "禾田村三组", "by",
               "number", "relation", "child", "service", service, "helper", "HT02", "letter",
               "number", "12", "from", "2026-11-01", "until", "2026-12-31", "signed", "signature",
               "witnesses", "HT02");

  world_send (world, (BmEvent){ .type = BM_EVENT_BEHALF, .json = behalf });
  json_decref (behalf);
}

static void
reach_flow (World *world, const char *service)
{
  hand_over (world, service);
  assert_page (world, "behalf");
  world_place (world, AGENT, AGENT_ID);
  assert_page (world, "behalf-agent");
  g_assert_true (world_says (world, ZHANG));
  world_choose (world, "yes");
  assert_page (world, "photo");
  world_choose (world, "take");
  world_choose (world, "keep");
  assert_page (world, "behalf-more");
}

static void
hand_in_visit (World *world)
{
  static const char *const answers[] = { "code:cert.pension", "next", "code:bed",    "next",
                                         "code:any",          "next", "code:family", NULL };

  world_choose (world, "all");
  assert_page (world, "notice");
  world_choose (world, "agree");
  for (gsize i = 0; answers[i] != NULL; i++)
    if (strcmp (answers[i], "next") == 0)
      world_do (world, "next");
    else
      world_choose (world, answers[i]);
  assert_page (world, "readback");
  world_choose (world, "right");
}

static void
test_who_may_act (void)
{
  g_autoptr (World) world = world_new ();

  hand_over (world, "req.homevisit");
  world_place (world, ZHANG, ZHANG_ID);
  g_assert_true (world_says (world, "这是委托人的身份证"));
  world_place (world, CHILD, CHILD_ID);
  g_assert_true (world_says (world, "满18岁的人"));
  assert_page (world, "behalf");
  world_place (world, AGENT, AGENT_ID);
  assert_page (world, "behalf-agent");
  world_choose (world, "no");
  assert_page (world, "behalf");
  world_do (world, "end");
  assert_page (world, "closed");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

/* The catalogue opens it, whatever the desk says; and nobody is pushed from the screen. */
static void
test_not_begun (void)
{
  static const char *const never[] = { "cert.pension", "query.pension", "query.case", "none" };
  g_autoptr (World) world = world_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (never); i++)
    {
      hand_over (world, never[i]);
      assert_page (world, "idle");
    }
  world_choose (world, "start");
  world_choose (world, "cert.pension");
  hand_over (world, "req.homevisit");
  assert_page (world, "card");
}

static json_t *
find_block (json_t *sheet, const char *label)
{
  json_t *block;
  gsize i;

  json_array_foreach (json_object_get (sheet, "blocks"), i, block)
  {
    if (g_strcmp0 (json_string_value (json_object_get (block, "label")), label) == 0)
      return json_object_get (block, "value");
  }
  return NULL;
}

static void
need_classes (json_t *payload)
{
  json_t *evidence = json_object_get (payload, "evidence");

  g_assert_cmpuint (json_array_size (evidence), ==, 2);
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (evidence, 0), "class")), ==,
                   "agent-card");
  g_assert_cmpstr (json_string_value (json_object_get (json_array_get (evidence, 1), "class")), ==,
                   "letter");
}

static void
test_what_goes_with_it (void)
{
  g_autoptr (World) world = world_new ();
  json_t *payload, *behalf;
  g_autofree char *sheet = NULL, *slip = NULL;

  reach_flow (world, "req.homevisit");
  world_choose (world, "more");
  assert_page (world, "photo");
  world_choose (world, "take");
  world_choose (world, "keep");
  hand_in_visit (world);
  g_assert_cmpuint (world->n_commits, ==, 1);
  payload = world->draft->payload;
  behalf = json_object_get (payload, "behalf");
  g_assert_cmpstr (json_string_value (json_object_get (payload, "mode")), ==, "behalf");
  g_assert_cmpstr (json_string_value (json_object_get (payload, "pressed_by")), ==, "agent");
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (payload, "notice"), "by")),
                   ==, "agent");
  g_assert_cmpstr (json_string_value (
                     json_object_get (json_object_get (payload, "fields"), "p.idno")),
                   ==, ZHANG_ID);
  g_assert_cmpstr (json_string_value (json_object_get (json_object_get (behalf, "agent"), "idno")),
                   ==, AGENT_ID);
  g_assert_cmpint (json_integer_value (
                     json_object_get (json_object_get (behalf, "letter"), "pages")),
                   ==, 2);
  need_classes (payload);
  g_assert_cmpuint (world->draft->attachments->len, ==, 2);
  g_assert_cmpstr (json_string_value (find_block (world->draft->sheet, "代办")), ==,
                   "欧**静\n（子女）\n委托书12号");
  g_assert_cmpstr (json_string_value (find_block (world->draft->sheet, "谁点的")), ==, "代办的人");
  sheet = json_dumps (world->draft->sheet, 0);
  slip = json_dumps (world->draft->slip, 0);
  g_assert_null (strstr (sheet, AGENT_ID));
  g_assert_null (strstr (sheet, AGENT));
  g_assert_null (strstr (slip, AGENT_ID));
}

/* No camera: the staff keep the paper, and the record says so. */
static void
test_kept_on_paper (void)
{
  g_autoptr (World) world = world_new ();
  json_t *letter;

  hand_over (world, "req.homevisit");
  world_place (world, AGENT, AGENT_ID);
  world_choose (world, "yes");
  world_choose (world, "staff");
  assert_page (world, "notice");
  world_choose (world, "agree");
  world_choose (world, "code:cert.pension");
  world_do (world, "next");
  world_choose (world, "code:bed");
  world_do (world, "next");
  world_choose (world, "code:any");
  world_do (world, "next");
  world_choose (world, "code:knock");
  world_choose (world, "right");
  letter = json_object_get (json_object_get (world->draft->payload, "behalf"), "letter");
  g_assert_cmpstr (json_string_value (json_object_get (letter, "paper")), ==, "kept");
  g_assert_null (world->draft->attachments);
}

/* An answer that waits for the person is not the agent's to hear, nor is it noted as told. */
static void
test_not_told (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases, world_case (OLD_NUMBER, "cert.pension", "done", "CERT_OK"));
  world->record = world_record ("certified", "2027-05-31");
  reach_flow (world, "req.homevisit");
  hand_in_visit (world);
  g_assert_cmpuint (world->n_commits, ==, 1);
  g_assert_false (world_has_shown (world, "通过"));
  world_print (world, "printed", "");
  for (guint i = 0; i < 3; i++)
    world_do (world, "next");
  g_assert_null (world_find (world, BM_EFFECT_TOLD));
}

/* The same matter that waits is said where everybody may know of it, and not where nobody may. */
static void
test_already_reported (void)
{
  g_autoptr (World) world = world_new ();
  json_t *same = world_case (OLD_NUMBER, "req.elder80", "sent", NULL);

  json_array_append_new (world->cases, same);
  reach_flow (world, "req.elder80");
  world_choose (world, "all");
  assert_page (world, "already-reported");
}

static void
test_hidden_stays_hidden (void)
{
  g_autoptr (World) world = world_new ();
  json_t *same = world_case (OLD_NUMBER, "req.elder80", "sent", NULL);

  json_object_set_new (json_object_get (same, "slip"), "is_hidden", json_true ());
  json_array_append_new (world->cases, same);
  reach_flow (world, "req.elder80");
  world_choose (world, "all");
  assert_page (world, "notice");
}

static void
test_private_stays_private (void)
{
  g_autoptr (World) world = world_new ();
  json_t *same = world_case (OLD_NUMBER, "req.homevisit", "sent", NULL);

  json_object_set_new (json_object_get (same, "slip"), "fields",
                       json_pack ("{s:s}", "v.for", "cert.pension"));
  json_array_append_new (world->cases, same);
  reach_flow (world, "req.homevisit");
  hand_in_visit (world);
  g_assert_cmpuint (world->n_commits, ==, 1);
  g_assert_false (world_has_shown (world, "已经报过"));
}

static void
test_one_matter (void)
{
  g_autoptr (World) world = world_new ();

  reach_flow (world, "req.homevisit");
  hand_in_visit (world);
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_false (world_offers (world, "another"));
}

/* Back over the letter to the agent, and on again: nobody is looked up twice. */
static void
test_back (void)
{
  g_autoptr (World) world = world_new ();

  reach_flow (world, "req.homevisit");
  world_choose (world, "all");
  assert_page (world, "notice");
  world_do (world, "back");
  assert_page (world, "photo-taken");
  world_do (world, "back");
  assert_page (world, "behalf-agent");
  world_choose (world, "yes");
  assert_page (world, "photo-taken");
  g_assert_cmpuint (world_count (world, BM_EFFECT_IDENTIFY), ==, 1);
}

/* The desk has seen who is here: what carries no name is not handed in so. */
static void
test_nameless (void)
{
  g_autoptr (World) world = world_new ();

  reach_flow (world, "req.appeal");
  world_choose (world, "all");
  assert_page (world, "danger");
  world_choose (world, "safe");
  world_choose (world, "code:report");
  world_do (world, "next");
  world_choose (world, "code:yes"); /* no name */
  assert_page (world, "behalf-nameless");
  g_assert_null (world->draft);
  world_choose (world, "leave");
  assert_page (world, "closed");
}

/* What somebody else handed in stands before everything else at the person's own visit. */
static json_t *
make_handed_in (const char *state, const char *code)
{
  json_t *handed = world_case (OLD_NUMBER, "req.homevisit", state, code);

  json_object_set_new (json_object_get (handed, "slip"), "behalf",
                       json_pack ("{s:s, s:s}", "agent", "欧**静", "relation", "child"));
  json_object_set_new (handed, "entry", json_string ("acked"));
  return handed;
}

static World *
reach_told (const char *state, const char *code)
{
  World *world = world_new ();

  json_array_append_new (world->cases, make_handed_in (state, code));
  world_choose (world, "start");
  world_choose (world, "cert.pension");
  world_place (world, ZHANG, ZHANG_ID);
  world_choose (world, "yes");
  assert_page (world, "behalf-told");
  g_assert_true (world_says (world, "欧**静（子女）"));
  return world;
}

static void
test_told (void)
{
  g_autoptr (World) world = reach_told ("sent", NULL);

  g_assert_false (world_says (world, "上门服务预约")); /* not for the hall */
  world_choose (world, "which");
  g_assert_true (world_says (world, "上门服务预约"));
  g_assert_null (world_find (world, BM_EFFECT_TOLD));
  world_choose (world, "understood");
  g_assert_cmpstr (world_find (world, BM_EFFECT_TOLD)->text, ==, OLD_NUMBER);
  g_assert_cmpstr (world_page_id (world), !=, "behalf-told");
}

static void
test_denied (void)
{
  g_autoptr (World) world = reach_told ("sent", NULL);
  json_t *task;

  world_choose (world, "not-mine");
  assert_page (world, "behalf-denied");
  task = world_find (world, BM_EFFECT_CONTACT)->json;
  g_assert_cmpstr (json_string_value (json_object_get (task, "number")), ==, OLD_NUMBER);
  g_assert_cmpstr (json_string_value (json_object_get (task, "kind")), ==, "ask");
  g_assert_cmpstr (json_string_value (json_object_get (task, "name")), ==, "张*英");
  world_choose (world, "withdraw");
  assert_page (world, "withdraw");
  world_choose (world, "withdraw");
  g_assert_nonnull (world_find (world, BM_EFFECT_WITHDRAW));
}

/* An answer that came meanwhile is told after it, and ends it. */
static void
test_told_with_an_answer (void)
{
  g_autoptr (World) world = reach_told ("not_done", "BEHALF_TERM");

  world_choose (world, "understood");
  g_assert_null (world_find (world, BM_EFFECT_TOLD));
  g_assert_cmpstr (world_page_id (world), !=, "behalf-told");
  while (world_offers (world, "hear"))
    world_choose (world, "hear");
  g_assert_nonnull (world_find (world, BM_EFFECT_TOLD));
}

/* After a restart it is nobody's but theirs; who stood there is told that it is noted. */
static void
test_restarted (void)
{
  g_autoptr (World) world = world_new ();
  json_t *untold = json_pack ("[o]", make_handed_in ("noted", NULL));

  world_send (world, (BmEvent){ .type = BM_EVENT_RESTARTED, .json = untold });
  assert_page (world, "idle");
  world_send (world, (BmEvent){ .type = BM_EVENT_RESTARTED, .json = untold, .flag = TRUE });
  assert_page (world, "restarted");
  world_choose (world, "understood");
  g_assert_null (world_find (world, BM_EFFECT_TOLD));
  json_decref (untold);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/behalf/who-may-act", test_who_may_act);
  g_test_add_func ("/behalf/what-is-never-begun", test_not_begun);
  g_test_add_func ("/behalf/what-goes-with-it", test_what_goes_with_it);
  g_test_add_func ("/behalf/no-camera", test_kept_on_paper);
  g_test_add_func ("/behalf/the-agent-hears-nothing-of-theirs", test_not_told);
  g_test_add_func ("/behalf/already-reported", test_already_reported);
  g_test_add_func ("/behalf/hidden-stays-hidden", test_hidden_stays_hidden);
  g_test_add_func ("/behalf/private-stays-private", test_private_stays_private);
  g_test_add_func ("/behalf/one-letter-one-matter", test_one_matter);
  g_test_add_func ("/behalf/back", test_back);
  g_test_add_func ("/behalf/without-a-name", test_nameless);
  g_test_add_func ("/behalf/the-person-is-told", test_told);
  g_test_add_func ("/behalf/not-asked-for", test_denied);
  g_test_add_func ("/behalf/told-with-an-answer", test_told_with_an_answer);
  g_test_add_func ("/behalf/after-a-restart", test_restarted);
  return g_test_run ();
}
