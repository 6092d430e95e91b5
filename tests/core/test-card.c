/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-card"

#include "core/error.h"
#include "core/people/card.h"
#include "core/people/name.h"

#include "tests/core/support.h"

#include <string.h>

#define ROUNDS    20000
#define LONG_NAME "阿卜杜外力·阿卜杜热西提·买买提"

static BmCard
sample (const char *name)
{
  return (BmCard){ .ref_count = 1,
                   .kind = BM_CARD_CITIZEN,
                   .name = (char *) name,
                   .sex = (char *) "2",
                   .ethnic = (char *) "01",
                   .birth = (char *) "1948-03-12",
                   .address = (char *) "演示省演示市演示县青溪镇禾田村1组",
                   .id_number = (char *) "990121194803120028",
                   .issuer = (char *) "演示县公安局",
                   .valid_from = (char *) "2008-05-06",
                   .valid_to = (char *) "长期" };
}

static GBytes *
encode_sample (const char *name)
{
  BmCard card = sample (name);
  g_autoptr (GError) error = NULL;
  GBytes *text = bm_card_encode (&card, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (text), ==, BM_CARD_TEXT_LEN);
  return text;
}

static void
test_round_trip (void)
{
  g_autoptr (GBytes) text = encode_sample ("王秀兰");
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = bm_card_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpint (card->kind, ==, BM_CARD_CITIZEN);
  g_assert_cmpstr (card->name, ==, "王秀兰");
  g_assert_false (card->is_name_cut);
  g_assert_cmpstr (card->sex, ==, "2");
  g_assert_cmpstr (card->ethnic, ==, "01");
  g_assert_cmpstr (card->birth, ==, "1948-03-12");
  g_assert_cmpstr (card->address, ==, "演示省演示市演示县青溪镇禾田村1组");
  g_assert_cmpstr (card->id_number, ==, "990121194803120028");
  g_assert_cmpstr (card->issuer, ==, "演示县公安局");
  g_assert_cmpstr (card->valid_from, ==, "2008-05-06");
  g_assert_cmpstr (card->valid_to, ==, "长期");
}

/* The bytes of the layout, field by field, so that encoder and decoder cannot be wrong together. */
static void
test_layout (void)
{
  g_autoptr (GBytes) text = encode_sample ("王秀兰");
  const guint8 *data = g_bytes_get_data (text, NULL);

  g_assert_cmpmem (data, 8, "\x8b\x73\xc0\x79\x70\x51 \0", 8); /* 王秀兰 and a blank */
  g_assert_cmpmem (data + 30, 2, "2\0", 2);
  g_assert_cmpmem (data + 32, 4, "0\0001\0", 4);
  g_assert_cmpmem (data + 36, 16, "1\0009\0004\0008\0000\0003\0001\0002\0", 16);
  g_assert_cmpmem (data + 52, 4, "\x14\x6f\x3a\x79", 4); /* 演示 */
  g_assert_cmpmem (data + 122, 6, "9\0009\0000\0", 6);
  g_assert_cmpmem (data + 158, 4, "\x14\x6f\x3a\x79", 4);
  g_assert_cmpmem (data + 188, 16, "2\0000\0000\0008\0000\0005\0000\0006\0", 16);
  g_assert_cmpmem (data + 204, 4, "\x7f\x95\x1f\x67", 4); /* 长期 */
  g_assert_cmpmem (data + 248, 2, " \0", 2);
}

static void
test_zero_padding (void)
{
  g_autoptr (GBytes) text = encode_sample ("王秀兰");
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (text, NULL), BM_CARD_TEXT_LEN);

  for (guint i = 0; i < BM_CARD_TEXT_LEN; i += 2)
    if (data[i] == ' ' && data[i + 1] == 0)
      data[i] = 0;
  g_autoptr (GBytes) zeros = g_bytes_new (data, BM_CARD_TEXT_LEN);
  g_autoptr (BmCard) card = bm_card_parse (zeros, NULL);
  g_assert_nonnull (card);
  g_assert_cmpstr (card->name, ==, "王秀兰");
}

static void
test_long_name_is_cut (void)
{
  g_autoptr (GBytes) text = encode_sample (LONG_NAME);
  g_autoptr (BmCard) card = bm_card_parse (text, NULL);
  g_autoptr (GBytes) surrogate = encode_sample ("一二三四五六七八九十一二三四\xf0\xae\xaf\xb0");
  g_autoptr (BmCard) halved = bm_card_parse (surrogate, NULL);

  g_assert_true (card->is_name_cut);
  g_assert_cmpuint (bm_name_get_units (card->name), ==, BM_NAME_CHIP_UNITS);
  g_assert_cmpint (bm_name_compare (card->name, LONG_NAME), ==, BM_NAME_SAME_CUT);
  g_assert_true (halved->is_name_cut);
  g_assert_cmpstr (halved->name, ==, "一二三四五六七八九十一二三四");
}

static void
test_rare_characters (void)
{
  static const char *const names[] = { "郑\xf0\xac\x8d\x9b", "马䶮", "马\xee\xa1\xa3",
                                       "\xf0\xae\xaf\xb0", "李〇" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) text = encode_sample (names[i]);
      g_autoptr (BmCard) card = bm_card_parse (text, NULL);
      g_assert_nonnull (card);
      g_assert_cmpstr (card->name, ==, names[i]);
    }
  g_autoptr (GBytes) dotted = encode_sample ("阿依古丽•买买提");
  g_autoptr (BmCard) card = bm_card_parse (dotted, NULL);
  g_assert_cmpstr (card->name, ==, "阿依古丽·买买提");
}

static void
put (guint8 *data, guint at, const char *text)
{
  glong len = 0;
  g_autofree gunichar2 *units = g_utf8_to_utf16 (text, -1, NULL, &len, NULL);

  for (glong i = 0; i < len; i++)
    {
      data[at + 2 * i] = (guint8) units[i];
      data[at + 2 * i + 1] = (guint8) (units[i] >> 8);
    }
}

static BmCard *
parse_changed (guint at, const char *value, GError **error)
{
  g_autoptr (GBytes) text = encode_sample ("王秀兰");
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (text, NULL), BM_CARD_TEXT_LEN);

  put (data, at, value);
  g_autoptr (GBytes) changed = g_bytes_new (data, BM_CARD_TEXT_LEN);
  return bm_card_parse (changed, error);
}

static void
test_refused (void)
{
  static const struct
  {
    guint at;
    const char *value;
    int code;
  } changes[] = {
    { 0, "   ", BM_ERROR_INVALID },                  /* no name */
    { 0, "\x01", BM_ERROR_INVALID },                 /* a control */
    { 30, "3", BM_ERROR_INVALID },                   /* sex */
    { 32, "A1", BM_ERROR_INVALID },                  /* ethnic */
    { 36, "19480230", BM_ERROR_INVALID },            /* no such day */
    { 36, "19480313", BM_ERROR_INVALID },            /* another day than the number says */
    { 122, "990121194803120020", BM_ERROR_INVALID }, /* check character */
    { 122, "990121480312002   ", BM_ERROR_INVALID }, /* old form */
    { 188, "2008    ", BM_ERROR_INVALID },
    { 204, "永远", BM_ERROR_INVALID },
    { 248, "Y", BM_ERROR_UNSUPPORTED }, /* the card of 2023: its bytes are not known */
    { 248, "王", BM_ERROR_UNSUPPORTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (parse_changed (changes[i].at, changes[i].value, &error));
      g_assert_error (error, BM_ERROR, changes[i].code);
    }
  for (guint len = 0; len < 2 * BM_CARD_TEXT_LEN; len += 51)
    {
      g_autofree guint8 *data = g_malloc0 (len + 1);
      g_autoptr (GBytes) text = g_bytes_new (data, len);
      g_autoptr (GError) error = NULL;
      g_assert_null (bm_card_parse (text, &error));
      g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

static void
test_hmt_permit (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = encode_sample ("陈大文");
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (text, NULL), BM_CARD_TEXT_LEN);

  put (data, 32, "  ");
  put (data, 36, "19900101");
  put (data, 122, "810000199001010035");
  put (data, 204, "20280506");
  put (data, 220, "H12345678");
  put (data, 238, "01");
  put (data, 248, "J");
  g_autoptr (GBytes) changed = g_bytes_new (data, BM_CARD_TEXT_LEN);
  g_autoptr (BmCard) card = bm_card_parse (changed, &error);
  g_assert_no_error (error);
  g_assert_cmpint (card->kind, ==, BM_CARD_HMT_PERMIT);
  g_assert_cmpstr (card->name, ==, "陈大文");
  g_assert_cmpstr (card->ethnic, ==, "");
  g_assert_cmpstr (card->id_number, ==, "810000199001010035");
  g_assert_cmpstr (card->valid_to, ==, "2028-05-06");
}

static BmCard *
parse_foreigner (const char *chinese_name, GError **error)
{
  guint8 data[BM_CARD_TEXT_LEN];

  for (guint i = 0; i < BM_CARD_TEXT_LEN; i += 2)
    {
      data[i] = ' ';
      data[i + 1] = 0;
    }
  put (data, 0, "LINDE, ANNA MARIA");
  put (data, 120, "2");
  put (data, 122, "DEU110000000001");
  put (data, 152, "DEU");
  put (data, 158, chinese_name);
  put (data, 188, "20180301");
  put (data, 204, "20280301");
  put (data, 220, "19610704");
  put (data, 236, "01");
  put (data, 240, "1500");
  put (data, 248, "I");
  g_autoptr (GBytes) text = g_bytes_new (data, sizeof data);
  return bm_card_parse (text, error);
}

static void
test_foreigner (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmCard) card = parse_foreigner ("林安娜", &error);
  g_autoptr (BmCard) nameless = parse_foreigner ("", NULL);

  g_assert_no_error (error);
  g_assert_cmpint (card->kind, ==, BM_CARD_FOREIGNER);
  g_assert_cmpstr (card->name, ==, "林安娜");
  g_assert_cmpstr (card->id_number, ==, "DEU110000000001");
  g_assert_cmpstr (card->birth, ==, "1961-07-04");
  g_assert_cmpstr (card->valid_from, ==, "2018-03-01");
  g_assert_cmpstr (card->valid_to, ==, "2028-03-01");
  g_assert_cmpstr (card->issuer, ==, "1500");
  g_assert_cmpstr (nameless->name, ==, "LINDE, ANNA MARIA");
}

static void
test_encode_refused (void)
{
  BmCard card = sample ("王秀兰");
  g_autoptr (GError) error = NULL;
  g_autofree char *flood = g_strnfill (36, 'x');

  card.address = flood;
  g_assert_null (bm_card_encode (&card, &error));
  g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
  card = sample ("王秀兰");
  card.birth = (char *) "1948-3-12";
  g_assert_null (bm_card_encode (&card, NULL));
}

static void
test_random (void)
{
  GRand *rand = g_rand_new_with_seed (13);
  g_autoptr (GBytes) good = encode_sample ("王秀兰");
  guint accepted = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (good, NULL), BM_CARD_TEXT_LEN);
      guint changes = i % 2 ? 1 : BM_CARD_TEXT_LEN;
      for (guint k = 0; k < changes; k++)
        data[g_rand_int_range (rand, 0, BM_CARD_TEXT_LEN)] =
          (guint8) g_rand_int_range (rand, 0, 256);
      g_autoptr (GBytes) text = g_bytes_new (data, BM_CARD_TEXT_LEN);
      g_autoptr (GError) error = NULL;
      g_autoptr (BmCard) card = bm_card_parse (text, &error);
      g_assert_true ((card == NULL) == (error != NULL));
      if (card == NULL)
        continue;
      accepted++;
      g_assert_true (g_utf8_validate (card->name, -1, NULL));
      g_assert_true (g_utf8_validate (card->address, -1, NULL));
      g_assert_true (card->name[0] != '\0');
    }
  g_assert_cmpuint (accepted, >, 100); /* changed names and addresses are still cards */
  g_rand_free (rand);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/card/round-trip", test_round_trip);
  g_test_add_func ("/card/layout", test_layout);
  g_test_add_func ("/card/zero-padding", test_zero_padding);
  g_test_add_func ("/card/long-name-is-cut", test_long_name_is_cut);
  g_test_add_func ("/card/rare-characters", test_rare_characters);
  g_test_add_func ("/card/refused", test_refused);
  g_test_add_func ("/card/hmt-permit", test_hmt_permit);
  g_test_add_func ("/card/foreigner", test_foreigner);
  g_test_add_func ("/card/encode-refused", test_encode_refused);
  g_test_add_func ("/card/random", test_random);
  return g_test_run ();
}
