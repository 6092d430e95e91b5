/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/page.h"

/*
 * Setting a page: nothing scrolls, nothing is cut.
 *
 * A template is built as roomy as in the pictures of the look, and measured. If it does not fit it is
 * built tighter, level by level. If it fits at no level the model is cut into parts between atoms:
 * each part takes as many as fit, the question is repeated where there is room for it. The model, its
 * numbering and its voice stay what they are; only 下一页 is added.
 *
 * The second language of a bilingual model comes last: where it makes nothing smaller than body text and no part more.
 */

#define MAX_PARTS 64

/* Atoms that a part is first tried with. */
#define FIRST_HINT 3

/* A page of few parts may be set roomier than as tight as possible; of many it is not worth the time. */
#define ROOMY_LEVEL     3
#define MAX_ROOMY_PARTS 4

/* How tight a page may be set so that its second language finds room. */
#define SECOND_LEVEL 3

/* Answers that may stand on each part of a page. */
#define MAX_KEPT 3

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

static guint
atom_position (const BmPage *page, BmAtom atom, guint index)
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
  guint position = atom_position (page, atom, index);

  if (atom == BM_ATOM_CHOICE && index < page->n_kept)
    return index < bm_page_count (page, atom);
  return index < bm_page_count (page, atom) && position >= page->from && position < page->to;
}

/**
 * bm_page_fits:
 * @page: model and area
 * @holder: an empty box that is styled as the page will be
 * @part: what of it
 * @index: which part it is
 *
 * Returns: whether that part has room in the area
 */
gboolean
bm_page_fits (BmPage *page, GtkWidget *holder, const BmPagePart *part, guint index)
{
  GtkWidget *widget = bm_page_build (page, part, index);
  int width, height;
  gboolean is_fitting;

  gtk_box_append (GTK_BOX (holder), widget);
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  is_fitting = width <= page->width;
  if (is_fitting)
    {
      gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, page->width, &height, NULL, NULL, NULL);
      is_fitting = height <= page->height;
    }
  gtk_box_remove (GTK_BOX (holder), widget);
  return is_fitting;
}

/*
 * The largest end for which atoms [from, end) fit on one part; from when not even the first does. Atoms
 * are much alike, so the search begins with as many as the part before held and widens from there.
 */
static guint
furthest (BmPage *page, GtkWidget *holder, BmPagePart part, guint index, guint hint)
{
  guint low = part.from;
  guint high = part.to;
  guint growth = 1;
  gboolean is_bounded = FALSE;

  part.to = MIN (part.from + MAX (hint, 1), high);
  while (low < high)
    {
      if (bm_page_fits (page, holder, &part, index))
        low = part.to;
      else
        {
          high = part.to - 1;
          is_bounded = TRUE;
        }
      part.to = is_bounded ? (low + high + 1) / 2 : MIN (low + growth, high);
      growth *= 2;
    }
  return low;
}

/*
 * Amounts that are open can be covered on every part of the page, not only on the last: all answers
 * stand on each part, or where they are many or take too much room the first one. So does 我还在 while the seconds
 * run, and what a helper has to do for the person who waits.
 */
static guint
count_kept (const BmPage *page)
{
  const char *name = bm_model_text (page->model, "template");
  guint n_choices = bm_page_count (page, BM_ATOM_CHOICE);

  if (page->is_flow)
    return bm_desk_flow_kept (page->model);
  if (g_str_equal (name, "alert"))
    return n_choices == 1 && bm_model_int (page->model, "countdown", -1) >= 0 ? 1 : 0;
  if (bm_page_count (page, BM_ATOM_ROW) == 0 || !g_str_equal (name, "amounts"))
    return 0;
  return n_choices <= MAX_KEPT ? n_choices : 1;
}

static BmAtom
kind_of (const BmPage *page, guint position)
{
  for (BmAtom kind = BM_ATOM_STATES; kind < BM_ATOM_CHOICE; kind++)
    {
      guint first = atom_position (page, kind, 0);

      if (position >= first && position < first + bm_page_count (page, kind))
        return kind;
    }
  return BM_ATOM_CHOICE;
}

/*
 * What had no room for the question below it will not have it on the next part either; of a long list
 * each part says by itself what it is.
 */
static gboolean
may_have_head (const BmPage *page, const BmPagePart *before, guint from)
{
  const char *name = bm_model_text (page->model, "template");

  if (before == NULL)
    return TRUE;
  return !g_str_equal (name, "amounts") && !g_str_equal (name, "cases") &&
         (before->has_head || kind_of (page, before->from) != kind_of (page, from));
}

/* What stands on each part needs none of its own. */
static gboolean
is_all_kept (const BmPage *page, guint from, guint n_kept)
{
  guint n_choices = bm_page_count (page, BM_ATOM_CHOICE);

  return n_kept >= n_choices && from >= atom_position (page, BM_ATOM_CHOICE, 0) && from > 0 &&
         atom_position (page, BM_ATOM_CHOICE, n_choices) == bm_page_count_atoms (page);
}

static GArray *
cut (BmPage *page, GtkWidget *holder, guint level, guint n_kept)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (BmPagePart));
  guint n_atoms = bm_page_count_atoms (page);
  guint from = 0;
  guint hint = FIRST_HINT;

  if (n_atoms == 0)
    return NULL; /* A question alone cannot be cut. */
  while (from < n_atoms && !is_all_kept (page, from, n_kept))
    {
      const BmPagePart *before =
        parts->len > 0 ? &g_array_index (parts, BmPagePart, parts->len - 1) : NULL;
      BmPagePart part = {
        .from = from,
        .to = n_atoms,
        .level = level,
        .has_head = may_have_head (page, before, from),
        .n_kept = n_kept,
      };
      guint to = furthest (page, holder, part, parts->len, hint);

      if (to == from && parts->len > 0 && part.has_head)
        {
          part.has_head = FALSE;
          to = furthest (page, holder, part, parts->len, hint);
        }
      part.to = to;
      if (parts->len == MAX_PARTS ||
          (to == from && (parts->len > 0 || !bm_page_fits (page, holder, &part, 0))))
        return NULL;
      g_array_append_val (parts, part);
      hint = MAX (to - from, 1);
      from = to;
    }
  return g_steal_pointer (&parts);
}

static guint
count_headless (GArray *parts)
{
  guint n = 0;

  for (guint i = 0; i < parts->len; i++)
    n += g_array_index (parts, BmPagePart, i).has_head ? 0 : 1;
  return n;
}

/*
 * The fewest parts that hold the page; a roomier setting only where it costs neither more of them nor a question
 * that stands alone, on the part before its keys.
 */
static GArray *
cut_best (BmPage *page, GtkWidget *holder, guint n_kept)
{
  g_autoptr (GArray) tight = cut (page, holder, BM_PAGE_LEVELS - 1, n_kept);
  g_autoptr (GArray) roomy = NULL;

  if (tight == NULL || tight->len > MAX_ROOMY_PARTS)
    return g_steal_pointer (&tight);
  roomy = cut (page, holder, ROOMY_LEVEL, n_kept);
  if (roomy == NULL || roomy->len > tight->len || count_headless (roomy) > count_headless (tight))
    return g_steal_pointer (&tight);
  return g_steal_pointer (&roomy);
}

static GArray *
one_part (BmPagePart part)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (BmPagePart));

  g_array_append_val (parts, part);
  return parts;
}

static gboolean
is_bilingual (const BmPage *page)
{
  gboolean is_so = bm_model_string (page->model, "question_zh") != NULL;

  for (guint i = 0; i < bm_page_count (page, BM_ATOM_CHOICE) && !is_so; i++)
    is_so = bm_model_string (bm_model_item (page->model, "choices", i), "label_zh") != NULL;
  return is_so;
}

/* As much of the second language as there is room for, in the roomiest setting up to @tightest that holds it. */
static void
add_second (BmPage *page, GtkWidget *holder, BmPagePart *part, guint index, guint tightest)
{
  for (BmSecond second = BM_SECOND_ALL; second > BM_SECOND_NONE; second--)
    {
      BmPagePart attempt = *part;

      attempt.second = second;
      for (; attempt.level <= MAX (tightest, part->level); attempt.level++)
        if (bm_page_fits (page, holder, &attempt, index))
          {
            *part = attempt;
            return;
          }
    }
}

static void
add_second_to_all (BmPage *page, GtkWidget *holder, GArray *parts, guint tightest)
{
  for (guint i = 0; i < parts->len && is_bilingual (page); i++)
    add_second (page, holder, &g_array_index (parts, BmPagePart, i), i, tightest);
}

static GArray *
find_whole (BmPage *page, GtkWidget *holder)
{
  BmPagePart whole = { .from = 0, .to = bm_page_count_atoms (page), .has_head = TRUE };

  if (bm_page_fits (page, holder, &whole, 0))
    return one_part (whole);
  /* What does not fit at the tightest level fits at none: most of the work is saved by asking first. */
  whole.level = BM_PAGE_LEVELS - 1;
  if (!bm_page_fits (page, holder, &whole, 0))
    return NULL;
  for (whole.level = 1; whole.level < BM_PAGE_LEVELS - 1; whole.level++)
    {
      if (bm_page_fits (page, holder, &whole, 0))
        break;
    }
  return one_part (whole);
}

/**
 * bm_page_plan_whole:
 * @page: model and area; the level is filled in
 * @holder: an empty box that is styled as the page will be
 *
 * Returns: (transfer full) (nullable) (element-type BmPagePart): the one part, as roomy as fits; %NULL
 *          when the page does not fit uncut
 */
GArray *
bm_page_plan_whole (BmPage *page, GtkWidget *holder)
{
  GArray *parts = find_whole (page, holder);

  if (parts != NULL)
    add_second_to_all (page, holder, parts, SECOND_LEVEL);
  return parts;
}

/**
 * bm_page_plan_parts:
 * @page: model and area
 * @holder: an empty box that is styled as the page will be
 *
 * Returns: (transfer full) (element-type BmPagePart): as few parts as hold the page, at least one
 */
GArray *
bm_page_plan_parts (BmPage *page, GtkWidget *holder)
{
  guint n_kept = count_kept (page);
  GArray *parts = cut_best (page, holder, n_kept);

  if (parts == NULL && n_kept > 1)
    parts = cut_best (page, holder, 1);
  if (parts == NULL && n_kept > 0)
    parts = cut_best (page, holder, 0);
  if (parts != NULL)
    {
      add_second_to_all (page, holder, parts, 0); /* as they were cut */
      return parts;
    }
  g_warning ("Page %s (%s) does not fit %d by %d at %u %%", bm_model_text (page->model, "id"),
             bm_model_text (page->model, "template"), page->width, page->height,
             page->metrics.scale);
  return one_part ((
    BmPagePart){ .to = bm_page_count_atoms (page), .level = BM_PAGE_LEVELS - 1, .has_head = TRUE });
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
  page->from = part->from;
  page->to = part->to;
  page->has_head = part->has_head;
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
