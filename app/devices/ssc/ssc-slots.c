/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ssc"

#include "app/devices/ssc/ssc-slots.h"

#include "app/devices/ssc/ssc-answer.h"
#include "app/devices/ssc/ssc-talk.h"
#include "core/crypto/crypto.h"
#include "core/error.h"

#include <string.h>

/*
 * One context of PC/SC, opened when it is first needed and again after pcscd was away. Readers come and go
 * with the cable; each look asks for all of them anew, so that nothing has to be kept in step.
 *
 * Invariants:
 *  A handle of a card never outlives the call that opened it.
 *  Before the first command to a card it is asked where its reader is plugged, of the very handle that is spoken to. A reader
 *  that was refused stays so until it is gone: pcscd gives names, and another one may come by the same.
 */

#define MAX_NAMES   2048
#define MAX_READERS 8
#define ON_USB      0x0020
#define EVENTS(state) \
  ((guint) ((state) >> 16)) /* how often a card came or went, as pcscd counts it */

struct _BmSscSlots
{
  char *name; /* readers whose name begins so; "" for all */
  const BmSscCalls *calls;
  BmDeviceGate *gate; /* NULL: everything may be used */
  SCARDCONTEXT context;
  gboolean has_context;

  char reader[MAX_READERNAME]; /* where the card is */
  guint events;
  char refused[MAX_READERNAME]; /* "": none */
};

/* What the codes of PC/SC mean to us, while a card is opened or spoken to. */
static int
judge (LONG code)
{
  switch ((guint32) code)
    {
    case (guint32) SCARD_E_NO_SERVICE:
    case (guint32) SCARD_E_SERVICE_STOPPED:
    case (guint32) SCARD_E_INVALID_HANDLE:
    case (guint32) SCARD_F_COMM_ERROR:
    case (guint32) SCARD_F_INTERNAL_ERROR:
      return BM_ERROR_UNREACHABLE;
    case (guint32) SCARD_E_SHARING_VIOLATION: /* another program has the card */
    case (guint32) SCARD_E_READER_UNAVAILABLE:
    case (guint32) SCARD_E_UNKNOWN_READER: /* unplugged; the next look says so */
      return BM_ERROR_BUSY;
    default: /* moved, put in upside down, mute */
      return BM_ERROR_INVALID;
    }
}

static gboolean
take_code (LONG code, const char *what, GError **error)
{
  if (code == SCARD_S_SUCCESS)
    return TRUE;
  g_set_error (error, BM_ERROR, judge (code), "%s (%08X)", what, (guint) code);
  return FALSE;
}

static void
drop_context (BmSscSlots *self)
{
  if (self->has_context)
    (void) self->calls->release (
      self->context); /* pcscd may be gone: there is nobody to complain to */
  self->has_context = FALSE;
  self->reader[0] = '\0';
}

static BmSscSight
lose (BmSscSlots *self, LONG code)
{
  drop_context (self);
  return (guint32) code == (guint32) SCARD_W_SECURITY_VIOLATION ||
             (guint32) code == (guint32) SCARD_E_NO_ACCESS
           ? BM_SSC_FORBIDDEN
           : BM_SSC_LOST;
}

/* The readers of our name; they point into @names. */
static guint
choose (BmSscSlots *self,
        const char *names,
        gsize len,
        SCARD_READERSTATE *states,
        gboolean *ret_is_refused)
{
  guint n = 0;

  *ret_is_refused = FALSE;
  for (gsize at = 0; at < len && names[at] != '\0' && n < MAX_READERS;
       at += strlen (names + at) + 1)
    if (self->refused[0] != '\0' && strcmp (names + at, self->refused) == 0)
      *ret_is_refused = TRUE;
    else if (g_str_has_prefix (names + at, self->name))
      states[n++] =
        (SCARD_READERSTATE){ .szReader = names + at, .dwCurrentState = SCARD_STATE_UNAWARE };
  return n;
}

static BmSscSight
see (BmSscSlots *self, const SCARD_READERSTATE *states, guint n, gboolean *ret_is_new)
{
  for (guint i = 0; i < n; i++)
    {
      const guint events = EVENTS (states[i].dwEventState);

      if ((states[i].dwEventState & SCARD_STATE_PRESENT) == 0)
        continue;
      *ret_is_new = strcmp (self->reader, states[i].szReader) != 0 || self->events != events;
      g_strlcpy (self->reader, states[i].szReader, sizeof self->reader);
      self->events = events;
      return BM_SSC_CARD;
    }
  self->reader[0] = '\0';
  return BM_SSC_EMPTY;
}

/**
 * bm_ssc_slots_look:
 * @self: the slots
 * @ret_is_new: (out): the card is another one than at the last look, or was put in anew
 *
 * Looks where a card is.
 *
 * Returns: what is to be seen
 */
BmSscSight
bm_ssc_slots_look (BmSscSlots *self, gboolean *ret_is_new)
{
  SCARD_READERSTATE states[MAX_READERS];
  char names[MAX_NAMES + 1] = "";
  DWORD len = MAX_NAMES;
  LONG code = SCARD_S_SUCCESS;
  gboolean is_refused = FALSE;
  guint n;

  *ret_is_new = FALSE;
  if (!self->has_context)
    code = self->calls->establish (&self->context);
  if (code != SCARD_S_SUCCESS)
    return lose (self, code);
  self->has_context = TRUE;
  code = self->calls->list (self->context, names, &len);
  if (code != SCARD_S_SUCCESS && (guint32) code != (guint32) SCARD_E_NO_READERS_AVAILABLE)
    return lose (self, code);
  n = code == SCARD_S_SUCCESS ? choose (self, names, MIN (len, MAX_NAMES), states, &is_refused) : 0;
  if (!is_refused)
    self->refused[0] = '\0';
  if (n == 0)
    {
      self->reader[0] = '\0';
      return is_refused ? BM_SSC_REFUSED : BM_SSC_NONE;
    }
  code = self->calls->look (self->context, states, n);
  if ((guint32) code == (guint32) SCARD_E_UNKNOWN_READER)
    return BM_SSC_NONE; /* unplugged between the two questions */
  if (code != SCARD_S_SUCCESS && (guint32) code != (guint32) SCARD_E_TIMEOUT)
    return lose (self, code);
  return see (self, states, n, ret_is_new);
}

typedef struct
{
  const BmSscCalls *calls;
  SCARDHANDLE card;
  DWORD protocol;
} Line;

static gboolean
transmit (gpointer user_data,
          const guint8 *command,
          gsize command_len,
          guint8 *answer,
          gsize *len,
          GError **error)
{
  Line *line = user_data;
  DWORD got = (DWORD) *len;
  LONG code =
    line->calls->transmit (line->card, line->protocol, command, (DWORD) command_len, answer, &got);

  *len = got;
  return take_code (code, "the card was not read", error);
}

static gboolean
admit (BmSscSlots *self, SCARDHANDLE card, GError **error)
{
  guint32 channel = 0;
  gboolean is_traced;

  if (self->gate == NULL)
    return TRUE;
  is_traced = self->calls->locate (card, &channel) == SCARD_S_SUCCESS;
  if (is_traced && channel != 0 && channel >> 16 != ON_USB)
    return TRUE; /* a serial line, a slot of the board */
  if (bm_device_gate_admit_usb (self->gate, channel >> 8 & 0xFF, channel & 0xFF, error))
    return TRUE;
  g_strlcpy (self->refused, self->reader, sizeof self->refused);
  self->reader[0] = '\0';
  return FALSE;
}

/**
 * bm_ssc_slots_read:
 * @self: the slots, with a card
 * @error: as bm_ssc_talk_read(); %BM_ERROR_BUSY: not now, without anything to tell;
 *   %BM_ERROR_REFUSED: its reader may not be used here
 *
 * Reads the card that was seen last.
 *
 * Returns: (transfer full): the card
 */
BmCard *
bm_ssc_slots_read (BmSscSlots *self, GError **error)
{
  Line line = { .calls = self->calls };
  GError *cause = NULL;
  BmCard *card = NULL;

  g_assert (self->has_context && self->reader[0] != '\0');

  if (take_code (self->calls->connect (self->context, self->reader, &line.card, &line.protocol),
                 "the card does not answer", &cause))
    {
      if (admit (self, line.card, &cause))
        card = bm_ssc_talk_read (transmit, &line, &cause);
      (void) self->calls->disconnect (line.card); /* a card that was drawn has no current to cut */
    }
  if (g_error_matches (cause, BM_ERROR, BM_ERROR_UNREACHABLE))
    drop_context (self);
  if (cause != NULL)
    g_propagate_error (error, cause);
  return card;
}

/**
 * bm_ssc_slots_new:
 * @name: how the names of our readers begin; "" for all
 * @calls: PC/SC
 * @gate: (nullable): what may be used
 *
 * Opens nothing yet.
 *
 * Returns: (transfer full): the slots
 */
BmSscSlots *
bm_ssc_slots_new (const char *name, const BmSscCalls *calls, BmDeviceGate *gate)
{
  BmSscSlots *self = g_new0 (BmSscSlots, 1);

  self->name = g_strdup (name);
  self->calls = calls;
  self->gate = gate != NULL ? g_object_ref (gate) : NULL;
  return self;
}

void
bm_ssc_slots_free (BmSscSlots *self)
{
  drop_context (self);
  g_clear_object (&self->gate);
  g_free (self->name);
  g_free (self);
}
