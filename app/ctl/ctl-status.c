/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl.h"

#include "core/calendar/day.h"

#include <glib/gi18n-lib.h>

/*
 * The part of `status` about the line: is it there, since when, what waits and since when, what is due,
 * what was carried, whose clock is believed, until when the certificate holds, what is kept where.
 */

static json_t *
at (json_t *object, const char *group, const char *key)
{
  return json_object_get (json_object_get (object, group), key);
}

static const char *
text_at (json_t *object, const char *group, const char *key)
{
  const char *text = json_string_value (at (object, group, key));

  return text != NULL ? text : "";
}

static void
show (const char *label, const char *text)
{
  if (text != NULL && *text != '\0')
    g_print ("%s  %s\n", label, text);
}

/* 2026-11-21 09:10 as a clock in China shows it; "" for never. */
static char *
dup_moment (json_t *value)
{
  const gint64 wall_ms = json_integer_value (value);
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");
  g_autoptr (GDateTime) utc = wall_ms > 0 ? g_date_time_new_from_unix_utc (wall_ms / 1000) : NULL;
  g_autoptr (GDateTime) local = NULL;

  if (utc == NULL || zone == NULL)
    return g_strdup ("");
  local = g_date_time_to_timezone (utc, zone);
  return g_date_time_format (local, "%Y-%m-%d %H:%M");
}

static void
show_clock (json_t *reply)
{
  const int skew_s = (int) (json_integer_value (at (reply, "clock", "skew_ms")) / 1000);
  const char *state = text_at (reply, "clock", "state");
  g_autofree char *skew =
    g_strdup_printf (skew_s > 0 ? C_ ("ctl", "the machine is %d s ahead of the time that is used")
                                : C_ ("ctl", "the machine is %d s behind the time that is used"),
                     ABS (skew_s));

  show (C_ ("ctl", "Clock  "), text_at (reply, "clock", "local"));
  if (g_str_equal (state, "wrong") || g_str_equal (state, "guessed"))
    {
      show (C_ ("ctl", "       "), text_at (reply, "clock", "words"));
      show (C_ ("ctl", "       "), skew);
    }
}

void
bm_ctl_show_line (json_t *reply)
{
  g_autofree char *since = dup_moment (at (reply, "link", "since_ms"));
  g_autofree char *text = g_strdup_printf (C_ ("ctl", "since %s"), since);

  show_clock (reply);
  show (C_ ("ctl", "Line   "), text_at (reply, "link", "words"));
  if (*since != '\0')
    show (C_ ("ctl", "       "), text);
  show (C_ ("ctl", "       "), text_at (reply, "link", "reason"));
}

static void
show_lane (json_t *lane)
{
  const int count = (int) json_integer_value (json_object_get (lane, "count"));
  const gboolean is_log =
    g_strcmp0 (json_string_value (json_object_get (lane, "lane")), "log") == 0;
  json_t *due = json_object_get (lane, "due_day");
  g_autofree char *oldest = dup_moment (json_object_get (lane, "oldest_ms"));
  g_autofree char *day =
    json_is_integer (due) ? bm_day_to_string ((gint32) json_integer_value (due)) : NULL;
  g_autofree char *text =
    day != NULL ? g_strdup_printf (C_ ("ctl", "%d records, oldest of %s, first due on %s"), count,
                                   oldest, day)
                : g_strdup_printf (C_ ("ctl", "%d records, oldest of %s"), count, oldest);

  if (count > 0)
    show (is_log ? C_ ("ctl", "Log    ") : C_ ("ctl", "Waiting"), text);
}

static void
show_due (json_t *ledger)
{
  const int due = (int) json_array_size (at (ledger, "waiting", "due_soon"));
  g_autofree char *text = g_strdup_printf (C_ ("ctl", "%d due within 7 days and not sent"), due);

  if (due > 0)
    show (C_ ("ctl", "Due    "), text);
}

static int
get_kib (json_t *sum)
{
  return (int) ((json_integer_value (json_object_get (sum, "up")) +
                 json_integer_value (json_object_get (sum, "down")) + 1023) /
                1024);
}

static void
show_carried (json_t *ledger)
{
  const int photos = (int) json_integer_value (at (ledger, "attachments", "waiting"));
  const int kib = (int) (json_integer_value (at (ledger, "attachments", "bytes")) / 1024);
  g_autofree char *photo = g_strdup_printf (C_ ("ctl", "%d to be sent, %d KB"), photos, kib);
  g_autofree char *traffic = g_strdup_printf (C_ ("ctl", "today %d KB, this month %d KB"),
                                              get_kib (at (ledger, "traffic", "today")),
                                              get_kib (at (ledger, "traffic", "month")));

  if (photos > 0)
    show (C_ ("ctl", "Photos "), photo);
  show (C_ ("ctl", "Traffic"), traffic);
}

static void
show_kept (json_t *reply, json_t *ledger)
{
  g_autofree char *until = dup_moment (at (reply, "certificate", "until_ms"));
  g_autofree char *certificate =
    g_strdup_printf (C_ ("ctl", "of this station valid until %s"), until);
  g_autofree char *checked = dup_moment (at (ledger, "kept", "verified_ms"));
  g_autofree char *written = dup_moment (at (ledger, "kept", "checkpoint_ms"));
  const char *never = C_ ("ctl", "not since start");
  g_autofree char *kept =
    g_strdup_printf (C_ ("ctl", "whole journal at %s; written through at %s"),
                     *checked != '\0' ? checked : never, *written != '\0' ? written : never);
  g_autofree char *backup =
    g_strdup_printf (C_ ("ctl", "the platform has backed up to row %d of %d"),
                     (int) json_integer_value (at (ledger, "backup", "upto")),
                     (int) json_integer_value (at (ledger, "backup", "of")));

  if (*until != '\0')
    show (C_ ("ctl", "Certif."), certificate);
  if (json_object_get (ledger, "kept") != NULL)
    show (C_ ("ctl", "Checked"), kept);
  if (json_object_get (ledger, "backup") != NULL)
    show (C_ ("ctl", "Backup "), backup);
}

void
bm_ctl_show_sending (json_t *reply)
{
  json_t *ledger = json_object_get (reply, "ledger");
  json_t *lane;
  gsize index;

  json_array_foreach (json_object_get (ledger, "lanes"), index, lane) show_lane (lane);
  show_due (ledger);
  show_carried (ledger);
  show_kept (reply, ledger);
}
