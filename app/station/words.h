/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/reader.h"
#include "sync/transport.h"

G_BEGIN_DECLS

/* States in plain words, for operators and the desk. */
char *bm_words_dup_for_link (BmLinkTrouble trouble) G_GNUC_WARN_UNUSED_RESULT;
/* NULL: none is configured. */
char *bm_words_dup_for_reader (BmReader *reader) G_GNUC_WARN_UNUSED_RESULT;
/* @reasons: keywords of the spooler, the first counts; NULL: none is configured. */
char *bm_words_dup_for_printer (const char *const *reasons) G_GNUC_WARN_UNUSED_RESULT;
const char *bm_words_for_keys (void);

const char *bm_words_for_code (const GError *error); /* stable: "invalid", "busy", … */
char *bm_words_dup_sentence (const GError *error) G_GNUC_WARN_UNUSED_RESULT;
const char *bm_reader_state_to_string (BmReader *reader); /* "none", "absent", "ready", "fault" */

G_END_DECLS
