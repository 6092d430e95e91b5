/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* An amount of money: digits in threes, and above them the same in words, so that a nought too many is seen. */

GtkWidget *
bm_page_amount_build (BmPage *page)
{
  return bm_part_lay_keys (page);
}
