/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/* A day of a paper, typed with eight keys: year, month, day. */

#define DATE_LEN 8

void
bm_desk_ask_day (json_t *page)
{
  bm_page_set_input (page, C_ ("desk", "Year, month and day, 8 digits"), DATE_LEN, DATE_LEN);
  json_object_set_new (json_object_get (page, "input"), "groups", json_pack ("[i, i, i]", 4, 2, 2));
}

gint32
bm_desk_read_day (const char *value)
{
  g_autofree char *text = NULL;

  if (strlen (value) != DATE_LEN)
    return BM_NO_DAY;
  text = g_strdup_printf ("%.4s-%.2s-%.2s", value, value + 4, value + 6);
  return bm_day_from_string (text);
}
