/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"
#include "sync/protocol.h"

#include <jansson.h>

G_BEGIN_DECLS

/* The far side of the platform's tests: a terminal that makes real records and requests. */

typedef struct
{
  BmKey *sign_key;    /* its own */
  char *csr;          /* made with tls_key */
  char *tls_key;      /* PEM */
  json_t *enrolment;  /* what the platform gave */
  BmKey *seal_public; /* the platform's */
  BmKey *platform_public;
  guint32 kiosk;
  guint64 epoch;
  guint64 next_seq;
  guint32 run;
  guint32 counter;
  guint label;
  guint terminal;
  gint64 wall_ms;
  guint8 boot_id[BM_BOOT_ID_LEN];
  gint64 boot_ms;
  guint8 head[BM_SM3_LEN];
  BmRatchet *ratchet;
} VirtualStation;

VirtualStation *virtual_station_new (void);
void virtual_station_free (VirtualStation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VirtualStation, virtual_station_free)

GBytes *virtual_station_make_enrol_request (VirtualStation *self, const char *code);
void virtual_station_take_enrolment (VirtualStation *self, GBytes *document);
/* Its keys out of a complete enrolment file, instead of those it made itself. */
void virtual_station_take_keys (VirtualStation *self);

/* Records in the order of their seq; each moves the chain head. */
GBytes *virtual_station_start_run (VirtualStation *self);
GBytes *virtual_station_make_audit (VirtualStation *self);
GBytes *virtual_station_make_matter (VirtualStation *self,
                                     const char *service,
                                     json_t *payload,
                                     char **ret_number);
/* Asks for @matter back, by the card whose tag begins with @tag (1: of the matters above). */
GBytes *virtual_station_ask_back (VirtualStation *self, GBytes *matter, guint8 tag);
/* A certification of a resident; @witness NULL for none. */
GBytes *virtual_station_certify (VirtualStation *self,
                                 const char *name,
                                 const char *id_number,
                                 const char *witness,
                                 char **ret_number);

GBytes *
virtual_station_make_batch (VirtualStation *self, GPtrArray *records, BmBatchHeader *ret_header);
GBytes *virtual_station_make_hello (VirtualStation *self, guint8 ret_nonce[BM_NONCE_LEN]);
const char *virtual_station_get_certificate (VirtualStation *self);

/* Array of GBytes that takes its arguments over; ends with NULL. */
GPtrArray *records_of (GBytes *first, ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
