/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* The demo office's own books: pension records, residents and staff, read once from a folder. */

typedef struct _BmBackendRecords BmBackendRecords;

typedef enum
{
  BM_WITNESS_GOOD,
  BM_WITNESS_UNKNOWN, /* not on the roster, or of a role that may not witness */
  BM_WITNESS_KIN,
} BmWitnessVerdict;

BmBackendRecords *
bm_backend_records_load (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_backend_records_free (BmBackendRecords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmBackendRecords, bm_backend_records_free)

json_t *
bm_backend_records_find (BmBackendRecords *self, const char *id_number); /* borrowed or NULL */
BmWitnessVerdict
bm_backend_records_judge_witness (BmBackendRecords *self, const char *staff, const char *id_number);
/* Names, groups and months of everybody whose certification has a last day. */
json_t *bm_backend_records_list_due (BmBackendRecords *self);

/* The day of the books, as they say it. */
const char *bm_backend_records_get_as_of (BmBackendRecords *self);
/* Array of {"idno":…,"record":{…}} of every resident, in the order of the list. */
json_t *bm_backend_records_list_records (BmBackendRecords *self, const char *as_of, GError **error);

/* Whether the books of benefits.json have something of @part ("civil", "agri") for the person. */
gboolean
bm_backend_records_has_part (BmBackendRecords *self, const char *part, const char *id_number);

/* Whether @what is paid there. */
gboolean bm_backend_records_draws (BmBackendRecords *self,
                                   const char *part,
                                   const char *what,
                                   const char *id_number);

/* JSON of a file in @dir that has "version": 1. */
json_t *bm_backend_read_json (const char *dir, const char *name, GError **error);

G_END_DECLS
