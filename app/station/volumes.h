/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/store/store.h"
#include "sync/enrolment.h"

G_BEGIN_DECLS

/**
 * BmVolumes:
 *
 * Carries the ledger by stick where there is no line: everything that is not settled out, answers and
 * messages back. One thing at a time; it works beside the sessions and the line, in steps, and the stick
 * has a thread of its own.
 *
 * Signal "changed" () in the context it was made in: bm_volumes_describe() gives something new; at most
 * four times a second while it works.
 */
#define BM_TYPE_VOLUMES (bm_volumes_get_type ())
G_DECLARE_FINAL_TYPE (BmVolumes, bm_volumes, BM, VOLUMES, GObject)

typedef enum
{
  BM_VOLUMES_ALL,
  BM_VOLUMES_ENTRIES,     /* without attachments */
  BM_VOLUMES_ATTACHMENTS, /* alone */
  BM_VOLUMES_DUE,         /* entries that are due within 7 days */
} BmVolumesWhat;

gboolean bm_volumes_what_from_string (const char *text, BmVolumesWhat *ret_what);

/* @media: under which sticks appear as folders. @is_demo: any folder there is one. */
BmVolumes *bm_volumes_new (BmStore *store,
                           BmEnrolment *enrolment,
                           BmClock *clock,
                           const char *media,
                           gboolean is_demo) G_GNUC_WARN_UNUSED_RESULT;
void bm_volumes_stop (BmVolumes *self); /* waits for the step at hand */
/* Where to cut; 0: as the format has it. */
void bm_volumes_set_cuts (BmVolumes *self, gsize part_bytes, guint batch_items);

/* Both begin it; how it goes is in the description. BM_ERROR_BUSY: one is going on. */
gboolean
bm_volumes_export (BmVolumes *self, const char *folder, BmVolumesWhat what, GError **error);
gboolean bm_volumes_import (BmVolumes *self, const char *folder, GError **error);
gboolean bm_volumes_is_working (BmVolumes *self);

/* {"job":"none|export|import","state":"none|working|done|failed","folder","entries","entries_of",
 *  "attachments","attachments_of","bytes","bytes_of","left_s":n|null,"parts","answers","messages",
 *  "volumes","refused":[{"file","code","sentence"}],"code","sentence"} */
json_t *bm_volumes_describe (BmVolumes *self) G_GNUC_WARN_UNUSED_RESULT;
/* Array of {"name","folder"}, at most BM_VOLUMES_MAX_STICKS. Looks at the folder: cheap. */
#define BM_VOLUMES_MAX_STICKS 4
json_t *bm_volumes_list_sticks (BmVolumes *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
