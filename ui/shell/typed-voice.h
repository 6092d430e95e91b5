/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/widgets/bm-keypad.h"

#include <jansson.h>

G_BEGIN_DECLS

json_t *
bm_typed_voice_new (json_t *model, BmKeypad *keypad, gboolean is_alone) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
