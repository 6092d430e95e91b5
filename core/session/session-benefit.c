/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 看钱到没到: what the record says, and the way on to 登记查询 (domain §3.3, §2.21a rules 1 and 4).
 *
 *   NO_AMOUNTS   BENEFIT covered <-> uncovered -- 30 s without touch, 盖上, any other page --> covered
 *       |           |  '-- 读钱数 -> ASIDE -- 读出来 -> uncovered and spoken
 *       |           '-- 打出来 -> QUERY_SLIP -> BENEFIT
 *       |-- 看别的补贴 -> OTHERS
 *       '---------- 登记查一查 -> (已经报过) -> the next step of the flow
 *
 * Invariants: while the amounts are covered no value is in the model, neither shown nor spoken; they are
 * uncovered only on BENEFIT, and spoken only after the question whether anybody is near.
 */

#define SHORT_MONTHS 3 /* shown first, and spoken: a voice ends before the cover comes */

static json_t *
get_months (BmSession *self)
{
  return json_object_get (bm_session_find_part (self), "months");
}

static const char *
get_status (BmSession *self)
{
  const char *status = json_string_value (json_object_get (bm_session_find_part (self), "status"));

  return status != NULL ? status : "";
}

/* Which of the file's texts the record calls for. */
static const char *
get_outcome (BmSession *self)
{
  static const char *const plain[] = { "applying", "ended", "paused" };
  const char *state = bm_session_get_record_state (self);

  if (strcmp (state, "open") != 0)
    return state;
  if (bm_session_needs_check (self, TRUE))
    return "check";
  if (bm_session_find_part (self) == NULL)
    return "none";
  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    if (strcmp (plain[i], get_status (self)) == 0)
      return plain[i];
  if (bm_session_get_insurance (self) != NULL)
    return bm_session_get_insurance (self);
  if (json_array_size (get_months (self)) == 0 && bm_session_is_away (self))
    return "elsewhere";
  return bm_session_count_paid (self) > 0 ? "paying" : "nothing";
}

static json_t *
get_texts (BmSession *self)
{
  return json_object_get (json_object_get (self->service, "query"), get_outcome (self));
}

/**
 * bm_session_begin_query:
 * @self: a session with an identified person
 *
 * Shows what the record says: amounts under their cover, or why there are none.
 */
void
bm_session_begin_query (BmSession *self)
{
  bm_session_cover_amounts (self);
  bm_session_audit (self, "record-asked", NULL);
  bm_session_go (self, bm_session_has_amounts (self) ? BM_PAGE_BENEFIT : BM_PAGE_NO_AMOUNTS);
}

void
bm_session_cover_amounts (BmSession *self)
{
  self->is_shown = self->is_aloud = self->is_whole = FALSE;
}

void
bm_session_tick_benefit (BmSession *self, gint64 now)
{
  if (self->is_shown && now - self->touch_boot_ms >= BM_COVER_MS)
    bm_session_cover_amounts (self);
}

static void
add_texts (BmSession *self, json_t *page)
{
  g_autofree char *say = bm_session_fill (self, json_object_get (get_texts (self), "say"), NULL);

  bm_page_set_question (page, say, FALSE);
  bm_session_add_lines (self, page, json_object_get (get_texts (self), "lines"), NULL);
}

static void
begin_register (BmSession *self)
{
  bm_session_cover_amounts (self);
  if (!bm_session_stop_duplicate (self))
    bm_session_next_step (self);
}

/* The amounts */

static void
add_month (BmSession *self, json_t *page, json_t *month)
{
  g_autofree char *label = bm_words_month (json_string_value (json_object_get (month, "ym")));
  g_autofree char *state = bm_session_dup_month_state (self, month);
  const char *what = bm_session_get_what (self, month);
  /* Translators: what the payment is for, then what became of it. */
  g_autofree char *note =
    what == NULL ? g_strdup (state) : g_strdup_printf (C_ ("benefit", "%1$s: %2$s"), what, state);
  g_autofree char *value = self->is_shown
                             ? bm_words_money (json_integer_value (json_object_get (month, "fen")))
                             : g_strdup ("");

  bm_page_add_row (page, label, value, self->is_shown ? note : NULL, FALSE);
}

static char *
dup_year_label (BmSession *self)
{
  g_autoptr (GHashTable) values = bm_session_dup_values (self, NULL);

  /* Translators: "this year" or "in 2025". */
  return g_strdup_printf (C_ ("benefit", "Sum %s"),
                          (const char *) g_hash_table_lookup (values, "paid_year"));
}

/* What is there only once the person asked for it. */
static void
add_rest (BmSession *self, json_t *page)
{
  json_t *part = bm_session_find_part (self);
  const char *tail = json_string_value (json_object_get (part, "tail"));
  gint32 due = bm_session_get_record_due (self);
  g_autofree char *label = dup_year_label (self);
  g_autofree char *sum = bm_words_money (json_integer_value (json_object_get (part, "year_fen")));

  bm_page_add_row (page, label, sum, NULL, TRUE);
  if (tail != NULL && *tail != '\0')
    bm_page_add_row (page, C_ ("benefit", "Account ends in"), tail, NULL, FALSE);
  if (due != BM_NO_DAY)
    {
      g_autofree char *date = bm_words_due (due, bm_session_get_today (self));

      bm_page_add_row (page, C_ ("benefit", "Check by"), date, NULL, FALSE);
    }
}

static void
say_amounts (BmSession *self, json_t *page)
{
  g_autofree char *label = dup_year_label (self);
  g_autofree char *sum = bm_words_spoken_money (
    json_integer_value (json_object_get (bm_session_find_part (self), "year_fen")));
  g_autofree char *total = g_strdup_printf (C_ ("speech", "%s: %s."), label, sum);
  json_t *month;
  gsize i;

  json_array_foreach (get_months (self), i, month)
  {
    g_autofree char *short_name =
      bm_words_short_month (json_string_value (json_object_get (month, "ym")));
    const char *what = bm_session_get_what (self, month);
    g_autofree char *name = what == NULL
                              ? g_strdup (short_name)
                              /* Translators: a month, and what was paid for it. */
                              : g_strdup_printf (C_ ("speech", "%1$s, %2$s"), short_name, what);
    g_autofree char *state = bm_session_dup_month_state (self, month);
    g_autofree char *money =
      bm_words_spoken_money (json_integer_value (json_object_get (month, "fen")));
    /* Translators: month, amount, what became of it. */
    g_autofree char *text =
      g_strdup_printf (C_ ("speech", "%1$s: %2$s, %3$s."), name, money, state);

    if (i < SHORT_MONTHS)
      bm_page_say_first (page, text);
  }
  bm_page_say_first (page, total);
}

static void
add_register (json_t *page, const char *label)
{
  g_autofree char *text = g_strdup_printf (C_ ("speech", "If money has not come: %s."), label);

  bm_page_add_choice (page, "register", "ask", label, NULL);
  bm_page_say_also (page, text);
}

/* What is not for the hall is said only when it is asked for: 读给我听, 读钱数, the headphone. */
static void
keep_private (BmSession *self, json_t *page)
{
  if (strcmp (bm_text_get (self->service, "spoken_privacy"), "private") == 0)
    json_object_set_new (page, "is_private", json_true ());
}

static void
build_benefit (BmSession *self, json_t *page)
{
  json_t *query = json_object_get (self->service, "query");
  json_t *month;
  gsize i;

  add_texts (self, page);
  bm_page_set_covered (page, !self->is_shown);
  json_array_foreach (get_months (self), i, month)
  {
    if (self->is_whole || i < SHORT_MONTHS)
      add_month (self, page, month);
  }
  if (self->is_shown)
    add_rest (self, page);
  if (self->is_aloud)
    say_amounts (self, page);
  else
    keep_private (self, page);
  if (self->is_shown)
    bm_page_add_choice (page, "cover", "eye-shut", C_ ("choice", "Cover it"), NULL);
  else
    bm_page_add_choice (page, "show", "eye", C_ ("choice", "Show me"), "primary");
  if (self->is_shown && !self->is_whole && json_array_size (get_months (self)) > SHORT_MONTHS)
    bm_page_add_choice (page, "whole", "calendar", C_ ("choice", "Earlier months too"), NULL);
  bm_page_add_choice (page, "aloud", "read", C_ ("choice", "Read the amounts"), NULL);
  bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), NULL);
  add_register (page, bm_text_pick (json_object_get (query, "register")));
  json_object_set_new (json_object_get (page, "frame"), "next",
                       json_string (C_ ("frame", "Finish")));
}

static void
print_query (BmSession *self)
{
  json_t *sheet = bm_session_build_sheet (self, "query", NULL);

  bm_session_cover_amounts (self);
  bm_session_print_sheet (self, "", sheet, NULL);
  bm_session_note_use (self, "record-printed", "print");
  bm_session_go (self, BM_PAGE_QUERY_SLIP);
}

static gboolean
choose_benefit (BmSession *self, const char *choice)
{
  if (strcmp (choice, "show") == 0)
    {
      self->is_shown = TRUE;
      bm_session_audit (self, "record-shown", NULL);
    }
  else if (strcmp (choice, "whole") == 0)
    self->is_whole = TRUE;
  else if (strcmp (choice, "cover") == 0)
    bm_session_cover_amounts (self);
  else if (strcmp (choice, "aloud") == 0)
    {
      bm_session_cover_amounts (self);
      bm_session_go (self, BM_PAGE_ASIDE);
    }
  else if (strcmp (choice, "print") == 0)
    print_query (self);
  else
    begin_register (self);
  return TRUE;
}

static void
leave_benefit (BmSession *self)
{
  bm_session_cover_amounts (self);
  bm_session_go (self, BM_PAGE_GOODBYE);
}

static void
back_from_benefit (BmSession *self)
{
  bm_session_cover_amounts (self);
  bm_session_previous_step (self);
}

const BmPageSpec bm_spec_benefit = { .id = "benefit",
                                     .template_name = "amounts",
                                     .build = build_benefit,
                                     .choose = choose_benefit,
                                     .next = leave_benefit,
                                     .back = back_from_benefit,
                                     .can_end = TRUE,
                                     .is_personal = TRUE };

/* Is anybody near? */

static void
build_aside (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_picture (page, "people");
  bm_page_set_question (page, C_ ("page", "Is anybody near?\nShall it be read out?"), FALSE);
  bm_page_add_choice (page, "aloud", "read", C_ ("choice", "Read it out"), NULL);
  bm_page_add_choice (page, "silent", "no", C_ ("choice", "Do not read it"), NULL);
}

static void
back_to_benefit (BmSession *self)
{
  bm_session_go (self, bm_session_has_amounts (self) ? BM_PAGE_BENEFIT : BM_PAGE_NO_AMOUNTS);
}

static gboolean
choose_aside (BmSession *self, const char *choice)
{
  back_to_benefit (self);
  if (strcmp (choice, "aloud") == 0)
    {
      self->is_shown = self->is_aloud = self->is_spoken = TRUE;
      bm_session_audit (self, "record-spoken", NULL);
    }
  return TRUE;
}

const BmPageSpec bm_spec_aside = { .id = "aside",
                                   .template_name = "choice",
                                   .build = build_aside,
                                   .choose = choose_aside,
                                   .back = back_to_benefit,
                                   .can_end = TRUE,
                                   .is_personal = TRUE };

/* None to show, and why */

/* Who pressed 看钱到没到 for another money than the pension; it says nothing of what there is. */
static gboolean
leads_to_others (BmSession *self)
{
  return strcmp (get_outcome (self), "none") == 0 && bm_session_has_others (self) &&
         json_object_get (json_object_get (self->service, "home"), "slot") != NULL;
}

/* What is insured has no months to show, and a slip all the same. */
static gboolean
can_print (BmSession *self)
{
  return bm_session_get_insurance (self) != NULL && strcmp (get_outcome (self), "check") != 0;
}

static void
build_no_amounts (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, bm_text_get (self->service, "icon"));
  add_texts (self, page);
  keep_private (self, page);
  if (can_print (self))
    bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), "primary");
  bm_page_add_choice (page, "register", "ask", C_ ("choice", "Have it looked up"),
                      can_print (self) ? NULL : "primary");
  if (leads_to_others (self))
    bm_page_add_choice (page, BM_OTHERS_CHOICE, BM_OTHERS_ICON,
                        C_ ("choice", "Look for another allowance"), NULL);
  bm_page_add_choice (page, "leave", "no", C_ ("choice", "Not now"), NULL);
}

static gboolean
choose_no_amounts (BmSession *self, const char *choice)
{
  if (strcmp (choice, "register") == 0)
    begin_register (self);
  else if (strcmp (choice, "print") == 0)
    print_query (self);
  else if (strcmp (choice, BM_OTHERS_CHOICE) == 0)
    bm_session_begin_others (self); /* the card was read, and who it is was answered */
  else
    leave_benefit (self);
  return TRUE;
}

const BmPageSpec bm_spec_no_amounts = { .id = "no-amounts",
                                        .template_name = "choice",
                                        .build = build_no_amounts,
                                        .choose = choose_no_amounts,
                                        .back = back_from_benefit,
                                        .can_end = TRUE,
                                        .is_personal = TRUE };

/* 查询条 and 一次性告知: a sheet without a case, so nothing here may say that something was noted */

static const char *
get_paper_words (BmPaper paper)
{
  switch ((int) paper)
    {
    case BM_PAPER_OUT:
      return C_ ("page", "Take the slip and keep it.");
    case BM_PAPER_EMPTY:
      return C_ ("page", "The printer has no paper.");
    case BM_PAPER_STUCK:
      return C_ ("page", "The slip cannot be\nprinted now.");
    case BM_PAPER_UNKNOWN:
      return C_ ("page", "Did you get the slip?");
    default:
      return C_ ("page", "The slip is being printed.");
    }
}

void
bm_session_build_loose_slip (BmSession *self, json_t *page)
{
  gboolean is_missing = self->paper == BM_PAPER_EMPTY || self->paper == BM_PAPER_STUCK;

  bm_page_set_picture (page, self->paper == BM_PAPER_EMPTY ? "no-paper" : "slip");
  bm_page_set_question (page, get_paper_words (self->paper), FALSE);
  if (is_missing)
    bm_page_add_line (page, "eye",
                      self->service == NULL || bm_session_get_current (self) == BM_PAGE_ONCE_SLIP
                        ? C_ ("page", "It still stands on the screen.")
                        : C_ ("page", "You can still look at it on the screen."),
                      FALSE);
  if (self->paper == BM_PAPER_UNKNOWN)
    {
      bm_page_add_choice (page, "taken", "yes", C_ ("choice", "Got it"), "primary");
      bm_page_add_choice (page, "not-taken", "no", C_ ("choice", "Did not get it"), NULL);
      return;
    }
  json_object_set_new (json_object_get (page, "frame"), "next", json_string (C_ ("frame", "Next")));
}

const BmPageSpec bm_spec_query_slip = { .id = "query-slip",
                                        .template_name = "print",
                                        .build = bm_session_build_loose_slip,
                                        .choose = bm_session_settle_paper,
                                        .next = back_to_benefit,
                                        .can_end = TRUE,
                                        .is_personal = TRUE };
