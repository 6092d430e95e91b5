/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/text.h"
#include "core/crypto/crypto.h"
#include "core/entry/attachment.h"
#include "core/language/language.h"
#include "core/session/session-private.h"

#include <string.h>

/*
 * The photo of a paper. The person lays it under the camera and presses; what came is looked at, kept or taken
 * again. The station takes the picture (effect PHOTO), never the face: the face is shown it in small. It goes
 * into the sealed attachments of the entry as it came.
 *
 * No camera is ever a condition: the staff take the paper instead, on each of these pages, and within three seconds
 * a camera that does not answer is one that is not there.
 *
 * Invariants: a picture that comes too late, or that nobody asked for, is none. It leaves the session by the draft and
 * by nothing else, and goes with the matter.
 */

struct _BmSessionPhoto
{
  GBytes *whole;
  char *small;         /* base64 */
  const char *problem; /* (nullable): of those below, when it can hardly be read */
};

static const char *const problems[] = {
  [BM_PHOTO_NO_CAMERA] =
    NC_ ("page", "The camera does not answer.\nTry once more, or ask the staff."),
  [BM_PHOTO_DARK] = NC_ ("page", "It was too dark to read.\nPut it in the light, once more."),
  [BM_PHOTO_LARGE] = NC_ ("page", "That picture was too large.\nPlease take it once more."),
  [BM_PHOTO_BROKEN] = NC_ ("page", "That was no good picture.\nPlease take it once more."),
  [BM_PHOTO_BLURRED] = NC_ ("page", "The picture is blurred.\nHands off the paper, once more."),
  [BM_PHOTO_GLARE] = NC_ ("page", "A light shines on the paper.\nMove it a little, once more."),
};

static void
free_photo (gpointer data)
{
  BmSessionPhoto *photo = data;

  g_bytes_unref (photo->whole);
  bm_wipe_string (photo->small);
  g_free (photo);
}

static BmSessionPhoto *
find_photo (BmSession *self, const char *field)
{
  return self->photos != NULL ? g_hash_table_lookup (self->photos, field) : NULL;
}

static const char *
get_id (BmSession *self)
{
  return bm_text_get (bm_session_get_field (self), "id");
}

/**
 * bm_session_forget_photos:
 * @self: a session
 *
 * The device's own bytes are wiped with their last owner, which is the draft.
 */
void
bm_session_forget_photos (BmSession *self)
{
  g_clear_pointer (&self->photos, g_hash_table_unref);
  self->shot_boot_ms = 0;
}

/**
 * bm_session_get_photo:
 * @self: a session
 * @field: id of a field
 *
 * Returns: (nullable): what was photographed there, in small and in base64
 */
const char *
bm_session_get_photo (BmSession *self, const char *field)
{
  BmSessionPhoto *photo = find_photo (self, field);

  return photo != NULL ? photo->small : NULL;
}

GBytes *
bm_session_get_photo_bytes (BmSession *self, const char *field)
{
  BmSessionPhoto *photo = find_photo (self, field);

  return photo != NULL ? photo->whole : NULL;
}

/**
 * bm_session_add_photos:
 * @self: a session
 * @attachments: (transfer full) (nullable) (element-type BmAttachment): those that are there already
 *
 * What was photographed, in the order of the fields whose value is #BM_PAPER_PHOTO.
 *
 * Returns: (transfer full) (nullable) (element-type BmAttachment): attachments of the draft
 */
GPtrArray *
bm_session_add_photos (BmSession *self, GPtrArray *attachments)
{
  json_t *field;

  for (guint i = 0; (field = bm_session_get_asked (self, i)) != NULL; i++)
    {
      BmSessionPhoto *photo = find_photo (self, bm_text_get (field, "id"));

      if (photo == NULL || g_strcmp0 (bm_session_get_answer (self, field), BM_PAPER_PHOTO) != 0)
        continue;
      if (attachments == NULL)
        attachments =
          g_ptr_array_new_with_free_func ((GDestroyNotify) (GCallback) bm_attachment_free);
      g_ptr_array_add (attachments, bm_attachment_new (BM_PHOTO_MIME, photo->whole));
    }
  return attachments;
}

/**
 * bm_session_count_papers:
 * @service: (nullable): a service's file
 * @fields: (nullable): what was answered, or what a slip has kept of it
 *
 * Returns: how many papers went along as pictures
 */
guint
bm_session_count_papers (json_t *service, json_t *fields)
{
  guint n = 0;
  json_t *field;
  gsize i;

  json_array_foreach (json_object_get (service, "fields"), i, field)
  {
    const char *value = json_string_value (json_object_get (fields, bm_text_get (field, "id")));

    n +=
      strcmp (bm_text_get (field, "type"), "photo") == 0 && g_strcmp0 (value, BM_PAPER_PHOTO) == 0;
  }
  return n;
}

/* Laid under the camera */

static void
add_staff (json_t *page, const char *kind)
{
  bm_page_add_choice (page, "staff", "people", C_ ("choice", "No picture, ask the staff"), kind);
}

static void
build_photo (BmSession *self, json_t *page)
{
  gboolean is_gone = self->problem == problems[BM_PHOTO_NO_CAMERA];

  bm_session_add_question (page, bm_session_get_field (self));
  bm_page_set_picture (page, "ill-paper");
  if (self->problem != NULL)
    bm_page_add_line (page, "warn", bm_language_translate ("page", self->problem), TRUE);
  else
    bm_page_add_line (page, NULL, C_ ("page", "Lay the paper flat,\nunder the camera."), FALSE);
  bm_page_add_choice (page, "take", "camera", C_ ("choice", "Take the picture"),
                      is_gone ? NULL : "primary");
  add_staff (page, is_gone ? "primary" : NULL);
  bm_session_add_skip (page, bm_session_get_field (self));
}

static void
shoot (BmSession *self)
{
  BmEffect *effect = bm_session_add_effect (self, BM_EFFECT_PHOTO);

  effect->number = ++self->shot;
  self->shot_boot_ms = bm_session_now (self);
  self->problem = NULL;
  bm_session_go (self, BM_PAGE_SHOT);
}

static gboolean
choose_photo (BmSession *self, const char *choice)
{
  if (strcmp (choice, "take") == 0)
    {
      shoot (self);
      return TRUE;
    }
  if (self->photos != NULL)
    g_hash_table_remove (self->photos, get_id (self));
  if (strcmp (choice, "staff") != 0)
    return bm_session_choose_field (self, choice);
  bm_session_call_help (self);
  bm_session_store_answer (self, BM_PAPER_STAFF);
  return TRUE;
}

const BmPageSpec bm_spec_photo = { .id = "photo",
                                   .template_name = "photo",
                                   .build = build_photo,
                                   .choose = choose_photo,
                                   .back = bm_session_back_from_field,
                                   .can_end = TRUE,
                                   .is_personal = TRUE };

/* Being taken */

static void
build_shot (BmSession *self, json_t *page)
{
  (void) self;
  bm_page_set_question (page, C_ ("page", "Please hold still."), FALSE);
  bm_page_set_picture (page, "ill-paper");
  add_staff (page, NULL);
}

/* What was asked for and comes yet is not waited for. */
static void
leave_shot (BmSession *self)
{
  self->shot_boot_ms = 0;
  bm_session_go (self, BM_PAGE_PHOTO);
}

static gboolean
choose_shot (BmSession *self, const char *choice)
{
  self->shot_boot_ms = 0;
  return choose_photo (self, choice);
}

const BmPageSpec bm_spec_shot = { .id = "photo-shot",
                                  .template_name = "photo",
                                  .build = build_shot,
                                  .choose = choose_shot,
                                  .back = leave_shot,
                                  .can_end = TRUE,
                                  .is_personal = TRUE };

static void
complain (BmSession *self, BmPhotoState state)
{
  self->shot_boot_ms = 0;
  self->problem = problems[state];
  bm_session_go (self, BM_PAGE_PHOTO);
}

static void
keep_photo (BmSession *self, BmPhotoState state, GBytes *whole, GBytes *small)
{
  BmSessionPhoto *photo = g_new0 (BmSessionPhoto, 1);
  gsize len;
  const guint8 *data = g_bytes_get_data (small, &len);

  photo->whole = g_bytes_ref (whole);
  photo->small = g_base64_encode (data, len);
  photo->problem = problems[state];
  if (self->photos == NULL)
    self->photos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_photo);
  g_hash_table_replace (self->photos, g_strdup (get_id (self)), photo);
  self->shot_boot_ms = 0;
  bm_session_go (self, BM_PAGE_PHOTO_TAKEN);
}

/**
 * bm_session_take_photo:
 * @self: a session
 * @event: of type PHOTO
 *
 * What the camera gave for a press; one that nobody waits for any more is dropped.
 */
void
bm_session_take_photo (BmSession *self, const BmEvent *event)
{
  BmPhotoState state = (BmPhotoState) event->code;

  if (self->shot_boot_ms == 0 || event->number != self->shot ||
      bm_session_get_current (self) != BM_PAGE_SHOT)
    return;
  g_return_if_fail (event->code >= BM_PHOTO_OK && event->code <= BM_PHOTO_LAST);

  if (bm_photo_state_has_picture (state) && (g_bytes_get_size (event->whole) > BM_PHOTO_MAX_BYTES ||
                                             g_bytes_get_size (event->small) > BM_PHOTO_MAX_SMALL))
    state = BM_PHOTO_LARGE;
  if (bm_photo_state_has_picture (state))
    keep_photo (self, state, event->whole, event->small);
  else
    complain (self, state);
}

/* The other way is offered within three seconds, whatever the device does. */
void
bm_session_tick_photo (BmSession *self, gint64 now)
{
  if (self->shot_boot_ms != 0 && now - self->shot_boot_ms >= BM_PHOTO_MS &&
      bm_session_get_current (self) == BM_PAGE_SHOT)
    complain (self, BM_PHOTO_NO_CAMERA);
}

/* Looked at. What the machine cannot read may be good enough all the same: the person says so. */

static void
build_taken (BmSession *self, json_t *page)
{
  BmSessionPhoto *photo = find_photo (self, get_id (self));
  const char *problem = photo != NULL ? photo->problem : NULL;

  bm_page_set_question (page, C_ ("page", "Can it be read?"), FALSE);
  if (photo != NULL)
    json_object_set_new (page, "photo", json_string (photo->small));
  if (problem != NULL)
    {
      bm_page_add_line (page, "warn", bm_language_translate ("page", problem), TRUE);
      bm_page_add_choice (page, "take", "again", C_ ("choice", "Take it again"), "primary");
    }
  bm_page_add_choice (page, "keep", "yes", C_ ("choice", "Use this one"),
                      problem == NULL ? "primary" : NULL);
  if (problem == NULL)
    bm_page_add_choice (page, "take", "again", C_ ("choice", "Take it again"), NULL);
  add_staff (page, NULL);
}

static gboolean
choose_taken (BmSession *self, const char *choice)
{
  if (strcmp (choice, "keep") != 0)
    return choose_photo (self, choice);
  bm_session_store_answer (self, BM_PAPER_PHOTO);
  return TRUE;
}

const BmPageSpec bm_spec_photo_taken = { .id = "photo-taken",
                                         .template_name = "photo",
                                         .build = build_taken,
                                         .choose = choose_taken,
                                         .back = bm_session_back_from_field,
                                         .can_end = TRUE,
                                         .is_personal = TRUE };

/* Where the question begins: what was taken before is shown again. */
BmPageId
bm_session_find_photo_page (BmSession *self, json_t *field)
{
  return find_photo (self, bm_text_get (field, "id")) != NULL ? BM_PAGE_PHOTO_TAKEN : BM_PAGE_PHOTO;
}
