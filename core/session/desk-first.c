/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * One sentence: what to do first. A helper who came this month need not know what hurts most: people
 * before dates, dates before paper, paper before devices. Certifications that are due within seven days
 * and not sent raise the alarm (domain §3.1): the office takes them by stick or by telephone.
 */

#define ALARM_DAYS  7
#define SOON_DAYS   3
#define URGENT_DAYS 1
#define GRACE_MS    (10 * 60 * 1000) /* with a line it goes by itself, unless it did not */

/* Is it kept from the centre, and not just on its way? */
static gboolean
is_stuck (BmDesk *self, json_t *matter)
{
  const char *state = bm_desk_get_waiting_state (self, matter);
  gint64 age = bm_clock_get_wall_ms (self->setup->clock) - bm_desk_get_count (matter, "wall_ms");

  if (strcmp (state, "rejected") == 0 || strcmp (state, "quarantined") == 0)
    return FALSE;
  return strcmp (state, "sending") != 0 || age > GRACE_MS;
}

GPtrArray *
bm_desk_sort_due (BmDesk *self, gint32 days)
{
  g_autoptr (GPtrArray) matters = bm_desk_sort_waiting (self);
  GPtrArray *due = g_ptr_array_new ();

  for (guint i = 0; i < matters->len; i++)
    {
      json_t *matter = g_ptr_array_index (matters, i);

      if (is_stuck (self, matter) && bm_desk_get_due (matter) <= bm_desk_get_today (self) + days)
        g_ptr_array_add (due, matter);
    }
  return due;
}

/**
 * bm_desk_is_due_alarm:
 * @self: a desk
 * @ret_sentence: (out): the alarm, or %NULL
 *
 * Returns: whether something is due within days and was not sent
 */
gboolean
bm_desk_is_due_alarm (BmDesk *self, char **ret_sentence)
{
  g_autoptr (GPtrArray) matters = bm_desk_sort_due (self, ALARM_DAYS);
  g_autofree char *day = NULL;
  guint count = 0;
  gint32 first, left;

  *ret_sentence = NULL;
  if (matters->len == 0)
    return FALSE;
  first = bm_desk_get_due (g_ptr_array_index (matters, 0));
  while (count < matters->len && bm_desk_get_due (g_ptr_array_index (matters, count)) == first)
    count++;
  day = bm_words_day (first);
  left = first - bm_desk_get_today (self);
  if (left <= URGENT_DAYS)
    {
      /* Translators: how many, then the date. */
      *ret_sentence = g_strdup_printf (
        left < 0
          ? C_ ("desk",
                "%1$u were due on %2$s and are not sent!\nNow take them by USB stick or telephone.")
          : C_ (
              "desk",
              "%1$u are due on %2$s, not sent: a matter of hours!\nNow take them by USB stick or telephone."),
        count, day);
      return TRUE;
    }
  if (left <= SOON_DAYS)
    {
      /* Translators: how many, then the date, then days. */
      *ret_sentence = g_strdup_printf (
        C_ (
          "desk",
          "%1$u are due on %2$s and not sent, %3$d days left.\nToday take them by USB stick or telephone."),
        count, day, left);
      return TRUE;
    }
  /* Translators: how many, then the date. */
  *ret_sentence = g_strdup_printf (
    C_ ("desk", "%1$u are due on %2$s and not sent.\nToday take them by USB stick or telephone."),
    count, day);
  return TRUE;
}

static char *
say_people (BmDesk *self)
{
  const char *kind = bm_text_get (json_array_get (self->contacts, 0), "kind");

  if (self->hall != NULL)
    return g_strdup (C_ ("desk", "Somebody waits in the hall: go and look at the person first."));
  if (self->is_help_wanted)
    return g_strdup (C_ ("desk", "Somebody in the hall calls: go there first."));
  if (strcmp (kind, "danger") == 0)
    return g_strdup (C_ ("desk", "Somebody spoke of danger: settle that first."));
  return NULL;
}

static char *
say_contacts (BmDesk *self)
{
  gsize n = json_array_size (self->contacts);

  return n > 0 ? bm_desk_fill (C_ ("desk", "{n} want to be found: phone or go there."), (gint64) n)
               : NULL;
}

static char *
say_misuse (BmDesk *self)
{
  return bm_desk_has_misuse (self) && bm_desk_may_list (self)
           ? g_strdup (C_ ("desk", "Records were looked up oddly: look into it."))
           : NULL;
}

static char *
say_paper (BmDesk *self)
{
  json_t *print = json_object_get (self->overview, "print");
  const char *waiting = bm_text_get (print, "waiting_reason");
  const char *printer = bm_text_get (self->overview, "printer");
  const BmReason *reason = bm_reason_find (BM_REASON_PRINTER, *waiting != '\0' ? waiting : printer);

  if (json_array_size (json_object_get (print, "unknown")) > 0)
    return g_strdup (C_ ("desk", "A slip stopped in the middle: look at the paper."));
  if ((*waiting != '\0' || *printer != '\0') && reason->actor != BM_REASON_NOBODY)
    return bm_reason_dup_sentence (reason);
  return NULL;
}

static char *
say_sending (BmDesk *self)
{
  json_t *waiting = json_object_get (self->overview, "waiting");
  const char *key = bm_desk_get_count (waiting, "rejected") > 0 ? "rejected"
                    : bm_desk_get_count (waiting, "held") > 0   ? "held"
                                                                : NULL;

  return key != NULL ? bm_reason_dup_sentence (bm_reason_find (BM_REASON_MATTER, key)) : NULL;
}

static char *
say_devices (BmDesk *self)
{
  const BmReason *link = bm_reason_find (BM_REASON_LINK, bm_text_get (self->overview, "link"));
  const char *reader = bm_text_get (self->overview, "reader");
  const BmReason *reason = bm_reason_find (BM_REASON_READER, reader);

  if (link->actor != BM_REASON_NOBODY)
    return bm_reason_dup_sentence (link);
  if (*reader != '\0' && reason->actor != BM_REASON_NOBODY)
    return bm_reason_dup_sentence (reason);
  return NULL;
}

/* What stops the work, or cannot wait. */
static char *
say_alarm (BmDesk *self)
{
  char *due;

  if (json_is_false (json_object_get (json_object_get (self->overview, "chain"), "ok")))
    return g_strdup (C_ ("desk", "Nothing new can be taken: phone the platform first."));
  (void) bm_desk_is_due_alarm (self, &due); /* The sentence says it. */
  return due;
}

/**
 * bm_desk_add_first:
 * @self: a desk
 * @page: today's page
 *
 * Adds the one line that says what to do first.
 */
void
bm_desk_add_first (BmDesk *self, json_t *page)
{
  static char *(*const says[]) (BmDesk * self) = { say_contacts, say_misuse, say_paper, say_sending,
                                                   say_devices };
  g_autofree char *text = NULL;
  gboolean is_closed = self->is_one_screen && self->is_session_open;

  text = say_people (self);
  if (text == NULL && !is_closed && (text = say_alarm (self)) != NULL)
    {
      bm_desk_add_broken (page, "warn", text, TRUE);
      return;
    }
  for (gsize i = 0; text == NULL && !is_closed && i < G_N_ELEMENTS (says); i++)
    text = says[i](self);
  if (text != NULL)
    bm_desk_add_broken (page, "next", text, FALSE);
  else if (is_closed)
    bm_page_add_line (page, "person",
                      C_ ("desk", "Somebody is at the screen.\nThe list comes back afterwards."),
                      FALSE);
  else
    bm_page_add_line (page, "yes", C_ ("desk", "Nothing for you to do now."), FALSE);
}
