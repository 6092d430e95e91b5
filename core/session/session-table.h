/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/session-private.h"

G_BEGIN_DECLS

/* Every page of the session, each in the file of what it is about. */
extern const BmPageSpec bm_spec_idle, bm_spec_restarted, bm_spec_home, bm_spec_others,
  bm_spec_rating, bm_spec_rating_why, bm_spec_alert, bm_spec_guides, bm_spec_board, bm_spec_article,
  bm_spec_article_slip, bm_spec_danger, bm_spec_card, bm_spec_no_card, bm_spec_once,
  bm_spec_once_slip, bm_spec_behalf, bm_spec_behalf_agent, bm_spec_behalf_more,
  bm_spec_behalf_nameless, bm_spec_behalf_told, bm_spec_behalf_denied, bm_spec_visit_other,
  bm_spec_confirm, bm_spec_child, bm_spec_looking, bm_spec_told, bm_spec_letter, bm_spec_more,
  bm_spec_duplicate, bm_spec_notice, bm_spec_detail, bm_spec_field, bm_spec_digits, bm_spec_amount,
  bm_spec_date, bm_spec_day, bm_spec_place, bm_spec_place_code, bm_spec_sign, bm_spec_mark,
  bm_spec_readback, bm_spec_witness, bm_spec_staff, bm_spec_pin, bm_spec_checking, bm_spec_seen,
  bm_spec_refused, bm_spec_unseen, bm_spec_committing, bm_spec_not_stored, bm_spec_sending,
  bm_spec_done, bm_spec_result, bm_spec_print, bm_spec_cases, bm_spec_case, bm_spec_withdraw,
  bm_spec_withdrawing, bm_spec_withdrawn, bm_spec_goodbye, bm_spec_help, bm_spec_warn,
  bm_spec_closing, bm_spec_track, bm_spec_track_slip, bm_spec_track_number, bm_spec_tracking,
  bm_spec_tracked, bm_spec_before, bm_spec_benefit, bm_spec_aside, bm_spec_no_amounts,
  bm_spec_query_slip, bm_spec_voice, bm_spec_language, bm_spec_look, bm_spec_writing, bm_spec_photo,
  bm_spec_shot, bm_spec_photo_taken, bm_spec_consent, bm_spec_no_consent, bm_spec_memo,
  bm_spec_memo_talk, bm_spec_memo_said, bm_spec_memo_near, bm_spec_memo_play, bm_spec_uses_asked,
  bm_spec_uses, bm_spec_uses_slip, bm_spec_stop, bm_spec_slot;

G_END_DECLS
