/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/transport.h"

#include <jansson.h>

G_BEGIN_DECLS

/* A transport that counts what another one carries, by call, and how much of it at once. */
#define BENCH_TYPE_LINE (bench_line_get_type ())
G_DECLARE_FINAL_TYPE (BenchLine, bench_line, BENCH, LINE, GObject)

BenchLine *bench_line_new (BmTransport *line);
void bench_line_reset (BenchLine *self);
/* Since the last reset: the moment of the first request, and of the first that carries entries; 0: none yet. */
gint64 bench_line_get_first_us (BenchLine *self);
gint64 bench_line_get_first_batch_us (BenchLine *self);
/* Nothing is under way, and nothing was for @us. */
gboolean bench_line_is_quiet (BenchLine *self, gint64 us);
/* {"hello":{…},"batch":{"n","answered","up","up_answered","down","smallest","largest","busy_s"},…} */
json_t *bench_line_to_json (BenchLine *self);

G_END_DECLS
