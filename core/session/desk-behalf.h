/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/desk-private.h"

G_BEGIN_DECLS

/* 替别人办: what the desk knows so far of a letter of authority. Shared by desk-behalf*.c only. */
struct _BmDeskBehalf
{
  char *id_number; /* of who gave it */
  char *name;
  char *address;        /* as their card has it, or as it was typed, or "" */
  gboolean is_card;     /* their card was read; else typed from the letter */
  json_t *kin;          /* staff ids of who is related to them */
  gint64 asked_boot_ms; /* when the station was asked for that */

  json_t *service; /* of the catalogue */
  const char *relation;
  char *number; /* of the letter */
  gint32 from;
  gint32 until;
  gboolean is_finger; /* who does not write: two witnesses */
  char *witness;
  char *second;

  const char *refusal; /* why it does not go on; a translated literal */
  gboolean is_visit_offered;
  gboolean is_handed;
  const char *problem;
};

void bm_desk_behalf_refuse (BmDesk *self, const char *refusal, const char *why);
void bm_desk_behalf_set_problem (BmDesk *self, json_t *page);
void bm_desk_behalf_add_person (BmDesk *self, json_t *page);
gboolean bm_desk_behalf_is_kin (BmDesk *self, const char *staff);

/* desk-behalf-letter.c */
gboolean bm_desk_behalf_begin_letter (BmDesk *self); /* how they are related, and on */
gboolean bm_desk_behalf_back_to_letter (BmDesk *self);
char *bm_desk_behalf_say_term (BmDesk *self);

G_END_DECLS
