/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * The services of a station, as data: one JSON file each (assets/schema/catalogue.json). A file that
 * does not fit is set aside with file, line and remedy; the other services stay usable.
 */

typedef struct _BmCatalogue BmCatalogue;

typedef struct
{
  char *file;    /* name within the folder */
  guint line;    /* 0 when the whole file is meant */
  char *message; /* what is wrong and what to do, for the operator */
} BmCatalogueFault;

BmCatalogue *bm_catalogue_load (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BmCatalogue *bm_catalogue_ref (BmCatalogue *self);
void bm_catalogue_unref (BmCatalogue *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmCatalogue, bm_catalogue_unref)

/* Reads further files, as from a second folder or a signed document; faults are added to the list. */
void bm_catalogue_add_folder (BmCatalogue *self, const char *folder);
void bm_catalogue_add_text (BmCatalogue *self, const char *name, const char *text, gsize length);
/* Takes the place of the service of the same id. FALSE: it does not fit, and the old one stays. */
gboolean
bm_catalogue_put_text (BmCatalogue *self, const char *name, const char *text, gsize length);

GPtrArray *bm_catalogue_get_faults (BmCatalogue *self); /* (transfer none): of BmCatalogueFault */
guint bm_catalogue_get_count (BmCatalogue *self);
json_t *bm_catalogue_get (BmCatalogue *self, guint index);     /* (transfer none) */
json_t *bm_catalogue_find (BmCatalogue *self, const char *id); /* (transfer none) or NULL */
json_t *
bm_catalogue_find_slot (BmCatalogue *self, guint slot); /* tile of the first page, or NULL */
json_t *bm_catalogue_find_frame (BmCatalogue *self, const char *place);

/* Index of the step @name in the flow of a service, or -1. */
gint bm_catalogue_find_step (json_t *service, const char *name);
gboolean bm_catalogue_has_step (json_t *service, const char *name);

/* What a table cannot say about a service: which step needs which part, which words exist. */
gboolean bm_catalogue_check_rules (json_t *service, char **ret_path, GError **error);

G_END_DECLS
