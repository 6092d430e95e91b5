/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-ink.h"

#include "core/crypto/crypto.h"

#include <string.h>

/*
 * What a finger wrote, apart from the widget that shows it, so that it outlives a page that is only set anew (larger
 * letters, 已叫人). Every point that the screen delivers is kept, with its time.
 *
 * Invariants: what was written before (is_given) is never mixed with what is written now; when there is no room
 * for more, nothing is added and that is said; what goes is overwritten.
 */

struct _BmInk
{
  GObject parent_instance;

  BmStrokes *strokes; /* (nullable): nothing is written */
  gboolean is_given;
  gboolean is_down;
  gboolean is_full;
  gboolean is_blamed; /* somebody was done too early */
  guint32 began_at;   /* the first point of all */
  guint32 down_at;
  char *hint;
  char *problem;
  char *under;
  char *over;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmInk, bm_ink, G_TYPE_OBJECT)

static void
drop_words (BmInk *self)
{
  g_clear_pointer (&self->hint, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->under, g_free);
  g_clear_pointer (&self->over, g_free);
}

static void
bm_ink_finalize (GObject *object)
{
  BmInk *self = BM_INK (object);

  g_clear_pointer (&self->strokes, bm_strokes_free);
  drop_words (self);
  G_OBJECT_CLASS (bm_ink_parent_class)->finalize (object);
}

static void
bm_ink_class_init (BmInkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_ink_finalize;

  /**
   * BmInk::changed:
   *
   * What is written, or what is said of it, is another.
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", BM_TYPE_INK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bm_ink_init (BmInk *self)
{
}

static void
emit_changed (BmInk *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * bm_ink_new:
 * @spec: what is asked for
 *
 * Returns: (transfer full): ink with what was written before, or without any
 */
BmInk *
bm_ink_new (const BmInkSpec *spec)
{
  BmInk *self = g_object_new (BM_TYPE_INK, NULL);

  if (spec->drawing != NULL && *spec->drawing != '\0')
    self->strokes = bm_strokes_parse (spec->drawing, NULL);
  self->is_given = self->strokes != NULL;
  bm_ink_set_words (self, spec);
  return self;
}

void
bm_ink_set_words (BmInk *self, const BmInkSpec *spec)
{
  g_return_if_fail (BM_IS_INK (self));

  drop_words (self);
  self->hint = g_strdup (spec->hint);
  self->problem = g_strdup (spec->problem);
  self->under = g_strdup (spec->under);
  self->over = g_strdup (spec->over);
}

static guint32
get_time (BmInk *self, guint32 at)
{
  const gint32 since = (gint32) (at - self->began_at); /* the server's clock goes round */
  guint n = bm_strokes_count (self->strokes);
  const BmStrokePoint *last = NULL;
  guint n_points = 0;

  if (n > 0)
    last = bm_strokes_get (self->strokes, n - 1, &n_points);
  return MAX (MAX (since, 0), last != NULL ? (gint32) last[n_points - 1].t : 0);
}

void
bm_ink_down (BmInk *self, guint width, guint height, int x, int y, guint32 at)
{
  BmStrokePoint point = { x, y, 0 };

  g_return_if_fail (BM_IS_INK (self));

  if (self->is_down)
    bm_ink_up (self);
  if (self->is_given)
    g_clear_pointer (&self->strokes, bm_strokes_free);
  self->is_given = self->is_blamed = FALSE;
  g_clear_pointer (&self->problem, g_free);
  if (self->strokes == NULL)
    {
      self->strokes = bm_strokes_new (width, height);
      self->began_at = at;
    }
  point.t = get_time (self, at);
  self->down_at = at;
  self->is_down = bm_strokes_begin (self->strokes, point);
  self->is_full = self->is_full || !self->is_down;
  emit_changed (self);
}

void
bm_ink_move (BmInk *self, int x, int y, guint32 at)
{
  g_return_if_fail (BM_IS_INK (self));

  if (!self->is_down)
    return;
  if (!bm_strokes_go_on (self->strokes, (BmStrokePoint){ x, y, get_time (self, at) }))
    {
      self->is_full = TRUE;
      self->is_down = FALSE;
    }
  emit_changed (self);
}

void
bm_ink_up (BmInk *self)
{
  g_return_if_fail (BM_IS_INK (self));

  self->is_down = FALSE;
  emit_changed (self);
}

void
bm_ink_drop (BmInk *self)
{
  g_return_if_fail (BM_IS_INK (self));

  if (!self->is_down)
    return;
  bm_strokes_drop_last (self->strokes);
  if (bm_strokes_count (self->strokes) == 0)
    g_clear_pointer (&self->strokes, bm_strokes_free);
  bm_ink_up (self);
}

void
bm_ink_clear (BmInk *self)
{
  g_return_if_fail (BM_IS_INK (self));

  g_clear_pointer (&self->strokes, bm_strokes_free);
  g_clear_pointer (&self->problem, g_free);
  self->is_given = self->is_full = self->is_blamed = self->is_down = FALSE;
  emit_changed (self);
}

guint32
bm_ink_get_rest (BmInk *self, guint32 at)
{
  g_return_val_if_fail (BM_IS_INK (self), 0);

  if (!self->is_down || bm_strokes_reach_of_last (self->strokes) >= BM_INK_STILL)
    return 0;
  return at - self->down_at;
}

gboolean
bm_ink_is_empty (BmInk *self)
{
  g_return_val_if_fail (BM_IS_INK (self), TRUE);

  return self->strokes == NULL;
}

gboolean
bm_ink_is_given (BmInk *self)
{
  g_return_val_if_fail (BM_IS_INK (self), FALSE);

  return self->is_given;
}

gboolean
bm_ink_is_complete (BmInk *self)
{
  g_return_val_if_fail (BM_IS_INK (self), FALSE);

  return self->is_given ||
         (self->strokes != NULL && !self->is_full && bm_strokes_is_enough (self->strokes));
}

const BmStrokes *
bm_ink_get_strokes (BmInk *self)
{
  g_return_val_if_fail (BM_IS_INK (self), NULL);

  return self->strokes;
}

char *
bm_ink_dup_text (BmInk *self)
{
  g_return_val_if_fail (BM_IS_INK (self) && self->strokes != NULL, NULL);

  return bm_strokes_to_text (self->strokes);
}

const char *
bm_ink_get_sentence (BmInk *self, gboolean *ret_is_problem)
{
  g_return_val_if_fail (BM_IS_INK (self), NULL);

  *ret_is_problem = TRUE;
  if (self->is_full)
    return self->over;
  if (self->is_blamed && !bm_ink_is_complete (self))
    return self->under;
  if (self->problem != NULL)
    return self->problem;
  *ret_is_problem = FALSE;
  return self->strokes == NULL ? self->hint : NULL;
}

const char *
bm_ink_complain (BmInk *self)
{
  gboolean is_problem;

  g_return_val_if_fail (BM_IS_INK (self), NULL);

  self->is_blamed = TRUE;
  emit_changed (self);
  return bm_ink_get_sentence (self, &is_problem);
}

/* All that may come to stand in the field, so that there is room for it. */
void
bm_ink_add_texts (BmInk *self, GPtrArray *texts)
{
  const char *const all[] = { self->hint, self->problem, self->under, self->over };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (all[i] != NULL)
      g_ptr_array_add (texts, (gpointer) all[i]);
}
