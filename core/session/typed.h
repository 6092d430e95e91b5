/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/calendar/day.h"

#include <glib.h>

G_BEGIN_DECLS

/*
 * What is typed for an amount or a date, judged while it is typed. The face and the station use the
 * same judgement: the one to say at once what is wrong, the other because a face is never believed.
 */

#define BM_AMOUNT_MAX_FEN    G_GINT64_CONSTANT (99999999999) /* nine digits of yuan */
#define BM_AMOUNT_MAX_DIGITS 9

typedef enum
{
  BM_TYPED_OPEN,  /* nothing wrong so far; more has to come */
  BM_TYPED_RIGHT, /* may be handed on */
  BM_TYPED_UNDER, /* less, or earlier, than may be */
  BM_TYPED_OVER,  /* more, or later */
  BM_TYPED_WRONG, /* is none, whatever follows */
} BmTypedState;

/* @typed: "1200" or "1200.5"; bounds inclusive. More digits may make it larger, never smaller. */
BmTypedState bm_typed_check_amount (const char *typed, gint64 least, gint64 most, gint64 *ret_fen);

/* @typed: the first of eight digits, year month day; bounds inclusive. */
BmTypedState bm_typed_check_date (const char *typed, gint32 from, gint32 to, gint32 *ret_day);

gboolean bm_typed_may_follow (const char *typed, char key); /* amounts: 1, 12, 12., 12.5, 12.50 */

G_END_DECLS
