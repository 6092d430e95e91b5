/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-store.h"

G_BEGIN_DECLS

/* How cases hang together. A row is made when a case is first handed over, in the same transaction. */

typedef struct
{
  gint64 id;     /* of the case */
  GBytes *about; /* MAC over person, service and matter, or NULL: nobody's */
  char *same_as; /* number of an older open case about the same, "" for none */
  char *replaces;
  gint64 follows; /* the case that this one reopened and that goes on in its place, or 0 */
  guint reopened; /* how often this one was reopened */
  gint64 reopened_ms;
  GBytes *form; /* 补录: MAC over the paper form's number, or NULL */
} BmStoredLink;

void bm_stored_link_free (BmStoredLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmStoredLink, bm_stored_link_free)

extern const char bm_platform_store_schema_links[];
extern const char bm_platform_store_schema_forms[];

BmStoredLink *bm_platform_store_get_link (BmPlatformStore *self, gint64 id, GError **error);
gboolean
bm_platform_store_set_link (BmPlatformStore *self, const BmStoredLink *link, GError **error);
/* The oldest open case before @id about the same; its number, or NULL. */
char *bm_platform_store_find_same (BmPlatformStore *self, GBytes *about, gint64 id, GError **error);
/* The first case before @id that came of the same paper form, decided or not; its number, or NULL. */
char *bm_platform_store_find_form (BmPlatformStore *self, GBytes *form, gint64 id, GError **error);
/* 代办: of those that were neither refused nor taken back */
char *
bm_platform_store_find_letter (BmPlatformStore *self, GBytes *letter, gint64 id, GError **error);
/* Open cases that go on in case @id. Array of gint64. */
GArray *bm_platform_store_list_followers (BmPlatformStore *self, gint64 id, GError **error);

G_END_DECLS
