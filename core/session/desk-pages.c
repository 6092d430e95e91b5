/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-desk"

#include "core/language/language.h"
#include "core/ports/reasons.h"
#include "core/session/desk-private.h"

#include <string.h>

/*
 * What every page of the desk has: the band above, the frame. Nothing is spoken: the hall would hear it.
 * Only danger is, without any name. Times are said by the minute, so that the page, and with it what a
 * finger is about to press, changes at most once a minute.
 */

const BmDeskSpec *
bm_desk_spec_of (BmDeskPage page)
{
  static const BmDeskSpec *const specs[BM_DESK_N_PAGES] = {
    [BM_DESK_LOCKED] = &bm_desk_locked,
    [BM_DESK_PIN] = &bm_desk_pin,
    [BM_DESK_CHECKING] = &bm_desk_checking,
    [BM_DESK_TODAY] = &bm_desk_today,
    [BM_DESK_WITNESS_PIN] = &bm_desk_witness_pin,
    [BM_DESK_WITNESS_CHECK] = &bm_desk_witness_check,
    [BM_DESK_NOTICE] = &bm_desk_notice,
    [BM_DESK_SLIP] = &bm_desk_slip,
    [BM_DESK_WAITING] = &bm_desk_waiting,
    [BM_DESK_DUE] = &bm_desk_due,
    [BM_DESK_CONTACTS] = &bm_desk_contacts,
    [BM_DESK_CONTACT] = &bm_desk_contact,
    [BM_DESK_VISITS] = &bm_desk_visits,
    [BM_DESK_VISIT] = &bm_desk_visit,
    [BM_DESK_VISIT_MOVE] = &bm_desk_visit_move,
    [BM_DESK_VISIT_GONE] = &bm_desk_visit_gone,
    [BM_DESK_FIND] = &bm_desk_find,
    [BM_DESK_FINDING] = &bm_desk_finding,
    [BM_DESK_CASES] = &bm_desk_cases,
    [BM_DESK_CASE] = &bm_desk_case,
    [BM_DESK_STICK] = &bm_desk_stick,
    [BM_DESK_CHECKUP] = &bm_desk_checkup,
    [BM_DESK_MISUSE] = &bm_desk_misuse,
    [BM_DESK_INDICATORS] = &bm_desk_indicators,
    [BM_DESK_FORMS] = &bm_desk_forms,
    [BM_DESK_FORM] = &bm_desk_form,
    [BM_DESK_OUTAGE] = &bm_desk_outage,
    [BM_DESK_CLOSE] = &bm_desk_close,
    [BM_DESK_LATE] = &bm_desk_late,
    [BM_DESK_LATE_FINDING] = &bm_desk_late_finding,
    [BM_DESK_LATE_NO] = &bm_desk_late_no,
    [BM_DESK_LATE_WHO] = &bm_desk_late_who,
    [BM_DESK_LATE_NAME] = &bm_desk_late_name,
    [BM_DESK_LATE_MATTER] = &bm_desk_late_matter,
    [BM_DESK_LATE_SAID] = &bm_desk_late_said,
    [BM_DESK_LATE_DAY] = &bm_desk_late_day,
    [BM_DESK_LATE_HALF] = &bm_desk_late_half,
    [BM_DESK_LATE_KNOWN] = &bm_desk_late_known,
    [BM_DESK_LATE_WITNESS] = &bm_desk_late_witness,
    [BM_DESK_LATE_READ] = &bm_desk_late_read,
    [BM_DESK_LATE_SECOND] = &bm_desk_late_second,
    [BM_DESK_LATE_PIN] = &bm_desk_late_pin,
    [BM_DESK_LATE_CHECKING] = &bm_desk_late_checking,
    [BM_DESK_LATE_COMMITTING] = &bm_desk_late_committing,
    [BM_DESK_LATE_DONE] = &bm_desk_late_done,
    [BM_DESK_BEHALF_WHO] = &bm_desk_behalf_who,
    [BM_DESK_BEHALF_NAME] = &bm_desk_behalf_name,
    [BM_DESK_BEHALF_LOOKING] = &bm_desk_behalf_looking,
    [BM_DESK_BEHALF_NO] = &bm_desk_behalf_no,
    [BM_DESK_BEHALF_MATTER] = &bm_desk_behalf_matter,
    [BM_DESK_BEHALF_WHERE] = &bm_desk_behalf_where,
    [BM_DESK_BEHALF_RELATION] = &bm_desk_behalf_relation,
    [BM_DESK_BEHALF_LETTER] = &bm_desk_behalf_letter,
    [BM_DESK_BEHALF_TERM] = &bm_desk_behalf_term,
    [BM_DESK_BEHALF_SIGNED] = &bm_desk_behalf_signed,
    [BM_DESK_BEHALF_WITNESS] = &bm_desk_behalf_witness,
    [BM_DESK_BEHALF_READ] = &bm_desk_behalf_read,
    [BM_DESK_BEHALF_HANDED] = &bm_desk_behalf_handed,
    [BM_DESK_TEXT] = &bm_desk_text,
    [BM_DESK_DANGER] = &bm_desk_danger,
  };

  return specs[page];
}

const BmDeskSpec *
bm_desk_get_spec (BmDesk *self)
{
  return bm_desk_spec_of (self->is_danger ? BM_DESK_DANGER : self->at);
}

static void
set_desk (BmDesk *self, json_t *page)
{
  const BmReason *link =
    bm_reason_find (BM_REASON_LINK, json_string_value (json_object_get (self->overview, "link")));
  const char *printer = json_string_value (json_object_get (self->overview, "printer"));
  g_autofree char *staff =
    self->staff != NULL
      ? g_strdup_printf ("%s %s", self->staff, bm_desk_get_staff_name (self, self->staff))
      : g_strdup (C_ ("desk", "Nobody is signed in"));
  json_t *desk = json_pack ("{s:s, s:s, s:b, s:n, s:{s:s, s:[]}}", "staff", staff, "link",
                            bm_reason_say_what (link), "is_help_wanted", (int) self->is_help_wanted,
                            "hall", "waiting", "total", "", "rows");

  if (printer != NULL)
    json_object_set_new (desk, "printer",
                         json_string (
                           bm_reason_say_what (bm_reason_find (BM_REASON_PRINTER, printer))));
  json_object_set_new (page, "desk", desk);
}

static char *
dup_clock (BmDesk *self)
{
  g_autoptr (GDateTime) time = bm_clock_dup_local (self->setup->clock);

  return time != NULL ? g_date_time_format (time, "%m-%d %H:%M") : g_strdup ("");
}

static void
set_frame (json_t *page, gboolean can_go_back)
{
  json_t *frame = json_object_get (page, "frame");

  json_object_set_new (frame, "help", json_string ("hidden"));
  json_object_set_new (frame, "back", json_boolean (can_go_back));
  json_object_set_new (frame, "end", json_false ());
}

json_t *
bm_desk_build_page (BmDesk *self)
{
  const BmDeskSpec *spec = bm_desk_get_spec (self);
  json_t *page = bm_page_new (spec->id, spec->template_name);
  g_autofree char *clock = dup_clock (self);
  g_autofree char *name = g_strdup_printf (C_ ("desk", "%s · Desk"), self->setup->village_name);

  set_desk (self, page);
  set_frame (page, spec->back != NULL);
  spec->build (self, page);
  bm_page_add_name (page, json_string_value (json_object_get (self->hall, "name")));
  bm_page_set_settings (page, self->scale, "medium", self->is_danger);
  bm_page_set_station (page, self->setup, clock, bm_desk_is_online (self));
  json_object_set_new (json_object_get (page, "station"), "name", json_string (name));
  bm_page_finish (page, self->is_danger);
  return page;
}
