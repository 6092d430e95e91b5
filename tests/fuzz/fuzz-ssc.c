/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-ssc"

#include "app/devices/ssc/ssc-answer.h"
#include "app/devices/ssc/ssc-talk.h"
#include "core/error.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

#define MAX_COMMANDS 64 /* seven questions of eight turns each */

typedef struct
{
  const uint8_t *data;
  size_t left;
  guint commands;
} Card;

/* The next answer: a byte that says how long it is, then the answer. */
static gboolean
answer (gpointer user_data,
        const guint8 *command,
        gsize command_len,
        guint8 *room,
        gsize *len,
        GError **error)
{
  Card *card = user_data;
  gsize wanted = card->left > 0 ? card->data[0] : 0;

  g_assert_cmpuint (++card->commands, <=, MAX_COMMANDS);
  g_assert_cmpuint (command_len, <=, BM_SSC_MAX_COMMAND);
  if (card->left == 0)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "gone");
      return FALSE;
    }
  wanted = MIN (MIN (wanted, *len), card->left - 1);
  memcpy (room, card->data + 1, wanted);
  card->data += 1 + wanted;
  card->left -= 1 + wanted;
  *len = wanted;
  return TRUE;
}

/* Whatever a card answers: it is asked finitely often, and what comes of it has a name and a number that is one. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Card state = { .data = data, .left = size };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = bm_ssc_talk_read (answer, &state, &error);
  BmSscValue value = { 0 };
  guint16 status;
  gsize len;

  g_assert_true ((card == NULL) == (error != NULL));
  if (card != NULL)
    {
      g_assert_cmpuint (strlen (card->id_number), ==, 18);
      g_assert_true (*card->name != '\0' && g_utf8_validate (card->name, -1, NULL));
    }
  if (bm_ssc_answer_parse (data, size, &status, &len))
    g_assert_cmpuint (len, <=, BM_SSC_MAX_ANSWER - 2);
  if (size > 0 && bm_ssc_record_parse (data, size, data[0], &value, NULL))
    {
      BmSscFiles files = { .number = value, .name = value, .name_ext = value, .valid_to = value };
      g_autoptr (BmCard) odd = bm_ssc_files_parse (&files, NULL);

      g_assert_cmpuint (value.len, <=, BM_SSC_MAX_VALUE);
      g_assert_true (odd == NULL || strlen (odd->id_number) == 18);
    }
  return 0;
}
