/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_PO_MAX_BYTES (2 * 1024 * 1024)

/* One message of a translator's file (gettext's PO). The first one, of the empty message, is its header. */
typedef struct
{
  char *context; /* NULL: none */
  char *message;
  char *words;
  guint line; /* where it begins */
  gboolean is_fuzzy;
} BmPoItem;

typedef struct
{
  GPtrArray *items;  /* of BmPoItem */
  GPtrArray *faults; /* of char *: "12: what is wrong" */
} BmPoFile;

/* Never NULL: what cannot be read is among the faults, and the reading goes on behind it. */
BmPoFile *bm_po_file_parse (const char *text, gsize len) G_GNUC_WARN_UNUSED_RESULT;
void bm_po_file_free (BmPoFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPoFile, bm_po_file_free)

void
bm_po_file_add_fault (BmPoFile *self, guint line, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* "Language: xx" in the header; "" when it is not there. */
char *bm_po_file_dup_header (BmPoFile *self, const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* For writing: "msgid", and the text in as many lines as it has. */
void bm_po_append (GString *file, const char *keyword, const char *text);

G_END_DECLS
