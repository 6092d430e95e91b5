/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/outbox.h"

#include <jansson.h>

G_BEGIN_DECLS

/*
 * The platform's one database connection behind one mutex. begin() takes the mutex, commit() and
 * rollback() give it back; every other function is called between them, on the same thread.
 * "Nothing found" is NULL (or 0) without an error.
 */

typedef struct _BmPlatformStore BmPlatformStore;

BmPlatformStore *
bm_platform_store_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_store_free (BmPlatformStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformStore, bm_platform_store_free)

gboolean bm_platform_store_begin (BmPlatformStore *self, GError **error);
gboolean bm_platform_store_commit (BmPlatformStore *self, GError **error);
void bm_platform_store_rollback (BmPlatformStore *self);
/* Commits when @keep, else rolls back; returns @keep and the commit's success. */
gboolean bm_platform_store_end (BmPlatformStore *self, gboolean keep, GError **error);

gboolean bm_platform_store_set_meta (BmPlatformStore *self,
                                     const char *key,
                                     const char *value,
                                     GError **error);
char *bm_platform_store_dup_meta (BmPlatformStore *self, const char *key, GError **error);

/* Records and entries: platform-store-entries.c */

typedef struct
{
  gint64 id;
  guint32 kiosk;
  guint64 epoch;
  guint64 seq;
  guint8 hash[BM_SM3_LEN];
  BmAnswerStatus status;
  char *code;
  char *reason;
  GBytes *record;
} BmStoredEntry;

void bm_stored_entry_free (BmStoredEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStoredEntry, bm_stored_entry_free)

typedef struct
{
  guint64 upto;            /* every seq from 1 to here is held */
  guint64 highest;         /* the highest seq held */
  guint8 head[BM_SM3_LEN]; /* chain head after upto */
  GBytes *signature;       /* over that head; NULL when it has moved since */
  guint64 held;            /* how many are held */
  guint64 backed_up;       /* every seq from 1 to here is in a backup, too */
} BmWatermark;

void bm_watermark_free (BmWatermark *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmWatermark, bm_watermark_free)

/* Raw bytes first; the same bytes twice are one row. Returns the row's id, 0 on error. */
gint64 bm_platform_store_keep_record (BmPlatformStore *self,
                                      guint32 kiosk,
                                      GBytes *record,
                                      gint64 now_ms,
                                      GError **error);
gboolean bm_platform_store_quarantine (BmPlatformStore *self,
                                       gint64 record_id,
                                       const char *code,
                                       GError **error);
gboolean bm_platform_store_add_conflict (BmPlatformStore *self,
                                         gint64 record_id,
                                         const BmEntryHeader *header,
                                         gint64 now_ms,
                                         GError **error);

BmStoredEntry *bm_platform_store_find_entry (BmPlatformStore *self,
                                             guint32 kiosk,
                                             guint64 epoch,
                                             guint64 seq,
                                             GError **error);
BmStoredEntry *bm_platform_store_get_entry (BmPlatformStore *self, gint64 id, GError **error);
gint64 bm_platform_store_add_entry (BmPlatformStore *self,
                                    gint64 record_id,
                                    const BmEntryHeader *header,
                                    GError **error);
gboolean bm_platform_store_set_verdict (BmPlatformStore *self,
                                        gint64 id,
                                        BmAnswerStatus status,
                                        const char *code,
                                        const char *reason,
                                        GError **error);
gboolean bm_platform_store_note_duplicate (BmPlatformStore *self, gint64 id, GError **error);
/* Entries of a run that could not be opened because its start key had not come. Array of gint64. */
GArray *bm_platform_store_list_waiting (BmPlatformStore *self,
                                        guint32 kiosk,
                                        guint64 epoch,
                                        guint32 run,
                                        GError **error);

/* The newest audit entries, at most @limit, the newest first. Array of gint64. */
GArray *bm_platform_store_list_audits (BmPlatformStore *self, guint limit, GError **error);
/* Entries whose verdict has @code. Array of gint64. */
GArray *bm_platform_store_list_by_code (BmPlatformStore *self, const char *code, GError **error);
/* Whether a station was sent (@kind, @name) in @version or a newer one. */
gboolean bm_platform_store_has_version (BmPlatformStore *self,
                                        guint32 kiosk,
                                        const char *kind,
                                        const char *name,
                                        gint64 version);

gboolean bm_platform_store_add_run (BmPlatformStore *self,
                                    const BmEntryHeader *header,
                                    guint32 run,
                                    GBytes *sealed,
                                    GError **error);
GBytes *bm_platform_store_get_run (BmPlatformStore *self,
                                   guint32 kiosk,
                                   guint64 epoch,
                                   guint32 run,
                                   GError **error);

/* Counts @n_new entries and moves the watermark over everything that is now contiguous, and the chain
 * head with it. */
gboolean bm_platform_store_advance (BmPlatformStore *self,
                                    guint32 kiosk,
                                    guint64 epoch,
                                    guint n_new,
                                    GError **error);
BmWatermark *bm_platform_store_get_watermark (BmPlatformStore *self,
                                              guint32 kiosk,
                                              guint64 epoch,
                                              GError **error);
gboolean bm_platform_store_set_head_signature (BmPlatformStore *self,
                                               guint32 kiosk,
                                               guint64 epoch,
                                               GBytes *signature,
                                               GError **error);
/* The head after @seq, when it is at or below the watermark. */
gboolean bm_platform_store_get_head_at (BmPlatformStore *self,
                                        guint32 kiosk,
                                        guint64 epoch,
                                        guint64 seq,
                                        guint8 ret_head[BM_SM3_LEN],
                                        GError **error);

gboolean bm_platform_store_alarm (BmPlatformStore *self,
                                  guint32 kiosk,
                                  const char *kind,
                                  const char *detail,
                                  gint64 now_ms,
                                  GError **error);

gint64 bm_platform_store_count_alarms (BmPlatformStore *self);

/* Stations: platform-store-stations.c */

typedef struct
{
  guint32 kiosk;
  char *id;
  char *info;     /* JSON: what station.json says */
  char *sign_key; /* "" before enrolment */
  char *terminal_key;
  char *subject_salt;
  guint label;         /* the last epoch label handed out, 0 before enrolment */
  guint32 top_counter; /* the highest counter seen in a number of this terminal */
  gboolean is_revoked;
} BmPlatformStation;

void bm_platform_station_free (BmPlatformStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformStation, bm_platform_station_free)

gboolean bm_platform_store_add_station (BmPlatformStore *self,
                                        const BmPlatformStation *station,
                                        GError **error);
BmPlatformStation *
bm_platform_store_get_station (BmPlatformStore *self, guint32 kiosk, GError **error);
BmPlatformStation *
bm_platform_store_find_station (BmPlatformStore *self, const char *id, GError **error);
gboolean bm_platform_store_set_station_key (BmPlatformStore *self,
                                            guint32 kiosk,
                                            const char *sign_key,
                                            guint label,
                                            GError **error);
gboolean bm_platform_store_note_counter (BmPlatformStore *self,
                                         guint32 kiosk,
                                         guint32 counter,
                                         guint label,
                                         GError **error);
gboolean bm_platform_store_revoke (BmPlatformStore *self, guint32 kiosk, GError **error);

gboolean bm_platform_store_add_certificate (BmPlatformStore *self,
                                            guint32 kiosk,
                                            const char *serial,
                                            gint64 not_after_ms,
                                            GError **error);
typedef enum
{
  BM_CERTIFICATE_GOOD,
  BM_CERTIFICATE_RETIRED, /* or another station's */
  BM_CERTIFICATE_UNKNOWN, /* we issued it, and this database, once set back, does not know */
} BmCertificateState;

BmCertificateState bm_platform_store_judge_certificate (BmPlatformStore *self,
                                                        guint32 kiosk,
                                                        const char *serial,
                                                        GError **error);
gboolean
bm_platform_store_retire_certificates (BmPlatformStore *self, guint32 kiosk, GError **error);

/* A used enrolment code: who used it and what was answered. */
gboolean bm_platform_store_use_code (BmPlatformStore *self,
                                     const char *code_hash,
                                     const char *requester,
                                     const char *document,
                                     gint64 now_ms,
                                     GError **error);
gboolean bm_platform_store_find_used_code (BmPlatformStore *self,
                                           const char *code_hash,
                                           char **ret_requester,
                                           char **ret_document,
                                           GError **error);
/* The label and counter for a station whose @epoch was rolled back; the same when asked again. */
gboolean bm_platform_store_label_for_rollback (BmPlatformStore *self,
                                               guint32 kiosk,
                                               guint64 epoch,
                                               guint *ret_label,
                                               guint32 *ret_counter,
                                               GError **error);
/* The last epoch that got a label, when nothing of @epoch is held: the one that @epoch follows. FALSE: none. */
gboolean bm_platform_store_find_left_epoch (BmPlatformStore *self,
                                            guint32 kiosk,
                                            guint64 epoch,
                                            guint64 *ret_left,
                                            GError **error);

/* Cases and messages: platform-store-cases.c */

typedef struct
{
  gint64 id; /* of the entry */
  guint32 kiosk;
  char *number;
  char *state; /* "" until the backend has it */
  char *code;
  char *body; /* the last result message, "" when none */
  gint64 version;
  gboolean is_final;
  gint64 received_ms;
} BmStoredCase;

void bm_stored_case_free (BmStoredCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStoredCase, bm_stored_case_free)

gboolean bm_platform_store_add_case (BmPlatformStore *self,
                                     gint64 entry_id,
                                     const BmEntryHeader *header,
                                     gint64 now_ms,
                                     GError **error);
BmStoredCase *bm_platform_store_get_case (BmPlatformStore *self, gint64 id, GError **error);
/* Every case with that number, oldest first: a rolled-back disk may have issued it twice. */
GArray *bm_platform_store_find_cases (BmPlatformStore *self, const char *number, GError **error);
/* What a slip's QR needs of its case. */
typedef struct
{
  guint8 hash[BM_SM3_LEN];
  char *state;
  char *terminal_key;
  gboolean is_decoy;
} BmStoredSlip;

void bm_stored_slip_free (BmStoredSlip *self);
/* The newest cases with that number, then as many of the oldest of all as decoys, @count together. */
GPtrArray *bm_platform_store_find_slips (BmPlatformStore *self,
                                         const char *number,
                                         guint count,
                                         GError **error);
/* Cases not yet with the backend, and those whose decision is to be asked for. Array of gint64. */
GArray *bm_platform_store_list_due_cases (BmPlatformStore *self,
                                          gint64 now_ms,
                                          gint64 delay_ms,
                                          GError **error);
gboolean bm_platform_store_set_case (BmPlatformStore *self,
                                     const BmStoredCase *kase,
                                     gboolean is_decided,
                                     gint64 next_poll_ms,
                                     GError **error);

/* The version that the next message of that name gets, from 1; 0 on error. */
gint64 bm_platform_store_next_version (BmPlatformStore *self,
                                       guint32 kiosk,
                                       const char *kind,
                                       const char *name,
                                       GError **error);
gint64 bm_platform_store_add_message (BmPlatformStore *self,
                                      guint32 kiosk,
                                      const BmMessage *message,
                                      GError **error);
/* Messages after @after up to @max_bytes of bodies (at least one) and @max_count. */
GPtrArray *bm_platform_store_list_messages (BmPlatformStore *self,
                                            guint32 kiosk,
                                            gint64 after,
                                            gsize max_bytes,
                                            guint max_count,
                                            GError **error);
gint64 bm_platform_store_get_inbox_head (BmPlatformStore *self, guint32 kiosk, GError **error);

/* For the operator: platform-store-report.c */
json_t *bm_platform_store_report_state (BmPlatformStore *self, GError **error);
json_t *bm_platform_store_report_entries (BmPlatformStore *self, GError **error);

G_END_DECLS
