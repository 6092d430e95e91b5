/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/memo.h"

G_BEGIN_DECLS

/* Sound as it is kept: Opus in Ogg. Runs in bianmin-record only. */

typedef struct _BmOpusWriter BmOpusWriter;

BmOpusWriter *bm_opus_writer_new (void); /* of BM_SOUND_RATE_TAKE; NULL: cannot be made */
gboolean bm_opus_writer_add (BmOpusWriter *self, const gint16 *samples, gsize n);
GBytes *bm_opus_writer_end (BmOpusWriter *self); /* NULL: it is none, or too much */
void bm_opus_writer_free (BmOpusWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmOpusWriter, bm_opus_writer_free)

typedef struct _BmOpusReader BmOpusReader;

BmOpusReader *bm_opus_reader_new (const guint8 *data, gsize len); /* NULL: it is no recording */
guint bm_opus_reader_get_seconds (BmOpusReader *self);            /* all of it, rounded up */
/* How many samples of BM_SOUND_RATE_PLAY were put there; 0 at the end, -1: it is broken. */
gssize bm_opus_reader_read (BmOpusReader *self, gint16 *samples, gsize most);
void bm_opus_reader_free (BmOpusReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmOpusReader, bm_opus_reader_free)

G_END_DECLS
