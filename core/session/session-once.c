/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

/*
 * 一次性告知 (domain §5.5): everything that a matter asks for, told once, on the page and to take home. Who stands here
 * without the card is not sent away with half of it. Nothing of anybody is on it, and nothing is noted.
 *
 *   NO_CARD -- 要带什么 --> ONCE -- 打出来 --> ONCE_SLIP -- 下一步 --> ONCE -- 知道了 --> NO_CARD
 */

#define SHEET_WIDTH 12 /* hanzi of a line on the narrow roll */
#define LINE_WIDTH  16

gboolean
bm_session_can_tell_once (BmSession *self)
{
  return json_array_size (json_object_get (self->service, "materials")) > 0;
}

/* What is read from a card is not handed in: it goes home again. */
static char *
dup_material (json_t *material)
{
  const char *name = bm_text_pick (json_object_get (material, "name"));
  const char *source = bm_text_get (material, "source");

  return g_str_equal (source, "card") ? g_strdup_printf (C_ ("sheet", "%s, only looked at"), name)
                                      : g_strdup (name);
}

static json_int_t
get_days (BmSession *self)
{
  return json_integer_value (
    json_object_get (json_object_get (self->service, "sla"), "online_days"));
}

static char *
dup_term (BmSession *self)
{
  const json_int_t days = get_days (self);

  return days > 0 ? g_strdup_printf (C_ ("sheet", "about %u working days"), (guint) days) : NULL;
}

/* The sheet */

static void
add_materials (BmSession *self, json_t *blocks)
{
  json_t *material;
  gsize i;

  json_array_foreach (json_object_get (self->service, "materials"), i, material)
  {
    g_autofree char *text = dup_material (material);
    g_autofree char *ticked = g_strconcat ("□ ", text, NULL);

    bm_session_make_strong (bm_session_add_block_text (blocks, "lead", ticked));
  }
}

/* As a file of the catalogue would plan it; {…} is filled in by who presses the sheet. */
static json_t *
make_plan (BmSession *self)
{
  json_t *blocks = json_array ();
  g_autofree char *term = dup_term (self);
  g_autofree char *told =
    bm_words_break (bm_text_pick (json_object_get (self->service, "once_told")), SHEET_WIDTH);

  bm_session_make_strong (bm_session_add_block_pair (blocks, C_ ("sheet", "To do"), "{service}"));
  bm_session_add_block_rule (blocks);
  bm_session_add_block_text (blocks, "small", C_ ("sheet", "What to bring"));
  add_materials (self, blocks);
  bm_session_add_block_text (
    blocks, "body",
    C_ ("sheet", "With this it can be handed in.\nIf more is needed you are told once."));
  bm_session_add_block_rule (blocks);
  bm_session_add_block_text (blocks, "body", told);
  if (term != NULL)
    bm_session_add_block_pair (blocks, C_ ("sheet", "How long"), term);
  bm_session_add_block_pair (blocks, C_ ("sheet", "Decides"), "{agency}");
  bm_session_add_block_pair (blocks, C_ ("sheet", "Phone"),
                             C_ ("sheet", "Station {station_phone}"));
  bm_session_add_block_pair (blocks, C_ ("sheet", "Complaints"), "{supervision}");
  json_array_append_new (blocks,
                         json_pack ("{s:s, s:s, s:s}", "type", "boxed", "size", "body", "text",
                                    C_ ("sheet",
                                        "Whoever phones for money,\npasswords or codes\nis a "
                                        "swindler.")));
  return json_pack ("{s:s, s:o}", "title", C_ ("sheet", "Everything told once"), "blocks", blocks);
}

static void
print_once (BmSession *self)
{
  bm_session_print_sheet (self, "", bm_session_build_own_sheet (self, "told-once", make_plan),
                          "told-once-printed");
  bm_session_go (self, BM_PAGE_ONCE_SLIP);
}

/* The pages */

static void
build_once (BmSession *self, json_t *page)
{
  const char *told = bm_text_pick (json_object_get (self->service, "once_told"));
  g_autofree char *broken = bm_words_break (told, LINE_WIDTH);
  g_autofree char *term = dup_term (self);
  json_t *material;
  gsize i;

  bm_page_set_question (page, C_ ("page", "This has to be brought:"), FALSE);
  json_array_foreach (json_object_get (self->service, "materials"), i, material)
  {
    g_autofree char *text = dup_material (material);
    g_autofree char *line = bm_words_break (text, LINE_WIDTH);

    bm_page_add_line (page,
                      g_str_equal (bm_text_get (material, "source"), "card") ? "read-card" : "slip",
                      line, TRUE);
  }
  bm_page_add_line (page, NULL, broken, FALSE);
  if (term != NULL)
    bm_page_add_fact (page, C_ ("sheet", "How long"), term);
  bm_page_add_choice (page, "print", "slip", C_ ("choice", "Print it"), "primary");
  bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I see"), NULL);
}

static void
leave_once (BmSession *self)
{
  bm_session_go (self, BM_PAGE_NO_CARD);
}

static gboolean
choose_once (BmSession *self, const char *choice)
{
  if (g_str_equal (choice, "print"))
    print_once (self);
  else
    leave_once (self);
  return TRUE;
}

const BmPageSpec bm_spec_once = { .id = "told-once",
                                  .template_name = "choice",
                                  .build = build_once,
                                  .choose = choose_once,
                                  .back = leave_once,
                                  .can_end = TRUE };

static void
back_to_once (BmSession *self)
{
  bm_session_go (self, BM_PAGE_ONCE);
}

const BmPageSpec bm_spec_once_slip = { .id = "told-once-slip",
                                       .template_name = "print",
                                       .build = bm_session_build_loose_slip,
                                       .choose = bm_session_settle_paper,
                                       .next = back_to_once,
                                       .can_end = TRUE };
