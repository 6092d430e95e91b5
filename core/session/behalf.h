/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

/*
 * 代办: what the desk hands to the hall's session, and what of it goes with the matter (sync/PROTOCOL.md, "behalf"):
 *
 *   {"principal":{"name","idno","address","by":"card|number"}, "relation":"child", "service":"…", "helper":"HT02",
 *    "letter":{"number","from":"YYYY-MM-DD","until","signed":"signature|finger","witnesses":["HT02", …]}}
 */

#define BM_BEHALF_MAX_PAGES 4  /* of a letter, as pictures */
#define BM_BEHALF_GROWN_UP  18 /* who acts for another */

/* Which relations there are, NULL at the end; and how one is called. */
extern const char *const bm_behalf_relations[];
const char *bm_behalf_say_relation (const char *relation);

G_END_DECLS
