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

/* With letters as large as this, the question may stand no larger than what is read. */
#define SMALL_HEAD_SCALE 200

/* What is set on more parts than these stays as tight as it was cut. */
#define MAX_LIFTED_PARTS 6

/* How tight a page may be set so that its second language finds room. */
#define SECOND_LEVEL 3

/* Answers that may stand on each part of a page. */
#define MAX_KEPT 3

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
      guint first = bm_page_atom_position (page, kind, 0);

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

  return n_kept >= n_choices && from >= bm_page_atom_position (page, BM_ATOM_CHOICE, 0) &&
         from > 0 &&
         bm_page_atom_position (page, BM_ATOM_CHOICE, n_choices) == bm_page_count_atoms (page);
}

/* What a cut keeps to besides the room: so many answers on a part at most, and whether none stands before the last part
   that is no answer. */
typedef struct
{
  guint n_answers;
  gboolean are_apart;
} CutRule;

/* How a page is set while it is cut: alike on all its parts. */
typedef struct
{
  guint level;
  gboolean has_small_head;
  guint n_kept;
} CutLook;

/* The furthest that a part which begins at @from may go. */
static guint
bound (const BmPage *page, guint from, const CutRule *rule)
{
  guint first = bm_page_atom_position (page, BM_ATOM_CHOICE, 0);
  guint end = bm_page_count_atoms (page);

  if (rule == NULL || bm_page_count (page, BM_ATOM_CHOICE) == 0)
    return end;
  if (from < first)
    return rule->are_apart ? first : MIN (first + rule->n_answers, end);
  return MIN (from + rule->n_answers, end);
}

static GArray *
cut (BmPage *page, GtkWidget *holder, const CutLook *look, const CutRule *rule)
{
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (BmPagePart));
  guint n_atoms = bm_page_count_atoms (page);
  guint from = 0;
  guint hint = FIRST_HINT;

  if (n_atoms == 0)
    return NULL; /* A question alone cannot be cut. */
  while (from < n_atoms && !is_all_kept (page, from, look->n_kept))
    {
      const BmPagePart *before =
        parts->len > 0 ? &g_array_index (parts, BmPagePart, parts->len - 1) : NULL;
      BmPagePart part = {
        .from = from,
        .to = bound (page, from, rule),
        .level = look->level,
        .has_head = may_have_head (page, before, from),
        .has_small_head = look->has_small_head,
        .n_kept = look->n_kept,
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

/* How many parts have answers that are not on each, and whether one of them has other things, too. */
static guint
count_answering (const BmPage *page, GArray *parts, gboolean *ret_are_mixed)
{
  guint first = bm_page_atom_position (page, BM_ATOM_CHOICE, 0);
  guint end = first + bm_page_count (page, BM_ATOM_CHOICE);
  guint n = 0;

  *ret_are_mixed = FALSE;
  for (guint i = 0; i < parts->len; i++)
    {
      const BmPagePart *part = &g_array_index (parts, BmPagePart, i);

      if (part->to <= first || part->from >= end)
        continue;
      n++;
      *ret_are_mixed = *ret_are_mixed || part->from < first;
    }
  return n;
}

/*
 * Answers to what is read over (rows, facts) stand on one part, below all of it if need be; others, where they need several
 * parts, are shared out so that none is left alone on the last. Neither costs a part more.
 *
 * @parts: (transfer full): cut without such a rule
 */
static GArray *
keep_answers_together (BmPage *page, GtkWidget *holder, const CutLook *look, GArray *parts)
{
  g_autoptr (GArray) plain = parts;
  g_autoptr (GArray) better = NULL;
  guint n_choices = bm_page_count (page, BM_ATOM_CHOICE);
  gboolean are_mixed;
  guint n_parts = count_answering (page, plain, &are_mixed);
  CutRule rule = { .n_answers = n_choices, .are_apart = TRUE };

  if (look->n_kept > 0 || page->is_flow || n_parts < 2)
    return g_steal_pointer (&plain);
  if (are_mixed && bm_page_count (page, BM_ATOM_ROW) + bm_page_count (page, BM_ATOM_FACT) > 0)
    better = cut (page, holder, look, &rule);
  if (better == NULL || better->len > plain->len)
    {
      g_clear_pointer (&better, g_array_unref);
      rule = (CutRule){ .n_answers = (n_choices + n_parts - 1) / n_parts };
      better = cut (page, holder, look, &rule);
    }
  if (better == NULL || better->len > plain->len ||
      count_headless (better) > count_headless (plain))
    return g_steal_pointer (&plain);
  return g_steal_pointer (&better);
}

/* Keys have a line of their own for it with any letters. */
static gboolean
may_have_small_head (const BmPage *page)
{
  return !page->is_flow &&
         (page->metrics.scale >= SMALL_HEAD_SCALE || bm_page_count (page, BM_ATOM_INPUT) > 0);
}

/* A question that stands alone on the first part tells nothing that the next does not need, too. */
static guint
count_bare (GArray *parts)
{
  const BmPagePart *first = &g_array_index (parts, BmPagePart, 0);

  return parts->len > 1 && first->from == first->to && first->n_kept == 0 ? 1 : 0;
}

/* Whether a cut costs fewer parts, or as many and a question alone or parts without it less. */
static gboolean
is_better (GArray *one, GArray *other)
{
  if (one->len != other->len)
    return one->len < other->len;
  if (count_bare (one) != count_bare (other))
    return count_bare (one) < count_bare (other);
  return count_headless (one) < count_headless (other);
}

/*
 * The fewest parts that hold the page; a roomier setting only where it costs neither more of them nor a question
 * that stands alone, a smaller question only where it saves the one or the other.
 */
static GArray *
cut_best (BmPage *page, GtkWidget *holder, guint n_kept)
{
  CutLook look = { .level = BM_PAGE_LEVELS - 1, .n_kept = n_kept };
  CutLook small = { .level = BM_PAGE_LEVELS - 1, .n_kept = n_kept, .has_small_head = TRUE };
  CutLook roomy_look = { .level = ROOMY_LEVEL, .n_kept = n_kept };
  g_autoptr (GArray) tight = cut (page, holder, &look, NULL);
  g_autoptr (GArray) other = NULL;

  if (tight == NULL || tight->len > MAX_ROOMY_PARTS)
    return g_steal_pointer (&tight);
  tight = keep_answers_together (page, holder, &look, g_steal_pointer (&tight));
  if (may_have_small_head (page))
    {
      other = cut (page, holder, &small, NULL);
      if (other != NULL)
        other = keep_answers_together (page, holder, &small, g_steal_pointer (&other));
      if (other != NULL && is_better (other, tight))
        return g_steal_pointer (&other);
      g_clear_pointer (&other, g_array_unref);
    }
  other = cut (page, holder, &roomy_look, NULL);
  if (other != NULL)
    other = keep_answers_together (page, holder, &roomy_look, g_steal_pointer (&other));
  if (other == NULL || is_better (tight, other))
    return g_steal_pointer (&tight);
  return g_steal_pointer (&other);
}

static gboolean
all_fit (BmPage *page, GtkWidget *holder, GArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    {
      if (!bm_page_fits (page, holder, &g_array_index (parts, BmPagePart, i), i))
        return FALSE;
    }
  return TRUE;
}

static void
set_head_lift (GArray *parts, guint lift)
{
  for (guint i = 0; i < parts->len; i++)
    g_array_index (parts, BmPagePart, i).head_lift = lift;
}

/* The question as large as there is room for, alike on all parts. */
static void
lift_head (BmPage *page, GtkWidget *holder, GArray *parts)
{
  static const guint sizes[] = { 2, 4 }; /* the tightest level of each size above the least */
  guint level = g_array_index (parts, BmPagePart, 0).level;

  if (g_array_index (parts, BmPagePart, 0).has_small_head)
    return;
  for (guint size = 0; size < G_N_ELEMENTS (sizes) && sizes[size] < level; size++)
    {
      set_head_lift (parts, level - sizes[size]);
      if (all_fit (page, holder, parts))
        return;
    }
  set_head_lift (parts, 0);
}

/* The roomiest level below the part's own with which it fits still; @lift is a field of @part. */
static void
lift_one (BmPage *page, GtkWidget *holder, BmPagePart *part, guint index, guint *lift)
{
  for (guint level = 1; level < part->level; level += level == 1 ? 2 : 1)
    {
      *lift = part->level - level;
      if (bm_page_fits (page, holder, part, index))
        return;
    }
  *lift = 0;
}

/* Larger letters take the room that the question, pictures and answers had; they get back what is left over. */
static void
lift (BmPage *page, GtkWidget *holder, GArray *parts)
{
  if (page->metrics.scale <= 100 || page->is_flow || parts->len > MAX_LIFTED_PARTS)
    return;
  lift_head (page, holder, parts);
  for (guint i = 0; i < parts->len; i++)
    {
      BmPagePart *part = &g_array_index (parts, BmPagePart, i);

      lift_one (page, holder, part, i, &part->picture_lift);
      if (part->to > bm_page_atom_position (page, BM_ATOM_CHOICE, 0))
        lift_one (page, holder, part, i, &part->answer_lift);
    }
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
    {
      /* Keys that stand beside the question have room where those below it have none. */
      whole.level--;
      if (bm_page_count (page, BM_ATOM_INPUT) > 0 && bm_page_fits (page, holder, &whole, 0))
        return one_part (whole);
      whole.level++;
      whole.has_small_head = TRUE;
      return may_have_small_head (page) && bm_page_fits (page, holder, &whole, 0) ? one_part (whole)
                                                                                  : NULL;
    }
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
    {
      add_second_to_all (page, holder, parts, SECOND_LEVEL);
      lift (page, holder, parts);
    }
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
      lift (page, holder, parts);
      return parts;
    }
  g_warning ("Page %s (%s) does not fit %d by %d at %u %%", bm_model_text (page->model, "id"),
             bm_model_text (page->model, "template"), page->width, page->height,
             page->metrics.scale);
  return one_part ((
    BmPagePart){ .to = bm_page_count_atoms (page), .level = BM_PAGE_LEVELS - 1, .has_head = TRUE });
}
