/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* What the centre answered, in its own words made plain. */

GtkWidget *
bm_page_answer_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);

  return bm_part_lay (page, bm_part_question (page), bm_part_body (page),
                      bm_part_choices (page, &look));
}
