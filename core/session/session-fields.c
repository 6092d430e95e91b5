/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/conditions.h"
#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/people/id-number.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/*
 * The questions of a service, one a page, and the read-back. Nobody types words: a field is picked or
 * made of digits. Up to three answers act at once; four and more are chosen, heard, then 下一步. A
 * question may depend on earlier answers ("asked_when"): what is not asked any more is forgotten, so
 * that nothing stands in the matter that the person was not shown last.
 */

#define ACT_AT_ONCE 3

static gboolean
is_memo (json_t *field)
{
  return strcmp (bm_text_get (field, "type"), "memo") == 0;
}

/* What follows from the age is not asked, but it is said with what was answered. */
static gboolean
is_band (json_t *field)
{
  return strcmp (bm_text_get (field, "from"), "age.band") == 0;
}

static gboolean
is_asked (BmSession *self, json_t *field)
{
  json_t *conditions = json_object_get (field, "asked_when");

  if (is_memo (field) && !bm_session_may_speak (self, field))
    return FALSE;
  return json_object_get (field, "question") != NULL && bm_session_is_agreed (self, field) &&
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
    if (json_object_get (field, "question") == NULL || is_asked (self, field))
      continue;
    json_object_del (self->fields, json_string_value (json_object_get (field, "id")));
    if (is_memo (field))
      bm_session_forget_memo (self);
  }
}

json_t *
bm_session_find_field (BmSession *self, const char *id)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    if (g_strcmp0 (bm_text_get (field, "id"), id) == 0)
      return field;
  }
  return NULL;
}

json_t *
bm_session_get_field (BmSession *self)
{
  json_t *letter = bm_session_get_letter (self);

  return letter != NULL ? letter : bm_session_get_asked (self, self->field);
}

const char *
bm_session_get_answer (BmSession *self, json_t *field)
{
  return json_string_value (
    json_object_get (self->fields, json_string_value (json_object_get (field, "id"))));
}

void
bm_session_show_field (BmSession *self)
{
  json_t *field = bm_session_get_field (self);

  g_assert (field != NULL);
  self->problem = NULL;
  g_clear_pointer (&self->typed, bm_wipe_string);
  g_clear_pointer (&self->chosen, bm_wipe_string);
  self->chosen = g_strdup (bm_session_get_answer (self, field));
  if (bm_session_find_field_page (field) == BM_PAGE_PLACE)
    bm_session_begin_place (self);
  if (bm_session_find_field_page (field) == BM_PAGE_PHOTO)
    bm_session_go (self, bm_session_find_photo_page (self, field));
  else if (is_memo (field))
    bm_session_go (self, bm_session_find_memo_page (self));
  else
    bm_session_go (self, bm_session_find_field_page (field));
}

static void
reckon_bands (BmSession *self)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    if (is_band (field))
      json_object_set_new (self->fields, bm_text_get (field, "id"),
                           bm_session_dup_age_band (self, field));
  }
}

void
bm_session_begin_fields (BmSession *self, gboolean from_end)
{
  if (self->fields == NULL)
    self->fields = json_object ();
  reckon_bands (self);
  self->field = 0;
  while (from_end && bm_session_get_asked (self, self->field + 1) != NULL)
    self->field++;
  bm_session_show_field (self);
}

/* @value: as it is kept, or NULL: left out. Goes on to the next question. */
void
bm_session_store_answer (BmSession *self, const char *value)
{
  const char *id = json_string_value (json_object_get (bm_session_get_field (self), "id"));

  if (bm_session_get_letter (self) != NULL)
    {
      bm_session_store_letter (self, value);
      return;
    }
  if (value != NULL)
    json_object_set_new (self->fields, id, json_string (value));
  else
    json_object_del (self->fields, id);
  forget_unasked (self);
  self->was_forgotten = FALSE;
  if (bm_session_is_behalf (self) && bm_session_is_anonymous (self))
    {
      json_object_del (self->fields, id);
      bm_session_go (self, BM_PAGE_BEHALF_NAMELESS);
      return;
    }
  if (bm_session_is_anonymous (self))
    bm_session_forget_name (self);
  if (bm_session_begin_stop (self))
    return;
  if (bm_session_get_asked (self, self->field + 1) != NULL)
    {
      self->field++;
      bm_session_show_field (self);
    }
  else
    bm_session_next_step (self);
}

void
bm_session_back_from_field (BmSession *self)
{
  if (bm_session_get_letter (self) != NULL)
    {
      bm_session_leave_letter (self);
      return;
    }
  if (self->field == 0)
    {
      bm_session_previous_step (self);
      return;
    }
  self->field--;
  bm_session_show_field (self);
}

void
bm_session_add_skip (json_t *page, json_t *field)
{
  if (json_is_true (json_object_get (field, "optional")))
    bm_page_add_choice (page, "skip", "next", C_ ("choice", "Leave it out"), NULL);
}

void
bm_session_add_question (json_t *page, json_t *field)
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
  json_t *field = bm_session_get_field (self);
  json_t *codes = json_object_get (field, "codes");
  json_t *code;
  gsize i;

  bm_session_add_question (page, field);
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
  bm_session_add_skip (page, field);
  if (json_array_size (codes) > ACT_AT_ONCE && self->chosen != NULL)
    json_object_set_new (json_object_get (page, "frame"), "next",
                         json_string (C_ ("frame", "Next")));
}

gboolean
bm_session_choose_field (BmSession *self, const char *choice)
{
  json_t *field = bm_session_get_field (self);
  const char *value = choice + strlen ("code:");

  if (strcmp (choice, "skip") == 0)
    bm_session_store_answer (self, NULL);
  else if (json_array_size (json_object_get (field, "codes")) <= ACT_AT_ONCE)
    bm_session_store_answer (self, value);
  else
    {
      g_free (self->chosen);
      self->chosen = g_strdup (value);
    }
  return TRUE;
}

void
bm_session_store_chosen (BmSession *self)
{
  g_autofree char *value = g_strdup (self->chosen);

  bm_session_store_answer (self, value);
}

const BmPageSpec bm_spec_field = { .id = "field",
                                   .template_name = "choice",
                                   .build = build_field,
                                   .choose = bm_session_choose_field,
                                   .next = bm_session_store_chosen,
                                   .back = bm_session_back_from_field,
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

/* A value as one shows it. */
static char *
dup_words (BmSession *self, json_t *field, const char *value, json_t *places)
{
  const char *type = json_string_value (json_object_get (field, "type"));

  if (strcmp (type, "code") == 0)
    return g_strdup (get_code_label (field, value));
  if (strcmp (type, "bool") == 0)
    return g_strdup (strcmp (value, "yes") == 0 ? C_ ("choice", "Yes") : C_ ("choice", "No"));
  if (strcmp (type, "date") == 0)
    return bm_words_full_date (bm_day_from_string (value));
  if (strcmp (type, "place") == 0)
    return bm_session_dup_place_words (self, value, places);
  if (strcmp (type, "slot") == 0)
    return bm_session_say_slot (value);
  if (strcmp (type, "ym") == 0)
    return bm_words_month (value);
  if (strcmp (type, "signature") == 0)
    return g_strdup (strcmp (value, BM_SIGN_DRAWN) == 0
                       ? C_ ("fact", "signed")
                       : C_ ("fact", "with a finger-print, on the slip"));
  if (strcmp (type, "consent") == 0)
    return g_strdup (strcmp (value, "yes") == 0 ? C_ ("fact", "agreed")
                                                : C_ ("fact", "not agreed"));
  if (strcmp (type, "photo") == 0)
    return g_strdup (strcmp (value, BM_PAPER_PHOTO) == 0 ? C_ ("fact", "photographed")
                                                         : C_ ("fact", "to the staff, on paper"));
  if (strcmp (type, "memo") == 0)
    return g_strdup (strcmp (value, BM_MEMO_SAID) == 0 ? C_ ("fact", "recorded")
                                                       : C_ ("fact", "the staff write it down"));
  if (strcmp (type, "money") == 0)
    return bm_words_whole_amount (g_ascii_strtoll (value, NULL, 10));
  return g_strdup (value);
}

/* The words for the value of a field, as a sheet or a page says them. */
char *
bm_session_dup_field_words (BmSession *self,
                            json_t *service,
                            const char *id,
                            const char *value,
                            json_t *places)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (g_strcmp0 (json_string_value (json_object_get (field, "id")), id) == 0)
      return dup_words (self, field, value, places);
  }
  return g_strdup (value);
}

/* For the person's own eyes; numbers that name a person are masked. */
static char *
dup_shown_value (BmSession *self, json_t *field)
{
  const char *value = bm_session_get_answer (self, field);

  if (value == NULL)
    return g_strdup (C_ ("fact", "left out"));
  if (strcmp (bm_text_get (field, "type"), "idno") == 0)
    return bm_id_number_mask (value);
  return dup_words (self, field, value, NULL);
}

/* An amount that somebody names is not for the hall (domain §2.21a rule 4). */
static gboolean
has_amount (BmSession *self)
{
  json_t *field;

  for (guint i = 0; (field = bm_session_get_asked (self, i)) != NULL; i++)
    if (strcmp (bm_text_get (field, "type"), "money") == 0)
      return TRUE;
  return FALSE;
}

static void
add_bands (BmSession *self, json_t *page)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    const char *value = is_band (field) ? bm_session_get_answer (self, field) : NULL;

    if (value != NULL)
      bm_page_add_fact (page, bm_text_pick (json_object_get (field, "label")),
                        get_code_label (field, value));
  }
}

static void
build_readback (BmSession *self, json_t *page)
{
  json_t *field;

  bm_page_set_question (page, C_ ("page", "Please listen:\nis it right?"), FALSE);
  if (bm_session_is_hidden (self) || has_amount (self))
    json_object_set_new (page, "is_private", json_true ()); /* said only when asked: 读给我听 */
  for (guint i = 0; i < 12 && (field = bm_session_get_asked (self, i)) != NULL; i++)
    {
      g_autofree char *value = dup_shown_value (self, field);

      bm_page_add_fact (page, bm_text_pick (json_object_get (field, "label")), value);
      if (strcmp (bm_text_get (field, "type"), "signature") == 0)
        bm_page_set_drawing (page, bm_session_dup_drawing (self, bm_text_get (field, "id")));
      if (g_strcmp0 (bm_session_get_answer (self, field), BM_PAPER_PHOTO) == 0)
        bm_page_set_photo (page, bm_session_get_photo (self, bm_text_get (field, "id")));
    }
  add_bands (self, page);
  bm_session_add_written (self, page);
  bm_page_add_choice (page, "right", "yes", C_ ("choice", "Right, hand it in"), "primary");
  bm_session_offer_writing (self, page);
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
  else if (strcmp (choice, "write") == 0)
    bm_session_begin_writing (self);
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
