/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-card"

#include "core/people/card.h"

#include "core/crypto/crypto.h"
#include "core/error.h"
#include "core/people/id-number.h"
#include "core/people/name.h"

#include <string.h>

/*
 * The text block of an ID card: 256 bytes of UTF-16LE in fixed fields, padded with blanks or zeros.
 * Offsets and lengths are in bytes.
 *
 *   citizen, and permit of Hong Kong, Macau, Taiwan     foreigner 2017
 *     0 30 name      122 36 number                       0 120 English name   188 16 issued
 *    30  2 sex       158 30 issuer                     120   2 sex            204 16 expires
 *    32  4 ethnic    188 16 valid from                 122  30 number         220 16 birth
 *    36 16 birth     204 16 valid to                   152   6 nationality    236  4 version
 *    52 70 address   220 36 reserved                   158  30 Chinese name   240  8 authority
 *   248  2 type flag: blank citizen, J permit, I foreigner
 *
 * An unknown flag is not guessed at: its layout may be another one.
 */

#define UNITS     (BM_CARD_TEXT_LEN / 2)
#define FLAG_AT   248
#define LONG_TERM "长期"

typedef struct
{
  guint16 at;
  guint16 len;
} Field;

static const Field name_field = { 0, 30 };
static const Field sex_field = { 30, 2 };
static const Field ethnic_field = { 32, 4 };
static const Field birth_field = { 36, 16 };
static const Field address_field = { 52, 70 };
static const Field number_field = { 122, 36 };
static const Field issuer_field = { 158, 30 };
static const Field valid_from_field = { 188, 16 };
static const Field valid_to_field = { 204, 16 };

static const Field foreign_name_field = { 0, 120 };
static const Field foreign_sex_field = { 120, 2 };
static const Field foreign_number_field = { 122, 30 };
static const Field foreign_chinese_field = { 158, 30 };
static const Field foreign_birth_field = { 220, 16 };
static const Field foreign_authority_field = { 240, 8 };

static BmCard *
set_invalid (GError **error, const char *what)
{
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, what);
  return NULL;
}

static gboolean
is_padding (gunichar2 unit)
{
  return unit == 0 || unit == ' ' || unit == 0x3000;
}

/* Trimmed UTF-8 of a field; NULL when it has controls or broken surrogates. @ret_full tells whether
 * the field's last unit is used. A surrogate that the cut left alone is dropped. */
static char *
read_field (const guint8 *text, const Field *field, gboolean *ret_full)
{
  gunichar2 units[UNITS];
  glong len = field->len / 2;

  for (glong i = 0; i < len; i++)
    units[i] = (gunichar2) (text[field->at + 2 * i] | text[field->at + 2 * i + 1] << 8);
  if (ret_full != NULL)
    *ret_full = !is_padding (units[len - 1]);
  if (units[len - 1] >= 0xd800 && units[len - 1] <= 0xdbff)
    len--;
  while (len > 0 && is_padding (units[len - 1]))
    len--;
  glong from = 0;
  while (from < len && is_padding (units[from]))
    from++;
  for (glong i = from; i < len; i++)
    if (units[i] < ' ' || units[i] == 0x7f || units[i] >= 0xfffe)
      return NULL;
  char *utf8 = g_utf16_to_utf8 (units + from, len - from, NULL, NULL, NULL);
  bm_wipe (units, sizeof units);
  return utf8;
}

/* YYYYMMDD -> YYYY-MM-DD, or NULL when there is no such day. */
static char *
read_date (const guint8 *text, const Field *field)
{
  g_autofree char *raw = read_field (text, field, NULL);

  if (raw == NULL || strlen (raw) != 8)
    return NULL;
  g_autofree char *date = g_strdup_printf ("%.4s-%.2s-%.2s", raw, raw + 4, raw + 6);
  return bm_day_from_string (date) != BM_NO_DAY ? g_steal_pointer (&date) : NULL;
}

static char *
read_valid_to (const guint8 *text)
{
  g_autofree char *raw = read_field (text, &valid_to_field, NULL);

  if (g_strcmp0 (raw, LONG_TERM) == 0)
    return g_steal_pointer (&raw);
  return read_date (text, &valid_to_field);
}

static gboolean
is_sex (const char *sex)
{
  return sex != NULL && strlen (sex) == 1 && strchr ("0129", sex[0]) != NULL;
}

static gboolean
is_ethnic (const char *ethnic)
{
  return ethnic[0] == '\0' ||
         (strlen (ethnic) == 2 && g_ascii_isdigit (ethnic[0]) && g_ascii_isdigit (ethnic[1]));
}

/* Takes the fields as they are; NULL ones are judged by the caller. */
static void
take_name (BmCard *self, const guint8 *text, const Field *field)
{
  char *raw = read_field (text, field, &self->is_name_cut);

  if (raw != NULL)
    self->name = bm_name_normalise (raw);
  bm_wipe_string (raw);
}

static BmCard *
card_alloc (BmCardKind kind)
{
  BmCard *self = g_new0 (BmCard, 1);

  self->ref_count = 1;
  self->kind = kind;
  return self;
}

static gboolean
is_number_of (const char *number, const char *birth)
{
  if (number == NULL || !bm_id_verdict_is_acceptable (bm_id_number_check (number, BM_NO_DAY)))
    return FALSE;
  return bm_id_number_get_birth (number) == bm_day_from_string (birth);
}

static BmCard *
parse_resident (const guint8 *text, BmCardKind kind, GError **error)
{
  g_autoptr (BmCard) self = card_alloc (kind);

  take_name (self, text, &name_field);
  self->sex = read_field (text, &sex_field, NULL);
  self->ethnic = kind == BM_CARD_CITIZEN ? read_field (text, &ethnic_field, NULL) : g_strdup ("");
  self->birth = read_date (text, &birth_field);
  self->address = read_field (text, &address_field, NULL);
  self->id_number = read_field (text, &number_field, NULL);
  self->issuer = read_field (text, &issuer_field, NULL);
  self->valid_from = read_date (text, &valid_from_field);
  self->valid_to = read_valid_to (text);

  if (self->name == NULL || self->name[0] == '\0')
    return set_invalid (error, "the card has no readable name");
  if (!is_sex (self->sex) || self->ethnic == NULL || !is_ethnic (self->ethnic))
    return set_invalid (error, "the card has no readable sex or ethnic code");
  if (self->birth == NULL || self->valid_from == NULL || self->valid_to == NULL)
    return set_invalid (error, "a date on the card does not exist");
  if (self->address == NULL || self->issuer == NULL)
    return set_invalid (error, "the card has no readable address or issuer");
  if (!is_number_of (self->id_number, self->birth))
    return set_invalid (error, "the card's number does not check");
  return g_steal_pointer (&self);
}

static gboolean
is_foreign_number (const char *number)
{
  if (number == NULL || strlen (number) != 15)
    return FALSE;
  for (guint i = 0; i < 15; i++)
    if (i < 3 ? !g_ascii_isupper (number[i]) : !g_ascii_isdigit (number[i]))
      return FALSE;
  return TRUE;
}

static BmCard *
parse_foreigner (const guint8 *text, GError **error)
{
  g_autoptr (BmCard) self = card_alloc (BM_CARD_FOREIGNER);

  take_name (self, text, &foreign_chinese_field);
  if (self->name == NULL || self->name[0] == '\0')
    {
      g_clear_pointer (&self->name, bm_wipe_string);
      take_name (self, text, &foreign_name_field);
    }
  self->sex = read_field (text, &foreign_sex_field, NULL);
  self->ethnic = g_strdup ("");
  self->birth = read_date (text, &foreign_birth_field);
  self->address = g_strdup ("");
  self->id_number = read_field (text, &foreign_number_field, NULL);
  self->issuer = read_field (text, &foreign_authority_field, NULL);
  self->valid_from = read_date (text, &valid_from_field);
  self->valid_to = read_date (text, &valid_to_field);

  if (self->name == NULL || self->name[0] == '\0')
    return set_invalid (error, "the card has no readable name");
  if (!is_sex (self->sex) || self->issuer == NULL)
    return set_invalid (error, "the card has no readable sex or authority");
  if (self->birth == NULL || self->valid_from == NULL || self->valid_to == NULL)
    return set_invalid (error, "a date on the card does not exist");
  if (!is_foreign_number (self->id_number))
    return set_invalid (error, "the card's number has another form");
  return g_steal_pointer (&self);
}

static BmCard *
make_named (BmCardKind kind, const char *name, const char *number, GError **error)
{
  g_autoptr (BmCard) self = card_alloc (kind);

  if (!bm_id_verdict_is_acceptable (bm_id_number_check (number, BM_NO_DAY)))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_UNSUPPORTED,
                           "the card's number is no ID number");
      return NULL;
    }
  self->name = bm_name_normalise (name);
  if (self->name == NULL || self->name[0] == '\0')
    return set_invalid (error, "the card has no readable name");
  self->id_number = g_strdup (number);
  self->sex = g_strdup_printf ("%c", bm_id_number_get_sex (number));
  self->birth = bm_day_to_string (bm_id_number_get_birth (number));
  self->valid_to = g_strdup ("");
  self->ethnic = g_strdup ("");
  self->address = g_strdup ("");
  self->issuer = g_strdup ("");
  self->valid_from = g_strdup ("");
  return g_steal_pointer (&self);
}

/**
 * bm_card_new_social:
 * @name: as the card has it
 * @number: its social-security number, which is the ID number
 * @valid_to: YYYY-MM-DD, or "" when the card does not say
 * @error: %BM_ERROR_INVALID without a name, %BM_ERROR_UNSUPPORTED when the number is no ID number
 *
 * Makes a social-security card's card. Sex and birth are those of the number.
 *
 * Returns: (transfer full): the card
 */
BmCard *
bm_card_new_social (const char *name, const char *number, const char *valid_to, GError **error)
{
  BmCard *self;

  g_return_val_if_fail (name != NULL && number != NULL && valid_to != NULL, NULL);

  self = make_named (BM_CARD_SOCIAL, name, number, error);
  if (self == NULL || bm_day_from_string (valid_to) == BM_NO_DAY)
    return self;
  g_free (self->valid_to);
  self->valid_to = g_strdup (valid_to);
  return self;
}

/**
 * bm_card_new_named:
 * @name: who it is
 * @number: the ID number
 * @address: where they live, or ""
 * @error: %BM_ERROR_INVALID without a name, %BM_ERROR_UNSUPPORTED when that is no ID number
 *
 * Makes the card of somebody whose card was not read. Sex and birth are those of the number.
 *
 * Returns: (transfer full): the card
 */
BmCard *
bm_card_new_named (const char *name, const char *number, const char *address, GError **error)
{
  BmCard *self;

  g_return_val_if_fail (name != NULL && number != NULL && address != NULL, NULL);

  self = make_named (BM_CARD_CITIZEN, name, number, error);
  if (self == NULL)
    return NULL;
  g_free (self->address);
  self->address = g_strdup (address);
  return self;
}

BmCard *
bm_card_parse (GBytes *text, GError **error)
{
  gsize len = 0;

  g_return_val_if_fail (text != NULL, NULL);

  const guint8 *data = g_bytes_get_data (text, &len);
  if (len != BM_CARD_TEXT_LEN)
    return set_invalid (error, "a card's text block has 256 bytes");
  gunichar2 flag = (gunichar2) (data[FLAG_AT] | data[FLAG_AT + 1] << 8);
  switch (flag)
    {
    case 0:
    case ' ':
      return parse_resident (data, BM_CARD_CITIZEN, error);
    case 'J':
      return parse_resident (data, BM_CARD_HMT_PERMIT, error);
    case 'I':
      return parse_foreigner (data, error);
    default:
      g_set_error_literal (error, BM_ERROR, BM_ERROR_UNSUPPORTED, "unknown kind of card");
      return NULL;
    }
}

/**
 * bm_card_ref:
 * @self: a card
 *
 * Takes a reference; from any thread.
 *
 * Returns: (transfer full): @self
 */
BmCard *
bm_card_ref (BmCard *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * bm_card_unref:
 * @self: (transfer full): a card
 *
 * Drops a reference; the last one wipes everything.
 */
void
bm_card_unref (BmCard *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  bm_wipe_string (self->name);
  bm_wipe_string (self->sex);
  bm_wipe_string (self->ethnic);
  bm_wipe_string (self->birth);
  bm_wipe_string (self->address);
  bm_wipe_string (self->id_number);
  bm_wipe_string (self->issuer);
  bm_wipe_string (self->valid_from);
  bm_wipe_string (self->valid_to);
  g_free (self);
}

/* Writes @value into a field; a longer one is cut when @can_cut, as the issuing office does. */
static gboolean
write_field (guint8 *text, const Field *field, const char *value, gboolean can_cut)
{
  glong units_len = 0;
  g_autofree gunichar2 *units =
    g_utf8_to_utf16 (value != NULL ? value : "", -1, NULL, &units_len, NULL);

  if (units == NULL || (units_len > field->len / 2 && !can_cut))
    return FALSE;
  for (glong i = 0; i < MIN (units_len, field->len / 2); i++)
    {
      text[field->at + 2 * i] = (guint8) (units[i] & 0xff);
      text[field->at + 2 * i + 1] = (guint8) (units[i] >> 8);
    }
  return TRUE;
}

/* YYYY-MM-DD -> YYYYMMDD; 长期 stays. */
static gboolean
write_date (guint8 *text, const Field *field, const char *date)
{
  if (g_strcmp0 (date, LONG_TERM) == 0)
    return write_field (text, field, date, FALSE);
  if (bm_day_from_string (date) == BM_NO_DAY)
    return FALSE;
  g_autofree char *raw = g_strdup_printf ("%.4s%.2s%.2s", date, date + 5, date + 8);
  return write_field (text, field, raw, FALSE);
}

/**
 * bm_card_encode:
 * @self: a citizen's card
 * @error: %BM_ERROR_INVALID when a value does not fit
 *
 * Writes the text block, as a chip would hold it: a long name is cut to 15 units.
 *
 * Returns: (transfer full): 256 bytes
 */
GBytes *
bm_card_encode (const BmCard *self, GError **error)
{
  guint8 text[BM_CARD_TEXT_LEN];

  g_return_val_if_fail (self != NULL && self->kind == BM_CARD_CITIZEN, NULL);

  for (guint i = 0; i < BM_CARD_TEXT_LEN; i += 2)
    {
      text[i] = ' ';
      text[i + 1] = 0;
    }
  gboolean ok = write_field (text, &name_field, self->name, TRUE) &&
                write_field (text, &sex_field, self->sex, FALSE) &&
                write_field (text, &ethnic_field, self->ethnic, FALSE) &&
                write_date (text, &birth_field, self->birth) &&
                write_field (text, &address_field, self->address, FALSE) &&
                write_field (text, &number_field, self->id_number, FALSE) &&
                write_field (text, &issuer_field, self->issuer, FALSE) &&
                write_date (text, &valid_from_field, self->valid_from) &&
                write_date (text, &valid_to_field, self->valid_to);
  GBytes *bytes = ok ? g_bytes_new (text, sizeof text) : NULL;
  bm_wipe (text, sizeof text);
  if (bytes == NULL)
    g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, "a value does not fit on a card");
  return bytes;
}
