/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/draft.h"

G_BEGIN_DECLS

#define BENCH_DIFFERENT_MATTERS 2000

/* The matters that bench-station commits, numbered from 1: the same ones for the same seed and number. */
BmDraft *bench_draft_new (guint seed, guint number) G_GNUC_WARN_UNUSED_RESULT;
/* One somebody waits for. */
BmDraft *bench_certification_new (guint seed, guint number) G_GNUC_WARN_UNUSED_RESULT;
/* The facts of such a matter as anybody's system would send them: one JSON object, no chain, no id, no envelope. */
GBytes *bench_dup_facts (guint seed, guint number) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
