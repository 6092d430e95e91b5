/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/backend.h"

G_BEGIN_DECLS

/*
 * The rule-driven driver of BmBackend for demo, tests and pilots: decides certifications, queries
 * and requests by the rules, records and sentences of a data folder (rules.json, pension.json,
 * residents.csv, roster.json).
 */

#define BM_TYPE_BACKEND_RULES (bm_backend_rules_get_type ())
G_DECLARE_FINAL_TYPE (BmBackendRules, bm_backend_rules, BM, BACKEND_RULES, GObject)

BmBackend *bm_backend_rules_new (const char *dir, const char *catalogue, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* The decision with that code, whatever the rules would say. Errors: BM_ERROR_NOT_FOUND. */
BmDecision *bm_backend_rules_decide (BmBackendRules *self,
                                     const BmBackendCase *kase,
                                     const char *code,
                                     GError **error);
/* The sentence of a person in place of the rules', where the code leaves it to one. */
gboolean bm_backend_rules_reword (BmBackendRules *self,
                                  BmDecision *decision,
                                  const char *text,
                                  GError **error);

G_END_DECLS
