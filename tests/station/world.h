/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/bus/bus-client.h"

#include <gio/gio.h>
#include <jansson.h>

G_BEGIN_DECLS

/*
 * One station with its real peers on this machine: platform, card reader simulator, a printer that writes
 * PDFs. Everything lies in a fresh folder and is ended by pid.
 */

typedef struct
{
  char *folder;
  char *config;
  GHashTable *programs; /* name -> GSubprocess */
  char *port;           /* of the platform, once it listens */
} World;

/* Until it is so. The limit is for what never comes and measures nothing: under sanitizers, on a busy machine, a signature
 * takes seconds. */
typedef gboolean (*WorldCondition) (gpointer data);
gboolean world_await (WorldCondition condition, gpointer data);

World *world_new (void);
void world_free (World *self);

void world_start_platform (World *self);
void world_stop (World *self, const char *program); /* SIGTERM, and it must end well */
void world_kill (World *self, const char *program); /* as a power cut */
void world_wait_death (World *self, const char *program);
void world_start_station (World *self, const char *fault); /* NULL: none */

/* Simulators' control sockets: one line there, one line back; what follows "ok". */
char *world_reader (World *self, const char *line);
char *world_platform (World *self, const char *line);

void world_add_desk_reader (World *self);
char *world_desk_reader (World *self, const char *line);

void world_wait_file (World *self, const char *name); /* in its folder */

char *world_read_ctl (World *self, const char *arguments); /* bianmin-ctl's words */
/* bianmin-ctl --json; @ret_status: the exit code, or NULL: it must be 0. */
json_t *world_ctl (World *self, const char *arguments, int *ret_status);
json_t *world_call (World *self, const char *request); /* Control1.Call */
json_t *world_do (World *self, const char *request);   /* the same; it must be ok */
void world_place (World *self, guint number);          /* resident's card on the hall's reader */

/* A face without a window: remembers every page. */
typedef struct
{
  World *world;
  char *socket;
  BmBusStation1 *station;
  guint64 rev;
  json_t *page;
  GString *stream; /* every page's text since the last face_forget() */
  guint pages;
  guint ended;
} Face;

Face *face_new (World *world, const char *socket);
void face_free (Face *self);
void face_attach (Face *self);
void face_forget (Face *self);
char *face_text (Face *self);
void face_wait (Face *self, const char *text);
void face_press (Face *self, const char *label);
void face_type (Face *self, const char *digits);
void face_intent (Face *self, guint64 rev, const char *intent);
void face_spin (guint ms);
void face_leave (Face *self); /* takes the card and waits until the session is over */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Face, face_free)

G_END_DECLS
