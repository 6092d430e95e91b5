/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/day.h"

#include <glib.h>

G_BEGIN_DECLS

/* Words for people: dates and times as one says them, states, phrases that break where one breathes. */

char *bm_words_flatten (const char *text); /* without the line ends that are only for the eye */
char *bm_words_break (const char *text, guint width); /* breaks at middle dots and punctuation */

const char *bm_words_weekday (gint32 day);
char *bm_words_day (gint32 day);                             /* 11月24日 */
char *bm_words_date (gint32 day);                            /* 11月24日（周二） */
char *bm_words_half_day (gint32 day, gboolean is_afternoon); /* 11月24日 周二上午 */
char *bm_words_full_date (gint32 day);                       /* 2027年11月30日 */
char *bm_words_month_end (gint32 day); /* 2027年11月底, or the full date on another day */
char *bm_words_due (gint32 day, gint32 today); /* 这个月底, or the end of its month */
char *bm_words_clock (GDateTime *time);        /* 星期六 上午9点10分 */
char *bm_words_moment (GDateTime *time);       /* 2026年11月21日 09:12 */
char *bm_words_age (guint years);              /* 78岁 */

char *bm_words_papers (guint n);             /* pictures of papers, with their unit */
char *bm_words_recorded (guint seconds);     /* how long somebody spoke */
char *bm_words_month (const char *ym);       /* "2026-11" as 2026年11月 */
char *bm_words_short_month (const char *ym); /* "2026-11" as 11月 */
char *bm_words_money (gint64 fen);           /* 228.40元 */
char *bm_words_spoken_money (gint64 fen);    /* 228元4角 */
char *bm_words_group_amount (gint64 fen);    /* 1,200 */
char *bm_words_plain_amount (gint64 fen);    /* 1,200元; 1,200.50元 */
char *bm_words_said_amount (gint64 fen);     /* 一千二百元 */
char *bm_words_whole_amount (gint64 fen);    /* both: 1,200元（一千二百元） */

const char *bm_words_reached (guint reached); /* the three discs in words */
const char *bm_words_case_state (const char *state);
const char *bm_words_sex (const char *code);

char *bm_words_place (const char *village_name, guint terminal); /* 禾田村 1号机 */
char *bm_words_figure (guint32 counter);                         /* 7号 */

GDateTime *bm_words_local_time (gint64 wall_ms) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
