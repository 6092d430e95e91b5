/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A printer that can be set up. */
typedef struct
{
  char *backend; /* as it stands in the configuration */
  char *what;    /* for the operator, in English */
} BmFoundPrinter;

void bm_found_printer_free (BmFoundPrinter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmFoundPrinter, bm_found_printer_free)

/* All of these block. */
GPtrArray *bm_printers_find_nodes (const char *root) G_GNUC_WARN_UNUSED_RESULT; /* "/" */
GPtrArray *bm_printers_find_served (void) G_GNUC_WARN_UNUSED_RESULT;
BmFoundPrinter *bm_printers_ask (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
