/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* How it went: the bad news alone and first, how far it is on the path, at most three sentences. */

GtkWidget *
bm_page_result_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);

  return bm_part_lay (page, bm_part_question (page), bm_part_body (page),
                      bm_part_choices (page, &look));
}
