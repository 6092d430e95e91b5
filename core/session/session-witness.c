/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/*
 * A staff member sees the person: at the desk, or here on the one screen, where the helper's act covers
 * the resident's page and gives it back (domain §2.21a rule 12). Every act takes a fresh PIN. A relative
 * is refused in plain words. Without a witness nothing is recorded.
 */

static gboolean
is_late (BmSession *self)
{
  return self->help_boot_ms != 0 && !self->is_help_answered &&
         bm_session_now (self) - self->help_boot_ms >= BM_HELP_MS;
}

/**
 * bm_session_make_hall:
 * @self: a session with an identified person
 * @step: what is asked of the desk
 * @sees: the sentence that the person sees
 *
 * Returns: (transfer full): what the desk may see of this session (session.h, WANT_WITNESS)
 */
json_t *
bm_session_make_hall (BmSession *self, const char *step, const char *sees)
{
  g_autofree char *group = bm_session_dup_group (self);
  g_autofree char *age = bm_words_age (bm_session_get_age (self));
  g_autofree char *about = g_strdup_printf ("%s %s %s", bm_words_sex (self->card->sex), age, group);
  g_autoptr (GDateTime) time = bm_words_local_time (self->card_wall_ms);
  g_autofree char *card_at = g_date_time_format (time, "%H:%M");

  return json_pack ("{s:s, s:s, s:s, s:O, s:b, s:b, s:s, s:s, s:s, s:I}", "name", self->card->name,
                    "about", g_strstrip (about), "service",
                    bm_text_pick (json_object_get (self->service, "label")), "rule",
                    json_object_get (self->service, "version"), "by_social_card",
                    (int) bm_session_is_social (self), "by_letter",
                    (int) bm_session_is_behalf (self), "card_at", card_at, "step", step, "sees",
                    sees, "since_ms", (json_int_t) bm_session_now (self));
}

static void
want_witness (BmSession *self, gboolean wanted)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_WANT_WITNESS);

  effect->flag = wanted;
  if (wanted)
    effect->json =
      bm_session_make_hall (self, C_ ("desk", "Witness"),
                            C_ ("page", "One moment, please,\na staff member comes to see you."));
}

void
bm_session_begin_witness (BmSession *self)
{
  bm_session_go (self, BM_PAGE_WITNESS);
  bm_session_call_help (self);
  want_witness (self, TRUE);
}

void
bm_session_stop_witness (BmSession *self)
{
  BmPageId current = bm_session_get_current (self);

  if (current >= BM_PAGE_WITNESS && current <= BM_PAGE_UNSEEN)
    want_witness (self, FALSE);
}

static gboolean
is_waiting (BmSession *self)
{
  BmPageId current = bm_session_get_current (self);

  return current >= BM_PAGE_WITNESS && current <= BM_PAGE_REFUSED;
}

static void
back_to_waiting (BmSession *self)
{
  g_clear_pointer (&self->staff, bm_wipe_string);
  self->problem = NULL;
  bm_session_go (self, BM_PAGE_WITNESS);
}

/* The resident waits */

static void
add_nobody (BmSession *self, json_t *page)
{
  const char *next = bm_text_pick (json_object_get (self->setup->duty, "next"));

  bm_page_add_line (page, "people", C_ ("page", "Nobody is here now."), FALSE);
  if (next != NULL && *next != '\0')
    {
      g_autofree char *text = g_strdup_printf (C_ ("page", "From %s somebody is here."), next);

      bm_page_add_line (page, "calendar", text, TRUE);
    }
}

static void
build_witness (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "ill-witness");
  bm_page_set_question (page, C_ ("page", "One moment, please,\na staff member comes to see you."),
                        FALSE);
  if (self->is_card_present)
    bm_page_add_line (page, "card-take", bm_session_say_take (self), FALSE);
  if (self->is_contacted)
    bm_page_add_line (page, "help", C_ ("page", "A message was left for the staff."), FALSE);
  if (is_late (self))
    add_nobody (self, page);
  bm_page_add_choice (page, "staff-here", "witness", C_ ("choice", "The staff member is here"),
                      NULL);
  if (is_late (self) && !self->is_contacted)
    bm_page_add_choice (page, "contact", "help", C_ ("choice", "Let them find me"), NULL);
  if (is_late (self) || self->is_contacted)
    bm_page_add_choice (page, "later", "calendar", C_ ("choice", "Come at another time"), NULL);
}

static gboolean
choose_witness (BmSession *self, const char *choice)
{
  if (strcmp (choice, "staff-here") == 0)
    {
      bm_session_answer_help (self);
      bm_session_go (self, BM_PAGE_STAFF);
    }
  else if (strcmp (choice, "contact") == 0)
    bm_session_leave_contact (self);
  else
    {
      want_witness (self, FALSE);
      bm_session_stop_ringing (self);
      bm_session_audit (self, "no-witness", NULL);
      bm_session_go (self, BM_PAGE_UNSEEN);
    }
  return TRUE;
}

static void
back_from_witness (BmSession *self)
{
  want_witness (self, FALSE);
  bm_session_stop_ringing (self);
  bm_session_previous_step (self);
}

const BmPageSpec bm_spec_witness = { .id = "witness",
                                     .template_name = "wait",
                                     .build = build_witness,
                                     .choose = choose_witness,
                                     .back = back_from_witness,
                                     .can_end = TRUE,
                                     .is_personal = TRUE };

/* The helper, on this screen: who */

static char *
dup_staff_choice (json_t *member)
{
  g_autofree char *lower = g_ascii_strdown (json_string_value (json_object_get (member, "id")), -1);

  return g_strconcat ("staff:", lower, NULL);
}

static void
build_staff (BmSession *self, json_t *page)
{
  json_t *member;
  gsize i;

  bm_page_set_question (page, C_ ("page", "Staff member:\nwho are you?"), FALSE);
  json_array_foreach (self->setup->staff, i, member)
  {
    g_autofree char *id = NULL;

    if (!bm_session_may_witness (self->service, member) || i >= BM_MAX_STAFF)
      continue;
    id = dup_staff_choice (member);
    bm_page_add_choice (page, id, "person", json_string_value (json_object_get (member, "name")),
                        NULL);
  }
  bm_page_add_choice (page, "nobody", "back", C_ ("choice", "Back to waiting"), NULL);
}

static gboolean
choose_staff (BmSession *self, const char *choice)
{
  json_t *member;
  gsize i;

  json_array_foreach (self->setup->staff, i, member)
  {
    g_autofree char *id = dup_staff_choice (member);

    if (strcmp (id, choice) != 0)
      continue;
    bm_wipe_string (self->staff);
    self->staff = g_strdup (json_string_value (json_object_get (member, "id")));
    self->problem = NULL;
    bm_session_go (self, BM_PAGE_PIN);
    return TRUE;
  }
  back_to_waiting (self);
  return TRUE;
}

const BmPageSpec bm_spec_staff = { .id = "witness-staff",
                                   .template_name = "choice",
                                   .build = build_staff,
                                   .choose = choose_staff,
                                   .back = back_to_waiting,
                                   .can_end = TRUE,
                                   .is_personal = TRUE };

/* … the PIN */

static void
build_pin (BmSession *self, json_t *page)
{
  const char *name = bm_session_get_staff_name (self, self->staff);
  g_autofree char *question = g_strdup_printf (C_ ("page", "%s, please type your PIN."), name);
  g_autofree char *broken = bm_words_break (question, 15);
  json_t *input;

  bm_page_set_question (page, broken, FALSE);
  bm_page_set_input (page, C_ ("page", "PIN"), 4, 8);
  input = json_object_get (page, "input");
  json_object_set_new (input, "is_masked", json_true ());
  bm_session_add_problem (self, page);
}

static gboolean
take_pin (BmSession *self, const char *value)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_CHECK_STAFF);

  effect->text = g_strdup (self->staff);
  effect->text2 = g_strdup (value);
  effect->flag = TRUE;
  memcpy (effect->tag, self->tag, sizeof effect->tag);
  bm_session_go (self, BM_PAGE_CHECKING);
  return TRUE;
}

static void
back_to_staff (BmSession *self)
{
  g_clear_pointer (&self->staff, bm_wipe_string);
  self->problem = NULL;
  bm_session_go (self, BM_PAGE_STAFF);
}

const BmPageSpec bm_spec_pin = { .id = "witness-pin",
                                 .template_name = "digits",
                                 .build = build_pin,
                                 .digits = take_pin,
                                 .back = back_to_staff,
                                 .can_end = TRUE,
                                 .is_personal = TRUE };

static void
build_checking (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "hourglass");
  bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
}

const BmPageSpec bm_spec_checking = { .id = "witness-checking",
                                      .template_name = "wait",
                                      .build = build_checking,
                                      .back = back_to_staff,
                                      .can_end = TRUE,
                                      .is_personal = TRUE };

void
bm_session_staff_checked (BmSession *self, const char *staff, gint verdict, gint64 wait_ms)
{
  if (bm_session_get_current (self) != BM_PAGE_CHECKING || g_strcmp0 (staff, self->staff) != 0)
    return;
  self->problem = NULL;
  self->verdict = verdict;
  self->locked_ms = MAX (wait_ms, 0);
  if (verdict == BM_STAFF_OK)
    bm_session_go (self, BM_PAGE_SEEN);
  else if (verdict == BM_STAFF_WRONG)
    {
      self->problem = NC_ ("page", "The PIN is not right, once more.");
      bm_session_go (self, BM_PAGE_PIN);
    }
  else
    {
      bm_session_audit (self, "witness-refused",
                        verdict == BM_STAFF_KIN    ? "kin"
                        : verdict == BM_STAFF_ROLE ? "role"
                                                   : "locked");
      bm_session_go (self, BM_PAGE_REFUSED);
    }
}

/* … refused */

static void
build_refused (BmSession *self, json_t *page)
{
  gint64 minutes = (self->locked_ms + 59999) / 60000;
  g_autofree char *locked = g_strdup_printf (C_ ("page", "Too many tries.\nAgain in %d minutes."),
                                             (gint) CLAMP (minutes, 1, 9999));

  bm_page_set_picture (page, "warn");
  bm_page_set_earcon (page, "attention");
  if (self->verdict == BM_STAFF_KIN)
    {
      bm_page_set_question (page, C_ ("page", "Family members cannot\nwitness for one another."),
                            FALSE);
      bm_page_add_line (page, "witness", C_ ("page", "Please take another staff member."), FALSE);
    }
  else if (self->verdict == BM_STAFF_LOCKED)
    bm_page_set_question (page, locked, FALSE);
  else
    bm_page_set_question (page, C_ ("page", "This needs another\nstaff member."), FALSE);
  bm_page_add_choice (page, "other-staff", "people", C_ ("choice", "Another staff member"),
                      "primary");
  bm_page_add_choice (page, "nobody", "back", C_ ("choice", "Back to waiting"), NULL);
}

static gboolean
choose_refused (BmSession *self, const char *choice)
{
  if (strcmp (choice, "other-staff") == 0)
    back_to_staff (self);
  else
    back_to_waiting (self);
  return TRUE;
}

const BmPageSpec bm_spec_refused = { .id = "witness-refused",
                                     .template_name = "choice",
                                     .build = build_refused,
                                     .choose = choose_refused,
                                     .back = back_to_waiting,
                                     .can_end = TRUE,
                                     .is_personal = TRUE };

/* … seen or not */

static void
build_seen (BmSession *self, json_t *page)
{
  g_autofree char *question =
    g_strdup_printf (C_ ("page", "Is this %s\nin front of you?"), self->card->name);
  g_autofree char *broken = bm_words_break (question, 15);
  g_autofree char *age = bm_words_age (bm_session_get_age (self));
  const char *sex = bm_words_sex (self->card->sex);
  g_autofree char *group = bm_session_dup_group (self);
  g_autofree char *about = g_strdup_printf ("%s %s %s", sex, age, group);

  bm_page_set_picture (page, "ill-witness");
  bm_page_set_question (page, broken, FALSE);
  bm_page_add_line (page, "person", g_strstrip (about), FALSE);
  bm_page_add_choice (page, "seen", "yes", C_ ("choice", "Seen in person, no relative of mine"),
                      "primary");
  bm_page_add_choice (page, "cannot", "no", C_ ("choice", "I cannot witness"), NULL);
}

static gboolean
choose_seen (BmSession *self, const char *choice)
{
  g_autofree char *staff = g_strdup (self->staff);

  bm_session_witnessed (self, staff, strcmp (choice, "seen") == 0);
  return TRUE;
}

const BmPageSpec bm_spec_seen = { .id = "witness-seen",
                                  .template_name = "confirm",
                                  .build = build_seen,
                                  .choose = choose_seen,
                                  .back = back_to_staff,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

/* The act itself, from here or from the desk. */
void
bm_session_witnessed (BmSession *self, const char *staff, gboolean is_seen)
{
  if (!is_waiting (self) || staff == NULL || *staff == '\0')
    return;
  want_witness (self, FALSE);
  bm_session_stop_ringing (self);
  self->is_cannot = !is_seen;
  bm_session_audit (self, is_seen ? "witnessed" : "cannot-witness", staff);
  if (!is_seen)
    {
      bm_session_go (self, BM_PAGE_UNSEEN);
      return;
    }
  bm_wipe_string (self->helper);
  self->helper = g_strdup (staff);
  if (self->evidence == NULL)
    self->evidence = json_array ();
  json_array_append_new (self->evidence,
                         json_pack ("{s:s, s:s, s:I}", "class", "witness", "staff", staff, "at_ms",
                                    (json_int_t) bm_clock_get_wall_ms (self->setup->clock)));
  bm_session_next_step (self);
}

/* One step is missing; nothing is recorded. */

static void
build_unseen (BmSession *self, json_t *page)
{
  json_t *evidence = json_object_get (self->service, "evidence");
  const char *next = bm_text_pick (json_object_get (self->setup->duty, "next"));

  bm_page_set_picture (page, "witness");
  bm_page_set_question (page, bm_text_pick (json_object_get (evidence, "refusal")), FALSE);
  if (self->is_cannot)
    bm_page_add_line (page, "people", C_ ("page", "This staff member cannot do it for you."),
                      FALSE);
  if (next != NULL && *next != '\0')
    {
      g_autofree char *text = g_strdup_printf (C_ ("page", "From %s somebody is here."), next);

      bm_page_add_line (page, "calendar", text, TRUE);
    }
  bm_page_add_line (page, "card-take", C_ ("page", "Then come yourself with the ID card."), FALSE);
  bm_page_add_choice (page, "call", "help", C_ ("choice", "Call the staff"), NULL);
  if (!self->is_contacted)
    bm_page_add_choice (page, "contact", "person", C_ ("choice", "Let them find me"), NULL);
  bm_page_add_choice (page, "leave", "yes", C_ ("choice", "I see"), "primary");
}

static gboolean
choose_unseen (BmSession *self, const char *choice)
{
  if (strcmp (choice, "leave") == 0)
    bm_session_go (self, BM_PAGE_GOODBYE);
  else if (strcmp (choice, "contact") == 0)
    bm_session_leave_contact (self);
  else
    bm_session_begin_witness (self);
  return TRUE;
}

const BmPageSpec bm_spec_unseen = { .id = "one-step-missing",
                                    .template_name = "result",
                                    .build = build_unseen,
                                    .choose = choose_unseen,
                                    .can_end = TRUE,
                                    .is_personal = TRUE };
