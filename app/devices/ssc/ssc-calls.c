/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ssc"

#include "app/devices/ssc/ssc-calls.h"

#include <reader.h>
#include <string.h>

/* PC/SC as libpcsclite has it. The card is taken for ourselves alone, and its current is cut when we are done. */

static LONG
establish (SCARDCONTEXT *ret_context)
{
  return SCardEstablishContext (SCARD_SCOPE_SYSTEM, NULL, NULL, ret_context);
}

static LONG
list (SCARDCONTEXT context, char *names, DWORD *len)
{
  return SCardListReaders (context, NULL, names, len);
}

static LONG
look (SCARDCONTEXT context, SCARD_READERSTATE *states, DWORD n)
{
  return SCardGetStatusChange (context, 0, states, n);
}

static LONG
connect_card (SCARDCONTEXT context, const char *reader, SCARDHANDLE *ret_card, DWORD *ret_protocol)
{
  return SCardConnect (context, reader, SCARD_SHARE_EXCLUSIVE,
                       SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, ret_card, ret_protocol);
}

static LONG
locate (SCARDHANDLE card, guint32 *ret_channel)
{
  guint8 bytes[sizeof (DWORD)] = { 0 };
  DWORD len = sizeof bytes;
  LONG code = SCardGetAttrib (card, SCARD_ATTR_CHANNEL_ID, bytes, &len);

  if (code == SCARD_S_SUCCESS && len >= sizeof *ret_channel)
    memcpy (ret_channel, bytes, sizeof *ret_channel);
  return code;
}

static LONG
disconnect (SCARDHANDLE card)
{
  return SCardDisconnect (card, SCARD_UNPOWER_CARD);
}

static LONG
transmit (SCARDHANDLE card,
          DWORD protocol,
          const guint8 *command,
          DWORD command_len,
          guint8 *answer,
          DWORD *len)
{
  const SCARD_IO_REQUEST *how = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;

  return SCardTransmit (card, how, command, command_len, NULL, answer, len);
}

const BmSscCalls bm_ssc_calls_pcsclite = {
  .establish = establish,
  .release = SCardReleaseContext,
  .list = list,
  .look = look,
  .connect = connect_card,
  .locate = locate,
  .disconnect = disconnect,
  .transmit = transmit,
};
