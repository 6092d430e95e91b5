/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "config.h"

#include "app/station/process.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define TUNABLES "glibc.malloc.tcache_count=0:glibc.malloc.perturb=90"

void
bm_process_ensure_clean_memory (char **argv)
{
  const char *tunables = g_getenv ("GLIBC_TUNABLES");
  const char *slice = g_getenv ("G_SLICE");
  g_autofree char *both = NULL;

  if (tunables != NULL && strstr (tunables, TUNABLES) != NULL && slice != NULL)
    return;
  both = tunables != NULL && *tunables != '\0' ? g_strconcat (tunables, ":" TUNABLES, NULL)
                                               : g_strdup (TUNABLES);
  g_setenv ("GLIBC_TUNABLES", both, TRUE);
  g_setenv ("G_SLICE", "always-malloc", TRUE);
  (void) execv ("/proc/self/exe", argv); /* Comes back only on failure; then the caller goes on. */
}

void
bm_process_forbid_dumps (gboolean is_demo)
{
  const struct rlimit none = { 0, 0 };

  /* Neither can fail for a process that only lowers what it may do. */
  (void) setrlimit (RLIMIT_CORE, &none);
  if (!is_demo)
    (void) prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void
bm_process_set_language (const char *language)
{
  const char *folder = g_getenv ("BIANMIN_LOCALE");

  g_setenv ("LANGUAGE", language, FALSE);
  /* gettext translates in any locale but plain "C". */
  if (setlocale (LC_ALL, "") == NULL || g_str_equal (setlocale (LC_MESSAGES, NULL), "C"))
    (void) setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : BM_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
