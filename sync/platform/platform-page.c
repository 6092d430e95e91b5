/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-page.h"

#include "core/entry/number.h"
#include "sync/platform/platform-track.h"
#include "sync/platform/platform-words.h"

#include <string.h>

/*
 * What a slip's QR opens, on anybody's phone. Where the case stands and nothing else: no name, no
 * service, no office, no reason, no date, no number. One page of a few kilobytes, complete in itself:
 * no script, no form, no link, nothing fetched from anywhere.
 */

#define MAX_PATH 128

static const char style[] =
  "html{-webkit-text-size-adjust:100%}"
  "body{margin:0;padding:1.1rem 1rem 1.6rem;background:#fffcf4;color:#16211b;"
  "font:1.3rem/1.55 \"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",sans-serif;"
  "word-break:keep-all;overflow-wrap:anywhere}" /* lines end where a voice would rest */
  "main{max-width:32rem;margin:0 auto}"
  "h1{font-size:1.3rem;margin:0 0 1rem;color:#0b4233}"
  "ol{list-style:none;display:flex;justify-content:space-between;margin:0 0 1.2rem;padding:0}"
  "li{width:31%;text-align:center;font-weight:bold;color:#5a5342}"
  "li.y{color:#16211b}"
  "svg{display:block;width:4.4rem;max-width:100%;height:auto;margin:0 auto .3rem}"
  "p{margin:0 0 1rem}"
  "p.s{font-size:1.75rem;line-height:1.4;font-weight:bold}"
  "p.f{border-top:.15rem solid #675f4a;padding-top:.9rem}";

/* The pictograms of the slip: paper and pencil, house and arrow, paper and tick; then a cross. */
static const char draw_noted[] =
  "<path d=\"M44 24V13a5 5 0 0 0-5-5H15a5 5 0 0 0-5 5v38a5 5 0 0 0 5 5h24a5 5 0 0 0 5-5v-3\"/>"
  "<path d=\"M19 20h16M19 31h11\"/><path d=\"M30 45l2-8 20-20 6 6-20 20z\"/>";
static const char draw_sent[] =
  "<path d=\"M22 29l20-17 19 17\"/><path d=\"M55 26v31H28v-5M28 30v-3\"/>"
  "<path d=\"M3 41h32M26 32l10 9-10 9\"/>";
static const char draw_done[] =
  "<path d=\"M16 40V12a5 5 0 0 1 5-5h28a5 5 0 0 1 5 5v40a5 5 0 0 1-5 5h-9\"/>"
  "<path d=\"M27 20h17M27 30h17\"/><circle cx=\"22\" cy=\"46\" r=\"12\"/>"
  "<path d=\"M16.5 46.5l4 4 7-8\"/>";
static const char draw_not_done[] = "<path d=\"M14 14l36 36M50 14L14 50\"/>";

typedef struct
{
  const char *state;
  const char *words;
  guint reached;
} Standing;

static const Standing standings[] = {
  { "sent", BM_WORDS_TRACK_SENT, 2 },           { "handed", BM_WORDS_TRACK_HANDED, 2 },
  { "accepted", BM_WORDS_TRACK_ACCEPTED, 2 },   { "done", BM_WORDS_TRACK_DONE, 3 },
  { "not_done", BM_WORDS_TRACK_NOT_DONE, 3 },   { "conflict", BM_WORDS_TRACK_CONFLICT, 2 },
  { "withdrawn", BM_WORDS_TRACK_WITHDRAWN, 2 },
};

static void
add_disc (GString *page, const char *label, const char *drawing, gboolean is_reached)
{
  const char *ground = is_reached ? "#0b4233" : "#fffcf4";
  const char *line = is_reached ? "#fffcf4" : "#675f4a";

  g_string_append_printf (
    page,
    "<li%s><svg viewBox=\"0 0 100 100\" role=\"img\" aria-label=\"%s\"><circle cx=\"50\" cy=\"50\""
    " r=\"46\" fill=\"%s\" stroke=\"%s\" stroke-width=\"5\"%s/><g transform=\"translate(21 21)"
    " scale(.9)\" fill=\"none\" stroke=\"%s\" stroke-width=\"5\" stroke-linecap=\"round\""
    " stroke-linejoin=\"round\">%s</g></svg>%s</li>\n",
    is_reached ? " class=\"y\"" : "", is_reached ? BM_WORDS_TRACK_REACHED : BM_WORDS_TRACK_NOT_YET,
    ground, is_reached ? "#0b4233" : "#675f4a", is_reached ? "" : " stroke-dasharray=\"9 8\"", line,
    drawing, label);
}

static void
add_discs (GString *page, const Standing *standing)
{
  gboolean is_not_done = strcmp (standing->state, "not_done") == 0;

  g_string_append (page, "<ol>\n");
  add_disc (page, BM_WORDS_TRACK_DISC_NOTED, draw_noted, standing->reached >= 1);
  add_disc (page, BM_WORDS_TRACK_DISC_SENT, draw_sent, standing->reached >= 2);
  add_disc (page, is_not_done ? BM_WORDS_TRACK_DISC_NOT_DONE : BM_WORDS_TRACK_DISC_OVER,
            is_not_done ? draw_not_done : draw_done, standing->reached >= 3);
  g_string_append (page, "</ol>\n");
}

/* @standing: NULL for a page that knows of no case. */
static char *
make_page (const Standing *standing, const char *words)
{
  GString *page = g_string_new (NULL);

  g_string_append_printf (
    page,
    "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"robots\" content=\"noindex, nofollow, noarchive\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>%s</title>\n<style>%s</style></head>\n"
    "<body><main>\n<h1>%s</h1>\n",
    BM_WORDS_TRACK_TITLE, style, BM_WORDS_TRACK_TITLE);
  if (standing != NULL)
    add_discs (page, standing);
  g_string_append_printf (page,
                          "<p class=\"s\">%s</p>\n<p class=\"f\">%s</p>\n<p>%s</p>\n"
                          "</main></body></html>\n",
                          words, BM_WORDS_TRACK_SAFETY, BM_WORDS_TRACK_FRAUD);
  return g_string_free (page, FALSE);
}

char *
bm_platform_page (BmPlatform *self, const char *path)
{
  g_autofree char *text = NULL;
  g_autofree char *number = NULL;
  g_autofree char *code = NULL;
  const char *state;

  g_return_val_if_fail (self != NULL && path != NULL, NULL);

  text = g_strdup_printf ("HTTPS://X%.*s", MAX_PATH, path);
  (void) bm_qr_parse (text, NULL, &number, &code, NULL); /* nonsense is looked up like a slip */
  state = bm_platform_track (self, number, code != NULL ? code : "");
  for (guint i = 0; state != NULL && i < G_N_ELEMENTS (standings); i++)
    if (strcmp (standings[i].state, state) == 0)
      return make_page (&standings[i], standings[i].words);
  return make_page (NULL, BM_WORDS_TRACK_NOTHING);
}

char *
bm_platform_page_busy (void)
{
  return make_page (NULL, BM_WORDS_TRACK_BUSY);
}

char *
bm_platform_page_look_only (void)
{
  return make_page (NULL, BM_WORDS_TRACK_ONLY);
}

char *
bm_platform_page_policy (void)
{
  guint8 digest[32];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *hash = NULL;

  g_checksum_update (checksum, (const guchar *) style, strlen (style));
  g_checksum_get_digest (checksum, digest, &size);
  hash = g_base64_encode (digest, size);
  return g_strdup_printf ("default-src 'none'; style-src 'sha256-%s'; base-uri 'none';"
                          " form-action 'none'; frame-ancestors 'none'",
                          hash);
}
