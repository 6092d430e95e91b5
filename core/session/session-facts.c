/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/appeal/classify.h"
#include "core/calendar/calendar.h"
#include "core/catalogue/catalogue.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/people/address.h"
#include "core/people/id-number.h"
#include "core/people/name.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/*
 * What the catalogue's {placeholders} and condition words stand for. A case that was noted earlier speaks
 * for itself: its own slip and result decide, never what the session knows of today.
 */

#define LINE_WIDTH 20 /* hanzi in a line of the text */

static json_t *
get_service (BmSession *self, json_t *case_object)
{
  const char *id = json_string_value (json_object_get (case_object, "service"));
  json_t *service = id != NULL ? bm_catalogue_find (self->setup->catalogue, id) : NULL;

  return service != NULL ? service : self->service;
}

gint32
bm_session_get_today (BmSession *self)
{
  return bm_day_from_wall_ms (bm_clock_get_wall_ms (self->setup->clock));
}

guint
bm_session_get_age (BmSession *self)
{
  gint32 birth = self->card != NULL ? bm_day_from_string (self->card->birth) : BM_NO_DAY;
  gint age = birth != BM_NO_DAY ? bm_day_get_age (birth, bm_session_get_today (self)) : 0;

  return (guint) MAX (age, 0);
}

char *
bm_session_dup_masked_name (BmSession *self)
{
  return self->card != NULL ? bm_name_mask (self->card->name) : g_strdup ("");
}

/* "1组" for somebody of this village, "" for everybody else. */
char *
bm_session_dup_group (BmSession *self)
{
  guint group = 0;

  if (self->card != NULL && strstr (self->card->address, self->setup->village_name) != NULL)
    group = bm_address_find_group (self->card->address);
  return group != 0 ? g_strdup_printf (C_ ("page", "Group %u"), group) : g_strdup ("");
}

const char *
bm_session_get_staff_name (BmSession *self, const char *id)
{
  json_t *member;
  gsize i;

  json_array_foreach (self->setup->staff, i, member)
  {
    if (g_strcmp0 (bm_text_get (member, "id"), id) == 0)
      return bm_text_get (member, "name");
  }
  return "";
}

/* The best class of evidence that what was gathered satisfies. */
const char *
bm_session_get_way (BmSession *self)
{
  json_t *classes = json_object_get (json_object_get (self->service, "evidence"), "accepted");
  json_t *best = NULL;
  json_t *item;
  gsize i;

  if (bm_session_is_behalf (self))
    return bm_session_say_behalf_way ();
  json_array_foreach (classes, i, item)
  {
    gboolean is_better = best == NULL || json_integer_value (json_object_get (item, "rank")) <
                                           json_integer_value (json_object_get (best, "rank"));

    if (is_better && bm_session_meets (self, item))
      best = item;
  }
  if (best != NULL && bm_session_is_visit (self))
    return bm_session_is_social (self)
             ? C_ ("card", "Social-security card + seen at home by the staff")
             : C_ ("card", "ID card + seen at home by the staff");
  return best != NULL ? bm_text_pick (json_object_get (best, "label")) : NULL;
}

/* The newest answer of the centre that names the next date for this service, or the packs' record. */
gint32
bm_session_get_due (BmSession *self)
{
  const char *wanted = bm_text_get (self->service, "id");
  gint32 recorded = json_object_get (self->service, "before") != NULL
                      ? bm_session_get_record_due (self)
                      : BM_NO_DAY;
  gint32 due = BM_NO_DAY;
  json_t *item;
  gsize i;

  json_array_foreach (self->cases, i, item)
  {
    gint32 day = bm_day_from_string (bm_text_get (json_object_get (item, "result"), "next_due"));

    if (due == BM_NO_DAY && day != BM_NO_DAY && strcmp (bm_text_get (item, "service"), wanted) == 0)
      due = day;
  }
  if (recorded != BM_NO_DAY && (due == BM_NO_DAY || recorded > due))
    due = recorded; /* a due date only ever moves on: the later one is the newer */
  return due;
}

/* Domain §5.1: the working days the file promises, and one more. */
void
bm_session_get_result_day (BmSession *self,
                           gboolean online,
                           gint32 *ret_day,
                           gboolean *ret_is_provisional)
{
  json_t *sla = json_object_get (self->service, "sla");
  json_int_t days =
    json_integer_value (json_object_get (sla, online ? "online_days" : "offline_days"));

  json_t *term = bm_session_find_term (self);
  json_int_t hours = json_integer_value (json_object_get (term, "hours"));

  if (json_object_get (term, "days") != NULL)
    days = json_integer_value (json_object_get (term, "days"));
  *ret_is_provisional = FALSE;
  if (hours > 0)
    {
      *ret_day = bm_session_get_today (self) + (gint32) (hours + 12) / 24;
      return;
    }
  *ret_day = bm_calendar_add_working_days (self->setup->calendar, bm_session_get_today (self),
                                           (guint) days + 1, ret_is_provisional);
}

/* Values */

static void
put (GHashTable *values, const char *name, const char *value)
{
  g_hash_table_insert (values, g_strdup (name), g_strdup (value != NULL ? value : ""));
}

void
bm_session_take_value (GHashTable *values, const char *name, char *value)
{
  g_hash_table_insert (values, g_strdup (name), value != NULL ? value : g_strdup (""));
}

static char *
dup_moment (gint64 wall_ms)
{
  g_autoptr (GDateTime) when = bm_words_local_time (wall_ms);

  return when != NULL ? bm_words_moment (when) : g_strdup ("");
}

static char *
dup_iso_moment (const char *text)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (text, NULL);

  return when != NULL ? dup_moment (g_date_time_to_unix (when) * 1000) : g_strdup ("");
}

static void
put_service (BmSession *self, GHashTable *values, json_t *service)
{
  json_t *notice = json_object_get (service, "notice");

  put (values, "service", bm_text_pick (json_object_get (service, "label")));
  put (values, "rule", bm_text_get (service, "version"));
  put (values, "agency", bm_text_pick (json_object_get (service, "who_decides")));
  put (values, "phone", bm_text_get (service, "phone"));
  put (values, "supervision", bm_text_get (service, "supervision"));
  put (values, "station", self->setup->station_name);
  put (values, "station_phone", self->setup->station_phone);
  put (values, "number", "{number}"); /* the commit knows it */
  bm_session_take_value (values, "keep_days",
                         g_strdup_printf ("%d", (int) json_integer_value (
                                                  json_object_get (notice, "keep_days"))));
}

static void
put_day (GHashTable *values, gint32 day)
{
  bm_session_take_value (values, "result_day", day != BM_NO_DAY ? bm_words_day (day) : NULL);
  put (values, "result_weekday", day != BM_NO_DAY ? bm_words_weekday (day) : "");
  bm_session_take_value (values, "result_date", day != BM_NO_DAY ? bm_words_date (day) : NULL);
}

static void
put_result (GHashTable *values, json_t *result)
{
  gint32 next = bm_day_from_string (bm_text_get (result, "next_due"));

  bm_session_take_value (values, "next", next != BM_NO_DAY ? bm_words_month_end (next) : NULL);
  bm_session_take_value (values, "next_date", next != BM_NO_DAY ? bm_words_full_date (next) : NULL);
  bm_session_take_value (values, "result_at", dup_iso_moment (bm_text_get (result, "at")));
  put (values, "result_by", bm_text_get (result, "by"));
  put (values, "result_text", bm_text_get (result, "text"));
}

static void
put_helper (BmSession *self, GHashTable *values, const char *helper)
{
  bm_session_take_value (values, "helper",
                         helper != NULL && *helper != '\0'
                           ? g_strdup_printf ("%s %s", helper,
                                              bm_session_get_staff_name (self, helper))
                           : NULL);
  put (values, "pressed_by",
       bm_session_is_behalf (self) ? C_ ("pressed by", "the agent")
                                   : C_ ("pressed by", "the person"));
}

static void
put_fields (BmSession *self, GHashTable *values, json_t *service, json_t *fields, json_t *places)
{
  const char *id;
  json_t *value;

  json_object_foreach (fields, id, value)
  {
    if (json_is_string (value))
      g_hash_table_insert (values, g_strconcat ("field:", id, NULL),
                           bm_session_dup_field_words (self, service, id, json_string_value (value),
                                                       places));
  }
}

/* Who answers: what the rules propose, or the one that the file names. */
static const char *
get_dept_label (BmSession *self)
{
  BmAppealVerdict verdict = { 0 };
  const char *dept = NULL;

  if (self->setup->appeals != NULL)
    bm_appeal_classify_taps (self->setup->appeals, self->fields, &verdict);
  if (verdict.n > 0)
    dept = bm_appeal_table_get_dept (self->setup->appeals, verdict.ranked[0].code);
  if (dept != NULL)
    return bm_appeal_table_get_dept_label (self->setup->appeals, dept);
  return bm_text_pick (json_object_get (self->service, "who_decides"));
}

static void
put_papers (GHashTable *values, json_t *service, json_t *fields)
{
  bm_session_take_value (values, "papers",
                         bm_words_papers (bm_session_count_papers (service, fields)));
}

/* When somebody comes at the latest. */
static void
put_latest (GHashTable *values, gint32 day)
{
  bm_session_take_value (values, "latest", day != BM_NO_DAY ? bm_words_day (day) : NULL);
}

static void
put_request (BmSession *self, GHashTable *values)
{
  gint32 today = bm_session_get_today (self);

  bm_session_take_value (values, "noted_date", bm_words_full_date (today));
  if (self->service == NULL)
    return;
  bm_session_put_stop (self, values);
  bm_session_take_value (values, "within", bm_session_dup_within (self));
  put (values, "ask", bm_session_get_ask (self));
  put (values, "dept", get_dept_label (self));
  put_latest (values, bm_session_get_latest (self));
}

static void
put_now (BmSession *self, GHashTable *values)
{
  gint64 now = bm_clock_get_wall_ms (self->setup->clock);
  gint32 day = BM_NO_DAY;
  gboolean is_provisional;

  if (self->service != NULL)
    bm_session_get_result_day (self, self->was_online, &day, &is_provisional);
  bm_session_take_value (values, "name", bm_session_dup_masked_name (self));
  bm_session_take_value (values, "noted_at", dup_moment (now));
  bm_session_take_value (values, "noted_day", bm_words_day (bm_day_from_wall_ms (now)));
  put (values, "how", self->service != NULL ? bm_session_get_way (self) : NULL);
  put (values, "card", bm_session_get_card_word (self));
  put_day (values, day);
  put_helper (self, values, self->helper);
  put_fields (self, values, self->service, self->fields, self->places);
  put_papers (values, self->service, self->fields);
  put_request (self, values);
}

static void
put_slip (BmSession *self, GHashTable *values, json_t *case_object)
{
  json_t *slip = json_object_get (case_object, "slip");
  json_t *fields = json_object_get (slip, "fields");
  gint64 noted = json_integer_value (json_object_get (case_object, "wall_ms"));
  g_autofree char *name = bm_name_mask (bm_text_get (fields, "p.name"));

  put (values, "name", *name != '\0' ? name : "");
  bm_session_take_value (values, "noted_at", dup_moment (noted));
  bm_session_take_value (values, "noted_day", bm_words_day (bm_day_from_wall_ms (noted)));
  put (values, "how", bm_text_get (slip, "way"));
  put (values, "card",
       json_is_true (json_object_get (slip, "by_social_card")) ? C_ ("card", "social-security card")
                                                               : C_ ("card", "ID card"));
  put_day (values, bm_day_from_string (bm_text_get (slip, "result_day")));
  put_latest (values, bm_day_from_string (bm_text_get (slip, "latest")));
  put_helper (self, values, bm_text_get (slip, "helper"));
  put_fields (self, values, get_service (self, case_object), fields,
              json_object_get (slip, "places"));
  put_papers (values, get_service (self, case_object), fields);
  bm_session_take_value (values, "within", bm_session_say_slip_within (slip));
  put (values, "ask", bm_session_say_slip_ask (get_service (self, case_object), slip));
  bm_session_take_value (values, "noted_date", bm_words_full_date (bm_day_from_wall_ms (noted)));
}

GHashTable *
bm_session_dup_values (BmSession *self, json_t *case_object)
{
  GHashTable *values =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) bm_wipe_string);
  gint32 due = self->service != NULL ? bm_session_get_due (self) : BM_NO_DAY;

  put_service (self, values, get_service (self, case_object));
  if (json_is_object (json_object_get (case_object, "slip")))
    put_slip (self, values, case_object);
  else
    put_now (self, values);
  put_result (values, json_object_get (case_object, "result"));
  bm_session_put_record (self, values);
  bm_session_take_value (values, "due",
                         due != BM_NO_DAY ? bm_words_due (due, bm_session_get_today (self)) : NULL);
  return values;
}

/* Condition words */

void
bm_session_raise_flag (GHashTable *flags, const char *name, gboolean is_so)
{
  if (is_so)
    g_hash_table_add (flags, (gpointer) name);
}

static gboolean
is_due_soon (BmSession *self)
{
  gint32 due = self->service != NULL ? bm_session_get_due (self) : BM_NO_DAY;

  return due != BM_NO_DAY && due - bm_session_get_today (self) <= BM_DUE_SOON_DAYS;
}

/* What a request is marked with: on its slip, or of what is being handed in. */
static void
raise_request_flags (BmSession *self, GHashTable *flags, json_t *slip)
{
  gboolean is_kept = json_is_object (slip);
  json_t *term = self->service != NULL ? bm_session_find_term (self) : NULL;

  bm_session_raise_flag (flags, "anonymous",
                         is_kept ? json_is_true (json_object_get (slip, "is_anonymous"))
                                 : bm_session_is_anonymous (self));
  bm_session_raise_flag (flags, "hidden",
                         is_kept ? json_is_true (json_object_get (slip, "is_hidden"))
                                 : bm_session_is_hidden (self));
  bm_session_raise_flag (flags, "asked",
                         is_kept ? *bm_text_get (slip, "ask") != '\0'
                                 : self->service != NULL && bm_session_get_ask (self) != NULL);
  bm_session_raise_flag (flags, "no_slip",
                         self->paper == BM_PAPER_NONE || self->paper == BM_PAPER_EMPTY ||
                           self->paper == BM_PAPER_STUCK);
  bm_session_raise_flag (flags, "social",
                         is_kept ? json_is_true (json_object_get (slip, "by_social_card"))
                                 : bm_session_is_social (self));
  bm_session_raise_flag (flags, "by_hours", json_object_get (term, "hours") != NULL);
  bm_session_raise_flag (flags, "papers",
                         bm_session_count_papers (self->service,
                                                  is_kept ? json_object_get (slip, "fields")
                                                          : self->fields) > 0);
  bm_session_raise_flag (flags, "memo",
                         bm_session_has_memo (self->service, is_kept
                                                               ? json_object_get (slip, "fields")
                                                               : self->fields));
  bm_session_raise_flag (flags, "danger", self->danger != NULL && strcmp (self->danger, "no") != 0);
}

GHashTable *
bm_session_dup_flags (BmSession *self, json_t *case_object)
{
  GHashTable *flags = g_hash_table_new (g_str_hash, g_str_equal);
  json_t *slip = json_object_get (case_object, "slip");
  const char *state = bm_text_get (case_object, "state");
  gint32 day = BM_NO_DAY;
  gboolean is_provisional = FALSE;

  if (json_is_object (slip))
    is_provisional = json_is_true (json_object_get (slip, "is_provisional"));
  else if (self->service != NULL)
    bm_session_get_result_day (self, self->was_online, &day, &is_provisional);
  bm_session_raise_flag (flags, "online",
                         json_is_object (slip) ? json_is_true (json_object_get (slip, "was_online"))
                                               : self->was_online);
  bm_session_raise_flag (flags, "sent", *state != '\0' && strcmp (state, "noted") != 0);
  bm_session_raise_flag (flags, "link_recent",
                         json_is_object (slip)
                           ? json_is_true (json_object_get (slip, "was_recently_online"))
                           : self->was_recently_online);
  bm_session_raise_flag (flags, "due_soon", is_due_soon (self));
  bm_session_raise_flag (flags, "demo", self->setup->is_demo);
  bm_session_raise_flag (flags, "helper",
                         json_is_object (slip) ? *bm_text_get (slip, "helper") != '\0'
                                               : self->helper != NULL);
  bm_session_raise_flag (flags, "provisional", is_provisional);
  bm_session_raise_flag (flags, "next_due",
                         *bm_text_get (json_object_get (case_object, "result"), "next_due") !=
                           '\0');
  bm_session_raise_flag (flags, "answered",
                         *bm_text_get (json_object_get (case_object, "result"), "text") != '\0');
  bm_session_raise_record (self, flags);
  raise_request_flags (self, flags, slip);
  bm_session_raise_flag (flags, "expired", self->card != NULL && bm_session_is_expired (self));
  return flags;
}

char *
bm_session_fill (BmSession *self, json_t *text, json_t *case_object)
{
  g_autoptr (GHashTable) values = bm_session_dup_values (self, case_object);

  return bm_text_fill (bm_text_pick (text), values);
}

void
bm_session_add_lines (BmSession *self, json_t *page, json_t *lines, json_t *case_object)
{
  g_autoptr (GHashTable) values = bm_session_dup_values (self, case_object);
  g_autoptr (GHashTable) flags = bm_session_dup_flags (self, case_object);
  json_t *line;
  gsize i;

  json_array_foreach (lines, i, line)
  {
    g_autofree char *text = NULL;
    g_autofree char *broken = NULL;

    if (!bm_text_holds (json_string_value (json_object_get (line, "when")), flags))
      continue;
    text = bm_text_fill (bm_text_pick (json_object_get (line, "text")), values);
    broken = bm_words_break (text, LINE_WIDTH);
    bm_page_add_line (page, json_string_value (json_object_get (line, "icon")), broken,
                      json_is_true (json_object_get (line, "strong")));
  }
}
