/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/dots.h"
#include "printing/printer-escpos-reply.h"
#include "printing/printer.h"

G_BEGIN_DECLS

/* Shared by the parts of the receipt printer's backend: what it is (profile), where it is (place), what it is
 * sent (stream), how (line), what was begun (trace), and the sheet in hand. */

typedef enum
{
  BM_ESCPOS_CUT_NONE, /* a tear bar */
  BM_ESCPOS_CUT_PARTIAL,
  BM_ESCPOS_CUT_FULL,
} BmEscposCut;

typedef enum
{
  BM_ESCPOS_STATUS_NONE, /* it never says anything */
  BM_ESCPOS_STATUS_DLE,  /* it answers DLE EOT */
  BM_ESCPOS_STATUS_ASB,  /* and tells changes by itself, also amid a picture */
} BmEscposStatus;

typedef enum
{
  BM_ESCPOS_FENCE_NONE, /* nothing tells that a sheet came out */
  BM_ESCPOS_FENCE_GS_R, /* an answer in its turn: what came before was carried out */
  BM_ESCPOS_FENCE_GS_H, /* the sheet's own id comes back when it is on paper */
} BmEscposFence;

typedef struct
{
  const char *name;
  BmPaper paper;
  int width; /* dots */
  int dpi;
  int band_rows; /* never a multiple of 48: some print garbage then */
  BmEscposCut cut;
  BmEscposStatus status;
  BmEscposFence fence;
  int feed_dots;  /* before the cut, or to the tear bar */
  int baud;       /* of a serial line, unless the address says otherwise */
  int rows_per_s; /* at the least; how long a sheet takes that nothing tells of */
} BmEscposProfile;

const BmEscposProfile *bm_escpos_profile_find (const char *name); /* nullable */
char *bm_escpos_profile_dup_names (void);                         /* for a sentence */

/* Where it is: a node of this machine, or an address. */
typedef struct
{
  char *path; /* NULL when it is on the network */
  char *host;
  guint16 port;
  int baud;
  gboolean has_flow; /* the serial line's RTS and CTS are wired */
} BmEscposPlace;

void bm_escpos_place_clear (BmEscposPlace *self);
gboolean bm_escpos_place_set (BmEscposPlace *self,
                              const char *uri,
                              const BmEscposProfile **ret_profile,
                              GError **error);
char *bm_escpos_place_dup_name (const BmEscposPlace *self); /* the same however it was written */

typedef struct _BmEscposLine BmEscposLine;

/* A sheet as the printer wants it. */
typedef struct
{
  GByteArray *bytes;
  GArray *ends; /* gsize: where a command ends, so that a question may be asked */
  int rows;
} BmEscposStream;

/* @id has BM_ESCPOS_ID_LEN characters. */
BmEscposStream *bm_escpos_stream_new (const BmEscposProfile *profile,
                                      const BmDots *dots,
                                      const char *id,
                                      gboolean is_after_torn) G_GNUC_WARN_UNUSED_RESULT;
void bm_escpos_stream_free (BmEscposStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEscposStream, bm_escpos_stream_free)
gboolean bm_escpos_sweep (const BmEscposProfile *profile, BmEscposLine *line);
void bm_escpos_make_id (const char *attempt, char ret_id[BM_ESCPOS_ID_LEN + 1]);

/* The line. Nothing waits longer than it is told. */
BmEscposLine *bm_escpos_line_open (const BmEscposPlace *place, BmDeviceGate *gate, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;
void bm_escpos_line_close (BmEscposLine *self);
void bm_escpos_line_abandon (BmEscposLine *self); /* what is still on this side is thrown away */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEscposLine, bm_escpos_line_close)

gssize bm_escpos_line_write (BmEscposLine *self,
                             const guint8 *data,
                             gsize len,
                             gint64 until_us);           /* 0: it takes nothing; -1: it is gone */
gsize bm_escpos_line_count_waiting (BmEscposLine *self); /* bytes that did not leave yet */
gboolean
bm_escpos_line_read (BmEscposLine *self, GByteArray *heard, gint64 until_us); /* FALSE: gone */

/* What this machine began to send, so that a later run can tell. It lives as long as the machine runs. */
typedef enum
{
  BM_ESCPOS_TRACE_NONE,    /* nothing was ever begun */
  BM_ESCPOS_TRACE_BEGAN,   /* some of it may be on paper, and the printer may wait for the rest */
  BM_ESCPOS_TRACE_SWEPT,   /* as BEGAN, but the printer waits for nothing any more */
  BM_ESCPOS_TRACE_ENDED,   /* all of it went out */
  BM_ESCPOS_TRACE_PRINTED, /* the printer said that it is on paper */
} BmEscposTraceState;

typedef struct
{
  BmEscposTraceState state;
  gint64 born_ms;  /* boot clock */
  gint64 began_ms; /* boot clock, of the attempt */
  char attempt[40];
} BmEscposTrace;

gboolean bm_escpos_trace_load (BmEscposTrace *self, const char *place);
gboolean bm_escpos_trace_ensure (const char *place, GError **error);
gboolean bm_escpos_trace_set (const char *place,
                              BmEscposTraceState state,
                              const char *attempt,
                              GError **error);
BmPrintReport *bm_escpos_trace_judge (const char *place, const BmPrintTrace *trace);

/* A sheet that is being given to the printer; without a stream only what it is asked and says. */
typedef struct
{
  BmEscposLine *line;
  const BmEscposProfile *profile;
  BmEscposStream *stream;
  GByteArray *heard;
  GStrv reasons; /* what is wrong, as last heard */
  char *attempt;
  char id[BM_ESCPOS_ID_LEN + 1];
  gsize sent;
  gsize waiting;        /* of it that did not leave this machine yet */
  guint tenths;         /* of it that went out */
  guint next_end;       /* index in stream->ends */
  guint owed;           /* questions that were not answered yet */
  gint64 asked_us;      /* the last question; 0 when there was none */
  gsize asked_at;       /* sent, then */
  gint64 moved_us;      /* when it last took something, or said why it does not */
  gint64 blocked_us;    /* since when it says that nothing will come out; 0 when it does not */
  gint64 all_us;        /* when the last byte went out; 0 before */
  gboolean is_gone;     /* the line */
  gboolean is_printed;  /* the fence came back */
  gboolean is_answered; /* GS r came back; believed with a clean state only */
  gboolean has_noise;
} BmEscposSheet;

BmEscposSheet *bm_escpos_sheet_new (BmEscposLine *line,
                                    const BmEscposProfile *profile,
                                    BmEscposStream *stream,
                                    const char *attempt) G_GNUC_WARN_UNUSED_RESULT;
void bm_escpos_sheet_free (BmEscposSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmEscposSheet, bm_escpos_sheet_free)
void bm_escpos_sheet_abandon (BmEscposSheet *self);
gboolean bm_escpos_sheet_ask (BmEscposSheet *self, GError **error);
void bm_escpos_sheet_push (BmEscposSheet *self, gint64 until_us);
gboolean bm_escpos_sheet_is_all_out (const BmEscposSheet *self);
const char *bm_escpos_sheet_get_obstacle (const BmEscposSheet *self);

/* For tests, which cannot wait as long as a village can. */
void bm_escpos_printer_set_patience (BmPrinter *printer,
                                     guint stuck_ms,
                                     guint mend_ms,
                                     guint printing_ms);

G_END_DECLS
