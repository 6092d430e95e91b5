/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-escpos"

#include "printing/printer-escpos-private.h"

#include "core/error.h"
#include "core/fault.h"
#include "core/ports/reasons.h"

#include <string.h>

/*
 * A sheet in hand: its bytes go out as fast as the printer takes them, and what it says is heard meanwhile.
 *
 * Invariants:
 *  E1  A question is asked only where a command ends: amid a picture it would be taken for dots.
 *  E2  Nothing goes out while the printer says that nothing would come out.
 *  E3  An answer belongs to the last question. One that was not answered in time is waited for before the
 *      next is asked, and what stops a sheet is asked twice: dots that look like a question are answered, too.
 */

#define FIRST_ANSWER_MS 2000
#define ANSWER_MS       600
#define ASK_EACH_MS     1000
#define FORGIVE_MS      10000 /* an answer that is still owed then does not come */
#define TAKE_MS         250
#define LISTEN_MS       150
#define SILENT_MS       1000
#define MUTE_MS         5000 /* it takes nothing and cannot be asked: said to be away */
#define QUESTIONS       4

static gint64
now_us (void)
{
  return g_get_monotonic_time ();
}

static gint64
after_ms (gint64 ms)
{
  return now_us () + ms * G_TIME_SPAN_MILLISECOND;
}

/**
 * bm_escpos_sheet_new:
 * @line: (transfer full): to the printer
 * @profile: what it is
 * @stream: (transfer full) (nullable): what is to go out
 * @attempt: (nullable): whose word that it is on paper is listened for
 *
 * Returns: (transfer full): the sheet; nothing was sent yet
 */
BmEscposSheet *
bm_escpos_sheet_new (BmEscposLine *line,
                     const BmEscposProfile *profile,
                     BmEscposStream *stream,
                     const char *attempt)
{
  BmEscposSheet *self = g_new0 (BmEscposSheet, 1);

  self->line = line;
  self->profile = profile;
  self->stream = stream;
  self->heard = g_byte_array_new ();
  self->reasons = g_new0 (char *, 1);
  self->attempt = g_strdup (attempt);
  self->moved_us = now_us ();
  if (attempt != NULL)
    bm_escpos_make_id (attempt, self->id);
  return self;
}

void
bm_escpos_sheet_free (BmEscposSheet *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->line, bm_escpos_line_close);
  g_clear_pointer (&self->stream, bm_escpos_stream_free);
  g_byte_array_unref (self->heard);
  g_strfreev (self->reasons);
  g_free (self->attempt);
  g_free (self);
}

/* What is still on this side does not go out. */
void
bm_escpos_sheet_abandon (BmEscposSheet *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->line, bm_escpos_line_abandon);
  bm_escpos_sheet_free (self);
}

gboolean
bm_escpos_sheet_is_all_out (const BmEscposSheet *self)
{
  return self->stream == NULL || self->sent == self->stream->bytes->len;
}

/* Why nothing would come out now, or NULL. */
const char *
bm_escpos_sheet_get_obstacle (const BmEscposSheet *self)
{
  return bm_reason_pick_blocking ((const char *const *) self->reasons, TRUE);
}

static gboolean
is_at_end (const BmEscposSheet *self)
{
  if (bm_escpos_sheet_is_all_out (self) || self->sent == 0)
    return TRUE;
  return self->next_end > 0 &&
         self->sent == g_array_index (self->stream->ends, gsize, self->next_end - 1);
}

static void
set_reasons (BmEscposSheet *self, GStrv reasons)
{
  g_strfreev (self->reasons);
  self->reasons = reasons;
}

/* What it says itself. */
static void
set_state (BmEscposSheet *self, const BmEscposState *state)
{
  set_reasons (self, bm_escpos_state_to_reasons (state));
  if (bm_escpos_sheet_get_obstacle (self) == NULL)
    self->blocked_us = 0;
  else
    {
      self->moved_us = now_us ();
      self->blocked_us = self->blocked_us != 0 ? self->blocked_us : self->moved_us;
    }
}

/* Our own judgement of one that takes nothing and does not say why: it goes on being tried. */
static void
judge_silence (BmEscposSheet *self)
{
  static const char *const away[] = { "offline", NULL };

  if (self->blocked_us == 0 && now_us () - self->moved_us > MUTE_MS * G_TIME_SPAN_MILLISECOND)
    set_reasons (self, g_strdupv ((GStrv) away));
}

/* What it said so far; TRUE when a status byte is among it, which is then the last that was taken. */
static gboolean
take_heard (BmEscposSheet *self, guint8 *ret_status)
{
  BmEscposReply reply;
  BmEscposState state;

  while (bm_escpos_reply_parse (self->heard, &reply) != BM_ESCPOS_REPLY_MORE)
    switch (reply.kind)
      {
      case BM_ESCPOS_REPLY_STATUS:
        *ret_status = reply.bytes[0];
        return TRUE;
      case BM_ESCPOS_REPLY_AUTO:
        state = bm_escpos_state_from_auto (&reply);
        set_state (self, &state);
        break;
      case BM_ESCPOS_REPLY_DONE:
        self->is_printed =
          self->is_printed || memcmp (reply.bytes, self->id, BM_ESCPOS_ID_LEN) == 0;
        break;
      case BM_ESCPOS_REPLY_PAPER:
        self->is_answered = self->is_answered || self->all_us != 0;
        break;
      case BM_ESCPOS_REPLY_NOISE:
      case BM_ESCPOS_REPLY_MORE:
      default:
        self->has_noise = TRUE;
      }
  return FALSE;
}

/* Hears until @until_us or until something came. */
static void
listen (BmEscposSheet *self, gint64 until_us)
{
  guint8 status;

  if (!bm_escpos_line_read (self->line, self->heard, until_us))
    self->is_gone = TRUE;
  while (take_heard (self, &status))
    self->owed = self->owed > 0 ? self->owed - 1 : 0;
}

static gboolean
await_answer (BmEscposSheet *self, gint64 until_us, guint8 *ret_bits)
{
  while (!self->is_gone)
    {
      if (take_heard (self, ret_bits))
        return TRUE;
      if (now_us () > until_us)
        return FALSE;
      self->is_gone = !bm_escpos_line_read (self->line, self->heard, until_us);
    }
  return take_heard (self, ret_bits);
}

static gboolean
put_question (BmEscposSheet *self, guint8 which, gint64 until_us)
{
  const guint8 question[] = { 0x10, 0x04, which };
  gsize sent = 0;

  while (sent < sizeof question && !self->is_gone)
    {
      const gssize taken =
        bm_escpos_line_write (self->line, question + sent, sizeof question - sent, until_us);

      if (taken == 0 && sent == 0)
        return FALSE;
      self->is_gone = taken <= 0; /* half a question would swallow the next command */
      sent += (gsize) MAX (taken, 0);
    }
  return !self->is_gone;
}

/* Some know the first question only: the others then say nothing is wrong. */
static gboolean
ask_all (BmEscposSheet *self, gint64 first_ms, BmEscposState *ret_state)
{
  listen (self, now_us ()); /* what nobody asked for */
  memset (ret_state, 0, sizeof *ret_state);
  for (guint8 i = 0; i < QUESTIONS; i++)
    {
      const gint64 until_us = after_ms (i == 0 ? first_ms : ANSWER_MS);

      if (!put_question (self, i + 1, until_us))
        return i > 0 && !self->is_gone;
      if (!await_answer (self, until_us, &ret_state->bits[i]))
        {
          self->owed++;
          return i > 0 && !self->is_gone;
        }
    }
  return TRUE;
}

static gboolean
is_blocking (const BmEscposState *state)
{
  g_auto (GStrv) reasons = bm_escpos_state_to_reasons (state);

  return bm_reason_pick_blocking ((const char *const *) reasons, TRUE) != NULL;
}

/* E3. */
static gboolean
ask (BmEscposSheet *self, gint64 first_ms)
{
  BmEscposState state;

  self->asked_us = now_us ();
  self->asked_at = self->sent;
  if (!ask_all (self, first_ms, &state))
    return FALSE;
  if (is_blocking (&state) && !ask_all (self, first_ms, &state))
    return FALSE;
  set_state (self, &state);
  return TRUE;
}

/* Of an IPP printer "other" may mean anything, and stops nothing; here it is the end of this one. */
static gboolean
is_in_order (const BmEscposSheet *self, GError **error)
{
  if (!g_strv_contains ((const char *const *) self->reasons, "other"))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "printer: it says that it is broken");
  return FALSE;
}

/**
 * bm_escpos_sheet_ask:
 * @self: a sheet of which nothing was sent yet
 * @error: %BM_ERROR_UNREACHABLE when it does not say what is the matter with it, %BM_ERROR_FAILED when it says
 *   that it is broken
 *
 * Asks what is wrong; of a printer that says nothing, nothing is.
 *
 * Returns: whether self->reasons is what it says now
 */
gboolean
bm_escpos_sheet_ask (BmEscposSheet *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->profile->status == BM_ESCPOS_STATUS_NONE)
    return TRUE;
  if (ask (self, FIRST_ANSWER_MS))
    return is_in_order (self, error);
  g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "printer: %s",
               self->is_gone     ? "it was unplugged"
               : self->has_noise ? "what it answers makes no sense"
                                 : "it does not answer");
  return FALSE;
}

/* Where there is something to ask, and the last answer came. One that tells nothing by itself is asked behind each
 * band: once it takes no more amid a picture, it cannot be asked why. */
static gboolean
may_ask (const BmEscposSheet *self)
{
  const gint64 since_ms = (now_us () - self->asked_us) / G_TIME_SPAN_MILLISECOND;

  if (self->profile->status == BM_ESCPOS_STATUS_NONE || !is_at_end (self))
    return FALSE;
  if (self->owed > 0)
    return since_ms > FORGIVE_MS;
  return since_ms > ASK_EACH_MS ||
         (self->profile->status == BM_ESCPOS_STATUS_DLE && self->sent != self->asked_at);
}

static gboolean
ask_amid (BmEscposSheet *self)
{
  self->owed = 0;
  if (ask (self, ANSWER_MS))
    return TRUE;
  judge_silence (self);
  return FALSE;
}

/* Up to where the next piece may go: a command's end, or the next tenth of the whole. */
static gsize
get_limit (const BmEscposSheet *self)
{
  const gsize all = self->stream->bytes->len;
  const gsize tenth = all * (self->tenths + 1) / 10;

  return MIN (g_array_index (self->stream->ends, gsize, self->next_end),
              MAX (tenth, self->sent + 1));
}

static void
note_sent (BmEscposSheet *self, gsize taken)
{
  self->sent += taken;
  self->moved_us = now_us ();
  if (self->blocked_us == 0 && bm_escpos_sheet_get_obstacle (self) != NULL)
    set_reasons (self, g_new0 (char *, 1)); /* it was not away */
  if (self->sent == g_array_index (self->stream->ends, gsize, self->next_end))
    self->next_end++;
  if (bm_escpos_sheet_is_all_out (self))
    self->all_us = self->moved_us;
  else if (self->sent >= self->stream->bytes->len * (self->tenths + 1) / 10)
    {
      self->tenths++;
      bm_fault_point ("print-mid");
    }
}

static void
push_piece (BmEscposSheet *self)
{
  gssize taken;

  g_assert (!bm_escpos_sheet_is_all_out (self));

  taken = bm_escpos_line_write (self->line, self->stream->bytes->data + self->sent,
                                get_limit (self) - self->sent, after_ms (TAKE_MS));
  if (taken < 0)
    self->is_gone = TRUE;
  else if (taken > 0)
    note_sent (self, (gsize) taken);
  else
    judge_silence (self);
}

/* Nothing more to be had at this moment. */
static gboolean
is_resting (const BmEscposSheet *self)
{
  if (self->is_gone || self->is_printed)
    return TRUE;
  if (bm_escpos_sheet_is_all_out (self))
    return !self->is_answered || self->has_noise || self->blocked_us != 0;
  return (is_at_end (self) && self->blocked_us != 0) ||
         now_us () - self->moved_us > SILENT_MS * G_TIME_SPAN_MILLISECOND;
}

/* What lies on this side of the line is on its way. */
static void
note_waiting (BmEscposSheet *self)
{
  const gsize waiting = bm_escpos_line_count_waiting (self->line);

  if (waiting < self->waiting)
    self->moved_us = now_us ();
  self->waiting = waiting;
}

/* GS r is in its turn, but not of this sheet alone: it counts with a printer that is well and makes sense. */
static void
judge_answer (BmEscposSheet *self)
{
  if (!self->is_printed && self->is_answered && !self->has_noise && ask_amid (self))
    self->is_printed = self->blocked_us == 0 && !self->has_noise;
}

/**
 * bm_escpos_sheet_push:
 * @self: a sheet with a stream
 * @until_us: by the monotonic clock
 *
 * Goes on: gives what is taken, hears what is said. Returns early when the sheet is on paper, the line gone, or
 * when nothing can be done but wait.
 */
void
bm_escpos_sheet_push (BmEscposSheet *self, gint64 until_us)
{
  g_return_if_fail (self != NULL && self->stream != NULL);

  do
    {
      const gboolean is_waiting = bm_escpos_sheet_is_all_out (self) || self->blocked_us != 0;

      listen (self, is_waiting && !self->is_gone ? after_ms (LISTEN_MS) : now_us ());
      if (!self->is_gone && !self->is_printed && may_ask (self))
        (void) ask_amid (self); /* what it does not say is judged by its silence */
      note_waiting (self);
      if (bm_escpos_sheet_is_all_out (self))
        judge_answer (self);
      else if (!self->is_gone && !(is_at_end (self) && self->blocked_us != 0))
        push_piece (self);
    }
  while (!is_resting (self) && now_us () < until_us);
}
