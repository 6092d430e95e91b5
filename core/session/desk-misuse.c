/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * 看资料的提醒 (domain §1.1 row 13, §4.4): how often records were looked up in a way that nobody's matter explains. The head
 * of the station and maintenance see counts, no names; who it was and whom they looked up is in the journal that went
 * to the centre. The head says that it was looked into; who caused one cannot take it away (app/store/store-misuse.c Y3).
 */

static const struct
{
  const char *rule;
  const char *words;
} rules[] = {
  { "fast", NC_ ("desk", "Many people within minutes") },
  { "idle", NC_ ("desk", "Many people, and no matter followed") },
  { "closed", NC_ ("desk", "While the station was closed") },
};

static json_t *
get_list (BmDesk *self)
{
  return json_object_get (self->overview, "misuse");
}

static gboolean
is_head (BmDesk *self)
{
  return strcmp (bm_desk_get_role (self), "head") == 0;
}

gboolean
bm_desk_has_misuse (BmDesk *self)
{
  return bm_desk_may_see_alarms (self) && json_array_size (get_list (self)) > 0;
}

static gboolean
is_own (BmDesk *self, json_t *item)
{
  return self->staff != NULL && strcmp (bm_text_get (item, "staff"), self->staff) == 0;
}

static void
add_rule (BmDesk *self, json_t *page, guint rule)
{
  g_autofree char *times = NULL;
  guint count = 0;
  json_t *item;
  gsize i;

  json_array_foreach (get_list (self), i, item)
  {
    if (strcmp (bm_text_get (item, "rule"), rules[rule].rule) == 0)
      count++;
  }
  if (count == 0)
    return;
  times = g_strdup_printf (C_ ("desk", "%u times"), count);
  bm_page_add_fact (page, bm_language_translate ("desk", rules[rule].words), times);
}

static void
build_misuse (BmDesk *self, json_t *page)
{
  gboolean has_own = FALSE, has_other = FALSE;
  json_t *item;
  gsize i;

  json_array_foreach (get_list (self), i, item)
  {
    has_own = has_own || is_own (self, item);
    has_other = has_other || !is_own (self, item);
  }
  bm_page_set_picture (page, "warn");
  bm_page_set_question (page, C_ ("desk", "People's records were looked up oddly"), FALSE);
  if (!has_own && !has_other)
    bm_page_add_line (page, "yes", C_ ("desk", "Nothing is left to look at."), TRUE);
  for (guint rule = 0; rule < G_N_ELEMENTS (rules); rule++)
    add_rule (self, page, rule);
  bm_page_add_line (page, "office",
                    C_ ("desk", "Who it was stands in the journal that goes to the centre."),
                    FALSE);
  if (has_own)
    bm_page_add_line (page, "person", C_ ("desk", "Some are your own: somebody else has to look."),
                      TRUE);
  if (has_other && is_head (self))
    bm_page_add_choice (page, "seen", "yes", C_ ("choice", "I have looked into it"), "primary");
}

static gboolean
choose_misuse (BmDesk *self, const char *choice)
{
  json_int_t upto = 0;
  json_t *item;
  gsize i;

  if (strcmp (choice, "seen") != 0 || !is_head (self))
    return FALSE;
  json_array_foreach (get_list (self), i, item) upto =
    MAX (upto, bm_desk_get_count (item, "misuse"));
  bm_desk_add_effect (self, BM_DESK_EFFECT_AUDIT)->json =
    json_pack ("{s:s, s:s, s:s, s:I}", "what", "misuse-seen", "seat", "desk", "staff", self->staff,
               "upto", upto);
  bm_desk_look (self);
  return bm_desk_go_today (self);
}

const BmDeskSpec bm_desk_misuse = { .id = "desk-misuse",
                                    .template_name = "desk-list",
                                    .build = build_misuse,
                                    .choose = choose_misuse,
                                    .back = bm_desk_go_today };
