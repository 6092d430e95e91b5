/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"

#include "core/calendar/day.h"

#include <string.h>

/* 代办 at the centre: what the station judged is judged once more, and a letter is for one matter. */

#define ZHANG_ID "990121193907250068"
#define HE_ID    "990121198310290449" /* HT01 is their family */
#define AGENT_ID "990121198803300406"
#define CHILD_ID "99012120150901039X"

typedef json_t Json;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Json, json_decref)

/* What differs from a right letter; NULL and 0: nothing. */
typedef struct
{
  const char *name;
  const char *code;
  const char *service;
  const char *principal;
  const char *agent;
  const char *scope;
  const char *number;
  const char *how;
  const char *witnesses; /* JSON */
  const char *evidence;  /* JSON */
  gint from_ago;         /* days before today */
  gint until_ahead;
} Row;

#define BARE \
  "[{\"class\":\"card\",\"kind\":\"citizen\"},{\"class\":\"witness\",\"staff\":\"HT02\"}]"

static const Row rows[] = {
  { .name = "right", .code = "ACCEPTED" },
  { .name = "finger-two", .code = "ACCEPTED", .how = "finger", .witnesses = "[\"HT02\",\"HT03\"]" },
  { .name = "certified-by-another", .code = "BEHALF_SELF", .service = "cert.pension" },
  { .name = "certified-with-a-card-beside-it",
    .code = "BEHALF_SELF",
    .service = "cert.pension",
    .evidence = BARE },
  { .name = "looked-up-by-another", .code = "BEHALF_SELF", .service = "query.pension" },
  { .name = "the-same-person", .code = "BEHALF_LETTER", .agent = ZHANG_ID },
  { .name = "a-child-acts", .code = "BEHALF_LETTER", .agent = CHILD_ID },
  { .name = "a-child-gives-a-letter", .code = "BEHALF_LETTER", .principal = CHILD_ID },
  { .name = "no-card-of-the-agent", .code = "BEHALF_LETTER", .evidence = BARE },
  { .name = "no-number", .code = "BEHALF_LETTER", .number = "" },
  { .name = "not-signed", .code = "BEHALF_LETTER", .how = "" },
  { .name = "no-witness", .code = "BEHALF_LETTER", .witnesses = "[]" },
  { .name = "finger-one", .code = "BEHALF_LETTER", .how = "finger" },
  { .name = "finger-the-same-twice",
    .code = "BEHALF_LETTER",
    .how = "finger",
    .witnesses = "[\"HT02\",\"HT02\"]" },
  { .name = "family-as-witness",
    .code = "BEHALF_KIN",
    .principal = HE_ID,
    .witnesses = "[\"HT01\"]" },
  { .name = "witness-nobody-knows", .code = "BEHALF_KIN", .witnesses = "[\"HT99\"]" },
  { .name = "witness-no-word", .code = "BEHALF_KIN", .witnesses = "[7]" },
  { .name = "for-another-matter", .code = "BEHALF_OTHER", .scope = "req.elder80" },
  { .name = "run-out", .code = "BEHALF_TERM", .from_ago = 40, .until_ahead = -1 },
  { .name = "not-yet", .code = "BEHALF_TERM", .from_ago = -1, .until_ahead = 30 },
  { .name = "too-long", .code = "BEHALF_TERM", .from_ago = 200, .until_ahead = 200 },
};

static const char *
either (const char *given, const char *usual)
{
  return given != NULL ? given : usual;
}

static json_t *
make_letter (const Row *row)
{
  const gint32 today = bm_day_from_wall_ms (DEMO_NOW);
  g_autofree char *from = bm_day_to_string (today - row->from_ago);
  g_autofree char *until = bm_day_to_string (today + row->until_ahead);

  return json_pack ("{s:s, s:s, s:s, s:s, s:o, s:[s], s:s, s:i}", "number",
                    either (row->number, "12"), "from", from, "until", until, "signed",
                    either (row->how, "signature"), "witnesses",
                    json_loads (either (row->witnesses, "[\"HT02\"]"), 0, NULL), "scope",
                    either (row->scope, either (row->service, "req.homevisit")), "paper", "scanned",
                    "pages", 1);
}

static GBytes *
enter (PlatformFixture *platform, const Row *row, char **ret_number)
{
  const char *service = either (row->service, "req.homevisit");
  json_t *behalf = json_pack ("{s:{s:s, s:s, s:s}, s:o, s:s}", "agent", "name", "欧阳文静", "idno",
                              either (row->agent, AGENT_ID), "relation", "child", "letter",
                              make_letter (row), "principal_by", "number");
  json_t *evidence =
    json_loads (either (row->evidence,
                        "[{\"class\":\"agent-card\",\"kind\":\"citizen\"},{\"class\":\"letter\"}]"),
                0, NULL);

  return virtual_station_make_matter (
    platform->station, service,
    json_pack ("{s:i, s:s, s:s, s:{s:s, s:s}, s:o, s:s, s:s, s:o}", "version", 1, "service",
               service, "rule", "R5-2026.1", "fields", "p.name", "张桂英", "p.idno",
               either (row->principal, ZHANG_ID), "evidence", evidence, "mode", "behalf", "helper",
               "HT02", "behalf", behalf),
    ret_number);
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (PlatformFixture) platform = platform_fixture_new ();
  g_autofree char *said = platform_fixture_admin (platform, "decide now");
  g_autofree char *number = NULL;
  g_autofree char *code = NULL;
  g_autoptr (BmReply) reply = NULL;
  GBytes *run = virtual_station_start_run (platform->station);
  GBytes *matter = enter (platform, row, &number);

  reply = platform_fixture_send (platform, records_of (run, matter, NULL));
  code = platform_fixture_dup_code (platform, number);
  g_assert_cmpstr (code, ==, row->code);
}

/* The same letter again: for another matter, for the same; what was refused used nothing up, another person's neither. */
static void
test_one_letter (void)
{
  static const Row refused = { .from_ago = 40, .until_ahead = -1 };
  static const Row right = { .name = "right" };
  static const Row other = { .service = "req.elder80" };
  static const Row theirs = { .principal = HE_ID };
  g_autoptr (PlatformFixture) platform = platform_fixture_new ();
  g_autofree char *said = platform_fixture_admin (platform, "decide now");
  const Row *offered[] = { &refused, &right, &other, &right, &theirs };
  const char *codes[] = { "BEHALF_TERM", "ACCEPTED", "BEHALF_OTHER", "BEHALF_OTHER", "ACCEPTED" };
  GBytes *run = virtual_station_start_run (platform->station);

  for (gsize i = 0; i < G_N_ELEMENTS (offered); i++)
    {
      g_autofree char *number = NULL;
      g_autofree char *code = NULL;
      GBytes *matter = enter (platform, offered[i], &number);
      g_autoptr (BmReply) reply =
        platform_fixture_send (platform,
                               i == 0 ? records_of (run, matter, NULL) : records_of (matter, NULL));

      code = platform_fixture_dup_code (platform, number);
      g_assert_cmpstr (code, ==, codes[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/behalf/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/behalf/one-letter", test_one_letter);
  return g_test_run ();
}
