/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/sheet/sheet.h"
#include "tests/core/session/world.h"

#include <string.h>

/* 看钱到没到: what is covered is nowhere, what is private is not said, what is old says so. */

#define DAY_MS G_GINT64_CONSTANT (86400000)

static BmEffect *
need (World *world, BmEffectType type)
{
  BmEffect *effect = world_find (world, type);

  if (effect == NULL)
    g_error ("no effect %d", type);
  return effect;
}

static void
take_record (World *world, json_t *record)
{
  json_decref (world->record);
  world->record = record;
}

static json_t *
get_pension (World *world)
{
  return json_object_get (json_object_get (world->record, "record"), "pension");
}

static void
open_query (World *world)
{
  world_choose (world, "start");
  world_choose (world, "query.pension");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
}

static World *
new_query (const char *status, const char *due)
{
  World *world = world_new ();

  take_record (world, world_record (status, due));
  open_query (world);
  return world;
}

/* Every way an amount could be written or said, and what leads to the account. */
static gboolean
has_secret (World *world, json_t *page)
{
  g_autofree char *text = json_dumps (page, JSON_ENCODE_ANY);
  json_t *month;
  gsize i;

  json_array_foreach (json_object_get (get_pension (world), "months"), i, month)
  {
    json_int_t fen = json_integer_value (json_object_get (month, "fen"));
    g_autofree char *plain = g_strdup_printf ("%d", (gint) fen);
    g_autofree char *shown = g_strdup_printf ("%d.%02d", (gint) (fen / 100), (gint) (fen % 100));
    g_autofree char *yuan = g_strdup_printf ("%d元", (gint) (fen / 100));

    if (strstr (text, plain) != NULL || strstr (text, shown) != NULL || strstr (text, yuan) != NULL)
      return TRUE;
  }
  return strstr (text, "9137") != NULL || strstr (text, "2567") != NULL;
}

static gboolean
is_spoken (World *world, const char *part)
{
  g_autofree char *text =
    json_dumps (json_object_get (world_page (world), "speech"), JSON_ENCODE_ANY);

  return strstr (text, part) != NULL;
}

static gboolean
is_covered (World *world)
{
  return json_is_true (json_object_get (world_page (world), "is_covered"));
}

static void
assert_covered (World *world)
{
  assert_page (world, "benefit");
  g_assert_true (is_covered (world));
  g_assert_false (has_secret (world, world_page (world)));
}

static void
assert_shown (World *world)
{
  assert_page (world, "benefit");
  g_assert_false (is_covered (world));
  g_assert_true (has_secret (world, world_page (world)));
}

static void
test_covered (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");

  assert_covered (world);
  g_assert_true (world_says (world, "到11月18日为止，您今年收到10笔。"));
  g_assert_false (world_says (world, "这是11月18日以前的"));
  /* 读给我听 reads what is there, and what is there is covered. */
  world_do (world, "read");
  assert_covered (world);
  world_do (world, "bigger");
  assert_covered (world);
  world_choose (world, "show");
  assert_shown (world);
  g_assert_true (world_says (world, "228.40元"));
  g_assert_true (world_says (world, "银行处理中"));
  g_assert_true (world_says (world, "已到账 10月15日"));
  g_assert_true (world_says (world, "2567.95元"));
  g_assert_true (world_says (world, "今年合计"));
  g_assert_true (world_says (world, "9137"));
  g_assert_true (world_says (world, "这个月底"));
  g_assert_false (world_says (world, "239.51元"));
  world_choose (world, "whole");
  assert_shown (world);
  g_assert_true (world_says (world, "2025年12月"));
  g_assert_true (world_says (world, "239.51元"));
  world_choose (world, "cover");
  assert_covered (world);
}

/* Shown is not said. */
static void
test_not_said_before_asked (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");
  json_t *speech;

  world_choose (world, "show");
  world_do (world, "read");
  speech = json_object_get (world_page (world), "speech");
  g_assert_false (has_secret (world, speech));
  world_choose (world, "aloud");
  assert_page (world, "aside");
  g_assert_true (world_says (world, "旁边有人吗？要不要读出来？"));
  g_assert_false (has_secret (world, world_page (world)));
  world_choose (world, "silent");
  assert_covered (world);
  world_choose (world, "aloud");
  world_choose (world, "aloud");
  assert_shown (world);
  g_assert_true (is_spoken (world, "11月，228元4角，银行处理中。"));
  g_assert_true (is_spoken (world, "今年合计：2567元9角5分。"));
  world_choose (world, "cover");
  assert_covered (world);
  world_choose (world, "show");
  g_assert_false (has_secret (world, json_object_get (world_page (world), "speech")));
}

static void
test_cover_comes (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");

  world_choose (world, "show");
  world_tick (world, 29);
  assert_shown (world);
  world_do (world, "activity");
  world_tick (world, 29);
  assert_shown (world);
  world_tick (world, 1);
  assert_covered (world);
  /* A card that lies down or goes is no touch. */
  world_choose (world, "aloud");
  world_choose (world, "aloud");
  world_tick (world, 20);
  world_take (world);
  world_place (world, WANG_NAME, WANG_ID);
  world_tick (world, 10);
  assert_covered (world);
  g_assert_false (is_spoken (world, "228元"));
}

/* Under help that does not come the cover comes too. */
static void
test_cover_under_help (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");

  world_choose (world, "show");
  world_do (world, "help");
  world_tick (world, 61);
  assert_page (world, "help");
  world_choose (world, "go-on");
  assert_covered (world);
}

static void
test_other_card_covers (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");

  world_choose (world, "show");
  world_place (world, "李德福", "990121194211030053");
  assert_covered (world);
  g_assert_true (world_says (world, "请一位一位来"));
}

/* Back and forth: whatever page comes next, the amounts are covered when one returns. */
static void
test_leaving_covers (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");

  world_choose (world, "show");
  world_do (world, "back");
  assert_page (world, "confirm");
  g_assert_false (has_secret (world, world_page (world)));
  world_choose (world, "yes");
  assert_covered (world);
  world_choose (world, "show");
  world_do (world, "next");
  assert_page (world, "goodbye");
  g_assert_cmpuint (world->n_commits, ==, 0);
  world_do (world, "next");
  assert_page (world, "closed");
  g_assert_false (world_says (world, "没办完的没有存")); /* nothing was begun */
}

/* The sheet for the person alone: no case, no number, no full name, and it says what it is not. */
static void
test_print (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  json_t *sheet;

  world_choose (world, "print");
  assert_page (world, "query-slip");
  g_assert_false (has_secret (world, world_page (world)));
  g_assert_cmpstr (json_string_value (
                     json_object_get (need (world, BM_EFFECT_PRINT)->json, "number")),
                   ==, "");
  sheet = json_object_get (need (world, BM_EFFECT_PRINT)->json, "sheet");
  g_assert_true (bm_sheet_check (sheet, &error));
  g_assert_no_error (error);
  text = bm_sheet_to_text (sheet, 1);
  g_assert_nonnull (strstr (text, "养老金查询条\n"));
  g_assert_nonnull (strstr (text, "只供自己看，不是证明。\n请收好。\n"));
  g_assert_nonnull (strstr (text, "姓名 王*兰\n"));
  g_assert_nonnull (strstr (text, "到11月18日为止\n（后来到的钱看不到）\n"));
  g_assert_nonnull (strstr (text, "11月 228.40元\n银行处理中\n"));
  g_assert_nonnull (strstr (text, "12月 239.51元\n已到账 2025年12月15日\n"));
  g_assert_nonnull (strstr (text, "合计 2026年　2567.95元\n"));
  g_assert_nonnull (strstr (text, "尾号 9137"));
  g_assert_nonnull (strstr (text, "认证 最晚 2026年11月30日\n"));
  g_assert_null (strstr (text, "今年"));
  g_assert_nonnull (strstr (text, "都是骗子"));
  g_assert_null (strstr (text, WANG_NAME));
  g_assert_null (strstr (text, &WANG_ID[6]));
  world_print (world, "sending", "");
  world_print (world, "printed", "");
  g_assert_true (world_says (world, "拿好条子") || world_says (world, "条子"));
  world_do (world, "next");
  assert_covered (world);
}

/* Nothing was noted, so nothing may say so when the paper does not come. */
static void
test_print_fails (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");

  world_choose (world, "print");
  world_print (world, "waiting", "media-empty");
  g_assert_true (world_says (world, "没纸"));
  g_assert_false (world_says (world, "记下"));
  world_print (world, "failed", "");
  g_assert_true (world_says (world, "打不出来"));
  g_assert_false (world_says (world, "记下"));
  world_print (world, "unknown", "");
  world_choose (world, "not-taken");
  g_assert_false (need (world, BM_EFFECT_SETTLE_PRINT)->flag);
  world_do (world, "next");
  assert_covered (world);
}

static void
test_stale (void)
{
  g_autoptr (World) world = world_new ();

  take_record (world, world_record ("paying", "2026-11-30"));
  json_object_set_new (world->record, "as_of", json_string ("2026-11-17"));
  open_query (world);
  assert_covered (world);
  g_assert_true (world_says (world, "这是11月17日以前的。后来到的钱，这里还看不到。"));
}

/* In January "this year" would be another one than the record's. */
static void
test_last_year (void)
{
  g_autoptr (World) world = world_new ();

  take_record (world, world_record ("paying", "2026-11-30"));
  json_object_set_new (world->record, "as_of", json_string ("2026-12-31"));
  bm_shift_clock_advance (world->clock, 42 * DAY_MS);
  open_query (world);
  g_assert_true (world_says (world, "您2026年收到10笔"));
  g_assert_false (world_says (world, "今年"));
}

/* What the record says in one word each */

typedef struct
{
  const char *path; /* of the test */
  const char *state;
  const char *status;
  const char *note;
  gboolean has_part;
  gboolean has_months;
  const char *area;
  const char *page;
  const char *says;
} Word;

static const Word words[] = {
  { "unknown", "unknown", "", NULL, FALSE, FALSE, "", "no-amounts", "没有您的记录。" },
  { "missing", "missing", "", NULL, FALSE, FALSE, "", "no-amounts", "现在没有新的记录。" },
  { "locked", "locked", "", NULL, FALSE, FALSE, "", "no-amounts", "现在不能看钱。" },
  { "strange", "opened", "", NULL, FALSE, FALSE, "", "no-amounts", "现在没有新的记录。" },
  { "none", "open", "", NULL, FALSE, FALSE, "", "no-amounts", "这里没有看到您的养老金记录。" },
  { "applying", "open", "applying", NULL, TRUE, FALSE, "990121", "no-amounts",
    "还在办，还没有发过钱。" },
  { "ended", "open", "ended", NULL, TRUE, FALSE, "990121", "no-amounts", "养老金不再发了。" },
  { "paused", "open", "paused", NULL, TRUE, TRUE, "990121", "benefit", "您的养老金现在停着。" },
  { "away", "open", "paying", NULL, TRUE, TRUE, "990199", "benefit", "由别的县发" },
  { "away-unseen", "open", "paying", NULL, TRUE, FALSE, "990199", "no-amounts",
    "由别的县发，这里看不到钱数。" },
  { "nothing", "open", "paying", NULL, TRUE, FALSE, "990121", "no-amounts",
    "您今年还没有收到钱。" },
  { "dup", "open", "paying", "dup", TRUE, TRUE, "990121", "no-amounts",
    "您的记录要核对一下，我们替您报上去。" },
  { "status", "open", "paying", "status", TRUE, TRUE, "990121", "no-amounts",
    "您的记录要核对一下，我们替您报上去。" },
  { "name", "open", "paying", "name", TRUE, TRUE, "990121", "benefit",
    "您的记录要核对一下，我们替您报上去。" },
};

static void
set_word (World *world, const Word *word)
{
  json_t *record;

  take_record (world, world_record (word->status, "2026-11-30"));
  record = json_object_get (world->record, "record");
  json_object_set_new (world->record, "state", json_string (word->state));
  json_object_set_new (get_pension (world), "area", json_string (word->area));
  if (word->note != NULL)
    json_array_append_new (json_object_get (record, "notes"), json_string (word->note));
  if (!word->has_months)
    json_array_clear (json_object_get (get_pension (world), "months"));
  if (!word->has_part)
    json_object_set_new (record, "pension", json_null ());
  if (strcmp (word->state, "open") != 0)
    json_object_set_new (world->record, "record", json_null ());
}

/* Whatever it says: never of death, never of a system, and there is a way on to the registration. */
static void
test_word (gconstpointer data)
{
  const Word *word = data;
  g_autoptr (World) world = world_new ();

  set_word (world, word);
  open_query (world);
  assert_page (world, word->page);
  g_assert_true (world_says (world, word->says));
  g_assert_false (has_secret (world, world_page (world)));
  g_assert_false (world_says (world, "去世"));
  g_assert_false (world_says (world, "系统"));
  g_assert_false (world_says (world, "原因"));
  /* A record that may be another's shows not even how often money came. */
  if (strcmp (word->page, "no-amounts") == 0)
    g_assert_false (world_says (world, "10笔"));
  else
    g_assert_true (world_says (world, "到11月18日为止"));
  world_choose (world, "register");
  assert_page (world, "notice");
  world_choose (world, "agree");
  assert_page (world, "done");
  g_assert_cmpuint (world->n_commits, ==, 1);
  g_assert_cmpstr (world->draft->service, ==, "query.pension");
}

static void
test_why (void)
{
  g_autoptr (World) world = world_new ();

  take_record (world, world_record ("paused", "2026-09-30"));
  json_object_set_new (get_pension (world), "why", json_string ("认证到期没有办"));
  open_query (world);
  assert_covered (world);
  g_assert_true (world_says (world, "原因：认证到期没有办"));
  g_assert_true (world_says (world, "先认证，再替您问为什么停、什么时候发。"));
}

/* The record opened with the number, and names somebody else. */
static void
test_other_name (void)
{
  g_autoptr (World) world = world_new ();

  take_record (world, world_record ("paying", "2026-11-30"));
  json_object_set_new (json_object_get (world->record, "record"), "name", json_string ("王秀芳"));
  open_query (world);
  g_assert_true (world_says (world, "您的记录要核对一下"));
  g_assert_false (world_says (world, "王秀芳"));
}

/* Registered: an ordinary entry with the card alone, and words that promise no more than a look-up. */
static void
test_register (void)
{
  g_autoptr (World) world = world_new ();
  g_autofree char *slip = NULL;
  g_autofree char *payload = NULL;
  json_t *filled;
  json_t *record =
    json_pack ("{s:s, s:s, s:n}", "state", "unknown", "as_of", "2026-11-18", "record");

  take_record (world, record);
  open_query (world);
  world_choose (world, "register");
  world_choose (world, "agree");
  assert_page (world, "done");
  g_assert_true (world_says (world, "还没查到。"));
  g_assert_true (world_says (world, "先给您记下了"));
  g_assert_false (world_has_shown (world, "查到了钱"));
  g_assert_false (world_says (world, "好了"));
  payload = json_dumps (world->draft->payload, 0);
  g_assert_nonnull (strstr (payload, WANG_ID));
  g_assert_cmpint (world->draft->due_day, ==, BM_NO_DUE_DAY);
  filled = bm_sheet_fill (world->draft->sheet, "9901211012010101000000070", "", "7号");
  slip = bm_sheet_to_text (filled, 1);
  g_assert_nonnull (strstr (slip, "登记凭条\n"));
  g_assert_nonnull (strstr (slip, "给您记下了，还没查到\n"));
  g_assert_null (strstr (slip, "算不算按时"));
  json_decref (filled);
}

/* 已经报过 holds the second registration up, never the look at the amounts. */
static void
test_register_twice (void)
{
  g_autoptr (World) world = world_new ();

  json_array_append_new (world->cases,
                         world_case ("9901211012010101000000070", "query.pension", "sent", NULL));
  take_record (world, world_record ("paying", "2026-11-30"));
  open_query (world);
  assert_covered (world);
  world_choose (world, "register");
  assert_page (world, "already-reported");
  world_choose (world, "again");
  assert_page (world, "notice");
  world_choose (world, "agree");
  assert_page (world, "done");
}

static void
test_found (void)
{
  g_autoptr (World) world = world_new ();
  json_t *item = world_case ("9901211012010101000000070", "query.pension", "done", "QUERY_FOUND");

  json_object_set_new (json_object_get (item, "result"), "text",
                       json_string ("11月的钱15日发到您的卡上了。"));
  json_object_set_new (json_object_get (item, "result"), "next_due", json_null ());
  json_array_append_new (world->cases, item);
  open_query (world);
  assert_page (world, "told");
  g_assert_true (world_says (world, "11月的钱15日发到您的卡上了。"));
}

/* Nothing of the first one is there for the second, nor after the end (invariant 13). */
static void
test_two_in_a_row (void)
{
  g_autoptr (World) world = new_query ("paying", "2026-11-30");

  world_choose (world, "show");
  world_do (world, "next");
  world_do (world, "next");
  world_tick (world, 10);
  assert_page (world, "idle");
  world_forget (world);
  json_decref (world->record);
  world->record = NULL;
  world_choose (world, "start");
  world_choose (world, "query.pension");
  world_place (world, "李德福", "990121194211030053");
  world_choose (world, "yes");
  assert_page (world, "no-amounts");
  g_assert_false (world_has_shown (world, "228"));
  g_assert_false (world_has_shown (world, "9137"));
  g_assert_false (world_has_shown (world, WANG_NAME));
}

/* A record that comes when nobody is being looked up is nobody's. */
static void
test_late_record (void)
{
  g_autoptr (World) world = world_new ();
  json_t *record = world_record ("paying", "2026-11-30");

  world_send (world, (BmEvent){ .type = BM_EVENT_RECORD, .json = record });
  open_query (world);
  assert_page (world, "no-amounts");
  world_send (world, (BmEvent){ .type = BM_EVENT_RECORD, .json = record });
  world_do (world, "back");
  world_choose (world, "yes");
  assert_page (world, "no-amounts");
  json_decref (record);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/benefit/covered-is-not-in-the-model", test_covered);
  g_test_add_func ("/benefit/not-said-before-asked", test_not_said_before_asked);
  g_test_add_func ("/benefit/cover-comes-by-itself", test_cover_comes);
  g_test_add_func ("/benefit/cover-comes-under-help", test_cover_under_help);
  g_test_add_func ("/benefit/other-card-covers", test_other_card_covers);
  g_test_add_func ("/benefit/leaving-covers", test_leaving_covers);
  g_test_add_func ("/benefit/print", test_print);
  g_test_add_func ("/benefit/print-fails", test_print_fails);
  g_test_add_func ("/benefit/stale", test_stale);
  g_test_add_func ("/benefit/last-year", test_last_year);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *path = g_strdup_printf ("/benefit/word/%s", words[i].path);

      g_test_add_data_func (path, &words[i], test_word);
    }
  g_test_add_func ("/benefit/why", test_why);
  g_test_add_func ("/benefit/other-name", test_other_name);
  g_test_add_func ("/benefit/register", test_register);
  g_test_add_func ("/benefit/register-twice", test_register_twice);
  g_test_add_func ("/benefit/found", test_found);
  g_test_add_func ("/benefit/two-in-a-row", test_two_in_a_row);
  g_test_add_func ("/benefit/late-record", test_late_record);
  return g_test_run ();
}
