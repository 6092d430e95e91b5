/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-fault"

#include "core/fault.h"

#include <signal.h>
#include <string.h>

typedef struct
{
  char *name;
  gint left;
} Armed;

static Armed armed;

static gpointer
read_environment (gpointer unused)
{
  const char *value = g_getenv ("BIANMIN_FAULT");
  const char *colon;

  if (value == NULL || *value == '\0')
    return NULL;
  colon = strrchr (value, ':');
  armed.name = colon != NULL ? g_strndup (value, colon - value) : g_strdup (value);
  armed.left = colon != NULL ? (gint) g_ascii_strtoll (colon + 1, NULL, 10) : 1;
  return NULL;
}

/**
 * bm_fault_point:
 * @name: the point's name, e.g. "store-after-commit"
 *
 * Dies here if this point is armed and its turn has come.
 */
void
bm_fault_point (const char *name)
{
  static GOnce once = G_ONCE_INIT;

  g_return_if_fail (name != NULL);

  g_once (&once, read_environment, NULL);
  if (armed.name == NULL || strcmp (armed.name, name) != 0)
    return;
  if (g_atomic_int_dec_and_test (&armed.left))
    raise (SIGKILL);
}
