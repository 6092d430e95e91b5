/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* What is done with what we are told, a picture to each sentence, before anybody agrees to it. */

GtkWidget *
bm_page_notice_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);

  return bm_part_lay (page, bm_part_question (page), bm_part_body (page),
                      bm_part_choices (page, &look));
}
