/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BmReasonActor:
 * @BM_REASON_NOBODY: it passes by itself
 * @BM_REASON_HELPER: somebody of the station, with their hands
 * @BM_REASON_SERVICE: somebody on the telephone, or who mends machines
 *
 * Who acts on what keeps a matter, a sheet or a device waiting.
 */
typedef enum
{
  BM_REASON_NOBODY,
  BM_REASON_HELPER,
  BM_REASON_SERVICE,
} BmReasonActor;

typedef enum
{
  BM_REASON_PRINTER,     /* keywords of the spooler, besides "ready" and "none" */
  BM_REASON_LINK,        /* keywords of the line */
  BM_REASON_READER,      /* "ready", "none", "absent", "fault", "unregistered" */
  BM_REASON_SOCIAL,      /* the same, of social-security cards */
  BM_REASON_SCANNER,     /* "ready", "none", "absent", "unregistered" */
  BM_REASON_USB,         /* "typing", "unknown", "registered", "none" */
  BM_REASON_CLOCK,       /* "right", "unchecked", "wrong", "guessed": core/ports/true-clock.h */
  BM_REASON_CAP,         /* "day", "month": what the line may carry is used up */
  BM_REASON_CAMERA,      /* "ready", "none", "fault", "untried" */
  BM_REASON_MICROPHONE,  /* the same */
  BM_REASON_OUTBOX,      /* "stuck", "old", "moving", "empty" */
  BM_REASON_DISK,        /* "full", "low", "room" */
  BM_REASON_JOURNAL,     /* "broken", "unchecked", "whole" */
  BM_REASON_CERTIFICATE, /* "expired", "soon", "valid" */
  BM_REASON_PACKS,       /* states of app/store/store-packs.c */
  BM_REASON_SERVICES,    /* "nothing", "broken", "no-witness", "complete" */
  BM_REASON_MATTER, /* "offline", "sending", "deferred", "held", "rejected", "quarantined", "photos" */
} BmReasonKind;

/* What a keyword means to people. Sentences are msgids in the context "reason". */
typedef struct
{
  BmReasonKind kind;
  const char *keyword;
  BmReasonActor actor;
  gboolean is_blocking; /* of a printer: nothing would come out now, a sheet is not given away */
  const char *what;     /* short: it stands in a band */
  const char *act;      /* what to do, or that nothing is to be done; NULL when all is well */
} BmReason;

const BmReason *bm_reason_find (BmReasonKind kind, const char *keyword);
const char *bm_reason_say_what (const BmReason *self);
const char *bm_reason_say_act (const BmReason *self); /* NULL when all is well */
char *bm_reason_dup_sentence (const BmReason *self) G_GNUC_WARN_UNUSED_RESULT;
char *
bm_reason_dup_sentence_about (const BmReason *self, const char *names) G_GNUC_WARN_UNUSED_RESULT;
const char *bm_reason_pick_blocking (const char *const *keywords, gboolean has_one_tray);

G_END_DECLS
