/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/printer.h"

#include <cups/cups.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (http_t, httpClose)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ipp_t, ippDelete)

/* The printer as a peer on the network: its address, and questions that change nothing. */
typedef struct
{
  char *host;
  int port;
  char *resource; /* path */
  char *uri;      /* without our query */
  gboolean is_secure;
  char *user; /* NULL: bianmin */
} BmIppPeer;

BmIppPeer *
bm_ipp_peer_new (const char *uri, BmPaper *ret_paper, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_ipp_peer_free (BmIppPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmIppPeer, bm_ipp_peer_free)

http_t *bm_ipp_connect (const BmIppPeer *peer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ipp_t *bm_ipp_new_request (const BmIppPeer *peer, ipp_op_t operation, const char *job_uri);
ipp_t *bm_ipp_ask (http_t *http, const BmIppPeer *peer, ipp_t *request, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* What a printer can do, as far as we print. */
typedef struct
{
  gboolean has_pdf;
  gboolean has_black_raster;
  gboolean has_roll_resolution;
  gboolean has_sheet_resolution;
  gboolean has_trim;
} BmIppAbilities;

gboolean
bm_ipp_ask_abilities (http_t *http, const BmIppPeer *peer, BmIppAbilities *ret_it, GError **error);

char *bm_ipp_strip_severity (const char *reason);

/* Reasons without severity, with "paused" for a printer that takes no jobs. */
GStrv bm_ipp_ask_reasons (http_t *http, const BmIppPeer *peer, int *ret_up_time_s, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

/* A job of ours in the printer's list. */
typedef struct
{
  char *uri;
  int state;   /* ipp_jstate_t */
  int begun_s; /* by the printer's clock; 0 when it does not say */
  gboolean never_started;
  gboolean has_errors;
} BmIppJob;

gboolean bm_ipp_find_job (ipp_t *response, const char *attempt, BmIppJob *ret_job);
void bm_ipp_job_clear (BmIppJob *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmIppJob, bm_ipp_job_clear)

gboolean bm_ipp_list_job (http_t *http,
                          const BmIppPeer *peer,
                          const char *which,
                          const char *attempt,
                          BmIppJob *ret_job,
                          GError **error);
gboolean bm_ipp_ask_job (http_t *http,
                         const BmIppPeer *peer,
                         const BmPrintTrace *trace,
                         BmIppJob *ret_job,
                         GError **error);

/* Handing over. */
gboolean bm_ipp_is_success (ipp_status_t status);
gboolean bm_ipp_is_plain_refusal (ipp_status_t status);
ipp_t *bm_ipp_send_document (http_t *http,
                             const BmIppPeer *peer,
                             ipp_t *request,
                             GBytes *bytes,
                             gboolean *ret_began);

BmPrintReport *bm_ipp_job_report (const BmIppJob *job);

G_END_DECLS
