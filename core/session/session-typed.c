/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/people/id-number.h"
#include "core/session/session-private.h"
#include "core/session/typed.h"
#include "core/session/words.h"

#include <string.h>

/*
 * Questions that are answered on our own keys: numbers, and amounts (days: session-date.c). The page brings the bounds and the
 * sentences along, so that the face says at once what is wrong; here it is judged once more. What was
 * answered before, or did not do, stands in the digits when the page comes again.
 *
 * Invariant: a number that names a person (idno) is never given back to a page.
 */

typedef struct
{
  const char *type;
  guint min;
  guint max;
  gboolean has_x;
} Digits;

static const Digits digit_types[] = { { "idno", 18, 18, TRUE },
                                      { "phone", 7, 12, FALSE },
                                      { "ym", 6, 6, FALSE },
                                      { "doc", 4, 24, TRUE } };

static const Digits *
find_digits (json_t *field)
{
  for (gsize i = 0; i < G_N_ELEMENTS (digit_types); i++)
    if (strcmp (digit_types[i].type, bm_text_get (field, "type")) == 0)
      return &digit_types[i];
  return NULL;
}

BmPageId
bm_session_find_field_page (json_t *field)
{
  if (strcmp (bm_text_get (field, "type"), "money") == 0)
    return BM_PAGE_AMOUNT;
  if (strcmp (bm_text_get (field, "type"), "date") == 0)
    return BM_PAGE_DATE;
  if (strcmp (bm_text_get (field, "type"), "signature") == 0)
    return BM_PAGE_SIGN;
  if (strcmp (bm_text_get (field, "type"), "consent") == 0)
    return BM_PAGE_CONSENT;
  if (strcmp (bm_text_get (field, "type"), "photo") == 0)
    return BM_PAGE_PHOTO;
  if (strcmp (bm_text_get (field, "type"), "memo") == 0)
    return BM_PAGE_MEMO;
  if (strcmp (bm_text_get (field, "type"), "place") == 0)
    return BM_PAGE_PLACE;
  if (strcmp (bm_text_get (field, "type"), "slot") == 0)
    return BM_PAGE_SLOT;
  return find_digits (field) != NULL ? BM_PAGE_DIGITS : BM_PAGE_FIELD;
}

static const char *const not_right = NC_ ("page", "That is not right, please look once more.");

/* @problem: a message of context "page", static */
void
bm_session_set_problem (BmSession *self, const char *typed, const char *problem)
{
  self->problem = problem;
  bm_wipe_string (self->typed);
  self->typed = g_strdup (typed);
}

static void
set_input_text (json_t *page, const char *key, const char *text)
{
  json_object_set_new (json_object_get (page, "input"), key, json_string (text));
}

/* Numbers */

static void
build_digits (BmSession *self, json_t *page)
{
  json_t *field = bm_session_get_field (self);
  const Digits *digits = find_digits (field);

  g_assert (digits != NULL);
  bm_session_add_question (page, field);
  bm_page_set_input (page, bm_text_pick (json_object_get (field, "label")), digits->min,
                     digits->max);
  if (digits->has_x)
    json_object_set_new (json_object_get (page, "input"), "has_x", json_true ());
  if (strcmp (digits->type, "phone") == 0 && bm_session_get_answer (self, field) != NULL)
    set_input_text (page, "value", bm_session_get_answer (self, field));
  bm_session_add_problem (self, page);
  bm_session_add_skip (page, field);
}

static gboolean
is_phone (BmSession *self, const char *value)
{
  gsize length = strlen (value);

  if (length == 11 && value[0] == '1')
    return value[1] >= '3' || (self->setup->is_demo && g_str_has_prefix (value, "100"));
  return value[0] == '0' ? length >= 10 : length == 7 || length == 8;
}

/* The value as it is stored, or NULL: not possible. */
static char *
normalise (BmSession *self, json_t *field, const char *value)
{
  const char *type = bm_text_get (field, "type");
  gint32 today = bm_session_get_today (self);
  gboolean is_plain = strspn (value, "0123456789") == strlen (value);

  if (strcmp (type, "idno") == 0)
    return bm_id_verdict_is_acceptable (bm_id_number_check (value, today)) ? g_strdup (value)
                                                                           : NULL;
  if (strcmp (type, "doc") == 0)
    return strchr (value, '.') == NULL ? g_strdup (value) : NULL;
  if (!is_plain)
    return NULL;
  if (strcmp (type, "ym") == 0)
    {
      g_autofree char *first = g_strdup_printf ("%.4s-%.2s-01", value, value + 4);

      return bm_day_from_string (first) != BM_NO_DAY ? g_strndup (first, 7) : NULL;
    }
  return is_phone (self, value) ? g_strdup (value) : NULL;
}

static gboolean
take_digits (BmSession *self, const char *value)
{
  char *stored = normalise (self, bm_session_get_field (self), value);

  if (stored == NULL)
    {
      bm_session_set_problem (self, NULL, not_right);
      return TRUE;
    }
  bm_session_store_answer (self, stored);
  bm_wipe_string (stored);
  return TRUE;
}

const BmPageSpec bm_spec_digits = { .id = "digits",
                                    .template_name = "digits",
                                    .build = build_digits,
                                    .choose = bm_session_choose_field,
                                    .digits = take_digits,
                                    .back = bm_session_back_from_field,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };

/* Amounts: typed in yuan, kept in fen */

typedef struct
{
  gint64 least;
  gint64 most;
  gboolean has_fen;
  guint n_digits; /* of yuan: one more than the most has, so that a nought too many can be seen */
} Bounds;

static Bounds
get_bounds (json_t *field)
{
  json_t *least = json_object_get (field, "least");
  json_t *most = json_object_get (field, "most");
  Bounds bounds = { .least = json_integer_value (least) * 100,
                    .most = BM_AMOUNT_MAX_FEN,
                    .has_fen = json_is_true (json_object_get (field, "has_fen")),
                    .n_digits = 1 };

  if (least == NULL)
    bounds.least = bounds.has_fen ? 1 : 100;
  if (most != NULL)
    bounds.most = json_integer_value (most) * 100;
  for (gint64 rest = bounds.most / 100; rest > 0; rest /= 10)
    bounds.n_digits++;
  bounds.n_digits = MIN (bounds.n_digits, BM_AMOUNT_MAX_DIGITS);
  return bounds;
}

static char *
dup_problem (BmTypedState state, const Bounds *bounds)
{
  g_autofree char *least = bm_words_plain_amount (bounds->least);
  g_autofree char *most = bm_words_plain_amount (bounds->most);

  if (state == BM_TYPED_OVER)
    /* Translators: an amount of money, the most that may be typed. */
    return g_strdup_printf (C_ ("page", "At most %s.\nIs there a nought too many?"), most);
  if (state == BM_TYPED_UNDER)
    /* Translators: an amount of money, the least that may be typed. */
    return g_strdup_printf (C_ ("page", "At least %s.\nPlease look once more."), least);
  return g_strdup (C_ ("page", "That is not right, please look once more."));
}

/* As it was typed: 1200, 1200.5, 1200.05 */
static char *
dup_typed_amount (BmSession *self, json_t *field)
{
  const char *answer = bm_session_get_answer (self, field);
  gint64 fen = answer != NULL ? g_ascii_strtoll (answer, NULL, 10) : 0;

  if (self->typed != NULL)
    return g_strdup (self->typed);
  if (answer == NULL)
    return NULL;
  if (fen % 100 == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, fen / 100);
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%02d", fen / 100, (int) (fen % 100));
}

/* What is wrong with an amount is judged anew, since the page may be in another language by now. */
static void
add_amount_problem (BmSession *self, json_t *page, const Bounds *bounds)
{
  g_autofree char *problem = NULL;
  gint64 fen;

  if (self->problem == NULL)
    return;
  problem = dup_problem (self->typed != NULL
                           ? bm_typed_check_amount (self->typed, bounds->least, bounds->most, &fen)
                           : BM_TYPED_WRONG,
                         bounds);
  set_input_text (page, "problem", problem);
  bm_page_say_first (page, problem);
}

static void
build_amount (BmSession *self, json_t *page)
{
  json_t *field = bm_session_get_field (self);
  Bounds bounds = get_bounds (field);
  g_autofree char *typed = dup_typed_amount (self, field);
  g_autofree char *from = g_strdup_printf ("%" G_GINT64_FORMAT, bounds.least);
  g_autofree char *to = g_strdup_printf ("%" G_GINT64_FORMAT, bounds.most);
  g_autofree char *under = dup_problem (BM_TYPED_UNDER, &bounds);
  g_autofree char *over = dup_problem (BM_TYPED_OVER, &bounds);

  bm_session_add_question (page, field);
  bm_page_set_input (page, bm_text_pick (json_object_get (field, "label")), 1,
                     bounds.n_digits + (bounds.has_fen ? 3 : 0));
  if (bounds.has_fen)
    json_object_set_new (json_object_get (page, "input"), "has_point", json_true ());
  bm_page_set_bounds (page, from, to);
  bm_page_set_complaints (page, under, over,
                          C_ ("page", "That is not right, please look once more."));
  if (typed != NULL)
    set_input_text (page, "value", typed);
  add_amount_problem (self, page, &bounds);
  bm_session_add_skip (page, field);
}

static gboolean
take_amount (BmSession *self, const char *value)
{
  Bounds bounds = get_bounds (bm_session_get_field (self));
  gint64 fen;
  BmTypedState state = bm_typed_check_amount (value, bounds.least, bounds.most, &fen);

  if (state == BM_TYPED_RIGHT && (bounds.has_fen || fen % 100 == 0))
    {
      g_autofree char *stored = g_strdup_printf ("%" G_GINT64_FORMAT, fen);

      bm_session_store_answer (self, stored);
    }
  else
    bm_session_set_problem (self, value, not_right);
  return TRUE;
}

const BmPageSpec bm_spec_amount = { .id = "amount",
                                    .template_name = "amount",
                                    .build = build_amount,
                                    .choose = bm_session_choose_field,
                                    .digits = take_amount,
                                    .back = bm_session_back_from_field,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };
