/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/language/language.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * Somebody in the hall says that there is danger (domain §6, 危险). The screen is filled, also when it is
 * locked, and says no name; it rings until somebody goes, and stays until somebody telephoned or saw that
 * it was nothing. That the hall stopped calling does not end it: the danger may not have.
 */

#define RING_MS (8 * 1000)
#define TASK_MS \
  (60 * 1000) /* unanswered this long, it becomes a task too: a restart forgets a ring */

static void
build_danger (BmDesk *self, json_t *page)
{
  bm_page_set_picture (page, "warn");
  bm_page_set_question (
    page,
    self->has_gone
      ? C_ ("desk", "Somebody went there.\nWas 110 / 119 / 120 called?")
      : C_ (
          "desk",
          "Somebody in the hall says\nthere is danger. Go there at once\nand call 110 / 119 / 120 for them."),
    TRUE);
  if (!self->has_gone)
    {
      bm_page_set_earcon (page, "attention");
      bm_page_add_choice (page, "went", "person", C_ ("choice", "I am going"), "primary");
    }
  bm_page_add_choice (page, "called", "yes", C_ ("choice", "It was called"),
                      self->has_gone ? "primary" : NULL);
  if (self->has_gone)
    bm_page_add_choice (page, "nothing", "no", C_ ("choice", "I looked, no call needed"), NULL);
}

static void
answer (BmDesk *self)
{
  if (!self->has_gone)
    bm_desk_add_effect (self, BM_DESK_EFFECT_HELP_SEEN);
  self->has_gone = TRUE;
}

static gboolean
choose_danger (BmDesk *self, const char *choice)
{
  bm_desk_audit (self, "danger-answered", choice);
  answer (self);
  if (strcmp (choice, "went") != 0)
    self->is_danger = self->has_gone = FALSE;
  return TRUE;
}

const BmDeskSpec bm_desk_danger = { .id = "desk-danger",
                                    .template_name = "desk-alert",
                                    .build = build_danger,
                                    .choose = choose_danger };

/**
 * bm_desk_take_help:
 * @self: a desk
 * @is_wanted: whether the hall calls
 * @what: (nullable): "danger", or an ordinary call
 *
 * The hall calls, or stopped calling.
 */
void
bm_desk_take_help (BmDesk *self, gboolean is_wanted, const char *what)
{
  gboolean is_danger = is_wanted && g_strcmp0 (what, "danger") == 0;

  self->is_help_wanted = is_wanted && !is_danger;
  bm_desk_look (self);
  if (!is_danger)
    return;
  bm_desk_audit (self, "danger-called", NULL);
  self->is_danger = TRUE;
  self->has_gone = FALSE;
  self->rang_boot_ms = self->called_boot_ms = bm_desk_now (self);
}

static void
leave_task (BmDesk *self)
{
  bm_desk_add_effect (self, BM_DESK_EFFECT_AUDIT)->json =
    json_pack ("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "what", "contact", "kind", "danger", "seat",
               "hall", "name", "", "group", "", "service", "", "at_ms",
               (json_int_t) bm_clock_get_wall_ms (self->setup->clock));
  self->called_boot_ms = 0;
  bm_desk_look (self);
}

/**
 * bm_desk_is_danger:
 * @self: a desk
 *
 * Returns: whether a call about danger covers the screen
 */
gboolean
bm_desk_is_danger (BmDesk *self)
{
  g_return_val_if_fail (BM_IS_DESK (self), FALSE);

  return self->is_danger;
}

/* Shown anew, it is said anew. */
void
bm_desk_tick_danger (BmDesk *self)
{
  if (!self->is_danger || self->has_gone || bm_desk_now (self) - self->rang_boot_ms < RING_MS)
    return;
  if (self->called_boot_ms != 0 && bm_desk_now (self) - self->called_boot_ms >= TASK_MS)
    leave_task (self);
  self->rang_boot_ms = bm_desk_now (self);
  self->must_emit = TRUE;
}
