/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Somebody else's bytes: until @left are free; 0: to the last one, in ever smaller pieces. */
typedef struct
{
  char *path;
  char *folder;
  gint64 piece;
  gint64 left;
} Hog;

/* (nullable): of a worker, with a Hog; it never fails. */
gpointer hog_run (gpointer data, GError **error);

/* In bytes; -1: there is no such file. */
gint64 hog_get_size (const char *path);

/* What is free, to the block; the store's own question is asked for the ledger's folder. */
gint64 hog_get_free (const char *folder);
