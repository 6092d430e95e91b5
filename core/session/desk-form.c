/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * 代办委托书 (domain §5.6): the paper with which somebody lets another act, to be filled in by hand and read aloud
 * before it is signed. Nothing of anybody stands on it when it is printed. Two copies: one stays with the station, one
 * with who signed it. What cannot be handed to another stands on the page, too, so that the helper says it first.
 *
 * What is to be handed over is named matter by matter; there is no line for everything (Civil Code art. 165).
 */

#define COPIES 2
#define WORD   "＿＿＿＿＿＿＿＿"

/* @...: what there is room for, each with its own line; ends with NULL */
static char *
dup_rooms (const char *first, ...)
{
  GString *rooms = g_string_new (NULL);
  va_list names;

  va_start (names, first);
  for (const char *name = first; name != NULL; name = va_arg (names, const char *))
    g_string_append_printf (rooms, "%s%s " WORD, rooms->len > 0 ? "\n" : "", name);
  va_end (names);
  return g_string_free (rooms, FALSE);
}

static void
add_people (json_t *blocks)
{
  g_autofree char *giver =
    dup_rooms (C_ ("form", "Name"), C_ ("form", "Card"), C_ ("form", "Phone"), NULL);
  g_autofree char *agent = dup_rooms (C_ ("form", "Name"), C_ ("form", "Card"),
                                      C_ ("form", "Phone"), C_ ("form", "Related"), NULL);

  g_autofree char *reason = g_strconcat (WORD, C_ ("form", " I cannot come"), NULL);

  bm_desk_add_sheet_pair (blocks, C_ ("form", "I am"), giver, FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Because"), reason, FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "I ask"), agent, FALSE);
}

static void
add_scope (json_t *blocks)
{
  g_autofree char *from =
    g_strdup_printf ("%s %s", C_ ("form", "From"), C_ ("form", "day ____ / __ / __"));
  g_autofree char *until =
    g_strdup_printf ("%s %s", C_ ("form", "Until"), C_ ("form", "day ____ / __ / __"));
  g_autofree char *term = g_strdup_printf ("%s\n%s", from, until);

  bm_desk_add_sheet_pair (blocks, C_ ("form", "To do"), "□ " WORD "\n□ " WORD, FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "May"),
                          C_ ("form",
                              "□ hand in papers\n□ sign that they came\n□ ask how far it is"),
                          FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Term"), term, FALSE);
}

static json_t *
make_blocks (void)
{
  json_t *blocks = json_array ();

  bm_desk_add_sheet_pair (blocks, C_ ("form", "Number"), WORD, FALSE);
  bm_desk_add_sheet_rule (blocks);
  add_people (blocks);
  bm_desk_add_sheet_rule (blocks);
  add_scope (blocks);
  json_array_append_new (
    blocks, json_pack ("{s:s, s:s}", "type", "boxed", "text",
                       C_ ("form", "May not: take my money, certify, change accounts;\nnor let a "
                                   "third one do it")));
  bm_desk_add_sheet_text (
    blocks,
    C_ ("form", "I can end this at any time, I only have to tell the station.\nOriginals come "
                "back to me when it is done."),
    FALSE);
  bm_desk_add_sheet_text (blocks, C_ ("form", "This was read to me, and I understood it."), TRUE);
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("form", "Signed:"));
  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s}", "type", "signature", "label",
                                            C_ ("form", "Or a finger-print, with two witnesses"),
                                            "drawing", ""));
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Day"), C_ ("form", "day ____ / __ / __"), FALSE);
  bm_desk_add_sheet_text (blocks,
                          C_ ("form", "Two of these: one for who signs, one for the station."),
                          FALSE);
  return blocks;
}

static void
print_both (BmDesk *self)
{
  self->form = BM_COPY_ASKED;
  self->n_forms = 0;
  for (guint i = 0; i < COPIES; i++)
    {
      self->form_serial = bm_desk_print (self, "authorisation", C_ ("desk", "Letter of authority"),
                                         make_blocks (), "authorisation-printed");
      if (self->form_serial == 0)
        self->form = BM_COPY_REFUSED;
    }
}

static void
build_form (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Somebody acts for another"), FALSE);
  if (self->form == BM_COPY_ASKED)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (self->form == BM_COPY_REFUSED)
    bm_page_add_line (page, "warn", C_ ("desk", "The sheet was not stored.\nPrint it once more."),
                      TRUE);
  else if (self->form == BM_COPY_STORED)
    bm_page_add_line (page, "slip",
                      C_ ("desk", "Two go to the printer: one for who signs, one for the station."),
                      FALSE);
  if (self->form != BM_COPY_NONE)
    bm_desk_add_sheet_trouble (self, page);
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

static gboolean
choose_form (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "print") != 0 || self->form == BM_COPY_ASKED)
    return FALSE;
  print_both (self);
  return TRUE;
}

void
bm_desk_begin_form (BmDesk *self)
{
  self->form = BM_COPY_NONE;
  bm_desk_go (self, BM_DESK_FORM);
}

/* Both of them, or the helper prints once more. */
void
bm_desk_take_form_stored (BmDesk *self, gint64 serial, gboolean is_stored)
{
  if (self->at != BM_DESK_FORM || self->form != BM_COPY_ASKED ||
      serial <= self->form_serial - COPIES || serial > self->form_serial)
    return;
  self->n_forms++;
  if (!is_stored)
    self->form = BM_COPY_REFUSED;
  else if (self->n_forms == COPIES)
    self->form = BM_COPY_STORED;
}

static void
leave_form (BmDesk *self)
{
  self->form = BM_COPY_NONE;
}

const BmDeskSpec bm_desk_form = { .id = "desk-form",
                                  .template_name = "desk-list",
                                  .build = build_form,
                                  .choose = choose_form,
                                  .back = bm_desk_go_today,
                                  .leave = leave_form };
