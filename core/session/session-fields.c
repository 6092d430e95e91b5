/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/conditions.h"
#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/people/id-number.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * The questions of a service, one a page, and the read-back. Nobody types words: a field is picked or
 * made of digits. Up to three answers act at once; four and more are chosen, heard, then 下一步. A
 * question may depend on earlier answers ("asked_when"): what is not asked any more is forgotten, so
 * that nothing stands in the matter that the person was not shown last.
 */

#define ACT_AT_ONCE 3

typedef struct
{
  const char *type;
  guint min;
  guint max;
  gboolean has_x;
} Digits;

static const Digits digit_types[] = { { "idno", 18, 18, TRUE }, { "phone", 7, 12, FALSE },
                                      { "date", 8, 8, FALSE },  { "ym", 6, 6, FALSE },
                                      { "money", 1, 9, FALSE }, { "doc", 4, 24, TRUE } };

static const Digits *
find_digits (json_t *field)
{
  const char *type = json_string_value (json_object_get (field, "type"));

  for (gsize i = 0; i < G_N_ELEMENTS (digit_types); i++)
    if (strcmp (digit_types[i].type, type) == 0)
      return &digit_types[i];
  return NULL;
}

static gboolean
is_asked (BmSession *self, json_t *field)
{
  json_t *conditions = json_object_get (field, "asked_when");

  return json_object_get (field, "question") != NULL &&
         (conditions == NULL || bm_conditions_hold (conditions, self->fields));
}

json_t *
bm_session_get_asked (BmSession *self, guint index)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    if (is_asked (self, field) && index-- == 0)
      return field;
  }
  return NULL;
}

/* In the order of the file, so that a condition is judged after what it depends on. */
static void
forget_unasked (BmSession *self)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    if (json_object_get (field, "question") != NULL && !is_asked (self, field))
      json_object_del (self->fields, json_string_value (json_object_get (field, "id")));
  }
}

static json_t *
get_field (BmSession *self)
{
  return bm_session_get_asked (self, self->field);
}

static const char *
get_value (BmSession *self, json_t *field)
{
  return json_string_value (
    json_object_get (self->fields, json_string_value (json_object_get (field, "id"))));
}

static void
show_field (BmSession *self)
{
  json_t *field = get_field (self);

  g_assert (field != NULL);
  g_clear_pointer (&self->problem, bm_wipe_string);
  g_clear_pointer (&self->chosen, bm_wipe_string);
  self->chosen = g_strdup (get_value (self, field));
  bm_session_go (self, find_digits (field) != NULL ? BM_PAGE_DIGITS : BM_PAGE_FIELD);
}

void
bm_session_begin_fields (BmSession *self, gboolean from_end)
{
  if (self->fields == NULL)
    self->fields = json_object ();
  self->field = 0;
  while (from_end && bm_session_get_asked (self, self->field + 1) != NULL)
    self->field++;
  show_field (self);
}

static void
store (BmSession *self, const char *value)
{
  const char *id = json_string_value (json_object_get (get_field (self), "id"));

  if (value != NULL)
    json_object_set_new (self->fields, id, json_string (value));
  else
    json_object_del (self->fields, id);
  forget_unasked (self);
  self->was_forgotten = FALSE;
  if (bm_session_is_anonymous (self))
    bm_session_forget_name (self);
  if (bm_session_get_asked (self, self->field + 1) != NULL)
    {
      self->field++;
      show_field (self);
    }
  else
    bm_session_next_step (self);
}

static void
back_from_field (BmSession *self)
{
  if (self->field == 0)
    {
      bm_session_previous_step (self);
      return;
    }
  self->field--;
  show_field (self);
}

static void
add_skip (json_t *page, json_t *field)
{
  if (json_is_true (json_object_get (field, "optional")))
    bm_page_add_choice (page, "skip", "next", C_ ("choice", "Leave it out"), NULL);
}

static void
add_question (json_t *page, json_t *field)
{
  bm_page_set_question (page, bm_text_pick (json_object_get (field, "question")), FALSE);
  bm_page_say_also (page, bm_text_pick (json_object_get (field, "spoken")));
}

/* Pick one */

static void
add_code (BmSession *self, json_t *page, json_t *code)
{
  const char *value = json_string_value (json_object_get (code, "code"));
  g_autofree char *id = g_strconcat ("code:", value, NULL);
  json_t *choice = bm_page_add_choice (page, id, json_string_value (json_object_get (code, "icon")),
                                       bm_text_pick (json_object_get (code, "label")), NULL);

  if (g_strcmp0 (self->chosen, value) == 0)
    json_object_set_new (choice, "state", json_string ("chosen"));
}

/* What one expects comes first; it is not chosen for anybody. */
static gboolean
is_first (BmSession *self, json_t *code)
{
  return bm_conditions_hold (json_object_get (code, "first_when"), self->fields);
}

static void
build_field (BmSession *self, json_t *page)
{
  json_t *field = get_field (self);
  json_t *codes = json_object_get (field, "codes");
  json_t *code;
  gsize i;

  add_question (page, field);
  if (self->was_forgotten)
    bm_page_add_line (page, "eye-shut",
                      C_ ("page", "Without a name. The card that was read\nis not kept with this."),
                      FALSE);
  json_array_foreach (codes, i, code)
  {
    if (is_first (self, code))
      add_code (self, page, code);
  }
  json_array_foreach (codes, i, code)
  {
    if (!is_first (self, code))
      add_code (self, page, code);
  }
  if (codes == NULL)
    {
      bm_page_add_choice (page, "code:yes", "yes", C_ ("choice", "Yes"), NULL);
      bm_page_add_choice (page, "code:no", "no", C_ ("choice", "No"), NULL);
    }
  add_skip (page, field);
  if (json_array_size (codes) > ACT_AT_ONCE && self->chosen != NULL)
    json_object_set_new (json_object_get (page, "frame"), "next",
                         json_string (C_ ("frame", "Next")));
}

static gboolean
choose_field (BmSession *self, const char *choice)
{
  json_t *field = get_field (self);
  const char *value = choice + strlen ("code:");

  if (strcmp (choice, "skip") == 0)
    store (self, NULL);
  else if (json_array_size (json_object_get (field, "codes")) <= ACT_AT_ONCE)
    store (self, value);
  else
    {
      g_free (self->chosen);
      self->chosen = g_strdup (value);
    }
  return TRUE;
}

static void
next_field (BmSession *self)
{
  g_autofree char *value = g_strdup (self->chosen);

  store (self, value);
}

const BmPageSpec bm_spec_field = { .id = "field",
                                   .template_name = "choice",
                                   .build = build_field,
                                   .choose = choose_field,
                                   .next = next_field,
                                   .back = back_from_field,
                                   .can_end = TRUE,
                                   .is_personal = TRUE };

/* Type digits */

static void
build_digits (BmSession *self, json_t *page)
{
  json_t *field = get_field (self);
  const Digits *digits = find_digits (field);
  json_t *input;

  add_question (page, field);
  bm_page_set_input (page, bm_text_pick (json_object_get (field, "label")), digits->min,
                     digits->max);
  input = json_object_get (page, "input");
  if (digits->has_x)
    json_object_set_new (input, "has_x", json_true ());
  if (self->problem != NULL)
    {
      json_object_set_new (input, "problem", json_string (self->problem));
      bm_page_say_first (page, self->problem);
    }
  add_skip (page, field);
}

static char *
normalise_date (const char *value, const char *rule, gint32 today)
{
  g_autofree char *text = g_strdup_printf ("%.4s-%.2s-%.2s", value, value + 4, value + 6);
  gint32 day = bm_day_from_string (text);

  if (day == BM_NO_DAY || (g_strcmp0 (rule, "past") == 0 && day > today) ||
      (g_strcmp0 (rule, "future") == 0 && day < today))
    return NULL;
  return g_steal_pointer (&text);
}

static gboolean
is_phone (BmSession *self, const char *value)
{
  gsize length = strlen (value);

  if (strspn (value, "0123456789") != length)
    return FALSE;
  if (length == 11 && value[0] == '1')
    return value[1] >= '3' || (self->setup->is_demo && g_str_has_prefix (value, "100"));
  return value[0] == '0' ? length >= 10 : length == 7 || length == 8;
}

/* The value as it is stored, or NULL: not possible. */
static char *
normalise (BmSession *self, json_t *field, const char *value)
{
  const char *type = json_string_value (json_object_get (field, "type"));
  const char *rule = json_string_value (json_object_get (field, "rule"));
  gint32 today = bm_session_get_today (self);
  gboolean is_plain = strspn (value, "0123456789") == strlen (value);

  if (strcmp (type, "date") == 0)
    return is_plain ? normalise_date (value, rule, today) : NULL;
  if (strcmp (type, "ym") == 0)
    {
      g_autofree char *first = g_strconcat (value, "01", NULL);
      g_autofree char *day = is_plain ? normalise_date (first, NULL, today) : NULL;

      return day != NULL ? g_strndup (day, 7) : NULL;
    }
  if (strcmp (type, "idno") == 0)
    return bm_id_verdict_is_acceptable (bm_id_number_check (value, today)) ? g_strdup (value)
                                                                           : NULL;
  if (strcmp (type, "phone") == 0)
    return is_phone (self, value) ? g_strdup (value) : NULL;
  if (strcmp (type, "money") == 0)
    return is_plain ? g_strconcat (value, "00", NULL) : NULL; /* typed in yuan, stored in fen */
  return g_strdup (value);
}

static gboolean
take_digits (BmSession *self, const char *value)
{
  char *stored = normalise (self, get_field (self), value);

  if (stored == NULL)
    {
      bm_wipe_string (self->problem);
      self->problem = g_strdup (C_ ("page", "That is not right, please look once more."));
      return TRUE;
    }
  store (self, stored);
  bm_wipe_string (stored);
  return TRUE;
}

const BmPageSpec bm_spec_digits = { .id = "digits",
                                    .template_name = "digits",
                                    .build = build_digits,
                                    .choose = choose_field,
                                    .digits = take_digits,
                                    .back = back_from_field,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };

/* Read back */

static const char *
get_code_label (json_t *field, const char *value)
{
  json_t *code;
  gsize i;

  json_array_foreach (json_object_get (field, "codes"), i, code)
  {
    if (g_strcmp0 (json_string_value (json_object_get (code, "code")), value) == 0)
      return bm_text_pick (json_object_get (code, "label"));
  }
  return value;
}

/* The words for the code @value of a field, or @value. */
const char *
bm_session_get_code_label (json_t *service, const char *id, const char *value)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (g_strcmp0 (json_string_value (json_object_get (field, "id")), id) == 0)
      return get_code_label (field, value);
  }
  return value;
}

/* A value as one shows it; numbers that name a person are masked. */
static char *
dup_shown_value (BmSession *self, json_t *field)
{
  const char *type = json_string_value (json_object_get (field, "type"));
  const char *value = get_value (self, field);

  if (value == NULL)
    return g_strdup (C_ ("fact", "left out"));
  if (strcmp (type, "code") == 0)
    return g_strdup (get_code_label (field, value));
  if (strcmp (type, "bool") == 0)
    return g_strdup (strcmp (value, "yes") == 0 ? C_ ("choice", "Yes") : C_ ("choice", "No"));
  if (strcmp (type, "idno") == 0)
    return bm_id_number_mask (value);
  if (strcmp (type, "date") == 0)
    return bm_words_full_date (bm_day_from_string (value));
  return g_strdup (value);
}

static void
build_readback (BmSession *self, json_t *page)
{
  json_t *field;

  bm_page_set_question (page, C_ ("page", "Please listen:\nis it right?"), FALSE);
  if (bm_session_is_hidden (self))
    json_object_set_new (page, "is_private", json_true ()); /* said only when asked: 读给我听 */
  for (guint i = 0; i < 12 && (field = bm_session_get_asked (self, i)) != NULL; i++)
    {
      g_autofree char *value = dup_shown_value (self, field);

      bm_page_add_fact (page, bm_text_pick (json_object_get (field, "label")), value);
    }
  bm_page_add_choice (page, "right", "yes", C_ ("choice", "Right, hand it in"), "primary");
  if (bm_catalogue_has_step (self->service, "fields"))
    bm_page_add_choice (page, "change", "back", C_ ("choice", "Change something"), NULL);
  bm_page_add_choice (page, "stop", "no", C_ ("choice", "Do not hand it in"), NULL);
}

/* Back to the first question; whoever was identified stays so. */
static void
change_from_readback (BmSession *self)
{
  self->step = (guint) bm_catalogue_find_step (self->service, "fields");
  bm_session_begin_fields (self, FALSE);
}

static gboolean
choose_readback (BmSession *self, const char *choice)
{
  if (strcmp (choice, "right") == 0)
    bm_session_next_step (self);
  else if (strcmp (choice, "stop") == 0)
    bm_session_close (self, "declined");
  else
    {
      change_from_readback (self);
    }
  return TRUE;
}

const BmPageSpec bm_spec_readback = { .id = "readback",
                                      .template_name = "readback",
                                      .build = build_readback,
                                      .choose = choose_readback,
                                      .back = bm_session_previous_step,
                                      .can_end = TRUE,
                                      .is_personal = TRUE };
