/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "pcsc-fake"

#include "tests/devices/pcsc-fake.h"

#include <string.h>

#define MAX_TIMES 16

/* What the card says to the questions of the driver, in their order. */
static const char *const answers[] = {
  NULL, /* selecting the application: as the test has it */
  "9000",
  "08123939303132313139343830333132303032389000",
  "0906CDF5D0E3C0BC9000",
  "6A83",
  "9000",
  "0604203601019000",
};

static struct
{
  GMutex lock;
  GCond changed;
  const char *readers[2];
  gboolean is_in;
  guint events;
  guint32 codes[FAKE_N_CALLS];
  guint counts[FAKE_N_CALLS];
  guint32 late_code;
  guint late_from;
  guint commands; /* of this placing's conversation */
  const char *select_answer;
  guint32 channel;
  gboolean hangs;
  gboolean is_hanging;
  gint64 times[MAX_TIMES];
} fake;

static LONG
count (FakeCall call)
{
  LONG code;

  g_mutex_lock (&fake.lock);
  if (call == FAKE_ESTABLISH && fake.counts[call] < MAX_TIMES)
    fake.times[fake.counts[call]] = g_get_monotonic_time ();
  fake.counts[call]++;
  code = (LONG) fake.codes[call];
  g_mutex_unlock (&fake.lock);
  return code;
}

static LONG
establish (SCARDCONTEXT *ret_context)
{
  *ret_context = 1;
  return count (FAKE_ESTABLISH);
}

static LONG
release (SCARDCONTEXT context)
{
  return SCARD_S_SUCCESS;
}

static LONG
list (SCARDCONTEXT context, char *names, DWORD *len)
{
  LONG code = count (FAKE_LIST);
  DWORD at = 0;

  g_mutex_lock (&fake.lock);
  for (guint i = 0; i < 2; i++)
    if (fake.readers[i] != NULL)
      at += (DWORD) g_strlcpy (names + at, fake.readers[i], *len - at) + 1;
  if (at == 0 && code == SCARD_S_SUCCESS)
    code = (LONG) (guint32) SCARD_E_NO_READERS_AVAILABLE;
  g_mutex_unlock (&fake.lock);
  names[at] = '\0';
  *len = at + 1;
  return code;
}

static LONG
look (SCARDCONTEXT context, SCARD_READERSTATE *states, DWORD n)
{
  LONG code = count (FAKE_LOOK);

  g_mutex_lock (&fake.lock);
  for (DWORD i = 0; i < n; i++)
    {
      gboolean is_in = fake.is_in && g_strcmp0 (states[i].szReader, fake.readers[0]) == 0;

      states[i].dwEventState = (is_in ? SCARD_STATE_PRESENT : SCARD_STATE_EMPTY) | fake.events
                                                                                     << 16;
    }
  g_mutex_unlock (&fake.lock);
  return code;
}

static LONG
connect_card (SCARDCONTEXT context, const char *reader, SCARDHANDLE *ret_card, DWORD *ret_protocol)
{
  g_mutex_lock (&fake.lock);
  fake.commands = 0;
  g_mutex_unlock (&fake.lock);
  *ret_card = 2;
  *ret_protocol = SCARD_PROTOCOL_T1;
  return count (FAKE_CONNECT);
}

static LONG
locate (SCARDHANDLE card, guint32 *ret_channel)
{
  g_mutex_lock (&fake.lock);
  *ret_channel = fake.channel;
  g_mutex_unlock (&fake.lock);
  return *ret_channel != 0 ? SCARD_S_SUCCESS : (LONG) (guint32) SCARD_E_UNSUPPORTED_FEATURE;
}

static LONG
disconnect (SCARDHANDLE card)
{
  return SCARD_S_SUCCESS;
}

static DWORD
from_hex (const char *hex, guint8 *bytes)
{
  DWORD len = (DWORD) strlen (hex) / 2;

  for (DWORD i = 0; i < len; i++)
    bytes[i] =
      (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return len;
}

static LONG
transmit (SCARDHANDLE card,
          DWORD protocol,
          const guint8 *command,
          DWORD command_len,
          guint8 *answer,
          DWORD *len)
{
  LONG code = count (FAKE_TRANSMIT);
  guint at;

  g_mutex_lock (&fake.lock);
  while (fake.hangs)
    {
      fake.is_hanging = TRUE;
      g_cond_wait (&fake.changed, &fake.lock);
    }
  fake.is_hanging = FALSE;
  at = fake.commands++;
  if (fake.late_code != 0 && at >= fake.late_from)
    code = (LONG) fake.late_code;
  if (code == SCARD_S_SUCCESS)
    *len = from_hex (at == 0 ? fake.select_answer : answers[MIN (at, G_N_ELEMENTS (answers) - 1)],
                     answer);
  g_mutex_unlock (&fake.lock);
  return code;
}

const BmSscCalls fake_calls = {
  .establish = establish,
  .release = release,
  .list = list,
  .look = look,
  .connect = connect_card,
  .locate = locate,
  .disconnect = disconnect,
  .transmit = transmit,
};

void
fake_reset (void)
{
  g_mutex_lock (&fake.lock);
  fake.readers[0] = "Virtual SSC 00 00";
  fake.readers[1] = NULL;
  fake.is_in = FALSE;
  memset (fake.codes, 0, sizeof fake.codes);
  memset (fake.counts, 0, sizeof fake.counts);
  fake.late_code = 0;
  fake.select_answer = "6F119000";
  fake.channel = 0;
  fake.hangs = FALSE;
  g_mutex_unlock (&fake.lock);
}

void
fake_set_readers (const char *first, const char *second)
{
  g_mutex_lock (&fake.lock);
  fake.readers[0] = first;
  fake.readers[1] = second;
  g_mutex_unlock (&fake.lock);
}

void
fake_put_in (void)
{
  g_mutex_lock (&fake.lock);
  fake.is_in = TRUE;
  fake.events++;
  g_mutex_unlock (&fake.lock);
}

void
fake_draw (void)
{
  g_mutex_lock (&fake.lock);
  fake.is_in = FALSE;
  fake.events++;
  g_mutex_unlock (&fake.lock);
}

void
fake_swap (void)
{
  g_mutex_lock (&fake.lock);
  fake.events += 2;
  g_mutex_unlock (&fake.lock);
}

void
fake_fail (FakeCall call, guint32 code)
{
  g_mutex_lock (&fake.lock);
  fake.codes[call] = code;
  g_mutex_unlock (&fake.lock);
}

void
fake_fail_from (guint n, guint32 code)
{
  g_mutex_lock (&fake.lock);
  fake.late_from = n;
  fake.late_code = code;
  g_mutex_unlock (&fake.lock);
}

void
fake_set_kind (const char *select_answer)
{
  g_mutex_lock (&fake.lock);
  fake.select_answer = select_answer;
  g_mutex_unlock (&fake.lock);
}

void
fake_set_channel (guint32 channel)
{
  g_mutex_lock (&fake.lock);
  fake.channel = channel;
  g_mutex_unlock (&fake.lock);
}

void
fake_hang (gboolean hangs)
{
  g_mutex_lock (&fake.lock);
  fake.hangs = hangs;
  g_cond_broadcast (&fake.changed);
  g_mutex_unlock (&fake.lock);
}

gboolean
fake_is_hanging (void)
{
  gboolean is_hanging;

  g_mutex_lock (&fake.lock);
  is_hanging = fake.is_hanging;
  g_mutex_unlock (&fake.lock);
  return is_hanging;
}

guint
fake_count (FakeCall call)
{
  guint n;

  g_mutex_lock (&fake.lock);
  n = fake.counts[call];
  g_mutex_unlock (&fake.lock);
  return n;
}

gint64
fake_when (guint n)
{
  gint64 when;

  g_assert_cmpuint (n, <, MAX_TIMES);
  g_mutex_lock (&fake.lock);
  when = fake.times[n];
  g_mutex_unlock (&fake.lock);
  return when;
}
