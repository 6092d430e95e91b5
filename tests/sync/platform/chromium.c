/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/chromium.h"

#include "tests/sync/platform/platform-fixture.h"

#include <gio/gio.h>
#include <glib-unix.h>

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PATIENCE_MS 60000
#define CHUNK       65536
#define CLOSE_TRIES 200 /* of 50 ms */

/* The two ends that the browser reads and writes as 3 and 4. */
static void
die_with_parent (gpointer unused)
{
  (void) prctl (PR_SET_PDEATHSIG, SIGKILL); /* the worst is a process left over */
}

static void
spawn (Chromium *self, const char *program, const char *spki)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDERR_SILENCE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autofree char *profile = g_strconcat ("--user-data-dir=", self->profile, NULL);
  g_autofree char *keys = g_strconcat ("--ignore-certificate-errors-spki-list=", spki, NULL);
  g_autoptr (GError) error = NULL;
  int down[2];
  int up[2];

  g_assert_true (g_unix_open_pipe (down, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (up, FD_CLOEXEC, NULL));
  g_subprocess_launcher_take_fd (launcher, down[0], 3);
  g_subprocess_launcher_take_fd (launcher, up[1], 4);
  g_subprocess_launcher_setenv (launcher, "HOME", self->profile, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "MALLOC_CHECK_");
  g_subprocess_launcher_unsetenv (launcher, "MALLOC_PERTURB_");
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  /* No sandbox: tests run as root in containers, and the only page it opens is ours. */
  self->process =
    g_subprocess_launcher_spawn (launcher, &error, program, "--headless=new", "--no-sandbox",
                                 "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                                 "--no-default-browser-check", "--disable-sync",
                                 "--disable-background-networking", "--disable-component-update",
                                 "--disable-extensions",
                                 "--disable-features=Translate,OptimizationHints,MediaRouter",
                                 "--no-proxy-server", "--hide-scrollbars",
                                 "--remote-debugging-pipe", profile, keys, "about:blank", NULL);
  g_assert_no_error (error);
  self->to = down[1];
  self->from = up[0];
}

/* The next message of the browser; each ends with a zero byte. */
static json_t *
read_message (Chromium *self)
{
  for (;;)
    {
      guint8 *end =
        self->pending->len > 0 ? memchr (self->pending->data, 0, self->pending->len) : NULL;
      g_autofree guint8 *chunk = NULL;
      GPollFD poll_fd = { self->from, G_IO_IN, 0 };
      ssize_t len;

      if (end != NULL)
        {
          json_t *message = json_loads ((const char *) self->pending->data, 0, NULL);

          g_byte_array_remove_range (self->pending, 0, (guint) (end - self->pending->data) + 1);
          g_assert_nonnull (message);
          return message;
        }
      g_assert_cmpint (g_poll (&poll_fd, 1, PATIENCE_MS), ==, 1);
      chunk = g_malloc (CHUNK);
      len = read (self->from, chunk, CHUNK);
      g_assert_cmpint (len, >, 0);
      g_byte_array_append (self->pending, chunk, (guint) len);
    }
}

static void
note_event (Chromium *self, json_t *message)
{
  const char *method = json_string_value (json_object_get (message, "method"));
  json_t *request = json_object_get (json_object_get (message, "params"), "request");
  const char *url = json_string_value (json_object_get (request, "url"));

  if (g_strcmp0 (method, "Network.requestWillBeSent") == 0 && url != NULL)
    g_ptr_array_add (self->requests, g_strdup (url));
}

static void
send_call (Chromium *self, const char *method, json_t *params)
{
  json_t *message = json_pack ("{s:I, s:s, s:o*}", "id", (json_int_t) ++self->last_id, "method",
                               method, "params", params);
  char *text;
  gsize done = 0;

  if (self->session != NULL)
    json_object_set_new (message, "sessionId", json_string (self->session));
  text = json_dumps (message, JSON_COMPACT);
  while (done < strlen (text) + 1)
    {
      ssize_t len = write (self->to, text + done, strlen (text) + 1 - done);

      g_assert_cmpint (len, >, 0);
      done += (gsize) len;
    }
  free (text);
  json_decref (message);
}

json_t *
chromium_call (Chromium *self, const char *method, json_t *params)
{
  json_t *result = NULL;

  send_call (self, method, params);
  while (result == NULL)
    {
      json_t *message = read_message (self);

      if (json_integer_value (json_object_get (message, "id")) != self->last_id)
        note_event (self, message);
      else
        {
          result = json_object_get (message, "result");
          if (result == NULL)
            g_error ("%s: %s", method, json_dumps (message, JSON_COMPACT));
          json_incref (result);
        }
      json_decref (message);
    }
  return result;
}

static void
call_plainly (Chromium *self, const char *method, json_t *params)
{
  json_decref (chromium_call (self, method, params));
}

Chromium *
chromium_new (const char *spki)
{
  g_autofree char *program = g_find_program_in_path ("chromium");
  Chromium *self;
  json_t *target;
  json_t *attached;

  if (program == NULL)
    return NULL;
  self = g_new0 (Chromium, 1);
  self->pending = g_byte_array_new ();
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->profile = g_dir_make_tmp ("bianmin-chromium-XXXXXX", NULL);
  spawn (self, program, spki);
  target = chromium_call (self, "Target.createTarget", json_pack ("{s:s}", "url", "about:blank"));
  attached = chromium_call (self, "Target.attachToTarget",
                            json_pack ("{s:O, s:b}", "targetId",
                                       json_object_get (target, "targetId"), "flatten", 1));
  self->session = g_strdup (json_string_value (json_object_get (attached, "sessionId")));
  json_decref (attached);
  json_decref (target);
  call_plainly (self, "Network.enable", NULL);
  call_plainly (self, "Page.enable", NULL);
  return self;
}

static gboolean
has_ended (Chromium *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  return g_subprocess_get_identifier (self->process) == NULL;
}

void
chromium_free (Chromium *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->session, g_free);
  send_call (self, "Browser.close", NULL);
  for (guint i = 0; i < CLOSE_TRIES && !has_ended (self); i++)
    g_usleep (50 * 1000);
  if (!has_ended (self))
    g_subprocess_force_exit (self->process); /* this one, by its own pid */
  g_assert_true (g_subprocess_wait (self->process, NULL, NULL));
  g_object_unref (self->process);
  close (self->to);
  close (self->from);
  remove_folder (self->profile);
  g_free (self->profile);
  g_byte_array_unref (self->pending);
  g_ptr_array_unref (self->requests);
  g_free (self);
}

json_t *
chromium_evaluate (Chromium *self, const char *script)
{
  json_t *answer =
    chromium_call (self, "Runtime.evaluate",
                   json_pack ("{s:s, s:b}", "expression", script, "returnByValue", 1));
  json_t *value = json_incref (json_object_get (json_object_get (answer, "result"), "value"));

  json_decref (answer);
  return value;
}

static gboolean
is_loaded (Chromium *self, const char *url)
{
  json_t *value = chromium_evaluate (self, "document.readyState + ' ' + location.href");
  g_autofree char *wanted = g_strconcat ("complete ", url, NULL);
  gboolean is_there = g_strcmp0 (json_string_value (value), wanted) == 0;

  json_decref (value);
  return is_there;
}

void
chromium_open (Chromium *self, const char *url, guint width, guint height)
{
  gint64 until = g_get_monotonic_time () + PATIENCE_MS * 1000;

  call_plainly (self, "Emulation.setDeviceMetricsOverride",
                json_pack ("{s:i, s:i, s:i, s:b}", "width", (int) width, "height", (int) height,
                           "deviceScaleFactor", 2, "mobile", 1));
  g_ptr_array_set_size (self->requests, 0);
  call_plainly (self, "Page.navigate", json_pack ("{s:s}", "url", url));
  while (!is_loaded (self, url))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_usleep (20 * 1000);
    }
}

void
chromium_save_picture (Chromium *self, const char *path)
{
  json_t *answer = chromium_call (self, "Page.captureScreenshot", NULL);
  const char *text = json_string_value (json_object_get (answer, "data"));
  g_autofree guchar *picture = NULL;
  gsize len = 0;

  g_assert_nonnull (text);
  picture = g_base64_decode (text, &len);
  g_assert_true (g_file_set_contents (path, (const char *) picture, (gssize) len, NULL));
  json_decref (answer);
}
