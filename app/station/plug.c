/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/station-private.h"

#include <string.h>

/*
 * What is plugged and unplugged: whoever has the device is told to look at once. That it came is no more than
 * a reason to look, and what is looked for is only what station.conf names, so a stranger's device is not opened.
 *
 * A reader of PC/SC has no node of ours: any USB device that comes or goes may be it.
 */

/* The node of "samv:/dev/…" or "escpos:/dev/…?…", or NULL: it has none. */
static char *
dup_path (const char *uri)
{
  const char *colon = strchr (uri, ':');
  const char *end;

  if (colon == NULL || colon[1] != '/' || colon[2] == '/')
    return NULL;
  end = strchr (colon, '?');
  return end != NULL ? g_strndup (colon + 1, (gsize) (end - colon) - 1) : g_strdup (colon + 1);
}

/* @device: (nullable): any may have come or gone */
static gboolean
concerns (const BmDevice *device, const char *uri)
{
  g_autofree char *path = dup_path (uri);

  if (device == NULL)
    return TRUE;
  if (path != NULL)
    return bm_device_is_at (device, path);
  return g_str_has_prefix (uri, "pcsc:") && device->usb_id != NULL;
}

typedef struct
{
  BmReader *reader; /* or NULL */
  const char *uri;
} Reader;

#define N_READERS 3

static void
list_readers (BmStation *self, Reader readers[N_READERS])
{
  const BmConfig *config = self->config;

  readers[0] = (Reader){ self->hall_reader, config->hall.reader };
  readers[1] = (Reader){ self->social_reader, config->hall.social_card };
  readers[2] = (Reader){ self->desk_reader, config->desk.reader };
}

/* Whether it would be told if the node of @uri came. */
static gboolean
is_in_sight (BmStation *self, const char *uri)
{
  g_autofree char *path = dup_path (uri);
  g_autofree char *folder =
    self->config->devices != NULL ? g_strconcat (self->config->devices, "/", NULL) : NULL;

  if (path == NULL)
    return FALSE;
  if (folder != NULL)
    return g_str_has_prefix (path, folder);
  return g_str_has_prefix (path, "/dev/") && !g_str_has_prefix (path, "/dev/pts/");
}

static void
look_at (BmStation *self, const BmDevice *device)
{
  const BmConfig *config = self->config;
  Reader readers[N_READERS];

  list_readers (self, readers);
  for (guint i = 0; i < N_READERS; i++)
    if (readers[i].reader != NULL && concerns (device, readers[i].uri))
      bm_reader_look (readers[i].reader);
  if (self->hall_scanner != NULL && concerns (device, config->hall.scanner))
    bm_scanner_look (self->hall_scanner);
  if (self->desk_scanner != NULL && concerns (device, config->desk.scanner))
    bm_scanner_look (self->desk_scanner);
  if (self->hall_spooler != NULL && concerns (device, config->hall.printer))
    bm_spooler_look (self->hall_spooler);
  if (self->desk_spooler != NULL && self->desk_spooler != self->hall_spooler &&
      concerns (device, config->desk.printer))
    bm_spooler_look (self->desk_spooler);
}

static void
on_device (BmDeviceWatch *watch, const BmDevice *device, BmStation *self)
{
  look_at (self, device);
  bm_station_name_strangers (self);
}

static void
on_missed (BmDeviceWatch *watch, BmStation *self)
{
  look_at (self, NULL);
  bm_station_name_strangers (self);
}

/**
 * bm_station_watch_devices:
 * @self: a station with its devices
 *
 * From now on devices are looked at when they come and go. On a machine that does not tell they are looked for
 * now and then, as each driver does by itself.
 */
void
bm_station_watch_devices (BmStation *self)
{
  g_autoptr (GError) error = NULL;
  Reader readers[N_READERS];

  self->watch = self->config->devices != NULL
                  ? bm_device_watch_new_folder (self->config->devices, &error)
                  : bm_device_watch_new_udev (&error);
  if (self->watch == NULL)
    {
      g_message ("What is plugged is noticed later: %s", error->message);
      return;
    }
  g_signal_connect (self->watch, "device", G_CALLBACK (on_device), self);
  g_signal_connect (self->watch, "missed", G_CALLBACK (on_missed), self);
  list_readers (self, readers);
  for (guint i = 0; i < N_READERS; i++)
    if (readers[i].reader != NULL && is_in_sight (self, readers[i].uri))
      bm_reader_set_watched (readers[i].reader, TRUE);
  look_at (self, NULL); /* what came before the watch began was told to nobody */
}

void
bm_station_unwatch_devices (BmStation *self)
{
  if (self->watch != NULL)
    g_signal_handlers_disconnect_by_data (self->watch, self);
  g_clear_object (&self->watch);
}
