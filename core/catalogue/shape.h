/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * A strict, table-driven checker for JSON from outside: catalogue files, page models, intents. Every
 * object lists its keys; a key that is not listed is an error, so that a misspelt one never passes
 * unseen. The same rules stand as JSON Schema under assets/schema; a test runs both over one corpus.
 */

typedef enum
{
  BM_SHAPE_STRING,
  BM_SHAPE_INTEGER,
  BM_SHAPE_BOOLEAN,
  BM_SHAPE_OBJECT, /* exactly the keys of its table */
  BM_SHAPE_ARRAY,
  BM_SHAPE_MAP,  /* any key that fits name_fits; every value has the shape items */
  BM_SHAPE_TEXT, /* a plain string, or one per language: {"zh_CN": "…", "en": "…"} */
} BmShapeType;

typedef struct _BmShape BmShape;

typedef struct
{
  const char *key;
  const BmShape *shape;
  gboolean is_required;
} BmShapeKey;

struct _BmShape
{
  BmShapeType type;
  gboolean can_be_null;
  gint64 min; /* characters, value, or number of items */
  gint64 max;
  const char *const *one_of;               /* STRING: the only values allowed */
  gboolean (*fits) (const char *text);     /* STRING: form of the value */
  gboolean (*name_fits) (const char *key); /* MAP: form of the keys */
  const char *remedy;                      /* what to write instead, for the message */
  const BmShapeKey *keys;                  /* OBJECT: ends with a NULL key */
  const BmShape *items;                    /* ARRAY, MAP */
};

gboolean bm_shape_check (const BmShape *shape,
                         json_t *json,
                         const char *what,
                         char **ret_path,
                         GError **error);

gboolean bm_shape_check_intent (json_t *intent, GError **error);
gboolean bm_shape_check_page (json_t *page, GError **error);
gboolean bm_shape_check_service (json_t *service, char **ret_path, GError **error);
gboolean bm_shape_check_guide (json_t *guide, char **ret_path, GError **error);

/* Line of the value at @path ("/fields/3/type") in @text, which must be well-formed JSON. */
guint bm_shape_find_line (const char *text, const char *path);

/* Forms that several tables share. */
gboolean bm_shape_is_id (const char *text);   /* [a-z0-9][a-z0-9._:-]* */
gboolean bm_shape_is_icon (const char *text); /* [a-z0-9][a-z0-9-]* */

G_END_DECLS
