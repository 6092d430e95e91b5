/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/pack/pack.h"
#include "core/people/name.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * What the packs say of the person, read for the rest of the session. It came with the identification and
 * goes with the person. Which part of it a service looks at stands in its file ("query" or "before").
 *
 * Invariant: amounts leave this file only into the sheet and through session-benefit.c; no placeholder
 * of a page holds one.
 */

/**
 * bm_session_take_record:
 * @self: a session
 * @event: what the packs say, as the event RECORD has it
 *
 * Keeps the record of the person who is just being looked up; at any other time it is nobody's.
 */
void
bm_session_take_record (BmSession *self, json_t *event)
{
  if (bm_session_get_current (self) != BM_PAGE_LOOKING || !json_is_object (event))
    return;
  bm_json_wipe (self->record);
  self->record = json_deep_copy (event);
}

const char *
bm_session_get_record_state (BmSession *self)
{
  static const char *const states[] = { "open", "unknown", "missing", "locked" };
  const char *state = bm_text_get (self->record, "state");

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i], state) == 0)
      return states[i];
  return "missing";
}

static json_t *
get_record (BmSession *self)
{
  return strcmp (bm_session_get_record_state (self), "open") == 0
           ? json_object_get (self->record, "record")
           : NULL;
}

static json_t *
find_part_of (BmSession *self, json_t *service)
{
  json_t *asks = json_object_get (service, "query");
  json_t *part;

  if (asks == NULL)
    asks = json_object_get (service, "before");
  if (asks == NULL)
    return NULL;
  part = json_object_get (get_record (self), bm_text_get (asks, "from"));
  return json_is_object (part) ? part : NULL;
}

json_t *
bm_session_find_part (BmSession *self)
{
  return find_part_of (self, self->service);
}

static gboolean
has_note (BmSession *self, const char *name)
{
  json_t *note;
  gsize i;

  json_array_foreach (json_object_get (get_record (self), "notes"), i, note)
  {
    if (g_strcmp0 (json_string_value (note), name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* The record opens with the number; a name that is another one is for the centre to look at. */
static gboolean
has_other_name (BmSession *self)
{
  g_autofree char *recorded = bm_name_normalise (bm_text_get (get_record (self), "name"));
  g_autofree char *read = bm_name_normalise (self->card != NULL ? self->card->name : "");
  BmNameMatch match = bm_name_compare (recorded, read);

  return *recorded != '\0' && *read != '\0' &&
         (match == BM_NAME_DIFFERENT || match == BM_NAME_SAME_MAPPED);
}

/* Whether the record has to be compared; @is_name_enough: also when only the name is in question. */
gboolean
bm_session_needs_check (BmSession *self, gboolean is_name_enough)
{
  return has_note (self, "dup") || has_note (self, "status") ||
         (is_name_enough && (has_note (self, "name") || has_other_name (self)));
}

/* Whether there are months to show; not of a record that may be somebody else's. */
gboolean
bm_session_has_amounts (BmSession *self)
{
  json_t *part = bm_session_find_part (self);

  return json_array_size (json_object_get (part, "months")) > 0 &&
         strcmp (bm_text_get (part, "status"), "applying") != 0 &&
         !bm_session_needs_check (self, FALSE);
}

/* Returns: (nullable): what is known of this year's insurance; NULL for what is paid out. Static. */
const char *
bm_session_get_insurance (BmSession *self)
{
  static const char *const states[] = { "insured", "unpaid", "assisted" };
  const char *state = bm_text_get (bm_session_find_part (self), "state");

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i], state) == 0)
      return states[i];
  return NULL;
}

gint32
bm_session_get_as_of (BmSession *self)
{
  gint32 day = bm_day_from_string (bm_text_get (self->record, "as_of"));

  return day != BM_NO_DAY ? day : bm_day_from_string (bm_text_get (get_record (self), "as_of"));
}

gint32
bm_session_get_record_due (BmSession *self)
{
  return bm_day_from_string (bm_text_get (bm_session_find_part (self), "due"));
}

/* The same of another service than the one that is being used. */
gint32
bm_session_get_due_of (BmSession *self, json_t *service)
{
  return bm_day_from_string (bm_text_get (find_part_of (self, service), "due"));
}

/**
 * bm_session_draws:
 * @self: a session
 * @drawn: of a service's file: a part of the record ("from"), and codes of what is paid there ("what")
 *
 * Returns: whether the record says that the person draws one of them; not of a record that may be somebody else's
 */
gboolean
bm_session_draws (BmSession *self, json_t *drawn)
{
  json_t *part = json_object_get (get_record (self), bm_text_get (drawn, "from"));
  json_t *month;
  json_t *what;
  gsize i;
  gsize k;

  if (bm_session_needs_check (self, FALSE) || strcmp (bm_text_get (part, "status"), "ended") == 0)
    return FALSE;
  json_array_foreach (json_object_get (part, "months"), i, month)
  {
    json_array_foreach (json_object_get (drawn, "what"), k, what)
    {
      if (json_equal (what, json_object_get (month, "what")))
        return strcmp (bm_text_get (month, "state"), "stopped") != 0; /* the newest one says it */
    }
  }
  return FALSE;
}

gboolean
bm_session_is_away (BmSession *self)
{
  const char *area = bm_text_get (bm_session_find_part (self), "area");

  return strlen (area) >= 6 && strncmp (area, self->setup->village, 6) != 0;
}

static gint
get_year (BmSession *self)
{
  return (gint) json_integer_value (json_object_get (bm_session_find_part (self), "year"));
}

static gint
get_year_now (BmSession *self)
{
  gint year;
  gint month;
  gint day;

  bm_day_to_ymd (bm_session_get_today (self), &year, &month, &day);
  return year;
}

static gboolean
is_of_year (BmSession *self, json_t *month)
{
  g_autofree char *prefix = g_strdup_printf ("%04d-", get_year (self));

  return g_str_has_prefix (bm_text_get (month, "ym"), prefix);
}

/* How often money came in the year that the record is about. */
guint
bm_session_count_paid (BmSession *self)
{
  json_t *month;
  guint count = 0;
  gsize i;

  json_array_foreach (json_object_get (bm_session_find_part (self), "months"), i, month)
  {
    count += strcmp (bm_text_get (month, "state"), "paid") == 0 && is_of_year (self, month);
  }
  return count;
}

/* 已到账 11月15日, with the year when it is another one; what is not known here is with the bank. */
char *
bm_session_dup_month_state (BmSession *self, json_t *month)
{
  const char *state = bm_text_get (month, "state");
  gint32 day = bm_day_from_string (bm_text_get (month, "paid"));
  g_autofree char *date = day == BM_NO_DAY           ? NULL
                          : is_of_year (self, month) ? bm_words_day (day)
                                                     : bm_words_full_date (day);

  if (strcmp (state, "paid") == 0 && date != NULL)
    /* Translators: the day on which it came. */
    return g_strdup_printf (C_ ("benefit", "Arrived %s"), date);
  if (strcmp (state, "paid") == 0)
    return g_strdup (C_ ("benefit", "Arrived"));
  if (strcmp (state, "returned") == 0)
    return g_strdup (C_ ("benefit", "Sent back"));
  if (strcmp (state, "notice") == 0)
    return g_strdup (C_ ("benefit", "On public notice"));
  if (strcmp (state, "stopped") == 0)
    return g_strdup (C_ ("benefit", "Not paid"));
  return g_strdup (C_ ("benefit", "The bank works on it"));
}

/**
 * bm_session_get_what:
 * @self: a session
 * @month: of a record
 *
 * Returns: (nullable): what the payment is for, in the words of the service's file; %NULL for the pension's
 */
const char *
bm_session_get_what (BmSession *self, json_t *month)
{
  json_t *items = json_object_get (json_object_get (self->service, "query"), "items");
  json_t *item;
  gsize i;

  if (json_object_get (month, "what") == NULL)
    return NULL;
  json_array_foreach (items, i, item)
  {
    if (json_equal (json_object_get (item, "code"), json_object_get (month, "what")))
      return bm_text_pick (json_object_get (item, "label"));
  }
  return C_ ("benefit", "Another allowance");
}

/* A code of the field for what the record says in words, or the words themselves. */
static json_t *
make_code (json_t *field, const char *words)
{
  json_t *code;
  gsize i;

  json_array_foreach (json_object_get (field, "codes"), i, code)
  {
    json_t *labels = json_object_get (code, "label");
    const char *language;
    json_t *label;

    if (g_strcmp0 (json_string_value (labels), words) == 0)
      return json_incref (json_object_get (code, "code"));
    json_object_foreach (labels, language, label)
    {
      if (g_strcmp0 (json_string_value (label), words) == 0)
        return json_incref (json_object_get (code, "code"));
    }
  }
  return json_object_get (field, "codes") == NULL ? json_string (words) : NULL;
}

/* (transfer full) (nullable): what the record says for a field with "from": "record.…" */
json_t *
bm_session_dup_record_value (BmSession *self, json_t *field)
{
  const char *from = bm_text_get (field, "from");
  const char *words = bm_text_get (bm_session_find_part (self), from + strlen ("record."));

  return *words != '\0' ? make_code (field, words) : NULL;
}

/* What a service file may say of it */

static char *
dup_year (BmSession *self)
{
  if (get_year (self) == get_year_now (self) || get_year (self) == 0)
    return g_strdup (C_ ("benefit", "this year"));
  return g_strdup_printf (C_ ("benefit", "in %d"), get_year (self));
}

void
bm_session_put_record (BmSession *self, GHashTable *values)
{
  gint32 as_of = bm_session_get_as_of (self);
  gint32 due = bm_session_get_record_due (self);

  bm_session_take_value (values, "as_of", as_of != BM_NO_DAY ? bm_words_day (as_of) : NULL);
  bm_session_take_value (values, "record_due",
                         due != BM_NO_DAY ? bm_words_due (due, bm_session_get_today (self)) : NULL);
  bm_session_take_value (values, "paid_year", dup_year (self));
  bm_session_take_value (values, "paid", g_strdup_printf ("%u", bm_session_count_paid (self)));
  bm_session_take_value (values, "why",
                         g_strdup (bm_text_get (bm_session_find_part (self), "why")));
}

void
bm_session_raise_record (BmSession *self, GHashTable *flags)
{
  gint32 today = bm_session_get_today (self);
  gint32 as_of = bm_session_get_as_of (self);
  gint32 due = bm_session_get_record_due (self);
  json_t *part = bm_session_find_part (self);

  bm_session_raise_flag (flags, "stale", as_of != BM_NO_DAY && today - as_of > BM_PACK_STALE_DAYS);
  bm_session_raise_flag (flags, "why", *bm_text_get (part, "why") != '\0');
  bm_session_raise_flag (flags, "overdue", due != BM_NO_DAY && due < today);
  bm_session_raise_flag (flags, "amounts", bm_session_has_amounts (self));
  bm_session_raise_flag (flags, "away", bm_session_is_away (self));
  bm_session_raise_flag (flags, "paid", bm_session_count_paid (self) > 0);
  bm_session_raise_flag (flags, "tail", *bm_text_get (part, "tail") != '\0');
  bm_session_raise_flag (flags, "record_due", due != BM_NO_DAY);
  bm_session_raise_flag (flags, "unpaid",
                         g_strcmp0 (bm_session_get_insurance (self), "unpaid") == 0);
}

/* The sheet that the person asked for, and nothing else. */

void
bm_session_put_amounts (BmSession *self, GHashTable *values)
{
  json_t *part = bm_session_find_part (self);
  gint32 due = bm_session_get_record_due (self);

  /* Paper is read later: no "this year" and no "this month" on it. */
  bm_session_take_value (values, "year",
                         g_strdup_printf (C_ ("benefit", "Year %d"), get_year (self)));
  bm_session_take_value (values, "due_date", due != BM_NO_DAY ? bm_words_full_date (due) : NULL);
  bm_session_take_value (values, "year_amount",
                         bm_words_money (json_integer_value (json_object_get (part, "year_fen"))));
  bm_session_take_value (values, "tail", g_strdup (bm_text_get (part, "tail")));
}

void
bm_session_put_month (BmSession *self, GHashTable *values, json_t *month)
{
  const char *what = bm_session_get_what (self, month);
  const char *ym = bm_text_get (month, "ym");

  /* Of the pension a year is listed, of the others several. */
  bm_session_take_value (values, "month",
                         what != NULL ? bm_words_month (ym) : bm_words_short_month (ym));
  bm_session_take_value (values, "what", g_strdup (what));
  bm_session_take_value (values, "amount",
                         bm_words_money (json_integer_value (json_object_get (month, "fen"))));
  bm_session_take_value (values, "month_state", bm_session_dup_month_state (self, month));
}
