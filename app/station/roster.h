/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto/crypto.h"
#include "core/session/session.h"

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

#define BM_ROSTER_MAX_BYTES (256 * 1024)
#define BM_ROSTER_MAX_STAFF 64
#define BM_ROSTER_MAX_KIN   64

typedef enum
{
  BM_ROLE_HELPER,      /* 帮办员 */
  BM_ROLE_HEAD,        /* 站长 */
  BM_ROLE_AGENT,       /* 代办员 */
  BM_ROLE_MAINTENANCE, /* 运维: no personal data, no witness */
} BmRole;

typedef struct _BmStaff BmStaff;

const char *bm_staff_get_id (const BmStaff *self);
const char *bm_staff_get_name (const BmStaff *self);
BmRole bm_staff_get_role (const BmStaff *self);
const char *bm_staff_get_pin_hash (const BmStaff *self);
gboolean bm_staff_is_kin (const BmStaff *self, const guint8 tag[BM_TAG_LEN]);
/* May this role witness that a person is present (domain §4.4)? */
gboolean bm_staff_may_witness (const BmStaff *self);

/**
 * BmRoster:
 *
 * Who works at the station and when somebody is there. Immutable.
 */
typedef struct _BmRoster BmRoster;

BmRoster *bm_roster_new (json_t *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmRoster *bm_roster_new_from_bytes (GBytes *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmRoster *bm_roster_ref (BmRoster *self);
void bm_roster_unref (BmRoster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmRoster, bm_roster_unref)

gint64 bm_roster_get_version (BmRoster *self);
const BmStaff *bm_roster_find (BmRoster *self, const char *id); /* NULL when unknown */
/* For the session: array of {id, name, role, duty}, without PINs and kin; caller unrefs. */
json_t *bm_roster_dup_public (BmRoster *self, GDateTime *now);
gboolean bm_roster_is_open (BmRoster *self, GDateTime *now); /* see bm_duty_is_open() */
json_t *bm_roster_dup_duty (BmRoster *self, GDateTime *now); /* see bm_duty_describe() */

G_END_DECLS
