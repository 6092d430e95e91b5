/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-ssc-card"

#include "app/devices/ssc/ssc-answer.h"
#include "app/devices/ssc/ssc-talk.h"
#include "core/error.h"

#include <string.h>

/* What a social-security card says, answer by answer: a script of commands and what comes back. */

#define NUMBER "990121194803120028"
#define OK     "9000"
#define NAME   "CDF5D0E3C0BC" /* 王秀兰 in GBK */

typedef struct
{
  const char *command; /* begins so, in hex */
  const char *answer;  /* in hex; NULL: the card is gone */
} Turn;

typedef struct
{
  const Turn *turns;
  guint at;
} Script;

static gsize
from_hex (const char *hex, guint8 *bytes)
{
  gsize len = strlen (hex) / 2;

  for (gsize i = 0; i < len; i++)
    bytes[i] =
      (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return len;
}

static gboolean
play (gpointer user_data,
      const guint8 *command,
      gsize command_len,
      guint8 *answer,
      gsize *len,
      GError **error)
{
  Script *script = user_data;
  const Turn *turn = &script->turns[script->at++];
  g_autoptr (GString) hex = g_string_new (NULL);

  g_assert_nonnull (turn->command);
  for (gsize i = 0; i < command_len; i++)
    g_string_append_printf (hex, "%02X", command[i]);
  g_assert_cmpstr (hex->str, ==, turn->command);
  if (turn->answer == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "drawn");
      return FALSE;
    }
  *len = from_hex (turn->answer, answer);
  return TRUE;
}

#define SELECT        "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
#define HOLDER        "00A4020002EF06"
#define ISSUER        "00A4020002EF05"
#define READ(tag)     "00B2" tag "0000"
#define NUMBER_RECORD "0812393930313231313934383033313230303238"

static BmCard *
read_card (const Turn *turns, GError **error)
{
  Script script = { .turns = turns };
  BmCard *card = bm_ssc_talk_read (play, &script, error);

  g_assert_null (script.turns[script.at].command); /* it asked for all, and for nothing else */
  return card;
}

static void
expect_refusal (const Turn *turns, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = read_card (turns, &error);

  g_assert_null (card);
  g_assert_error (error, BM_ERROR, code);
  g_assert_null (strstr (error->message, NUMBER));
}

static void
test_plain (void)
{
  static const Turn turns[] = {
    { SELECT, "6F11" OK },
    { HOLDER, OK },
    { READ ("08"), NUMBER_RECORD OK },
    { READ ("09"), "090A" NAME "00000000" OK },
    { READ ("4E"), "6A83" },
    { ISSUER, OK },
    { READ ("06"), "060420360101" OK },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = read_card (turns, &error);

  g_assert_no_error (error);
  g_assert_cmpint (card->kind, ==, BM_CARD_SOCIAL);
  g_assert_cmpstr (card->name, ==, "王秀兰");
  g_assert_cmpstr (card->id_number, ==, NUMBER);
  g_assert_cmpstr (card->sex, ==, "2");
  g_assert_cmpstr (card->birth, ==, "1948-03-12");
  g_assert_cmpstr (card->valid_to, ==, "2036-01-01");
  g_assert_cmpstr (card->address, ==, "");
  g_assert_false (card->is_name_cut);
}

/* 61xx: fetched in two pieces; 6Cxx: asked again with the right length. */
static void
test_fetched (void)
{
  static const Turn turns[] = {
    { SELECT, "6113" },
    { "00C0000013", "6F11" OK },
    { HOLDER, OK },
    { READ ("08"), "6C14" },
    { "00B2080014", NUMBER_RECORD OK },
    { READ ("09"), "6104" },
    { "00C0000004", "0906CDF56104" },
    { "00C0000004", "D0E3C0BC" OK },
    { READ ("4E"), "4E0400000000" OK },
    { ISSUER, OK },
    { READ ("06"), "0604FFFFFFFF" OK },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = read_card (turns, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (card->name, ==, "王秀兰");
  g_assert_cmpstr (card->valid_to, ==, "");
}

/* A card that never comes to an end is given up, and so is one that corrects itself for ever. */
static void
test_endless (void)
{
  static const Turn longer[] = {
    { SELECT, "6113" },       { "00C0000013", "6113" }, { "00C0000013", "6113" },
    { "00C0000013", "6113" }, { "00C0000013", "6113" }, { "00C0000013", "6113" },
    { "00C0000013", "6113" }, { "00C0000013", "6113" }, { NULL },
  };

  expect_refusal (longer, BM_ERROR_INVALID);
}

static void
test_other_card (void)
{
  static const char *const statuses[] = { "6A82", "6A81", "6A86", "6D00", "6E00" };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      const Turn turns[] = { { SELECT, statuses[i] }, { NULL } };

      expect_refusal (turns, BM_ERROR_NOT_FOUND);
    }
  expect_refusal ((const Turn[]){ { SELECT, "6283" }, { NULL } }, BM_ERROR_UNSUPPORTED);
}

/* Third-generation cards may keep the files behind a PIN. None is ever sent. */
static void
test_locked (void)
{
  static const Turn turns[] = { { SELECT, OK }, { HOLDER, OK }, { READ ("08"), "6982" }, { NULL } };

  expect_refusal (turns, BM_ERROR_UNSUPPORTED);
}

static void
test_torn (void)
{
  static const char *const answers[] = {
    "", "90", "08", "0812" OK, "0812393930" OK, "0906CDF5D0E3C0BC" OK, "08FF3939" OK, OK,
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      const Turn turns[] = { { SELECT, OK },
                             { HOLDER, OK },
                             { READ ("08"), answers[i] },
                             { NULL } };

      expect_refusal (turns, BM_ERROR_INVALID);
    }
  expect_refusal ((const Turn[]){ { SELECT, OK }, { HOLDER, NULL }, { NULL } }, BM_ERROR_INVALID);
}

static BmCard *
parse (const char *number, const char *name, const char *more, GError **error)
{
  BmSscFiles files = { 0 };

  files.number.len = strlen (number);
  memcpy (files.number.bytes, number, files.number.len);
  files.name.len = from_hex (name, files.name.bytes);
  files.name_ext.len = from_hex (more, files.name_ext.bytes);
  return bm_ssc_files_parse (&files, error);
}

#define ALI "B0A2" /* 阿 */

static void
test_names (void)
{
  g_autoptr (BmCard) dotted = parse (NUMBER, ALI ALI "A1A4" ALI, "", NULL);
  g_autoptr (BmCard) rare = parse (NUMBER, "CDF59931D937", "", NULL); /* four bytes: U+2C35B */
  g_autoptr (BmCard) longer =
    parse (NUMBER, ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI, ALI "CDF500000000",
           NULL);
  /* The 30 bytes end in the middle of a character of four. */
  g_autoptr (BmCard) split =
    parse (NUMBER, ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI "9931", "D937", NULL);
  g_autoptr (BmCard) cut =
    parse (NUMBER, ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI ALI "9931", "", NULL);

  g_assert_cmpstr (dotted->name, ==, "阿阿·阿");
  g_assert_cmpstr (rare->name, ==, "王\U0002C35B");
  g_assert_cmpint (g_utf8_strlen (longer->name, -1), ==, 17);
  g_assert_true (g_str_has_suffix (longer->name, "王"));
  g_assert_false (longer->is_name_cut);
  g_assert_cmpint (g_utf8_strlen (split->name, -1), ==, 15);
  g_assert_true (g_str_has_suffix (split->name, "\U0002C35B"));
  g_assert_cmpint (g_utf8_strlen (cut->name, -1), ==, 14);
  g_assert_true (cut->is_name_cut);
}

static void
expect_bad (const char *number, const char *name, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = parse (number, name, "", &error);

  g_assert_null (card);
  g_assert_error (error, BM_ERROR, code);
}

static void
test_bad_values (void)
{
  expect_bad ("990121194803120029", NAME, BM_ERROR_UNSUPPORTED); /* its check digit */
  expect_bad ("990121194802300028", NAME, BM_ERROR_UNSUPPORTED);
  expect_bad ("99012119480312", NAME, BM_ERROR_UNSUPPORTED);
  expect_bad ("SHE121194803120028", NAME, BM_ERROR_UNSUPPORTED);
  expect_bad ("", NAME, BM_ERROR_UNSUPPORTED);
  expect_bad (NUMBER, "", BM_ERROR_INVALID);
  expect_bad (NUMBER, "00000000", BM_ERROR_INVALID);
  expect_bad (NUMBER, "CDF5D0", BM_ERROR_INVALID);   /* half a character */
  expect_bad (NUMBER, "CDF50041", BM_ERROR_INVALID); /* a nought inside */
  expect_bad (NUMBER, "CDF507", BM_ERROR_INVALID);
}

/* x is X, and the filling behind the number is none of it. */
static void
test_number_forms (void)
{
  g_autoptr (BmCard) small = parse ("11010519491231002x\xff\xff", NAME, "", NULL);

  g_assert_cmpstr (small->id_number, ==, "11010519491231002X");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssc/card/plain", test_plain);
  g_test_add_func ("/ssc/card/fetched-in-pieces", test_fetched);
  g_test_add_func ("/ssc/card/never-ends", test_endless);
  g_test_add_func ("/ssc/card/another-card", test_other_card);
  g_test_add_func ("/ssc/card/locked", test_locked);
  g_test_add_func ("/ssc/card/torn", test_torn);
  g_test_add_func ("/ssc/card/names", test_names);
  g_test_add_func ("/ssc/card/bad-values", test_bad_values);
  g_test_add_func ("/ssc/card/number-forms", test_number_forms);
  return g_test_run ();
}
