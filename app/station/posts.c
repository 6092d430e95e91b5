/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "config.h"

#include "app/station/station-private.h"

#include "core/catalogue/post.h"
#include "core/catalogue/text.h"
#include "core/error.h"

/*
 * What the centre has to say: words to the staff go to the desk, what is for the village hangs in the hall. The ledger took
 * only what is signed and fits (core/catalogue/document.h); what is past its day the session leaves out.
 */

static BmGuides *
read_guides (GError **error)
{
  const char *assets = g_getenv ("BIANMIN_ASSETS");
  g_autofree char *folder =
    g_build_filename (assets != NULL ? assets : BM_PKGDATADIR, "guides", NULL);

  return bm_guides_load (folder, error);
}

/* The station works without them. */
void
bm_station_load_guides (BmStation *self)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *faults;

  self->guides = read_guides (&error);
  if (self->guides == NULL)
    {
      g_warning ("%s", error->message);
      return;
    }
  faults = bm_guides_get_faults (self->guides);
  for (guint i = 0; i < faults->len; i++)
    g_warning ("guides: %s", ((BmCatalogueFault *) faults->pdata[i])->message);
}

gboolean
bm_station_check_guides (GError **error)
{
  g_autoptr (BmGuides) guides = read_guides (error);
  GPtrArray *faults = guides != NULL ? bm_guides_get_faults (guides) : NULL;

  if (faults == NULL)
    return FALSE;
  if (faults->len == 0)
    return TRUE;
  g_set_error_literal (error, BM_ERROR, BM_ERROR_INVALID,
                       ((BmCatalogueFault *) faults->pdata[0])->message);
  return FALSE;
}

static json_t *
parse (json_t *item)
{
  json_t *text = json_object_get (item, "text");

  return json_loadb (json_string_value (text), json_string_length (text), JSON_REJECT_DUPLICATES,
                     NULL);
}

/* @list: (transfer full). A session holds the object that was there before. */
static void
hang (BmStation *self, const char *key, json_t *list)
{
  json_t *posts = self->posts != NULL ? json_copy (self->posts) : json_object ();

  json_object_set_new (posts, key, list);
  json_decref (self->posts);
  self->posts = posts;
  if (self->hall != NULL)
    bm_seat_set_posts (self->hall, self->posts);
}

void
bm_station_take_notices (BmStation *self, json_t *list)
{
  json_t *posts = json_array ();
  json_t *item;
  gsize i;

  g_clear_pointer (&self->notices, json_decref);
  self->notices = json_array ();
  json_array_foreach (list, i, item)
  {
    json_t *notice = parse (item);

    if (bm_post_is_for_village (notice))
      {
        json_object_set (notice, "name", json_object_get (item, "name"));
        json_array_append (posts, notice);
      }
    else if (*bm_text_get (notice, "text") != '\0')
      json_array_append (self->notices, json_object_get (notice, "text"));
    json_decref (notice);
  }
  hang (self, "notices", posts);
}

void
bm_station_take_warnings (BmStation *self, json_t *list)
{
  json_t *warnings = json_array ();
  json_t *item;
  gsize i;

  json_array_foreach (list, i, item)
  {
    json_array_append_new (warnings, parse (item));
  }
  hang (self, "warnings", warnings);
}
