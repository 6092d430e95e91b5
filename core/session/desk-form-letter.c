/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/language/language.h"
#include "core/session/desk-private.h"

/*
 * 代办委托书 (domain §5.6): the paper with which somebody lets another act, to be filled in by hand and read aloud
 * before it is signed. Nothing of anybody stands on it when it is printed. Two copies: one stays with the station, one
 * with who signed it.
 *
 * What is to be handed over is named matter by matter; there is no line for everything (Civil Code art. 165).
 */

static void
add_people (json_t *blocks)
{
  g_autofree char *giver =
    bm_desk_dup_sheet_rooms (C_ ("form", "Name"), C_ ("form", "Card"), C_ ("form", "Phone"), NULL);
  g_autofree char *agent =
    bm_desk_dup_sheet_rooms (C_ ("form", "Name"), C_ ("form", "Card"), C_ ("form", "Phone"),
                             C_ ("form", "Related"), NULL);

  g_autofree char *reason = g_strconcat (BM_DESK_ROOM, C_ ("form", " I cannot come"), NULL);

  bm_desk_add_sheet_pair (blocks, C_ ("form", "I am"), giver, FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Because"), reason, FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "I ask"), agent, FALSE);
}

static void
add_scope (json_t *blocks)
{
  g_autofree char *from =
    g_strdup_printf ("%s %s", C_ ("form", "From"), C_ ("form", "day ____ / __ / __"));
  g_autofree char *until =
    g_strdup_printf ("%s %s", C_ ("form", "Until"), C_ ("form", "day ____ / __ / __"));
  g_autofree char *term = g_strdup_printf ("%s\n%s", from, until);

  bm_desk_add_sheet_pair (blocks, C_ ("form", "To do"), "□ " BM_DESK_ROOM "\n□ " BM_DESK_ROOM,
                          FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "May"),
                          C_ ("form",
                              "□ hand in papers\n□ sign that they came\n□ ask how far it is"),
                          FALSE);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Term"), term, FALSE);
}

json_t *
bm_desk_make_letter (void)
{
  json_t *blocks = json_array ();

  bm_desk_add_sheet_pair (blocks, C_ ("form", "Number"), BM_DESK_ROOM, FALSE);
  bm_desk_add_sheet_rule (blocks);
  add_people (blocks);
  bm_desk_add_sheet_rule (blocks);
  add_scope (blocks);
  bm_desk_add_sheet_boxed (blocks,
                           C_ ("form",
                               "May not: take my money, certify, change accounts;\nnor let a "
                               "third one do it"));
  bm_desk_add_sheet_text (
    blocks,
    C_ ("form", "I can end this at any time, I only have to tell the station.\nOriginals come "
                "back to me when it is done."),
    FALSE);
  bm_desk_add_sheet_text (blocks, C_ ("form", "This was read to me, and I understood it."), TRUE);
  bm_desk_add_sheet_line_to_sign (blocks, C_ ("form", "Signed:"));
  bm_desk_add_sheet_finger (blocks);
  bm_desk_add_sheet_pair (blocks, C_ ("form", "Day"), C_ ("form", "day ____ / __ / __"), FALSE);
  bm_desk_add_sheet_text (blocks,
                          C_ ("form", "Two of these: one for who signs, one for the station."),
                          FALSE);
  return blocks;
}
