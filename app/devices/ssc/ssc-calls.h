/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <winscard.h>

G_BEGIN_DECLS

/* What the driver calls of PC/SC: libpcsclite, or a fake in tests that gives every answer there is. */
typedef struct
{
  LONG (*establish) (SCARDCONTEXT *ret_context);
  LONG (*release) (SCARDCONTEXT context);
  LONG (*list)
  (SCARDCONTEXT context, char *names, DWORD *len); /* each ends with 0, the last with two */
  LONG (*look)
  (SCARDCONTEXT context, SCARD_READERSTATE *states, DWORD n); /* as it is now, at once */
  LONG (*connect)
  (SCARDCONTEXT context, const char *reader, SCARDHANDLE *ret_card, DWORD *ret_protocol);
  LONG (*locate)
  (SCARDHANDLE card, guint32 *ret_channel); /* 0x0020BBAA: on USB, bus BB, address AA */
  LONG (*disconnect) (SCARDHANDLE card);
  LONG (*transmit)
  (SCARDHANDLE card,
   DWORD protocol,
   const guint8 *command,
   DWORD command_len,
   guint8 *answer,
   DWORD *len);
} BmSscCalls;

extern const BmSscCalls bm_ssc_calls_pcsclite;

G_END_DECLS
