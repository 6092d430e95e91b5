/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ssc"

#include "app/devices/ssc/ssc-talk.h"

#include "app/devices/ssc/ssc-answer.h"
#include "core/crypto/crypto.h"
#include "core/error.h"

#include <string.h>

/*
 * The conversation with a social-security card: select the application, select EF06, three records of it,
 * select EF05, one record of it. Both files are free to read; no PIN is ever asked for or sent.
 *
 * Invariant: what was read stands in the buffers of one call only, and they are wiped before it returns.
 */

#define LEN_LAST      4 /* where a command without data says how much it expects */
#define MAX_TURNS     8 /* commands that one question may take: 6Cxx, and a chain of 61xx */
#define OK            0x9000
#define NO_SUCH_FILE  0x6A82
#define NO_SUCH_ENTRY 0x6A83
#define NO_SUCH_DATA  0x6A88

/* "sx1.sh.社会保障" in GBK: the application of LD/T 32. */
static const guint8 select_application[] = { 0x00, 0xA4, 0x04, 0x00, 0x0F, 0x73, 0x78,
                                             0x31, 0x2E, 0x73, 0x68, 0x2E, 0xC9, 0xE7,
                                             0xBB, 0xE1, 0xB1, 0xA3, 0xD5, 0xCF };
static const guint8 select_issuer[] = { 0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, 0x05 };
static const guint8 select_holder[] = { 0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, 0x06 };

typedef struct
{
  BmSscTransmit transmit;
  gpointer user_data;
  guint8 answer[BM_SSC_MAX_ANSWER];
  guint8 data[BM_SSC_MAX_ANSWER - 2];
  gsize len; /* of the data */
} Talk;

static gboolean
send_once (Talk *self,
           const guint8 *command,
           gsize command_len,
           guint16 *ret_status,
           GError **error)
{
  gsize len = sizeof self->answer;
  gsize data_len = 0;

  if (!self->transmit (self->user_data, command, command_len, self->answer, &len, error))
    return FALSE;
  if (!bm_ssc_answer_parse (self->answer, len, ret_status, &data_len) ||
      data_len > sizeof self->data - self->len)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "an answer of %" G_GSIZE_FORMAT " bytes is none", len);
      return FALSE;
    }
  memcpy (self->data + self->len, self->answer, data_len);
  self->len += data_len;
  return TRUE;
}

/* One question: 6Cxx says how long the answer is, 61xx that more of it can be fetched. */
static gboolean
ask (Talk *self, const guint8 *question, gsize question_len, guint16 *ret_status, GError **error)
{
  guint8 command[BM_SSC_MAX_COMMAND];
  gsize command_len = question_len;

  g_assert (question_len <= sizeof command);

  memcpy (command, question, question_len);
  self->len = 0;
  for (guint turn = 0; turn < MAX_TURNS; turn++)
    {
      if (!send_once (self, command, command_len, ret_status, error))
        return FALSE;
      if (*ret_status >> 8 == 0x6C && command_len == LEN_LAST + 1)
        command[LEN_LAST] = (guint8) *ret_status;
      else if (*ret_status >> 8 == 0x61)
        {
          const guint8 fetch[] = { 0x00, 0xC0, 0x00, 0x00, (guint8) *ret_status };

          memcpy (command, fetch, sizeof fetch);
          command_len = sizeof fetch;
        }
      else
        return TRUE;
    }
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "the card's answer does not end");
  return FALSE;
}

static gboolean
refuse (GError **error, int code, const char *what, guint16 status)
{
  g_set_error (error, BM_ERROR, code, "%s (%04X)", what, status);
  return FALSE;
}

/* Other cards do not know the application, or not even the command. */
static gboolean
is_other_card (guint16 status)
{
  return status >> 8 == 0x6A || status >> 8 == 0x6D || status >> 8 == 0x6E;
}

/* 69xx: not without a PIN, and asking again does not help. Anything else may be a card that was reset under our hands. */
static gboolean
refuse_file (GError **error, guint16 status)
{
  return refuse (error, status >> 8 == 0x69 ? BM_ERROR_UNSUPPORTED : BM_ERROR_INVALID,
                 "a file of the card is not free to read", status);
}

static gboolean
select_ssc (Talk *self, GError **error)
{
  guint16 status = 0;

  if (!ask (self, select_application, sizeof select_application, &status, error))
    return FALSE;
  if (status == OK)
    return TRUE;
  if (is_other_card (status))
    return refuse (error, BM_ERROR_NOT_FOUND, "it is not a social-security card", status);
  return refuse (error, BM_ERROR_UNSUPPORTED, "the card does not open", status);
}

static gboolean
select_file (Talk *self, const guint8 *question, gsize question_len, GError **error)
{
  guint16 status = 0;

  if (!ask (self, question, question_len, &status, error))
    return FALSE;
  return status == OK || refuse_file (error, status);
}

/* Records that a card need not have stay empty. */
static gboolean
read_record (Talk *self, guint8 tag, gboolean is_needed, BmSscValue *ret_value, GError **error)
{
  const guint8 question[] = { 0x00, 0xB2, tag, 0x00, 0x00 };
  guint16 status = 0;

  if (!ask (self, question, sizeof question, &status, error))
    return FALSE;
  if (status == OK)
    return bm_ssc_record_parse (self->data, self->len, tag, ret_value, error);
  if (!is_needed && (status == NO_SUCH_ENTRY || status == NO_SUCH_DATA || status == NO_SUCH_FILE))
    return TRUE;
  return refuse_file (error, status);
}

static gboolean
read_files (Talk *self, BmSscFiles *files, GError **error)
{
  return select_ssc (self, error) &&
         select_file (self, select_holder, sizeof select_holder, error) &&
         read_record (self, BM_SSC_TAG_NUMBER, TRUE, &files->number, error) &&
         read_record (self, BM_SSC_TAG_NAME, TRUE, &files->name, error) &&
         read_record (self, BM_SSC_TAG_NAME_EXT, FALSE, &files->name_ext, error) &&
         select_file (self, select_issuer, sizeof select_issuer, error) &&
         read_record (self, BM_SSC_TAG_VALID_TO, FALSE, &files->valid_to, error);
}

/**
 * bm_ssc_talk_read:
 * @transmit: how the card is spoken to
 * @user_data: for @transmit
 * @error: %BM_ERROR_NOT_FOUND when it is not a social-security card, %BM_ERROR_UNSUPPORTED when it is one that
 *   is not read here, %BM_ERROR_INVALID when it may be tried again, %BM_ERROR_UNREACHABLE
 *
 * Reads number, name and end of validity.
 *
 * Returns: (transfer full): the card
 */
BmCard *
bm_ssc_talk_read (BmSscTransmit transmit, gpointer user_data, GError **error)
{
  Talk talk = { .transmit = transmit, .user_data = user_data };
  BmSscFiles files = { 0 };
  BmCard *card = NULL;

  if (read_files (&talk, &files, error))
    card = bm_ssc_files_parse (&files, error);
  bm_wipe (&files, sizeof files);
  bm_wipe (talk.answer, sizeof talk.answer);
  bm_wipe (talk.data, sizeof talk.data);
  return card;
}
