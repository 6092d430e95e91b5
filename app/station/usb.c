/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include "core/ports/reasons.h"

/*
 * Which USB devices belong here: what station.conf lists. Nobody else is asked, and nothing is learned by being plugged.
 *
 * A stranger that was not seen before in this run is a reason for a checkup: it stands in the journal before the day ends,
 * and reaches the centre with it.
 */

#define SYSFS        "/sys"
#define AFTER_PLUG_S 2 /* one plug brings several devices */

/* Before anything is opened. */
void
bm_station_open_gate (BmStation *self)
{
  const BmConfig *config = self->config;
  g_autoptr (GError) error = NULL;
  BmUsbList *list = config->usb != NULL ? bm_usb_list_parse (config->usb, &error) : NULL;

  g_assert_no_error (error); /* it was read with the configuration */
  self->gate = bm_usb_gate_new (list, bm_usb_tree_new (SYSFS, config->devices));
}

static gboolean
on_settled (gpointer user_data)
{
  BmStation *self = user_data;

  self->plug_check = 0;
  bm_station_look_over (self, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/**
 * bm_station_name_strangers:
 * @self: a station
 *
 * Something was plugged or unplugged.
 */
void
bm_station_name_strangers (BmStation *self)
{
  g_auto (BmUsbSight) sight = { 0 };

  if (!bm_usb_gate_has_list (self->gate))
    return;
  bm_usb_gate_look (self->gate, &sight);
  if (sight.is_new && self->plug_check == 0)
    self->plug_check = g_timeout_add_seconds (AFTER_PLUG_S, on_settled, self);
}

/* For status, doctor and the checkup. */
json_t *
bm_station_describe_usb (BmStation *self)
{
  g_auto (BmUsbSight) sight = { 0 };
  g_autofree char *words = NULL;

  bm_usb_gate_look (self->gate, &sight);
  words = bm_reason_dup_sentence_about (bm_reason_find (BM_REASON_USB, sight.keyword), sight.ids);
  return json_pack ("{s:s, s:s, s:s}", "state", sight.keyword, "ids", sight.ids, "words", words);
}
