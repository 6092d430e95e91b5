/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/shell/shell.h"

G_BEGIN_DECLS

#define BM_TYPE_FACE (bm_face_get_type ())
G_DECLARE_FINAL_TYPE (BmFace, bm_face, BM, FACE, GObject)

/* Signal "ended": the session is over, give way to a fresh process. */
BmFace *bm_face_new (const char *socket, BmShell *shell);

void bm_face_stay (BmFace *self);

G_END_DECLS
