/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * People who want to be found (请他们找我), who have to be asked something, and calls about danger. A task
 * stays until somebody says that it is settled; that nobody was there is noted and keeps it.
 */

#define ROWS_A_PAGE  6
#define MAX_NOTE     80
#define MAX_TEXT     60
#define MAX_QUESTION 15

/* Words */

char *
bm_desk_say_contact (json_t *contact)
{
  const char *kind = bm_text_get (contact, "kind");
  const char *text = bm_text_get (contact, "text");

  if (strcmp (kind, "danger") == 0)
    return g_strdup (C_ ("desk", "Somebody spoke of danger"));
  if (strcmp (kind, "ask") == 0)
    return *text != '\0' ? bm_desk_cut (text, MAX_TEXT)
                         : g_strdup (C_ ("desk", "Ask where exactly it is"));
  return g_strdup (C_ ("desk", "Wants to be found"));
}

char *
bm_desk_say_who (json_t *contact)
{
  g_autofree char *who =
    g_strdup_printf ("%s %s", bm_text_get (contact, "group"), bm_text_get (contact, "name"));

  return *g_strstrip (who) != '\0' ? bm_desk_cut (who, MAX_TEXT)
                                   : g_strdup (C_ ("desk", "No name was left"));
}

static char *
say_tries (BmDesk *self, json_t *contact)
{
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (contact, "tried_ms"));
  g_autofree char *times =
    bm_desk_fill (C_ ("desk", "{n} times, nobody was there"), bm_desk_get_count (contact, "tries"));
  const char *by = bm_text_get (contact, "tried_by");

  if (*moment == '\0')
    return g_steal_pointer (&times);
  /* Translators: how often, when last, and by whom. */
  return g_strdup_printf (C_ ("desk", "%1$s; last on %2$s, %3$s"), times, moment,
                          bm_desk_get_staff_name (self, by));
}

/* The tasks */

static gint
rank (json_t *contact)
{
  return strcmp (bm_text_get (contact, "kind"), "danger") == 0 ? 0 : 1;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  json_t *one = *(json_t *const *) a;
  json_t *two = *(json_t *const *) b;
  gint64 since = bm_desk_get_count (one, "wall_ms") - bm_desk_get_count (two, "wall_ms");

  if (rank (one) != rank (two))
    return rank (one) - rank (two);
  return since < 0 ? -1 : since > 0 ? 1 : 0;
}

static json_t *
find_contact (BmDesk *self)
{
  for (gsize i = 0; i < json_array_size (self->contacts); i++)
    {
      json_t *contact = json_array_get (self->contacts, i);

      if (bm_desk_get_count (contact, "contact") == self->contact)
        return contact;
    }
  return NULL;
}

/**
 * bm_desk_take_contacts:
 * @self: a desk
 * @contacts: (nullable): open tasks
 *
 * Keeps what the desk may see: danger first, then the oldest.
 */
void
bm_desk_take_contacts (BmDesk *self, json_t *contacts)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  for (gsize i = 0; i < json_array_size (contacts); i++)
    {
      json_t *contact = json_array_get (contacts, i);

      if (bm_desk_get_count (contact, "contact") > 0 && !bm_desk_is_hidden (contact) &&
          !bm_desk_is_visit (contact))
        g_ptr_array_add (sorted, contact);
    }
  g_ptr_array_sort (sorted, compare);
  bm_json_wipe (self->contacts);
  self->contacts = json_array ();
  for (guint i = 0; i < sorted->len; i++)
    json_array_append_new (self->contacts, json_deep_copy (g_ptr_array_index (sorted, i)));
  if (self->at == BM_DESK_CONTACT && find_contact (self) == NULL)
    bm_desk_go (self, BM_DESK_CONTACTS);
}

/* The list */

static guint
count_pages (BmDesk *self)
{
  return MAX ((guint) (json_array_size (self->contacts) + ROWS_A_PAGE - 1) / ROWS_A_PAGE, 1);
}

static void
add_contact (BmDesk *self, json_t *page, json_t *contact)
{
  gboolean was_tried = bm_desk_get_count (contact, "tries") > 0;
  g_autofree char *kind = bm_desk_say_contact (contact);
  g_autofree char *who = bm_desk_say_who (contact);
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (contact, "wall_ms"));
  g_autofree char *tries = was_tried ? say_tries (self, contact) : g_strdup (moment);
  g_autofree char *note = g_strdup_printf ("%s　%s", kind, tries);
  g_autofree char *short_note = bm_desk_cut (note, MAX_NOTE);
  g_autofree char *id =
    g_strdup_printf ("contact:%" G_GINT64_FORMAT, bm_desk_get_count (contact, "contact"));
  json_t *choice =
    bm_page_add_choice (page, id, rank (contact) == 0 ? "warn" : "person", who, NULL);

  json_object_set_new (choice, "note", json_string (short_note));
}

static void
build_contacts (BmDesk *self, json_t *page)
{
  gsize n = json_array_size (self->contacts);
  guint n_pages = count_pages (self);
  g_autofree char *question = bm_desk_fill (C_ ("desk", "{n} want to be found"), (gint64) n);

  self->list_page = MIN (self->list_page, n_pages - 1);
  bm_page_set_question (page, n > 0 ? question : C_ ("desk", "Nobody wants to be found now."),
                        FALSE);
  for (gsize i = (gsize) self->list_page * ROWS_A_PAGE;
       i < MIN (n, (gsize) (self->list_page + 1) * ROWS_A_PAGE); i++)
    add_contact (self, page, json_array_get (self->contacts, i));
  bm_desk_add_turns (self, page, n_pages);
}

static gboolean
choose_contacts (BmDesk *self, const char *choice)
{
  guint64 id = 0;

  if (bm_desk_turn (self, choice, count_pages (self)))
    return TRUE;
  if (!g_str_has_prefix (choice, "contact:") ||
      !g_ascii_string_to_unsigned (choice + strlen ("contact:"), 10, 1, (guint64) G_MAXINT64, &id,
                                   NULL))
    return FALSE;
  self->contact = (gint64) id;
  bm_desk_go (self, BM_DESK_CONTACT);
  return TRUE;
}

const BmDeskSpec bm_desk_contacts = { .id = "desk-contacts",
                                      .template_name = "desk-list",
                                      .build = build_contacts,
                                      .choose = choose_contacts,
                                      .back = bm_desk_go_today,
                                      .is_list = TRUE };

/* One of them */

static void
add_fact (json_t *page, const char *label, const char *value)
{
  if (*value != '\0')
    bm_page_add_fact (page, label, value);
}

static const char *
say_what_to_do (json_t *contact)
{
  const char *kind = bm_text_get (contact, "kind");

  if (strcmp (kind, "danger") == 0)
    return C_ ("desk", "Go there or phone; 110, 119 or 120 if it is not over.");
  if (strcmp (kind, "ask") == 0)
    return C_ ("desk", "Find the person and ask; the matter goes on meanwhile.");
  return C_ ("desk", "Phone or go there, and ask what it is about.");
}

static void
build_contact (BmDesk *self, json_t *page)
{
  json_t *contact = find_contact (self);
  const char *service = bm_text_get (contact, "service");
  g_autofree char *figure = bm_desk_say_number (bm_text_get (contact, "number"));
  g_autofree char *matter = g_strdup_printf ("%s %s", bm_desk_say_service (self, service), figure);
  g_autofree char *title = bm_desk_say_contact (contact);
  g_autofree char *who = bm_desk_say_who (contact);
  g_autofree char *moment = bm_desk_say_moment (bm_desk_get_count (contact, "wall_ms"));
  g_autofree char *tries = say_tries (self, contact);
  g_autofree char *question = NULL;

  question = g_utf8_strlen (title, -1) > MAX_QUESTION
               ? g_strdup (C_ ("desk", "Find the person and ask"))
               : g_strdup (title);
  bm_page_set_question (page, question, FALSE);
  bm_page_set_picture (page, rank (contact) == 0 ? "warn" : "person");
  if (strcmp (question, title) != 0)
    add_fact (page, C_ ("desk", "Ask"), title);
  add_fact (page, C_ ("desk", "Who"), who);
  add_fact (page, C_ ("desk", "Since"), moment);
  if (*service != '\0')
    add_fact (page, C_ ("desk", "Matter"), g_strchomp (matter));
  if (bm_desk_get_count (contact, "tries") > 0)
    add_fact (page, C_ ("desk", "Tried"), tries);
  bm_desk_add_broken (page, "next", say_what_to_do (contact), TRUE);
  bm_page_add_choice (page, "done", "yes", C_ ("choice", "Settled"), "primary");
  bm_page_add_choice (page, "tried", "no", C_ ("choice", "Nobody was there"), NULL);
}

static void
settle (BmDesk *self)
{
  BmDeskEffect *effect = bm_desk_add_effect (self, BM_DESK_EFFECT_SETTLE_CONTACT);

  effect->number = self->contact;
  effect->text = g_strdup (self->staff);
  bm_desk_look (self);
  /* What the ledger lists next decides; until then it is not offered twice. */
  for (gsize i = 0; i < json_array_size (self->contacts); i++)
    if (bm_desk_get_count (json_array_get (self->contacts, i), "contact") == self->contact)
      json_array_remove (self->contacts, i--);
}

static void
note_try (BmDesk *self)
{
  json_t *contact = find_contact (self);

  bm_desk_add_effect (self, BM_DESK_EFFECT_AUDIT)->json =
    json_pack ("{s:s, s:s, s:I, s:s}", "what", "contact-tried", "seat", "desk", "contact",
               (json_int_t) self->contact, "staff", self->staff);
  json_object_set_new (contact, "tries", json_integer (bm_desk_get_count (contact, "tries") + 1));
  json_object_set_new (contact, "tried_ms",
                       json_integer (bm_clock_get_wall_ms (self->setup->clock)));
  json_object_set_new (contact, "tried_by", json_string (self->staff));
  bm_desk_look (self);
}

static gboolean
choose_contact (BmDesk *self, const char *choice)
{
  if (strcmp (choice, "done") == 0)
    settle (self);
  else if (strcmp (choice, "tried") == 0)
    note_try (self);
  else
    return FALSE;
  bm_desk_go (self, json_array_size (self->contacts) > 0 ? BM_DESK_CONTACTS : BM_DESK_TODAY);
  return TRUE;
}

static gboolean
back_to_contacts (BmDesk *self)
{
  bm_desk_go (self, BM_DESK_CONTACTS);
  return TRUE;
}

static void
leave_contact (BmDesk *self)
{
  self->contact = 0;
}

const BmDeskSpec bm_desk_contact = { .id = "desk-contact",
                                     .template_name = "desk-case",
                                     .build = build_contact,
                                     .choose = choose_contact,
                                     .back = back_to_contacts,
                                     .leave = leave_contact,
                                     .is_list = TRUE };
