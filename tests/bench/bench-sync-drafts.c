/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/bench-sync-drafts.h"

#include <string.h>

#define START_MS G_GINT64_CONSTANT (1795223400000) /* 2026-11-21 */
#define DUE_DAY  20788                             /* 2026-12-01 */

static const char *const families[] = {
  "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"
};
static const char *const given[] = { "秀兰", "桂英", "建国", "玉珍", "德福", "春生",
                                     "淑芬", "志强", "凤英", "长根", "水莲", "永贵" };
static const char *const groups[] = { "一", "二", "三", "四", "五", "六", "七", "八" };
static const char *const texts[] = {
  "村口那段路下雨就积水，骑车的老人摔过两回了。", "三组的路灯坏了十几天，晚上出门看不见。",
  "自来水这个星期停了四次，早上做饭没有水。",     "垃圾堆在桥头没有人收，天热了味道大得很。",
  "去年的地力补贴还没有到账，别人家都到了。",     "邻居盖房子把水沟堵了，水往我家院子里流。",
  "卫生室星期二没有人，走了三里路白跑一趟。",     "希望村里能开一班去镇上的车，老人看病方便。",
  "电压太低，电饭锅煮不熟饭，跟电工说过三次。",   "请来看一看，电话打得通，下午都在家。",
};

static json_t *
make_person (GRand *chance)
{
  g_autofree char *name =
    g_strconcat (families[g_rand_int_range (chance, 0, G_N_ELEMENTS (families))],
                 given[g_rand_int_range (chance, 0, G_N_ELEMENTS (given))], NULL);
  g_autofree char *number =
    g_strdup_printf ("990121%04d%02d%02d%04d", g_rand_int_range (chance, 1935, 1967),
                     g_rand_int_range (chance, 1, 13), g_rand_int_range (chance, 1, 29),
                     g_rand_int_range (chance, 10, 9999));
  g_autofree char *address =
    g_strdup_printf ("演示县青溪镇禾田村%s组%d号",
                     groups[g_rand_int_range (chance, 0, G_N_ELEMENTS (groups))],
                     g_rand_int_range (chance, 1, 120));

  return json_pack ("{s:s, s:s, s:s, s:s}", "p.doc_type", "citizen", "p.name", name, "p.idno",
                    number, "p.addr", address);
}

static void
add_free_text (GRand *chance, json_t *fields)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int sentences = g_rand_int_range (chance, 1, 5);

  for (int i = 0; i < sentences; i++)
    g_string_append (text, texts[g_rand_int_range (chance, 0, G_N_ELEMENTS (texts))]);
  g_string_append_printf (text, "%d", g_rand_int_range (chance, 1, 100000));
  json_object_set_new (fields, "q.kind", json_string ("ask"));
  json_object_set_new (fields, "q.what", json_string ("road"));
  json_object_set_new (fields, "q.where", json_string ("own-group"));
  json_object_set_new (fields, "q.about", json_string ("no"));
  json_object_set_new (fields, "q.anon", json_string ("no"));
  json_object_set_new (fields, "q.text", json_string (text->str));
}

static json_t *
make_payload (GRand *chance, const BmDraft *draft, json_t *fields)
{
  gint64 at_ms = START_MS + g_rand_int_range (chance, 0, 30 * 86400) * (gint64) 1000;

  return json_pack (
    "{s:i, s:s, s:s, s:o, s:[{s:s, s:s, s:I}, {s:s, s:s, s:I}], s:{s:s, s:s, s:s, s:I}, s:s, s:s, "
    "s:s, s:b, s:s, s:i}",
    "version", 1, "service", draft->service, "rule", draft->rule, "fields", fields, "evidence",
    "class", "card", "kind", "citizen", "at_ms", (json_int_t) at_ms, "class", "witness", "staff",
    "HT02", "at_ms", (json_int_t) (at_ms + 40000), "notice", "version", "N1-2026.1", "method",
    "tap", "by", "self", "at_ms", (json_int_t) (at_ms + 60000), "pressed_by", "self", "mode",
    "self", "helper", "", "online", 0, "session", draft->session, "matter", 1);
}

static BmDraft *
make_draft (guint seed, guint number, gboolean is_certification)
{
  g_autoptr (GRand) chance =
    g_rand_new_with_seed_array ((guint32[]){ seed, number, is_certification }, 3);
  gboolean is_request = !is_certification && number % 4 == 0;
  BmDraft *draft = bm_draft_new ();
  json_t *fields = make_person (chance);

  draft->seat = g_strdup ("hall");
  draft->session =
    g_strdup_printf ("%08x%08x", g_rand_int (chance), (is_certification ? 0x80000000 : 0) | number);
  draft->matter = 1;
  draft->service = g_strdup (is_request ? "req.appeal" : "cert.pension");
  draft->rule = g_strdup (is_request ? "R1-2026.1" : "C1-2026.1");
  draft->priority = is_certification ? 0 : 1;
  draft->due_day = DUE_DAY + g_rand_int_range (chance, 0, 90);
  for (guint i = 0; i < BM_TAG_LEN; i++)
    draft->subject_tag[i] = (guint8) g_rand_int_range (chance, 0, 256);
  if (is_request)
    add_free_text (chance, fields);
  draft->slip = json_pack ("{s:O, s:O}", "p.name", json_object_get (fields, "p.name"), "p.idno",
                           json_object_get (fields, "p.idno"));
  draft->payload = make_payload (chance, draft, fields);
  return draft;
}

BmDraft *
bench_draft_new (guint seed, guint number)
{
  return make_draft (seed, number, FALSE);
}

BmDraft *
bench_certification_new (guint seed, guint number)
{
  return make_draft (seed, number, TRUE);
}

char *
bench_draft_dup_facts (const BmDraft *draft)
{
  json_t *facts = json_deep_copy (draft->payload);
  char *borrowed;
  char *text;

  json_object_set_new (facts, "due_day", json_integer (draft->due_day));
  json_object_set_new (facts, "priority", json_integer (draft->priority));
  borrowed = json_dumps (facts, JSON_COMPACT | JSON_SORT_KEYS);
  text = g_strdup (borrowed);
  free (borrowed);
  json_decref (facts);
  return text;
}
