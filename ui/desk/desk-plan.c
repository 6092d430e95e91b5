/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/desk/desk-parts.h"

/*
 * How a page of the desk is planned, besides what page.c does for every page. Of 等着的 as many kinds stand beside the
 * person who is attended as have room; the others are one press away, on a turn of the same page. With larger letters
 * what the band above has no room for (line, printer, time, who) stands below the last part that has room for it: it
 * never takes a part of its own, and parts nothing that belongs together.
 */

static gboolean
is_template (const BmPage *page, const char *name)
{
  return g_str_equal (bm_model_text (page->model, "template"), name);
}

/* All turns of what waits are set alike, in the roomiest way in which each of them fits. */
static GArray *
plan_turns (BmPage *page, GtkWidget *holder, const BmPagePart *whole)
{
  for (BmPagePart part = *whole; part.level < BM_PAGE_LEVELS; part.level++)
    {
      guint n_turns = bm_desk_count_turns (page, part.level);
      guint n_fitting = 0;
      GArray *parts;

      while (n_fitting < n_turns && bm_page_fits (page, holder, &part, n_fitting))
        n_fitting++;
      if (n_fitting < n_turns)
        continue;
      parts = g_array_new (FALSE, FALSE, sizeof (BmPagePart));
      for (guint i = 0; i < n_turns; i++)
        g_array_append_val (parts, part);
      return parts;
    }
  return NULL;
}

static gboolean
add_about (BmPage *page, GtkWidget *holder, BmPagePart *part, guint index)
{
  BmPagePart attempt = *part;

  attempt.has_about = TRUE;
  for (; attempt.level < BM_PAGE_LEVELS; attempt.level++)
    if (bm_page_fits (page, holder, &attempt, index))
      {
        *part = attempt;
        return TRUE;
      }
  return FALSE;
}

/* The last part in two, the second one with what is true of the station. */
static void
halve_last (BmPage *page, GtkWidget *holder, GArray *parts)
{
  guint index = parts->len - 1;
  BmPagePart last = g_array_index (parts, BmPagePart, index);
  BmPagePart second = last;

  second.from = last.from + (last.to - last.from + 1) / 2;
  if (second.from == last.from || second.from == last.to ||
      !add_about (page, holder, &second, index + 1))
    return;
  g_array_index (parts, BmPagePart, index).to = second.from;
  g_array_append_val (parts, second);
}

/* The desk's first page says it always, any other where it costs no part. */
static void
add_about_somewhere (BmPage *page, GtkWidget *holder, GArray *parts)
{
  if (is_template (page, "desk-alert"))
    return;
  for (guint i = parts->len; i > 0; i--)
    if (add_about (page, holder, &g_array_index (parts, BmPagePart, i - 1), i - 1))
      return;
  if (is_template (page, "desk-today"))
    halve_last (page, holder, parts);
}

/**
 * bm_desk_plan_whole:
 * @page: model and area
 * @holder: an empty box that is styled as the page will be
 *
 * Returns: (transfer full) (nullable) (element-type BmPagePart): the page uncut, with all turns of what waits; %NULL
 *          when it does not fit so
 */
GArray *
bm_desk_plan_whole (BmPage *page, GtkWidget *holder)
{
  g_autoptr (GArray) parts = bm_page_plan_whole (page, holder);

  if (parts == NULL)
    return NULL;
  if (page->is_flow)
    add_about_somewhere (page, holder, parts);
  else if (is_template (page, "desk-today"))
    return plan_turns (page, holder, &g_array_index (parts, BmPagePart, 0));
  return g_steal_pointer (&parts);
}

/**
 * bm_desk_plan_parts:
 * @page: model and area
 * @holder: an empty box that is styled as the page will be
 *
 * Returns: (transfer full) (element-type BmPagePart): as few parts as hold the page, at least one
 */
GArray *
bm_desk_plan_parts (BmPage *page, GtkWidget *holder)
{
  GArray *parts = bm_page_plan_parts (page, holder);

  add_about_somewhere (page, holder, parts);
  return parts;
}
