/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/session-table.h"

static const BmPageSpec *const table[BM_N_PAGES] = {
  [BM_PAGE_IDLE] = &bm_spec_idle,
  [BM_PAGE_RESTARTED] = &bm_spec_restarted,
  [BM_PAGE_HOME] = &bm_spec_home,
  [BM_PAGE_OTHERS] = &bm_spec_others,
  [BM_PAGE_ALERT] = &bm_spec_alert,
  [BM_PAGE_GUIDES] = &bm_spec_guides,
  [BM_PAGE_BOARD] = &bm_spec_board,
  [BM_PAGE_ARTICLE] = &bm_spec_article,
  [BM_PAGE_ARTICLE_SLIP] = &bm_spec_article_slip,
  [BM_PAGE_DANGER] = &bm_spec_danger,
  [BM_PAGE_TRACK] = &bm_spec_track,
  [BM_PAGE_TRACK_SLIP] = &bm_spec_track_slip,
  [BM_PAGE_TRACK_NUMBER] = &bm_spec_track_number,
  [BM_PAGE_TRACKING] = &bm_spec_tracking,
  [BM_PAGE_TRACKED] = &bm_spec_tracked,
  [BM_PAGE_BEFORE] = &bm_spec_before,
  [BM_PAGE_STOP] = &bm_spec_stop,
  [BM_PAGE_BENEFIT] = &bm_spec_benefit,
  [BM_PAGE_ASIDE] = &bm_spec_aside,
  [BM_PAGE_NO_AMOUNTS] = &bm_spec_no_amounts,
  [BM_PAGE_QUERY_SLIP] = &bm_spec_query_slip,
  [BM_PAGE_CARD] = &bm_spec_card,
  [BM_PAGE_NO_CARD] = &bm_spec_no_card,
  [BM_PAGE_ONCE] = &bm_spec_once,
  [BM_PAGE_ONCE_SLIP] = &bm_spec_once_slip,
  [BM_PAGE_CONFIRM] = &bm_spec_confirm,
  [BM_PAGE_CHILD] = &bm_spec_child,
  [BM_PAGE_LOOKING] = &bm_spec_looking,
  [BM_PAGE_TOLD] = &bm_spec_told,
  [BM_PAGE_LETTER] = &bm_spec_letter,
  [BM_PAGE_MORE] = &bm_spec_more,
  [BM_PAGE_DUPLICATE] = &bm_spec_duplicate,
  [BM_PAGE_NOTICE] = &bm_spec_notice,
  [BM_PAGE_DETAIL] = &bm_spec_detail,
  [BM_PAGE_FIELD] = &bm_spec_field,
  [BM_PAGE_DIGITS] = &bm_spec_digits,
  [BM_PAGE_AMOUNT] = &bm_spec_amount,
  [BM_PAGE_DATE] = &bm_spec_date,
  [BM_PAGE_DAY] = &bm_spec_day,
  [BM_PAGE_SIGN] = &bm_spec_sign,
  [BM_PAGE_MARK] = &bm_spec_mark,
  [BM_PAGE_CONSENT] = &bm_spec_consent,
  [BM_PAGE_NO_CONSENT] = &bm_spec_no_consent,
  [BM_PAGE_PHOTO] = &bm_spec_photo,
  [BM_PAGE_SHOT] = &bm_spec_shot,
  [BM_PAGE_PHOTO_TAKEN] = &bm_spec_photo_taken,
  [BM_PAGE_MEMO] = &bm_spec_memo,
  [BM_PAGE_MEMO_TALK] = &bm_spec_memo_talk,
  [BM_PAGE_MEMO_SAID] = &bm_spec_memo_said,
  [BM_PAGE_MEMO_NEAR] = &bm_spec_memo_near,
  [BM_PAGE_MEMO_PLAY] = &bm_spec_memo_play,
  [BM_PAGE_PLACE] = &bm_spec_place,
  [BM_PAGE_PLACE_CODE] = &bm_spec_place_code,
  [BM_PAGE_READBACK] = &bm_spec_readback,
  [BM_PAGE_WRITING] = &bm_spec_writing,
  [BM_PAGE_WITNESS] = &bm_spec_witness,
  [BM_PAGE_STAFF] = &bm_spec_staff,
  [BM_PAGE_PIN] = &bm_spec_pin,
  [BM_PAGE_CHECKING] = &bm_spec_checking,
  [BM_PAGE_SEEN] = &bm_spec_seen,
  [BM_PAGE_REFUSED] = &bm_spec_refused,
  [BM_PAGE_UNSEEN] = &bm_spec_unseen,
  [BM_PAGE_COMMITTING] = &bm_spec_committing,
  [BM_PAGE_NOT_STORED] = &bm_spec_not_stored,
  [BM_PAGE_SENDING] = &bm_spec_sending,
  [BM_PAGE_DONE] = &bm_spec_done,
  [BM_PAGE_RESULT] = &bm_spec_result,
  [BM_PAGE_PRINT] = &bm_spec_print,
  [BM_PAGE_CASES] = &bm_spec_cases,
  [BM_PAGE_CASE] = &bm_spec_case,
  [BM_PAGE_WITHDRAW] = &bm_spec_withdraw,
  [BM_PAGE_WITHDRAWING] = &bm_spec_withdrawing,
  [BM_PAGE_WITHDRAWN] = &bm_spec_withdrawn,
  [BM_PAGE_USES_ASKED] = &bm_spec_uses_asked,
  [BM_PAGE_USES] = &bm_spec_uses,
  [BM_PAGE_USES_SLIP] = &bm_spec_uses_slip,
  [BM_PAGE_GOODBYE] = &bm_spec_goodbye,
  [BM_PAGE_VOICE] = &bm_spec_voice,
  [BM_PAGE_LANGUAGE] = &bm_spec_language,
  [BM_PAGE_LOOK] = &bm_spec_look,
  [BM_PAGE_HELP] = &bm_spec_help,
  [BM_PAGE_WARN] = &bm_spec_warn,
  [BM_PAGE_CLOSING] = &bm_spec_closing,
};

/**
 * bm_session_get_spec:
 * @page: a page
 *
 * Returns: (transfer none): how the page is built and what it takes
 */
const BmPageSpec *
bm_session_get_spec (BmPageId page)
{
  g_assert (page < BM_N_PAGES && table[page] != NULL);
  return table[page];
}
