/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-device"

#include "app/devices/watch/device.h"
#include "core/ports/usb-list.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

/* Lines "NAME=value", as udev keeps them. */
static const char *
get (gpointer source, const char *name)
{
  const gsize len = strlen (name);

  for (char **line = source; *line != NULL; line++)
    if (strncmp (*line, name, len) == 0 && (*line)[len] == '=')
      return *line + len + 1;
  return NULL;
}

/* What an operator wrote of USB devices: a list that knows its own entries' form, or none. */
static void
read_list (const char *text)
{
  g_autoptr (BmUsbList) list = bm_usb_list_parse (text, NULL);

  if (list == NULL)
    return;
  g_assert_cmpuint (bm_usb_list_count (list), <=, BM_USB_MAX_LISTED);
  g_assert_false (bm_usb_list_has (list, text, NULL) && strlen (text) != 9);
}

/* Whatever a device says of itself: only bounded paths and one id of eight digits come out. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (BmDevice) device = bm_device_parse (get, lines);

  read_list (text);
  if (device == NULL)
    return 0;
  if (device->usb_id != NULL)
    g_assert_true (strlen (device->usb_id) == 9 && device->usb_id[4] == ':');
  if (device->node != NULL)
    g_assert_true (device->node[0] == '/' && strlen (device->node) < BM_DEVICE_MAX_PATH);
  g_assert_cmpuint (g_strv_length (device->links), <=, BM_DEVICE_MAX_LINKS);
  for (guint i = 0; device->links[i] != NULL; i++)
    g_assert_true (bm_device_is_at (device, device->links[i]));
  return 0;
}
