/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-core"

#include "core/checkup/checkup.h"

#include "core/catalogue/text.h"
#include "core/language/language.h"

#include <string.h>

#define LOW_MIB     1024 /* a year of a busy station's entries without attachments is about 200 */
#define DAY_MS      (24 * 60 * 60 * G_GINT64_CONSTANT (1000))
#define SOON_MS     (30 * DAY_MS) /* a renewal is asked for at every contact long before */
#define TOO_LONG_MS (7 * DAY_MS)  /* so long the shortest term of a matter is (domain §2) */

typedef const char *(*Look) (json_t *status);

typedef struct
{
  const char *id;
  BmReasonKind kind;
  Look look;         /* gives the keyword */
  const char *label; /* msgid in context "checkup" */
} Check;

static json_t *
at (json_t *object, const char *group, const char *key)
{
  return json_object_get (json_object_get (object, group), key);
}

static const char *
ledger_text (json_t *status, const char *key)
{
  return json_string_value (at (status, "ledger", key));
}

static const char *
look_at_link (json_t *status)
{
  return json_string_value (at (status, "link", "state"));
}

static const char *
look_at_printer (json_t *status)
{
  return ledger_text (status, "printer");
}

static const char *
look_at_reader (json_t *status)
{
  return ledger_text (status, "reader");
}

static const char *
look_at_social (json_t *status)
{
  const char *state = ledger_text (status, "social_reader");

  return state != NULL ? state : "none";
}

static const char *
look_at_camera (json_t *status)
{
  const char *state = json_string_value (json_object_get (status, "camera"));

  return state != NULL ? state : "none";
}

static const char *
look_at_microphone (json_t *status)
{
  const char *state = json_string_value (json_object_get (status, "microphone"));

  return state != NULL ? state : "none";
}

static const char *
look_at_scanner (json_t *status)
{
  const char *state = json_string_value (json_object_get (status, "scanner"));

  return state != NULL ? state : "none";
}

static const char *
look_at_usb (json_t *status)
{
  const char *state = json_string_value (at (status, "usb", "state"));

  return state != NULL ? state : "none";
}

static const char *
look_at_clock (json_t *status)
{
  return json_string_value (at (status, "clock", "state"));
}

static const char *
look_at_disk (json_t *status)
{
  const gint64 free_mib =
    json_integer_value (at (json_object_get (status, "ledger"), "disk", "free_mib"));

  if (g_strcmp0 (ledger_text (status, "takes"), "full") == 0 ||
      g_strcmp0 (json_string_value (at (status, "trouble", "code")), "full") == 0)
    return "full";
  return free_mib < LOW_MIB ? "low" : "room";
}

static const char *
look_at_journal (json_t *status)
{
  json_t *ledger = json_object_get (status, "ledger");

  if (!json_is_true (at (ledger, "chain", "ok")))
    return "broken";
  return json_integer_value (at (ledger, "kept", "verified_ms")) > 0 ? "whole" : "unchecked";
}

/* A right of this machine that ends is told before it ends: the line may be away for weeks. */
static const char *
look_at_certificate (json_t *status)
{
  json_t *certificate = json_object_get (status, "certificate");
  const gint64 left_ms = json_integer_value (json_object_get (certificate, "until_ms")) -
                         json_integer_value (at (status, "clock", "wall_ms"));

  if (!json_is_object (certificate) || left_ms <= 0)
    return "expired";
  return left_ms < SOON_MS ? "soon" : "valid";
}

static const char *
look_at_packs (json_t *status)
{
  return json_string_value (at (status, "packs", "state"));
}

static const char *
look_at_services (json_t *status)
{
  if (json_integer_value (at (status, "catalogue", "services")) == 0)
    return "nothing";
  if (json_array_size (at (status, "catalogue", "faults")) > 0)
    return "broken";
  return json_string_length (at (status, "catalogue", "unwitnessed")) > 0 ? "no-witness"
                                                                          : "complete";
}

static const char *
look_at_outbox (json_t *status)
{
  json_t *waiting = at (status, "ledger", "waiting");
  const gint64 oldest_ms = json_integer_value (json_object_get (waiting, "oldest_ms"));
  const gint64 age_ms = json_integer_value (at (status, "clock", "wall_ms")) - oldest_ms;

  if (json_integer_value (json_object_get (waiting, "held")) > 0)
    return "stuck";
  if (json_integer_value (json_object_get (waiting, "total")) == 0)
    return "empty";
  return oldest_ms > 0 && age_ms > TOO_LONG_MS ? "old" : "moving";
}

static const Check checks[] = {
  { "printer", BM_REASON_PRINTER, look_at_printer, NC_ ("checkup", "Printer") },
  { "reader", BM_REASON_READER, look_at_reader, NC_ ("checkup", "Card reader") },
  { "social", BM_REASON_SOCIAL, look_at_social, NC_ ("checkup", "Social-security cards") },
  { "camera", BM_REASON_CAMERA, look_at_camera, NC_ ("checkup", "Camera") },
  { "microphone", BM_REASON_MICROPHONE, look_at_microphone, NC_ ("checkup", "Microphone") },
  { "scanner", BM_REASON_SCANNER, look_at_scanner, NC_ ("checkup", "Scanner") },
  { "usb", BM_REASON_USB, look_at_usb, NC_ ("checkup", "Plugged devices") },
  { "link", BM_REASON_LINK, look_at_link, NC_ ("checkup", "Network") },
  { "outbox", BM_REASON_OUTBOX, look_at_outbox, NC_ ("checkup", "What waits") },
  { "clock", BM_REASON_CLOCK, look_at_clock, NC_ ("checkup", "Clock") },
  { "disk", BM_REASON_DISK, look_at_disk, NC_ ("checkup", "Disk") },
  { "journal", BM_REASON_JOURNAL, look_at_journal, NC_ ("checkup", "Journal") },
  { "certificate", BM_REASON_CERTIFICATE, look_at_certificate, NC_ ("checkup", "Certificate") },
  { "packs", BM_REASON_PACKS, look_at_packs, NC_ ("checkup", "The centre's records") },
  { "services", BM_REASON_SERVICES, look_at_services, NC_ ("checkup", "Services") },
};

/* Somebody may have to act in the end, but the station does its work. */
static gboolean
is_bearable (const BmReason *reason)
{
  static const char *const keywords[] = {
    "media-low", "marker-supply-low", "toner-low", "low", "offline", "paused", "no-dns", NULL
  };

  /* "offline" of a printer is one that does not answer; of the line it is a village. */
  if (reason->kind == BM_REASON_PRINTER && reason->is_blocking)
    return FALSE;
  return reason->keyword != NULL && g_strv_contains (keywords, reason->keyword);
}

static BmCheckState
judge (const BmReason *reason, const char *keyword)
{
  if (g_strcmp0 (keyword, "none") == 0)
    return BM_CHECK_ABSENT;
  if (reason->act == NULL)
    return BM_CHECK_GOOD;
  return reason->actor == BM_REASON_NOBODY || is_bearable (reason) ? BM_CHECK_WATCH
                                                                   : BM_CHECK_FAULT;
}

static const char *
state_to_string (BmCheckState state)
{
  static const char *const names[] = { "good", "absent", "watch", "fault" };

  return names[state];
}

/* With what something is the matter, if that is known. */
static void
add_names (json_t *row, const Check *check, json_t *status)
{
  json_t *names = NULL;

  if (check->kind == BM_REASON_USB && bm_check_get_state (row) == BM_CHECK_FAULT)
    names = at (status, "usb", "ids");
  else if (strcmp (bm_text_get (row, "keyword"), "no-witness") == 0)
    names = at (status, "catalogue", "unwitnessed");
  if (json_string_length (names) > 0)
    json_object_set (row, "names", names);
}

/**
 * bm_checkup_new:
 * @status: what the station says of itself; borrowed
 *
 * Returns: (transfer full): the checkup
 */
json_t *
bm_checkup_new (json_t *status)
{
  json_t *checkup = json_array ();

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      const char *keyword = checks[i].look (status);
      const BmReason *reason = bm_reason_find (checks[i].kind, keyword);

      json_t *row = json_pack ("{s:s, s:s, s:s}", "id", checks[i].id, "state",
                               state_to_string (judge (reason, keyword)), "keyword",
                               keyword != NULL ? keyword : "unknown");

      add_names (row, &checks[i], status);
      json_array_append_new (checkup, row);
    }
  return checkup;
}

/* Rows */

static const Check *
find_check (json_t *row)
{
  const char *id = bm_text_get (row, "id");

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    if (strcmp (checks[i].id, id) == 0)
      return &checks[i];
  g_return_val_if_reached (&checks[0]);
}

BmCheckState
bm_check_get_state (json_t *row)
{
  const char *state = bm_text_get (row, "state");

  for (BmCheckState i = BM_CHECK_GOOD; i < BM_CHECK_FAULT; i++)
    if (strcmp (state, state_to_string (i)) == 0)
      return i;
  return BM_CHECK_FAULT;
}

const char *
bm_check_say_label (json_t *row)
{
  return bm_language_translate ("checkup", find_check (row)->label);
}

/**
 * bm_check_dup_sentence:
 * @row: of a checkup
 *
 * Returns: (transfer full): what is the matter and what to do
 */
char *
bm_check_dup_sentence (json_t *row)
{
  return bm_reason_dup_sentence_about (bm_reason_find (find_check (row)->kind,
                                                       bm_text_get (row, "keyword")),
                                       json_string_value (json_object_get (row, "names")));
}

gboolean
bm_checkup_has_fault (json_t *checkup)
{
  for (gsize i = 0; i < json_array_size (checkup); i++)
    if (bm_check_get_state (json_array_get (checkup, i)) == BM_CHECK_FAULT)
      return TRUE;
  return FALSE;
}

char *
bm_checkup_dup_faults (json_t *checkup)
{
  GString *faults = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (checkup); i++)
    {
      json_t *row = json_array_get (checkup, i);
      g_autofree char *names = g_strdup (json_string_value (json_object_get (row, "names")));

      if (bm_check_get_state (row) != BM_CHECK_FAULT)
        continue;
      g_string_append_printf (faults, "%s%s:%s", faults->len > 0 ? " " : "",
                              bm_text_get (row, "id"), bm_text_get (row, "keyword"));
      if (names != NULL && find_check (row)->kind == BM_REASON_USB)
        g_string_append_printf (faults, "=%s", g_strdelimit (names, " ", ','));
    }
  return g_string_free (faults, FALSE);
}
