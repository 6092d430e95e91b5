/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/widgets/bm-keypad.h"

G_BEGIN_DECLS

#define BM_TYPE_READOUT (bm_readout_get_type ())
G_DECLARE_FINAL_TYPE (BmReadout, bm_readout, BM, READOUT, GtkWidget)

/* Signal "wrong" (sentence): what is typed has just become wrong. */
GtkWidget *bm_readout_new (BmKeypad *keypad,
                           BmType type,
                           BmType note_type,
                           const char *first,
                           gboolean is_problem);

G_END_DECLS
