/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl.h"

#include "core/error.h"
#include "core/indicators/indicators.h"

#include <glib/gi18n-lib.h>

/*
 * 统计: a month's counts, as a table on the screen or in a file (CSV). What the station says holds no number of few
 * people. A month that is not over is not written to a file: from two files of one month the matters between them could
 * be told.
 */

static gboolean
write_file (json_t *reply, const char *month, const char *file, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *csv = NULL;

  if (!json_is_true (json_object_get (reply, "is_over")))
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_REFUSED,
                           _ ("This month is not over; it can be written when it is"));
      return FALSE;
    }
  csv = bm_indicators_to_csv (reply, month);
  if (g_file_set_contents (file, csv, -1, &cause))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, _ ("%s cannot be written: %s"), file,
               cause->message);
  return FALSE;
}

json_t *
bm_ctl_indicators (const BmCtl *self, const char *month, const char *file, GError **error)
{
  json_t *request;
  json_t *reply;

  if (month == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID, _ ("Say which month: 2026-11"));
      return NULL;
    }
  request = json_pack ("{s:s, s:s}", "do", "indicators", "month", month);
  reply = bm_ctl_ask_station (self, request, error);
  json_decref (request);
  if (reply == NULL || !json_is_true (json_object_get (reply, "ok")) || file == NULL ||
      write_file (reply, month, file, error))
    return reply;
  json_decref (reply);
  return NULL;
}

void
bm_ctl_show_indicators (json_t *reply)
{
  g_autofree char *csv =
    bm_indicators_to_csv (reply, json_string_value (json_object_get (reply, "month")));

  if (json_is_null (json_object_get (reply, "taken")))
    g_print ("%s\n", _ ("Too few people to say anything of"));
  else
    g_print ("%s", csv);
}
