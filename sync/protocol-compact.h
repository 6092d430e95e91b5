/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/protocol-json.h"
#include "sync/protocol.h"

G_BEGIN_DECLS

/* The second form of an answer, and what the files of an answer share. Private to sync/protocol*.c. */

/* protocol-reply.c: the JSON of an answer, in the second form without messages. */
GBytes *bm_reply_write_json (const BmReply *self, gboolean is_compact, GError **error);
gboolean bm_reply_read_json (BmReply *self,
                             gconstpointer json,
                             gsize len,
                             gboolean is_compact,
                             const BmKey *platform_public,
                             GError **error);

/* protocol-compact.c */
void bm_compact_put_answers (BmJson *object, const BmReply *self);
gboolean bm_compact_get_answers (const BmJson *object, BmReply *self, GError **error);
gboolean bm_compact_looks_like_one (GBytes *bytes);
/* What is packed of an answer; dictionaries are trained on it. */
GByteArray *bm_compact_write (const BmReply *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, read: messages without proof yet. */
gboolean
bm_compact_read (BmReply *self, GBytes *plain, const BmKey *platform_public, GError **error);
GBytes *bm_compact_seal (const BmReply *self,
                         const guint8 nonce[BM_NONCE_LEN],
                         const BmKey *platform_key,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmReply *bm_compact_open (GBytes *bytes,
                          const guint8 nonce[BM_NONCE_LEN],
                          BmCall call,
                          guint32 kiosk,
                          const BmKey *platform_public,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* protocol-track.c */
void bm_protocol_put_track (BmJson *object, const BmReply *self);
gboolean bm_protocol_get_track (const BmJson *object, BmReply *self, GError **error);

/* protocol.c: the bytes that the signature of a message is over. */
GBytes *
bm_message_get_signed_bytes (const char *kind, const char *name, gint64 version, GBytes *body);

/* protocol-group.c */
GBytes *bm_group_sign (const BmKey *platform_key, GPtrArray *messages, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
/* Verifies once and gives each message the proof that it keeps. */
gboolean bm_group_prove (const BmKey *platform_public,
                         GPtrArray *messages,
                         GBytes *signature,
                         GError **error);
gboolean bm_group_looks_like_proof (GBytes *signature);
gboolean
bm_group_verify (const BmKey *platform_public, GBytes *signed_bytes, GBytes *proof, GError **error);

G_END_DECLS
