/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/behalf.h"
#include "core/session/session-private.h"

G_BEGIN_DECLS

/* session-behalf.c: somebody acts for another who is not here (代办) */
void bm_session_begin_behalf (BmSession *self, json_t *behalf);
gboolean bm_session_is_behalf (BmSession *self);
void bm_session_forget_behalf (BmSession *self);
gboolean bm_session_is_agent (BmSession *self, BmCard *card);
void bm_session_take_agent (BmSession *self, BmCard *card);
void bm_session_begin_letter (BmSession *self); /* once the ledger knows whose matter it is */
/* The letter under the camera: while it is asked for, it is the field that is asked. */
json_t *bm_session_get_letter (BmSession *self); /* (nullable) */
void bm_session_store_letter (BmSession *self, const char *value);
void bm_session_leave_letter (BmSession *self);
void bm_session_show_letter (BmSession *self);
GPtrArray *bm_session_add_letter (BmSession *self, GPtrArray *attachments);

/* session-behalf-told.c: whom somebody acted for is told so */
gboolean bm_session_tell_behalf (BmSession *self);
gboolean bm_session_is_for_principal (BmSession *self, json_t *case_object);
char *bm_session_dup_agent (json_t *case_object); /* (nullable): who handed it in */

/* What the matter says of it; session-commit.c, session-sheet.c, session-facts.c */
json_t *bm_session_make_behalf (BmSession *self);          /* for the payload */
json_t *bm_session_make_behalf_evidence (BmSession *self); /* instead of a card */
json_t *bm_session_make_behalf_mark (BmSession *self);     /* what stays with the slip */
void bm_session_add_behalf_block (BmSession *self, json_t *blocks);
const char *bm_session_say_behalf_way (void);
const char *bm_session_get_presser (BmSession *self); /* "self" or "agent" */

G_END_DECLS
