/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/entry/attachment.h"
#include "core/error.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/strokes/strokes.h"

#include <string.h>

/*
 * The signature. It is written with the finger and kept with its whole motion: as it came it goes into the
 * sealed attachments of the entry; pages and sheets get its shape alone. It does not make the matter valid by itself (a
 * drawing on a screen is no reliable electronic signature, domain §2.14), and it never stands in anybody's way: who does not
 * write presses a finger on the slip, before a witness.
 *
 * Invariants: what a face sends is parsed and judged here once more; what was written leaves the session
 * by the draft and by nothing else, and goes with the matter.
 */

static const char *const too_little =
  NC_ ("page", "Nothing is written yet.\nPlease write in the box.");
static const char *const not_taken = NC_ ("page", "That was too much.\nPlease write it once more.");

static const char *
get_strokes (BmSession *self, const char *field)
{
  return json_string_value (json_object_get (self->drawings, field));
}

static void
forget_strokes (BmSession *self, const char *field)
{
  json_t *old = json_object_get (self->drawings, field);

  if (old == NULL)
    return;
  json_incref (old);
  json_object_del (self->drawings, field);
  bm_json_wipe (old);
}

/**
 * bm_session_dup_drawing:
 * @self: a session
 * @field: id of a field
 *
 * Returns: (transfer full) (nullable): what was written there, without its times, in base64; for
 *          bm_wipe_string()
 */
char *
bm_session_dup_drawing (BmSession *self, const char *field)
{
  const char *text = get_strokes (self, field);
  g_autoptr (BmStrokes) strokes = text != NULL ? bm_strokes_parse (text, NULL) : NULL;
  g_autoptr (BmStrokes) thin = strokes != NULL ? bm_strokes_thin (strokes) : NULL;

  return thin != NULL ? bm_strokes_to_text (thin) : NULL;
}

/**
 * bm_session_dup_strokes:
 * @self: a session
 * @field: a field of type signature
 *
 * Returns: (transfer full) (nullable): the bytes of the attachment that its writing becomes
 */
GBytes *
bm_session_dup_strokes (BmSession *self, json_t *field)
{
  const char *text = get_strokes (self, bm_text_get (field, "id"));
  g_autoptr (BmStrokes) strokes = text != NULL ? bm_strokes_parse (text, NULL) : NULL;

  if (strokes == NULL || g_strcmp0 (bm_session_get_answer (self, field), BM_SIGN_DRAWN) != 0)
    return NULL;
  return bm_strokes_to_bytes (strokes);
}

/**
 * bm_session_get_signatures:
 * @self: a session
 *
 * What was written, as it came; in the order of the fields whose value is #BM_SIGN_DRAWN.
 *
 * Returns: (transfer full) (nullable) (element-type BmAttachment): attachments of the draft
 */
GPtrArray *
bm_session_get_signatures (BmSession *self)
{
  GPtrArray *signatures = NULL;
  json_t *field;

  for (guint i = 0; (field = bm_session_get_asked (self, i)) != NULL; i++)
    {
      g_autoptr (GBytes) bytes = bm_session_dup_strokes (self, field);

      if (bytes == NULL)
        continue;
      if (signatures == NULL)
        signatures =
          g_ptr_array_new_with_free_func ((GDestroyNotify) (GCallback) bm_attachment_free);
      g_ptr_array_add (signatures, bm_attachment_new (BM_STROKES_MIME, bytes));
    }
  return signatures;
}

/* Written */

static void
build_sign (BmSession *self, json_t *page)
{
  json_t *field = bm_session_get_field (self);
  const char *id = bm_text_get (field, "id");
  char *drawing = bm_session_dup_drawing (self, id);
  json_t *input;

  bm_session_add_question (page, field);
  bm_page_set_input (page, C_ ("page", "Write here with a finger;\na circle will do"), 1, 1);
  input = json_object_get (page, "input");
  json_object_set_new (input, "field", json_string (id));
  if (drawing != NULL)
    json_object_set_new (input, "drawing", json_string (drawing));
  bm_wipe_string (drawing);
  bm_page_set_complaints (page, bm_language_translate ("page", too_little),
                          bm_language_translate ("page", not_taken),
                          bm_language_translate ("page", too_little));
  bm_session_add_problem (self, page);
  bm_page_add_choice (page, "cannot", "finger", C_ ("choice", "I cannot write"), NULL);
  bm_session_add_skip (page, field);
  json_object_set_new (json_object_get (page, "frame"), "next",
                       json_string (C_ ("frame", "Written")));
}

static gboolean
take_strokes (BmSession *self, const char *text)
{
  const char *id = bm_text_get (bm_session_get_field (self), "id");
  g_autoptr (BmStrokes) strokes = bm_strokes_parse (text, NULL);

  if (strokes == NULL || !bm_strokes_is_enough (strokes))
    {
      bm_session_set_problem (self, NULL, strokes == NULL ? not_taken : too_little);
      return TRUE;
    }
  if (self->drawings == NULL)
    self->drawings = json_object ();
  forget_strokes (self, id);
  json_object_set_new (self->drawings, id, json_string (text));
  bm_session_store_answer (self, BM_SIGN_DRAWN);
  return TRUE;
}

/* What stands there from before is meant still. */
static void
keep_strokes (BmSession *self)
{
  if (get_strokes (self, bm_text_get (bm_session_get_field (self), "id")) != NULL)
    bm_session_store_answer (self, BM_SIGN_DRAWN);
  else
    bm_session_set_problem (self, NULL, too_little);
}

static gboolean
choose_sign (BmSession *self, const char *choice)
{
  if (strcmp (choice, "cannot") == 0)
    {
      self->problem = NULL;
      bm_session_go (self, BM_PAGE_MARK);
      return TRUE;
    }
  forget_strokes (self, bm_text_get (bm_session_get_field (self), "id"));
  return bm_session_choose_field (self, choice);
}

const BmPageSpec bm_spec_sign = { .id = "sign",
                                  .template_name = "signature",
                                  .build = build_sign,
                                  .choose = choose_sign,
                                  .sign = take_strokes,
                                  .next = keep_strokes,
                                  .back = bm_session_back_from_field,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

/* With a finger-print instead, on paper */

static void
build_mark (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("page", "A finger-print\ncounts the same."), FALSE);
  bm_page_add_line (page, "slip", C_ ("page", "The slip has a box for it."), FALSE);
  bm_page_add_line (page, "person", C_ ("page", "The staff help you press it."), FALSE);
  bm_page_add_choice (page, "mark", "finger", C_ ("choice", "I press my finger"), "primary");
  bm_page_add_choice (page, "write", "write", C_ ("choice", "I write after all"), NULL);
}

static void
back_from_mark (BmSession *self)
{
  bm_session_go (self, BM_PAGE_SIGN);
}

static gboolean
choose_mark (BmSession *self, const char *choice)
{
  if (strcmp (choice, "mark") != 0)
    {
      back_from_mark (self);
      return TRUE;
    }
  forget_strokes (self, bm_text_get (bm_session_get_field (self), "id"));
  bm_session_store_answer (self, BM_SIGN_MARK);
  return TRUE;
}

const BmPageSpec bm_spec_mark = { .id = "mark",
                                  .template_name = "choice",
                                  .build = build_mark,
                                  .choose = choose_mark,
                                  .back = back_from_mark,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };
