/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/devices/ssc/ssc-calls.h"

G_BEGIN_DECLS

/* PC/SC that answers what a test wants. Everything in it is under one lock; the driver's thread calls it. */

typedef enum
{
  FAKE_ESTABLISH,
  FAKE_LIST,
  FAKE_LOOK,
  FAKE_CONNECT,
  FAKE_TRANSMIT,
  FAKE_N_CALLS,
} FakeCall;

extern const BmSscCalls fake_calls;

void fake_reset (void);
void fake_set_readers (const char *first, const char *second); /* NULL: none */
void fake_put_in (void);                                       /* into the first reader */
void fake_draw (void);
void fake_swap (void);                        /* another card between two looks */
void fake_fail (FakeCall call, guint32 code); /* until it is set to SCARD_S_SUCCESS */
void
fake_fail_from (guint n, guint32 code); /* of a card's commands, the n-th and those behind it */
void fake_set_kind (const char *select_answer); /* what selecting the application gives, in hex */
void fake_set_channel (guint32 channel);        /* where it is plugged; 0: it cannot say */
void fake_hang (gboolean hangs);                /* commands to the card do not return */
gboolean fake_is_hanging (void);
guint fake_count (FakeCall call);
gint64 fake_when (guint n); /* the n-th time it was established, in µs */

G_END_DECLS
