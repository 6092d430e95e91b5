/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/catalogue.h"
#include "core/catalogue/conditions.h"
#include "core/catalogue/shape.h"
#include "core/error.h"

#include <string.h>

/* Conditions on what was answered: when they hold, and which of them a service file may not have. */

static json_t *
read_json (const char *text)
{
  json_t *json = json_loads (text, 0, NULL);

  g_assert_nonnull (json);
  return json;
}

static void
assert_holds (const char *conditions, const char *fields, gboolean expected)
{
  json_t *list = conditions != NULL ? read_json (conditions) : NULL;
  json_t *given = fields != NULL ? read_json (fields) : NULL;

  g_assert_cmpint (bm_conditions_hold (list, given), ==, expected);
  json_decref (list);
  json_decref (given);
}

#define BOTH   "[{\"a\": [\"1\", \"2\"], \"b\": [\"3\"]}]"
#define EITHER "[{\"a\": [\"1\"]}, {\"b\": [\"3\"]}]"

static void
test_hold (void)
{
  assert_holds (BOTH, "{\"a\": \"2\", \"b\": \"3\"}", TRUE);
  assert_holds (BOTH, "{\"a\": \"2\", \"b\": \"4\"}", FALSE);
  assert_holds (BOTH, "{\"a\": \"2\"}", FALSE);
  assert_holds (EITHER, "{\"b\": \"3\"}", TRUE);
  assert_holds (EITHER, "{\"a\": \"3\", \"b\": \"1\"}", FALSE);
  assert_holds (EITHER, "{}", FALSE);
  assert_holds (EITHER, NULL, FALSE);
  assert_holds ("[{}]", "{}", FALSE); /* nothing asked is not everything granted */
  assert_holds ("[]", "{}", FALSE);
  assert_holds (NULL, "{}", FALSE);
}

/* What a file may not say: each is the whole shipped file with one thing changed. */

static json_t *
load_service (void)
{
  g_autofree char *file =
    g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", "req.appeal.json", NULL);
  json_t *service = json_load_file (file, 0, NULL);

  g_assert_nonnull (service);
  return service;
}

static json_t *
find_field (json_t *service, const char *id)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (strcmp (json_string_value (json_object_get (field, "id")), id) == 0)
      return field;
  }
  g_assert_not_reached ();
}

static void
assert_judged (json_t *service, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  gboolean is_right = bm_shape_check_service (service, &found, &error) &&
                      bm_catalogue_check_rules (service, &found, &error);

  g_assert_cmpint (is_right, ==, path == NULL);
  if (path != NULL && !g_str_has_prefix (found, path))
    g_error ("%s, not %s: %s", found, path, error->message);
  json_decref (service);
}

static void
change (const char *id, const char *key, const char *text, const char *path)
{
  json_t *service = load_service ();

  json_object_set_new (id != NULL ? find_field (service, id) : service, key, read_json (text));
  assert_judged (service, path);
}

static void
test_files (void)
{
  assert_judged (load_service (), NULL);
  change ("q.what", "asked_when", "[{\"q.kind\": [\"help\"]}]", NULL);
  /* a field that comes later, that is not there, or that is the field itself */
  change ("q.kind", "asked_when", "[{\"q.what\": [\"road\"]}]", "/fields");
  change ("q.what", "asked_when", "[{\"q.gone\": [\"road\"]}]", "/fields");
  change ("q.what", "asked_when", "[{\"q.what\": [\"road\"]}]", "/fields");
  /* a code that nobody can pick */
  change ("q.what", "asked_when", "[{\"q.kind\": [\"hlep\"]}]", "/fields");
  change (NULL, "anonymous_when", "[{\"q.anon\": [\"maybe\"]}]", "/anonymous_when");
  change (NULL, "hidden_when", "[{\"q.gone\": [\"yes\"]}]", "/hidden_when");
  change (NULL, "asks", "[{\"when\": [{\"q.what\": [\"x\"]}], \"say\": \"x\"}]", "/asks/0");
  /* nothing that could hold */
  change ("q.what", "asked_when", "[]", "/fields");
  change ("q.what", "asked_when", "[{}]", "/fields");
  change ("q.what", "asked_when", "[{\"q.kind\": []}]", "/fields");
}

static void
change_term (const char *term, const char *path)
{
  json_t *service = load_service ();
  json_t *by = json_object_get (json_object_get (service, "sla"), "by");

  json_array_set_new (by, 0, read_json (term));
  assert_judged (service, path);
}

static void
test_terms (void)
{
  change_term ("{\"when\": [{\"q.kind\": [\"ask\"]}], \"hours\": 2}", NULL);
  change_term ("{\"when\": [{\"q.kind\": [\"ask\"]}]}", "/sla/by/0");
  change_term ("{\"when\": [{\"q.kind\": [\"ask\"]}], \"hours\": 2, \"days\": 1}", "/sla/by/0");
  change_term ("{\"when\": [{\"q.kind\": [\"ask\"]}], \"hours\": 0}", "/sla/by/0");
  change_term ("{\"when\": [{\"q.kind\": [\"beg\"]}], \"days\": 1}", "/sla/by/0");
}

/* Whoever wants no name says so before any card. */
static void
test_flows (void)
{
  change (NULL, "flow",
          "[\"danger\", \"identify\", \"confirm\", \"notice\", \"fields\", \"readback\", "
          "\"commit\"]",
          "/anonymous_when");
  change (NULL, "flow",
          "[\"fields\", \"danger\", \"identify\", \"confirm\", \"notice\", \"commit\"]", "/flow");
  change (NULL, "flow",
          "[\"fields\", \"identify\", \"confirm\", \"notice\", \"fields\", \"commit\"]", "/flow");
  {
    json_t *service = load_service ();

    json_object_del (service, "danger");
    assert_judged (service, "/flow");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conditions/hold", test_hold);
  g_test_add_func ("/conditions/service-files", test_files);
  g_test_add_func ("/conditions/terms", test_terms);
  g_test_add_func ("/conditions/flows", test_flows);
  return g_test_run ();
}
