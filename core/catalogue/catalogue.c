/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-catalogue"

#include "core/catalogue/catalogue.h"

#include "core/catalogue/files.h"
#include "core/catalogue/privacy.h"
#include "core/catalogue/shape.h"
#include "core/error.h"

#include <string.h>

#define MAX_FILE  (256 * 1024)
#define MAX_FILES 256

/*
 * Invariants: every service in the list passed table and rules; ids are unique, and so are the places
 * on the first page; a fault never takes another service with it.
 */

struct _BmCatalogue
{
  gatomicrefcount ref_count;
  GPtrArray *services; /* of json_t, in the order of their files' names */
  GPtrArray *faults;   /* of BmCatalogueFault */
};

/* The line of the fault, and a message that names it: "cert.pension.json:12: /label: …". */
static void
add_fault_at (BmCatalogue *self,
              const char *file,
              const char *text,
              const char *path,
              const GError *error)
{
  guint line = path != NULL ? bm_shape_find_line (text, path) : 1;
  const char *detail =
    g_str_has_prefix (error->message, "service: ") ? error->message + 9 : error->message;

  bm_files_add_fault (self->faults, file, line, detail);
}

static const char *
find_clash (BmCatalogue *self, json_t *service)
{
  json_t *home = json_object_get (service, "home");
  json_int_t slot = json_integer_value (json_object_get (home, "slot"));
  const char *place = json_string_value (json_object_get (home, "frame"));

  if (bm_catalogue_find (self, json_string_value (json_object_get (service, "id"))) != NULL)
    return "/id";
  if (slot > 0 && bm_catalogue_find_slot (self, (guint) slot) != NULL)
    return "/home/slot";
  if (place != NULL && bm_catalogue_find_frame (self, place) != NULL)
    return "/home/frame";
  return NULL;
}

/**
 * bm_catalogue_add_text:
 * @self: a catalogue
 * @name: the file's name, for messages
 * @text: (array length=length): its content
 * @length: bytes
 *
 * Takes one service; when it does not fit it becomes a fault.
 */
void
bm_catalogue_add_text (BmCatalogue *self, const char *name, const char *text, gsize length)
{
  g_autofree char *copy = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  json_t *service;
  const char *clash;

  g_return_if_fail (self != NULL && name != NULL && text != NULL);

  if (length > MAX_FILE || self->services->len >= MAX_FILES)
    {
      bm_files_add_fault (self->faults, name, 0,
                          "too large, or too many services; split or remove it");
      return;
    }
  copy = g_strndup (text, length);
  service = bm_files_get_json (self->faults, name, text, length);
  if (service == NULL)
    return;
  if (!bm_shape_check_service (service, &path, &error) ||
      !bm_catalogue_check_rules (service, &path, &error) ||
      !bm_privacy_check (service, &path, &error))
    add_fault_at (self, name, copy, path, error);
  else if ((clash = find_clash (self, service)) != NULL)
    {
      error = g_error_new (BM_ERROR, BM_ERROR_INVALID, "%s: another service has it; choose another",
                           clash);
      add_fault_at (self, name, copy, clash, error);
    }
  else
    g_ptr_array_add (self->services, json_incref (service));
  json_decref (service);
}

static void
add_file (BmCatalogue *self, const char *folder, const char *name)
{
  gsize length = 0;
  g_autofree char *text = bm_files_read (self->faults, folder, name, &length);

  if (text != NULL)
    bm_catalogue_add_text (self, name, text, length);
}

gboolean
bm_catalogue_put_text (BmCatalogue *self, const char *name, const char *text, gsize length)
{
  guint n_faults, place;
  json_t *old = NULL;

  g_return_val_if_fail (self != NULL && name != NULL && text != NULL, FALSE);

  n_faults = self->faults->len;
  for (place = 0; place < self->services->len && old == NULL; place++)
    {
      json_t *service = g_ptr_array_index (self->services, place);

      if (g_strcmp0 (json_string_value (json_object_get (service, "id")), name) == 0)
        old = json_incref (service);
    }
  if (old != NULL)
    g_ptr_array_remove_index (self->services, --place);
  bm_catalogue_add_text (self, name, text, length);
  if (self->faults->len > n_faults && old != NULL)
    g_ptr_array_insert (self->services, (gint) place, json_incref (old));
  json_decref (old);
  return self->faults->len == n_faults;
}

/**
 * bm_catalogue_add_folder:
 * @self: a catalogue
 * @folder: a folder with *.json
 *
 * Reads every service file of the folder, in the order of names.
 */
void
bm_catalogue_add_folder (BmCatalogue *self, const char *folder)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError) error = NULL;

  g_return_if_fail (self != NULL && folder != NULL);

  names = bm_files_list (folder, "catalogue", &error);
  if (names == NULL)
    bm_files_add_fault (self->faults, folder, 0, error->message);
  for (guint i = 0; names != NULL && i < names->len; i++)
    add_file (self, folder, g_ptr_array_index (names, i));
}

/**
 * bm_catalogue_load:
 * @folder: a folder with *.json
 * @error: return location for %BM_ERROR_NOT_FOUND: the folder cannot be read
 *
 * Loads the services of a station. A file that does not fit is no error: see bm_catalogue_get_faults().
 *
 * Returns: (transfer full): the catalogue
 */
BmCatalogue *
bm_catalogue_load (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  BmCatalogue *self;

  g_return_val_if_fail (folder != NULL, NULL);

  names = bm_files_list (folder, "catalogue", error);
  if (names == NULL)
    return NULL;
  self = g_new0 (BmCatalogue, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->services = g_ptr_array_new_with_free_func ((GDestroyNotify) json_decref);
  self->faults = bm_files_new_faults ();
  for (guint i = 0; i < names->len; i++)
    add_file (self, folder, g_ptr_array_index (names, i));
  return self;
}

/**
 * bm_catalogue_ref:
 * @self: a catalogue
 *
 * Returns: (transfer full): @self
 */
BmCatalogue *
bm_catalogue_ref (BmCatalogue *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * bm_catalogue_unref:
 * @self: (transfer full) (nullable): a catalogue
 *
 * Drops a reference.
 */
void
bm_catalogue_unref (BmCatalogue *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->faults);
  g_free (self);
}

/**
 * bm_catalogue_get_faults:
 * @self: a catalogue
 *
 * Returns: (transfer none) (element-type BmCatalogueFault): files that were set aside, and why
 */
GPtrArray *
bm_catalogue_get_faults (BmCatalogue *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->faults;
}

/**
 * bm_catalogue_get_count:
 * @self: a catalogue
 *
 * Returns: how many services there are
 */
guint
bm_catalogue_get_count (BmCatalogue *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->services->len;
}

/**
 * bm_catalogue_get:
 * @self: a catalogue
 * @index: below bm_catalogue_get_count()
 *
 * Returns: (transfer none): a service
 */
json_t *
bm_catalogue_get (BmCatalogue *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->services->len, NULL);
  return g_ptr_array_index (self->services, index);
}

/**
 * bm_catalogue_find:
 * @self: a catalogue
 * @id: (nullable): a service's id
 *
 * Returns: (transfer none) (nullable): the service
 */
json_t *
bm_catalogue_find (BmCatalogue *self, const char *id)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->services->len; i++)
    {
      json_t *service = g_ptr_array_index (self->services, i);

      if (g_strcmp0 (json_string_value (json_object_get (service, "id")), id) == 0)
        return service;
    }
  return NULL;
}

/**
 * bm_catalogue_find_slot:
 * @self: a catalogue
 * @slot: 1 to 4
 *
 * Returns: (transfer none) (nullable): the service of that tile on the first page
 */
json_t *
bm_catalogue_find_slot (BmCatalogue *self, guint slot)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->services->len; i++)
    {
      json_t *service = g_ptr_array_index (self->services, i);
      json_t *home = json_object_get (service, "home");

      if (json_integer_value (json_object_get (home, "slot")) == (json_int_t) slot)
        return service;
    }
  return NULL;
}

/**
 * bm_catalogue_find_frame:
 * @self: a catalogue
 * @place: name of a place in the frame
 *
 * Returns: (transfer none) (nullable): the service that sits there
 */
json_t *
bm_catalogue_find_frame (BmCatalogue *self, const char *place)
{
  g_return_val_if_fail (self != NULL && place != NULL, NULL);

  for (guint i = 0; i < self->services->len; i++)
    {
      json_t *service = g_ptr_array_index (self->services, i);
      json_t *home = json_object_get (service, "home");

      if (g_strcmp0 (json_string_value (json_object_get (home, "frame")), place) == 0)
        return service;
    }
  return NULL;
}

gint
bm_catalogue_find_step (json_t *service, const char *name)
{
  json_t *step;
  gsize i;

  json_array_foreach (json_object_get (service, "flow"), i, step)
  {
    if (g_strcmp0 (json_string_value (step), name) == 0)
      return (gint) i;
  }
  return -1;
}

gboolean
bm_catalogue_has_step (json_t *service, const char *name)
{
  return bm_catalogue_find_step (service, name) >= 0;
}
