/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ui/display.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include <locale.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static GPid server;

/* The server dies with the test, however the test ends. */
static void
on_child (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static gboolean
read_number (int fd, char *number, gsize size)
{
  gsize length = 0;

  while (length + 1 < size && read (fd, number + length, 1) == 1 && number[length] != '\n')
    length++;
  number[length] = '\0';
  return length > 0;
}

/* The words of the product are Chinese; their width is what pages are measured with. */
static void
set_up_words (void)
{
  const char *folder = g_getenv ("BIANMIN_LOCALE");

  g_setenv ("LANGUAGE", "zh_CN", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_assert_cmpstr (_ ("Call for help"), ==, "叫人帮忙");
}

gboolean
bm_test_display_start (void)
{
  const char *argv[] = { "Xvfb",         "-displayfd", "3",   "-screen", "0",
                         "1920x1920x24", "-nolisten",  "tcp", NULL };
  int ends[2];
  const int target = 3;
  char number[16];
  g_autofree char *display = NULL;
  gboolean is_started;

  set_up_words ();
  g_setenv ("GDK_BACKEND", "x11", TRUE);
  if (pipe (ends) != 0)
    return FALSE;
  is_started = g_spawn_async_with_pipes_and_fds (NULL, argv, NULL,
                                                 G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                                   G_SPAWN_STDERR_TO_DEV_NULL,
                                                 on_child, NULL, -1, -1, -1, &ends[1], &target, 1,
                                                 &server, NULL, NULL, NULL, NULL);
  close (ends[1]);
  if (!is_started || !read_number (ends[0], number, sizeof number))
    {
      close (ends[0]);
      return FALSE;
    }
  close (ends[0]);
  display = g_strconcat (":", number, NULL);
  return g_setenv ("DISPLAY", display, TRUE);
}

void
bm_test_display_stop (void)
{
  if (server == 0)
    return;
  kill (server, SIGTERM);
  waitpid (server, NULL, 0);
  server = 0;
}
