/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl.h"

#include "core/checkup/checkup.h"

#include <glib/gi18n-lib.h>

static const char *
say_state (BmCheckState state)
{
  static const char *const words[] = { NC_ ("ctl", "good "), NC_ ("ctl", "none "),
                                       NC_ ("ctl", "watch"), NC_ ("ctl", "MEND ") };

  return g_dpgettext2 (GETTEXT_PACKAGE, "ctl", words[state]);
}

void
bm_ctl_show_checkup (json_t *reply)
{
  json_t *checkup = json_object_get (reply, "checkup");

  for (gint state = BM_CHECK_FAULT; state >= BM_CHECK_GOOD; state--)
    for (gsize i = 0; i < json_array_size (checkup); i++)
      {
        json_t *row = json_array_get (checkup, i);
        g_autofree char *sentence = bm_check_dup_sentence (row);

        if (bm_check_get_state (row) == (BmCheckState) state)
          g_print ("%s  %s\n", say_state ((BmCheckState) state), sentence);
      }
}
