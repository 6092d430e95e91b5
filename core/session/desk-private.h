/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/desk.h"
#include "core/session/page.h"

G_BEGIN_DECLS

/* Shared by desk.c and desk-pages.c only; desk.c draws the machine. */

typedef enum
{
  BM_DESK_LOCKED,
  BM_DESK_PIN, /* of the one who signs in */
  BM_DESK_CHECKING,
  BM_DESK_TODAY,
  BM_DESK_WITNESS_PIN, /* fresh, for each act */
  BM_DESK_WITNESS_CHECK,
  BM_DESK_NOTICE, /* a verdict in plain words */
  BM_DESK_SLIP,   /* did this slip come out? */
  BM_DESK_N_PAGES,
} BmDeskPage;

struct _BmDesk
{
  GObject parent_instance;

  const BmSessionSetup *setup;
  BmDeskPage at;
  json_t *page;
  GQueue effects;
  gboolean must_emit;

  char *staff;         /* signed in, or NULL */
  char *asked;         /* whose PIN is typed */
  const char *problem; /* beside the keypad; a translated literal */
  gint verdict;        /* of NOTICE */
  gint64 locked_ms;
  gboolean is_witness; /* NOTICE is about the act, not about signing in */

  json_t *hall; /* what the hall's session lets us see, or NULL */
  json_t *overview;
  gboolean is_help_wanted;
  gint64 slip; /* print job that is being settled */

  guint scale;
  gint64 active_boot_ms;
  gint64 page_boot_ms;
};

json_t *bm_desk_build_page (BmDesk *self);
void bm_desk_add_waiting (BmDesk *self, json_t *desk);
const char *bm_desk_get_staff_name (BmDesk *self, const char *id);
char *bm_desk_dup_staff_choice (json_t *member);
char *bm_desk_say_job (BmDesk *self, gint64 job); /* 7号, or "" */
const char *bm_desk_say_link (BmDesk *self);
const char *bm_desk_say_printer (const char *reason);

G_END_DECLS
