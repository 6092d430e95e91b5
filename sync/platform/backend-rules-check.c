/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend-rules-check.h"

#include "core/calendar/certification.h"
#include "core/error.h"
#include "sync/platform/backend-appeals.h"
#include "sync/platform/backend-applications.h"
#include "sync/platform/backend-late.h"

#include <string.h>

const char *
bm_backend_get_text (json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));

  return text != NULL ? text : "";
}

gboolean
bm_backend_rules_is_reply (const char *text)
{
  if (text == NULL || *text == '\0' || !g_utf8_validate (text, -1, NULL) ||
      g_utf8_strlen (text, -1) > BM_BACKEND_MAX_REPLY_CHARS)
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return FALSE;
  return TRUE;
}

gboolean
bm_backend_rule_decides_by (json_t *rule, const char *way)
{
  return strcmp (bm_backend_get_text (rule, "decide"), way) == 0;
}

/* Every receiver has an answer, and every sentence of the service's own is one. */
static gboolean
check_receivers (json_t *rules, json_t *rule, GError **error)
{
  json_t *answers = json_object_get (rules, "answers");
  const char *name;
  json_t *value;

  json_object_foreach (json_object_get (rule, "receivers"), name, value)
  {
    const char *code = json_string_value (value);

    if (code != NULL && json_object_get (answers, code) != NULL)
      continue;
    g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "a receiver has a code that is no answer: %s",
                 code != NULL ? code : "none");
    return FALSE;
  }
  json_object_foreach (json_object_get (rule, "texts"), name, value)
  {
    if (bm_backend_rules_is_reply (json_string_value (value)))
      continue;
    g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "the text of %s is none", name);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_rule (json_t *rules, json_t *rule, GError **error)
{
  BmCertificationRule window;

  if (!check_receivers (rules, rule, error))
    return FALSE;
  if (json_object_get (rule, "on_behalf") != NULL &&
      (bm_backend_rule_decides_by (rule, BM_DECIDE_CERTIFICATION) ||
       bm_backend_rule_decides_by (rule, BM_DECIDE_QUERY)))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                           "on_behalf: nobody is certified or looked up by another; remove it");
      return FALSE;
    }
  if (bm_backend_rule_decides_by (rule, BM_DECIDE_CERTIFICATION))
    return bm_certification_rule_parse (bm_backend_get_text (rule, "window"), &window, error);
  if (bm_backend_rule_decides_by (rule, BM_DECIDE_APPEAL))
    return bm_backend_appeals_check (rule, error);
  if (bm_backend_rule_decides_by (rule, BM_DECIDE_APPLICATION))
    return bm_backend_applications_check (rule, json_object_get (rules, "answers"), error);
  if (bm_backend_rule_decides_by (rule, BM_DECIDE_QUERY) ||
      bm_backend_rule_decides_by (rule, BM_DECIDE_ACCEPT))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "\"decide\": \"%s\" is not known",
               bm_backend_get_text (rule, "decide"));
  return FALSE;
}

gboolean
bm_backend_rules_check (json_t *rules, GError **error)
{
  const char *service;
  json_t *rule;

  if (!bm_backend_late_check (json_object_get (rules, "late"), error))
    return FALSE;
  json_object_foreach (json_object_get (rules, "services"), service, rule)
  {
    if (!check_rule (rules, rule, error))
      {
        g_prefix_error (error, "rules.json: %s: ", service);
        return FALSE;
      }
  }
  return TRUE;
}
