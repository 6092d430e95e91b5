/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/entry/entry.h"

#include <jansson.h>

G_BEGIN_DECLS

/**
 * BmDraft:
 *
 * What a session freezes at its end (design §3 step 3): everything the ledger's one transaction needs,
 * and nothing that may still change. (session, matter) is unique in the ledger, so a repeated commit
 * of the same draft writes nothing and gives the first result again.
 */
typedef struct
{
  gint ref_count;

  char *seat;
  char *session; /* random id of the session, 16 hex digits */
  guint matter;  /* 1, 2, … within the session */
  char *service; /* catalogue id */
  char *rule;    /* rule version, e.g. C1-2026.1 */
  guint8 priority;
  gint32 due_day; /* or BM_NO_DUE_DAY */
  guint8 subject_tag[BM_TAG_LEN];
  json_t *payload; /* fields, evidence, notice, who pressed, who helped; canonical when stored */
  json_t *slip;    /* what stays here for reprinting and telling (keep_local=slip) */
  /* 举报 and 匿名 (domain §2.21a rule 5): @session is a random id of its own, the tag is all zeros, and
   * every time that is stored with it is the beginning of its day. */
  gboolean is_anonymous;
  /* About the station or a cadre: the desk never sees it, nor its answers, holds and counts. */
  gboolean is_hidden_from_desk;
  char *replaces; /* number of the older case that this one reopens, or NULL */
  /* 补录 (domain §5.8): the number of the paper form, and who entered it with whom; else all three NULL. The ledger
   * takes each form once. */
  char *form;
  char *helper;
  char *second;
  json_t *visit;          /* a visit order for the desk with the "room" of its half day, or NULL */
  json_t *visited;        /* {"contact", "number"}: the visit that is done with it, or NULL */
  GPtrArray *attachments; /* of BmAttachment (core/entry/attachment.h), or NULL */
  json_t *sheet;          /* registration slip with an empty number block (core/sheet), or NULL */
} BmDraft;

BmDraft *bm_draft_new (void) G_GNUC_WARN_UNUSED_RESULT;
BmDraft *bm_draft_ref (BmDraft *self);
void bm_draft_unref (BmDraft *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDraft, bm_draft_unref)

G_END_DECLS
