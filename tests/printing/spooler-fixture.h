/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "printing/spooler-private.h"

#include "tests/printing/told-printer.h"

/* A spooler with a journal, a printer and a clock that do as they are told. */

#define MINUTE 60000 /* ms */

typedef struct
{
  BmShiftClock *clock;
  TestJournal *journal;
  TestPrinter *printer;
  BmWorker *worker;
  BmSpooler *spooler;
  GString *told; /* "<job>:<state>:<reason> …" */
  GString *complaints;
} SpoolerFixture;

void spooler_open (SpoolerFixture *fixture);
void spooler_set_up (SpoolerFixture *fixture, gconstpointer unused);
void spooler_close (SpoolerFixture *fixture);
void spooler_tear_down (SpoolerFixture *fixture, gconstpointer unused);
void spooler_wait_ms (guint ms);
void spooler_wait_for (SpoolerFixture *fixture, gint64 job, BmPrintState state);
void spooler_wait_until_told (SpoolerFixture *fixture, const char *news);
void spooler_assert_path (SpoolerFixture *fixture, gint64 job, const char *path);
void spooler_assert_sheets (SpoolerFixture *fixture, guint sheets);
gint64 spooler_queue (SpoolerFixture *fixture);
gint64 spooler_start_and_queue (SpoolerFixture *fixture);
void spooler_answer (SpoolerFixture *fixture, TestCall call, BmPrintOutcome outcome);

void spooler_add (const char *path, void (*test) (SpoolerFixture *, gconstpointer));
int spooler_main (int argc, char **argv, void (*add_all) (void));
