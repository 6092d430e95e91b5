/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/station/roster.h"
#include "core/people/card.h"
#include "tests/core/session/desk-fixture.h"

#include <string.h>

/* Who may do what (domain §4.4): every cell of role-matrix.json is tried; none is left out in silence. */

#define NUMBER  "9901211012010101000000070"
#define MIN_WHY 20

#define FEW                                                                                         \
  "{\"waiting\":{\"total\":1,\"offline\":1,\"rows\":[{\"type\":\"matter\",\"number\":\"" NUMBER     \
  "\","                                                                                             \
  "\"service\":\"cert.pension\",\"state\":\"pending\",\"due_day\":20787,\"wall_ms\":1795215720000}" \
  ",{\"type\":\"matter\",\"number\":\"9901211012010101000000199\",\"service\":\"req.appeal\","      \
  "\"state\":\"rejected\",\"due_day\":null,\"wall_ms\":1795120000000,\"is_hidden\":true,"           \
  "\"reason\":\"村干部吃拿卡要\"}]},\"misuse\":[{\"misuse\":3,\"rule\":\"closed\","          \
  "\"staff\":\"HT03\",\"wall_ms\":0,\"count\":17}],\"contacts\":[{\"contact\":3,"                   \
  "\"wall_ms\":1795215000000,\"name\":\"赵*明\",\"group\":\"4组\"}],\"link\":\"offline\"}"

#define HIDDEN_FOUND                                                                                 \
  "[{\"number\":\"" NUMBER "\",\"figure\":\"7号\",\"name\":\"钱*文\",\"service\":\"req.appeal\"," \
  "\"state\":\"noted\",\"entry\":\"pending\",\"due_day\":null,\"wall_ms\":1795215720000,"            \
  "\"is_told\":true,\"position\":3,\"waiting\":5,\"code\":\"\",\"reason\":\"\","                     \
  "\"todo\":\"wait\",\"is_hidden\":true}]"

static const char *const staff_roles[] = { "helper", "agent", "head", "maintenance", NULL };

static json_t *
load_matrix (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "station", "role-matrix.json", NULL);
  json_error_t error;
  json_t *matrix = json_load_file (path, 0, &error);

  if (matrix == NULL)
    g_error ("%s:%d: %s", path, error.line, error.text);
  return matrix;
}

static const char *
get_text (json_t *json, const char *key)
{
  const char *text = json_string_value (json_object_get (json, key));

  return text != NULL ? text : "";
}

/* A desk at which somebody of this role sits, with something to see of each kind. */
static Desk *
sit_down (const char *role)
{
  Desk *desk = desk_new ();

  json_array_append_new (desk->setup.staff, json_pack ("{s:s, s:s, s:s}", "id", "HT09", "name",
                                                       "甲乙丙", "role", role));
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_TICK });
  desk_sign_in_as (desk, "甲乙丙", "HT09");
  desk_overview (desk, FEW);
  return desk;
}

static gboolean
has_choice (Desk *desk, const char *id)
{
  return bm_page_has_choice (bm_desk_get_page (desk->desk), id);
}

/* A finger's press, and one that no button stands for. */
static void
attempt (Desk *desk, const char *id)
{
  desk_intent (desk, "choose", id, NULL);
}

/* A letter of authority, put into the hall. */
static gboolean
is_letter_taken (const char *service)
{
  g_autoptr (World) world = world_new ();
  json_t *behalf =
    json_pack ("{s:{s:s, s:s, s:s, s:s}, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:[s]}}",
               "principal", "name", WANG_NAME, "idno", WANG_ID, "address", "禾田村三组", "by",
               "number", "relation", "child", "service", service, "helper", "HT02", "letter",
               "number", "12", "from", "2026-11-01", "until", "2026-12-31", "signed", "signature",
               "witnesses", "HT02");

  world_send (world, (BmEvent){ .type = BM_EVENT_BEHALF, .json = behalf });
  json_decref (behalf);
  return strcmp (world_page_id (world), "behalf") == 0;
}

/* What is done at the desk: each says what the role was seen to be able to. */

static const char *
try_find (const char *role)
{
  g_autoptr (Desk) desk = sit_down (role);
  BmCard card = { .ref_count = 1, .name = (char *) WANG_NAME, .id_number = (char *) WANG_ID };

  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_READER_STATE, .flag = TRUE });
  attempt (desk, "find");
  desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_CARD_READ, .card = &card });
  if (desk_find (desk, BM_DESK_EFFECT_FIND_PERSON) == NULL)
    {
      desk_found (desk, FOUND); /* that nobody asked for */
      g_assert_false (desk_says (desk, "钱*文"));
      return "no";
    }
  desk_found (desk, FOUND);
  g_assert_true (desk_says (desk, "cert.pension") || desk_says (desk, "养老金认证"));
  return "present";
}

static const char *
try_open (const char *role)
{
  g_autoptr (Desk) desk = sit_down (role);

  attempt (desk, "waiting");
  attempt (desk, "case:" NUMBER);
  if (desk_find (desk, BM_DESK_EFFECT_FIND) == NULL)
    return "no";
  desk_found (desk, FOUND);
  g_assert_cmpstr (desk_page (desk), ==, "desk-case");
  return "present"; /* under its number, by whoever has it; audited */
}

static BmStaff const *
find_in_roster (BmRoster **ret_roster, const char *role)
{
  json_t *document = json_pack ("{s:i, s:[{s:s, s:s, s:s, s:s, s:[s]}], s:[]}", "version", 1,
                                "staff", "id", "HT09", "name", "甲", "role", role, "pin", "x",
                                "kin", "00112233445566778899aabbccddeeff", "duty");

  *ret_roster = bm_roster_new (document, NULL);
  json_decref (document);
  return *ret_roster != NULL ? bm_roster_find (*ret_roster, "HT09") : NULL;
}

/* Desk, station and catalogue have to say the same of it. */
static const char *
try_certify (const char *role)
{
  static const guint8 kin[BM_TAG_LEN] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                          0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
  g_autoptr (Desk) desk = sit_down (role);
  g_autoptr (BmRoster) roster = NULL;
  const BmStaff *staff = find_in_roster (&roster, role);
  json_t *service = bm_catalogue_find (desk->setup.catalogue, "cert.pension");
  json_t *wanted = json_string (role);
  gboolean may = bm_staff_may_witness (staff);
  gboolean is_in_catalogue = FALSE;
  json_t *known;
  gsize i;

  g_assert_true (bm_staff_is_kin (staff, kin)); /* who is kin is refused: test-parts.c */
  json_array_foreach (json_object_get (json_object_get (service, "evidence"), "witness_roles"), i,
                      known) is_in_catalogue |= json_equal (known, wanted);
  json_decref (wanted);
  g_assert_cmpint (is_in_catalogue, ==, may);
  for (guint is_one_screen = 0; is_one_screen < 2; is_one_screen++)
    {
      bm_desk_set_one_screen (desk->desk, is_one_screen != 0);
      desk_send (desk, (BmDeskEvent){ .type = BM_DESK_EVENT_SESSION, .flag = is_one_screen != 0 });
      desk_hall (desk, TRUE);
      g_assert_cmpint (has_choice (desk, "witness"), ==, may);
      g_assert_cmpint (desk_says (desk, WANG_NAME), ==, may);
      desk_hall (desk, FALSE);
    }
  return may ? "yes" : "no";
}

static const char *
try_submit (const char *role)
{
  g_autoptr (Desk) desk = sit_down (role);
  gboolean may_late, may_behalf;

  attempt (desk, "forms");
  attempt (desk, "late");
  may_late = strcmp (desk_page (desk), "desk-late") == 0;
  desk_intent (desk, "back", NULL, NULL);
  attempt (desk, "behalf");
  may_behalf = strcmp (desk_page (desk), "desk-behalf-who") == 0;
  g_assert_cmpint (may_late, ==, may_behalf);
  return may_late ? "yes" : "no";
}

static const char *
try_hidden (const char *role)
{
  g_autoptr (Desk) desk = sit_down (role);
  gboolean is_seen = desk_says (desk, "吃拿卡要") || desk_says (desk, "000199");

  attempt (desk, "waiting");
  is_seen |= desk_says (desk, "吃拿卡要") || desk_says (desk, "199号");
  attempt (desk, "case:9901211012010101000000199");
  is_seen |= desk_find (desk, BM_DESK_EFFECT_FIND) != NULL;
  desk_intent (desk, "back", NULL, NULL);
  attempt (desk, "find");
  desk_intent (desk, "digits", NULL, "7");
  desk_found (desk, HIDDEN_FOUND);
  is_seen |= desk_says (desk, "钱*文") || strcmp (desk_page (desk), "desk-case") == 0;
  return is_seen ? "yes" : "no";
}

static const char *
try_alarms (const char *role)
{
  g_autoptr (Desk) desk = sit_down (role);
  const char *seen;

  attempt (desk, "misuse");
  seen = strcmp (desk_page (desk), "desk-misuse") == 0 ? "counts" : "no";
  if (desk_says (desk, "HT03") || desk_says (desk, "17"))
    return "yes";
  return seen;
}

static const char *
try_export (const char *role)
{
  g_autoptr (Desk) desk = sit_down (role);

  attempt (desk, "indicators");
  return desk_find (desk, BM_DESK_EFFECT_GET_INDICATORS) != NULL ? "yes" : "no";
}

static const struct
{
  const char *action;
  const char *(*look) (const char *role);
} at_desk[] = {
  { "own-query", try_find }, { "open-other", try_open },    { "certify", try_certify },
  { "submit", try_submit },  { "read-hidden", try_hidden }, { "alarms", try_alarms },
  { "export", try_export },
};

/* What residents do in the hall, and who acts for another. */

static const char *
try_resident (const char *action)
{
  g_autoptr (World) world = world_new ();

  if (strcmp (action, "export") == 0)
    return world_offers (world, "indicators") ? "yes" : "no";
  if (strcmp (action, "own-query") == 0)
    {
      json_decref (world->record);
      world->record = world_record ("paying", "2026-11");
      world_choose (world, "start");
      world_choose (world, "query.pension");
      world_place (world, WANG_NAME, WANG_ID);
      world_choose (world, "yes");
      g_assert_cmpstr (world_find (world, BM_EFFECT_IDENTIFY)->text, ==, WANG_ID);
      return strcmp (world_page_id (world), "benefit") == 0 ? "yes" : world_page_id (world);
    }
  if (strcmp (action, "submit") == 0)
    {
      json_t *service = bm_catalogue_find (world->catalogue, "req.elder80");

      return bm_catalogue_has_step (service, "commit") &&
                 !bm_catalogue_has_step (service, "witness")
               ? "yes"
               : "no";
    }
  if (strcmp (action, "certify") == 0)
    {
      world_reach_witness (world);
      world_do (world, "next"); /* alone, and as often as they like */
      world_tick (world, 30);
      return world->n_commits > 0 ? "yes" : "no";
    }
  return "?";
}

static const char *
try_relative (const char *action)
{
  if (strcmp (action, "own-query") == 0)
    return is_letter_taken ("query.pension") || is_letter_taken ("query.agri") ? "yes" : "no";
  if (strcmp (action, "certify") == 0)
    return is_letter_taken ("cert.pension") || is_letter_taken ("cert.elder80") ||
               is_letter_taken ("cert.disabled")
             ? "yes"
             : "no";
  if (strcmp (action, "submit") == 0)
    return is_letter_taken ("req.homevisit") && is_letter_taken ("req.elder80") ? "yes" : "no";
  if (strcmp (action, "export") == 0)
    return is_letter_taken ("indicators") ? "yes" : "no";
  if (strcmp (action, "alarms") == 0)
    return is_letter_taken ("query.uses") ? "yes" : "no";
  return "?";
}

static const char *
see (const char *action, const char *role)
{
  if (strcmp (role, "resident") == 0)
    return try_resident (action);
  if (strcmp (role, "relative") == 0)
    return try_relative (action);
  for (guint i = 0; i < G_N_ELEMENTS (at_desk); i++)
    if (strcmp (at_desk[i].action, action) == 0)
      return at_desk[i].look (role);
  return "?";
}

/* The cells */

/* "FILE:/path": the file has such a test. */
static void
check_elsewhere (const char *test)
{
  g_auto (GStrv) parts = g_strsplit (test, ":", 2);
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *quoted = NULL;

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", parts[0], NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  quoted = g_strdup_printf ("\"%s\"", parts[1]);
  if (strstr (text, quoted) == NULL)
    g_error ("%s has no test %s", parts[0], parts[1]);
}

/* Where the station does otherwise than the matrix has it, somebody wrote down why. */
static gboolean
is_same (const char *domain, const char *does)
{
  static const struct
  {
    const char *domain;
    const char *does;
  } same[] = {
    { "✓", "yes" },
    { "✓ not kin", "yes" },
    { "–", "no" },
    { "–", "elsewhere" },
    { "counts", "counts" },
    { "with person present", "present" },
    { "present/visit only", "present" },
    { "scope", "present" },
    { "author", "elsewhere" },
    { "own lines", "elsewhere" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    if (strcmp (same[i].domain, domain) == 0 && strcmp (same[i].does, does) == 0)
      return TRUE;
  return FALSE;
}

static void
check_cell (const char *action, const char *role, json_t *cell)
{
  const char *does = get_text (cell, "does");
  const char *domain = get_text (cell, "domain");
  const char *seen;

  if (cell == NULL)
    g_error ("%s, %s: no cell", action, role);
  if (!is_same (domain, does) && strlen (get_text (cell, "why")) < MIN_WHY)
    g_error ("%s, %s: the matrix has “%s”, the station “%s”, and nobody says why", action, role,
             domain, does);
  if (strcmp (does, "elsewhere") == 0)
    {
      check_elsewhere (get_text (cell, "test"));
      return;
    }
  seen = see (action, role);
  if (strcmp (seen, does) != 0)
    g_error ("%s, %s: “%s” in the matrix, “%s” at the station", action, role, does, seen);
}

static void
check_action (const char *action, json_t *row, json_t *roles)
{
  json_t *cells = json_object_get (row, "cells");
  const char *role;
  json_t *about;

  if (cells == NULL)
    {
      g_assert_cmpuint (strlen (get_text (row, "absent")), >, MIN_WHY);
      return;
    }
  json_object_foreach (roles, role, about)
  {
    if (*get_text (about, "absent") == '\0')
      check_cell (action, role, json_object_get (cells, role));
    else
      g_assert_null (json_object_get (cells, role));
  }
}

static void
test_cells (void)
{
  json_t *matrix = load_matrix ();
  json_t *roles = json_object_get (matrix, "roles");
  json_t *actions = json_object_get (matrix, "actions");
  const char *action;
  json_t *row;

  g_assert_cmpuint (json_object_size (roles), ==, 9);
  g_assert_cmpuint (json_object_size (actions), ==, 9);
  json_object_foreach (actions, action, row) check_action (action, row, roles);
  json_decref (matrix);
}

/* What is called absent is: the roster takes nobody of such a role, and everybody of the others. */
static void
test_roles (void)
{
  json_t *matrix = load_matrix ();
  const char *role;
  json_t *about;

  json_object_foreach (json_object_get (matrix, "roles"), role, about)
  {
    g_autoptr (BmRoster) roster = NULL;
    const BmStaff *staff = find_in_roster (&roster, role);

    g_assert_cmpint (staff != NULL, ==, g_strv_contains (staff_roles, role));
    if (*get_text (about, "absent") != '\0')
      g_assert_cmpuint (strlen (get_text (about, "absent")), >, MIN_WHY);
  }
  json_decref (matrix);
}

/* Every button of today's page, for every role; and what is not offered leads nowhere. */
static void
check_today (json_t *today, const char *role)
{
  g_autoptr (Desk) desk = sit_down (role);
  const char *id;
  json_t *who;
  json_t *choice;
  gsize i;

  desk_hall (desk, TRUE);
  json_array_foreach (json_object_get (bm_desk_get_page (desk->desk), "choices"), i, choice)
  {
    if (json_object_get (today, get_text (choice, "id")) == NULL)
      g_error ("today's page offers %s to %s: it is not in the matrix", get_text (choice, "id"),
               role);
  }
  json_object_foreach (today, id, who)
  {
    gboolean may = FALSE;

    if (!json_is_array (who))
      continue;
    json_array_foreach (who, i, choice) may |= strcmp (json_string_value (choice), role) == 0;
    if (has_choice (desk, id) != may)
      g_error ("today's page: %s for %s", id, role);
    if (may)
      continue;
    attempt (desk, id);
    g_assert_cmpstr (desk_page (desk), ==, "desk-today");
  }
}

static void
test_today (void)
{
  json_t *matrix = load_matrix ();

  for (guint i = 0; staff_roles[i] != NULL; i++)
    check_today (json_object_get (matrix, "today"), staff_roles[i]);
  json_decref (matrix);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/role-matrix/roles", test_roles);
  g_test_add_func ("/role-matrix/cells", test_cells);
  g_test_add_func ("/role-matrix/today", test_today);
  return g_test_run ();
}
