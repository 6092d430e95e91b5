/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "ui/bench/bench-device.h"

#include "core/error.h"
#include "core/language/language.h"
#include "ui/bench/bench-ask.h"

/*
 * One simulated device as it is now. It is asked one thing at a time:
 *
 *   UNKNOWN ─ state ─► HERE ─ verbs, choices (once) ─► state every second
 *                       │  ▲
 *            nobody, or │  │ the next state that is one
 *             no answer ▼  │
 *              GONE, SILENT, ODD
 *
 * Whatever it was before it went, its verbs are asked again when it is back: it may be another program by then.
 * What was pressed goes before what is only asked; while it is carried out a second press is not taken.
 */

struct _BmBenchDevice
{
  GObject parent_instance;

  const BmBenchKind *kind;
  char *socket;
  BmBenchPresence presence;
  char *said; /* the state as it came */
  GHashTable *state;
  char *verbs; /* (nullable): not known */
  GPtrArray *choices;
  char *waiting; /* (nullable): what was pressed and is not asked yet */
  gboolean is_acting;
  gboolean is_asking;
  guint poll;
  GCancellable *cancellable;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_REFUSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BmBenchDevice, bm_bench_device, G_TYPE_OBJECT)

static void ask_next (BmBenchDevice *self);

static void
bm_bench_device_dispose (GObject *object)
{
  bm_bench_device_stop (BM_BENCH_DEVICE (object));
  G_OBJECT_CLASS (bm_bench_device_parent_class)->dispose (object);
}

static void
bm_bench_device_finalize (GObject *object)
{
  BmBenchDevice *self = BM_BENCH_DEVICE (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->state);
  g_ptr_array_unref (self->choices);
  g_free (self->waiting);
  g_free (self->verbs);
  g_free (self->said);
  g_free (self->socket);
  G_OBJECT_CLASS (bm_bench_device_parent_class)->finalize (object);
}

static void
bm_bench_device_class_init (BmBenchDeviceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bm_bench_device_dispose;
  G_OBJECT_CLASS (klass)->finalize = bm_bench_device_finalize;

  /** BmBenchDevice::changed: its state, or whether it is there, is another one. */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", BM_TYPE_BENCH_DEVICE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * BmBenchDevice::refused:
   * @sentence: why what was pressed was not done
   */
  signals[SIGNAL_REFUSED] = g_signal_new ("refused", BM_TYPE_BENCH_DEVICE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bm_bench_device_init (BmBenchDevice *self)
{
  self->cancellable = g_cancellable_new ();
  self->state = bm_bench_read_state ("");
  self->choices = bm_bench_read_choices ("");
}

static void
set_presence (BmBenchDevice *self, BmBenchPresence presence)
{
  if (presence != BM_BENCH_HERE)
    {
      g_clear_pointer (&self->verbs, g_free);
      g_clear_pointer (&self->said, g_free);
    }
  if (self->presence == presence)
    return;
  self->presence = presence;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static BmBenchPresence
judge (const GError *error)
{
  if (g_error_matches (error, BM_ERROR, BM_ERROR_UNREACHABLE))
    return BM_BENCH_GONE;
  return g_error_matches (error, BM_ERROR, BM_ERROR_BUSY) ? BM_BENCH_SILENT : BM_BENCH_ODD;
}

static gboolean
on_poll (gpointer user_data)
{
  BmBenchDevice *self = user_data;

  self->poll = 0;
  ask_next (self);
  return G_SOURCE_REMOVE;
}

/* Nothing is under way any more: what was pressed is next, else the state in a while. */
static void
go_on (BmBenchDevice *self, guint in_ms)
{
  self->is_asking = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (self->waiting != NULL || in_ms == 0)
    ask_next (self);
  else if (self->poll == 0)
    self->poll = g_timeout_add (in_ms, on_poll, self);
}

static void
take_state (BmBenchDevice *self, const char *said)
{
  if (g_strcmp0 (said, self->said) == 0 && self->presence == BM_BENCH_HERE)
    return;
  g_free (self->said);
  self->said = g_strdup (said);
  g_hash_table_unref (self->state);
  self->state = bm_bench_read_state (said);
  if (g_strcmp0 (bm_bench_device_get (self, "device"), self->kind->id) != 0)
    {
      set_presence (self, BM_BENCH_ODD);
      return;
    }
  self->presence = BM_BENCH_HERE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
on_state (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmBenchDevice) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = bm_bench_ask_finish (result, &error);

  if (said != NULL)
    take_state (self, said);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_presence (self, judge (error));
  go_on (self, self->presence == BM_BENCH_HERE && self->verbs == NULL && said != NULL
                 ? 0
                 : BM_BENCH_POLL_MS);
}

static void
on_choices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmBenchDevice) self = user_data;
  g_autofree char *said = bm_bench_ask_finish (result, NULL); /* then there are none */

  g_ptr_array_unref (self->choices);
  self->choices = bm_bench_read_choices (said != NULL ? said : "");
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  go_on (self, BM_BENCH_POLL_MS);
}

static void
ask (BmBenchDevice *self, const char *line, guint patience_ms, GAsyncReadyCallback callback)
{
  g_clear_handle_id (&self->poll, g_source_remove);
  self->is_asking = TRUE;
  bm_bench_ask_async (self->socket, line, patience_ms, self->cancellable, callback,
                      g_object_ref (self));
}

static void
on_verbs (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmBenchDevice) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = bm_bench_ask_finish (result, &error);

  if (said == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        set_presence (self, judge (error));
      go_on (self, BM_BENCH_POLL_MS);
      return;
    }
  self->verbs = g_steal_pointer (&said);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (bm_bench_knows_verb (self->verbs, "choices"))
    {
      ask (self, "choices", BM_BENCH_PATIENCE_MS, on_choices);
      return;
    }
  go_on (self, BM_BENCH_POLL_MS);
}

static void
on_acted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BmBenchDevice) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *said = bm_bench_ask_finish (result, &error);

  self->is_acting = FALSE;
  if (g_error_matches (error, BM_ERROR, BM_ERROR_REFUSED))
    g_signal_emit (self, signals[SIGNAL_REFUSED], 0, bm_bench_get_refusal (error->message));
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_signal_emit (self, signals[SIGNAL_REFUSED], 0,
                     C_ ("bench", "The simulator does not answer."));
      set_presence (self, judge (error));
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0); /* it is not busy any more */
  go_on (self, error == NULL ? 0 : BM_BENCH_POLL_MS);
}

static void
ask_next (BmBenchDevice *self)
{
  g_autofree char *line = NULL;

  if (self->is_asking)
    return;
  if (self->waiting != NULL)
    {
      line = g_steal_pointer (&self->waiting);
      ask (self, line, BM_BENCH_ACT_MS, on_acted);
    }
  else if (self->presence == BM_BENCH_HERE && self->verbs == NULL)
    ask (self, "verbs", BM_BENCH_PATIENCE_MS, on_verbs);
  else
    ask (self, "state", BM_BENCH_PATIENCE_MS, on_state);
}

/**
 * bm_bench_device_new:
 * @kind: of the table
 * @folder: of the running demo: the control sockets lie there
 *
 * Returns: a device that is asked how it is from now on
 */
BmBenchDevice *
bm_bench_device_new (const BmBenchKind *kind, const char *folder)
{
  BmBenchDevice *self = g_object_new (BM_TYPE_BENCH_DEVICE, NULL);

  self->kind = kind;
  self->socket = g_build_filename (folder, kind->socket, NULL);
  ask_next (self);
  return self;
}

const BmBenchKind *
bm_bench_device_get_kind (BmBenchDevice *self)
{
  return self->kind;
}

BmBenchPresence
bm_bench_device_get_presence (BmBenchDevice *self)
{
  return self->presence;
}

const char *
bm_bench_device_get (BmBenchDevice *self, const char *name)
{
  return g_hash_table_lookup (self->state, name);
}

GPtrArray *
bm_bench_device_get_choices (BmBenchDevice *self)
{
  return self->choices;
}

gboolean
bm_bench_device_is_busy (BmBenchDevice *self)
{
  return self->is_acting;
}

/**
 * bm_bench_device_get_act:
 * @self: a device
 * @index: of a switch
 *
 * Returns: (nullable): what that switch does now, if there is one and the simulator knows its verb
 */
const BmBenchAct *
bm_bench_device_get_act (BmBenchDevice *self, guint index)
{
  const BmBenchSwitch *one = &self->kind->switches[index];
  const BmBenchAct *act = &one->then;

  g_return_val_if_fail (index < BM_BENCH_MAX_SWITCHES, NULL);

  if (self->presence != BM_BENCH_HERE || self->verbs == NULL)
    return NULL;
  if (one->key != NULL)
    {
      const char *value = bm_bench_device_get (self, one->key);

      if (value == NULL)
        return NULL;
      act = g_str_equal (value, one->value) ? &one->then : &one->otherwise;
    }
  return act->verb != NULL && bm_bench_knows_verb (self->verbs, act->verb) ? act : NULL;
}

static const char *
name_of (BmBenchDevice *self, const char *value)
{
  for (guint i = 0; i < self->choices->len; i++)
    {
      const BmBenchChoice *choice = self->choices->pdata[i];

      if (g_str_equal (choice->value, value))
        return choice->name;
    }
  return g_str_equal (value, "other") ? C_ ("bench", "somebody else's card") : value;
}

static void
append_fact (BmBenchDevice *self, GString *words, const BmBenchFact *fact)
{
  const char *value = bm_bench_device_get (self, fact->key);
  gsize before = words->len;

  if (value == NULL || g_str_equal (value, fact->value) == fact->is_not)
    return;
  g_string_append (words, before > 0 ? "\n" : "");
  before = words->len;
  g_string_append (words, C_ ("bench", fact->words));
  if (strstr (words->str + before, "{it}") != NULL)
    g_string_replace (words, "{it}", name_of (self, value), 1);
}

/**
 * bm_bench_device_dup_words:
 * @self: a device
 *
 * Returns: how it is now, one thing a line
 */
char *
bm_bench_device_dup_words (BmBenchDevice *self)
{
  static const char *const absent[] = {
    [BM_BENCH_UNKNOWN] = NC_ ("bench", "Is being asked"),
    [BM_BENCH_GONE] = NC_ ("bench", "Not there: its simulator does not run"),
    [BM_BENCH_SILENT] = NC_ ("bench", "Its simulator does not answer"),
    [BM_BENCH_ODD] = NC_ ("bench", "Its simulator talks nonsense"),
  };
  GString *words = g_string_new (NULL);

  if (self->presence != BM_BENCH_HERE)
    g_string_append (words, C_ ("bench", absent[self->presence]));
  else
    for (guint i = 0; i < BM_BENCH_MAX_FACTS && self->kind->facts[i].key != NULL; i++)
      append_fact (self, words, &self->kind->facts[i]);
  return g_string_free (words, FALSE);
}

/**
 * bm_bench_device_act:
 * @self: a device
 * @line: a verb and what it takes
 *
 * Carries it out as soon as nothing else is under way.
 */
void
bm_bench_device_act (BmBenchDevice *self, const char *line)
{
  g_return_if_fail (BM_IS_BENCH_DEVICE (self) && line != NULL);

  if (self->is_acting || g_cancellable_is_cancelled (self->cancellable))
    return;
  self->is_acting = TRUE;
  self->waiting = g_strdup (line);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  ask_next (self);
}

/* Asks nothing more; what is under way comes to nothing. */
void
bm_bench_device_stop (BmBenchDevice *self)
{
  g_return_if_fail (BM_IS_BENCH_DEVICE (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->poll, g_source_remove);
}
