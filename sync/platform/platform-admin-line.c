/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-admin-private.h"

#include "core/error.h"
#include "sync/platform/platform-backup.h"
#include "sync/platform/platform-blobs.h"
#include "sync/platform/platform-clock.h"
#include "sync/platform/platform-dictionary.h"
#include "sync/platform/platform-keys.h"
#include "sync/platform/platform-marks.h"
#include "sync/platform/platform-store-blobs.h"
#include "sync/platform/platform-store-marks.h"
#include "sync/protocol-json.h"

/* The verbs for what a long and bad line brings with it. */

#define MAX_ROWS 1000 /* of one answer */

typedef json_t *(*Report) (BmPlatform *self, guint32 kiosk, GError **error);

/* @arguments: a station, or nothing for all of them (kiosk 0). */
static char *
report_on (BmPlatform *self, const char *arguments, Report report, GError **error)
{
  g_autoptr (BmPlatformStation) station = NULL;
  json_t *value = NULL;

  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  if (*arguments != '\0')
    station = bm_admin_find_station (self, arguments, error);
  if (*arguments == '\0' || station != NULL)
    value = report (self, station != NULL ? station->kiosk : 0, error);
  bm_platform_store_rollback (self->store); /* only read */
  return bm_admin_dump (value);
}

static json_t *
report_blobs (BmPlatform *self, guint32 kiosk, GError **error)
{
  return bm_platform_store_report_blobs (self->store, kiosk, MAX_ROWS, error);
}

static char *
do_blobs (BmPlatform *self, const char *arguments, GError **error)
{
  return report_on (self, arguments, report_blobs, error);
}

static char *
do_backup (BmPlatform *self, const char *arguments, GError **error)
{
  return bm_admin_dump (bm_platform_backup (self, arguments, error));
}

static json_t *
report_backups (BmPlatform *self, guint32 kiosk, GError **error)
{
  return bm_platform_store_report_backups (self->store, error);
}

static char *
do_backups (BmPlatform *self, const char *arguments, GError **error)
{
  return report_on (self, "", report_backups, error);
}

static json_t *
report_bad (BmPlatform *self, guint32 kiosk, GError **error)
{
  return bm_platform_store_report_bad (self->store, kiosk, MAX_ROWS, error);
}

static char *
do_bad (BmPlatform *self, const char *arguments, GError **error)
{
  return report_on (self, arguments, report_bad, error);
}

static gboolean
send_again (BmPlatform *self, char **words, GError **error)
{
  g_autoptr (BmPlatformStation) station = bm_admin_find_station (self, words[0], error);

  return station != NULL &&
         bm_platform_send_again (self, station->kiosk, words[1], words[2], error);
}

static char *
do_again (BmPlatform *self, const char *arguments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", 3);

  if (g_strv_length (words) != 3)
    return bm_admin_fail_usage (error, "again STATION KIND NAME");
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  return bm_admin_say (bm_platform_store_end (self->store, send_again (self, words, error), error));
}

/* 0 when there is no such station. */
static guint32
find_kiosk (BmPlatform *self, const char *id, GError **error)
{
  g_autoptr (BmPlatformStation) station = NULL;

  if (!bm_platform_store_begin (self->store, error))
    return 0;
  station = bm_admin_find_station (self, id, error);
  bm_platform_store_rollback (self->store); /* only read */
  return station != NULL ? station->kiosk : 0;
}

static char *
save_blob (GBytes *plain, const BmAttachmentManifest *manifest, const char *file, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (file != NULL &&
      !g_file_set_contents_full (file, g_bytes_get_data (plain, NULL),
                                 (gssize) g_bytes_get_size (plain), G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, &local_error))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "%s", local_error->message);
      return NULL;
    }
  return bm_admin_dump (json_pack ("{s:s, s:I}", "mime", manifest->mime, "bytes",
                                   (json_int_t) g_bytes_get_size (plain)));
}

static char *
do_blob (BmPlatform *self, const char *arguments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", 3);
  guint n_words = g_strv_length (words);
  guint8 name[BM_SM3_LEN];
  BmAttachmentManifest manifest;
  g_autoptr (GBytes) plain = NULL;
  guint32 kiosk;

  if (n_words < 2 || !bm_hex_decode (words[1], name, sizeof name))
    return bm_admin_fail_usage (error, "blob STATION BLOB [FILE]");
  kiosk = find_kiosk (self, words[0], error);
  plain = kiosk != 0 ? bm_platform_open_blob (self, kiosk, name, &manifest, error) : NULL;
  return plain != NULL ? save_blob (plain, &manifest, words[2], error) : NULL;
}

static json_t *
make_times (const GArray *times)
{
  json_t *array = json_array ();

  for (guint i = 0; i < times->len; i++)
    {
      const BmEntryTime *time = &g_array_index (times, BmEntryTime, i);
      json_t *one = json_pack ("{s:I, s:I, s:b}", "seq", (json_int_t) time->seq, "hi",
                               (json_int_t) time->hi, "consistent", time->is_consistent);

      if (time->lo != BM_TIME_UNKNOWN)
        json_object_set_new (one, "lo", json_integer ((json_int_t) time->lo));
      json_array_append_new (array, one);
    }
  return array;
}

static char *
list_times (BmPlatform *self, guint32 kiosk, char **words, GError **error)
{
  g_autoptr (GArray) times = NULL;
  guint64 epoch = 0, first = 1, last = G_MAXINT64;
  gboolean is_good =
    words[1] != NULL && g_ascii_string_to_unsigned (words[1], 16, 0, G_MAXUINT64, &epoch, NULL) &&
    (words[2] == NULL || g_ascii_string_to_unsigned (words[2], 10, 1, G_MAXINT64, &first, NULL)) &&
    (words[2] == NULL || words[3] == NULL ||
     g_ascii_string_to_unsigned (words[3], 10, 1, G_MAXINT64, &last, NULL));

  if (!is_good)
    return bm_admin_fail_usage (error, "times STATION EPOCH [FIRST [LAST]]");
  if (!bm_platform_store_begin (self->store, error))
    return NULL;
  times = bm_platform_list_times (self, kiosk, epoch, first, last, MAX_ROWS, error);
  bm_platform_store_rollback (self->store); /* only read */
  return times != NULL ? bm_admin_dump (make_times (times)) : NULL;
}

static char *
do_times (BmPlatform *self, const char *arguments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", 4);
  guint32 kiosk = find_kiosk (self, words[0], error);

  return kiosk != 0 ? list_times (self, kiosk, words, error) : NULL;
}

static char *
say_told (gint n_told)
{
  return n_told >= 0 ? g_strdup_printf ("%d stations are told", n_told) : NULL;
}

static char *
do_rotate_seal_key (BmPlatform *self, const char *arguments, GError **error)
{
  return say_told (bm_platform_rotate_seal_key (self, error));
}

static char *
do_dictionary (BmPlatform *self, const char *arguments, GError **error)
{
  return say_told (bm_platform_publish_dictionary (self, arguments, error));
}

static char *
do_rotate_ca (BmPlatform *self, const char *arguments, GError **error)
{
  return say_told (bm_platform_rotate_ca (self, error));
}

/* The last argument is a file: a service is larger than a line. */
static char *
do_publish (BmPlatform *self, const char *arguments, GError **error)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", 3);
  json_t *body;
  char *answer;

  if (g_strv_length (words) != 3)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "usage: publish KIND NAME FILE");
      return NULL;
    }
  body = json_load_file (words[2], JSON_REJECT_DUPLICATES, NULL);
  if (body == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "%s holds no JSON", words[2]);
      return NULL;
    }
  answer = say_told (bm_platform_publish (self, words[0], words[1], body, error));
  json_decref (body);
  return answer;
}

static char *
do_finish_ca (BmPlatform *self, const char *arguments, GError **error)
{
  return bm_admin_say (bm_platform_finish_ca (self, error));
}

static char *
do_keys (BmPlatform *self, const char *arguments, GError **error)
{
  return bm_admin_dump (bm_platform_report_keys (self, error));
}

const BmPlatformVerbEntry bm_platform_line_verbs[] = {
  { "blobs", do_blobs, BM_VERB_BARE | BM_VERB_ARGUMENTS, "[STATION]",
    "attachments, the newest first, and how much of each is here" },
  { "blob", do_blob, BM_VERB_ARGUMENTS, "STATION BLOB [FILE]",
    "opens an attachment, proves it against its entry, and writes it to FILE" },
  { "bad", do_bad, BM_VERB_BARE | BM_VERB_ARGUMENTS, "[STATION]",
    "what stations could not use of what came down" },
  { "again", do_again, BM_VERB_ARGUMENTS, "STATION KIND NAME",
    "sends the newest message of that name to the station again" },
  { "times", do_times, BM_VERB_ARGUMENTS, "STATION EPOCH [FIRST [LAST]]",
    "between which moments of the centre's clock each entry happened, in milliseconds" },
  { "backup", do_backup, BM_VERB_ARGUMENTS | BM_VERB_SLOW, "FILE",
    "copies the database while it is used, checks the copy, then tells the stations" },
  { "backups", do_backups, BM_VERB_BARE, "", "the last backups" },
  { "keys", do_keys, BM_VERB_BARE, "",
    "sealing keys, roots, and who has not read of the newest root" },
  { "publish", do_publish, BM_VERB_ARGUMENTS, "KIND NAME FILE",
    "a signed document for every station: catalogue, calendar, divisions, notice, warning, language" },
  { "dictionary", do_dictionary, BM_VERB_ARGUMENTS | BM_VERB_SLOW, "FILE",
    "keeps a zstd dictionary for entries and sends it to every station" },
  { "rotate-seal-key", do_rotate_seal_key, BM_VERB_BARE, "",
    "a new key to seal to, for every station; the old ones open for ever" },
  { "rotate-ca", do_rotate_ca, BM_VERB_BARE, "",
    "a new root, which signs what stations renew from now on; every station is told" },
  { "ca-finish", do_finish_ca, BM_VERB_BARE, "",
    "puts the server and new enrolments under the newest root; it is started anew" },
};
const guint bm_platform_n_line_verbs = G_N_ELEMENTS (bm_platform_line_verbs);
