/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A bad line between two ends, as arithmetic: packets go in with a time and come out with a later one, or
 * do not. It asks no clock and draws its chance from one seed for each way, so the same packets at
 * the same times meet the same fate.
 */

#define LINK_PACKET_MAX  65536
#define LINK_WAITING_MAX 65536 /* packets on the way in one direction */

typedef enum
{
  LINK_UP,   /* from the near end (the station) to the far end */
  LINK_DOWN, /* back */
  LINK_N_WAYS,
} LinkWay;

typedef struct
{
  guint64 taken; /* packets that came in; each is counted below once, or is still on the way */
  guint64 taken_bytes;
  guint64 delivered; /* packets that came out, copies included */
  guint64 delivered_bytes;
  guint64 lost;    /* by chance */
  guint64 crowded; /* the queue was full */
  guint64 cut;     /* the line was down, or this way was dead */
  guint64 copied;
  guint64 overtaken; /* held back so that later packets passed */
} LinkCounters;

typedef struct _Link Link;

Link *link_new (void);
void link_free (Link *self);

/* One setting, KEY=VALUE; see settings.c. */
gboolean link_set (Link *self, const char *setting, gint64 now, GError **error);

void link_take (Link *self, LinkWay way, gint64 now, const void *data, gsize length);
GBytes *link_give (Link *self, LinkWay way, gint64 now);

/* When something next comes out, in microseconds; G_MAXINT64 when nothing is on the way. */
gint64 link_get_next (Link *self);

gboolean link_is_down (Link *self, gint64 now);
const LinkCounters *link_get_counters (Link *self, LinkWay way);
char *link_dup_json (Link *self, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Link, link_free)

G_END_DECLS
