/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* A day: near ones to pick, or year, month and day on the keys, with its weekday above as soon as it is whole. */

GtkWidget *
bm_page_date_build (BmPage *page)
{
  if (bm_page_count (page, BM_ATOM_INPUT) > 0)
    return bm_part_lay_keys (page);
  return bm_page_choice_build (page);
}
