/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a camera and a session share: a picture of a paper, and why there is none. Both pictures are plain
 * JPEG without anything about the place, the time or the machine. */

#define BM_PHOTO_MIME      "image/jpeg"
#define BM_PHOTO_MAX_BYTES (1536 * 1024)
#define BM_PHOTO_MAX_SMALL (36 * 1024) /* of it in small, for a face */
#define BM_PHOTO_MAX_SIDE  2048        /* pixels */
#define BM_PHOTO_MAX_TEXT  (BM_PHOTO_MAX_SMALL / 3 * 4)
#define BM_PHOTO_MS        3000 /* later than this there is no camera */
#define BM_PHOTO_MAX       3    /* a matter: a page model has room for so many in small */

typedef enum
{
  BM_PHOTO_OK,
  BM_PHOTO_NO_CAMERA, /* there is none, it went, or it does not answer in time */
  BM_PHOTO_DARK,
  BM_PHOTO_LARGE,
  BM_PHOTO_BROKEN,  /* what came is no picture */
  BM_PHOTO_BLURRED, /* there is a picture, and its letters run into one another */
  BM_PHOTO_GLARE,   /* there is a picture, and a light shines on a part of it */
} BmPhotoState;

#define BM_PHOTO_LAST BM_PHOTO_GLARE

/* Whether there is something to look at, and to keep: the person knows better than the machine what must be read. */
static inline gboolean
bm_photo_state_has_picture (BmPhotoState state)
{
  return state == BM_PHOTO_OK || state == BM_PHOTO_BLURRED || state == BM_PHOTO_GLARE;
}

G_END_DECLS
