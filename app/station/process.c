/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "config.h"

#include "app/station/process.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <malloc.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define TUNABLES    "glibc.malloc.tcache_count=0:glibc.malloc.perturb=90"
#define LARGE_BLOCK (128 * 1024)
#define MAX_ARENAS  2

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

/* glibc raises its own threshold after the first large block is freed: the 19 MiB of the second Argon2id
 * would then come from the heap and stay there. A fixed one gives them back to the kernel each time. */
void
bm_process_return_memory (void)
{
  (void) mallopt (M_MMAP_THRESHOLD, LARGE_BLOCK); /* Without it memory is larger, nothing else. */
  (void) mallopt (M_TRIM_THRESHOLD, LARGE_BLOCK);
  (void) mallopt (M_ARENA_MAX, MAX_ARENAS);
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
