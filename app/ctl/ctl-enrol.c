/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "app/ctl/ctl.h"
#include "app/station/station-keys.h"
#include "core/error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

/*
 * Order matters: the station's own keys are made first, because they can be made again and again until
 * the one-time code is spent; the enrolment comes last, and is what says "this station is enrolled".
 */

static gboolean
refuse_second_enrolment (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, BM_ENROLMENT_FILE, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_REFUSED,
               _ (
                 "This station is enrolled already (%s). To enrol it anew, first move its keys and "
                 "data away"),
               path);
  return FALSE;
}

static gboolean
ensure_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0700) == 0 && g_chmod (folder, 0700) == 0)
    return TRUE;
  g_set_error (error, BM_ERROR, BM_ERROR_FAILED, _ ("The folder %s cannot be made: %s"), folder,
               g_strerror (errno));
  return FALSE;
}

json_t *
bm_ctl_enrol (const BmCtl *self, const char *code, GError **error)
{
  const char *folder = self->config->keys;
  g_autoptr (BmClock) clock = bm_system_clock_new ();
  g_autoptr (BmEnrolment) enrolment = NULL;

  if (!refuse_second_enrolment (folder, error) || !ensure_folder (folder, error) ||
      !bm_enrolment_ensure_key_file (folder, BM_LOCAL_KEY_FILE, error) ||
      !bm_enrolment_ensure_key_file (folder, BM_CHAIN_KEY_FILE, error))
    return NULL;
  enrolment = bm_enrolment_run (code, folder, clock, error);
  if (enrolment == NULL)
    return NULL;
  return json_pack ("{s:b, s:i, s:s, s:s, s:i, s:s}", "ok", 1, "kiosk",
                    (int) bm_enrolment_get_kiosk (enrolment), "station",
                    bm_enrolment_get_station_name (enrolment), "village",
                    bm_enrolment_get_village (enrolment), "terminal",
                    (int) bm_enrolment_get_terminal (enrolment), "platform",
                    bm_enrolment_get_url (enrolment));
}
