/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * The question for a place. It begins where nearly everybody's answer is: in the station's own village,
 * with its neighbours. From there one goes up level by level to 别的地方, and down again by names, six at
 * most on a page; nobody types Chinese. A place that is not there, or a table that is not: somebody of
 * the staff comes and types its code.
 *
 *   villages of the own township ─ up ─► townships of the own county ─ up ─► … ─► provinces
 *        ▲ back                                 │ one of them
 *        └───────────────────────────── villages of that township, …
 *
 * What is kept is the code of twelve digits; its name is kept beside it, so that a slip can say it when
 * the table is gone. The table is asked for when a service with such a question begins and let go with
 * its matter.
 *
 * Invariant: the list of the place one is in never holds the way one came from.
 */

#define MOST_CHOICES 6
#define VILLAGE      (BM_DIVISION_LEVELS - 1)

static gboolean
is_place (json_t *field)
{
  return strcmp (bm_text_get (field, "type"), "place") == 0;
}

/* The table */

static gboolean
asks_for_place (json_t *service)
{
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    if (is_place (field))
      return TRUE;
  }
  return FALSE;
}

/* Long before the question is asked, so that nothing moves under a finger when the table comes. */
void
bm_session_want_divisions (BmSession *self)
{
  if (self->is_placing || !asks_for_place (self->service))
    return;
  self->is_placing = TRUE;
  bm_session_add_effect (self, BM_EFFECT_DIVISIONS);
}

/* @divisions: (nullable): none can be read */
void
bm_session_take_divisions (BmSession *self, BmDivisions *divisions)
{
  if (!self->is_placing || self->has_places)
    return;
  self->has_places = TRUE;
  self->divisions = divisions != NULL ? bm_divisions_ref (divisions) : NULL;
}

void
bm_session_forget_places (BmSession *self)
{
  g_clear_pointer (&self->divisions, bm_divisions_unref);
  g_clear_pointer (&self->places, bm_json_wipe);
  bm_wipe (self->place, sizeof self->place);
  self->place_from = 0;
  self->is_placing = FALSE;
  self->has_places = FALSE;
}

/* Where one is */

static const char *
get_own (BmSession *self)
{
  const char *own = self->setup->village;

  return own != NULL && bm_divisions_find_level (own) == VILLAGE ? own : NULL;
}

static gboolean
is_above_own (BmSession *self, const char *place)
{
  return get_own (self) != NULL && g_str_has_prefix (get_own (self), place);
}

static void
set_home (BmSession *self, char *place)
{
  *place = '\0';
  if (get_own (self) == NULL)
    return;
  g_strlcpy (place, get_own (self), BM_DIVISION_CODE_LEN + 1);
  bm_divisions_cut (place);
}

/* Of the own path, what lies right below @place. */
static void
get_own_below (BmSession *self, const char *place, char *below)
{
  char above[BM_DIVISION_CODE_LEN + 1];

  g_strlcpy (below, get_own (self), BM_DIVISION_CODE_LEN + 1);
  g_strlcpy (above, below, sizeof above);
  bm_divisions_cut (above);
  while (strcmp (above, place) != 0 && *above != '\0')
    {
      g_strlcpy (below, above, BM_DIVISION_CODE_LEN + 1);
      bm_divisions_cut (above);
    }
}

static GPtrArray *
list_places (BmSession *self, const char *place)
{
  char own[BM_DIVISION_CODE_LEN + 1] = "";

  if (self->divisions == NULL)
    return g_ptr_array_new ();
  if (is_above_own (self, place))
    get_own_below (self, place, own);
  return bm_divisions_list (self->divisions, place, own);
}

/* To the next level above that has anything else in it. FALSE: there is none. */
static gboolean
go_up (BmSession *self, char *place)
{
  char above[BM_DIVISION_CODE_LEN + 1];

  if (!is_above_own (self, place))
    return FALSE;
  g_strlcpy (above, place, sizeof above);
  while (*above != '\0')
    {
      g_autoptr (GPtrArray) others = NULL;

      bm_divisions_cut (above);
      others = list_places (self, above);
      if (others->len > 0)
        {
          g_strlcpy (place, above, BM_DIVISION_CODE_LEN + 1);
          return TRUE;
        }
    }
  return FALSE;
}

/* One step back the way that one came; FALSE: this is where it began. */
static gboolean
go_back (BmSession *self)
{
  char home[BM_DIVISION_CODE_LEN + 1];
  char next[BM_DIVISION_CODE_LEN + 1];

  set_home (self, home);
  if (strcmp (self->place, home) == 0)
    return FALSE;
  if (!is_above_own (self, self->place))
    {
      bm_divisions_cut (self->place);
      return TRUE;
    }
  g_strlcpy (next, home, sizeof next);
  while (go_up (self, next) && strcmp (next, self->place) != 0)
    g_strlcpy (home, next, sizeof home);
  g_strlcpy (self->place, home, sizeof self->place);
  return TRUE;
}

void
bm_session_begin_place (BmSession *self)
{
  bm_session_want_divisions (self);
  set_home (self, self->place);
  self->place_from = 0;
}

/* What is on one page */

typedef struct
{
  GPtrArray *all;
  gboolean has_own;
  gboolean has_up;
  guint n; /* from place_from on */
  gboolean has_more;
} List;

static void
fill_list (BmSession *self, guint from, List *list)
{
  gboolean is_optional = json_is_true (json_object_get (bm_session_get_field (self), "optional"));
  char home[BM_DIVISION_CODE_LEN + 1];
  char up[BM_DIVISION_CODE_LEN + 1];
  guint room;

  set_home (self, home);
  g_strlcpy (up, self->place, sizeof up);
  list->all = list_places (self, self->place);
  list->has_own = from == 0 && get_own (self) != NULL && strcmp (self->place, home) == 0;
  list->has_up = go_up (self, up);
  /* Besides them there is always 这里没有, and 不填这个 where that may be. */
  room =
    MOST_CHOICES - 1 - (list->has_own ? 1 : 0) - (list->has_up ? 1 : 0) - (is_optional ? 1 : 0);
  list->has_more = list->all->len - from > room;
  list->n = list->has_more ? room - 1 : list->all->len - from;
}

static guint
get_next_from (BmSession *self, guint from)
{
  List list;

  fill_list (self, from, &list);
  g_ptr_array_unref (list.all);
  return from + list.n;
}

/* The page */

static void
add_place (BmSession *self, json_t *page, const char *code, const char *label, const char *note)
{
  g_autofree char *id = g_strconcat ("at:", code, NULL);
  json_t *choice = bm_page_add_choice (page, id, NULL, label, NULL);

  if (note != NULL)
    json_object_set_new (choice, "note", json_string (note));
  if (g_strcmp0 (self->chosen, code) == 0)
    json_object_set_new (choice, "state", json_string ("chosen"));
}

static const char *
get_wanted (guint level)
{
  static const char *const wanted[BM_DIVISION_LEVELS] = {
    NC_ ("page", "Which province?"), NC_ ("page", "Which city?"),    NC_ ("page", "Which county?"),
    NC_ ("page", "Which township?"), NC_ ("page", "Which village?"),
  };

  return bm_language_translate ("page", wanted[MIN (level, VILLAGE)]);
}

/* Where one is, without the levels that the station is in itself: 青溪镇, or 演示二市演示北县. */
static char *
dup_way (BmSession *self)
{
  GString *text = g_string_new (NULL);
  char above[BM_DIVISION_CODE_LEN + 1];

  g_strlcpy (above, self->place, sizeof above);
  do
    {
      const char *name = bm_divisions_get_name (self->divisions, above);

      g_string_prepend (text, name != NULL ? name : "");
      bm_divisions_cut (above);
    }
  while (!is_above_own (self, above) && *above != '\0');
  return g_string_free (text, FALSE);
}

/* Where one is so far, and what comes next. */
static void
add_way (BmSession *self, json_t *page)
{
  guint level = *self->place != '\0' ? bm_divisions_find_level (self->place) + 1 : 0;
  g_autofree char *name = NULL;
  g_autofree char *broken = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->divisions == NULL)
    {
      bm_page_add_line (page, NULL,
                        self->has_places
                          ? C_ ("page", "The other places are not\nin this machine now.")
                          : C_ ("page", "One moment please,\nthe places are looked up."),
                        FALSE);
      return;
    }
  name = dup_way (self);
  broken = bm_session_break_place (self, name, self->place);
  if (*name != '\0')
    /* Translators: where one is so far, as in an address; "Which village?" follows. */
    g_string_append_printf (text, C_ ("page", "%s: "), broken);
  bm_session_append_part (text, get_wanted (level));
  bm_page_add_line (page, NULL, text->str, FALSE);
}

/* What was chosen and does not stand here. */
static void
add_chosen (BmSession *self, json_t *page)
{
  g_autofree char *id = self->chosen != NULL ? g_strconcat ("at:", self->chosen, NULL) : NULL;
  g_autofree char *name = NULL;
  g_autofree char *broken = NULL;
  g_autofree char *text = NULL;

  if (self->chosen == NULL)
    return;
  json_object_set_new (json_object_get (page, "frame"), "next", json_string (C_ ("frame", "Next")));
  if (bm_page_has_choice (page, id))
    return;
  name = bm_session_dup_place_words (self, self->chosen, NULL);
  broken = bm_session_break_place (self, name, self->chosen);
  /* Translators: the full name of a place. */
  text = g_strdup_printf (C_ ("page", "You chose:\n%s"), broken);
  bm_page_add_line (page, "yes", text, TRUE);
}

static void
build_place (BmSession *self, json_t *page)
{
  List list;

  fill_list (self, self->place_from, &list);
  bm_session_add_question (page, bm_session_get_field (self));
  add_way (self, page);
  if (list.has_own)
    add_place (self, page, get_own (self), C_ ("choice", "Here"), self->setup->village_name);
  for (guint i = 0; i < list.n; i++)
    {
      const char *code = g_ptr_array_index (list.all, self->place_from + i);

      add_place (self, page, code, bm_divisions_get_name (self->divisions, code), NULL);
    }
  if (list.has_more)
    bm_page_add_choice (page, "more", "next", C_ ("choice", "More names"), NULL);
  if (list.has_up)
    bm_page_add_choice (page, "up", "other", C_ ("choice", "Another place"), NULL);
  bm_session_add_skip (page, bm_session_get_field (self));
  bm_page_add_choice (page, "none", "help", C_ ("choice", "Not here,\nplease help me"), NULL);
  add_chosen (self, page);
  g_ptr_array_unref (list.all);
}

static void
take_place (BmSession *self, const char *code)
{
  if (strlen (code) == BM_DIVISION_CODE_LEN)
    {
      bm_wipe_string (self->chosen);
      self->chosen = g_strdup (code);
      return;
    }
  g_strlcpy (self->place, code, sizeof self->place);
  self->place_from = 0;
}

static gboolean
choose_place (BmSession *self, const char *choice)
{
  if (g_str_has_prefix (choice, "at:"))
    take_place (self, choice + strlen ("at:"));
  else if (strcmp (choice, "more") == 0)
    self->place_from = get_next_from (self, self->place_from);
  else if (strcmp (choice, "up") == 0)
    {
      go_up (self, self->place);
      self->place_from = 0;
    }
  else if (strcmp (choice, "none") == 0)
    {
      bm_session_call_help (self);
      bm_session_go (self, BM_PAGE_PLACE_CODE);
    }
  else
    bm_session_store_answer (self, NULL);
  return TRUE;
}

static void
store_place (BmSession *self)
{
  g_autofree char *name = bm_session_dup_place_words (self, self->chosen, NULL);

  if (self->places == NULL)
    self->places = json_object ();
  json_object_set_new (self->places, self->chosen, json_string (name));
  bm_session_store_chosen (self);
}

static void
back_from_place (BmSession *self)
{
  guint from = 0;

  if (self->place_from > 0)
    {
      while (get_next_from (self, from) < self->place_from)
        from = get_next_from (self, from);
      self->place_from = from;
    }
  else if (!go_back (self))
    bm_session_back_from_field (self);
}

const BmPageSpec bm_spec_place = { .id = "place",
                                   .template_name = "place",
                                   .build = build_place,
                                   .choose = choose_place,
                                   .next = store_place,
                                   .back = back_from_place,
                                   .can_end = TRUE,
                                   .is_personal = TRUE };

/* The staff know the code of what is not there. */

static void
build_code (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "Somebody comes\nand types the place for you."), FALSE);
  bm_page_set_input (page, C_ ("page", "Code of the place, 12 digits"), BM_DIVISION_CODE_LEN,
                     BM_DIVISION_CODE_LEN);
  json_object_set_new (json_object_get (page, "input"), "groups",
                       json_pack ("[i, i, i]", 6, 3, 3)); /* county, township, village */
  if (self->typed != NULL)
    json_object_set_new (json_object_get (page, "input"), "value", json_string (self->typed));
  bm_session_add_problem (self, page);
}

static void
leave_code (BmSession *self)
{
  self->problem = NULL;
  g_clear_pointer (&self->typed, bm_wipe_string);
  bm_session_go (self, BM_PAGE_PLACE);
}

/* What it is called is shown and heard before it goes on. */
static gboolean
take_code (BmSession *self, const char *value)
{
  if (!bm_session_is_place_code (value))
    {
      bm_session_set_problem (self, value,
                              NC_ ("page", "There is no such code.\nPlease look at the digits."));
      return TRUE;
    }
  bm_wipe_string (self->chosen);
  self->chosen = g_strdup (value);
  leave_code (self);
  return TRUE;
}

const BmPageSpec bm_spec_place_code = { .id = "place-code",
                                        .template_name = "place",
                                        .build = build_code,
                                        .digits = take_code,
                                        .back = leave_code,
                                        .can_end = TRUE,
                                        .is_personal = TRUE };
