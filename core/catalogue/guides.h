/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * 政策、法律、农技、办事指南: what may be read at the station without a card, one JSON file each
 * (assets/schema/guide.json). Like a service's file, one that does not fit is set aside with file, line and
 * remedy, and the others stay.
 */

#define BM_GUIDES_MAX 64

typedef struct _BmGuides BmGuides;

BmGuides *bm_guides_load (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmGuides *bm_guides_ref (BmGuides *self);
void bm_guides_unref (BmGuides *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmGuides, bm_guides_unref)

/* Reads one more; a fault is added to the list. */
void bm_guides_add_text (BmGuides *self, const char *name, const char *text, gsize length);

GPtrArray *bm_guides_get_faults (BmGuides *self); /* (transfer none): of BmCatalogueFault */
guint bm_guides_get_count (BmGuides *self);
/* By subject, then rank, then the order of the files. (transfer none) */
json_t *bm_guides_get (BmGuides *self, guint index);
json_t *bm_guides_find (BmGuides *self, const char *id); /* (transfer none) or NULL */

G_END_DECLS
