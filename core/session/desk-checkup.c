/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/checkup/checkup.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * 机器自检: what is well with the machine, and what somebody has to do, the worst first. Whoever is signed
 * in may look, maintenance too: nothing here is about a person. The sheet is the printer's test page as
 * well: what comes out is read by whoever mends the machine.
 */

static gboolean
is_made (BmDesk *self)
{
  return json_array_size (self->checkup) > 0;
}

static void
add_rows_to_mend (BmDesk *self, json_t *page)
{
  for (gsize i = 0; i < json_array_size (self->checkup); i++)
    {
      json_t *row = json_array_get (self->checkup, i);
      g_autofree char *text = bm_check_dup_sentence (row);

      if (bm_check_get_state (row) == BM_CHECK_FAULT)
        bm_desk_add_broken (page, "warn", text, TRUE);
    }
}

static void
add_other_rows (BmDesk *self, json_t *page)
{
  for (gsize i = 0; i < json_array_size (self->checkup); i++)
    {
      json_t *row = json_array_get (self->checkup, i);
      g_autofree char *sentence = bm_check_dup_sentence (row);

      if (bm_check_get_state (row) != BM_CHECK_FAULT)
        bm_page_add_fact (page, bm_check_say_label (row), sentence);
    }
}

static void
build_checkup (BmDesk *self, json_t *page)
{
  bm_page_set_question (page, C_ ("desk", "Is the machine all right?"), FALSE);
  if (self->checkup == NULL)
    bm_page_add_line (page, "hourglass", C_ ("page", "One moment, please."), FALSE);
  else if (!is_made (self))
    bm_page_add_line (page, "warn", C_ ("desk", "It could not be found out.\nTry once more."),
                      TRUE);
  else if (!bm_checkup_has_fault (self->checkup))
    bm_page_add_line (page, "yes", C_ ("desk", "Nothing to do, all is in order."), TRUE);
  add_rows_to_mend (self, page);
  add_other_rows (self, page);
  bm_page_add_choice (page, "again", NULL, C_ ("choice", "Check again"), NULL);
  if (is_made (self) && !self->was_checkup_printed)
    bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), NULL);
}

static void
ask (BmDesk *self)
{
  g_clear_pointer (&self->checkup, json_decref);
  self->was_checkup_printed = FALSE;
  bm_desk_add_effect (self, BM_DESK_EFFECT_CHECK_MACHINE);
}

static json_t *
make_blocks (BmDesk *self)
{
  json_t *blocks = json_array ();

  bm_desk_add_sheet_origin (self, blocks);
  for (gsize i = 0; i < json_array_size (self->checkup); i++)
    {
      json_t *row = json_array_get (self->checkup, i);
      g_autofree char *sentence = bm_check_dup_sentence (row);

      bm_desk_add_sheet_pair (blocks, bm_check_say_label (row), sentence,
                              bm_check_get_state (row) == BM_CHECK_FAULT);
    }
  bm_desk_add_sheet_rule (blocks);
  bm_desk_add_sheet_text (blocks,
                          C_ ("desk", "That you can read this shows that the printer prints."),
                          FALSE);
  return blocks;
}

static gboolean
choose_checkup (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "again") == 0)
    ask (self);
  else if (strcmp (choice, "print") == 0)
    self->was_checkup_printed = bm_desk_print (self, "checkup", C_ ("desk", "How the machine is"),
                                               make_blocks (self), "checkup-printed") > 0;
  else
    return FALSE;
  return TRUE;
}

/**
 * bm_desk_begin_checkup:
 * @self: a desk
 *
 * Opens the page, and asks for a checkup.
 */
void
bm_desk_begin_checkup (BmDesk *self)
{
  ask (self);
  bm_desk_go (self, BM_DESK_CHECKUP);
}

void
bm_desk_take_checkup (BmDesk *self, json_t *checkup)
{
  if (self->at != BM_DESK_CHECKUP)
    return;
  g_clear_pointer (&self->checkup, json_decref);
  self->checkup = json_is_array (checkup) ? json_deep_copy (checkup) : json_array ();
}

const BmDeskSpec bm_desk_checkup = { .id = "desk-checkup",
                                     .template_name = "desk-list",
                                     .build = build_checkup,
                                     .choose = choose_checkup,
                                     .back = bm_desk_go_today };
