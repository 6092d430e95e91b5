/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/page.h"

/* The templates, and what of a model stands where. How it is cut into parts: page-cut.c. */

static const struct
{
  const char *name;
  BmPageBuild build;
} templates[] = {
  { "amount", bm_page_amount_build },
  { "alert", bm_page_alert_build },
  { "amounts", bm_page_amounts_build },
  { "danger", bm_page_danger_build },
  { "answer", bm_page_answer_build },
  { "card", bm_page_card_build },
  { "cases", bm_page_cases_build },
  { "choice", bm_page_choice_build },
  { "confirm", bm_page_confirm_build },
  { "desk-alert", bm_desk_alert_build },
  { "desk-case", bm_desk_case_build },
  { "desk-list", bm_desk_list_build },
  { "desk-lock", bm_desk_lock_build },
  { "desk-pin", bm_desk_pin_build },
  { "desk-today", bm_desk_today_build },
  { "date", bm_page_date_build },
  { "digits", bm_page_digits_build },
  { "desk-text", bm_desk_text_build },
  { "end", bm_page_end_build },
  { "error", bm_page_error_build },
  { "home", bm_page_home_build },
  { "idle", bm_page_idle_build },
  { "memo", bm_page_memo_build },
  { "notice", bm_page_notice_build },
  { "photo", bm_page_photo_build },
  { "place", bm_page_place_build },
  { "print", bm_page_print_build },
  { "progress", bm_page_progress_build },
  { "readback", bm_page_readback_build },
  { "result", bm_page_result_build },
  { "signature", bm_page_signature_build },
  { "wait", bm_page_wait_build },
};

/**
 * bm_page_builder:
 * @template_name: as in the model
 *
 * Returns: (nullable): what builds it
 */
BmPageBuild
bm_page_builder (const char *template_name)
{
  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    {
      if (g_strcmp0 (templates[i].name, template_name) == 0)
        return templates[i].build;
    }
  return NULL;
}

guint
bm_page_count (const BmPage *page, BmAtom atom)
{
  switch (atom)
    {
    case BM_ATOM_STATES:
      return bm_model_object (page->model, "states") != NULL ? 1 : 0;
    case BM_ATOM_LINE:
      return bm_model_length (page->model, "lines");
    case BM_ATOM_SPAN:
      return page->is_flow && bm_model_length (page->model, "spans") > 0 ? 1 : 0;
    case BM_ATOM_FACT:
      return bm_model_length (page->model, "facts");
    case BM_ATOM_ROW:
      return bm_model_length (page->model, "rows");
    case BM_ATOM_NUMBER:
      return bm_model_object (page->model, "number") != NULL ? 1 : 0;
    case BM_ATOM_INPUT:
      return bm_model_object (page->model, "input") != NULL ? 1 : 0;
    case BM_ATOM_CHOICE:
      return bm_model_length (page->model, "choices");
    case BM_N_ATOMS:
    default:
      g_assert_not_reached ();
    }
}

/*
 * Where danger is the telephone numbers come before anything that is said about them. With larger letters the desk's
 * acts come before the long list of what waits, else they would be on the last of many parts.
 */
static gboolean
is_before (const BmPage *page, BmAtom one, BmAtom other)
{
  const char *name = bm_model_text (page->model, "template");
  gboolean is_today = page->is_flow && (one == BM_ATOM_ROW || one == BM_ATOM_CHOICE) &&
                      (other == BM_ATOM_ROW || other == BM_ATOM_CHOICE) &&
                      g_str_equal (name, "desk-today");
  gboolean is_danger = (one == BM_ATOM_LINE || one == BM_ATOM_FACT) &&
                       (other == BM_ATOM_LINE || other == BM_ATOM_FACT) &&
                       g_str_equal (name, "danger");

  return is_danger || is_today ? one > other : one < other;
}

/**
 * bm_page_atom_position:
 * @page: model and area
 * @atom: a kind of atom
 * @index: which of its kind
 *
 * Returns: where it stands among all atoms of the model
 */
guint
bm_page_atom_position (const BmPage *page, BmAtom atom, guint index)
{
  guint position = index;

  for (BmAtom before = 0; before < BM_N_ATOMS; before++)
    position += is_before (page, before, atom) ? bm_page_count (page, before) : 0;
  return position;
}

guint
bm_page_count_atoms (const BmPage *page)
{
  guint n = 0;

  for (BmAtom atom = 0; atom < BM_N_ATOMS; atom++)
    n += bm_page_count (page, atom);
  return n;
}

/**
 * bm_page_shows:
 * @page: an attempt
 * @atom: a kind of atom
 * @index: which of its kind
 *
 * Returns: whether it is there and on this part
 */
gboolean
bm_page_shows (const BmPage *page, BmAtom atom, guint index)
{
  guint position = bm_page_atom_position (page, atom, index);

  if (atom == BM_ATOM_CHOICE && index < page->n_kept)
    return index < bm_page_count (page, atom);
  return index < bm_page_count (page, atom) && position >= page->from && position < page->to;
}

/**
 * bm_page_build:
 * @page: model and area
 * @part: what of it
 * @index: which part it is
 *
 * Returns: (transfer floating): a new page
 */
GtkWidget *
bm_page_build (BmPage *page, const BmPagePart *part, guint index)
{
  BmPageBuild build =
    page->is_flow ? bm_desk_flow_build : bm_page_builder (bm_model_text (page->model, "template"));
  GtkWidget *widget;

  g_return_val_if_fail (build != NULL, NULL);

  page->level = part->level;
  page->head_level = part->level - part->head_lift;
  page->picture_level = part->level - part->picture_lift;
  page->answer_level = part->level - part->answer_lift;
  page->from = part->from;
  page->to = part->to;
  page->has_head = part->has_head;
  page->has_small_head = part->has_small_head;
  page->has_about = part->has_about;
  page->n_kept = part->n_kept;
  page->second = part->second;
  page->part = index;
  page->ticking = NULL;
  page->meter = NULL;
  widget = build (page);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  return widget;
}
