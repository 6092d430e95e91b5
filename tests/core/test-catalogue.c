/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/catalogue.h"
#include "core/catalogue/document.h"
#include "core/catalogue/shape.h"
#include "core/catalogue/text.h"
#include "core/error.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

/* Service files: what ships loads; what is wrong is said with file, line and remedy, and hides only itself. */

static char *
dup_assets (void)
{
  return g_build_filename (g_getenv ("BIANMIN_ASSETS"), "catalogue", NULL);
}

static json_t *
load_shipped (const char *name)
{
  g_autofree char *folder = dup_assets ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  json_t *service = json_load_file (path, 0, NULL);

  g_assert_nonnull (service);
  return service;
}

/* An empty catalogue to add files to. */
static BmCatalogue *
new_empty (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bianmin-XXXXXX", NULL);
  BmCatalogue *catalogue = bm_catalogue_load (folder, NULL);

  g_assert_nonnull (catalogue);
  g_rmdir (folder);
  return catalogue;
}

static void
add_json (BmCatalogue *catalogue, const char *name, json_t *service)
{
  char *text = json_dumps (service, JSON_INDENT (1));

  bm_catalogue_add_text (catalogue, name, text, strlen (text));
  free (text);
}

static const char *
find_fault (const char *kind, const char *name, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return bm_document_find_fault (kind, name, body);
}

/* What came down is looked at before it takes the place of what works. */
static void
test_documents (void)
{
  json_t *service = load_shipped ("req.appeal.json");
  g_autoptr (BmCatalogue) catalogue = new_empty ();
  char *good = json_dumps (service, 0);
  char *bad;

  add_json (catalogue, "req.appeal.json", service);
  json_object_del (service, "flow");
  bad = json_dumps (service, 0);
  g_assert_null (find_fault ("catalogue", "req.appeal", good));
  g_assert_cmpstr (find_fault ("catalogue", "req.other", good), ==, "wrong-name");
  g_assert_cmpstr (find_fault ("catalogue", "req.appeal", bad), ==, "bad-service");
  g_assert_cmpstr (find_fault ("catalogue", "req.appeal", "{"), ==, "not-json");
  g_assert_cmpstr (find_fault ("calendar", "2027", "{}"), ==, "bad-calendar");
  g_assert_cmpstr (find_fault ("divisions", "2026", "{}"), ==, "bad-divisions");
  g_assert_cmpstr (find_fault ("divisions", "2026",
                               "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\","
                               "\"divisions\":[{\"code\":\"9901211012010\",\"name\":\"x\"}]}"),
                   ==, "bad-divisions");
  g_assert_null (
    find_fault ("divisions", "2026",
                "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":[]}"));
  g_assert_cmpstr (find_fault ("notice", "a", "{\"text\":\"\"}"), ==, "bad-notice");
  g_assert_null (find_fault ("notice", "a", "{\"text\":\"x\"}"));
  g_assert_cmpstr (find_fault ("seal-key", "platform", "{\"key\":\"sm2-pub:00\"}"), ==, "bad-key");
  g_assert_cmpstr (find_fault ("ca", "platform", "{\"ca\":\"x\"}"), ==, "bad-ca");
  g_assert_null (find_fault ("unheard-of", "a", "{"));

  /* A broken one leaves the old one where it was. */
  g_assert_false (bm_catalogue_put_text (catalogue, "req.appeal", bad, strlen (bad)));
  g_assert_nonnull (bm_catalogue_find (catalogue, "req.appeal"));
  g_assert_true (bm_catalogue_put_text (catalogue, "req.appeal", good, strlen (good)));
  g_assert_cmpuint (bm_catalogue_get_count (catalogue), ==, 1);
  free (good);
  free (bad);
  json_decref (service);
}

static const BmCatalogueFault *
get_fault (BmCatalogue *catalogue, guint index)
{
  GPtrArray *faults = bm_catalogue_get_faults (catalogue);

  g_assert_cmpuint (faults->len, >, index);
  return g_ptr_array_index (faults, index);
}

static void
test_ships (void)
{
  g_autofree char *folder = dup_assets ();
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCatalogue) catalogue = bm_catalogue_load (folder, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < bm_catalogue_get_faults (catalogue)->len; i++)
    g_test_message ("%s", get_fault (catalogue, i)->message);
  g_assert_cmpuint (bm_catalogue_get_faults (catalogue)->len, ==, 0);
  g_assert_cmpuint (bm_catalogue_get_count (catalogue), >=, 2);
  g_assert_nonnull (bm_catalogue_find_slot (catalogue, 1));
  g_assert_nonnull (bm_catalogue_find_frame (catalogue, "cases"));
  g_assert_null (bm_catalogue_find (catalogue, "no.such"));
  g_assert_null (bm_catalogue_find (catalogue, NULL));
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bm_catalogue_load ("/nowhere/at/all", &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_NOT_FOUND);
}

/* A folder on disk with one good file, one cut short and one that is no file of ours. */
static void
test_bad_file_hides_itself (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bianmin-XXXXXX", NULL);
  g_autofree char *good = g_build_filename (folder, "query.case.json", NULL);
  g_autofree char *bad = g_build_filename (folder, "cert.pension.json", NULL);
  g_autofree char *other = g_build_filename (folder, "readme.txt", NULL);
  json_t *service = load_shipped ("query.case.json");
  g_autoptr (BmCatalogue) catalogue = NULL;

  g_assert_cmpint (json_dump_file (service, good, 0), ==, 0);
  g_assert_true (g_file_set_contents (bad, "{\n \"format\": 1,\n \"id\": \"cert", -1, NULL));
  g_assert_true (g_file_set_contents (other, "not ours", -1, NULL));
  catalogue = bm_catalogue_load (folder, NULL);
  g_assert_cmpuint (bm_catalogue_get_count (catalogue), ==, 1);
  g_assert_nonnull (bm_catalogue_find (catalogue, "query.case"));
  g_assert_cmpuint (bm_catalogue_get_faults (catalogue)->len, ==, 1);
  g_assert_cmpstr (get_fault (catalogue, 0)->file, ==, "cert.pension.json");
  g_assert_cmpuint (get_fault (catalogue, 0)->line, ==, 3);
  g_assert_nonnull (
    strstr (get_fault (catalogue, 0)->message, "cert.pension.json:3: not well-formed"));
  json_decref (service);
  g_remove (good);
  g_remove (bad);
  g_remove (other);
  g_rmdir (folder);
}

static void
test_unknown_key_names_line (void)
{
  const char *text = "{\n  \"format\": 1,\n  \"id\": \"x\",\n  \"colour\": \"red\"\n}";
  g_autoptr (BmCatalogue) catalogue = new_empty ();

  bm_catalogue_add_text (catalogue, "x.json", text, strlen (text));
  /* The first missing key comes before unknown ones, so give a whole file with one key too many. */
  g_assert_nonnull (strstr (get_fault (catalogue, 0)->message, "is missing; add it"));
  {
    json_t *service = load_shipped ("query.case.json");

    json_object_set_new (service, "colour", json_string ("red"));
    add_json (catalogue, "y.json", service);
    json_decref (service);
  }
  g_assert_nonnull (
    strstr (get_fault (catalogue, 1)->message, "/colour: unknown key; correct its name"));
  g_assert_cmpuint (get_fault (catalogue, 1)->line, >, 10);
  g_assert_cmpuint (bm_catalogue_get_count (catalogue), ==, 0);
}

static void
test_clashes (void)
{
  json_t *service = load_shipped ("cert.pension.json");
  g_autoptr (BmCatalogue) catalogue = new_empty ();

  add_json (catalogue, "one.json", service);
  add_json (catalogue, "two.json", service);
  g_assert_nonnull (strstr (get_fault (catalogue, 0)->message, "/id: another service has it"));
  json_object_set_new (service, "id", json_string ("cert.other"));
  add_json (catalogue, "three.json", service);
  g_assert_nonnull (
    strstr (get_fault (catalogue, 1)->message, "/home/slot: another service has it"));
  json_object_del (service, "home");
  add_json (catalogue, "four.json", service);
  g_assert_cmpuint (bm_catalogue_get_faults (catalogue)->len, ==, 2);
  g_assert_cmpuint (bm_catalogue_get_count (catalogue), ==, 2);
  json_decref (service);
}

static void
test_limits (void)
{
  g_autofree char *large = g_malloc (256 * 1024 + 1);
  json_t *service = load_shipped ("query.case.json");
  g_autoptr (BmCatalogue) catalogue = new_empty ();

  memset (large, ' ', 256 * 1024 + 1);
  bm_catalogue_add_text (catalogue, "large.json", large, 256 * 1024 + 1);
  g_assert_nonnull (strstr (get_fault (catalogue, 0)->message, "too large"));
  json_object_del (service, "home");
  for (guint i = 0; i < 260; i++)
    {
      g_autofree char *id = g_strdup_printf ("x.%u", i);

      json_object_set_new (service, "id", json_string (id));
      add_json (catalogue, id, service);
    }
  g_assert_cmpuint (bm_catalogue_get_count (catalogue), ==, 256);
  g_assert_cmpuint (bm_catalogue_get_faults (catalogue)->len, ==, 1 + 4);
  json_decref (service);
}

/* One change to a shipped file each; where the fault must lie and a word of the remedy. */
typedef struct
{
  const char *file;
  const char *at;    /* path of the container, "" for the top */
  const char *key;   /* member or index */
  const char *value; /* JSON, or NULL: remove */
  const char *path;
  const char *remedy;
} Change;

static const Change changes[] = {
  { "cert.pension.json", "", "manual_way", NULL, "", "\"manual_way\" is missing; add it" },
  { "cert.pension.json", "", "manual_way", "{}", "/manual_way", "is empty" },
  { "cert.pension.json", "", "label", "{}", "/label", "add \"zh_CN\"" },
  { "cert.pension.json", "", "label", "\"一二三四五六七八九十一二三四五六七八九十一\"", "/label",
    "at most 20" },
  { "cert.pension.json", "", "tint", "\"pink\"", "/tint", "write one of: cert" },
  { "cert.pension.json", "", "priority", "10", "/priority", "between 0 and 9" },
  { "cert.pension.json", "", "priority", "\"0\"", "/priority", "must be a whole number" },
  { "cert.pension.json", "", "notice", NULL, "/flow", "needs the part \"notice\"" },
  { "cert.pension.json", "", "evidence", NULL, "/flow", "needs the part \"evidence\"" },
  { "cert.pension.json", "", "sheets", NULL, "/flow", "needs the part \"sheets\"" },
  { "cert.pension.json", "evidence", "witness_roles", NULL, "/evidence", "witness_roles" },
  { "cert.pension.json", "", "on_behalf", "{\"legal_basis\":\"x\"}", "/on_behalf", "certified" },
  { "query.pension.json", "", "on_behalf", "{\"legal_basis\":\"x\"}", "/on_behalf", "request" },
  { "query.case.json", "", "on_behalf", "{\"legal_basis\":\"x\"}", "/on_behalf", "request" },
  { "cert.pension.json", "", "flow", "[\"confirm\",\"identify\",\"commit\"]", "/flow",
    "in the order" },
  { "cert.pension.json", "", "flow", "[\"identify\",\"confirm\",\"witness\",\"commit\"]", "/flow",
    "notice" },
  { "cert.pension.json", "", "flow", "[\"identify\",\"confirm\",\"notice\"]", "/flow",
    "end with commit" },
  { "cert.pension.json", "", "flow", "[\"identify\",\"dance\"]", "/flow/1", "unknown value" },
  { "cert.pension.json", "fields.1", "from", NULL, "/fields/1", "\"from\" belongs" },
  { "cert.pension.json", "fields.1", "from", "\"card.photo\"", "/fields/1/from", "write one of" },
  { "cert.pension.json", "fields.1", "id", "\"p.doc_type\"", "/fields/1", "comes twice" },
  { "cert.pension.json", "fields.8", "who", "\"choose\"", "/fields/8", "question" },
  { "cert.pension.json", "done.offline", "say", "\"{nobody}\"", "/done/offline/say",
    "nobody knows the word \"nobody\"" },
  { "cert.pension.json", "done.offline.lines.0", "when", "\"raining\"",
    "/done/offline/lines/0/when", "raining" },
  { "cert.pension.json", "sheets.registration.blocks.0", "reached", NULL,
    "/sheets/registration/blocks/0", "\"reached\"" },
  { "cert.pension.json", "sheets", "result", NULL, "/results/", "no sheet of this name" },
  /* Amounts are said on the sheet that was asked for, and nowhere else. */
  { "query.pension.json", "query.paying", "say", "\"{year_amount}\"", "/query/paying/say",
    "nobody knows the word \"year_amount\"" },
  { "query.pension.json", "done.offline", "say", "\"{tail}\"", "/done/offline/say", "\"tail\"" },
  { "query.pension.json", "sheets.registration.blocks.2", "value", "\"{amount}\"",
    "/sheets/registration/blocks/2/value", "\"amount\"" },
  { "query.pension.json", "sheets", "query", NULL, "/flow", "the sheet \"query\"" },
  { "query.pension.json", "", "query", NULL, "/flow", "needs the part \"query\"" },
  { "query.pension.json", "query", "locked", NULL, "/query", "\"locked\" is missing" },
  { "query.pension.json", "query", "from", "\"purse\"", "/query/from", "write one of" },
  { "query.pension.json", "", "duplicate_by", "[\"p.name\"]", "/duplicate_by/0", "asked for" },
  { "query.pension.json", "", "duplicate_by", "[\"no.such\"]", "/duplicate_by/0", "asked for" },
  { "query.case.json", "", "duplicate_by", "[]", "/duplicate_by", "" },
  { "query.case.json", "", "before", "{}", "/before", "is missing" },
  { "query.case.json", "", "flow", "[\"identify\",\"confirm\",\"track\",\"cases\"]", "/flow",
    "in the order" },
  { "cert.pension.json", "", "before", NULL, "/fields/8", "the record is for" },
  { "cert.pension.json", "fields.8", "who", "\"centre\"", "/fields/8", "the record is for" },
  /* Words that staff write may hold anything, and are never asked of the person. */
  { "req.appeal.json", "fields.14", "level", "\"internal\"", "/fields/14", "\"sensitive\"" },
  { "req.appeal.json", "fields.14", "keep_local", "\"slip\"", "/fields/14", "\"none\"" },
  { "req.appeal.json", "fields.14", "question", "\"What?\"", "/fields/14", "read-back" },
  { "req.appeal.json", "fields.14", "optional", NULL, "/fields/14", "\"optional\"" },
  { "req.appeal.json", "fields.14", "who", "\"self\"", "/fields/14", "\"question\"" },
  /* What the card says nobody is asked for; what is sensitive is on no page, no sheet and not kept. */
  { "req.appeal.json", "fields.12", "id", "\"p.birth\"", "/fields/12", "nobody is asked" },
  { "cert.pension.json", "materials.0", "source", "\"bring\"", "/materials/0", "no copy of it" },
  { "cert.pension.json", "fields.2", "keep_local", "\"slip\"", "/fields/2", "does not stay" },
  { "cert.pension.json", "sheets.registration.blocks.2", "value", "\"{field:p.idno}\"",
    "/sheets/registration/blocks/2/value", "\"p.idno\" is sensitive" },
  { "cert.pension.json", "done.offline", "say", "\"{field:p.addr}\"", "/done/offline/say",
    "\"p.addr\" is sensitive" },
  { "cert.pension.json", "before", "stopped", NULL, "/before", "\"stopped\" is missing" },
  /* Each part of a record has states of its own, and none is without words. */
  { "query.civil.json", "query", "paused", NULL, "/query", "\"paused\" is missing" },
  { "query.medical.json", "query", "unpaid", NULL, "/query", "\"unpaid\" is missing" },
  { "query.medical.json", "query", "from", "\"civil\"", "/query", "\"paying\" is missing" },
  /* Whom a matter cannot be done for: one reason each. */
  { "req.elder80.json", "stops.0", "when", "[{\"h.hukou\":[\"no\"]}]", "/stops/0", "one reason" },
  { "req.elder80.json", "stops.2", "when", NULL, "/stops/2", "one reason" },
  { "req.elder80.json", "stops.2", "when", "[{\"h.hukou\":[\"maybe\"]}]", "/stops/2",
    "no such code" },
  { "req.elder80.json", "stops.0.too_young", "years", "0", "/stops/0/too_young/years", "" },
  { "req.elder80.json", "stops.1.drawn", "from", "\"purse\"", "/stops/1/drawn/from",
    "write one of" },
  { "req.elder80.json", "", "flow",
    "[\"fields\",\"identify\",\"confirm\",\"notice\",\"readback\",\"commit\"]", "/", "" },
  /* A visit has a time, one of those that have room, and somebody to whom it goes. */
  { "req.homevisit.json", "fields.10", "slots", NULL, "/fields/10", "under \"slots\"" },
  { "req.homevisit.json", "fields.10.slots", "days", "30", "/fields/10/slots/days", "between" },
  { "req.homevisit.json", "fields.10", "who", "\"self\"", "/fields/10", "write who \"choose\"" },
  { "req.homevisit.json", "fields.10", "keep_local", "\"none\"", "/fields/10",
    "stands on the slip" },
  { "req.homevisit.json", "fields.10", "optional", "true", "/fields/10", "talked over" },
  { "req.homevisit.json", "fields.9", "slots", "{\"am\":1,\"pm\":1,\"days\":1}", "/fields/9",
    "for type slot" },
  { "req.homevisit.json", "", "flow",
    "[\"fields\",\"identify\",\"confirm\",\"notice\",\"readback\",\"commit\"]", "/fields/10",
    "known first" },
  { "cert.pension.json", "results", "no_capitals", "{\"say\":\"x\",\"lines\":[]}",
    "/results/no_capitals", "right form" },
};

static json_t *
find_container (json_t *json, const char *at)
{
  g_auto (GStrv) steps = g_strsplit (at, ".", -1);

  for (guint i = 0; steps[i] != NULL && *steps[i] != '\0'; i++)
    json = json_is_array (json)
             ? json_array_get (json, (gsize) g_ascii_strtoull (steps[i], NULL, 10))
             : json_object_get (json, steps[i]);
  g_assert_true (json_is_object (json));
  return json;
}

static void
test_changes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      const Change *change = &changes[i];
      json_t *service = load_shipped (change->file);
      json_t *container = find_container (service, change->at);
      g_autoptr (BmCatalogue) catalogue = new_empty ();
      const BmCatalogueFault *fault;

      if (change->value != NULL)
        json_object_set_new (container, change->key,
                             json_loads (change->value, JSON_DECODE_ANY, NULL));
      else
        g_assert_cmpint (json_object_del (container, change->key), ==, 0);
      add_json (catalogue, "changed.json", service);
      g_test_message ("%zu: %s %s", i, change->at, change->key);
      fault = get_fault (catalogue, 0);
      g_test_message ("%s", fault->message);
      g_assert_cmpuint (fault->line, >, 0);
      g_assert_nonnull (strstr (fault->message, change->path));
      g_assert_nonnull (strstr (fault->message, change->remedy));
      g_assert_cmpuint (bm_catalogue_get_count (catalogue), ==, 0);
      json_decref (service);
    }
}

/* Any byte of a shipped file overwritten or the file cut anywhere: a fault or a service, never a fall. */
static void
test_damaged_bytes (void)
{
  g_autofree char *folder = dup_assets ();
  g_autofree char *path = g_build_filename (folder, "query.case.json", NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *damaged = g_memdup2 (text, length + 1);
      g_autoptr (BmCatalogue) cut = new_empty ();
      g_autoptr (BmCatalogue) changed = new_empty ();

      bm_catalogue_add_text (cut, "cut.json", text, i);
      g_assert_cmpuint (bm_catalogue_get_faults (cut)->len, <=, 1);
      damaged[i] = (char) g_test_rand_int_range (0, 256);
      bm_catalogue_add_text (changed, "damaged.json", damaged, length);
      g_assert_cmpuint (bm_catalogue_get_faults (changed)->len + bm_catalogue_get_count (changed),
                        ==, 1);
    }
}

static void
test_find_line (void)
{
  const char *text = "{\n \"a\": [1,\n  {\"b\": \"x]}\\\"\",\n   \"c\": true}],\n \"d\": -1.5e3\n}";

  g_assert_cmpuint (bm_shape_find_line (text, ""), ==, 1);
  g_assert_cmpuint (bm_shape_find_line (text, "/a/0"), ==, 2);
  g_assert_cmpuint (bm_shape_find_line (text, "/a/1/b"), ==, 3);
  g_assert_cmpuint (bm_shape_find_line (text, "/a/1/c"), ==, 4);
  g_assert_cmpuint (bm_shape_find_line (text, "/d"), ==, 5);
  g_assert_cmpuint (bm_shape_find_line (text, "/a/1/none"), ==, 3);
  g_assert_cmpuint (bm_shape_find_line (text, "/a/9"), ==, 2);
  g_assert_cmpuint (bm_shape_find_line ("", "/a"), ==, 1);
}

static void
test_intents (void)
{
  static const struct
  {
    const char *text;
    gboolean is_right;
  } cases[] = {
    { "{\"version\":1,\"do\":\"next\"}", TRUE },
    { "{\"version\":1,\"do\":\"choose\",\"choice\":\"staff:ht02\"}", TRUE },
    { "{\"version\":1,\"do\":\"digits\",\"value\":\"2202\"}", TRUE },
    { "{\"version\":1,\"do\":\"digits\",\"value\":\"\"}", TRUE },
    { "{\"version\":2,\"do\":\"next\"}", FALSE },
    { "{\"do\":\"next\"}", FALSE },
    { "{\"version\":1,\"do\":\"jump\"}", FALSE },
    { "{\"version\":1,\"do\":\"choose\"}", FALSE },
    { "{\"version\":1,\"do\":\"next\",\"choice\":\"yes\"}", FALSE },
    { "{\"version\":1,\"do\":\"digits\"}", FALSE },
    { "{\"version\":1,\"do\":\"digits\",\"value\":\"12a\"}", FALSE },
    { "{\"version\":1,\"do\":\"choose\",\"choice\":\"YES\"}", FALSE },
    { "{\"version\":1,\"do\":\"choose\",\"choice\":\"\"}", FALSE },
    { "{\"version\":1,\"do\":\"next\",\"more\":1}", FALSE },
    { "[]", FALSE },
    { "null", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      json_t *intent = json_loads (cases[i].text, JSON_DECODE_ANY, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_true (bm_shape_check_intent (intent, &error) == cases[i].is_right);
      if (!cases[i].is_right)
        g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
      json_decref (intent);
    }
}

static void
test_deep_nesting (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (BmCatalogue) catalogue = new_empty ();

  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "{\"fields\":[");
  bm_catalogue_add_text (catalogue, "deep.json", text->str, text->len);
  g_assert_cmpuint (bm_catalogue_get_faults (catalogue)->len, ==, 1);
}

static void
test_text (void)
{
  g_autoptr (GHashTable) values = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) flags = g_hash_table_new (g_str_hash, g_str_equal);
  static const char *const known[] = { "name", "field:", NULL };
  g_autofree char *filled = NULL;
  g_autofree char *stranger = NULL;
  json_t *text = json_pack ("{s:s, s:s}", "zh_CN", "您好", "en", "hello");
  json_t *other = json_pack ("{s:s}", "bo", "x");

  g_hash_table_insert (values, (gpointer) "name", (gpointer) "王*兰");
  g_hash_table_add (flags, (gpointer) "online");
  filled = bm_text_fill ("{name}：{none}{unclosed", values);
  g_assert_cmpstr (filled, ==, "王*兰：{unclosed");
  g_assert_true (bm_text_holds (NULL, flags));
  g_assert_true (bm_text_holds ("online !demo", flags));
  g_assert_false (bm_text_holds ("!online", flags));
  g_assert_false (bm_text_holds ("online demo", flags));
  g_assert_null (bm_text_find_stranger ("{name} {field:x.y}", known));
  stranger = bm_text_find_stranger ("{name} {nobody}", known);
  g_assert_cmpstr (stranger, ==, "nobody");
  g_assert_cmpstr (bm_text_pick (text), ==, "您好");
  g_assert_cmpstr (bm_text_pick (other), ==, "x");
  g_assert_cmpstr (bm_text_pick (NULL), ==, "");
  json_decref (text);
  json_decref (other);
}

/* What somebody else still holds is not touched; the rest is overwritten (invariant 13). */
static void
test_wipe (void)
{
  json_t *kept = json_string ("kept");
  json_t *person = json_pack ("{s:s, s:[O]}", "name", "王秀兰", "others", kept);
  json_t *name = json_object_get (person, "name");
  json_t *list = json_array ();

  json_array_append (list, name);
  bm_json_wipe (person);
  g_assert_cmpstr (json_string_value (name), ==, "王秀兰");
  g_assert_cmpstr (json_string_value (kept), ==, "kept");
  bm_json_wipe (list);
  bm_json_wipe (NULL);
  json_decref (kept);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/ships", test_ships);
  g_test_add_func ("/catalogue/no-folder", test_no_folder);
  g_test_add_func ("/catalogue/bad-file-hides-only-itself", test_bad_file_hides_itself);
  g_test_add_func ("/catalogue/unknown-key-names-its-line", test_unknown_key_names_line);
  g_test_add_func ("/catalogue/two-want-the-same-place", test_clashes);
  g_test_add_func ("/catalogue/limits", test_limits);
  g_test_add_func ("/catalogue/each-rule-refuses", test_changes);
  g_test_add_func ("/catalogue/damaged-bytes", test_damaged_bytes);
  g_test_add_func ("/catalogue/deep-nesting", test_deep_nesting);
  g_test_add_func ("/shape/find-line", test_find_line);
  g_test_add_func ("/documents/broken-ones-are-found", test_documents);
  g_test_add_func ("/shape/intents", test_intents);
  g_test_add_func ("/text/pick-fill-hold", test_text);
  g_test_add_func ("/text/wipe", test_wipe);
  return g_test_run ();
}
