/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-station"

#include "app/station/volumes-private.h"

#include "app/station/words.h"
#include "core/error.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include <string.h>
#include <sys/stat.h>

/*
 *   none ─► working ─► done | failed ─► working …
 *
 * Invariants:
 *  S1  An export changes nothing in the ledger but that it remembers its nonce, and that before a file is
 *      complete: whatever happens to the stick, every entry is here, and every answer will be known.
 *  S2  What comes back is applied as what comes over the line: opened with the remembered nonce, and in
 *      one transaction.
 *  S3  One step at a time: while the stick's thread has the job's state, the main thread does not touch it.
 */

#define TELL_MS     250
#define ESTIMATE_MS 2000

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmVolumes, bm_volumes, G_TYPE_OBJECT)

gboolean
bm_volumes_what_from_string (const char *text, BmVolumesWhat *ret_what)
{
  static const char *const names[] = { [BM_VOLUMES_ALL] = "all",
                                       [BM_VOLUMES_ENTRIES] = "entries",
                                       [BM_VOLUMES_ATTACHMENTS] = "attachments",
                                       [BM_VOLUMES_DUE] = "due" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (text, names[i]) == 0)
      {
        *ret_what = (BmVolumesWhat) i;
        return TRUE;
      }
  return FALSE;
}

/* The life of a job */

static void
emit_changed (BmVolumes *self)
{
  self->told_boot_ms = bm_clock_get_boot_ms (self->clock);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
bm_volumes_tell (BmVolumes *self)
{
  if (bm_clock_get_boot_ms (self->clock) - self->told_boot_ms >= TELL_MS)
    emit_changed (self);
}

gboolean
bm_volumes_begin (BmVolumes *self, BmVolumesJob job, const char *folder, GError **error)
{
  if (self->state == BM_VOLUMES_WORKING || self->worker == NULL)
    {
      g_set_error_literal (error, BM_ERROR, BM_ERROR_BUSY,
                           C_ ("stick", "a stick is being written or read"));
      return FALSE;
    }
  self->job = job;
  self->state = BM_VOLUMES_WORKING;
  g_free (self->folder);
  self->folder = g_strdup (folder);
  self->began_boot_ms = bm_clock_get_boot_ms (self->clock);
  self->entries = self->entries_of = self->blobs = self->blobs_of = 0;
  self->bytes = self->bytes_of = 0;
  self->parts = self->answers = self->messages = self->volumes = 0;
  g_clear_pointer (&self->refused, json_decref);
  self->refused = json_array ();
  g_clear_error (&self->error);
  emit_changed (self);
  return TRUE;
}

void
bm_volumes_end (BmVolumes *self)
{
  self->state = BM_VOLUMES_DONE;
  emit_changed (self);
}

void
bm_volumes_fail (BmVolumes *self, GError *error, gboolean is_of_ledger)
{
  g_message ("stick: %s", error->message);
  self->state = BM_VOLUMES_FAILED;
  self->error = error;
  self->is_of_ledger = is_of_ledger;
  emit_changed (self);
}

gboolean
bm_volumes_is_working (BmVolumes *self)
{
  g_return_val_if_fail (BM_IS_VOLUMES (self), FALSE);

  return self->state == BM_VOLUMES_WORKING;
}

/* Where the volumes lie: in a folder of their own, or right there when somebody copied them about. */
char *
bm_volumes_dup_inner (const char *folder)
{
  return g_build_filename (folder, BM_VOLUME_FOLDER, NULL);
}

/* What can be said of it */

/* Only from what was measured, and only once there is something to measure. */
static json_t *
estimate (BmVolumes *self)
{
  const gint64 elapsed = bm_clock_get_boot_ms (self->clock) - self->began_boot_ms;

  if (self->state != BM_VOLUMES_WORKING || elapsed < ESTIMATE_MS || self->bytes == 0 ||
      self->bytes_of < self->bytes)
    return json_null ();
  return json_integer ((json_int_t) ((gdouble) (self->bytes_of - self->bytes) * (gdouble) elapsed /
                                     (gdouble) self->bytes / 1000.0) +
                       1);
}

json_t *
bm_volumes_describe (BmVolumes *self)
{
  static const char *const jobs[] = { "none", "export", "import" };
  static const char *const states[] = { "none", "working", "done", "failed" };
  g_autofree char *sentence = NULL;
  json_t *json;

  g_return_val_if_fail (BM_IS_VOLUMES (self), NULL);

  sentence = bm_volumes_dup_sentence (self);
  json =
    json_pack ("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:i}", "job", jobs[self->job],
               "state", states[self->state], "folder", self->folder != NULL ? self->folder : "",
               "entries", (json_int_t) self->entries, "entries_of", (json_int_t) self->entries_of,
               "attachments", (json_int_t) self->blobs, "attachments_of",
               (json_int_t) self->blobs_of, "bytes", (json_int_t) self->bytes, "bytes_of",
               (json_int_t) self->bytes_of, "left_s", estimate (self), "parts", (int) self->parts);
  json_object_set_new (json, "answers", json_integer (self->answers));
  json_object_set_new (json, "messages", json_integer (self->messages));
  json_object_set_new (json, "volumes", json_integer (self->volumes));
  json_object_set_new (json, "refused",
                       self->refused != NULL ? json_deep_copy (self->refused) : json_array ());
  json_object_set_new (json, "code",
                       json_string (self->error != NULL ? bm_words_for_code (self->error) : ""));
  json_object_set_new (json, "sentence", json_string (sentence));
  return json;
}

/* Sticks */

/* A stick that is mounted is on another device than the folder it is mounted in. */
static gboolean
is_stick (BmVolumes *self, const char *path, dev_t parent)
{
  struct stat about;

  return g_stat (path, &about) == 0 && S_ISDIR (about.st_mode) &&
         (self->is_demo || about.st_dev != parent);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_names (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && names->len < BM_VOLUME_MAX_FILES && (name = g_dir_read_name (dir)) != NULL)
    if (*name != '.' && g_utf8_validate (name, -1, NULL))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

json_t *
bm_volumes_list_sticks (BmVolumes *self)
{
  g_autoptr (GPtrArray) names = NULL;
  json_t *sticks = json_array ();
  struct stat about;

  g_return_val_if_fail (BM_IS_VOLUMES (self), sticks);

  if (g_stat (self->media, &about) != 0)
    return sticks;
  names = list_names (self->media);
  for (guint i = 0; i < names->len && json_array_size (sticks) < BM_VOLUMES_MAX_STICKS; i++)
    {
      g_autofree char *path = g_build_filename (self->media, names->pdata[i], NULL);

      if (is_stick (self, path, about.st_dev))
        json_array_append_new (sticks,
                               json_pack ("{s:s, s:s}", "name", names->pdata[i], "folder", path));
    }
  return sticks;
}

/* The object */

static void
bm_volumes_dispose (GObject *object)
{
  bm_volumes_stop (BM_VOLUMES (object));
  G_OBJECT_CLASS (bm_volumes_parent_class)->dispose (object);
}

static void
bm_volumes_finalize (GObject *object)
{
  BmVolumes *self = BM_VOLUMES (object);

  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->enrolment, bm_enrolment_unref);
  g_clear_pointer (&self->media, g_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->refused, json_decref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (bm_volumes_parent_class)->finalize (object);
}

static void
bm_volumes_class_init (BmVolumesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bm_volumes_dispose;
  object_class->finalize = bm_volumes_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bm_volumes_init (BmVolumes *self)
{
  bm_volumes_set_cuts (self, 0, 0);
}

void
bm_volumes_set_cuts (BmVolumes *self, gsize part_bytes, guint batch_items)
{
  g_return_if_fail (BM_IS_VOLUMES (self));

  self->part_bytes = part_bytes != 0 ? part_bytes : BM_VOLUMES_PART_BYTES;
  self->batch_items = batch_items != 0 ? batch_items : BM_VOLUMES_BATCH_ITEMS;
}

BmVolumes *
bm_volumes_new (BmStore *store,
                BmEnrolment *enrolment,
                BmClock *clock,
                const char *media,
                gboolean is_demo)
{
  BmVolumes *self;

  g_return_val_if_fail (BM_IS_STORE (store) && enrolment != NULL, NULL);
  g_return_val_if_fail (media != NULL, NULL);

  self = g_object_new (BM_TYPE_VOLUMES, NULL);
  self->store = g_object_ref (store);
  self->enrolment = bm_enrolment_ref (enrolment);
  self->clock = g_object_ref (clock);
  self->media = g_strdup (media);
  self->is_demo = is_demo;
  self->worker = bm_worker_new ("stick");
  return self;
}

void
bm_volumes_stop (BmVolumes *self)
{
  g_return_if_fail (BM_IS_VOLUMES (self));

  if (self->worker == NULL)
    return;
  bm_worker_stop (self->worker);
  g_clear_object (&self->worker);
}
