/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "config.h"

#include "app/ctl/ctl-printers.h"

#include "core/error.h"
#include "core/ports/reasons.h"
#include "core/sheet/sheet.h"
#include "printing/printer-find.h"
#include "printing/printer.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

/*
 * For whoever sets a station up: which printers there are, each with the words for the configuration, and one sheet to
 * try them with. No station is asked; one of the same user that uses the printer at that moment keeps it.
 */

#define EXIT_USAGE 2
#define POLL_MS    500
#define PATIENCE_S 60

static void
show (const GPtrArray *found)
{
  for (guint i = 0; i < found->len; i++)
    {
      const BmFoundPrinter *printer = g_ptr_array_index (found, i);

      g_print ("printer=%s\n    %s\n", printer->backend, printer->what);
    }
}

static int
list (const char *root)
{
  g_autoptr (GPtrArray) nodes = bm_printers_find_nodes (root);
  g_autoptr (GPtrArray) served = bm_printers_find_served ();

  show (nodes);
  show (served);
  if (nodes->len + served->len > 0)
    return EXIT_SUCCESS;
  g_printerr ("No printer was found. One on the network that announces nothing:\n"
              "    bianmin-ctl printers ask ipp://ADDRESS/ipp/print\n");
  return EXIT_FAILURE;
}

static int
complain (const GError *error)
{
  g_printerr ("bianmin-ctl: %s\n", error->message);
  return EXIT_FAILURE;
}

static int
ask (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmFoundPrinter) printer = bm_printers_ask (uri, &error);

  if (printer == NULL)
    return complain (error);
  g_print ("printer=%s\n    %s\n", printer->backend, printer->what);
  return EXIT_SUCCESS;
}

/* A sheet to try it with */

static json_t *
new_sheet (void)
{
  return json_pack ("{s:i, s:s, s:s, s:s, s:b, s:[{s:s, s:s, s:s}]}", "version", BM_SHEET_VERSION,
                    "kind", "checkup", "title", C_ ("ctl", "Trying the printer"), "station",
                    "bianmin-ctl", "demo", 0, "blocks", "type", "text", "text",
                    C_ ("desk", "That you can read this shows that the printer prints."), "size",
                    "lead");
}

static BmRender *
render (BmPaper paper, GError **error)
{
  const char *assets = g_getenv ("BIANMIN_ASSETS");
  g_autoptr (BmLayout) layout = bm_layout_new (assets != NULL ? assets : BM_PKGDATADIR, error);
  json_t *sheet = new_sheet ();
  BmRender *drawn = layout != NULL ? bm_layout_render (layout, sheet, 1, paper, error) : NULL;

  json_decref (sheet);
  return drawn;
}

static gboolean
on_waited (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_a_moment (void)
{
  gboolean is_over = FALSE;

  (void) g_timeout_add (POLL_MS, on_waited, &is_over); /* gone once it has called */
  while (!is_over)
    (void) g_main_context_iteration (NULL, TRUE);
}

static int
say_fate (const BmPrintReport *report)
{
  g_autofree char *sentence =
    bm_reason_dup_sentence (bm_reason_find (BM_REASON_PRINTER, report->reason));

  switch (report->outcome)
    {
    case BM_PRINT_OUTCOME_PRINTED:
      g_print ("printed: the printer says so\n");
      return EXIT_SUCCESS;
    case BM_PRINT_OUTCOME_UNKNOWN:
      g_print ("handed over (%s): look whether it came out; the station asks the person\n",
               report->reason);
      return EXIT_SUCCESS;
    case BM_PRINT_OUTCOME_SENT:
    case BM_PRINT_OUTCOME_REFUSED:
    case BM_PRINT_OUTCOME_LATER:
    default:
      g_printerr ("not printed (%s): %s\n", report->reason, sentence);
      return EXIT_FAILURE;
    }
}

/* A sheet that did not come out in time is taken back: it must not come while nobody looks. */
static BmPrintReport *
follow (BmPrinter *printer, const char *attempt, BmPrintReport *report, GError **error)
{
  g_autofree char *remote = g_strdup (report->remote);
  gint64 age_ms = 0;

  while (report != NULL && report->outcome == BM_PRINT_OUTCOME_SENT)
    {
      const BmPrintTrace trace = { attempt, remote, age_ms };

      if (age_ms > PATIENCE_S * 1000)
        {
          if (!bm_printer_cancel (printer, &trace, error))
            g_clear_pointer (&report, bm_print_report_free);
          return report;
        }
      wait_a_moment ();
      age_ms += POLL_MS;
      bm_print_report_free (report);
      report = bm_printer_poll (printer, &trace, error);
    }
  return report;
}

static BmPrintReport *
print (BmPrinter *printer, GError **error)
{
  g_autofree char *attempt = g_uuid_string_random ();
  g_autoptr (BmRender) drawn = NULL;
  BmPrintReport *report;

  if (!bm_printer_lock (printer, error) || !bm_printer_probe (printer, error))
    return NULL;
  drawn = render (bm_printer_get_paper (printer), error);
  if (drawn == NULL)
    return NULL;
  report = bm_printer_submit (printer, &(BmPrintRequest){ drawn, "test", 1, attempt }, error);
  return report != NULL ? follow (printer, attempt, report, error) : NULL;
}

static int
try (const char *backend)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmPrinter) printer = bm_printer_new (backend, &error);
  g_autoptr (BmPrintReport) report = printer != NULL ? print (printer, &error) : NULL;

  return report != NULL ? say_fate (report) : complain (error);
}

/**
 * bm_ctl_printers:
 * @words: what follows "printers" on the command line
 * @root: "/", where device nodes are looked for
 *
 * Returns: the exit code
 */
int
bm_ctl_printers (char **words, const char *root)
{
  const guint count = g_strv_length (words);

  if (count == 0)
    return list (root);
  if (count == 2 && g_str_equal (words[0], "ask"))
    return ask (words[1]);
  if (count == 2 && g_str_equal (words[0], "test"))
    return try (words[1]);
  g_printerr ("bianmin-ctl printers\nbianmin-ctl printers ask ipp://HOST[:PORT]/PATH\n"
              "bianmin-ctl printers test PRINTER\n");
  return EXIT_USAGE;
}
