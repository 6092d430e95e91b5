/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-track.h"

#include "core/entry/number.h"
#include "sync/platform/platform-words.h"

#include <string.h>

/*
 * What a slip's QR opens. Status only: no name, no service, no reason, no date, and nothing by
 * which somebody who does not hold the slip could learn that a number exists. A number that a
 * rolled-back disk gave out twice has two codes; each opens its own case.
 */

#define MAX_PATH 128

static const struct
{
  const char *state;
  const char *words;
} sentences[] = {
  { "", BM_WORDS_TRACK_SENT },
  { "handed", BM_WORDS_TRACK_HANDED },
  { "accepted", BM_WORDS_TRACK_ACCEPTED },
  { "done", BM_WORDS_TRACK_DONE },
  { "not_done", BM_WORDS_TRACK_NOT_DONE },
  { "conflict", BM_WORDS_TRACK_CONFLICT },
};

static const char *
say (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (strcmp (sentences[i].state, state) == 0)
      return sentences[i].words;
  return BM_WORDS_TRACK_CONFLICT;
}

static gboolean
is_equal (const char *a, const char *b)
{
  guint difference = 0;

  for (guint i = 0; i < BM_QR_CODE_LEN; i++)
    difference |= (guint) (guchar) a[i] ^ (guint) (guchar) b[i];
  return difference == 0;
}

/* The sentence for one case when @code is the one its slip bears, else NULL. */
static const char *
open_case (BmPlatform *self, gint64 id, const char *number, const char *code)
{
  g_autoptr (BmStoredCase) kase = bm_platform_store_get_case (self->store, id, NULL);
  g_autoptr (BmStoredEntry) entry = bm_platform_store_get_entry (self->store, id, NULL);
  g_autoptr (BmPlatformStation) station =
    kase != NULL ? bm_platform_store_get_station (self->store, kase->kiosk, NULL) : NULL;
  g_autoptr (BmKey) key =
    station != NULL ? bm_key_new_from_string (station->terminal_key, NULL) : NULL;
  g_autofree char *right = NULL;

  if (entry == NULL || key == NULL)
    return NULL;
  right = bm_qr_code (key, number, entry->hash);
  return right != NULL && is_equal (right, code) ? say (kase->state) : NULL;
}

static const char *
look_up (BmPlatform *self, const char *number, const char *code)
{
  g_autoptr (GArray) ids = NULL;
  const char *words = NULL;

  if (!bm_platform_store_begin (self->store, NULL))
    return NULL;
  ids = bm_platform_store_find_cases (self->store, number, NULL);
  for (guint i = 0; ids != NULL && words == NULL && i < ids->len; i++)
    words = open_case (self, g_array_index (ids, gint64, i), number, code);
  bm_platform_store_rollback (self->store); /* only read */
  return words;
}

static const char *
find_words (BmPlatform *self, const char *path)
{
  g_autofree char *text = g_strconcat ("HTTPS://X", path, NULL);
  g_autofree char *host = NULL;
  g_autofree char *number = NULL;
  g_autofree char *code = NULL;

  if (strlen (path) > MAX_PATH || !bm_qr_parse (text, &host, &number, &code, NULL) ||
      strlen (code) != BM_QR_CODE_LEN)
    return NULL;
  return look_up (self, number, code);
}

char *
bm_platform_track (BmPlatform *self, const char *path)
{
  const char *words;

  g_return_val_if_fail (self != NULL && path != NULL, NULL);

  words = find_words (self, path);
  return g_strdup_printf (
    "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"robots\" content=\"noindex, nofollow\">\n<title>%s</title>\n"
    "<style>body{font:1.5rem/1.6 sans-serif;margin:1.2rem;color:#111;background:#fff}"
    "p.s{font-size:2rem;font-weight:bold}</style></head>\n"
    "<body><h1>%s</h1>\n<p class=\"s\">%s</p>\n<p>%s</p></body></html>\n",
    BM_WORDS_TRACK_TITLE, BM_WORDS_TRACK_TITLE, words != NULL ? words : BM_WORDS_TRACK_NOTHING,
    BM_WORDS_TRACK_SAFETY);
}
