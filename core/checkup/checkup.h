/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ports/reasons.h"

#include <jansson.h>

G_BEGIN_DECLS

/*
 * 自检: what is well with the machine and what is not, from what the station knows of itself (the reply of
 * Control1 "status", app/station/status.c). Pure: it looks at nothing itself. A checkup is an array, in the
 * order in which a person would go round:
 *
 *  [{"id":"printer","state":"fault","keyword":"media-empty"}, …]
 *
 * "keyword" is one of the table in core/ports/reasons.h, whose words say what is the matter and what to do;
 * "names", where it is there, says with what: "1234:5678 0951:1666". Nothing in it is about a person.
 */

/**
 * BmCheckState:
 * @BM_CHECK_GOOD: as it should be
 * @BM_CHECK_ABSENT: there is none; each device has a manual way round
 * @BM_CHECK_WATCH: the station works; it passes by itself, or somebody should think of it
 * @BM_CHECK_FAULT: somebody has to act
 */
typedef enum
{
  BM_CHECK_GOOD,
  BM_CHECK_ABSENT,
  BM_CHECK_WATCH,
  BM_CHECK_FAULT,
} BmCheckState;

json_t *bm_checkup_new (json_t *status) G_GNUC_WARN_UNUSED_RESULT;

/* "printer:media-empty usb:unknown=1234:5678,0951:1666", in the order of the checkup; "" when nobody has to act. */
char *bm_checkup_dup_faults (json_t *checkup) G_GNUC_WARN_UNUSED_RESULT;
gboolean bm_checkup_has_fault (json_t *checkup);

/* Of one row; words in the language of the program, never NULL. */
BmCheckState bm_check_get_state (json_t *row);
const char *bm_check_say_label (json_t *row);
char *bm_check_dup_sentence (json_t *row) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
