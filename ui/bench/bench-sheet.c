/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "ui/bench/bench-sheet.h"

#include "core/language/language.h"
#include "ui/bench/bench-reply.h"

/*
 * What the printer printed last, from the file that its simulator names. The name comes from another program: only a
 * regular file of the size of a sheet's picture is read, and only what begins as such a picture is opened.
 */

struct _BmBenchSheet
{
  GObject parent_instance;

  GtkWidget *picture;
  char *path; /* (nullable): shown, or being read */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (BmBenchSheet, bm_bench_sheet, G_TYPE_OBJECT)

static void
bm_bench_sheet_dispose (GObject *object)
{
  BmBenchSheet *self = BM_BENCH_SHEET (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->picture);
  G_OBJECT_CLASS (bm_bench_sheet_parent_class)->dispose (object);
}

static void
bm_bench_sheet_finalize (GObject *object)
{
  g_free (BM_BENCH_SHEET (object)->path);
  G_OBJECT_CLASS (bm_bench_sheet_parent_class)->finalize (object);
}

static void
bm_bench_sheet_class_init (BmBenchSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_bench_sheet_dispose;
  G_OBJECT_CLASS (klass)->finalize = bm_bench_sheet_finalize;
}

static void
bm_bench_sheet_init (BmBenchSheet *self)
{
  self->picture = g_object_ref_sink (gtk_picture_new ());
  self->cancellable = g_cancellable_new ();
  gtk_picture_set_can_shrink (GTK_PICTURE (self->picture), TRUE);
  gtk_picture_set_alternative_text (GTK_PICTURE (self->picture),
                                    C_ ("bench", "The sheet that was printed last"));
}

static void
on_bytes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmBenchSheet) self = user_data;
  g_autoptr (GBytes) bytes =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  g_autoptr (GdkTexture) texture = NULL;
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

  if (self->picture == NULL || bytes == NULL)
    return;
  if (length < BM_BENCH_MAX_SHEET && bm_bench_is_sheet (data, length))
    texture = gdk_texture_new_from_bytes (bytes, NULL); /* what cannot be opened is not shown */
  gtk_picture_set_paintable (GTK_PICTURE (self->picture), GDK_PAINTABLE (texture));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmBenchSheet) self = user_data;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (source), result, NULL);

  if (stream != NULL && self->cancellable != NULL)
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), BM_BENCH_MAX_SHEET,
                                     G_PRIORITY_DEFAULT, self->cancellable, on_bytes,
                                     g_object_ref (self));
}

/* A pipe would never end, and opening one may wait for ever. */
static void
on_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmBenchSheet) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  if (info == NULL || self->cancellable == NULL)
    return;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
      g_file_info_get_size (info) < BM_BENCH_MAX_SHEET)
    g_file_read_async (G_FILE (source), G_PRIORITY_DEFAULT, self->cancellable, on_opened,
                       g_object_ref (self));
}

BmBenchSheet *
bm_bench_sheet_new (void)
{
  return g_object_new (BM_TYPE_BENCH_SHEET, NULL);
}

GtkWidget *
bm_bench_sheet_get_widget (BmBenchSheet *self)
{
  return self->picture;
}

GdkTexture *
bm_bench_sheet_get_texture (BmBenchSheet *self)
{
  return GDK_TEXTURE (gtk_picture_get_paintable (GTK_PICTURE (self->picture)));
}

/**
 * bm_bench_sheet_show:
 * @self: a sheet
 * @path: (nullable): of the picture, or "none"
 *
 * Shows it as soon as it is read; nothing until then.
 */
void
bm_bench_sheet_show (BmBenchSheet *self, const char *path)
{
  g_autoptr (GFile) file = NULL;

  g_return_if_fail (BM_IS_BENCH_SHEET (self));

  if (g_strcmp0 (path, self->path) == 0)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  gtk_picture_set_paintable (GTK_PICTURE (self->picture), NULL);
  if (path == NULL || !g_path_is_absolute (path))
    return;
  file = g_file_new_for_path (path);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                           G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable, on_info,
                           g_object_ref (self));
}
