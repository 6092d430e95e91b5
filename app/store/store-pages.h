/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/*
 * A VFS between SQLite and the disk that ends every page of the database with a checksum, notices a page
 * that is not as it was written, and puts a single wrong bit right. store-pages.c says how.
 */

#define BM_PAGES_SIZE    4096
#define BM_PAGES_RESERVE 8 /* bytes at the end of each page */

/* What a look at pages found. */
typedef struct
{
  gint64 first;    /* in: the page to begin with, from 0 */
  gint64 count;    /* in: how many at most; out: how many there were */
  gint64 repaired; /* out: pages with one wrong bit, which is read as it was */
  gint64 bad;      /* out: pages with more */
} BmPagesLook;

/* Registers the VFS over @base (NULL: SQLite's own) once; its name, or NULL without such a base. */
const char *bm_pages_register (const char *base);
/* To be called on a connection before its first access: a new database gets room for checksums. */
int bm_pages_reserve (sqlite3 *db);
/* Looks at pages on the disk itself, whatever SQLite has in memory; none when the file has no checksums. */
int bm_pages_look (sqlite3 *db, BmPagesLook *look);
/* How often this connection has read a bad page, and (may be NULL) one that it repaired. */
gint64 bm_pages_count_bad (sqlite3 *db, gint64 *ret_repaired);

G_END_DECLS
