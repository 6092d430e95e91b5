/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/layout.h"

/* Sheets to print, and eyes to read them with. */

#define SHEET_NUMBER "9901211012010101000000070"
#define SHEET_QR     "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH"

void sheet_start_locale (void); /* before g_test_init */

json_t *sheet_load (const char *name);
json_t *sheet_new (const char *blocks); /* JSON text of an array */
BmLayout *sheet_layout_new (void);
BmRender *sheet_render (json_t *sheet, guint copy, BmPaper paper);
BmRender *sheet_render_stripes (void); /* roll80 */
void
sheet_assert_same_dots (const BmRender *render, const char *picture); /* white below it is free */

char *sheet_folder_new (void);
void sheet_folder_remove (char *folder);

char *sheet_run (const char *program, ...) G_GNUC_NULL_TERMINATED; /* its output */
char *sheet_scan (const char *picture);                            /* the QR text, or "" */
