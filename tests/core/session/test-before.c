/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/world.h"

/* 认证前: the record's due date is said with its day, feeds what is sent, and never sends anybody away. */

static void
take_record (World *world, json_t *record)
{
  json_decref (world->record);
  world->record = record;
}

static void
begin_check (World *world, const char *status, const char *due)
{
  take_record (world, world_record (status, due));
  world_identify (world, WANG_NAME, WANG_ID);
  g_assert_false (world_has_shown (world, "不用认证"));
}

static void
test_due_this_month (void)
{
  g_autoptr (World) world = world_new ();
  json_t *fields;

  begin_check (world, "paying", "2026-11-30");
  assert_page (world, "before");
  g_assert_true (world_says (world, "按11月18日的记录，您这个月底到期。"));
  g_assert_true (world_says (world, "可能已经自动认证过了。"));
  world_choose (world, "now");
  assert_page (world, "notice");
  world_choose (world, "agree");
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  assert_page (world, "done");
  g_assert_cmpint (world->draft->due_day, ==, bm_day_from_ymd (2026, 11, 30));
  fields = json_object_get (world->draft->payload, "fields");
  g_assert_cmpstr (json_string_value (json_object_get (fields, "k.due")), ==, "2026-11-30");
  g_assert_cmpstr (json_string_value (json_object_get (fields, "k.scheme")), ==, "resident");
}

static void
test_due_later (void)
{
  g_autoptr (World) world = world_new ();

  begin_check (world, "paying", "2027-05-31");
  assert_page (world, "before");
  g_assert_true (world_says (world, "按11月18日的记录，下次最晚2027年5月底。"));
  g_assert_true (world_says (world, "早一点办也可以。"));
  world_choose (world, "later");
  assert_page (world, "goodbye");
  g_assert_cmpuint (world->n_commits, ==, 0);
}

static void
test_stopped (void)
{
  g_autoptr (World) world = world_new ();

  begin_check (world, "paused", "2026-09-30");
  assert_page (world, "before");
  g_assert_true (world_says (world, "您的养老金现在停着。"));
  g_assert_true (world_says (world, "先认证，再替您问为什么停、什么时候发。"));
  world_choose (world, "now");
  world_choose (world, "agree");
  world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  g_assert_cmpint (world->draft->due_day, ==, bm_day_from_ymd (2026, 9, 30));
}

static void
test_overdue (void)
{
  g_autoptr (World) world = world_new ();

  begin_check (world, "paying", "2026-10-31");
  g_assert_true (world_says (world, "您2026年10月底就到期了。"));
  g_assert_false (world_says (world, "停着"));
}

/* A result that is newer than the pack wins over it: the old date is not said again. */
static void
test_newer_result (void)
{
  g_autoptr (World) world = world_new ();
  json_t *last = world_case ("9901211012010101000000010", "cert.pension", "done", "CERT_OK");

  json_object_set_new (last, "is_told", json_true ());
  json_array_append_new (world->cases, last);
  begin_check (world, "paying", "2026-11-30");
  assert_page (world, "notice");
}

/* Without packs, or with a record that says nothing of it, the flow is what it was. */
static void
test_no_record (void)
{
  static const char *const states[] = { "unknown", "missing", "locked" };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (World) world = world_new ();

      take_record (world, json_pack ("{s:s, s:s, s:n}", "state", states[i], "as_of", "", "record"));
      world_identify (world, WANG_NAME, WANG_ID);
      assert_page (world, "notice");
      world_choose (world, "agree");
      world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
      g_assert_cmpint (world->draft->due_day, ==, BM_NO_DUE_DAY);
    }
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/before/due-this-month", test_due_this_month);
  g_test_add_func ("/before/due-later", test_due_later);
  g_test_add_func ("/before/stopped", test_stopped);
  g_test_add_func ("/before/overdue", test_overdue);
  g_test_add_func ("/before/newer-result", test_newer_result);
  g_test_add_func ("/before/no-record", test_no_record);
  return g_test_run ();
}
