/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 谁用过我的数据 (domain §1.1 row 15): every view, print and sending of the person's record on this machine, newest first,
 * for whoever shows the card, on the page and on a slip without a number. The ledger wrote each of them down when it
 * happened (app/store/store-uses.c); this look is the first of the list.
 *
 *   confirm -> USES_ASKED -- USES --> USES -- 打出来 --> USES_SLIP -- 下一步 --> USES
 *
 * A matter that is not read out in the hall, or that the desk must not know, has no name here either.
 */

#define ROWS_A_PAGE   4
#define MOST_ON_PAPER 40
#define MAX_NOTE      80

/* Who it was, in the events of the ledger: "use" and a tag stand in no page. */
void
bm_session_note_use (BmSession *self, const char *event, const char *use)
{
  GString *tag = g_string_new (NULL);
  json_t *json;

  bm_session_audit (self, event, NULL);
  json = ((BmEffect *) g_queue_peek_tail (&self->effects))->json;
  for (guint i = 0; i < BM_TAG_LEN; i++)
    g_string_append_printf (tag, "%02x", self->tag[i]);
  if (self->has_tag && !bm_session_is_untraced (self))
    {
      json_object_set_new (json, "use", json_string (use));
      json_object_set_new (json, "person", json_string (tag->str));
    }
  bm_wipe_string (g_string_free (tag, FALSE));
}

/**
 * bm_session_begin_uses:
 * @self: a session with an identified person
 *
 * Asks the ledger.
 */
void
bm_session_begin_uses (BmSession *self)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_USES);

  memcpy (effect->tag, self->tag, sizeof effect->tag);
  self->uses_from = 0;
  bm_session_go (self, BM_PAGE_USES_ASKED);
}

/**
 * bm_session_take_uses:
 * @self: a session
 * @uses: (nullable): what came of effect USES; %NULL: it cannot be read
 *
 * Shows it, when it is still waited for.
 */
void
bm_session_take_uses (BmSession *self, json_t *uses)
{
  if (bm_session_get_current (self) != BM_PAGE_USES_ASKED)
    return;
  bm_json_wipe (self->uses);
  self->uses = json_is_object (uses) ? json_deep_copy (uses) : NULL;
  bm_session_go (self, BM_PAGE_USES);
}

static void
build_asked (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmPageSpec bm_spec_uses_asked = { .id = "uses-asked",
                                        .template_name = "wait",
                                        .build = build_asked,
                                        .can_end = TRUE,
                                        .is_personal = TRUE };

/* One of them */

static json_t *
get_list (BmSession *self)
{
  return json_object_get (self->uses, "uses");
}

static json_t *
find_service (BmSession *self, json_t *use)
{
  const char *id = bm_text_get (use, "service");

  return *id != '\0' ? bm_catalogue_find (self->setup->catalogue, id) : NULL;
}

static const char *
say_matter (BmSession *self, json_t *use)
{
  json_t *service = find_service (self, use);

  if (service == NULL || json_is_true (json_object_get (use, "hidden")) ||
      strcmp (bm_text_get (service, "spoken_privacy"), "public") != 0)
    return C_ ("uses", "a matter of yours");
  return bm_text_pick (json_object_get (service, "label"));
}

static const char *
say_office (BmSession *self, json_t *use)
{
  json_t *service = find_service (self, use);

  if (service == NULL || json_is_true (json_object_get (use, "hidden")) ||
      strcmp (bm_text_get (service, "spoken_privacy"), "public") != 0)
    return C_ ("uses", "the office above");
  return bm_text_pick (json_object_get (service, "who_decides"));
}

static gboolean
is_own_look (json_t *use)
{
  static const char *const own[] = { "look", "commit", "print", "withdraw", "sent", NULL };

  return g_strv_contains (own, bm_text_get (use, "use")) && *bm_text_get (use, "by") == '\0';
}

/* By the name that people know; on paper the badge's number stands with it, and alone when the name has left the roster. */
static char *
dup_whom (BmSession *self, const char *by, gboolean on_paper)
{
  const char *name = bm_session_get_staff_name (self, by);

  if (*name == '\0')
    return g_strdup (by);
  return on_paper ? g_strdup_printf ("%s %s", name, by) : g_strdup (name);
}

/* Whose hands: their own, a helper's by the number on the badge, whoever held the slip, or the machine's. */
static char *
dup_who (BmSession *self, json_t *use, gboolean on_paper)
{
  const char *what = bm_text_get (use, "use");
  const char *by = bm_text_get (use, "by");
  g_autofree char *whom = dup_whom (self, by, on_paper);

  if (strcmp (what, "track") == 0)
    return g_strdup (C_ ("uses", "Who held the slip"));
  if (strcmp (what, "sent") == 0)
    return g_strdup (C_ ("uses", "This machine"));
  if (*by == '\0')
    return g_strdup (C_ ("uses", "Yourself"));
  if (strcmp (what, "commit") == 0)
    /* Translators: a helper's name; on paper with the number on the badge. */
    return g_strdup_printf (C_ ("uses", "You, with staff %s"), whom);
  /* Translators: a helper's name; on paper with the number on the badge. */
  return g_strdup_printf (C_ ("uses", "Staff %s"), whom);
}

static char *
dup_what (BmSession *self, json_t *use)
{
  static const struct
  {
    const char *use;
    const char *words;
  } table[] = {
    { "look", NC_ ("uses", "opened your record") },
    { "open", NC_ ("uses", "looked at it") },
    { "track", NC_ ("uses", "asked how far it is") },
    { "commit", NC_ ("uses", "handed in") },
    { "late", NC_ ("uses", "entered from paper") },
    { "behalf", NC_ ("uses", "handed in by another for you") },
    { "print", NC_ ("uses", "a paper was wanted") },
    { "withdraw", NC_ ("uses", "took it back") },
  };
  const char *what = bm_text_get (use, "use");

  if (strcmp (what, "find") == 0)
    return g_strdup (C_ ("uses", "looked with the card for what you handed in"));
  if (strcmp (what, "sent") == 0)
    /* Translators: a matter, and the office that decides of it. */
    return g_strdup_printf (C_ ("uses", "sent: %1$s, for %2$s"), say_matter (self, use),
                            say_office (self, use));
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].use, what) == 0)
      /* Translators: what was done, with which matter. */
      return g_strdup_printf (C_ ("uses", "%1$s: %2$s"),
                              bm_language_translate ("uses", table[i].words),
                              say_matter (self, use));
  return g_strdup (C_ ("uses", "used it"));
}

/* The year stands there when it is another one. */
static char *
dup_day (BmSession *self, json_t *use)
{
  const gint64 wall_ms = json_integer_value (json_object_get (use, "wall_ms"));
  const gint32 day = bm_day_from_wall_ms (wall_ms);
  g_autofree char *now = bm_day_to_string (bm_session_get_today (self));
  g_autofree char *then = bm_day_to_string (day);

  return strncmp (now, then, strlen ("2026")) == 0 ? bm_words_day (day) : bm_words_full_date (day);
}

static char *
dup_moment (BmSession *self, json_t *use)
{
  const gint64 wall_ms = json_integer_value (json_object_get (use, "wall_ms"));
  const gint64 minutes =
    (wall_ms - bm_day_to_wall_ms (bm_day_from_wall_ms (wall_ms))) / (60 * 1000);
  g_autofree char *day = dup_day (self, use);

  return g_strdup_printf ("%s %02d:%02d", day, (int) (minutes / 60), (int) (minutes % 60));
}

/* All of them */

static gboolean
is_only_own (BmSession *self)
{
  json_t *use;
  gsize i;

  json_array_foreach (get_list (self), i, use)
  {
    if (!is_own_look (use) &&
        (strcmp (bm_text_get (use, "use"), "commit") != 0 || *bm_text_get (use, "by") == '\0'))
      return FALSE;
  }
  return json_is_true (json_object_get (self->uses, "is_whole")) &&
         !json_is_true (json_object_get (self->uses, "is_cut"));
}

static const char *
say_head (BmSession *self)
{
  if (is_only_own (self))
    return C_ ("uses", "Nobody but you looked at your data\non this machine.");
  return C_ ("uses", "Who used your data\non this machine:");
}

/* Truth first: what is missing, where the list begins, and what it cannot know. */
static char *
dup_since (BmSession *self)
{
  const gint64 since = json_integer_value (json_object_get (self->uses, "since_ms"));
  json_t *list = get_list (self);
  json_t *last = json_array_get (list, json_array_size (list) - 1);
  g_autofree char *day = bm_words_full_date (
    bm_day_from_wall_ms (json_is_true (json_object_get (self->uses, "is_swept")) && last != NULL
                           ? json_integer_value (json_object_get (last, "wall_ms"))
                           : since));

  if (json_is_true (json_object_get (self->uses, "is_cut")))
    return g_strdup (C_ ("uses", "These are the newest two hundred."));
  /* Translators: a day. */
  return g_strdup_printf (C_ ("uses", "It goes back to %s."), day);
}

static guint
count_pages (BmSession *self)
{
  return MAX (((guint) json_array_size (get_list (self)) + ROWS_A_PAGE - 1) / ROWS_A_PAGE, 1);
}

static void
add_use (BmSession *self, json_t *page, json_t *use)
{
  g_autofree char *moment = dup_moment (self, use);
  g_autofree char *day = dup_day (self, use);
  g_autofree char *who = dup_who (self, use, FALSE);
  g_autofree char *what = dup_what (self, use);
  /* Translators: a day, who it was, what was done. */
  g_autofree char *spoken = g_strdup_printf (C_ ("uses", "%1$s, %2$s: %3$s."), day, who, what);

  bm_page_add_row (page, moment, who, g_utf8_strlen (what, -1) <= MAX_NOTE ? what : NULL,
                   !is_own_look (use));
  bm_page_say_also (page, spoken);
}

static void
build_unread (json_t *page)
{
  bm_page_set_picture (page, "eye");
  bm_page_set_question (page, C_ ("uses", "The list cannot be read now,\nplease call the staff."),
                        FALSE);
}

static void
build_uses (BmSession *self, json_t *page)
{
  const guint n_pages = count_pages (self);
  json_t *list = get_list (self);
  g_autofree char *since = NULL;

  json_object_set_new (json_object_get (page, "frame"), "next",
                       json_string (C_ ("frame", "Finish")));
  if (self->uses == NULL)
    {
      build_unread (page);
      return;
    }
  since = dup_since (self);
  bm_page_set_question (page, say_head (self), FALSE);
  bm_page_set_covered (page, FALSE);
  for (gsize i = self->uses_from; i < json_array_size (list) && i < self->uses_from + ROWS_A_PAGE;
       i++)
    add_use (self, page, json_array_get (list, i));
  if (!json_is_true (json_object_get (self->uses, "is_whole")))
    bm_page_add_line (page, "warn",
                      C_ ("uses", "Something of the list is missing,\nplease call the staff."),
                      TRUE);
  bm_page_add_line (page, "calendar", since, FALSE);
  bm_page_add_line (page, "office", C_ ("uses", "What other offices did is not here."), FALSE);
  if (self->uses_from + ROWS_A_PAGE < n_pages * ROWS_A_PAGE)
    bm_page_add_choice (page, "older", "next", C_ ("choice", "Earlier ones"), NULL);
  if (self->uses_from > 0)
    bm_page_add_choice (page, "newer", "back", C_ ("choice", "Later ones"), NULL);
  bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), NULL);
}

/* The slip */

static void
add_paper_row (BmSession *self, json_t *blocks, json_t *use)
{
  g_autofree char *moment = dup_moment (self, use);
  g_autofree char *who = dup_who (self, use, TRUE);
  g_autofree char *what = dup_what (self, use);

  g_autofree char *head = g_strconcat (moment, "　", who, NULL);

  bm_session_make_strong (bm_session_add_block_text (blocks, "body", head));
  bm_session_add_block_text (blocks, "body", what);
}

/* No name, no number: who finds it knows nobody by it. */
static json_t *
make_plan (BmSession *self)
{
  json_t *blocks = json_array ();
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->setup->clock);
  g_autofree char *moment = bm_words_moment (now);
  g_autofree char *since = dup_since (self);
  json_t *use;
  gsize i;

  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s}", "type", "boxed", "size", "lead",
                                            "text", say_head (self)));
  json_array_foreach (get_list (self), i, use)
  {
    if (i < MOST_ON_PAPER)
      add_paper_row (self, blocks, use);
  }
  bm_session_add_block_rule (blocks);
  if (!json_is_true (json_object_get (self->uses, "is_whole")))
    bm_session_make_strong (
      bm_session_add_block_text (blocks, "body",
                                 C_ ("uses",
                                     "Something of the list is missing,\nplease call the staff.")));
  if (i > MOST_ON_PAPER)
    bm_session_add_block_text (blocks, "body", C_ ("uses", "These are the newest forty."));
  else
    bm_session_add_block_text (blocks, "body", since);
  bm_session_add_block_text (blocks, "body", C_ ("uses", "What other offices did is not here."));
  bm_session_add_block_pair (blocks, C_ ("uses", "Printed"), moment);
  bm_session_add_block_pair (blocks, C_ ("sheet", "Phone"),
                             C_ ("sheet", "Station {station_phone}"));
  bm_session_add_block_pair (blocks, C_ ("sheet", "Complaints"), "{supervision}");
  bm_session_add_fraud_line (blocks);
  return json_pack ("{s:s, s:o}", "title", C_ ("uses", "Who used my data"), "blocks", blocks);
}

static void
print_uses (BmSession *self)
{
  bm_session_print_sheet (self, "", bm_session_build_own_sheet (self, "uses", make_plan), NULL);
  bm_session_note_use (self, "uses-printed", "print");
  bm_session_go (self, BM_PAGE_USES_SLIP);
}

static gboolean
choose_uses (BmSession *self, const char *choice)
{
  if (strcmp (choice, "older") == 0)
    self->uses_from += ROWS_A_PAGE;
  else if (strcmp (choice, "newer") == 0)
    self->uses_from -= MIN (self->uses_from, ROWS_A_PAGE);
  else
    print_uses (self);
  return TRUE;
}

static void
leave_uses (BmSession *self)
{
  bm_session_go (self, BM_PAGE_GOODBYE);
}

const BmPageSpec bm_spec_uses = { .id = "uses",
                                  .template_name = "amounts",
                                  .build = build_uses,
                                  .choose = choose_uses,
                                  .next = leave_uses,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

static void
back_to_uses (BmSession *self)
{
  bm_session_go (self, BM_PAGE_USES);
}

const BmPageSpec bm_spec_uses_slip = { .id = "uses-slip",
                                       .template_name = "print",
                                       .build = bm_session_build_loose_slip,
                                       .choose = bm_session_settle_paper,
                                       .next = back_to_uses,
                                       .can_end = TRUE,
                                       .is_personal = TRUE };
