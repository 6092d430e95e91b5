/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/bench/bench-reply.h"
#include "ui/bench/bench-table.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define BM_BENCH_POLL_MS     1000
#define BM_BENCH_PATIENCE_MS 3000 /* for a state */
#define BM_BENCH_ACT_MS      15000 /* for what was pressed: a printer takes five seconds to come up */

typedef enum
{
  BM_BENCH_UNKNOWN, /* not asked yet */
  BM_BENCH_HERE,
  BM_BENCH_GONE,   /* nobody is at its socket */
  BM_BENCH_SILENT, /* somebody is, and says nothing */
  BM_BENCH_ODD,    /* what it says is not the control language, or of another device */
} BmBenchPresence;

#define BM_TYPE_BENCH_DEVICE (bm_bench_device_get_type ())
G_DECLARE_FINAL_TYPE (BmBenchDevice, bm_bench_device, BM, BENCH_DEVICE, GObject)

BmBenchDevice *bm_bench_device_new (const BmBenchKind *kind, const char *folder);

const BmBenchKind *bm_bench_device_get_kind (BmBenchDevice *self);
BmBenchPresence bm_bench_device_get_presence (BmBenchDevice *self);
const char *bm_bench_device_get (BmBenchDevice *self, const char *name);      /* nullable */
GPtrArray *bm_bench_device_get_choices (BmBenchDevice *self);                 /* of BmBenchChoice */
const BmBenchAct *bm_bench_device_get_act (BmBenchDevice *self, guint index); /* nullable */
gboolean bm_bench_device_is_busy (BmBenchDevice *self);
char *bm_bench_device_dup_words (BmBenchDevice *self) G_GNUC_WARN_UNUSED_RESULT;

void bm_bench_device_act (BmBenchDevice *self, const char *line);
void bm_bench_device_stop (BmBenchDevice *self);

G_END_DECLS
