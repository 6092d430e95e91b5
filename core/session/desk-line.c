/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"
#include "core/session/words.h"

#include <string.h>

/*
 * The line in the helper's words: what is wrong with it and since when, when it is tried next, how long
 * what waits may take, what was carried; and the sheet of what is due and was not sent, for whoever takes
 * it to the township or reads it out on the telephone. The sheet names no person: number, service and day
 * are what the office needs to find it when it arrives.
 */

#define MINUTE_MS    (60 * G_GINT64_CONSTANT (1000))
#define MINUTE_S     60
#define HOUR_S       3600
#define MAX_ON_SHEET 20
#define MIB          G_GINT64_CONSTANT (1048576)
#define ALARM_WIDEST 7
#define MOST_MINUTES 90
#define MOST_SHOWN_S (100 * HOUR_S)

/* When */

static char *
say_wait (gint64 wait_ms)
{
  const gint64 minutes = (wait_ms + MINUTE_MS - 1) / MINUTE_MS;

  if (minutes <= 1)
    return g_strdup (C_ ("desk", "tried again within a minute"));
  if (minutes <= MOST_MINUTES)
    return bm_desk_fill (C_ ("desk", "tried again in {n} minutes"), minutes);
  return bm_desk_fill (C_ ("desk", "tried again in {n} hours"), (minutes + 59) / 60);
}

/* Of one matter that the centre put off, or that a person must look at; NULL: nothing is known. */
char *
bm_desk_say_when (json_t *row)
{
  const gint64 wait_ms = bm_desk_get_count (row, "wait_ms");

  return wait_ms > 0 ? say_wait (wait_ms) : NULL;
}

/**
 * bm_desk_say_line:
 * @self: a desk
 *
 * Returns: (transfer full): what is the matter with the line, what to do, since when, and the next attempt
 */
char *
bm_desk_say_line (BmDesk *self)
{
  const char *link = json_string_value (json_object_get (self->overview, "link"));
  const gint64 next_ms = bm_desk_get_count (self->overview, "next_try_ms");
  const gint64 since_ms = bm_desk_get_count (self->overview, "link_since_ms");
  g_autofree char *sentence = bm_reason_dup_sentence (bm_reason_find (BM_REASON_LINK, link));
  g_autofree char *moment = NULL;
  g_autofree char *wait = NULL;

  if (link == NULL || bm_desk_is_online (self) || since_ms == 0 || strcmp (link, "unknown") == 0)
    return g_steal_pointer (&sentence);
  moment = bm_desk_say_moment (since_ms);
  if (strcmp (link, "paused") == 0 || next_ms == 0)
    /* Translators: what is the matter and what to do, then since when. */
    return g_strdup_printf (C_ ("desk", "%1$s (since %2$s)"), sentence, moment);
  wait = say_wait (next_ms);
  /* Translators: what is the matter and what to do, since when, and when it is tried again. */
  return g_strdup_printf (C_ ("desk", "%1$s (since %2$s, %3$s)"), sentence, moment, wait);
}

/**
 * bm_desk_say_left:
 * @self: a desk
 *
 * Returns: (transfer full) (nullable): how long it may take until all is sent; %NULL before it was measured
 */
char *
bm_desk_say_left (BmDesk *self)
{
  const gint64 left_s = bm_desk_get_count (json_object_get (self->overview, "progress"), "left_s");

  if (left_s == 0 || left_s > MOST_SHOWN_S || !bm_desk_is_online (self))
    return NULL;
  if (left_s <= MOST_MINUTES * MINUTE_S)
    return bm_desk_fill (C_ ("desk", "About {n} minutes more"), (left_s + MINUTE_S - 1) / MINUTE_S);
  return bm_desk_fill (C_ ("desk", "About {n} hours more"), (left_s + HOUR_S - 1) / HOUR_S);
}

static char *
say_bytes (json_t *sum)
{
  const gint64 bytes = bm_desk_get_count (sum, "up") + bm_desk_get_count (sum, "down");

  if (bytes < MIB / 10)
    return bm_desk_fill (C_ ("desk", "{n} KB"), (bytes + 1023) / 1024);
  return g_strdup_printf (C_ ("desk", "%.1f MB"), (double) bytes / (double) MIB);
}

void
bm_desk_add_traffic (BmDesk *self, json_t *page)
{
  json_t *traffic = json_object_get (self->overview, "traffic");
  g_autofree char *today = NULL;
  g_autofree char *month = NULL;
  g_autofree char *text = NULL;

  if (!json_is_object (traffic))
    return;
  today = say_bytes (json_object_get (traffic, "today"));
  month = say_bytes (json_object_get (traffic, "month"));
  /* Translators: amounts of data. */
  text = g_strdup_printf (C_ ("desk", "today %1$s, this month %2$s"), today, month);
  bm_page_add_fact (page, C_ ("desk", "Traffic"), text);
}

/* The sheet */

static void
add_matter (BmDesk *self, json_t *blocks, json_t *matter)
{
  g_autofree char *figure = bm_desk_say_number (bm_text_get (matter, "number"));
  g_autofree char *date = bm_words_date (bm_desk_get_due (matter));
  g_autofree char *value =
    g_strdup_printf ("%s\n%s\n%s", bm_desk_say_service (self, bm_text_get (matter, "service")),
                     date, bm_text_get (matter, "number"));

  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s}", "type", "pair", "label", figure,
                                            "value", value));
}

static json_t *
make_blocks (BmDesk *self)
{
  g_autoptr (GPtrArray) matters = bm_desk_sort_due (self, ALARM_WIDEST);
  g_autofree char *count = bm_desk_fill (C_ ("desk", "{n} due and not sent"), matters->len);
  g_autofree char *more = bm_desk_fill (C_ ("desk", "and {n} more"),
                                        (gint64) matters->len - MIN (matters->len, MAX_ON_SHEET));
  json_t *blocks = json_array ();

  bm_desk_add_sheet_text (blocks, count, TRUE);
  bm_desk_add_sheet_origin (self, blocks);
  for (guint i = 0; i < MIN (matters->len, MAX_ON_SHEET); i++)
    add_matter (self, blocks, g_ptr_array_index (matters, i));
  if (matters->len > MAX_ON_SHEET)
    bm_desk_add_sheet_text (blocks, more, TRUE);
  bm_desk_add_sheet_rule (blocks);
  bm_desk_add_sheet_text (
    blocks,
    C_ ("desk", "Take it to the township by USB stick,\nor read the numbers out on the telephone.\n"
                "Who it is stands in the machine."),
    FALSE);
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("desk", "Who reports it signs, with the time"));
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("desk", "A second one signs"));
  return blocks;
}

/**
 * bm_desk_print_due:
 * @self: a desk whose alarm is on
 *
 * One sheet to the desk's printer; who asked for it is audited.
 */
void
bm_desk_print_due (BmDesk *self)
{
  if (bm_desk_print (self, "due-not-sent", C_ ("desk", "Due and not sent"), make_blocks (self),
                     "due-not-sent-printed") > 0)
    self->was_due_printed = TRUE;
}
