/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <gio/gio.h>

G_BEGIN_DECLS

/* A real browser with a throw-away profile, driven through its debugging pipe. It is started by the test
 * and ends with it. */

typedef struct
{
  GSubprocess *process;
  char *profile;
  int to;
  int from;
  GByteArray *pending; /* read, not yet a whole message */
  GPtrArray *requests; /* URLs that the page asked for */
  char *session;
  gint64 last_id;
} Chromium;

/* NULL when there is none on this machine. @spki: base64 SHA-256 of the key that the server may have. */
Chromium *chromium_new (const char *spki);
void chromium_free (Chromium *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Chromium, chromium_free)

/* The result of one call; takes @params (may be NULL) over. */
json_t *chromium_call (Chromium *self, const char *method, json_t *params);
void chromium_open (Chromium *self, const char *url, guint width, guint height);
json_t *chromium_evaluate (Chromium *self, const char *script);
void chromium_save_picture (Chromium *self, const char *path);

G_END_DECLS
