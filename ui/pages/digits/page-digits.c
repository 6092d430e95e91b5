/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* A number, typed on our own keys. What is wrong with it stands right above the digits. */

GtkWidget *
bm_page_digits_build (BmPage *page)
{
  return bm_part_lay_keys (page);
}
