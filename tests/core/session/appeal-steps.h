/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/core/session/world.h"

/* Steps of the flow in which a problem is raised. */

#define APPEAL "req.appeal"

void appeal_begin (World *world);                 /* to the question of danger */
void appeal_tap (World *world, const char *code); /* and 下一步 where there are more than three */
void appeal_tap_all (World *world, const char *codes);
void appeal_identify (World *world); /* from the card to the read-back */
void appeal_come_to_readback (World *world, const char *codes);
void appeal_open_case (World *world); /* 我的事办到哪了, by card */
void appeal_answer (World *world, const char *state, const char *code);
json_t *appeal_answered (const char *number); /* a case with a reply */

void appeal_assert_step (World *world, int at);
const char *appeal_field (BmDraft *draft, const char *id);
const char *appeal_contact_service (World *world); /* of 请他们找我 */
gboolean appeal_sheet_says (BmDraft *draft, const char *text);
gboolean appeal_is_spoken (World *world, const char *text);
BmEffect *world_need (World *self, BmEffectType type);
