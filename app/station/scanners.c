/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include <string.h>

/*
 * Scanners with a line of their own, the hall's and the desk's. One that types needs nothing here: the face tells its
 * keys from a person's (ui/shell/scan-rule.c). Both come to the same intent.
 */

#define SHARING_DESK "bianmin-sharing-desk"

static BmScanner *
open_scanner (BmStation *self, const char *uri, GError **error)
{
  return *uri != '\0' ? bm_scanner_open (uri, BM_DEVICE_GATE (self->gate), error) : NULL;
}

/**
 * bm_station_open_scanners:
 * @self: a station with its configuration
 * @error: what is written wrongly there; that none is there is no error
 */
gboolean
bm_station_open_scanners (BmStation *self, GError **error)
{
  const BmConfig *config = self->config;
  g_autoptr (GError) cause = NULL;

  self->hall_scanner = open_scanner (self, config->hall.scanner, &cause);
  if (cause == NULL && config->desk.is_enabled)
    self->desk_scanner = open_scanner (self, config->desk.scanner, &cause);
  if (cause == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

void
bm_station_drop_scanners (BmStation *self)
{
  g_clear_object (&self->hall_scanner);
  g_clear_object (&self->desk_scanner);
}

/* Of two the one that somebody has to look at. */
const char *
bm_station_scanner_state (BmStation *self)
{
  static const char *const keywords[] = { "absent", "ready", "unregistered" };
  BmScanner *scanners[] = { self->hall_scanner, self->desk_scanner };
  const char *keyword = "none";

  for (guint i = 0; i < G_N_ELEMENTS (scanners); i++)
    if (scanners[i] != NULL && (strcmp (keyword, "none") == 0 || strcmp (keyword, "ready") == 0))
      keyword = keywords[bm_scanner_get_state (scanners[i])];
  return keyword;
}

static void
on_desk_scanned (BmScanner *scanner, const char *text, BmDeskSeat *desk)
{
  (void) bm_desk_seat_scan (desk, text);
}

/* On one screen there is one scanner, too: the desk has it while it asks for a slip. */
static void
on_hall_scanned (BmScanner *scanner, const char *text, BmSeat *hall)
{
  BmDeskSeat *desk = g_object_get_data (G_OBJECT (scanner), SHARING_DESK);

  if (desk == NULL || !bm_desk_seat_scan (desk, text))
    bm_seat_scan (hall, text);
}

/**
 * bm_station_connect_scanners:
 * @self: a station with its seats
 *
 * From now on what is read reaches them.
 */
void
bm_station_connect_scanners (BmStation *self)
{
  if (self->hall_scanner != NULL)
    g_signal_connect_object (self->hall_scanner, "scanned", G_CALLBACK (on_hall_scanned),
                             self->hall, 0);
  if (self->hall_scanner != NULL && self->desk != NULL && self->config->desk.is_one_screen)
    g_object_set_data_full (G_OBJECT (self->hall_scanner), SHARING_DESK, g_object_ref (self->desk),
                            g_object_unref);
  if (self->desk_scanner != NULL)
    g_signal_connect_object (self->desk_scanner, "scanned", G_CALLBACK (on_desk_scanned),
                             self->desk, 0);
}
