/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/platform/platform.h"

G_BEGIN_DECLS

/* Those of the program and those that were ever published, from the platform's folder. */
BmDictionaries *
bm_platform_load_dictionaries (const char *dir, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Keeps the zstd dictionary in @path for ever and sends it to every station; @name is "entry". What was set
 * aside for want of it is judged again. How many stations were told; -1 on error. */
gint bm_platform_publish_dictionary (BmPlatform *self, const char *path, GError **error);

G_END_DECLS
