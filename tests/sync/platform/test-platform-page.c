/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/number.h"
#include "sync/platform/platform-rate.h"
#include "tests/sync/platform/chromium.h"
#include "tests/sync/platform/platform-fixture.h"
#include "tests/sync/platform/server-fixture.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include <string.h>

/* The public page as a phone meets it: over the wire with curl, and in a real browser. */

typedef struct
{
  ServerFixture *server;
  char *base; /* https://127.0.0.1:port */
  char *number;
  char *right;
  char *wrong;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  VirtualStation *station;
  g_autoptr (BmKey) key = NULL;
  g_autoptr (BmReply) reply = NULL;
  g_autofree char *hold = NULL;
  g_autofree char *code = NULL;
  GBytes *run;
  GBytes *matter;
  guint8 hash[BM_SM3_LEN];

  f->server = server_fixture_new ();
  hold = server_fixture_admin (f->server, "decide hold");
  station = f->server->station;
  key = bm_key_new_from_string (json_string_value (
                                  json_object_get (station->enrolment, "terminal_key")),
                                NULL);
  run = virtual_station_start_run (station);
  matter = virtual_station_certify (station, "王秀兰", "990121194803120028", "HT02", &f->number);
  bm_sm3 (g_bytes_get_data (matter, NULL), g_bytes_get_size (matter), hash);
  code = bm_qr_code (key, f->number, hash);
  reply = server_fixture_send (f->server, records_of (run, matter, NULL));
  g_assert_nonnull (reply);
  f->base = g_strdup_printf ("https://127.0.0.1:%u", f->server->port);
  f->right = g_strdup_printf ("%s/T/%s.%s", f->base, f->number, code);
  f->wrong = g_strdup_printf ("%s/T/%s.AAAAAAAA", f->base, f->number);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  server_fixture_free (f->server);
  g_free (f->base);
  g_free (f->number);
  g_free (f->right);
  g_free (f->wrong);
}

static void
decide (Fixture *f, const char *code)
{
  g_autofree char *line = g_strdup_printf ("decide %s %s", f->number, code);
  g_autofree char *answer = server_fixture_admin (f->server, line);

  g_assert_cmpstr (answer, ==, "");
}

/* curl's output; @option and @argument may be NULL. */
static char *
fetch (const char *url, const char *option, const char *argument)
{
  const char *argv[] = {
    "curl",      "--insecure", "--silent", "--path-as-is", "--max-time", "60",
    "--noproxy", "*",          url,        option,         argument,     NULL
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_autoptr (GBytes) output = NULL;

  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate (process, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  return g_strndup (g_bytes_get_data (output, NULL), g_bytes_get_size (output));
}

/* Without what differs from one second to the next. */
static char *
fetch_timeless (const char *url)
{
  g_autofree char *text = fetch (url, "--include", NULL);
  g_autoptr (GRegex) date =
    g_regex_new ("^date: .*$", G_REGEX_CASELESS | G_REGEX_MULTILINE, 0, NULL);

  return g_regex_replace_literal (date, text, -1, 0, "", 0, NULL);
}

static void
assert_fenced (const char *text)
{
  static const char *const headers[] = { "Content-Type: text/html; charset=utf-8\r\n",
                                         "Cache-Control: no-store\r\n",
                                         "Referrer-Policy: no-referrer\r\n",
                                         "X-Content-Type-Options: nosniff\r\n",
                                         "X-Robots-Tag: noindex, nofollow, noarchive\r\n",
                                         "Content-Security-Policy: default-src 'none'; style-src "
                                         "'sha256-" };
  g_autofree char *lower = g_ascii_strdown (text, -1);

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    g_assert_nonnull (strstr (text, headers[i]));
  g_assert_null (strstr (lower, "set-cookie"));
  g_assert_null (strstr (lower, "unsafe-"));
  g_assert_nonnull (strstr (lower, "form-action 'none'"));
  g_assert_nonnull (strstr (lower, "frame-ancestors 'none'"));
}

static void
test_fences (Fixture *f, gconstpointer unused)
{
  g_autofree char *right = fetch (f->right, "--include", NULL);
  g_autofree char *wrong = fetch (f->wrong, "--include", NULL);

  g_assert_true (g_str_has_prefix (right, "HTTP/1.1 200 OK\r\n"));
  g_assert_true (g_str_has_prefix (wrong, "HTTP/1.1 200 OK\r\n"));
  assert_fenced (right);
  assert_fenced (wrong);
  g_assert_nonnull (strstr (right, "已转到办事单位"));
  g_assert_nonnull (strstr (wrong, "没查到"));
}

/* The whole answer, headers and all. */
static void
test_same_nothing (Fixture *f, gconstpointer unused)
{
  static const char *const tails[] = { "/T/9901211012010101000047118.AAAAAAAA",
                                       "/T/",
                                       "/T/x",
                                       "/T/../v1/ca",
                                       "/T/%2e%2e%2f",
                                       "/T/%00%ff%0d%0aSet-Cookie:a=b",
                                       "/T/'\"><script>alert(1)</script>",
                                       "/T/9901211012010101000000075.AAAAAAAA?next=https://x" };
  g_autofree char *wrong = fetch_timeless (f->wrong);
  g_autofree char *noise = g_strnfill (6000, 'A');
  g_autofree char *long_url = g_strconcat (f->base, "/T/", noise, NULL);
  g_autofree char *too_long = fetch_timeless (long_url);

  g_assert_cmpstr (wrong, ==, too_long);
  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *url = g_strconcat (f->base, tails[i], NULL);
      g_autofree char *text = fetch_timeless (url);

      g_test_message ("%s", tails[i]);
      g_assert_cmpstr (wrong, ==, text);
    }
}

static char *
find_header (const char *text, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("^%s: ([^\\r\\n]*)", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_CASELESS | G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, text, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

static void
test_head (Fixture *f, gconstpointer unused)
{
  g_autofree char *get = fetch (f->right, "--include", NULL);
  g_autofree char *head = fetch (f->right, "--head", NULL);
  g_autofree char *get_len = find_header (get, "content-length");
  g_autofree char *head_len = find_header (head, "content-length");

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 OK\r\n"));
  assert_fenced (head);
  g_assert_nonnull (get_len);
  g_assert_cmpstr (get_len, ==, head_len);
  g_assert_null (strstr (head, "<html"));
}

static void
test_methods (Fixture *f, gconstpointer unused)
{
  static const char *const methods[] = {
    "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"
  };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autofree char *option = g_strdup_printf ("-iX%s", methods[i]);
      g_autofree char *text = fetch (f->right, option, NULL);
      g_autofree char *allow = find_header (text, "allow");

      g_test_message ("%s", methods[i]);
      g_assert_true (g_str_has_prefix (text, "HTTP/1.1 405 "));
      g_assert_cmpstr (allow, ==, "GET, HEAD");
      assert_fenced (text);
      g_assert_null (strstr (text, "已转到"));
    }
}

static void
test_upload (Fixture *f, gconstpointer unused)
{
  g_autofree char *noise = g_strnfill (100 * 1000, 'A');
  g_autofree char *option = g_strconcat ("-id", noise, NULL);
  g_autofree char *text = fetch (f->right, option, NULL);

  g_assert_nonnull (strstr (text, "HTTP/1.1 405 "));
}

/* Rate */

static guint
count (const char *text, const char *word)
{
  guint found = 0;

  for (const char *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    found++;
  return found;
}

static void
test_rate (Fixture *f, gconstpointer unused)
{
  gint64 began = g_get_monotonic_time ();
  g_autofree char *many = g_strconcat (f->base, "/T/x?[1-120]", NULL);
  g_autofree char *codes = fetch (many, "--write-out", "\\n:%{http_code}:");
  guint shown = count (codes, ":200:");
  guint seconds = (guint) ((g_get_monotonic_time () - began) / 1000000) + 1;
  g_autofree char *refused = fetch (f->right, "--include", NULL);
  g_autofree char *wait = find_header (refused, "retry-after");
  g_autoptr (BmReply) hello = NULL;
  g_autofree char *again = NULL;

  g_assert_cmpuint (shown, >=, BM_RATE_BURST);
  g_assert_cmpuint (shown, <=, BM_RATE_BURST + seconds * 1000 / BM_RATE_EVERY_MS);
  g_assert_cmpuint (shown + count (codes, ":429:"), ==, 120);
  g_assert_true (g_str_has_prefix (refused, "HTTP/1.1 429 "));
  g_assert_cmpstr (wait, ==, "1");
  assert_fenced (refused);
  g_assert_nonnull (strstr (refused, "过一会儿再看"));
  g_assert_null (strstr (refused, "已转到"));
  /* Stations come from the same address and are not slowed down by it. */
  for (guint i = 0; i < 2 * BM_RATE_BURST; i++)
    {
      g_clear_pointer (&hello, bm_reply_free);
      hello = server_fixture_hello (f->server, f->server->transport);
      g_assert_nonnull (hello);
      g_assert_null (hello->refused_code);
    }
  g_usleep (BM_RATE_EVERY_MS * 1100);
  again = fetch (f->right, NULL, NULL);
  g_assert_nonnull (strstr (again, "已转到办事单位"));
}

/* The browser */

static char *
get_key_hash (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->server->dir, "platform", "server.pem", NULL);
  g_autofree char *pem = NULL;
  gsize len = 0;
  gnutls_datum_t text;
  gnutls_datum_t der = { NULL, 0 };
  gnutls_x509_crt_t certificate;
  gnutls_pubkey_t key;
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_assert_true (g_file_get_contents (path, &pem, &len, NULL));
  text.data = (unsigned char *) pem;
  text.size = (unsigned) len;
  g_assert_cmpint (gnutls_x509_crt_init (&certificate), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_import (certificate, &text, GNUTLS_X509_FMT_PEM), ==, 0);
  g_assert_cmpint (gnutls_pubkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_pubkey_import_x509 (key, certificate, 0), ==, 0);
  g_assert_cmpint (gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der), ==, 0);
  g_checksum_update (checksum, der.data, der.size);
  g_checksum_get_digest (checksum, digest, &size);
  gnutls_free (der.data);
  gnutls_pubkey_deinit (key);
  gnutls_x509_crt_deinit (certificate);
  return g_base64_encode (digest, size);
}

static char *
evaluate_text (Chromium *chromium, const char *script)
{
  json_t *value = chromium_evaluate (chromium, script);
  char *text = g_strdup (json_string_value (value));

  json_decref (value);
  g_assert_nonnull (text);
  return text;
}

static double
evaluate_number (Chromium *chromium, const char *script)
{
  json_t *value = chromium_evaluate (chromium, script);
  double number = json_number_value (value);

  g_assert_true (json_is_number (value));
  json_decref (value);
  return number;
}

/* The lowest contrast of any text on the page against what lies behind it. */
#define CONTRAST                                                                                  \
  "(() => { const lum = c => { const v = c.match (/[\\d.]+/g).slice (0, 3).map (x => { x /= 255;" \
  " return x <= 0.03928 ? x / 12.92 : Math.pow ((x + 0.055) / 1.055, 2.4); });"                   \
  " return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };"                                     \
  " const back = lum (getComputedStyle (document.body).backgroundColor);"                         \
  " return Math.min (...[...document.querySelectorAll ('h1,p,li')].map (e => {"                   \
  " const l = lum (getComputedStyle (e).color);"                                                  \
  " return (Math.max (l, back) + 0.05) / (Math.min (l, back) + 0.05); })); })()"
#define SMALLEST_TEXT                                             \
  "Math.min (...[...document.querySelectorAll ('h1,p,li')].map (" \
  "e => parseFloat (getComputedStyle (e).fontSize)))"
/* What sticks out to the right of the screen, of any element. */
#define WIDEST                                      \
  "Math.max (document.documentElement.scrollWidth," \
  " ...[...document.querySelectorAll ('*')].map ("  \
  "e => Math.ceil (e.getBoundingClientRect ().right)))"
#define OUTSIDE                                                                            \
  "document.scripts.length + document.links.length + document.forms.length +"              \
  " document.images.length + document.querySelectorAll ('iframe,object,link,input,[src]')" \
  ".length + document.cookie.length"

static void
check_layout (Chromium *chromium, guint width)
{
  g_assert_cmpfloat (evaluate_number (chromium, "innerWidth"), ==, width);
  g_assert_cmpfloat (evaluate_number (chromium, WIDEST), <=, width);
  g_assert_cmpfloat (evaluate_number (chromium, CONTRAST), >=, 7);
  g_assert_cmpfloat (evaluate_number (chromium, SMALLEST_TEXT), >=, 20);
  g_assert_cmpfloat (evaluate_number (chromium, OUTSIDE), ==, 0);
}

static void
save (Chromium *chromium, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_BUILT, "sync", "platform", name, NULL);

  chromium_save_picture (chromium, path);
}

static void
check_page (Chromium *chromium, const char *url, const char *words, const char *picture)
{
  g_autofree char *text = NULL;
  g_autofree char *wide = g_strconcat (picture, "-200.png", NULL);
  g_autofree char *plain = g_strconcat (picture, ".png", NULL);
  json_t *value;

  chromium_open (chromium, url, 360, 640);
  text = evaluate_text (chromium, "document.body.innerText");
  g_assert_nonnull (strstr (text, words));
  g_assert_nonnull (strstr (text, "本页不收钱、不要密码、不要验证码。"));
  g_assert_cmpuint (chromium->requests->len, ==, 1); /* the page, and nothing from anywhere */
  check_layout (chromium, 360);
  g_assert_cmpfloat (evaluate_number (chromium, "document.documentElement.scrollHeight"), <=, 640);
  save (chromium, plain);
  /* Letters twice as big, as many old people have them. */
  value = chromium_evaluate (chromium, "document.documentElement.style.fontSize = '200%'");
  json_decref (value);
  check_layout (chromium, 360);
  save (chromium, wide);
  chromium_open (chromium, url, 320, 568);
  check_layout (chromium, 320);
}

static void
test_browser (Fixture *f, gconstpointer unused)
{
  g_autofree char *hash = get_key_hash (f);
  g_autoptr (Chromium) chromium = chromium_new (hash);

  if (chromium == NULL)
    {
      g_test_skip ("there is no chromium on this machine (Debian package chromium)");
      return;
    }
  check_page (chromium, f->right, "已转到办事单位。", "track-handed");
  decide (f, "ACCEPTED");
  check_page (chromium, f->right, "已受理。", "track-accepted");
  decide (f, "DONE");
  check_page (chromium, f->right, "办完了。", "track-done");
  decide (f, "NOT_DONE");
  check_page (chromium, f->right, "没办成。", "track-not-done");
  check_page (chromium, f->wrong, "没查到。", "track-nothing");
}

/* The same browser in a house without style sheets of ours: what the policy forbids does not run. */
static void
test_browser_policy (Fixture *f, gconstpointer unused)
{
  g_autofree char *hash = get_key_hash (f);
  g_autoptr (Chromium) chromium = chromium_new (hash);
  json_t *value;

  if (chromium == NULL)
    {
      g_test_skip ("there is no chromium on this machine (Debian package chromium)");
      return;
    }
  chromium_open (chromium, f->right, 360, 640);
  value = chromium_evaluate (
    chromium,
    "window.ran = 0; const s = document.createElement ('script'); s.textContent = "
    "'window.ran = 1'; document.body.append (s); const i = new Image (); i.src = '/v1/ca';"
    "document.body.append (i); const t = document.createElement ('style'); t.textContent ="
    " 'body{background:red}'; document.head.append (t); window.ran");
  json_decref (value);
  g_assert_cmpfloat (evaluate_number (chromium, "window.ran"), ==, 0);
  value = chromium_evaluate (chromium, "getComputedStyle (document.body).backgroundColor");
  g_assert_cmpstr (json_string_value (value), ==, "rgb(255, 252, 244)");
  json_decref (value);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();
  server_fixture_set_program (argv[1]);
  ADD ("/platform/page/fences", test_fences);
  ADD ("/platform/page/same-nothing", test_same_nothing);
  ADD ("/platform/page/head", test_head);
  ADD ("/platform/page/methods", test_methods);
  ADD ("/platform/page/upload", test_upload);
  ADD ("/platform/page/rate", test_rate);
  ADD ("/platform/page/browser", test_browser);
  ADD ("/platform/page/browser-policy", test_browser_policy);
  return g_test_run ();
}
