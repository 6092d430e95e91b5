/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * Blank papers, to be filled in by hand: 代办委托书 (desk-form-letter.c) and 补录单 (desk-form-outage.c). What has to be
 * said before one is used stands on the page, so that the helper says it first.
 */

#define COPIES   2 /* of a letter of authority */
#define A_DRAWER 5 /* papers for the drawer */

static void
print_all (BmDesk *self, guint n)
{
  self->form = BM_COPY_ASKED;
  self->n_forms_asked = n;
  self->n_forms = 0;
  for (guint i = 0; i < n; i++)
    {
      self->form_serial =
        self->at == BM_DESK_FORM
          ? bm_desk_print (self, "authorisation", C_ ("desk", "Letter of authority"),
                           bm_desk_make_letter (), "authorisation-printed")
          : bm_desk_print (self, "outage", C_ ("desk", "Late-entry form"),
                           bm_desk_make_outage (self), "outage-printed");
      if (self->form_serial == 0)
        self->form = BM_COPY_REFUSED;
    }
}

/* Where the papers are, and what stops them. */
static void
add_fate (BmDesk *self, json_t *page, const char *stored)
{
  if (self->form == BM_COPY_ASKED)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (self->form == BM_COPY_REFUSED)
    bm_page_add_line (page, "warn", C_ ("desk", "The sheet was not stored.\nPrint it once more."),
                      TRUE);
  else if (self->form == BM_COPY_STORED)
    bm_page_add_line (page, "slip", stored, FALSE);
  if (self->form != BM_COPY_NONE)
    bm_desk_add_sheet_trouble (self, page);
}

static void
build_letter (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Somebody acts for another"), FALSE);
  add_fate (self, page,
            C_ ("desk", "Two go to the printer: one for who signs, one for the station."));
  bm_page_add_line (page, "no",
                    C_ ("desk",
                        "Nobody may take money, certify,\nor change the account for another."),
                    TRUE);
  bm_page_add_line (page, "write",
                    C_ ("desk", "Read it to who gives it.\nThey sign, or press a finger, with two "
                                "witnesses."),
                    FALSE);
  if (self->form != BM_COPY_ASKED)
    bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print two letters"), NULL);
}

static void
build_outage (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Paper for a day without power"), FALSE);
  add_fate (self, page, C_ ("desk", "They go to the printer.\nEach has a number: do not copy it."));
  bm_page_add_line (page, "warn",
                    C_ ("desk", "It is no slip: on paper,\nnothing is handed in yet."), TRUE);
  bm_page_add_line (page, "again",
                    C_ ("desk", "When there is power again,\ntwo of you enter it here."), FALSE);
  if (self->form == BM_COPY_ASKED)
    return;
  bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print one"), NULL);
  bm_page_add_choice (page, "drawer", "slip", C_ ("choice", "Print five"), NULL);
}

static gboolean
choose_letter (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "print") != 0 || self->form == BM_COPY_ASKED)
    return FALSE;
  print_all (self, COPIES);
  return TRUE;
}

static gboolean
choose_outage (BmDesk *self, const char *choice)
{
  const gboolean is_drawer = strcmp (choice, "drawer") == 0;

  if ((!is_drawer && strcmp (choice, "print") != 0) || self->form == BM_COPY_ASKED)
    return FALSE;
  print_all (self, is_drawer ? A_DRAWER : 1);
  return TRUE;
}

static void
build_forms (BmDesk *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("desk", "Which blank paper?"), FALSE);
  bm_page_add_line (page, "write", C_ ("desk", "Letter of authority: somebody acts for another."),
                    FALSE);
  bm_page_add_line (page, "slip", C_ ("desk", "Late-entry form: written by hand without power."),
                    FALSE);
  bm_page_add_choice (page, "letter", "write", C_ ("choice", "Letter of authority"), NULL);
  bm_page_add_choice (page, "outage", "slip", C_ ("choice", "Late-entry form"), NULL);
  bm_page_add_choice (page, "behalf", "people", C_ ("choice", "Act for another"), NULL);
  bm_page_add_choice (page, "late", "again", C_ ("choice", "Enter a filled form"), NULL);
}

static gboolean
choose_forms (BmDesk *self, const char *choice)
{
  self->form = BM_COPY_NONE;
  if (strcmp (choice, "letter") == 0)
    bm_desk_go (self, BM_DESK_FORM);
  else if (strcmp (choice, "outage") == 0)
    bm_desk_go (self, BM_DESK_OUTAGE);
  else if (strcmp (choice, "behalf") == 0)
    bm_desk_begin_behalf (self);
  else if (strcmp (choice, "late") == 0)
    bm_desk_begin_late (self);
  else
    return FALSE;
  return TRUE;
}

/* All of them, or the helper prints once more. */
void
bm_desk_take_form_stored (BmDesk *self, gint64 serial, gboolean is_stored)
{
  if ((self->at != BM_DESK_FORM && self->at != BM_DESK_OUTAGE) || self->form != BM_COPY_ASKED ||
      serial <= self->form_serial - self->n_forms_asked || serial > self->form_serial)
    return;
  self->n_forms++;
  if (!is_stored)
    self->form = BM_COPY_REFUSED;
  else if (self->n_forms == self->n_forms_asked)
    self->form = BM_COPY_STORED;
}

static gboolean
go_back (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_FORMS);
  return TRUE;
}

static void
leave_form (BmDesk *self)
{
  self->form = BM_COPY_NONE;
}

const BmDeskSpec bm_desk_forms = { .id = "desk-forms",
                                   .template_name = "desk-list",
                                   .build = build_forms,
                                   .choose = choose_forms,
                                   .back = bm_desk_go_today };

const BmDeskSpec bm_desk_form = { .id = "desk-form",
                                  .template_name = "desk-list",
                                  .build = build_letter,
                                  .choose = choose_letter,
                                  .back = go_back,
                                  .leave = leave_form };

const BmDeskSpec bm_desk_outage = { .id = "desk-outage",
                                    .template_name = "desk-list",
                                    .build = build_outage,
                                    .choose = choose_outage,
                                    .back = go_back,
                                    .leave = leave_form };
