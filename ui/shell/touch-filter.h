/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BM_TOUCH_REPEAT_MS 300
#define BM_TOUCH_PALM_MS   2000
#define BM_TOUCH_INK_MS    400 /* a finger that writes has moved by then */
#define BM_TOUCH_SETTLE_MS 300
#define BM_TOUCH_HOLD_MAX  800

/* The rule itself, without events, so that a test can play any sequence of fingers. */
typedef struct
{
  gpointer finger; /* the one that is on a target, NULL when none is */
  guint32 down_at;
  guint32 up_at;  /* of the last press that was let through */
  guint32 end_at; /* of the last one, let through or not */
  gboolean has_up;
  gboolean has_end;
  gboolean is_left;     /* the page that the finger came down on is gone */
  gboolean is_ink;      /* the finger writes */
  guint32 rest;         /* and has not moved for so long; set before each call */
  gboolean is_new_page; /* no press was let through on this page yet */
  gconstpointer key;    /* (nullable): the digit key the last one was on; never followed */
  GHashTable *blocked;  /* finger -> why: its events are swallowed until it is lifted */
} BmTouchRule;

void bm_touch_rule_init (BmTouchRule *rule);
void bm_touch_rule_clear (BmTouchRule *rule);
gboolean bm_touch_rule_down (BmTouchRule *rule,
                             gpointer finger,
                             guint32 at,
                             gboolean is_on_target,
                             gconstpointer key);
gboolean bm_touch_rule_ink (BmTouchRule *rule, gpointer finger, guint32 at);
gboolean bm_touch_rule_move (BmTouchRule *rule, gpointer finger);
gboolean bm_touch_rule_up (BmTouchRule *rule, gpointer finger, guint32 at);
gboolean bm_touch_rule_early (BmTouchRule *rule, gpointer finger);
void bm_touch_rule_page (BmTouchRule *rule);

typedef struct _BmTouchFilter BmTouchFilter;

/* Called for every finger and every key: somebody is there. */
typedef void (*BmTouchActivityFunc) (gboolean is_press, gpointer user_data);
/* Whether what is shown has been there long enough for a press to be meant for it. */
typedef gboolean (*BmTouchSettledFunc) (gpointer user_data);

BmTouchFilter *bm_touch_filter_attach (GtkWidget *window,
                                       BmTouchSettledFunc is_settled,
                                       BmTouchActivityFunc activity,
                                       gpointer user_data);
void bm_touch_filter_page (BmTouchFilter *self);
void bm_touch_filter_set_hold (BmTouchFilter *self, guint ms);

G_END_DECLS
