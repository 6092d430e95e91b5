/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/* The file of rules, looked through before anything is decided by it. For backend-rules.c only. */

#define BM_DECIDE_CERTIFICATION    "certification"
#define BM_DECIDE_QUERY            "query"
#define BM_DECIDE_APPEAL           "appeal"
#define BM_DECIDE_APPLICATION      "application"
#define BM_DECIDE_ACCEPT           "accept" /* and waits for a person */
#define BM_BACKEND_MAX_REPLY_CHARS 500

/* FALSE with %BM_ERROR_INVALID, which names the service. */
gboolean bm_backend_rules_check (json_t *rules, GError **error);
gboolean bm_backend_rule_decides_by (json_t *rule, const char *way);
gboolean bm_backend_rules_is_reply (const char *text); /* a sentence that may go on a slip */
const char *bm_backend_get_text (json_t *object, const char *key); /* or "" */

G_END_DECLS
