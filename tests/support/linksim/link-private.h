/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link.h"

typedef struct
{
  double rate;       /* bits a second; 0: as fast as they come */
  double delay;      /* ms, one way */
  double jitter;     /* ms at most on top of it; by itself it changes no order */
  double loss;       /* percent */
  double duplicate;  /* percent */
  double reorder;    /* percent of packets that are held back … */
  double reorder_by; /* … by so many ms */
  double queue;      /* bytes that may wait for the rate; 0: without end */
  double dead;       /* not 0: nothing passes this way */
  double cut_at;     /* bytes after which the line is cut; 0: never */
} WaySettings;

typedef struct
{
  WaySettings set;
  LinkCounters count;
  GQueue waiting;    /* of Packet, in the order of their times */
  double free_at;    /* when the last bit of what was taken has left */
  gint64 latest;     /* time of the last packet that kept its order */
  guint64 chance;    /* state of the generator */
  guint64 since_set; /* bytes delivered since cut_at was set */
} Way;

struct _Link
{
  Way ways[LINK_N_WAYS];
  double seed;
  double up_for;   /* s of service … */
  double down_for; /* … and of none, over and over, from began on; 0: always up */
  double cut;      /* not 0: down until told otherwise */
  double cut_for;  /* s that a cut by bytes lasts; 0: until told otherwise */
  gint64 began;
  gint64 down_until;
};

void link_seed (Link *self);
