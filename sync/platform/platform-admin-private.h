/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-admin.h"

G_BEGIN_DECLS

typedef char *(*BmPlatformVerb) (BmPlatform *self, const char *arguments, GError **error);

typedef enum
{
  BM_VERB_BARE = 1 << 0,      /* may stand alone */
  BM_VERB_ARGUMENTS = 1 << 1, /* may have arguments */
  BM_VERB_SLOW = 1 << 2,      /* not on the main thread */
} BmVerbFlags;

typedef struct
{
  const char *name;
  BmPlatformVerb verb;
  guint flags;
  const char *usage; /* what follows the name */
  const char *help;  /* one sentence */
} BmPlatformVerbEntry;

/* platform-admin-line.c: attachments, backups, keys, clocks, what a station could not use. */
extern const BmPlatformVerbEntry bm_platform_line_verbs[];
extern const guint bm_platform_n_line_verbs;

/* platform-checkups.c: [{"station","wall_ms","faults"}] */
char *bm_platform_do_checkups (BmPlatform *self, const char *arguments, GError **error);
char *bm_platform_do_ratings (BmPlatform *self, const char *arguments, GError **error);

/* Compact JSON; takes @value over. NULL for NULL. */
char *bm_admin_dump (json_t *value);
/* NULL, with "usage: …". */
char *bm_admin_fail_usage (GError **error, const char *usage);
/* "" or NULL. */
char *bm_admin_say (gboolean is_ok);
/* Inside a transaction. BM_ERROR_NOT_FOUND. */
BmPlatformStation *
bm_admin_find_station (BmPlatform *self, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
