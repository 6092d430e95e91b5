/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-pdf"

#include "printing/dots.h"
#include "printing/printer.h"

#include "core/error.h"
#include "core/fault.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * A folder as a printer: <number>-<copy>-<attempt>.pdf, with a picture of the first page beside it. The
 * rename of the PDF is the moment of printing: before it nothing is there, after it all of it is.
 */

#define BM_TYPE_PDF_PRINTER (bm_pdf_printer_get_type ())
G_DECLARE_FINAL_TYPE (BmPdfPrinter, bm_pdf_printer, BM, PDF_PRINTER, BmPrinter)

struct _BmPdfPrinter
{
  BmPrinter parent_instance;

  char *folder;
};

G_DEFINE_FINAL_TYPE (BmPdfPrinter, bm_pdf_printer, BM_TYPE_PRINTER)

static gboolean
fail_errno (GError **error, const char *what)
{
  const int saved = errno;

  g_set_error (error, BM_ERROR, saved == ENOSPC ? BM_ERROR_FULL : BM_ERROR_UNREACHABLE, "%s: %s",
               what, g_strerror (saved));
  return FALSE;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize left;
  const guint8 *data = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      const gssize written = write (fd, data, left);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return FALSE;
      data += written;
      left -= (gsize) written;
    }
  return fsync (fd) == 0;
}

static gboolean
write_durably (const char *folder, const char *name, GBytes *bytes, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *temporary = g_strconcat (path, ".part", NULL);
  int fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    return fail_errno (error, "print folder");
  ok = write_all (fd, bytes);
  ok = close (fd) == 0 && ok;
  if (!ok || g_rename (temporary, path) != 0)
    {
      fail_errno (error, "print folder");
      (void) g_unlink (temporary); /* a left-over is swept by the next reconcile */
      return FALSE;
    }
  return TRUE;
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok;

  if (fd < 0)
    return fail_errno (error, "print folder");
  ok = fsync (fd) == 0;
  (void) close (fd); /* opened for reading only */
  return ok ? TRUE : fail_errno (error, "print folder");
}

static gboolean
bm_pdf_printer_probe (BmPrinter *printer, GError **error)
{
  BmPdfPrinter *self = BM_PDF_PRINTER (printer);

  if (!g_file_test (self->folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "print folder %s does not exist",
                   self->folder);
      return FALSE;
    }
  if (g_access (self->folder, W_OK) != 0)
    return fail_errno (error, "print folder");
  return TRUE;
}

static GStrv
bm_pdf_printer_status (BmPrinter *printer, GError **error)
{
  if (!bm_pdf_printer_probe (printer, error))
    return NULL;
  return g_new0 (char *, 1);
}

static char *
file_name (const BmPrintRequest *request, const char *ending)
{
  return g_strdup_printf ("%s-%u-%s%s", *request->number != '\0' ? request->number : "sheet",
                          request->copy, request->attempt, ending);
}

static BmPrintReport *
bm_pdf_printer_submit (BmPrinter *printer, const BmPrintRequest *request, GError **error)
{
  BmPdfPrinter *self = BM_PDF_PRINTER (printer);
  g_autoptr (BmDots) page = bm_dots_from_render (request->render, 0, BM_PAGE_DPI, error);
  g_autoptr (GBytes) png = page != NULL ? bm_dots_to_png (page, error) : NULL;
  g_autoptr (GBytes) pdf = png != NULL ? bm_render_to_pdf (request->render, error) : NULL;
  g_autofree char *png_name = file_name (request, ".png");
  g_autofree char *pdf_name = file_name (request, ".pdf");
  g_autoptr (GError) local = NULL;

  if (pdf == NULL || !write_durably (self->folder, png_name, png, error))
    return NULL;
  bm_fault_point ("print-mid");
  if (!write_durably (self->folder, pdf_name, pdf, error))
    return NULL;
  if (!sync_folder (self->folder, &local))
    return bm_print_report_new (BM_PRINT_OUTCOME_UNKNOWN, "folder-not-synced", pdf_name);
  return bm_print_report_new (BM_PRINT_OUTCOME_PRINTED, "", pdf_name);
}

/* The file with @attempt in its name; half-written ones of that attempt are swept. */
static char *
find_attempt (BmPdfPrinter *self, const char *attempt, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  g_autofree char *ending = g_strdup_printf ("-%s.pdf", attempt);
  g_autoptr (GPtrArray) halves = g_ptr_array_new_with_free_func (g_free);
  char *found = NULL;
  const char *name;

  if (dir == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNREACHABLE, "print folder cannot be read");
      return NULL;
    }
  while (found == NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ending))
      found = g_strdup (name);
    else if (strstr (name, attempt) != NULL)
      g_ptr_array_add (halves, g_build_filename (self->folder, name, NULL));
  for (guint i = 0; found == NULL && i < halves->len; i++)
    (void) g_unlink (g_ptr_array_index (halves, i)); /* a half never counts as a sheet */
  return found != NULL ? found : g_strdup ("");
}

static BmPrintReport *
bm_pdf_printer_reconcile (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  g_autofree char *name = find_attempt (BM_PDF_PRINTER (printer), trace->attempt, error);

  if (name == NULL)
    return NULL;
  if (*name == '\0')
    return bm_print_report_new (BM_PRINT_OUTCOME_REFUSED, "", "");
  return bm_print_report_new (BM_PRINT_OUTCOME_PRINTED, "", name);
}

static gboolean
bm_pdf_printer_cancel (BmPrinter *printer, const BmPrintTrace *trace, GError **error)
{
  return TRUE; /* submit returns only when all is done */
}

static char *
bm_pdf_printer_get_lock_key (BmPrinter *printer)
{
  return g_strconcat ("pdf:", BM_PDF_PRINTER (printer)->folder, NULL);
}

static void
bm_pdf_printer_finalize (GObject *object)
{
  g_free (BM_PDF_PRINTER (object)->folder);

  G_OBJECT_CLASS (bm_pdf_printer_parent_class)->finalize (object);
}

static void
bm_pdf_printer_class_init (BmPdfPrinterClass *klass)
{
  BmPrinterClass *printer_class = BM_PRINTER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bm_pdf_printer_finalize;
  printer_class->probe = bm_pdf_printer_probe;
  printer_class->status = bm_pdf_printer_status;
  printer_class->submit = bm_pdf_printer_submit;
  printer_class->poll = bm_pdf_printer_reconcile;
  printer_class->cancel = bm_pdf_printer_cancel;
  printer_class->reconcile = bm_pdf_printer_reconcile;
  printer_class->get_lock_key = bm_pdf_printer_get_lock_key;
}

static void
bm_pdf_printer_init (BmPdfPrinter *self)
{
}

/**
 * bm_pdf_printer_new:
 * @uri: pdf:/folder, with ?media=a4 when it is not for rolls
 * @error: return location for an error
 *
 * Returns: (transfer full): the printer
 */
BmPrinter *
bm_pdf_printer_new (const char *uri, GError **error)
{
  g_autofree char *path = g_strdup (uri + strlen ("pdf:"));
  char *query = strstr (path, "?media=");
  BmPaper paper = BM_PAPER_ROLL80;
  BmPdfPrinter *self;

  if (query != NULL)
    {
      *query = '\0';
      if (!bm_paper_from_string (query + strlen ("?media="), &paper))
        query = NULL, *path = '\0';
    }
  if (*path != '/')
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "printer \"%s\": write pdf:/folder or pdf:/folder?media=roll80|roll58|a5|a4",
                   uri);
      return NULL;
    }
  self = g_object_new (BM_TYPE_PDF_PRINTER, NULL);
  self->folder = g_steal_pointer (&path);
  bm_printer_set_paper (BM_PRINTER (self), paper);
  return BM_PRINTER (self);
}
