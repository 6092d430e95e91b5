/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/clock.h"
#include "sync/platform/backend.h"
#include "sync/platform/platform-ca.h"
#include "sync/platform/platform-faults.h"
#include "sync/platform/platform-parts.h"
#include "sync/platform/platform-runs.h"
#include "sync/platform/platform-store.h"
#include "sync/protocol.h"

G_BEGIN_DECLS

/*
 * The front platform: what its threads share. Everything here is either immutable after
 * bm_platform_open(), or locks itself (store, faults, parts, clock), or is guarded by case_mutex.
 */

#define BM_PLATFORM_BATCH_BYTES (128 * 1024)
#define BM_PLATFORM_BATCH_ITEMS \
  240 /* with room for run rows below BM_PROTOCOL_MAX_RECORDS; eight halvings */
#define BM_PLATFORM_SPLAY_MS    (2 * 60 * 1000)
#define BM_PLATFORM_INBOX_BYTES (128 * 1024)

/* What publishing packs keeps; see platform-packs.h. */
typedef struct _BmPlatformPacks BmPlatformPacks;

typedef struct
{
  char *dir;
  char *host;
  char *url; /* https://host:port, once the port is known */
  BmClock *clock;
  BmPlatformStore *store;
  BmPlatformCa *ca;
  GPtrArray *seal_keys; /* of BmKey, the newest first; changed inside a store transaction */
  BmRuns *runs;         /* used inside a store transaction */
  BmKey *sign_key;
  BmBackend *backend;
  GHashTable *hellos;   /* the last one of each station (platform-hellos.h) */
  GHashTable *services; /* ids the backend takes */
  BmPlatformFaults *faults;
  BmParts *parts; /* of attachments, not whole yet */
  BmPlatformPacks *packs;
  BmDictionaries *dictionaries; /* read and changed inside store transactions only */
  gint must_serve_anew;         /* atomic: the server has another certificate now */
  GMutex case_mutex;            /* one thread at a time talks to the backend */
  gint64 case_cursor;           /* the last case of a turn that broke off */
} BmPlatform;

/* platform-setup.c */
gboolean bm_platform_init (const char *dir,
                           const char *host,
                           const char *station,
                           const char *demo_data,
                           GError **error);
BmPlatform *
bm_platform_open (const char *dir, BmClock *clock, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_free (BmPlatform *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatform, bm_platform_free)

void bm_platform_set_port (BmPlatform *self, guint16 port);
gint64 bm_platform_now (BmPlatform *self);
/* A file that only this user may read, durable before it returns. BM_ERROR_UNREACHABLE. */
gboolean bm_platform_write_private (const char *path, const char *text, GError **error);
char *bm_platform_format_time (gint64 wall_ms); /* ISO 8601 at +08:00 */

/* platform-cases.c */
#define BM_DECIDE_HOLD (-1)
#define BM_CASES_AT_ONCE \
  16 /* that many are decided before the batch that brought them is answered */
gboolean bm_platform_set_decide (BmPlatform *self, gint64 delay_ms, GError **error);
gint64 bm_platform_get_decide (BmPlatform *self);
typedef enum
{
  BM_CASES_ALL,     /* as long as it takes */
  BM_CASES_A_WHILE, /* where the last such turn broke off */
  BM_CASES_NEWEST, /* a few, and none when somebody else is at it: whoever waits for an answer is not kept */
} BmCasesTurn;
/* Hands new cases over and asks for decisions that are due; each new one becomes a message. */
gboolean bm_platform_advance_cases (BmPlatform *self, BmCasesTurn turn, GError **error);
/* @text: the office's own sentence, or NULL for the rules'. */
gboolean bm_platform_decide_case (BmPlatform *self,
                                  const char *number,
                                  const char *code,
                                  const char *text,
                                  GError **error);
/* The opened payload of an entry of the ledger, as its JSON text. Inside a store transaction. */
GBytes *bm_platform_open_payload (BmPlatform *self,
                                  BmStoredEntry *entry,
                                  BmEntryHeader *ret_header,
                                  GError **error);
/* A key near that of the entry, as bm_runs_dup_base(). Inside a store transaction. */
BmKey *bm_platform_dup_base (BmPlatform *self,
                             const BmEntryHeader *header,
                             guint32 *ret_steps,
                             GError **error);
gboolean bm_platform_post_bytes (BmPlatform *self,
                                 guint32 kiosk,
                                 const char *kind,
                                 const char *name,
                                 gint64 version,
                                 GBytes *body,
                                 GError **error);
gboolean bm_platform_post_message (BmPlatform *self,
                                   guint32 kiosk,
                                   const char *kind,
                                   const char *name,
                                   gint64 version,
                                   json_t *body,
                                   GError **error);

G_END_DECLS
