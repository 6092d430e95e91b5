/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/session.h"

G_BEGIN_DECLS

/* Builds page models (assets/schema/page.json) for BmSession and BmDesk. */

json_t *bm_page_new (const char *id, const char *template_name);
void bm_page_set_question (json_t *page, const char *text, gboolean is_hero);
void bm_page_set_picture (json_t *page, const char *icon);
void bm_page_set_reached (json_t *page, guint reached);
void bm_page_set_number (json_t *page, const char *place, const char *figure, const char *qr);
void bm_page_set_earcon (json_t *page, const char *name);
void bm_page_add_line (json_t *page, const char *icon, const char *text, gboolean is_strong);
void bm_page_add_fact (json_t *page, const char *label, const char *value);
void bm_page_set_share (json_t *page, guint share); /* of the last fact */
/* Of the last fact. @drawing: (transfer full) (nullable) */
void bm_page_set_drawing (json_t *page, char *drawing);
/* Of the last fact. @photo: (nullable): in base64 */
void bm_page_set_photo (json_t *page, const char *photo);
/* Amounts: @value "" while they are covered. */
void bm_page_add_row (json_t *page,
                      const char *label,
                      const char *value,
                      const char *note,
                      gboolean is_strong);
void bm_page_set_covered (json_t *page, gboolean is_covered);
/* Returns the choice (transfer none), for notes and states. */
json_t *bm_page_add_choice (json_t *page,
                            const char *id,
                            const char *icon,
                            const char *label,
                            const char *kind);
void bm_page_set_input (json_t *page, const char *label, guint min, guint max);
/* What may be typed, inclusive, and what to say of less, of more, and of what is none. */
void bm_page_set_bounds (json_t *page, const char *from, const char *to);
void bm_page_set_complaints (json_t *page, const char *under, const char *over, const char *wrong);

/* @name: (nullable): a person's, kept whole where the page says it */
void bm_page_add_name (json_t *page, const char *name);

/* Spoken besides what is shown: before the question, or after the lines. */
void bm_page_say_first (json_t *page, const char *text);
void bm_page_say_also (json_t *page, const char *text);

void bm_page_set_settings (json_t *page, guint scale, const char *theme, gboolean is_spoken);
void bm_page_set_voice (json_t *page,
                        guint rate,
                        guint volume,
                        const char *dialect,
                        gboolean has_headphone);
void bm_page_set_station (json_t *page,
                          const BmSessionSetup *setup,
                          const char *clock,
                          gboolean is_online);

/* Composes the speech from everything above and drops the building aids. Last call. @is_told: the
 * content may be said aloud; else only the choices are. */
void bm_page_finish (json_t *page, gboolean is_told);

gboolean bm_page_has_choice (json_t *page, const char *id); /* and it is not off */

G_END_DECLS
