/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/written.h"

#include <string.h>

/*
 * Words for what has no button. Nobody types them here: whoever wants them calls the staff, says them,
 * and a helper who is signed in at the desk writes them; then they are read back like every answer.
 *
 * Invariants: nothing that the desk never sees is offered to be written there (domain §2.21a rule 5);
 * words are taken from the desk only, and only while this person waits for them.
 */

/* Of a fact: with the largest letters one has to fit a part of a page. */
#define PIECE 16

/* The field that staff may fill with words now, or NULL. */
static json_t *
find_field (BmSession *self)
{
  json_t *field;
  gsize i;

  if (self->card == NULL || bm_session_is_anonymous (self) || bm_session_is_hidden (self))
    return NULL;
  json_array_foreach (json_object_get (self->service, "fields"), i, field)
  {
    if (strcmp (bm_text_get (field, "type"), "text") == 0 &&
        strcmp (bm_text_get (field, "who"), "helper") == 0)
      return field;
  }
  return NULL;
}

/**
 * bm_session_get_written:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the words that a helper wrote for this matter
 */
const char *
bm_session_get_written (BmSession *self)
{
  json_t *field = find_field (self);

  return field != NULL
           ? json_string_value (json_object_get (self->fields, bm_text_get (field, "id")))
           : NULL;
}

/* Of the read-back: what was written, and that it may be. */

/* Where @at is cut: after the last mark of its second half, or where a piece is full. */
static const char *
find_end (const char *at)
{
  glong length = g_utf8_strlen (at, -1);
  const char *full = g_utf8_offset_to_pointer (at, MIN (length, PIECE));
  const char *half = g_utf8_offset_to_pointer (at, MIN (length, PIECE / 2));

  for (const char *end = full; length > PIECE && end > half; end = g_utf8_prev_char (end))
    if (!g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (end))))
      return end;
  return full;
}

void
bm_session_add_written (BmSession *self, json_t *page)
{
  const char *at = bm_session_get_written (self);
  const char *label = at != NULL ? bm_text_pick (json_object_get (find_field (self), "label")) : "";

  while (at != NULL && *at != '\0')
    {
      const char *end = find_end (at);
      g_autofree char *piece = g_strndup (at, (gsize) (end - at));

      bm_page_add_fact (page, label, piece);
      bm_wipe (piece, strlen (piece));
      label = C_ ("fact", "and on");
      at = end;
    }
}

void
bm_session_offer_writing (BmSession *self, json_t *page)
{
  if (find_field (self) == NULL || !self->setup->has_desk)
    return;
  bm_page_add_choice (page, "write", "write",
                      bm_session_get_written (self) != NULL
                        ? C_ ("choice", "The staff's words are not right")
                        : C_ ("choice", "Let the staff write more"),
                      NULL);
}

static void
want_writing (BmSession *self, gboolean wanted)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_WANT_WITNESS);
  json_t *field = find_field (self);
  const char *written = bm_session_get_written (self);

  effect->flag = wanted && field != NULL;
  if (!effect->flag)
    return;
  effect->json =
    bm_session_make_hall (self, C_ ("desk", "Write for the person"),
                          C_ ("page", "Please say it slowly,\nthe staff write it for you."));
  json_object_set_new (effect->json, "text",
                       json_pack ("{s:s, s:i, s:s}", "label",
                                  bm_text_pick (json_object_get (field, "label")), "max",
                                  BM_WRITTEN_MAX, "value", written != NULL ? written : ""));
}

void
bm_session_begin_writing (BmSession *self)
{
  bm_session_go (self, BM_PAGE_WRITING);
  bm_session_call_help (self);
  want_writing (self, TRUE);
}

/* The desk is no longer asked; whatever the reason. */
void
bm_session_stop_writing (BmSession *self)
{
  if (bm_session_get_current (self) != BM_PAGE_WRITING)
    return;
  want_writing (self, FALSE);
  bm_session_stop_ringing (self);
}

static void
back_from_writing (BmSession *self)
{
  bm_session_stop_writing (self);
  bm_session_go (self, BM_PAGE_READBACK);
}

/**
 * bm_session_written:
 * @self: a session
 * @staff: who wrote
 * @text: what was written
 *
 * Takes the words if this person waits for them and they can stand in a matter; then they are read back.
 */
void
bm_session_written (BmSession *self, const char *staff, const char *text)
{
  json_t *field = find_field (self);

  if (bm_session_get_current (self) != BM_PAGE_WRITING || field == NULL || staff == NULL ||
      *staff == '\0' || !bm_written_is_fit (text))
    return;
  bm_session_audit (self, "written", staff); /* by whom, never what */
  if (self->fields == NULL)
    self->fields = json_object ();
  bm_session_forget_written (self);
  json_object_set_new (self->fields, bm_text_get (field, "id"), json_string (text));
  if (self->helper == NULL)
    self->helper = g_strdup (staff);
  self->active_boot_ms = bm_session_now (self);
  back_from_writing (self);
}

void
bm_session_forget_written (BmSession *self)
{
  json_t *field = find_field (self);
  json_t *old = field != NULL ? json_object_get (self->fields, bm_text_get (field, "id")) : NULL;

  if (old == NULL)
    return;
  json_incref (old);
  json_object_del (self->fields, bm_text_get (field, "id"));
  bm_json_wipe (old);
}

static gboolean
is_late (BmSession *self)
{
  return self->help_boot_ms != 0 && !self->is_help_answered &&
         bm_session_now (self) - self->help_boot_ms >= BM_HELP_MS;
}

static void
build_writing (BmSession *self, json_t *page)
{
  bm_page_set_picture (page, "ill-witness");
  bm_page_set_question (page, C_ ("page", "Please say it slowly,\nthe staff write it for you."),
                        FALSE);
  if (is_late (self))
    bm_page_add_line (page, "people", C_ ("page", "Nobody is here now."), FALSE);
  else
    bm_page_add_line (page, "read", C_ ("page", "Then you hear what was written."), FALSE);
  if (bm_session_get_written (self) != NULL)
    bm_page_add_choice (page, "drop", "no", C_ ("choice", "Leave the words out"), NULL);
  bm_page_add_choice (page, "as-it-is", "back", C_ ("choice", "Rather not write now"), NULL);
}

static gboolean
choose_writing (BmSession *self, const char *choice)
{
  if (strcmp (choice, "drop") == 0)
    bm_session_forget_written (self);
  back_from_writing (self);
  return TRUE;
}

const BmPageSpec bm_spec_writing = { .id = "writing",
                                     .template_name = "wait",
                                     .build = build_writing,
                                     .choose = choose_writing,
                                     .back = back_from_writing,
                                     .can_end = TRUE,
                                     .is_personal = TRUE };
