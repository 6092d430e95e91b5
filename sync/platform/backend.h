/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include <jansson.h>

G_BEGIN_DECLS

/*
 * The port to whoever decides. The front platform hands a case over, asks for its decision, and
 * fetches what stations need (packs, catalogue). A province's own system is another driver of this
 * port. Drivers are called from any thread, one call at a time.
 */

/* A case as it is handed over: opened, still the station's own words. */
typedef struct
{
  gint64 serial; /* unique in this platform, growing */
  char *number;
  char *service;
  char *rule;
  json_t *payload;
  gint64 received_ms; /* by the platform's clock */
  gint64 happened_ms; /* when the person was there: the station's clock where it can be believed */
  gint64 now_ms;
  gint64 since_ms; /* when it was last opened: received_ms, or its last reopening */
  guint reopened;  /* how often the person said that it was not solved */
  char *
    repeats; /* 补录, 代办: number of the case that came of the same paper form or letter before, or NULL */
  gboolean is_visit_of_other; /* 上门: the order that it names is known here, and somebody else's */
} BmBackendCase;

void bm_backend_case_free (BmBackendCase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmBackendCase, bm_backend_case_free)

/* What the deciding office said. Strings are never NULL except next_due and due. */
typedef struct
{
  char *state; /* handed, accepted, done, not_done, conflict */
  char *code;
  char *text;
  char *next_due; /* YYYY-MM-DD or NULL */
  char *due;      /* when it is to be answered: YYYY-MM-DD, or a time where hours count, or NULL */
  gboolean is_due_provisional; /* a calendar is missing: about that day */
  char *counts_day;            /* 补录: YYYY-MM-DD, the day that counts; or NULL */
  gboolean is_paper_day;       /* that day is the one on the paper, not the one on which it came */
  char *central_no;
  char *by;
  gboolean is_final;
} BmDecision;

void bm_decision_free (BmDecision *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmDecision, bm_decision_free)

#define BM_TYPE_BACKEND (bm_backend_get_type ())
G_DECLARE_INTERFACE (BmBackend, bm_backend, BM, BACKEND, GObject)

struct _BmBackendInterface
{
  GTypeInterface parent_iface;

  BmDecision *(*submit) (BmBackend *self, const BmBackendCase *kase, GError **error);
  BmDecision *(*poll) (BmBackend *self, const BmBackendCase *kase, GError **error);
  json_t *(*fetch_pack) (BmBackend *self, const char *village, GError **error);
  json_t *(*fetch_catalogue) (BmBackend *self, GError **error);
  json_t *(*fetch_records) (BmBackend *self,
                            const char *village,
                            const char *as_of,
                            GError **error);
};

/**
 * bm_backend_submit:
 *
 * Hands a case over. The same case again is the same case (a crash may have come between).
 *
 * Returns: (transfer full): what can be said at once, never final
 */
BmDecision *bm_backend_submit (BmBackend *self, const BmBackendCase *kase, GError **error);
/* The decision as it stands; what bm_backend_submit() said when there is none yet. */
BmDecision *bm_backend_poll (BmBackend *self, const BmBackendCase *kase, GError **error);
/* The due list of a village:
 * {"version":1,"village":…,"as_of":…,"due":[{"name":…,"group":…,"month":"YYYY-MM"}]}. */
json_t *bm_backend_fetch_pack (BmBackend *self, const char *village, GError **error);
/* What is known of everybody who belongs to a village (core/pack/pack.h, Record JSON):
 * {"version":1,"village":…,"as_of":"YYYY-MM-DD","records":[{"idno":…,"record":{…}}]}.
 * @as_of: as if the data were of that day (only a driver for demo can); NULL for what there is. */
json_t *
bm_backend_fetch_records (BmBackend *self, const char *village, const char *as_of, GError **error);
/* The services that are taken: {"version":1,"services":["…"]}. */
json_t *bm_backend_fetch_catalogue (BmBackend *self, GError **error);

G_END_DECLS
