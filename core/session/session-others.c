/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * 申请补贴、办别的: what has no tile of its own on the first page. A service is there when its file says in which group
 * it belongs (home.group). A few are shown at once; of more one says the group first, so that each matter is three
 * presses from the first page at most. A service of no place and no group is not offered at all.
 *
 *   首页 -- 申请补贴、办别的 --> OTHERS, a few:  -- a matter --> its first step
 *                         '--> OTHERS, many: -- a group --> OTHERS, that group -- a matter --> its first step
 *
 * Below them is what may only be read: the guides, and the board when something hangs there.
 *
 * Going back out of a matter's first page leads to the list that it was chosen from.
 */

#define MOST_AT_ONCE 6 /* as many as one page holds in the usual letters, on either screen */
#define GROUP_PREFIX "group:"
#define LAST_RANK    100 /* of a file that names none */

static const struct
{
  const char *id;
  const char *icon;
  const char *label;
} groups[] = {
  { "allowance", "ap-subsidy", NC_ ("choice", "Allowances") },
  { "farm", "ap-land", NC_ ("choice", "Farming") },
  { "medical", "ap-doctor", NC_ ("choice", "Illness and insurance") },
  { "family", "people", NC_ ("choice", "Matters of the family") },
  { "village", "office", NC_ ("choice", "Matters of the village") },
  { "other", "other", NC_ ("choice", "Something else") },
};

static const char *
get_group (json_t *service)
{
  json_t *home = json_object_get (service, "home");

  if (json_object_get (home, "slot") != NULL || json_object_get (home, "frame") != NULL)
    return NULL;
  return json_string_value (json_object_get (home, "group"));
}

static json_int_t
get_rank (json_t *service)
{
  json_t *rank = json_object_get (json_object_get (service, "home"), "rank");

  return rank != NULL ? json_integer_value (rank) : LAST_RANK;
}

static gint
compare_ranks (gconstpointer one, gconstpointer other)
{
  json_t *const *first = one;
  json_t *const *second = other;
  json_int_t difference = get_rank (*first) - get_rank (*second);

  return difference < 0 ? -1 : difference > 0;
}

/* @group: (nullable): of all. By rank, and in the order of the files where they are equal: the sort is stable. */
static GPtrArray *
list_services (BmSession *self, const char *group)
{
  BmCatalogue *catalogue = self->setup->catalogue;
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < bm_catalogue_get_count (catalogue); i++)
    {
      json_t *service = bm_catalogue_get (catalogue, i);
      const char *own = get_group (service);

      if (own != NULL && (group == NULL || strcmp (own, group) == 0))
        g_ptr_array_add (list, service);
    }
  g_ptr_array_sort (list, compare_ranks);
  return list;
}

/**
 * bm_session_has_others:
 * @self: a session
 *
 * Returns: whether there is anything behind the tile
 */
gboolean
bm_session_has_others (BmSession *self)
{
  g_autoptr (GPtrArray) all = list_services (self, NULL);

  return all->len > 0 || bm_session_has_reading (self);
}

/* Whether the groups are shown: there are more matters than a page holds, and more than one group of them. */
static gboolean
is_by_group (BmSession *self)
{
  g_autoptr (GPtrArray) all = list_services (self, NULL);

  if (all->len <= MOST_AT_ONCE)
    return FALSE;
  for (guint i = 1; i < all->len; i++)
    if (strcmp (get_group (all->pdata[0]), get_group (all->pdata[i])) != 0)
      return TRUE;
  return FALSE;
}

static void
add_groups (BmSession *self, json_t *page)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_autoptr (GPtrArray) list = list_services (self, groups[i].id);
      g_autofree char *id = g_strconcat (GROUP_PREFIX, groups[i].id, NULL);

      if (list->len > 0)
        bm_page_add_choice (page, id, groups[i].icon,
                            bm_language_translate ("choice", groups[i].label), NULL);
    }
}

static void
add_services (BmSession *self, json_t *page)
{
  g_autoptr (GPtrArray) list = list_services (self, self->group);
  gboolean is_all_able = TRUE;

  for (guint i = 0; i < list->len; i++)
    {
      json_t *service = list->pdata[i];
      json_t *choice =
        bm_page_add_choice (page, json_string_value (json_object_get (service, "id")),
                            json_string_value (json_object_get (service, "icon")),
                            bm_text_pick (json_object_get (service, "label")), NULL);

      if (!bm_session_mark_able (self, service, choice))
        is_all_able = FALSE;
      else
        bm_page_say_also (page, bm_text_pick (json_object_get (service, "home_spoken")));
    }
  if (!is_all_able)
    bm_page_add_line (page, "help", C_ ("page", "There is another way, press for help."), TRUE);
}

/* What stands above it, as above the pages of a service. */
static void
set_head (BmSession *self, json_t *page)
{
  const char *label = bm_session_say_others ();
  const char *icon = BM_OTHERS_ICON;

  for (gsize i = 0; self->group != NULL && i < G_N_ELEMENTS (groups); i++)
    if (strcmp (groups[i].id, self->group) == 0)
      {
        label = bm_language_translate ("choice", groups[i].label);
        icon = groups[i].icon;
      }
  json_object_set_new (page, "service",
                       json_pack ("{s:s, s:s, s:s}", "label", label, "icon", icon, "tint",
                                  BM_OTHERS_TINT));
}

static void
build_others (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "Which one would you like?"), FALSE);
  if (self->group == NULL && is_by_group (self))
    add_groups (self, page);
  else
    add_services (self, page);
  if (self->group == NULL)
    bm_session_add_reading (self, page);
  set_head (self, page);
}

static gboolean
open_group (BmSession *self, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    if (strcmp (groups[i].id, name) == 0)
      {
        self->group = groups[i].id;
        return TRUE;
      }
  return FALSE;
}

static gboolean
choose_others (BmSession *self, const char *choice)
{
  json_t *service;

  if (g_str_has_prefix (choice, GROUP_PREFIX))
    return open_group (self, choice + strlen (GROUP_PREFIX));
  if (bm_session_choose_reading (self, choice))
    return TRUE;
  service = bm_catalogue_find (self->setup->catalogue, choice);
  if (service == NULL)
    return FALSE;
  bm_session_begin_service (self, service);
  return TRUE;
}

static void
back_from_others (BmSession *self)
{
  if (self->group == NULL)
    bm_session_go (self, BM_PAGE_HOME);
  self->group = NULL;
}

const char *
bm_session_say_others (void)
{
  return C_ ("choice", "Allowances,\nother matters");
}

/**
 * bm_session_begin_others:
 * @self: a session
 *
 * Shows what is behind the tile.
 */
void
bm_session_begin_others (BmSession *self)
{
  self->group = NULL;
  bm_session_go (self, BM_PAGE_OTHERS);
}

/**
 * bm_session_go_to_choices:
 * @self: a session that leaves @service
 * @service: (nullable): what was begun
 *
 * Shows the page that @service was chosen from.
 */
void
bm_session_go_to_choices (BmSession *self, json_t *service)
{
  bm_session_go (self, get_group (service) != NULL ? BM_PAGE_OTHERS : BM_PAGE_HOME);
}

const BmPageSpec bm_spec_others = { .id = "others",
                                    .template_name = "cases",
                                    .build = build_others,
                                    .choose = choose_others,
                                    .back = back_from_others,
                                    .can_end = TRUE };
