/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/draft.h"

G_BEGIN_DECLS

/* The matters that bench-station commits: the same ones for the same seed and number, a quarter with free text. */
BmDraft *bench_draft_new (guint seed, guint number) G_GNUC_WARN_UNUSED_RESULT;
/* One somebody waits for. */
BmDraft *bench_certification_new (guint seed, guint number) G_GNUC_WARN_UNUSED_RESULT;
/* The same facts as anybody's system would send them: no chain, no ids, no envelope. One line of JSON. */
char *bench_draft_dup_facts (const BmDraft *draft) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
