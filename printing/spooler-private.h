/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/printer.h"
#include "printing/spooler.h"

G_BEGIN_DECLS

/* Shared by spooler.c (the object, people's words), spooler-jobs.c (which job is next) and spooler-turn.c
 * (what one turn does). */

/* What only the print worker touches while a turn is under way. */
typedef struct
{
  BmPrinter *printer;
  BmLayout *layout; /* NULL until the first sheet, or until nothing was to be printed twice */
  guint idle_looks; /* without a job */
} BmSpoolerDevice;

/* spooler-device.c, on the worker */
gboolean bm_spooler_device_ensure (BmSpoolerDevice *self, GError **error);
/* Reads fonts and pictograms before the first sheet wants them; what fails here fails, and is told, there. */
gboolean bm_spooler_device_warm (BmSpoolerDevice *self);

/* A job that is not settled, as last read, and what this run knows of it besides. */
typedef struct
{
  BmPrintJob *job;
  gint64 since_boot_ms;    /* when it was queued, by the boot clock */
  char *trouble;           /* why it lies in the printer, as last told; or NULL */
  gboolean is_new;         /* announced; a list that was read before need not have it */
  gboolean is_left;        /* its resident left */
  gboolean is_asked;       /* UNKNOWN, and the printer knows no more until it was away */
  gboolean is_unprintable; /* it cannot be drawn */
  gboolean is_being_settled;
} BmSpoolerItem;

struct _BmSpooler
{
  GObject parent_instance;

  BmSpoolerDevice *device;
  BmWorker *worker;
  BmPrintJournal *journal;
  BmClock *clock;
  GMainContext *context;

  GPtrArray *seats; /* char *: whose jobs are ours */
  GHashTable *open; /* job id -> BmSpoolerItem */
  GStrv reasons;
  GSource *timer;
  gulong queued_id;
  gboolean is_started;
  gboolean is_turning; /* a turn is under way */
  gboolean is_listing; /* it reads the journal */
  gboolean is_hurried; /* something came meanwhile: turn again at once */
  gboolean is_away;    /* the printer did not answer last time */
  gboolean was_read;   /* the journal, in this run */
  guint settling;      /* a person's words that are being stored */
  guint lost;          /* polls in a row without an answer */
  guint tries;         /* looks in a row at a printer that could not print */
};

BmSpooler *bm_spooler_new_for_printer (BmPrinter *printer,
                                       BmPrintJournal *journal,
                                       BmWorker *worker,
                                       BmClock *clock) G_GNUC_WARN_UNUSED_RESULT;

/* What a turn is for; later ones come first. */
typedef enum
{
  BM_SPOOLER_NOTHING,
  BM_SPOOLER_LOOK,              /* QUEUED or WAITING: look whether it can be printed */
  BM_SPOOLER_ASK,               /* UNKNOWN: look for evidence */
  BM_SPOOLER_RETURN_TO_WAITING, /* REFUSED */
  BM_SPOOLER_FOLLOW,            /* SENDING or SENT: look for evidence */
  BM_SPOOLER_SAY_BLOCKED,       /* QUEUED behind a sheet that does not move */
  BM_SPOOLER_EXPIRE,
} BmSpoolerTask;

/* spooler.c */
void bm_spooler_tell (BmSpooler *self, BmPrintJob *news);
const char *bm_spooler_error_reason (BmSpooler *self, const GError *error);
void bm_spooler_note_answer (BmSpooler *self, GStrv reasons);
void bm_spooler_note_silence (BmSpooler *self, const GError *error);
void bm_spooler_plan (BmSpooler *self, guint wait_ms);

/* spooler-jobs.c */
GHashTable *bm_spooler_new_table (void);
BmSpoolerItem *bm_spooler_find_item (BmSpooler *self, gint64 job);
void bm_spooler_item_set_job (BmSpoolerItem *item, BmPrintJob *job);
gboolean bm_spooler_is_ours (BmSpooler *self, const BmPrintJob *job);
void bm_spooler_announce (BmSpooler *self, BmPrintJob *job);
void bm_spooler_take_list (BmSpooler *self, GPtrArray *jobs);
BmPrintJob *bm_spooler_job_with (const BmPrintJob *job, BmPrintState state, const char *reason);
gint64 bm_spooler_get_age_ms (BmSpooler *self, const BmPrintJob *job);
BmSpoolerItem *bm_spooler_find_queued (BmSpooler *self);
const char *bm_spooler_get_blocked (BmSpooler *self);
BmSpoolerTask bm_spooler_choose (BmSpooler *self, const char *blocked, BmSpoolerItem **ret_item);

/* spooler-turn.c */
void bm_spooler_begin_turn (BmSpooler *self);

G_END_DECLS
