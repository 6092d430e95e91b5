/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/volumes.h"
#include "core/worker.h"
#include "sync/volume-file.h"

G_BEGIN_DECLS

/* Shared by volumes.c (what both have), volumes-export.c, volumes-import.c and volumes-words.c. */

#define BM_VOLUMES_PART_BYTES   BM_VOLUME_MAX_BYTES
#define BM_VOLUMES_PART_RECORDS 32768 /* so that the answers to a part fit one volume, too */
#define BM_VOLUMES_BATCH_BYTES  (256 * 1024)
#define BM_VOLUMES_BATCH_ITEMS  128
#define BM_VOLUMES_MAX_REFUSED  50

typedef enum
{
  BM_VOLUMES_JOB_NONE,
  BM_VOLUMES_JOB_EXPORT,
  BM_VOLUMES_JOB_IMPORT,
} BmVolumesJob;

typedef enum
{
  BM_VOLUMES_NONE,
  BM_VOLUMES_WORKING,
  BM_VOLUMES_DONE,
  BM_VOLUMES_FAILED,
} BmVolumesState;

struct _BmVolumes
{
  GObject parent_instance;

  BmStore *store;
  BmEnrolment *enrolment;
  BmClock *clock;
  BmWorker *worker; /* the stick's */
  char *media;
  gboolean is_demo;
  gsize part_bytes;
  guint batch_items;

  /* The job at hand, or the last one. Main thread. */
  BmVolumesJob job;
  BmVolumesState state;
  char *folder; /* of the stick */
  gint64 began_boot_ms;
  gint64 told_boot_ms;
  guint64 entries, entries_of;
  guint64 blobs, blobs_of;
  guint64 bytes, bytes_of;
  guint parts;
  guint answers, messages, volumes;
  json_t *refused;
  GError *error;
  gboolean is_of_ledger; /* @error is the ledger's, not the stick's */
};

/* volumes.c */
gboolean bm_volumes_begin (BmVolumes *self, BmVolumesJob job, const char *folder, GError **error);
void bm_volumes_end (BmVolumes *self);
/* Takes @error over. */
void bm_volumes_fail (BmVolumes *self, GError *error, gboolean is_of_ledger);
void bm_volumes_tell (BmVolumes *self); /* progress, not too often */
char *bm_volumes_dup_inner (const char *folder);

/* volumes-words.c */
char *bm_volumes_dup_sentence (BmVolumes *self) G_GNUC_WARN_UNUSED_RESULT;
char *bm_volumes_dup_refusal (const char *code) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
