/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-config"

#include "app/station/station-config.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
assert_folder (const char *path)
{
  g_assert_nonnull (path);
  g_assert_true (g_path_is_absolute (path));
}

/* A station.conf is refused with a reason, or is whole. The file is one in memory. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int fd = memfd_create ("station.conf", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (BmConfig) config = NULL;

  g_assert_cmpint (write (fd, data, size), ==, (ssize_t) size);
  config = bm_config_load (path, &error);
  (void) close (fd); /* Nothing of it is wanted any more. */
  g_assert_true ((config == NULL) == (error != NULL));
  if (config == NULL)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  assert_folder (config->data);
  assert_folder (config->keys);
  assert_folder (config->run);
  assert_folder (config->media);
  g_assert_false (
    g_str_has_prefix (config->keys, config->data) &&
    (config->keys[strlen (config->data)] == '/' || config->keys[strlen (config->data)] == '\0'));
  g_assert_true (config->is_demo || !config->has_clock);
  g_assert_true (config->hall.reader != NULL && config->desk.printer != NULL);
  return 0;
}
