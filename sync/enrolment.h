/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto/crypto.h"
#include "core/ports/clock.h"

#include <jansson.h>

G_BEGIN_DECLS

#define BM_ENROLMENT_FILE     "enrolment.json"
#define BM_ENROLMENT_MAX_FILE (1024 * 1024)

/**
 * BmEnrolment:
 *
 * Who this station is and whom it believes: the content of `<keys>/enrolment.json`. Immutable and
 * reference-counted, so it may cross threads; a renewed certificate makes a new one.
 */
typedef struct _BmEnrolment BmEnrolment;

/* Enrols this station with a one-time code and stores the result in @keys_folder. Blocks: for ctl and
 * other programs without a main loop of their own. Errors: BM_ERROR_INVALID the code; _REFUSED the
 * platform, or an enrolment that is already there; _CORRUPT a wrong fingerprint; _UNREACHABLE. */
BmEnrolment *
bm_enrolment_run (const char *code, const char *keys_folder, BmClock *clock, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* Errors: BM_ERROR_NOT_FOUND when the station is not enrolled. */
BmEnrolment *bm_enrolment_load (const char *keys_folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmEnrolment *
bm_enrolment_new_from_json (json_t *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* With a renewed identity. Errors: BM_ERROR_INVALID when the two do not fit. */
BmEnrolment *bm_enrolment_new_renewed (const BmEnrolment *self,
                                       const char *certificate,
                                       const char *key,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* With a new sealing key of the platform (NULL: as before) and one more authority that is believed (NULL:
 * none). Errors: BM_ERROR_INVALID. */
BmEnrolment *bm_enrolment_new_trusting (const BmEnrolment *self,
                                        const char *seal_key,
                                        const char *ca,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Atomic and durable: temporary file, fsync, rename, fsync of the folder; mode 0600. */
gboolean bm_enrolment_save (const BmEnrolment *self, const char *keys_folder, GError **error);

BmEnrolment *bm_enrolment_ref (const BmEnrolment *self);
void bm_enrolment_unref (BmEnrolment *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEnrolment, bm_enrolment_unref)

guint32 bm_enrolment_get_kiosk (const BmEnrolment *self);
const char *bm_enrolment_get_village (const BmEnrolment *self); /* 12 digits */
const char *bm_enrolment_get_village_name (const BmEnrolment *self);
const char *bm_enrolment_get_station_name (const BmEnrolment *self);
guint bm_enrolment_get_terminal (const BmEnrolment *self);
guint bm_enrolment_get_epoch_label (const BmEnrolment *self);
guint32 bm_enrolment_get_counter_start (const BmEnrolment *self);
const char *bm_enrolment_get_phone (const BmEnrolment *self);
const char *bm_enrolment_get_agency (const BmEnrolment *self);
const char *bm_enrolment_get_qr_host (const BmEnrolment *self);
gboolean bm_enrolment_get_is_demo (const BmEnrolment *self);
const char *bm_enrolment_get_url (const BmEnrolment *self);
const char *bm_enrolment_get_ca (const BmEnrolment *self);
const BmKey *bm_enrolment_get_seal_key (const BmEnrolment *self); /* the platform's, public */
const BmKey *
bm_enrolment_get_platform_key (const BmEnrolment *self); /* the platform's sign key, public */
const BmKey *bm_enrolment_get_terminal_key (const BmEnrolment *self); /* symmetric: QR codes */
const BmKey *bm_enrolment_get_sign_key (const BmEnrolment *self);     /* ours, private */
GBytes *bm_enrolment_get_subject_salt (const BmEnrolment *self);
const char *bm_enrolment_get_client_certificate (const BmEnrolment *self);
const char *bm_enrolment_get_client_key (const BmEnrolment *self);
json_t *bm_enrolment_get_roster (const BmEnrolment *self); /* borrowed; NULL when none came along */

/* Makes `<keys>/<name>` with a fresh symmetric key ("sym:…", 0600) unless it is there already. */
gboolean bm_enrolment_ensure_key_file (const char *keys_folder, const char *name, GError **error);

G_END_DECLS
