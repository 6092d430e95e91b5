/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/**
 * BmDutySpan:
 *
 * When somebody is at the station: on which days of the week, from when until when.
 */
typedef struct
{
  guint8 days; /* bit 1 << (n - 1) for day n, 1 = Monday … 7 = Sunday */
  guint from_minute;
  guint to_minute;
} BmDutySpan;

/* Array of {"days":[1…7],"from":"HH:MM","to":"HH:MM"}. */
GArray *bm_duty_parse (json_t *duty, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether somebody should be there at @now; where nobody ever is, there are no hours to be out of. */
gboolean bm_duty_is_open (GArray *duty, GDateTime *now);

/* {"text":"上午8点半到下午5点","next":"星期一上午8点半"}: today's hours (or the next day's that has any),
 * and the next opening after @now. Both "" when nobody is ever there. */
json_t *bm_duty_describe (GArray *duty, GDateTime *now) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
