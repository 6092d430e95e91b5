/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/platform/backend-rules.h"

#include "core/crypto/crypto.h"
#include "core/error.h"

#include <string.h>

/* The rule-driven backend against domain §4.3, for every one of the 32 residents. */

#define DEMO_NOW  G_GINT64_CONSTANT (1795223400000) /* 2026-11-21T09:10:00+08:00 */
#define LONG_NAME "阿卜杜外力·阿卜杜热西提·买买提"
#define CUT_NAME  "阿卜杜外力·阿卜杜热西提·买买"

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

/* By resident number; 0 is nobody. */
static const char *const expected[] = {
  NULL,
  "CERT_OK",          /* 1 王秀兰 */
  "CERT_PAY_STATUS",  /* 2 */
  "CERT_OK",          /* 3 */
  "CERT_OK",          /* 4 */
  "CERT_OK",          /* 5 */
  "CERT_OK",          /* 6 */
  "CERT_NOT_NEEDED",  /* 7 */
  "CERT_OK",          /* 8 */
  "CERT_OK",          /* 9 */
  "CERT_OK",          /* 10 */
  "CERT_NOT_INSURED", /* 11 */
  "CERT_NAME",        /* 12 */
  "CERT_OK",          /* 13 */
  "CERT_OK",          /* 14 */
  "CERT_OK",          /* 15 */
  "CERT_NOT_SYNCED",  /* 16 */
  "CERT_OK",          /* 17 */
  "CERT_OK",          /* 18 */
  "CERT_NOT_INSURED", /* 19 */
  "CERT_NOT_INSURED", /* 20 */
  "CERT_NOT_INSURED", /* 21 */
  "CERT_NOT_INSURED", /* 22 */
  "CERT_OK",          /* 23 */
  "CERT_OK",          /* 24 */
  "CERT_STATUS",      /* 25 */
  "CERT_DUP",         /* 26 */
  "CERT_NOT_INSURED", /* 27 */
  "CERT_NOT_INSURED", /* 28 */
  "CERT_NOT_INSURED", /* 29 */
  "CERT_OK",          /* 30 */
  "CERT_OK",          /* 31 */
  "CERT_OK",          /* 32 */
};

typedef struct
{
  BmBackend *backend;
  GPtrArray *names;
  GPtrArray *ids;
} Fixture;

static void
read_residents (Fixture *fixture, const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "residents.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strchomp (text), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 33);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], ",", 9);

      g_ptr_array_add (fixture->names, g_strdup (columns[1]));
      g_ptr_array_add (fixture->ids, g_strdup (columns[7]));
    }
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *dir = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "demo", NULL);
  g_autofree char *catalogue = g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
  g_autoptr (GError) error = NULL;

  fixture->names = g_ptr_array_new_with_free_func (g_free);
  fixture->ids = g_ptr_array_new_with_free_func (g_free);
  read_residents (fixture, dir);
  fixture->backend = bm_backend_rules_new (dir, catalogue, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_object (&fixture->backend);
  g_ptr_array_unref (fixture->names);
  g_ptr_array_unref (fixture->ids);
}

static BmBackendCase *
make_case (const char *name, const char *id_number, json_t *evidence)
{
  BmBackendCase *kase = g_new0 (BmBackendCase, 1);

  kase->serial = 7;
  kase->number = g_strdup ("9901211012010101000000070");
  kase->service = g_strdup ("cert.pension");
  kase->rule = g_strdup ("C1-2026.1");
  kase->received_ms = DEMO_NOW;
  kase->happened_ms = DEMO_NOW;
  kase->payload =
    json_pack ("{s:i, s:s, s:{s:s, s:s}, s:o}", "version", 1, "service", "cert.pension", "fields",
               "p.name", name, "p.idno", id_number, "evidence", evidence);
  g_assert_nonnull (kase->payload);
  return kase;
}

static json_t *
make_evidence (gboolean has_card, const char *witness)
{
  json_t *evidence = json_array ();

  if (has_card)
    json_array_append_new (evidence, json_pack ("{s:s, s:s}", "class", "card", "kind", "citizen"));
  if (witness != NULL)
    json_array_append_new (evidence,
                           json_pack ("{s:s, s:s}", "class", "witness", "staff", witness));
  return evidence;
}

static BmDecision *
decide (Fixture *fixture, const char *name, const char *id_number, json_t *evidence)
{
  g_autoptr (BmBackendCase) kase = make_case (name, id_number, evidence);
  g_autoptr (GError) error = NULL;
  BmDecision *decision = bm_backend_poll (fixture->backend, kase, &error);

  g_assert_no_error (error);
  return decision;
}

static void
test_residents (Fixture *fixture, gconstpointer unused)
{
  g_assert_cmpuint (G_N_ELEMENTS (expected), ==, fixture->ids->len);
  for (guint i = 1; i < fixture->ids->len; i++)
    {
      const char *name = g_ptr_array_index (fixture->names, i);
      g_autoptr (BmDecision) decision =
        decide (fixture, name, g_ptr_array_index (fixture->ids, i), make_evidence (TRUE, "HT02"));
      gboolean is_passed = strcmp (expected[i], "CERT_OK") == 0;

      g_test_message ("resident %u: %s %s", i, decision->code, decision->state);
      g_assert_cmpstr (decision->code, ==, expected[i]);
      g_assert_cmpstr (decision->next_due, ==, is_passed ? "2027-11-30" : NULL);
      g_assert_cmpint (strcmp (decision->state, "done") == 0, ==,
                       is_passed || strcmp (expected[i], "CERT_NOT_NEEDED") == 0);
      g_assert_null (strstr (decision->text, "去世"));
      g_assert_cmpstr (decision->by, ==, "演示县社保中心");
      g_assert_cmpstr (decision->central_no, ==, "YB990121-2026-000007");
    }
}

static void
test_sentences (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    guint resident;
    const char *state;
    const char *text;
    gboolean is_final;
  } cases[] = {
    { 1, "done", "这次认证通过了。", TRUE },
    { 2, "conflict", "您的养老金现在停着。先认证，再替您问为什么停、什么时候发。", FALSE },
    { 11, "not_done", "系统里没找到您的养老金记录。不要急，请工作人员帮您查。", TRUE },
    { 12, "conflict",
      "系统里的名字和身份证不一样。还要再核对一下，不是您的错。我们已经替您报上去了。", FALSE },
    { 25, "conflict", "您的记录要核对一下。", FALSE },
    { 26, "conflict", "有两条记录，要请上面核对。", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint resident = cases[i].resident;
      g_autoptr (BmDecision) decision =
        decide (fixture, g_ptr_array_index (fixture->names, resident),
                g_ptr_array_index (fixture->ids, resident), make_evidence (TRUE, "HT02"));

      g_assert_cmpstr (decision->state, ==, cases[i].state);
      g_assert_cmpstr (decision->text, ==, cases[i].text);
      g_assert_cmpint (decision->is_final, ==, cases[i].is_final);
    }
}

static void
assert_code (Fixture *fixture, guint resident, json_t *evidence, const char *code)
{
  g_autoptr (BmDecision) decision = decide (fixture, g_ptr_array_index (fixture->names, resident),
                                            g_ptr_array_index (fixture->ids, resident), evidence);

  g_assert_cmpstr (decision->code, ==, code);
}

static void
test_evidence (Fixture *fixture, gconstpointer unused)
{
  assert_code (fixture, 1, make_evidence (TRUE, NULL), "CERT_NO_WITNESS");
  assert_code (fixture, 1, make_evidence (FALSE, "HT02"), "CERT_MATCH_FAIL");
  assert_code (fixture, 1, make_evidence (TRUE, "XX99"), "CERT_NO_WITNESS");
  assert_code (fixture, 1, make_evidence (TRUE, "HT01"), "CERT_OK");
  assert_code (fixture, 22, make_evidence (TRUE, "HT01"), "CERT_KIN_WITNESS");
  assert_code (fixture, 22, make_evidence (TRUE, "HT02"), "CERT_NOT_INSURED");
}

/* A service with a list of its own: its codes, its words, its office; nothing of the pension's books. */
static void
test_receivers (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *service;
    guint resident;
    const char *code;
    const char *text;
  } cases[] = {
    { "cert.elder80", 2, "CERT_OK", "这次年审通过了。" }, /* whose pension is paused */
    { "cert.elder80", 26, "CERT_STATUS", "您的记录要核对一下。" },
    { "cert.elder80", 9, "CERT_NOT_LISTED",
      "名单里没找到您的高龄津贴。不要急，请工作人员帮您查。" },
    { "cert.disabled", 21, "CERT_OK", "这次复核通过了。" },
    { "cert.disabled", 4, "CERT_NOT_LISTED",
      "名单里没找到您的残疾补贴。不要急，请工作人员帮您查。" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmBackendCase) kase =
        make_case (g_ptr_array_index (fixture->names, cases[i].resident),
                   g_ptr_array_index (fixture->ids, cases[i].resident),
                   make_evidence (TRUE, "HT02"));
      g_autoptr (BmDecision) handed = NULL;
      g_autoptr (BmDecision) decision = NULL;

      g_free (kase->service);
      kase->service = g_strdup (cases[i].service);
      handed = bm_backend_submit (fixture->backend, kase, NULL);
      decision = bm_backend_poll (fixture->backend, kase, NULL);
      g_assert_cmpstr (handed->text, ==, "已经转到演示县民政局，还在核对。");
      g_assert_cmpstr (decision->code, ==, cases[i].code);
      g_assert_cmpstr (decision->text, ==, cases[i].text);
      g_assert_cmpstr (decision->by, ==, "演示县民政局");
      g_assert_cmpint (decision->next_due != NULL, ==, strcmp (decision->code, "CERT_OK") == 0);
    }
}

/* An application is looked at once more, whatever the station made of it, and then takes its time. */
static void
test_applications (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    guint resident;
    const char *hukou;
    guint days; /* later */
    const char *code;
    const char *state;
    const char *text;
  } cases[] = {
    { 9, "yes", 0, "APPLY_ACCEPTED", "accepted", "演示县民政局已经受理，村里还要核实。" },
    { 9, "yes", 13, "APPLY_ACCEPTED", "accepted", "演示县民政局已经受理，村里还要核实。" },
    { 9, "yes", 14, "APPLY_NOTICE", "accepted", "正在村里公示，公示5个工作日。" },
    { 9, "yes", 30, "APPLY_GRANTED", "done", "高龄津贴批准了，从下个月起发。" },
    { 9, "no", 0, "APPLY_ELSEWHERE", "not_done", "您的户口不在本村，请到户口所在的村里申请。" },
    { 30, "yes", 30, "APPLY_TOO_YOUNG", "not_done", "申请的时候还没到年龄，这次不能批。" },
    { 3, "yes", 0, "APPLY_DRAWN", "not_done", "您已经在领高龄津贴，不用再申请。" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BmBackendCase) kase =
        make_case (g_ptr_array_index (fixture->names, cases[i].resident),
                   g_ptr_array_index (fixture->ids, cases[i].resident), make_evidence (TRUE, NULL));
      g_autoptr (BmDecision) handed = NULL;
      g_autoptr (BmDecision) decision = NULL;

      g_free (kase->service);
      kase->service = g_strdup ("req.elder80");
      kase->since_ms = DEMO_NOW;
      kase->now_ms = DEMO_NOW + cases[i].days * G_GINT64_CONSTANT (24 * 60 * 60 * 1000);
      json_object_set_new (json_object_get (kase->payload, "fields"), "h.hukou",
                           json_string (cases[i].hukou));
      handed = bm_backend_submit (fixture->backend, kase, NULL);
      g_assert_false (handed->is_final);
      decision = bm_backend_poll (fixture->backend, kase, NULL);
      g_assert_cmpstr (decision->code, ==, cases[i].code);
      g_assert_cmpstr (decision->state, ==, cases[i].state);
      g_assert_cmpstr (decision->text, ==, cases[i].text);
      g_assert_cmpstr (decision->due, ==, "2026-12-25");
      g_assert_null (decision->next_due);
    }
}

static void
test_names (Fixture *fixture, gconstpointer unused)
{
  const char *id = g_ptr_array_index (fixture->ids, 14);
  g_autoptr (BmDecision) cut = decide (fixture, CUT_NAME, id, make_evidence (TRUE, "HT02"));
  g_autoptr (BmDecision) whole = decide (fixture, LONG_NAME, id, make_evidence (TRUE, "HT02"));
  g_autoptr (BmDecision) other = decide (fixture, "王秀兰", id, make_evidence (TRUE, "HT02"));
  g_autoptr (BmDecision) dotted =
    decide (fixture, "阿依古丽•买买提", g_ptr_array_index (fixture->ids, 13),
            make_evidence (TRUE, "HT02"));

  g_assert_cmpstr (cut->code, ==, "CERT_OK");
  g_assert_cmpstr (whole->code, ==, "CERT_OK");
  g_assert_cmpstr (other->code, ==, "CERT_NAME");
  g_assert_cmpstr (dotted->code, ==, "CERT_OK");
}

static void
test_bad_numbers (Fixture *fixture, gconstpointer unused)
{
  static const char *const bad[] = { "990121194803120020", "990121194802300027",
                                     "99012119480312002", "990121480312002", "" };
  g_autoptr (BmDecision) lower = decide (fixture, g_ptr_array_index (fixture->names, 32),
                                         "99012119520630099x", make_evidence (TRUE, "HT02"));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (BmDecision) decision =
        decide (fixture, "王秀兰", bad[i], make_evidence (TRUE, "HT02"));

      g_assert_cmpstr (decision->code, ==, "CERT_BAD_ID");
    }
  g_assert_cmpstr (lower->code, ==, "CERT_OK");
}

static void
test_submit_promises_nothing (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBackendCase) kase =
    make_case ("王秀兰", "990121194803120028", make_evidence (TRUE, "HT02"));
  g_autoptr (GError) error = NULL;
  g_autoptr (BmDecision) first = bm_backend_submit (fixture->backend, kase, &error);
  g_autoptr (BmDecision) again = bm_backend_submit (fixture->backend, kase, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (first->state, ==, "handed");
  g_assert_false (first->is_final);
  g_assert_cmpstr (first->central_no, ==, again->central_no);
}

static void
test_packs (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Json) pack = bm_backend_fetch_pack (fixture->backend, "990121101201", &error);
  g_autoptr (Json) catalogue = bm_backend_fetch_catalogue (fixture->backend, &error);
  json_t *first = json_array_get (json_object_get (pack, "due"), 0);
  g_autoptr (Json) none = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (json_array_size (json_object_get (pack, "due")), ==, 22);
  g_assert_cmpstr (json_string_value (json_object_get (first, "month")), ==, "2026-11");
  g_assert_cmpstr (json_string_value (json_object_get (first, "group")), ==, "1");
  g_assert_null (json_object_get (first, "idno"));
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (catalogue, "services"), 0)),
                   ==, "cert.pension");
  none = bm_backend_fetch_pack (fixture->backend, "990121101299", &error);
  g_assert_null (none);
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

static void
test_unknown_code (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BmBackendCase) kase =
    make_case ("王秀兰", "990121194803120028", make_evidence (TRUE, "HT02"));
  g_autoptr (GError) error = NULL;

  g_assert_null (
    bm_backend_rules_decide (BM_BACKEND_RULES (fixture->backend), kase, "CERT_WHAT", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  add ("/platform/backend/every-resident", test_residents);
  add ("/platform/backend/sentences", test_sentences);
  add ("/platform/backend/evidence-that-does-not-count", test_evidence);
  add ("/platform/backend/a-list-of-its-own", test_receivers);
  add ("/platform/backend/an-application-takes-its-time", test_applications);
  add ("/platform/backend/names-that-differ", test_names);
  add ("/platform/backend/bad-numbers", test_bad_numbers);
  add ("/platform/backend/handed-over-promises-nothing", test_submit_promises_nothing);
  add ("/platform/backend/packs-and-catalogue", test_packs);
  add ("/platform/backend/unknown-code", test_unknown_code);
  return g_test_run ();
}
