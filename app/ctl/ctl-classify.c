/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ctl"

#include "config.h"

#include "app/ctl/ctl.h"
#include "core/appeal/classify.h"

/*
 * What the installed rules would propose for a text. For whoever tends the table: no station is asked,
 * and the text goes nowhere.
 */

#define MAX_SHOWN 5

static json_t *
describe (BmAppealTable *table, const BmAppealRank *rank)
{
  const char *dept = bm_appeal_table_get_dept (table, rank->code);

  return json_pack ("{s:s, s:s, s:i, s:s, s:s}", "class", rank->code, "label",
                    bm_appeal_table_get_label (table, rank->code), "score", rank->score, "dept",
                    dept, "dept_label", bm_appeal_table_get_dept_label (table, dept));
}

/**
 * bm_ctl_classify:
 * @text: what somebody said
 * @error: return location for an error of the table
 *
 * Returns: (transfer full): {"ok", "rule", "urgent", "ranked": […]}
 */
json_t *
bm_ctl_classify (const char *text, GError **error)
{
  const char *folder = g_getenv ("BIANMIN_ASSETS");
  g_autofree char *file =
    g_build_filename (folder != NULL ? folder : BM_PKGDATADIR, "tables", "appeal-class.json", NULL);
  g_autoptr (BmAppealTable) table = bm_appeal_table_load (file, error);
  json_t *ranked = json_array ();
  BmAppealVerdict verdict;

  if (table == NULL)
    {
      json_decref (ranked);
      return NULL;
    }
  bm_appeal_classify_text (table, text, &verdict);
  for (guint i = 0; i < MIN (verdict.n, MAX_SHOWN); i++)
    json_array_append_new (ranked, describe (table, &verdict.ranked[i]));
  return json_pack ("{s:b, s:s, s:s, s:o}", "ok", 1, "rule", bm_appeal_table_get_version (table),
                    "urgent", bm_appeal_urgency_to_string (verdict.urgency), "ranked", ranked);
}

void
bm_ctl_show_class (json_t *reply)
{
  json_t *rank;
  gsize i;

  json_array_foreach (json_object_get (reply, "ranked"), i, rank)
  {
    g_print ("%s %s  %s  %d\n", json_string_value (json_object_get (rank, "class")),
             json_string_value (json_object_get (rank, "label")),
             json_string_value (json_object_get (rank, "dept_label")),
             (int) json_integer_value (json_object_get (rank, "score")));
  }
  g_print ("urgent: %s  (%s)\n", json_string_value (json_object_get (reply, "urgent")),
           json_string_value (json_object_get (reply, "rule")));
}
