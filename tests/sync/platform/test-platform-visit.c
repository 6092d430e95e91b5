/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/platform-fixture.h"

/* 上门认证 at the centre: whose order it is that a certification names. */

#define ZHANG_ID "990121193907250068"
#define WANG_ID  "990121194803120028"
#define NOBODYS  "9901211012010101000099998"

static GBytes *
order (PlatformFixture *platform, char **ret_number)
{
  return virtual_station_make_matter (
    platform->station, "req.homevisit",
    json_pack ("{s:i, s:s, s:s, s:{s:s, s:s}, s:[{s:s, s:s}], s:s}", "version", 1, "service",
               "req.homevisit", "rule", "R5-2026.1", "fields", "p.name", "张桂英", "p.idno",
               ZHANG_ID, "evidence", "class", "card", "kind", "citizen", "mode", "self"),
    ret_number);
}

static GBytes *
certify (PlatformFixture *platform, const char *name, const char *id, json_t *visit, char **number)
{
  return virtual_station_make_matter (
    platform->station, "cert.pension",
    json_pack ("{s:i, s:s, s:s, s:{s:s, s:s}, s:[{s:s, s:s}, {s:s, s:s}, o], s:s}", "version", 1,
               "service", "cert.pension", "rule", "C1-2026.1", "fields", "p.name", name, "p.idno",
               id, "evidence", "class", "card", "kind", "citizen", "class", "witness", "staff",
               "HT02", visit, "mode", "visit"),
    number);
}

typedef struct
{
  const char *name;
  const char *id;
  const char *who;
  const char *order; /* NULL: theirs */
  const char *code;
} Row;

static const Row rows[] = {
  { "own", ZHANG_ID, "张桂英", NULL, "CERT_OK" },
  { "of-another", WANG_ID, "王秀兰", NULL, "CERT_VISIT_OTHER" },
  { "not-known-yet", WANG_ID, "王秀兰", NOBODYS, "CERT_OK" },
  { "no-number", WANG_ID, "王秀兰", "7", "CERT_OK" },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (PlatformFixture) platform = platform_fixture_new ();
  g_autofree char *said = platform_fixture_admin (platform, "decide now");
  g_autofree char *ordered = NULL;
  g_autofree char *number = NULL;
  g_autofree char *code = NULL;
  g_autoptr (BmReply) reply = NULL;
  GBytes *run = virtual_station_start_run (platform->station);
  GBytes *first = order (platform, &ordered);
  GBytes *second = certify (platform, row->who, row->id,
                            json_pack ("{s:s, s:s}", "class", "visit", "order",
                                       row->order != NULL ? row->order : ordered),
                            &number);

  reply = platform_fixture_send (platform, records_of (run, first, second, NULL));
  code = platform_fixture_dup_code (platform, number);
  g_assert_cmpstr (code, ==, row->code);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/visit/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  return g_test_run ();
}
