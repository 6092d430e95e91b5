/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform"

#include "sync/platform/platform-cases-private.h"

#include "core/entry/number.h"
#include "core/people/id-number.h"
#include "sync/platform/backend-behalf.h"

#include <string.h>

/*
 * Which cases are about the same, and which says of which that it was not solved.
 *
 * Invariants: a case without a name is never compared by person, since there is none; only an answered
 * case can be reopened, only one of the same service, and only by the same person (without a name: by the
 * same station, which saw the slip). Whatever else a newer entry claims of an older number, it is a case
 * of its own and the older one does not change. A paper form (补录) that was entered twice, at two terminals or
 * on a disk that was put back, is one matter: the later case repeats the first; and a letter of authority (代办) that was
 * used before is refused, since it is for one matter. What is kept of a person here is a MAC.
 */

#define META_LINK_KEY "link-key"

static const char *
get_field (const BmBackendCase *kase, const char *id)
{
  const char *text =
    json_string_value (json_object_get (json_object_get (kase->payload, "fields"), id));

  return text != NULL ? text : "";
}

gboolean
bm_platform_ensure_link_key (BmPlatform *self, GError **error)
{
  g_autofree char *known = NULL;
  g_autoptr (BmKey) key = NULL;
  char *text;
  gboolean is_kept;

  if (!bm_platform_store_begin (self->store, error))
    return FALSE;
  known = bm_platform_store_dup_meta (self->store, META_LINK_KEY, NULL);
  if (known != NULL)
    {
      bm_platform_store_rollback (self->store); /* only read */
      bm_wipe_string (g_steal_pointer (&known));
      return TRUE;
    }
  key = bm_key_generate (BM_KEY_SYMMETRIC, error);
  text = key != NULL ? bm_key_to_string (key) : NULL;
  is_kept = text != NULL && bm_platform_store_set_meta (self->store, META_LINK_KEY, text, error);
  bm_wipe_string (text);
  return bm_platform_store_end (self->store, is_kept, error);
}

/* @text: (transfer full): what becomes a MAC */
static GBytes *
make_mac (BmPlatform *self, char *text)
{
  char *key_text = bm_platform_store_dup_meta (self->store, META_LINK_KEY, NULL);
  g_autoptr (BmKey) key = key_text != NULL ? bm_key_new_from_string (key_text, NULL) : NULL;
  guint8 mac[BM_SM3_LEN];

  bm_wipe_string (key_text);
  if (key != NULL)
    bm_hmac_sm3 (key, text, strlen (text), mac);
  bm_wipe_string (text);
  return key != NULL ? g_bytes_new (mac, sizeof mac) : NULL;
}

/* Person, service and what it is about; NULL for a case of nobody. */
static GBytes *
make_about (BmPlatform *self, const BmBackendCase *kase)
{
  g_autofree char *person = bm_id_number_fold (get_field (kase, "p.idno"));

  if (*person == '\0')
    return NULL;
  return make_mac (self,
                   g_strdup_printf ("%s|%s|%s", person, kase->service, get_field (kase, "q.what")));
}

/* 代办: a letter of one person's, whoever brings it and whatever for. */
static GBytes *
make_letter (BmPlatform *self, const BmBackendCase *kase)
{
  json_t *letter = json_object_get (json_object_get (kase->payload, "behalf"), "letter");
  const char *number = json_string_value (json_object_get (letter, "number"));
  g_autofree char *person = bm_id_number_fold (get_field (kase, "p.idno"));

  if (number == NULL || *person == '\0')
    return NULL;
  return make_mac (self, g_strdup_printf ("letter|%.12s|%s|%s", kase->number, person, number));
}

/* 补录: a village's terminals share the numbers of its paper forms. NULL for a case that came of none. */
static GBytes *
make_form (BmPlatform *self, const BmBackendCase *kase)
{
  json_t *late = json_object_get (kase->payload, "late");
  const char *form = json_string_value (json_object_get (late, "form"));
  guint terminal, label, serial;

  if (form == NULL || !bm_form_number_split (form, &terminal, &label, &serial))
    return NULL;
  return make_mac (self, g_strdup_printf ("form|%.12s|%02u%02u%04u", kase->number, terminal, label,
                                          serial));
}

/* Whatever was decided of the first: one paper is one matter. Inside a transaction. */
gboolean
bm_platform_tell_repeat (BmPlatform *self, BmOpenCase *open, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (open->link->form == NULL)
    return TRUE;
  g_free (open->kase->repeats);
  open->kase->repeats =
    bm_backend_behalf_is (open->kase)
      ? bm_platform_store_find_letter (self->store, open->link->form, open->stored->id,
                                       &local_error)
      : bm_platform_store_find_form (self->store, open->link->form, open->stored->id, &local_error);
  if (open->kase->repeats != NULL && !bm_backend_behalf_is (open->kase))
    {
      g_free (open->link->same_as);
      open->link->same_as = g_strdup (open->kase->repeats);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

BmStoredLink *
bm_platform_make_link (BmPlatform *self, gint64 id, const BmBackendCase *kase, GError **error)
{
  g_autoptr (BmStoredLink) link = g_new0 (BmStoredLink, 1);
  g_autoptr (GError) local_error = NULL;

  link->id = id;
  link->replaces = g_strdup ("");
  link->about = make_about (self, kase);
  link->form = bm_backend_behalf_is (kase) ? make_letter (self, kase) : make_form (self, kase);
  if (link->about != NULL)
    link->same_as = bm_platform_store_find_same (self->store, link->about, id, &local_error);
  if (link->same_as == NULL)
    link->same_as = g_strdup ("");
  if (local_error == NULL)
    return g_steal_pointer (&link);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

static gboolean
is_same_person (const BmOpenCase *one, const BmOpenCase *other)
{
  g_autofree char *first = bm_id_number_fold (get_field (one->kase, "p.idno"));
  g_autofree char *second = bm_id_number_fold (get_field (other->kase, "p.idno"));

  if (strcmp (first, second) != 0)
    return FALSE;
  return *first != '\0' || one->stored->kiosk == other->stored->kiosk;
}

/* The case that a number stands for now: where it was reopened, the one that goes on in its place. */
static BmOpenCase *
load_newest (BmPlatform *self, const char *number, gint64 before)
{
  g_autoptr (GArray) ids = bm_platform_store_find_cases (self->store, number, NULL);
  g_autoptr (BmOpenCase) open = NULL;
  gint64 id = ids != NULL && ids->len > 0 ? g_array_index (ids, gint64, ids->len - 1) : 0;

  if (id == 0 || id >= before)
    return NULL;
  open = bm_platform_load_case (self, id, NULL);
  if (open != NULL && open->link->follows != 0)
    return bm_platform_load_case (self, open->link->follows, NULL);
  return g_steal_pointer (&open);
}

static const char *
find_order (const BmBackendCase *kase)
{
  json_t *item;
  gsize i;

  json_array_foreach (json_object_get (kase->payload, "evidence"), i, item)
  {
    if (g_strcmp0 (json_string_value (json_object_get (item, "class")), "visit") == 0)
      return json_string_value (json_object_get (item, "order"));
  }
  return NULL;
}

/* 上门: whose order it names. One that is not known here yet says nothing against it: it may come later. */
void
bm_platform_tell_visit (BmPlatform *self, BmOpenCase *open)
{
  const char *number = find_order (open->kase);
  g_autoptr (BmOpenCase) order = NULL;

  open->kase->is_visit_of_other = FALSE;
  if (number == NULL || !bm_number_is_valid (number))
    return;
  order = load_newest (self, number, open->stored->id);
  open->kase->is_visit_of_other = order != NULL && !is_same_person (open, order);
}

BmOpenCase *
bm_platform_find_reopened (BmPlatform *self, const BmOpenCase *open)
{
  const char *number = json_string_value (json_object_get (open->kase->payload, "replaces"));
  g_autoptr (BmOpenCase) older = NULL;

  if (number == NULL || !bm_number_is_valid (number))
    return NULL;
  older = load_newest (self, number, open->stored->id);
  if (older == NULL || strcmp (older->stored->state, "done") != 0 ||
      strcmp (older->kase->service, open->kase->service) != 0 || !is_same_person (open, older))
    return NULL;
  return g_steal_pointer (&older);
}
