/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/session/session-behalf.h"

#include "core/catalogue/text.h"
#include "core/entry/attachment.h"
#include "core/language/language.h"
#include "core/people/name.h"

/*
 * 代办: what a matter, its evidence, its slip and its paper say of who acted for whom. Truthfully, and no more than
 * that: no number of anybody stands on paper.
 */

const char *
bm_session_get_presser (BmSession *self)
{
  return bm_session_is_behalf (self) ? "agent" : "self";
}

const char *
bm_session_say_behalf_way (void)
{
  return C_ ("behalf", "The agent's ID card and a letter of authority");
}

static json_t *
get_letter (BmSession *self)
{
  return json_object_get (self->behalf, "letter");
}

/* One letter, one matter: the scope is the matter that was ticked. */
static json_t *
make_letter (BmSession *self)
{
  json_t *letter = json_deep_copy (get_letter (self));

  json_object_set_new (letter, "scope",
                       json_pack ("[O]", json_object_get (self->behalf, "service")));
  json_object_set_new (letter, "paper", json_string (self->n_letters > 0 ? "scanned" : "kept"));
  json_object_set_new (letter, "pages", json_integer (self->n_letters));
  return letter;
}

json_t *
bm_session_make_behalf (BmSession *self)
{
  json_t *principal = json_object_get (self->behalf, "principal");

  return json_pack ("{s:{s:s, s:s, s:O}, s:o, s:O}", "agent", "name", self->agent->name, "idno",
                    self->agent->id_number, "relation", json_object_get (self->behalf, "relation"),
                    "letter", make_letter (self), "principal_by",
                    json_object_get (principal, "by"));
}

json_t *
bm_session_make_behalf_evidence (BmSession *self)
{
  return json_pack ("[{s:s, s:s, s:I}, {s:s, s:s}]", "class", "agent-card", "kind", "citizen",
                    "at_ms", (json_int_t) self->agent_wall_ms, "class", "letter", "kind",
                    self->n_letters > 0 ? "scanned" : "kept");
}

json_t *
bm_session_make_behalf_mark (BmSession *self)
{
  g_autofree char *agent = bm_name_mask (self->agent->name);

  return json_pack ("{s:s, s:O}", "agent", agent, "relation",
                    json_object_get (self->behalf, "relation"));
}

/* Whoever finds the slip learns neither name whole. */
void
bm_session_add_behalf_block (BmSession *self, json_t *blocks)
{
  g_autofree char *agent = bm_name_mask (self->agent->name);
  /* Translators: a masked name, how the two are related, the number of the letter. */
  g_autofree char *value =
    g_strdup_printf (C_ ("behalf", "%1$s\n(%2$s)\nLetter no. %3$s"), agent,
                     bm_behalf_say_relation (bm_text_get (self->behalf, "relation")),
                     bm_text_get (get_letter (self), "number"));

  bm_session_make_strong (bm_session_add_block_pair (blocks, C_ ("behalf", "Handed in by"), value));
}

/* The pictures of the letter, after what the matter itself has. */
GPtrArray *
bm_session_add_letter (BmSession *self, GPtrArray *attachments)
{
  if (self->behalf == NULL || self->n_letters == 0)
    return attachments;
  if (attachments == NULL)
    attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) (GCallback) bm_attachment_free);
  for (guint i = 1; i <= self->n_letters; i++)
    {
      g_autofree char *id = g_strdup_printf ("behalf.%u", i);
      GBytes *whole = bm_session_get_photo_bytes (self, id);

      if (whole != NULL)
        g_ptr_array_add (attachments, bm_attachment_new (BM_PHOTO_MIME, whole));
    }
  return attachments;
}
