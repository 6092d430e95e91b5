/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-keeper"

#include "ui/keep/keeper.h"

#include <glib-unix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * Keeps a face on the screen. After each session another process shows the next page (invariant 13), and
 * nobody is to see how one goes and the other comes:
 *
 *   (none) ──► rising ── "drawn" ──► shown ── "ended" ──► shown and over ──┐
 *                 ▲                    │                                    │ a second one rises above it
 *                 │                    └── died, or fell silent ──► (none)  │ and has drawn: asked to go
 *                 └────────────────── after a while ◄──────────────────────┘
 *
 * Invariants:
 *  K1  At most one face is shown and at most one rises.
 *  K2  A face that ended in order stays, wiped, until its successor has drawn.
 *  K3  The keeper never gives up: a face that cannot live is tried again, ever more seldom.
 *  K4  When the keeper dies its faces go with it; whoever started it starts it again.
 */

#define MAX_LINE 64

const BmKeeperTimes bm_keeper_times = {
  .rise_ms = 30 * 1000,
  .alive_ms = 30 * 1000,
  .leave_ms = 2000,
  .first_wait_ms = 250,
  .most_wait_ms = 30 * 1000,
  .young_ms = 10 * 1000,
};

typedef struct
{
  BmKeeper *keeper; /* outlived by it: each face holds a reference until it is gone */
  GSubprocess *process;
  gint64 began; /* monotonic, microseconds */
  int fd;
  guint reading;
  guint silence; /* source that kills it */
  char line[MAX_LINE];
  gsize length;
  gboolean is_over;
  gboolean is_going;
} Kept;

struct _BmKeeper
{
  GObject parent_instance;

  char **argv;
  BmKeeperTimes times;
  Kept *shown;  /* (nullable) */
  Kept *rising; /* (nullable) */
  guint n_kept; /* those that were asked to go, too */
  guint waiting;
  guint wait_ms;
  gboolean is_stopped;
};

G_DEFINE_FINAL_TYPE (BmKeeper, bm_keeper, G_TYPE_OBJECT)

static void start_face (BmKeeper *self);

static gboolean
on_kill (gpointer user_data)
{
  Kept *kept = user_data;

  kept->silence = 0;
  g_warning ("A face says nothing; it is killed");
  g_subprocess_force_exit (kept->process);
  return G_SOURCE_REMOVE;
}

static void
expect_within (Kept *kept, guint ms)
{
  g_clear_handle_id (&kept->silence, g_source_remove);
  kept->silence = g_timeout_add (ms, on_kill, kept);
}

static void
ask_to_go (Kept *kept)
{
  kept->is_going = TRUE;
  g_subprocess_send_signal (kept->process, SIGTERM);
  expect_within (kept, kept->keeper->times.leave_ms);
}

static gboolean
on_waited (gpointer user_data)
{
  BmKeeper *self = user_data;

  self->waiting = 0;
  start_face (self);
  return G_SOURCE_REMOVE;
}

static void
start_later (BmKeeper *self)
{
  guint ms = self->wait_ms;

  if (self->is_stopped || self->waiting != 0 || self->rising != NULL)
    return;
  self->wait_ms =
    MIN (MAX (self->wait_ms * 2, self->times.first_wait_ms), self->times.most_wait_ms);
  self->waiting = g_timeout_add (ms, on_waited, self);
}

static void
show_risen (BmKeeper *self)
{
  Kept *before = g_steal_pointer (&self->shown);

  self->shown = g_steal_pointer (&self->rising);
  if (before != NULL)
    ask_to_go (before);
}

static void
take_word (Kept *kept, const char *word)
{
  BmKeeper *self = kept->keeper;
  gboolean is_end = g_str_equal (word, BM_KEEPER_ENDED);

  if (kept->is_going)
    return;
  if (kept == self->rising && (is_end || g_str_equal (word, BM_KEEPER_DRAWN)))
    show_risen (self);
  if (kept != self->shown)
    return; /* one that rises has to draw, however lively it is */
  expect_within (kept, self->times.alive_ms);
  if (!is_end || kept->is_over)
    return;
  kept->is_over = TRUE;
  self->wait_ms = 0; /* it lived as long as it was to */
  start_later (self);
}

/* Words come whole or in pieces; what is longer than any word is none. */
static void
take_bytes (Kept *kept, const char *bytes, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (bytes[i] != '\n')
        {
          kept->line[kept->length] = bytes[i];
          kept->length = MIN (kept->length + 1, MAX_LINE - 1);
          continue;
        }
      kept->line[kept->length] = '\0';
      kept->length = 0;
      take_word (kept, kept->line);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Kept *kept = user_data;
  char bytes[MAX_LINE];
  ssize_t n = read (fd, bytes, sizeof bytes);

  if (n > 0)
    take_bytes (kept, bytes, (gsize) n);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
    return G_SOURCE_CONTINUE;
  kept->reading = 0; /* its end is told by its process */
  return G_SOURCE_REMOVE;
}

static void
kept_free (Kept *kept)
{
  g_clear_handle_id (&kept->reading, g_source_remove);
  g_clear_handle_id (&kept->silence, g_source_remove);
  (void) close (kept->fd);
  g_object_unref (kept->process);
  g_object_unref (kept->keeper);
  g_free (kept);
}

static void
on_gone (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Kept *kept = user_data;
  BmKeeper *self = kept->keeper;
  gboolean was_young = g_get_monotonic_time () - kept->began < (gint64) self->times.young_ms * 1000;

  (void) g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL); /* never cancelled */
  self->n_kept--;
  if (kept == self->shown)
    self->shown = NULL;
  if (kept == self->rising)
    self->rising = NULL;
  if (!kept->is_going && !kept->is_over)
    {
      g_warning ("A face ended with %d; another is started",
                 g_subprocess_get_if_exited (kept->process)
                   ? g_subprocess_get_exit_status (kept->process)
                   : -g_subprocess_get_term_sig (kept->process));
      if (!was_young)
        self->wait_ms = 0;
    }
  if (self->shown == NULL || self->shown->is_over)
    start_later (self);
  kept_free (kept);
}

/* In the child, between fork and exec: nothing but system calls. */
static void
die_with_keeper (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static void
start_face (BmKeeper *self)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  Kept *kept;
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, &error))
    {
      g_warning ("No face can be started: %s", error->message);
      start_later (self);
      return;
    }
  g_subprocess_launcher_take_fd (launcher, ends[1], BM_KEEPER_FD);
  g_subprocess_launcher_set_child_setup (launcher, die_with_keeper, NULL, NULL);
  kept = g_new0 (Kept, 1);
  kept->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) self->argv, &error);
  if (kept->process == NULL)
    {
      g_warning ("No face can be started: %s", error->message);
      (void) close (ends[0]);
      g_free (kept);
      start_later (self);
      return;
    }
  kept->keeper = g_object_ref (self);
  kept->began = g_get_monotonic_time ();
  kept->fd = ends[0];
  (void) g_unix_set_fd_nonblocking (kept->fd, TRUE, NULL);
  kept->reading = g_unix_fd_add (kept->fd, G_IO_IN | G_IO_HUP, on_readable, kept);
  self->rising = kept;
  self->n_kept++;
  expect_within (kept, self->times.rise_ms);
  g_subprocess_wait_async (kept->process, NULL, on_gone, kept);
}

/**
 * bm_keeper_start:
 * @self: a keeper
 *
 * Starts the first face. From now on one is on the screen whenever one can be.
 */
void
bm_keeper_start (BmKeeper *self)
{
  g_return_if_fail (BM_IS_KEEPER (self));

  if (self->shown == NULL && self->rising == NULL && self->waiting == 0)
    start_face (self);
}

/**
 * bm_keeper_stop:
 * @self: a keeper
 *
 * Asks every face to go and starts no other. They are gone when bm_keeper_is_gone() says so.
 */
void
bm_keeper_stop (BmKeeper *self)
{
  g_return_if_fail (BM_IS_KEEPER (self));

  self->is_stopped = TRUE;
  g_clear_handle_id (&self->waiting, g_source_remove);
  if (self->shown != NULL)
    ask_to_go (self->shown);
  if (self->rising != NULL)
    ask_to_go (self->rising);
}

gboolean
bm_keeper_is_stopped (BmKeeper *self)
{
  g_return_val_if_fail (BM_IS_KEEPER (self), TRUE);

  return self->is_stopped;
}

gboolean
bm_keeper_is_gone (BmKeeper *self)
{
  g_return_val_if_fail (BM_IS_KEEPER (self), TRUE);

  return self->n_kept == 0;
}

/**
 * bm_keeper_report:
 * @word: one of the words in keeper.h
 *
 * Called in a face: tells its keeper. Without one nobody hears it.
 */
void
bm_keeper_report (const char *word)
{
  g_autofree char *line = g_strconcat (word, "\n", NULL);

  if (write (BM_KEEPER_FD, line, strlen (line)) < 0)
    g_debug ("The keeper does not hear '%s': %s", word, g_strerror (errno));
}

static void
bm_keeper_finalize (GObject *object)
{
  BmKeeper *self = BM_KEEPER (object);

  g_clear_handle_id (&self->waiting, g_source_remove);
  g_strfreev (self->argv);
  G_OBJECT_CLASS (bm_keeper_parent_class)->finalize (object);
}

static void
bm_keeper_class_init (BmKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bm_keeper_finalize;
}

static void
bm_keeper_init (BmKeeper *self)
{
}

/**
 * bm_keeper_new:
 * @argv: a program that shows a face and reports on %BM_KEEPER_FD, and its arguments
 * @times: how patient it is; copied
 *
 * Returns: (transfer full): a keeper that has started nothing yet
 */
BmKeeper *
bm_keeper_new (const char *const *argv, const BmKeeperTimes *times)
{
  BmKeeper *self = g_object_new (BM_TYPE_KEEPER, NULL);

  self->argv = g_strdupv ((char **) argv);
  self->times = *times;
  return self;
}
