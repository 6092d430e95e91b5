/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * Which of the classes of a request (domain §2.10) a text or some taps mean, by rules that are data
 * (assets/tables/appeal-class.json). It proposes; whoever handles the request may change it. Pure.
 */

#define BM_APPEAL_MAX_CLASSES 40
#define BM_APPEAL_MAX_TEXT    2000 /* bytes that are looked at */

typedef enum
{
  BM_APPEAL_CALM,
  BM_APPEAL_UTILITY, /* no water, no power: a day */
  BM_APPEAL_DANGER,  /* life: two hours, and 110/119/120 first */
} BmAppealUrgency;

typedef struct
{
  const char *code; /* (transfer none): of the table */
  gint score;
} BmAppealRank;

typedef struct
{
  BmAppealRank ranked[BM_APPEAL_MAX_CLASSES]; /* best first */
  guint n;
  BmAppealUrgency urgency;
} BmAppealVerdict;

/**
 * BmAppealTable:
 *
 * A reference-counted, immutable set of rules.
 */
typedef struct _BmAppealTable BmAppealTable;

BmAppealTable *bm_appeal_table_load (const char *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmAppealTable *bm_appeal_table_new (json_t *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmAppealTable *bm_appeal_table_ref (BmAppealTable *self);
void bm_appeal_table_unref (BmAppealTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmAppealTable, bm_appeal_table_unref)

const char *bm_appeal_table_get_version (BmAppealTable *self);
const char *bm_appeal_table_get_label (BmAppealTable *self, const char *code); /* or NULL */
const char *bm_appeal_table_get_dept (BmAppealTable *self, const char *code);  /* or NULL */
json_t *bm_appeal_table_get_depts (BmAppealTable *self); /* (transfer none): their texts */
const char *bm_appeal_table_get_dept_label (BmAppealTable *self, const char *dept);

void bm_appeal_classify_text (BmAppealTable *self, const char *text, BmAppealVerdict *ret_verdict);
void bm_appeal_classify_taps (BmAppealTable *self, json_t *fields, BmAppealVerdict *ret_verdict);

const char *bm_appeal_urgency_to_string (BmAppealUrgency urgency); /* danger, utility, no */

G_END_DECLS
