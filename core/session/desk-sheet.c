/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/session/desk-private.h"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/words.h"
#include "core/sheet/sheet.h"

/*
 * Sheets that the desk prints for itself: no person and no case stands on them.
 */

#define SIGN_ROOM "\n　\n　\n＿＿＿＿＿＿＿＿＿＿"

void
bm_desk_add_sheet_text (json_t *blocks, const char *text, gboolean is_strong)
{
  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:b}", "type", "text", "text", text,
                                            "strong", (int) is_strong));
}

void
bm_desk_add_sheet_pair (json_t *blocks, const char *label, const char *value, gboolean is_strong)
{
  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s, s:b}", "type", "pair", "label", label,
                                            "value", value, "strong", (int) is_strong));
}

/* Who signs, and room above a line to do it: one block, so that no page ends between them. */
void
bm_desk_add_sheet_line_to_sign (json_t *blocks, const char *who)
{
  g_autofree char *text = g_strconcat (who, SIGN_ROOM, NULL);

  bm_desk_add_sheet_text (blocks, text, FALSE);
}

/* What there is room for, each with its own line to write on; ends with NULL. */
char *
bm_desk_dup_sheet_rooms (const char *first, ...)
{
  GString *rooms = g_string_new (NULL);
  va_list names;

  va_start (names, first);
  for (const char *name = first; name != NULL; name = va_arg (names, const char *))
    g_string_append_printf (rooms, "%s%s " BM_DESK_ROOM, rooms->len > 0 ? "\n" : "", name);
  va_end (names);
  return g_string_free (rooms, FALSE);
}

void
bm_desk_add_sheet_boxed (json_t *blocks, const char *text)
{
  json_array_append_new (blocks, json_pack ("{s:s, s:s}", "type", "boxed", "text", text));
}

/* Room to write in. */
void
bm_desk_add_sheet_gap (json_t *blocks, int mm)
{
  json_array_append_new (blocks, json_pack ("{s:s, s:i}", "type", "gap", "mm", mm));
}

/* Of who cannot write: a box for the finger, and lines for who saw it. */
void
bm_desk_add_sheet_finger (json_t *blocks)
{
  json_array_append_new (blocks, json_pack ("{s:s, s:s, s:s}", "type", "signature", "label",
                                            C_ ("form", "Or a finger-print, with two witnesses"),
                                            "drawing", ""));
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

void
bm_desk_add_sheet_trouble (BmDesk *self, json_t *page)
{
  const char *printer = bm_text_get (self->overview, "printer");
  const BmReason *reason = bm_reason_find (BM_REASON_PRINTER, printer);
  g_autofree char *sentence = NULL;

  if (*printer == '\0' || reason->actor == BM_REASON_NOBODY)
    return;
  sentence = bm_reason_dup_sentence (reason);
  bm_desk_add_broken (page, "no-paper", sentence, TRUE);
}

/**
 * bm_desk_print:
 * @self: a desk
 * @kind: of the sheet
 * @title: on it
 * @blocks: (transfer full): what stands on it
 * @event: as which is audited who asked for it
 *
 * One sheet to the desk's printer.
 *
 * Returns: which print that is, as %BM_DESK_EVENT_SHEET_STORED will name it; 0: it is no sheet
 */
gint64
bm_desk_print (BmDesk *self, const char *kind, const char *title, json_t *blocks, const char *event)
{
  g_autoptr (GError) error = NULL;
  json_t *sheet = json_pack ("{s:i, s:s, s:s, s:s, s:b, s:o}", "version", BM_SHEET_VERSION, "kind",
                             kind, "title", title, "station", self->setup->station_name, "demo",
                             (int) self->setup->is_demo, "blocks", blocks);
  BmDeskEffect *effect;

  if (!bm_sheet_check (sheet, &error))
    {
      g_critical ("sheet %s of the desk: %s", kind, error->message);
      json_decref (sheet);
      return 0;
    }
  effect = bm_desk_add_effect (self, BM_DESK_EFFECT_PRINT);
  effect->json = sheet;
  effect->number = ++self->sheet_serial;
  bm_desk_audit (self, event, NULL);
  return self->sheet_serial;
}
