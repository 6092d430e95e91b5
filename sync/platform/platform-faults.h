/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The fault switches of the reference platform: what a bad line, a proxy, a portal or a broken
 * centre would do, at run time, seen by all threads at once.
 */

typedef enum
{
  BM_PLATFORM_FAULT_NONE,
  BM_PLATFORM_FAULT_REFUSE,     /* close without reading */
  BM_PLATFORM_FAULT_DROP_REPLY, /* store, commit, then close without an answer */
  BM_PLATFORM_FAULT_DELAY,      /* answer late; the number is milliseconds */
  BM_PLATFORM_FAULT_ERROR_500,
  BM_PLATFORM_FAULT_ERROR_503, /* with Retry-After; the number is seconds */
  BM_PLATFORM_FAULT_ERROR_408,
  BM_PLATFORM_FAULT_ERROR_413,
  BM_PLATFORM_FAULT_PORTAL,    /* 200 with a page */
  BM_PLATFORM_FAULT_BARE_OK,   /* store, commit, then 200 and a friendly word, but no receipt */
  BM_PLATFORM_FAULT_POISON,    /* 500 to any batch that holds the matter with this counter */
  BM_PLATFORM_FAULT_SLOW_BODY, /* the answer trickles */
  BM_PLATFORM_FAULT_TRUNCATE,  /* the answer breaks off in the middle */
  BM_PLATFORM_FAULT_WRONG_SIGNATURE,
  BM_PLATFORM_FAULT_WRONG_NONCE,
  BM_PLATFORM_FAULT_REPLAY, /* the previous answer to that call again */
} BmPlatformFault;

typedef struct _BmPlatformFaults BmPlatformFaults;

BmPlatformFaults *bm_platform_faults_new (void) G_GNUC_WARN_UNUSED_RESULT;
void bm_platform_faults_free (BmPlatformFaults *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmPlatformFaults, bm_platform_faults_free)

/* "portal", "portal 3", "delay 500 2", "503 1 30", "batch portal 3" (only that call), "clear".
 * Errors: BM_ERROR_INVALID. */
gboolean bm_platform_faults_set (BmPlatformFaults *self, const char *words, GError **error);
/* The fault for the request at @path, counted down; @ret_number is its milliseconds or seconds. NULL is
 * a connection that has not asked yet: only faults for every call are meant. */
BmPlatformFault
bm_platform_faults_take (BmPlatformFaults *self, const char *path, guint *ret_number);
/* How often everything was cleared: what began under a fault before the last time goes on well. */
guint bm_platform_faults_count_clears (BmPlatformFaults *self);
/* Whether new connections are refused just now; does not count. */
gboolean bm_platform_faults_is_refusing (BmPlatformFaults *self);
/* The counter (digits 17 to 24 of a number) on which the platform chokes; 0: none. */
guint bm_platform_faults_get_poison (BmPlatformFaults *self);
char *bm_platform_faults_describe (BmPlatformFaults *self);
char *bm_platform_faults_list (void);

G_END_DECLS
