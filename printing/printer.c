/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer"

#include "printing/printer.h"

#include "core/error.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

/*
 * What all ways to paper share: the choice by URI, and the lock that keeps two processes from feeding one
 * printer between each other's lines.
 */

typedef struct
{
  BmPaper paper;
  int lock_fd;
  BmDeviceGate *gate; /* NULL: everything may be opened */
} BmPrinterPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BmPrinter, bm_printer, G_TYPE_OBJECT)

static void
bm_printer_finalize (GObject *object)
{
  BmPrinterPrivate *priv = bm_printer_get_instance_private (BM_PRINTER (object));

  if (priv->lock_fd >= 0)
    (void) close (priv->lock_fd); /* the lock goes with the descriptor; nothing else to lose */
  g_clear_object (&priv->gate);

  G_OBJECT_CLASS (bm_printer_parent_class)->finalize (object);
}

static void
bm_printer_class_init (BmPrinterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_printer_finalize;
}

static void
bm_printer_init (BmPrinter *self)
{
  BmPrinterPrivate *priv = bm_printer_get_instance_private (self);

  priv->lock_fd = -1;
}

BmPrintReport *
bm_print_report_new (BmPrintOutcome outcome, const char *reason, const char *remote)
{
  BmPrintReport *self = g_new0 (BmPrintReport, 1);

  self->outcome = outcome;
  self->reason = g_strdup (reason != NULL ? reason : "");
  self->remote = g_strdup (remote != NULL ? remote : "");
  return self;
}

void
bm_print_report_free (BmPrintReport *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->reason);
  g_free (self->remote);
  g_free (self);
}

/**
 * bm_printer_new:
 * @uri: ipp://host:port/path?media=roll80|roll58|a5|a4, escpos:/node?profile=…, escpos://host:port?profile=…,
 *   cups:queue?media=a5|a4, or pdf:/folder?media=…
 * @error: %BM_ERROR_UNSUPPORTED for another scheme, %BM_ERROR_INVALID for a broken one
 *
 * Makes a printer without speaking to it.
 *
 * Returns: (transfer full): the printer
 */
BmPrinter *
bm_printer_new (const char *uri, GError **error)
{
  g_return_val_if_fail (uri != NULL, NULL);

  if (g_str_has_prefix (uri, "ipp:") || g_str_has_prefix (uri, "ipps:"))
    return bm_ipp_printer_new (uri, error);
  if (g_str_has_prefix (uri, "escpos:"))
    return bm_escpos_printer_new (uri, error);
  if (g_str_has_prefix (uri, "cups:"))
    return bm_cups_printer_new (uri, error);
  if (g_str_has_prefix (uri, "pdf:"))
    return bm_pdf_printer_new (uri, error);
  g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED,
               "printer \"%s\": write ipp://host:port/ipp/print?media=roll80, "
               "escpos:/dev/usb/lp0?profile=generic80, cups:queue or pdf:/folder",
               uri);
  return NULL;
}

BmPaper
bm_printer_get_paper (BmPrinter *self)
{
  BmPrinterPrivate *priv = bm_printer_get_instance_private (self);

  g_return_val_if_fail (BM_IS_PRINTER (self), BM_PAPER_ROLL80);

  return priv->paper;
}

/* The keyword that says what is the matter when it cannot be reached. */
const char *
bm_printer_get_silence (BmPrinter *self)
{
  const char *silence;

  g_return_val_if_fail (BM_IS_PRINTER (self), NULL);

  silence = BM_PRINTER_GET_CLASS (self)->silence;
  return silence != NULL ? silence : "offline";
}

void
bm_printer_set_paper (BmPrinter *self, BmPaper paper)
{
  BmPrinterPrivate *priv = bm_printer_get_instance_private (self);

  g_return_if_fail (BM_IS_PRINTER (self));

  priv->paper = paper;
}

/* @gate: (nullable): what may be opened */
void
bm_printer_set_gate (BmPrinter *self, BmDeviceGate *gate)
{
  BmPrinterPrivate *priv = bm_printer_get_instance_private (self);

  g_return_if_fail (BM_IS_PRINTER (self));

  g_set_object (&priv->gate, gate);
}

BmDeviceGate *
bm_printer_get_gate (BmPrinter *self)
{
  BmPrinterPrivate *priv = bm_printer_get_instance_private (self);

  g_return_val_if_fail (BM_IS_PRINTER (self), NULL);

  return priv->gate;
}

static char *
lock_path (BmPrinter *self)
{
  g_autofree char *key = BM_PRINTER_GET_CLASS (self)->get_lock_key (self);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *name = g_strdup_printf ("bianmin-printer-%.16s.lock", hash);

  return g_build_filename (g_get_user_runtime_dir (), name, NULL);
}

/**
 * bm_printer_lock:
 * @self: a printer
 * @error: %BM_ERROR_BUSY when another process has it
 *
 * Takes the printer for this process until @self is freed. A second call does nothing.
 *
 * Returns: whether the printer is ours
 */
gboolean
bm_printer_lock (BmPrinter *self, GError **error)
{
  BmPrinterPrivate *priv = bm_printer_get_instance_private (self);
  g_autofree char *path = NULL;
  int fd;

  g_return_val_if_fail (BM_IS_PRINTER (self), FALSE);

  if (priv->lock_fd >= 0)
    return TRUE;
  path = lock_path (self);
  (void) g_mkdir_with_parents (g_get_user_runtime_dir (), 0700); /* open() below tells */
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_FAILED, "printer lock: %s", g_strerror (errno));
      return FALSE;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      (void) close (fd); /* nothing was written to it */
      g_set_error (error, BM_ERROR, BM_ERROR_BUSY, "another program uses this printer");
      return FALSE;
    }
  priv->lock_fd = fd;
  return TRUE;
}

/* Learns what the printer can do; refuses one that cannot print what we make. */
gboolean
bm_printer_probe (BmPrinter *self, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINTER (self), FALSE);

  return BM_PRINTER_GET_CLASS (self)->probe (self, error);
}

/* What is wrong with it now: keywords without severity; empty when nothing is. */
GStrv
bm_printer_status (BmPrinter *self, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINTER (self), NULL);

  return BM_PRINTER_GET_CLASS (self)->status (self, error);
}

/* Sends a sheet. An error is raised only while it is certain that nothing went out. */
BmPrintReport *
bm_printer_submit (BmPrinter *self, const BmPrintRequest *request, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINTER (self), NULL);
  g_return_val_if_fail (request != NULL && *request->attempt != '\0', NULL);

  return BM_PRINTER_GET_CLASS (self)->submit (self, request, error);
}

/* How far a sheet is that the printer acknowledged. */
BmPrintReport *
bm_printer_poll (BmPrinter *self, const BmPrintTrace *trace, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINTER (self), NULL);

  return BM_PRINTER_GET_CLASS (self)->poll (self, trace, error);
}

/* Asks the printer to forget a sheet. What it did is learned by poll, not from here. */
gboolean
bm_printer_cancel (BmPrinter *self, const BmPrintTrace *trace, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINTER (self), FALSE);

  return BM_PRINTER_GET_CLASS (self)->cancel (self, trace, error);
}

/* Looks for the attempt that a crash left in SENDING, or for the fate of an UNKNOWN one. */
BmPrintReport *
bm_printer_reconcile (BmPrinter *self, const BmPrintTrace *trace, GError **error)
{
  g_return_val_if_fail (BM_IS_PRINTER (self), NULL);
  g_return_val_if_fail (trace != NULL && *trace->attempt != '\0', NULL);

  return BM_PRINTER_GET_CLASS (self)->reconcile (self, trace, error);
}
