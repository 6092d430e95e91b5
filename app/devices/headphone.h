/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BmHeadphone:
 *
 * Whether somebody listens alone. Property "is-in"; while it is not known, nobody does.
 */
#define BM_TYPE_HEADPHONE (bm_headphone_get_type ())
G_DECLARE_FINAL_TYPE (BmHeadphone, bm_headphone, BM, HEADPHONE, GObject)

/* @uri: file:/run/bianmin/headphone, which holds 1 or 0 */
BmHeadphone *bm_headphone_open (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean bm_headphone_is_in (BmHeadphone *self);

G_END_DECLS
