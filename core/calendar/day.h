/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A day is a number: days since 1970-01-01 in the proleptic Gregorian calendar, as BmEntryHeader.due_day
 * has it. BM_NO_DAY means none. Only years 1800 to 9999 are days.
 */

#define BM_NO_DAY     G_MAXINT32
#define BM_DAY_LEN    10 /* "YYYY-MM-DD" */
#define BM_MILLIS_DAY (24 * 60 * 60 * 1000)

gint32 bm_day_from_ymd (gint year, gint month, gint day); /* BM_NO_DAY when there is no such date */
void bm_day_to_ymd (gint32 day, gint *ret_year, gint *ret_month, gint *ret_day);
gint32 bm_day_from_string (const char *text); /* "YYYY-MM-DD" only; BM_NO_DAY otherwise */
char *bm_day_to_string (gint32 day);
gint32 bm_day_from_wall_ms (gint64 wall_ms); /* the day in China at that instant */
gint64 bm_day_to_wall_ms (gint32 day);       /* the instant at which it begins in China */

gint bm_day_get_weekday (gint32 day); /* 1 Monday … 7 Sunday */
gint bm_day_get_month_length (gint year, gint month);
gint32 bm_day_get_month_end (gint32 day); /* the last day of its month */
gint32
bm_day_add_months (gint32 day, gint months); /* keeps the day of month, or the month's last */

G_END_DECLS
