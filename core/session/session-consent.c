/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/language/language.h"
#include "core/session/session-behalf.h"
#include "core/session/words.h"

#include <string.h>

/*
 * 单独同意: what is asked for beyond the notice (sensitive data, an authorisation) has a notice of its own, in short
 * sentences that are all said, and is agreed to or not; neither is proposed (domain §2.14). A field of type signature
 * that "signs" it is asked only when it was agreed to.
 *
 * What was answered is kept with the matter: which version, the words themselves by their hash, in which language and how
 * they were told, and, for what was signed, by which field and which strokes. Who does not agree to what is needed hears
 * what other way there is; then nothing is handed in.
 */

static json_t *
get_consent (BmSession *self)
{
  return json_object_get (bm_session_get_field (self), "consent");
}

static void
put_hash (json_t *record, const char *key, gconstpointer data, gsize length)
{
  guint8 hash[BM_SM3_LEN];
  char text[2 * BM_SM3_LEN + 1];

  bm_sm3 (data, length, hash);
  for (gsize i = 0; i < sizeof hash; i++)
    g_snprintf (text + 2 * i, 3, "%02x", hash[i]);
  json_object_set_new (record, key, json_string (text));
}

/* The words as they stood on the page: question and sentences, each without the line ends for the eye, one a line. */
static void
put_words (json_t *record, json_t *page)
{
  g_autofree char *question =
    bm_words_flatten (json_string_value (json_object_get (page, "question")));
  g_autoptr (GString) words = g_string_new (question);
  json_t *line;
  gsize i;

  json_array_foreach (json_object_get (page, "lines"), i, line)
  {
    g_autofree char *flat = bm_words_flatten (json_string_value (json_object_get (line, "text")));

    g_string_append_printf (words, "\n%s", flat);
  }
  put_hash (record, "words_sm3", words->str, words->len);
}

static void
record_consent (BmSession *self, const char *answer)
{
  const char *id = bm_text_get (bm_session_get_field (self), "id");
  json_t *record =
    json_pack ("{s:s, s:O, s:s, s:s, s:s, s:s, s:I}", "field", id, "version",
               json_object_get (get_consent (self), "version"), "answer", answer, "language",
               bm_session_get_language (self), "channel",
               self->is_spoken ? "screen+voice" : "screen", "by", bm_session_get_presser (self),
               "at_ms", (json_int_t) bm_clock_get_wall_ms (self->setup->clock));

  put_words (record, self->page);
  if (self->consents == NULL)
    self->consents = json_object ();
  json_object_set_new (self->consents, id, record);
}

/* By a tap, or by what stands below it. */
static json_t *
make_record (BmSession *self, json_t *record)
{
  json_t *made = json_deep_copy (record);
  json_t *field = NULL;

  json_object_set_new (made, "method", json_string ("tap"));
  for (guint i = 0; (field = bm_session_get_asked (self, i)) != NULL; i++)
    {
      const char *answer = bm_session_get_answer (self, field);
      g_autoptr (GBytes) strokes = NULL;

      if (answer == NULL ||
          !json_equal (json_object_get (field, "signs"), json_object_get (record, "field")))
        continue;
      json_object_set_new (made, "method",
                           json_string (strcmp (answer, BM_SIGN_DRAWN) == 0 ? "signature"
                                                                            : "finger-print"));
      json_object_set (made, "signed_in", json_object_get (field, "id"));
      strokes = bm_session_dup_strokes (self, field);
      if (strokes != NULL)
        put_hash (made, "strokes_sm3", g_bytes_get_data (strokes, NULL),
                  g_bytes_get_size (strokes));
    }
  return made;
}

/**
 * bm_session_dup_consents:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): what was agreed to and what not, in the order of the file; %NULL when
 *          nothing was asked
 */
json_t *
bm_session_dup_consents (BmSession *self)
{
  json_t *list = NULL;
  json_t *field;

  for (guint i = 0; (field = bm_session_get_asked (self, i)) != NULL; i++)
    {
      json_t *record = json_object_get (self->consents, bm_text_get (field, "id"));

      if (record == NULL || bm_session_get_answer (self, field) == NULL)
        continue;
      if (list == NULL)
        list = json_array ();
      json_array_append_new (list, make_record (self, record));
    }
  return list;
}

/**
 * bm_session_is_agreed:
 * @self: a session
 * @field: a field
 *
 * Returns: whether what @field signs was agreed to; also when it signs nothing
 */
gboolean
bm_session_is_agreed (BmSession *self, json_t *field)
{
  const char *signs = json_string_value (json_object_get (field, "signs"));

  return signs == NULL ||
         g_strcmp0 (json_string_value (json_object_get (self->fields, signs)), "yes") == 0;
}

/**
 * bm_session_make_signed_block:
 * @self: a session
 * @id: a field of type signature
 *
 * Returns: (transfer full) (nullable): the block that says above a signature what it is below
 */
json_t *
bm_session_make_signed_block (BmSession *self, const char *id)
{
  json_t *signature = bm_session_find_field (self, id);
  const char *signs = json_string_value (json_object_get (signature, "signs"));
  json_t *consent = signs != NULL ? bm_session_find_field (self, signs) : NULL;
  json_t *record = json_object_get (self->consents, signs != NULL ? signs : "");
  g_autofree char *value = NULL;

  if (consent == NULL || record == NULL)
    return NULL;
  /* Translators: %s is the version of what was agreed to, e.g. HD-2026.1 */
  value = g_strdup_printf (C_ ("fact", "agreed (%s)"),
                           json_string_value (json_object_get (record, "version")));
  return json_pack ("{s:s, s:s, s:s}", "type", "pair", "label",
                    bm_text_pick (json_object_get (consent, "label")), "value", value);
}

/* Asked */

static void
build_consent (BmSession *self, json_t *page)
{
  bm_session_add_question (page, bm_session_get_field (self));
  bm_session_add_lines (self, page, json_object_get (get_consent (self), "lines"), NULL);
  bm_page_add_choice (page, "agree", "yes", C_ ("choice", "I agree"), NULL);
  bm_page_add_choice (page, "disagree", "no", C_ ("choice", "I do not"), NULL);
}

static gboolean
choose_consent (BmSession *self, const char *choice)
{
  gboolean is_agreed = strcmp (choice, "agree") == 0;

  record_consent (self, is_agreed ? "yes" : "no");
  if (is_agreed || !json_is_true (json_object_get (get_consent (self), "needed")))
    bm_session_store_answer (self, is_agreed ? "yes" : "no");
  else
    bm_session_go (self, BM_PAGE_NO_CONSENT);
  return TRUE;
}

const BmPageSpec bm_spec_consent = { .id = "consent",
                                     .template_name = "notice",
                                     .build = build_consent,
                                     .choose = choose_consent,
                                     .back = bm_session_back_from_field,
                                     .can_end = TRUE,
                                     .is_personal = TRUE };

/* Not agreed to what is needed */

static void
build_no_consent (BmSession *self, json_t *page)
{
  bm_page_set_question (page, C_ ("page", "You need not agree.\nThen it cannot go on here."),
                        FALSE);
  bm_page_add_line (page, "no", C_ ("page", "Nothing is handed in."), FALSE);
  bm_session_add_manual_way (self, page);
  bm_page_add_choice (page, "again", "read", C_ ("choice", "Hear it once more"), NULL);
  bm_page_add_choice (page, "help", "help", C_ ("choice", "Call the staff"), NULL);
  bm_page_add_choice (page, "stop", "no", C_ ("choice", "Stop here"), NULL);
}

static void
back_to_consent (BmSession *self)
{
  bm_session_go (self, BM_PAGE_CONSENT);
}

static gboolean
choose_no_consent (BmSession *self, const char *choice)
{
  if (strcmp (choice, "again") == 0)
    back_to_consent (self);
  else if (strcmp (choice, "help") == 0)
    bm_session_call_help (self);
  else
    {
      bm_session_audit (self, "consent-declined", NULL);
      bm_session_close (self, "declined");
    }
  return TRUE;
}

const BmPageSpec bm_spec_no_consent = { .id = "no-consent",
                                        .template_name = "choice",
                                        .build = build_no_consent,
                                        .choose = choose_no_consent,
                                        .back = back_to_consent,
                                        .is_personal = TRUE };
