/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/behalf.h"
#include "core/session/desk-behalf.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 替别人办: what stands in the letter. Its term is compared with today where the clock is certain; where it is not, the
 * centre compares it with the day on which it heard of it. Who pressed a finger has two witnesses (domain §2.6).
 */

#define NUMBER_MAX 12
#define TERM_DAYS  366

static gboolean
go (BmDesk *self, BmDeskPage page)
{
  self->behalf->problem = NULL;
  bm_desk_go (self, page);
  return TRUE;
}

/* How they are related */

gboolean
bm_desk_behalf_begin_letter (BmDesk *self)
{
  return go (self, BM_DESK_BEHALF_RELATION);
}

static void
build_relation (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Who acts? For the person it is:"), FALSE);
  bm_desk_behalf_add_person (self, page);
  for (gsize i = 0; bm_behalf_relations[i] != NULL; i++)
    {
      g_autofree char *choice = g_strconcat ("relation:", bm_behalf_relations[i], NULL);

      bm_page_add_choice (page, choice, "people", bm_behalf_say_relation (bm_behalf_relations[i]),
                          NULL);
    }
}

static gboolean
choose_relation (BmDesk *self, const char *choice)
{
  for (gsize i = 0; bm_behalf_relations[i] != NULL; i++)
    if (g_str_has_prefix (choice, "relation:") &&
        strcmp (choice + strlen ("relation:"), bm_behalf_relations[i]) == 0)
      {
        self->behalf->relation = bm_behalf_relations[i];
        return go (self, BM_DESK_BEHALF_LETTER);
      }
  return FALSE;
}

static gboolean
go_matter (BmDesk *self)
{
  return go (self, BM_DESK_BEHALF_MATTER);
}

const BmDeskSpec bm_desk_behalf_relation = { .id = "desk-behalf-relation",
                                             .template_name = "desk-list",
                                             .build = build_relation,
                                             .choose = choose_relation,
                                             .back = go_matter,
                                             .is_list = TRUE };

/* Its number */

static void
build_letter (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Which number has the letter?"), FALSE);
  bm_desk_behalf_add_person (self, page);
  bm_page_add_line (page, "write",
                    C_ ("desk", "Without one: write the next of your book on it,\nfirst of all."),
                    FALSE);
  bm_page_set_input (page, C_ ("desk", "Number of the letter"), 1, NUMBER_MAX);
  bm_desk_behalf_set_problem (self, page);
}

static gboolean
take_letter (BmDesk *self, const char *value)
{
  if (strspn (value, "0123456789") != strlen (value))
    return FALSE;
  g_free (self->behalf->number);
  self->behalf->number = g_strdup (value);
  self->behalf->from = BM_NO_DAY;
  return go (self, BM_DESK_BEHALF_TERM);
}

gboolean
bm_desk_behalf_back_to_letter (BmDesk *self)
{
  return go (self, BM_DESK_BEHALF_LETTER);
}

static gboolean
go_relation (BmDesk *self)
{
  return go (self, BM_DESK_BEHALF_RELATION);
}

const BmDeskSpec bm_desk_behalf_letter = { .id = "desk-behalf-letter",
                                           .template_name = "desk-pin",
                                           .build = build_letter,
                                           .digits = take_letter,
                                           .back = go_relation,
                                           .is_list = TRUE };

/* From when until when */

char *
bm_desk_behalf_say_term (BmDesk *self)
{
  g_autofree char *from = bm_words_full_date (self->behalf->from);
  g_autofree char *until = bm_words_full_date (self->behalf->until);

  /* Translators: two days. */
  return g_strdup_printf (C_ ("desk", "%1$s to %2$s"), from, until);
}

static void
build_term (BmDesk *self, json_t *page)
{
  bm_page_set_question (page,
                        self->behalf->from == BM_NO_DAY
                          ? C_ ("desk", "From which day does it hold?")
                          : C_ ("desk", "Until which day does it hold?"),
                        FALSE);
  bm_desk_behalf_add_person (self, page);
  if (self->behalf->from != BM_NO_DAY)
    {
      g_autofree char *from = bm_words_full_date (self->behalf->from);

      bm_page_add_fact (page, C_ ("form", "From"), from);
      json_object_set_new (page, "id", json_string ("desk-behalf-until")); /* new keys, too */
    }
  bm_desk_ask_day (page);
  bm_desk_behalf_set_problem (self, page);
}

static gboolean
take_until (BmDesk *self, gint32 day)
{
  const gint32 today = bm_desk_get_today (self);

  if (day < self->behalf->from || day - self->behalf->from > TERM_DAYS)
    {
      self->behalf->problem = C_ ("desk", "A letter holds for a year at most, look once more.");
      return TRUE;
    }
  self->behalf->until = day;
  if (bm_clock_is_certain (self->setup->clock) && (today > day || today < self->behalf->from))
    {
      bm_desk_behalf_refuse (self,
                             today > day
                               ? C_ ("desk", "The letter has run out:\na new one is needed.")
                               : C_ ("desk", "The letter does not hold yet."),
                             "term");
      return TRUE;
    }
  return go (self, BM_DESK_BEHALF_SIGNED);
}

static gboolean
take_day (BmDesk *self, const char *value)
{
  const gint32 day = bm_desk_read_day (value);

  if (day == BM_NO_DAY)
    {
      self->behalf->problem = C_ ("desk", "There is no such day, look at the form once more.");
      return TRUE;
    }
  if (self->behalf->from != BM_NO_DAY)
    return take_until (self, day);
  self->behalf->from = day;
  return go (self, BM_DESK_BEHALF_TERM);
}

static gboolean
back_from_term (BmDesk *self)
{
  if (self->behalf->from == BM_NO_DAY)
    return bm_desk_behalf_back_to_letter (self);
  self->behalf->from = BM_NO_DAY;
  return go (self, BM_DESK_BEHALF_TERM);
}

const BmDeskSpec bm_desk_behalf_term = { .id = "desk-behalf-term",
                                         .template_name = "desk-pin",
                                         .build = build_term,
                                         .digits = take_day,
                                         .back = back_from_term,
                                         .is_list = TRUE };

/* Signed, and by whom it was seen */

static void
build_signed (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "How is the letter signed?"), FALSE);
  bm_desk_behalf_add_person (self, page);
  bm_page_add_choice (page, "signature", "write", C_ ("choice", "Signed by themselves"), NULL);
  bm_page_add_choice (page, "finger", "person", C_ ("choice", "A finger-print, two witnesses"),
                      NULL);
  bm_page_add_choice (page, "none", "no", C_ ("choice", "Neither of them"), NULL);
}

static gboolean
choose_signed (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "none") == 0)
    {
      bm_desk_behalf_refuse (self, C_ ("desk", "Without a signature it is no letter of authority."),
                             "unsigned");
      return TRUE;
    }
  self->behalf->is_finger = strcmp (choice, "finger") == 0;
  g_clear_pointer (&self->behalf->witness, g_free);
  g_clear_pointer (&self->behalf->second, g_free);
  return go (self, BM_DESK_BEHALF_WITNESS);
}

static gboolean
back_from_signed (BmDesk *self)
{
  return go (self, BM_DESK_BEHALF_TERM);
}

const BmDeskSpec bm_desk_behalf_signed = { .id = "desk-behalf-signed",
                                           .template_name = "desk-list",
                                           .build = build_signed,
                                           .choose = choose_signed,
                                           .back = back_from_signed,
                                           .is_list = TRUE };

static void
build_witness (BmDesk *self, json_t *page)
{
  bm_page_set_question (page,
                        self->behalf->witness == NULL ? C_ ("desk", "Who signed as witness?")
                                                      : C_ ("desk", "Who is the second witness?"),
                        FALSE);
  bm_desk_behalf_add_person (self, page);
  if (self->behalf->is_finger)
    bm_page_add_line (page, "people", C_ ("desk", "Who cannot write has two witnesses."), FALSE);
  if (self->behalf->problem != NULL)
    bm_page_add_line (page, "warn", self->behalf->problem, TRUE);
  bm_desk_add_colleagues (self, page, self->behalf->witness);
  bm_page_add_choice (page, "nobody", "no", C_ ("choice", "Nobody signed"), NULL);
}

static gboolean
choose_witness (BmDesk *self, const char *choice)
{
  const char *staff = bm_desk_find_staff (self, choice);

  if (staff == NULL)
    {
      bm_desk_behalf_refuse (self, C_ ("desk", "Without a witness it is no letter of authority."),
                             "no-witness");
      return TRUE;
    }
  if (bm_desk_behalf_is_kin (self, staff))
    {
      self->behalf->problem = C_ ("desk", "Family members cannot witness for one another.");
      bm_desk_audit (self, "behalf-refused", "kin-witness");
      return TRUE;
    }
  self->behalf->problem = NULL;
  if (self->behalf->witness == NULL)
    self->behalf->witness = g_strdup (staff);
  else
    {
      g_free (self->behalf->second);
      self->behalf->second = g_strdup (staff);
    }
  if (self->behalf->is_finger && self->behalf->second == NULL)
    return TRUE; /* the same page asks for the other one */
  return go (self, BM_DESK_BEHALF_READ);
}

static gboolean
back_from_witness (BmDesk *self)
{
  g_clear_pointer (&self->behalf->witness, g_free);
  g_clear_pointer (&self->behalf->second, g_free);
  return go (self, BM_DESK_BEHALF_SIGNED);
}

const BmDeskSpec bm_desk_behalf_witness = { .id = "desk-behalf-witness",
                                            .template_name = "desk-lock",
                                            .build = build_witness,
                                            .choose = choose_witness,
                                            .back = back_from_witness,
                                            .is_list = TRUE };
