/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"

#include <string.h>

/*
 * 告知: what happens to the data, said before anything is taken, pressed by the resident. What was shown,
 * when and how is recorded with the matter (domain §2.14).
 */

static json_t *
get_notice (BmSession *self)
{
  return json_object_get (self->service, "notice");
}

static void
record_notice (BmSession *self)
{
  bm_json_wipe (self->notice);
  self->notice = json_pack ("{s:O, s:s, s:s, s:s, s:s, s:I}", "version",
                            json_object_get (get_notice (self), "version"), "language",
                            bm_session_get_language (self), "channel",
                            self->is_spoken ? "screen+voice" : "screen", "method", "tap", "by",
                            bm_session_get_presser (self), "at_ms",
                            (json_int_t) bm_clock_get_wall_ms (self->setup->clock));
}

static void
build_notice (BmSession *self, json_t *page)
{
  g_autofree char *say = bm_session_fill (self, json_object_get (get_notice (self), "say"), NULL);

  bm_page_set_question (page, say, FALSE);
  bm_session_add_lines (self, page, json_object_get (get_notice (self), "lines"), NULL);
  bm_page_add_choice (page, "agree", "yes", C_ ("choice", "I see, go on"), "primary");
  bm_page_add_choice (page, "detail", "read", C_ ("choice", "Tell me more first"), NULL);
  bm_page_add_choice (page, "stop", "no", C_ ("choice", "Stop here"), NULL);
}

static gboolean
choose_notice (BmSession *self, const char *choice)
{
  if (strcmp (choice, "agree") == 0)
    {
      record_notice (self);
      bm_session_next_step (self);
    }
  else if (strcmp (choice, "detail") == 0)
    {
      self->was_detailed = TRUE;
      bm_session_go (self, BM_PAGE_DETAIL);
    }
  else
    {
      bm_session_audit (self, "notice-declined", NULL);
      bm_session_close (self, "declined");
    }
  return TRUE;
}

const BmPageSpec bm_spec_notice = { .id = "notice",
                                    .template_name = "notice",
                                    .build = build_notice,
                                    .choose = choose_notice,
                                    .back = bm_session_previous_step,
                                    .is_personal = TRUE };

static void
build_detail (BmSession *self, json_t *page)
{
  g_autofree char *say = bm_session_fill (self, json_object_get (get_notice (self), "say"), NULL);

  bm_page_set_question (page, say, FALSE);
  bm_session_add_lines (self, page, json_object_get (get_notice (self), "detail"), NULL);
  bm_page_add_choice (page, "agree", "yes", C_ ("choice", "I see, go on"), "primary");
  bm_page_add_choice (page, "stop", "no", C_ ("choice", "Stop here"), NULL);
}

static void
back_to_notice (BmSession *self)
{
  bm_session_go (self, BM_PAGE_NOTICE);
}

const BmPageSpec bm_spec_detail = { .id = "notice-detail",
                                    .template_name = "notice",
                                    .build = build_detail,
                                    .choose = choose_notice,
                                    .back = back_to_notice,
                                    .is_personal = TRUE };
