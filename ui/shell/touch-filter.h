/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TOUCH_REPEAT_MS 300
#define BM_TOUCH_PALM_MS   2000

/* The rule itself, without events, so that a test can play any sequence of fingers. */
typedef struct
{
  gpointer finger; /* the one that is on a target, NULL when none is */
  guint32 down_at;
  guint32 up_at;
  gboolean has_up;
  gboolean was_key;    /* the last accepted press was on a digit key */
  GHashTable *blocked; /* fingers whose events are swallowed until they are lifted */
} BmTouchRule;

void bm_touch_rule_init (BmTouchRule *rule);
void bm_touch_rule_clear (BmTouchRule *rule);
gboolean bm_touch_rule_down (BmTouchRule *rule,
                             gpointer finger,
                             guint32 at,
                             gboolean is_on_target,
                             gboolean is_key);
gboolean bm_touch_rule_move (BmTouchRule *rule, gpointer finger);
gboolean bm_touch_rule_up (BmTouchRule *rule, gpointer finger, guint32 at);

/* Called for every finger and every key: somebody is there. */
typedef void (*BmTouchActivityFunc) (gboolean is_on_target, gpointer user_data);

void bm_touch_filter_attach (GtkWidget *window, BmTouchActivityFunc activity, gpointer user_data);

G_END_DECLS
