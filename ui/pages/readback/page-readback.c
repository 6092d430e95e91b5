/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "ui/pages/parts.h"

/* Everything that will be handed in, once more, for the person to say that it is right. */

GtkWidget *
bm_page_readback_build (BmPage *page)
{
  BmChoiceLook look = bm_part_answers (page);

  return bm_part_lay (page, bm_part_question (page), bm_part_body (page),
                      bm_part_choices (page, &look));
}
