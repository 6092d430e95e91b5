/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A site's own voice: a program that reads a sentence and writes its sound. */
typedef struct _BmEngine BmEngine;

typedef gboolean (*BmEngineIsOver) (gpointer user_data);

BmEngine *bm_engine_new (const char *command, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_engine_free (BmEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEngine, bm_engine_free)

/* The sound of @sentence; NULL: it failed, was late, or @is_over. */
GBytes *bm_engine_read (BmEngine *self,
                        const char *sentence,
                        const char *dialect,
                        const char *language,
                        BmEngineIsOver is_over,
                        gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
