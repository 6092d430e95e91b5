/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform-packs-private.h"

G_BEGIN_DECLS

/* Packs as a station keeps them, and villages of any size. */

/* What came down, in order, and the newest of each name. */
typedef struct
{
  GPtrArray *messages; /* of BmMessage */
  GHashTable *bodies;  /* "kind name" -> GBytes */
  guint pages;
} PackInbox;

PackInbox *pack_inbox_new (void);
void pack_inbox_free (PackInbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PackInbox, pack_inbox_free)

void pack_inbox_take (PackInbox *self, const BmMessage *message);
/* The messages of @kiosk after @after, straight from the platform's database; gives the last id. */
gint64 pack_inbox_read (PackInbox *self, BmPlatform *platform, guint32 kiosk, gint64 after);
guint pack_inbox_count (PackInbox *self, const char *kind);
BmPackHead *pack_inbox_get_head (PackInbox *self);
/* NULL when nothing is found; what does not open fails the test. */
json_t *pack_inbox_open (PackInbox *self, const char *id_number);

/* The demo village, filled up with invented people to @count; their keys are random. */
BmVillagePack *pack_fixture_new_village (BmPlatform *platform, guint count);
/* Somebody without a record, under a key made of @base and @seed. */
BmPackItem *
pack_fixture_add (BmPlatform *platform, BmVillagePack *pack, const BmKey *base, guint seed);
/* After items were added. */
void pack_fixture_sort (BmVillagePack *pack);
/* Gives an invented person other amounts. */
void pack_fixture_change (BmPlatform *platform, BmVillagePack *pack, guint item);

G_END_DECLS
