/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/desk-private.h"

G_BEGIN_DECLS

/* 补录: what is known so far of the paper that is entered. Shared by desk-late*.c only. */
struct _BmDeskLate
{
  char *form;          /* in groups, as it was printed */
  gboolean is_known;   /* this terminal's ledger gave it out */
  gint64 printed_ms;   /* 0: not known */
  const char *refusal; /* why this paper is not taken; a translated literal, or NULL */
  char *before;        /* when it was entered, and by whom; or NULL */

  BmCard *card; /* of the person, who is here; or NULL */
  gint64 card_wall_ms;
  char *id_number;
  char *name;

  json_t *service; /* of the catalogue */
  char *service_id;
  char *said; /* or NULL */
  gint32 day;
  gboolean is_day_doubtful; /* nothing to compare it with: the clock is not certain */
  gboolean is_afternoon;
  gboolean was_card_seen; /* else the staff saw the person */
  char *witness;          /* staff id on the paper, or NULL */

  char *second; /* staff id */
  BmDraft *draft;
  char *number; /* of the case, once it is in the ledger */
  gint code;    /* why it is not */
  const char *problem;
};

/* desk-late-matter.c */
void bm_desk_late_begin_matter (BmDesk *self);
gboolean bm_desk_late_wants_witness (BmDesk *self);
json_t *bm_desk_late_find_words (BmDesk *self); /* the field for what was said, or NULL */
char *bm_desk_late_say_day (BmDesk *self);      /* 12月1日 上午 */
const char *bm_desk_late_say_known (BmDesk *self);

/* desk-late-draft.c */
BmDraft *bm_desk_late_make_draft (BmDesk *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
