/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/widgets/bm-ink-view.h"

#include "core/language/language.h"
#include "ui/widgets/bm-text.h"

/*
 * The field that is written in: a sheet with a line to write on. One finger writes; what the others do the touch filter
 * has swallowed before. Points come as often as the screen delivers them, also those of one frame: touches are never
 * put together by GDK, and of a pointer's motions the history is read.
 *
 * The writing keeps its size in millimetres. Where a page that was set anew has less room it is shown smaller, and what is
 * written then is as large as what is there.
 */

#define LINE_MM       1.0
#define STROKE_MM     1.4
#define LOW_MM        75   /* the words of a field that is lower lie on its line */
#define BASE_SHARE    0.78 /* of the height, where the line lies */
#define PICTURE_MM    20
#define PICTURE_WIDTH 60

struct _BmInkView
{
  GtkWidget parent_instance;

  BmMetrics metrics;
  BmInk *ink;
  GtkWidget *words;
  GdkEventSequence *finger; /* (nullable): which one writes; never followed */
  gboolean is_pointer;      /* or the pointer does */
  char *question;           /* (nullable): stands in the field until something is written */
};

G_DEFINE_FINAL_TYPE (BmInkView, bm_ink_view, GTK_TYPE_WIDGET)

/* Pixels a 1/100 mm. */
static double
get_scale (BmInkView *self)
{
  const BmStrokes *strokes = bm_ink_get_strokes (self->ink);
  double scale = 1 / (100 * self->metrics.pitch);

  if (strokes == NULL || bm_strokes_get_width (strokes) == 0 ||
      bm_strokes_get_height (strokes) == 0)
    return scale;
  scale =
    MIN (scale, gtk_widget_get_width (GTK_WIDGET (self)) / (double) bm_strokes_get_width (strokes));
  return MIN (scale,
              gtk_widget_get_height (GTK_WIDGET (self)) / (double) bm_strokes_get_height (strokes));
}

static void
trace (cairo_t *cr, const BmStrokes *strokes, double x, double y, double scale)
{
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_new_path (cr);
  for (guint i = 0; i < bm_strokes_count (strokes); i++)
    {
      guint n;
      const BmStrokePoint *points = bm_strokes_get (strokes, i, &n);

      for (guint k = 0; k < n; k++)
        (k == 0 ? cairo_move_to : cairo_line_to) (cr, x + points[k].x * scale,
                                                  y + points[k].y * scale);
      if (n == 1)
        cairo_close_path (cr); /* a dot */
    }
  cairo_stroke (cr);
}

static void
bm_ink_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BmInkView *self = BM_INK_VIEW (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  int side = bm_px (&self->metrics, BM_MM_MARGIN);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  GdkRGBA ink, rule;

  bm_role_rgba (self->metrics.theme, BM_ROLE_INK, &ink);
  bm_role_rgba (self->metrics.theme, BM_ROLE_RULE, &rule);
  gdk_cairo_set_source_rgba (cr, &rule);
  if (gtk_widget_get_opacity (self->words) == 0 || height >= bm_px (&self->metrics, LOW_MM))
    cairo_rectangle (cr, side, height * BASE_SHARE, width - 2 * side,
                     bm_px (&self->metrics, LINE_MM));
  cairo_fill (cr);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_set_line_width (cr, bm_px (&self->metrics, STROKE_MM));
  if (!bm_ink_is_empty (self->ink))
    trace (cr, bm_ink_get_strokes (self->ink), 0, 0, get_scale (self));
  cairo_destroy (cr);
  gtk_widget_snapshot_child (widget, self->words, snapshot);
}

static void
bm_ink_view_dispose (GObject *object)
{
  BmInkView *self = BM_INK_VIEW (object);

  g_clear_pointer (&self->words, gtk_widget_unparent);
  g_clear_object (&self->ink);
  G_OBJECT_CLASS (bm_ink_view_parent_class)->dispose (object);
}

static void
bm_ink_view_finalize (GObject *object)
{
  g_free (BM_INK_VIEW (object)->question);
  G_OBJECT_CLASS (bm_ink_view_parent_class)->finalize (object);
}

static void
bm_ink_view_class_init (BmInkViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bm_ink_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = bm_ink_view_finalize;
  widget_class->snapshot = bm_ink_view_snapshot;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "bm-ink");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bm_ink_view_init (BmInkView *self)
{
}

/* Fingers */

static void
to_field (BmInkView *self, double x, double y, int *ret_x, int *ret_y)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  double surface_x, surface_y;
  const double scale = get_scale (self);

  gtk_native_get_surface_transform (native, &surface_x, &surface_y);
  (void) gtk_widget_translate_coordinates (GTK_WIDGET (native), GTK_WIDGET (self), x - surface_x,
                                           y - surface_y, &x, &y); /* one window: always so */
  *ret_x = (int) CLAMP (x / scale, -BM_STROKES_MAX_AWAY, BM_STROKES_MAX_AWAY);
  *ret_y = (int) CLAMP (y / scale, -BM_STROKES_MAX_AWAY, BM_STROKES_MAX_AWAY);
}

static void
down (BmInkView *self, GdkEvent *event)
{
  const double unit = 100 * self->metrics.pitch;
  double x, y;
  int to_x, to_y;

  if (!gdk_event_get_position (event, &x, &y))
    return;
  if (bm_ink_is_given (self->ink))
    bm_ink_clear (self->ink); /* and with it its scale */
  to_field (self, x, y, &to_x, &to_y);
  bm_ink_down (self->ink, (guint) (gtk_widget_get_width (GTK_WIDGET (self)) * unit),
               (guint) (gtk_widget_get_height (GTK_WIDGET (self)) * unit), to_x, to_y,
               gdk_event_get_time (event));
}

static void
move_to (BmInkView *self, double x, double y, guint32 at)
{
  int to_x, to_y;

  to_field (self, x, y, &to_x, &to_y);
  bm_ink_move (self->ink, to_x, to_y, at);
}

static void
move (BmInkView *self, GdkEvent *event)
{
  guint n = 0;
  g_autofree GdkTimeCoord *history = NULL;
  double x, y;

  if (gdk_event_get_event_type (event) == GDK_MOTION_NOTIFY)
    history = gdk_event_get_history (event, &n);
  for (guint i = 0; i < n; i++)
    if ((history[i].flags & GDK_AXIS_FLAG_X) != 0 && (history[i].flags & GDK_AXIS_FLAG_Y) != 0)
      move_to (self, history[i].axes[GDK_AXIS_X], history[i].axes[GDK_AXIS_Y], history[i].time);
  if (gdk_event_get_position (event, &x, &y))
    move_to (self, x, y, gdk_event_get_time (event));
}

static void
up (BmInkView *self)
{
  self->finger = NULL;
  self->is_pointer = FALSE;
  bm_ink_up (self->ink);
}

static gboolean
on_touch (BmInkView *self, GdkEvent *event)
{
  GdkEventSequence *finger = gdk_event_get_event_sequence (event);
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_TOUCH_BEGIN && self->finger == NULL)
    {
      self->finger = finger;
      down (self, event);
    }
  else if (finger != self->finger)
    return TRUE;
  else if (type == GDK_TOUCH_UPDATE)
    move (self, event);
  else if (type == GDK_TOUCH_END || type == GDK_TOUCH_CANCEL)
    up (self);
  return TRUE;
}

static gboolean
on_event (GtkEventControllerLegacy *controller, GdkEvent *event, BmInkView *self)
{
  switch ((int) gdk_event_get_event_type (event))
    {
    case GDK_TOUCH_BEGIN:
    case GDK_TOUCH_UPDATE:
    case GDK_TOUCH_END:
    case GDK_TOUCH_CANCEL:
      return on_touch (self, event);
    case GDK_BUTTON_PRESS:
      if (gdk_button_event_get_button (event) != GDK_BUTTON_PRIMARY || self->finger != NULL)
        return TRUE;
      self->is_pointer = TRUE;
      down (self, event);
      return TRUE;
    case GDK_MOTION_NOTIFY:
      if (self->is_pointer)
        move (self, event);
      return self->is_pointer;
    case GDK_BUTTON_RELEASE:
      if (self->is_pointer)
        up (self);
      return TRUE;
    default:
      return FALSE;
    }
}

/* Words */

static char *
dup_words (BmInkView *self, gboolean *ret_is_problem)
{
  const char *sentence = bm_ink_get_sentence (self->ink, ret_is_problem);

  g_autofree char *flat = NULL;

  if (sentence == NULL || *ret_is_problem || self->question == NULL)
    return g_strdup (sentence);
  flat = bm_text_on_one_line (sentence);
  return g_strdup_printf ("%s\n%s", self->question, flat);
}

static void
update (BmInkView *self)
{
  gboolean is_problem;
  g_autofree char *sentence = dup_words (self, &is_problem);
  const char *state = bm_ink_is_empty (self->ink) ? C_ ("ink", "Box to write in, empty")
                                                  : C_ ("ink", "Box to write in, written in");

  gtk_widget_set_opacity (self->words, sentence != NULL ? 1 : 0);
  if (sentence != NULL && g_strcmp0 (sentence, gtk_label_get_text (GTK_LABEL (self->words))) != 0)
    bm_text_set (self->words, sentence);
  if (is_problem)
    gtk_widget_add_css_class (self->words, "strong");
  else
    gtk_widget_remove_css_class (self->words, "strong");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, state, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bm_ink_view_new:
 * @metrics: how this face measures
 * @ink: what is written
 * @question: (nullable): what has no room above the field
 * @type: size of the words in the field
 * @height_mm: at least
 *
 * Returns: the field
 */
GtkWidget *
bm_ink_view_new (const BmMetrics *metrics,
                 BmInk *ink,
                 const char *question,
                 BmType type,
                 double height_mm)
{
  BmInkView *self = g_object_new (BM_TYPE_INK_VIEW, NULL);
  GtkEventController *controller = gtk_event_controller_legacy_new ();

  self->metrics = *metrics;
  self->ink = g_object_ref (ink);
  self->question = g_strdup (question);
  self->words = bm_text_new ("", type);
  gtk_widget_add_css_class (self->words, "tight");
  gtk_label_set_justify (GTK_LABEL (self->words), GTK_JUSTIFY_CENTER);
  gtk_label_set_xalign (GTK_LABEL (self->words), 0.5);
  gtk_widget_set_valign (self->words, GTK_ALIGN_CENTER);
  gtk_widget_set_can_target (self->words, FALSE);
  gtk_widget_set_parent (self->words, GTK_WIDGET (self));
  gtk_widget_set_name (GTK_WIDGET (self), "ink");
  gtk_widget_add_css_class (GTK_WIDGET (self), "sheet");
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_size_request (GTK_WIDGET (self), bm_px (metrics, 3 * BM_MM_TARGET),
                               bm_px (metrics, height_mm));
  g_signal_connect (controller, "event", G_CALLBACK (on_event), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
  g_signal_connect_object (ink, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

guint32
bm_ink_view_get_rest (BmInkView *self, guint32 at)
{
  g_return_val_if_fail (BM_IS_INK_VIEW (self), 0);

  return bm_ink_get_rest (self->ink, at);
}

void
bm_ink_view_let_go (BmInkView *self)
{
  g_return_if_fail (BM_IS_INK_VIEW (self));

  self->finger = NULL;
  self->is_pointer = FALSE;
  bm_ink_drop (self->ink);
}

/* Read back */

typedef struct
{
  BmMetrics metrics;
  BmStrokes *strokes;
} Drawn;

static void
free_drawn (gpointer data)
{
  Drawn *drawn = data;

  bm_strokes_free (drawn->strokes);
  g_free (drawn);
}

static void
draw_picture (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const Drawn *drawn = user_data;
  double line = bm_px (&drawn->metrics, LINE_MM);
  double scale;
  BmStrokePoint from, to;
  GdkRGBA ink;

  if (!bm_strokes_get_box (drawn->strokes, &from, &to))
    return;
  scale =
    MIN ((width - 2 * line) / MAX (to.x - from.x, 1), (height - 2 * line) / MAX (to.y - from.y, 1));
  bm_role_rgba (drawn->metrics.theme, BM_ROLE_INK, &ink);
  gdk_cairo_set_source_rgba (cr, &ink);
  cairo_set_line_width (cr, line);
  trace (cr, drawn->strokes, line - from.x * scale, line - from.y * scale, scale);
}

/**
 * bm_ink_picture_new:
 * @metrics: how this face measures
 * @drawing: strokes of a model
 * @label: its accessible name
 *
 * Returns: (nullable): the drawing, small; %NULL when there is none
 */
GtkWidget *
bm_ink_picture_new (const BmMetrics *metrics, const char *drawing, const char *label)
{
  BmStrokes *strokes = drawing != NULL ? bm_strokes_parse (drawing, NULL) : NULL;
  GtkWidget *area;
  Drawn *drawn;

  if (strokes == NULL)
    return NULL;
  area = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, NULL);
  drawn = g_new0 (Drawn, 1);
  drawn->metrics = *metrics;
  drawn->strokes = strokes;
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_picture, drawn, free_drawn);
  gtk_widget_set_size_request (area, bm_px (metrics, PICTURE_WIDTH), bm_px (metrics, PICTURE_MM));
  gtk_widget_set_halign (area, GTK_ALIGN_START);
  gtk_widget_set_name (area, "drawing");
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return area;
}
