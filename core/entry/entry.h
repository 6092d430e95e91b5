/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto/crypto.h"
#include "core/entry/dictionary.h"
#include "core/ports/clock.h"

#include <jansson.h>

G_BEGIN_DECLS

/*
 * An entry is what a station remembers and sends: immutable once committed (invariant 3).
 *
 * A record is the entry's wire and chain form, byte for byte the same in the ledger, in a batch and at
 * the platform:
 *
 *   record = header_len u16 BE | header | sealed_len u32 BE | sealed
 *   hash   = SM3 (record)
 *   chain  : head[seq] = SM3 (head[seq-1] | hash[seq]); head[0] = SM3 ("bianmin chain" | kiosk | epoch)
 *
 * The header is public and canonical: a fixed sequence of fields (entry.c documents the bytes). The
 * payload is canonical JSON (sorted keys, compact, no reals), compressed with zstd level 3 and a shared
 * dictionary, and sealed with the entry key (design §4): key[0] is the run's start key, key[i] = KDF (key[i-1], "ratchet"),
 * used once and wiped; the SM4 key is KDF (key[i], "entry"). The header is the AAD.
 */

#define BM_ENTRY_VERSION     1
#define BM_NUMBER_LEN        25
#define BM_ENTRY_MAX_PAYLOAD (256 * 1024) /* canonical JSON bytes before compression */
#define BM_ENTRY_MAX_RECORD  (BM_ENTRY_MAX_PAYLOAD + 4096)
#define BM_NO_DUE_DAY        G_MAXINT32

typedef enum
{
  BM_ENTRY_MATTER = 1,     /* what a person did here; has a number */
  BM_ENTRY_AUDIT = 2,      /* who did, saw, printed what; refusals and alarms too */
  BM_ENTRY_RUN = 3,        /* a run's start key, sealed to the platform's public key */
  BM_ENTRY_PURGE = 4,      /* a payload was removed after its retention; hash stays */
  BM_ENTRY_WITHDRAWAL = 5, /* a person asks for a matter back that was sent; bears their tag */
} BmEntryType;

typedef enum
{
  BM_CLOCK_UNVERIFIED = 0, /* never compared with the centre since boot */
  BM_CLOCK_VERIFIED = 1,
} BmClockState;

typedef struct
{
  guint8 type; /* BmEntryType */
  guint8 suite;
  guint32 kiosk;
  guint64 epoch;
  guint64 seq; /* contiguous from 1 inside the epoch */
  guint32
    run; /* which start key: the seq of its BM_ENTRY_RUN row in the same epoch; 0 for that row */
  guint32 key_index; /* which ratchet step; 0 is never used for an entry */
  guint8 boot_id[BM_BOOT_ID_LEN];
  gint64 boot_ms;
  gint64 wall_ms;
  guint8 clock_state;             /* BmClockState */
  guint8 priority;                /* 0 a resident waits, 1 normal, 9 audit */
  gint32 due_day;                 /* legal due date, days since 1970-01-01, or BM_NO_DUE_DAY */
  char number[BM_NUMBER_LEN + 1]; /* "" unless BM_ENTRY_MATTER */
  char service[33];               /* catalogue id, "" unless BM_ENTRY_MATTER */
  char rule[33];                  /* rule version, e.g. C1-2026.1 */
  guint8 subject_tag[BM_TAG_LEN]; /* zeros when nobody is the subject */
} BmEntryHeader;

GBytes *bm_entry_header_encode (const BmEntryHeader *header);
gboolean bm_entry_header_decode (GBytes *bytes, BmEntryHeader *ret_header, GError **error);

GBytes *bm_record_new (GBytes *header, GBytes *sealed);
/* Splits a record; @ret_header_bytes and @ret_sealed may be NULL. */
gboolean bm_record_parse (GBytes *record,
                          BmEntryHeader *ret_header,
                          GBytes **ret_header_bytes,
                          GBytes **ret_sealed,
                          GError **error);

void bm_chain_start (guint32 kiosk, guint64 epoch, guint8 ret_head[BM_SM3_LEN]);
void bm_chain_next (const guint8 head[BM_SM3_LEN], GBytes *record, guint8 ret_head[BM_SM3_LEN]);

/* Canonical bytes of a JSON value. Errors: BM_ERROR_INVALID (a real, or not an object), _LIMIT. */
GBytes *bm_canonical_json (json_t *value, GError **error);

/**
 * BmRatchet:
 *
 * The station's side of the write-only payload keys. Not thread-safe: lives on the store worker.
 */
typedef struct _BmRatchet BmRatchet;

BmRatchet *bm_ratchet_new (guint32 run) G_GNUC_WARN_UNUSED_RESULT; /* makes a start key */
void bm_ratchet_free (BmRatchet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmRatchet, bm_ratchet_free)
guint32 bm_ratchet_get_run (BmRatchet *self);
void bm_ratchet_set_dictionary (BmRatchet *self, BmDictionary *dictionary); /* before the first */
/* The start key sealed to the platform's public key; can be asked for only before the first entry. */
GBytes *bm_ratchet_seal_start (BmRatchet *self, const BmKey *platform_public, GError **error);
guint32 bm_ratchet_get_next_index (BmRatchet *self);
/* Compresses and seals @payload with the next key, which is then wiped. @header is the AAD. */
GBytes *bm_ratchet_seal (BmRatchet *self, GBytes *header, GBytes *payload, GError **error);

/* The platform's side. */
GBytes *bm_payload_open (const BmKey *platform_private,
                         GBytes *sealed_start,
                         const BmEntryHeader *header,
                         GBytes *header_bytes,
                         GBytes *sealed,
                         const BmDictionaries *dictionaries,
                         GError **error);
/* The same in two steps, when many entries of one run are opened. */
BmKey *bm_ratchet_open_start (const BmKey *platform_private,
                              guint32 run,
                              GBytes *sealed_start,
                              GError **error);
GBytes *bm_payload_open_key (const BmKey *start,
                             const BmEntryHeader *header,
                             GBytes *header_bytes,
                             GBytes *sealed,
                             const BmDictionaries *dictionaries,
                             GError **error);

G_END_DECLS
