/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-admin-private.h"

#include "core/error.h"
#include "sync/platform/platform-backup.h"
#include "sync/platform/platform-keys.h"
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
do_rotate_ca (BmPlatform *self, const char *arguments, GError **error)
{
  return say_told (bm_platform_rotate_ca (self, error));
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
  { "backup", do_backup, BM_VERB_ARGUMENTS | BM_VERB_SLOW, "FILE",
    "copies the database while it is used, checks the copy, then tells the stations" },
  { "backups", do_backups, BM_VERB_BARE, "", "the last backups" },
  { "keys", do_keys, BM_VERB_BARE, "",
    "sealing keys, roots, and who has not read of the newest root" },
  { "rotate-seal-key", do_rotate_seal_key, BM_VERB_BARE, "",
    "a new key to seal to, for every station; the old ones open for ever" },
  { "rotate-ca", do_rotate_ca, BM_VERB_BARE, "",
    "a new root, which signs what stations renew from now on; every station is told" },
  { "ca-finish", do_finish_ca, BM_VERB_BARE, "",
    "puts the server and new enrolments under the newest root; it is started anew" },
};
const guint bm_platform_n_line_verbs = G_N_ELEMENTS (bm_platform_line_verbs);
