/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/day.h"

#include <jansson.h>

G_BEGIN_DECLS

/*
 * Working days (domain §2.13), from signed data, one document a year:
 *
 *  { "version": 1, "kind": "calendar", "region": "CN", "year": 2026, "source": "…",
 *    "off": [["2026-01-01", "2026-01-03"], …],   first and last day of each span without work
 *    "work": ["2026-01-04", …] }                 weekend days on which people work
 */

#define BM_CALENDAR_MAX_SPANS 40

/**
 * BmCalendar:
 *
 * A reference-counted set of years. It is filled before it is shared and does not change afterwards.
 */
typedef struct _BmCalendar BmCalendar;

BmCalendar *bm_calendar_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmCalendar *bm_calendar_load_folder (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmCalendar *bm_calendar_ref (BmCalendar *self);
void bm_calendar_unref (BmCalendar *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmCalendar, bm_calendar_unref)

gboolean bm_calendar_add_year (BmCalendar *self, json_t *document, GError **error);

/* The same for a year that may be known: the newer document counts. Without effect on error. */
gboolean bm_calendar_put_year (BmCalendar *self, json_t *document, GError **error);

gboolean bm_calendar_has_year (BmCalendar *self, gint year);
gboolean bm_calendar_is_working_day (BmCalendar *self, gint32 day);

/* The day of receipt is not counted. @ret_provisional: a year was missing, print 大约. */
gint32
bm_calendar_add_working_days (BmCalendar *self, gint32 day, guint count, gboolean *ret_provisional);
/* A calendar period whose last day is no working day ends on the next one. */
gint32 bm_calendar_add_days (BmCalendar *self, gint32 day, guint count, gboolean *ret_provisional);

G_END_DECLS
