/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/shell/layout-log.h"

#include "ui/widgets/bm-button.h"
#include "ui/widgets/bm-ink-view.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>

/*
 * A line of JSON for each page, part of a page and change of focus, written when it was painted: what a
 * finger can hit, in pixels of the window, and what is allocated. AT-SPI tells other boxes (without padding), so that a test
 * which aims at edges needs this. Without a log no handler exists.
 */

static struct
{
  FILE *log;
  BmShell *shell;
  GdkFrameClock *clock;
  char *last;
} layout;

static void
add_targets (GtkWidget *widget, json_t *targets)
{
  graphene_rect_t box;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (BM_IS_BUTTON (widget) && gtk_widget_compute_bounds (widget, GTK_WIDGET (layout.shell), &box))
    json_array_append_new (targets, json_pack ("{s:s, s:s, s:b, s:i, s:i, s:i, s:i}", "name",
                                               gtk_widget_get_name (widget), "label",
                                               bm_button_get_name (BM_BUTTON (widget)), "off",
                                               bm_button_is_off (BM_BUTTON (widget)), "x",
                                               (int) box.origin.x, "y", (int) box.origin.y, "w",
                                               (int) box.size.width, "h", (int) box.size.height));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_targets (child, targets);
}

/* Where one writes, when there is such a field. */
static void
add_ink (GtkWidget *widget, json_t *line)
{
  graphene_rect_t box;

  if (BM_IS_INK_VIEW (widget) && gtk_widget_get_mapped (widget) &&
      gtk_widget_compute_bounds (widget, GTK_WIDGET (layout.shell), &box))
    json_object_set_new (line, "ink",
                         json_pack ("[i, i, i, i]", (int) box.origin.x, (int) box.origin.y,
                                    (int) box.size.width, (int) box.size.height));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_ink (child, line);
}

static char *
describe (void)
{
  json_t *model = bm_shell_get_model (layout.shell);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (layout.shell));
  json_t *targets = json_array ();
  json_auto_t *line = NULL;

  add_targets (GTK_WIDGET (layout.shell), targets);
  line =
    json_pack ("{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:o}", "page", bm_model_text (model, "id"),
               "template", bm_model_text (model, "template"), "question",
               bm_model_text (model, "question"), "part", (int) bm_shell_get_part (layout.shell),
               "parts", (int) bm_shell_count_parts (layout.shell), "focus",
               focus != NULL ? gtk_widget_get_name (focus) : "", "focused",
               BM_IS_BUTTON (focus) ? bm_button_get_name (BM_BUTTON (focus)) : "", "targets",
               targets);
  add_ink (GTK_WIDGET (layout.shell), line);
  return json_dumps (line, JSON_COMPACT);
}

/* What is allocated: what the allocator keeps for later, and tells no leak, is not in it. */
static char *
with_heap (const char *text)
{
  struct mallinfo2 info = mallinfo2 ();

  return g_strdup_printf ("{\"heap_kb\":%" G_GSIZE_FORMAT ",%s",
                          (info.uordblks + info.hblkhd) / 1024, text + 1);
}

static void
on_painted (GdkFrameClock *clock, gpointer user_data)
{
  char *text = describe ();

  if (g_strcmp0 (text, layout.last) == 0)
    {
      free (text);
      return;
    }
  free (layout.last);
  layout.last = text;
  text = with_heap (text);
  fprintf (layout.log, "%s\n", text);
  fflush (layout.log);
  g_free (text);
}

/**
 * bm_layout_log_open:
 * @path: where the lines go
 * @shell: the face's window, realized
 *
 * Begins to write down where things lie.
 */
void
bm_layout_log_open (const char *path, BmShell *shell)
{
  g_return_if_fail (layout.log == NULL && gtk_widget_get_realized (GTK_WIDGET (shell)));

  layout.log = fopen (path, "ae");
  if (layout.log == NULL)
    {
      g_warning ("Cannot write %s: %s", path, g_strerror (errno));
      return;
    }
  layout.shell = shell;
  layout.clock = g_object_ref (gtk_widget_get_frame_clock (GTK_WIDGET (shell)));
  g_signal_connect (layout.clock, "after-paint", G_CALLBACK (on_painted), NULL);
}

void
bm_layout_log_close (void)
{
  if (layout.log == NULL)
    return;
  g_signal_handlers_disconnect_by_func (layout.clock, on_painted, NULL);
  g_clear_object (&layout.clock);
  g_clear_pointer (&layout.last, free);
  g_clear_pointer (&layout.log, fclose);
}
