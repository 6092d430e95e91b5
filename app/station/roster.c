/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/roster.h"

#include "app/station/duty.h"
#include "core/error.h"

#include <string.h>

struct _BmStaff
{
  char *id;
  char *name;
  BmRole role;
  char *pin;   /* a bm_password_hash() */
  GArray *kin; /* of guint8[BM_TAG_LEN] */
};

struct _BmRoster
{
  gint ref_count;

  gint64 version;
  GPtrArray *staff; /* of BmStaff */
  GArray *duty;     /* of BmDutySpan */
};

static const char *const role_names[] = {
  [BM_ROLE_HELPER] = "helper",
  [BM_ROLE_HEAD] = "head",
  [BM_ROLE_AGENT] = "agent",
  [BM_ROLE_MAINTENANCE] = "maintenance",
};

static void
staff_free (BmStaff *self)
{
  g_free (self->id);
  g_free (self->name);
  bm_wipe_string (self->pin);
  g_clear_pointer (&self->kin, g_array_unref);
  g_free (self);
}

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID, "Roster: %s", what);
  return FALSE;
}

static char *
dup_text (json_t *object, const char *key, gsize max)
{
  const char *text = json_string_value (json_object_get (object, key));

  if (text == NULL || *text == '\0' || strlen (text) > max)
    return NULL;
  return g_strdup (text);
}

static gboolean
parse_role (json_t *value, BmRole *ret_role)
{
  const char *text = json_string_value (value);

  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (role_names); i++)
    if (g_str_equal (role_names[i], text))
      {
        *ret_role = (BmRole) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_tag (json_t *value, guint8 ret_tag[BM_TAG_LEN])
{
  const char *text = json_string_value (value);

  if (text == NULL || strlen (text) != 2 * BM_TAG_LEN)
    return FALSE;
  for (guint i = 0; i < BM_TAG_LEN; i++)
    {
      gint high = g_ascii_xdigit_value (text[2 * i]);
      gint low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      ret_tag[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

static gboolean
parse_kin (BmStaff *self, json_t *kin)
{
  gsize index;
  json_t *value;

  self->kin = g_array_new (FALSE, FALSE, BM_TAG_LEN);
  if (kin == NULL)
    return TRUE;
  if (!json_is_array (kin) || json_array_size (kin) > BM_ROSTER_MAX_KIN)
    return FALSE;
  json_array_foreach (kin, index, value)
  {
    guint8 tag[BM_TAG_LEN];

    if (!parse_tag (value, tag))
      return FALSE;
    g_array_append_vals (self->kin, tag, 1);
  }
  return TRUE;
}

static BmStaff *
parse_staff (json_t *row)
{
  BmStaff *self = g_new0 (BmStaff, 1);

  self->id = dup_text (row, "id", 16);
  self->name = dup_text (row, "name", 120);
  self->pin = dup_text (row, "pin", 400);
  if (self->id == NULL || self->name == NULL || self->pin == NULL ||
      !parse_role (json_object_get (row, "role"), &self->role) ||
      !parse_kin (self, json_object_get (row, "kin")))
    {
      staff_free (self);
      return NULL;
    }
  return self;
}

static gboolean
parse_document (BmRoster *self, json_t *document, GError **error)
{
  json_t *staff = json_object_get (document, "staff");
  gsize index;
  json_t *row;

  self->version = json_integer_value (json_object_get (document, "version"));
  if (self->version < 1)
    return invalid (error, "it has no version");
  if (!json_is_array (staff) || json_array_size (staff) > BM_ROSTER_MAX_STAFF)
    return invalid (error, "staff is not a list, or too long");
  json_array_foreach (staff, index, row)
  {
    BmStaff *person = parse_staff (row);

    if (person == NULL)
      return invalid (error, "a person needs id, name, role and pin; kin are 32 hex digits each");
    if (bm_roster_find (self, person->id) != NULL)
      {
        staff_free (person);
        return invalid (error, "two people have the same id");
      }
    g_ptr_array_add (self->staff, person);
  }
  self->duty = bm_duty_parse (json_object_get (document, "duty"), error);
  return self->duty != NULL;
}

/**
 * bm_roster_new:
 * @document: the roster document
 * @error: %BM_ERROR_INVALID
 *
 * Returns: (transfer full): the roster
 */
BmRoster *
bm_roster_new (json_t *document, GError **error)
{
  g_autoptr (BmRoster) self = g_new0 (BmRoster, 1);

  self->ref_count = 1;
  self->staff = g_ptr_array_new_with_free_func ((GDestroyNotify) staff_free);
  if (!parse_document (self, document, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bm_roster_new_from_bytes:
 * @document: the roster document as it came down, verified by whoever took it
 * @error: %BM_ERROR_INVALID, %BM_ERROR_LIMIT
 *
 * Returns: (transfer full): the roster
 */
BmRoster *
bm_roster_new_from_bytes (GBytes *document, GError **error)
{
  gsize len;
  const char *data;
  json_t *value;
  BmRoster *self;

  g_return_val_if_fail (document != NULL, NULL);

  data = g_bytes_get_data (document, &len);
  if (len > BM_ROSTER_MAX_BYTES)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_LIMIT, "Roster: longer than %d bytes",
                   BM_ROSTER_MAX_BYTES);
      return NULL;
    }
  value = json_loadb (data, len, JSON_REJECT_DUPLICATES, NULL);
  if (value == NULL)
    {
      invalid (error, "not JSON");
      return NULL;
    }
  self = bm_roster_new (value, error);
  json_decref (value);
  return self;
}

BmRoster *
bm_roster_ref (BmRoster *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
bm_roster_unref (BmRoster *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_clear_pointer (&self->staff, g_ptr_array_unref);
  g_clear_pointer (&self->duty, g_array_unref);
  g_free (self);
}

gint64
bm_roster_get_version (BmRoster *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->version;
}

const BmStaff *
bm_roster_find (BmRoster *self, const char *id)
{
  g_return_val_if_fail (self != NULL && id != NULL, NULL);

  for (guint i = 0; i < self->staff->len; i++)
    {
      const BmStaff *staff = g_ptr_array_index (self->staff, i);

      if (g_str_equal (staff->id, id))
        return staff;
    }
  return NULL;
}

json_t *
bm_roster_dup_public (BmRoster *self, GDateTime *now)
{
  json_t *list = json_array ();

  g_return_val_if_fail (self != NULL && now != NULL, list);

  for (guint i = 0; i < self->staff->len; i++)
    {
      const BmStaff *staff = g_ptr_array_index (self->staff, i);

      json_array_append_new (list,
                             json_pack ("{s:s, s:s, s:s, s:[]}", "id", staff->id, "name",
                                        staff->name, "role", role_names[staff->role], "duty"));
    }
  return list;
}

gboolean
bm_roster_is_open (BmRoster *self, GDateTime *now)
{
  g_return_val_if_fail (self != NULL && now != NULL, TRUE);

  return bm_duty_is_open (self->duty, now);
}

json_t *
bm_roster_dup_duty (BmRoster *self, GDateTime *now)
{
  g_return_val_if_fail (self != NULL && now != NULL, NULL);

  return bm_duty_describe (self->duty, now);
}

const char *
bm_staff_get_id (const BmStaff *self)
{
  return self->id;
}

const char *
bm_staff_get_name (const BmStaff *self)
{
  return self->name;
}

BmRole
bm_staff_get_role (const BmStaff *self)
{
  return self->role;
}

const char *
bm_staff_get_pin_hash (const BmStaff *self)
{
  return self->pin;
}

gboolean
bm_staff_is_kin (const BmStaff *self, const guint8 tag[BM_TAG_LEN])
{
  for (guint i = 0; i < self->kin->len; i++)
    if (memcmp (self->kin->data + (gsize) i * BM_TAG_LEN, tag, BM_TAG_LEN) == 0)
      return TRUE;
  return FALSE;
}

gboolean
bm_staff_may_witness (const BmStaff *self)
{
  switch (self->role)
    {
    case BM_ROLE_HELPER:
    case BM_ROLE_HEAD:
    case BM_ROLE_AGENT:
      return TRUE;
    case BM_ROLE_MAINTENANCE:
    default:
      return FALSE;
    }
}
