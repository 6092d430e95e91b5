/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/session/desk-private.h"

#include "core/session/words.h"
#include "core/sheet/sheet.h"

/*
 * Sheets that the desk prints for itself: no person and no case stands on them.
 */

void
bm_desk_add_sheet_text (json_t *blocks, const char *text, gboolean is_strong)
{
  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:b}", "type", "text", "text", text,
                                            "strong", (int) is_strong));
}

void
bm_desk_add_sheet_rule (json_t *blocks)
{
  json_array_append_new (blocks, json_pack ("{s:s}", "type", "rule"));
}

/* Where it was printed, and when. */
void
bm_desk_add_sheet_origin (BmDesk *self, json_t *blocks)
{
  g_autoptr (GDateTime) now = bm_clock_dup_local (self->setup->clock);
  g_autofree char *moment = bm_words_moment (now);
  g_autofree char *place = bm_words_place (self->setup->village_name, self->setup->terminal);

  bm_desk_add_sheet_text (blocks, place, FALSE);
  bm_desk_add_sheet_text (blocks, moment, FALSE);
  bm_desk_add_sheet_rule (blocks);
}

/* One sheet to the desk's printer; who asked for it is audited as @event. @blocks: (transfer full). */
gboolean
bm_desk_print (BmDesk *self, const char *kind, const char *title, json_t *blocks, const char *event)
{
  g_autoptr (GError) error = NULL;
  json_t *sheet = json_pack ("{s:i, s:s, s:s, s:s, s:b, s:o}", "version", BM_SHEET_VERSION, "kind",
                             kind, "title", title, "station", self->setup->station_name, "demo",
                             (int) self->setup->is_demo, "blocks", blocks);

  if (!bm_sheet_check (sheet, &error))
    {
      g_critical ("sheet %s of the desk: %s", kind, error->message);
      json_decref (sheet);
      return FALSE;
    }
  bm_desk_add_effect (self, BM_DESK_EFFECT_PRINT)->json = sheet;
  bm_desk_audit (self, event, NULL);
  return TRUE;
}
