/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* The simulated printer (tests/support/sim-printer) as the tests hold it. */
typedef struct
{
  char *folder;
  char *control;
  char *uri;
  GSubprocess *process;
} SimPrinter;

SimPrinter *sim_printer_new (void);
SimPrinter *
sim_printer_new_escpos (const char *line, const char *profile); /* tests/support/sim-escpos */
SimPrinter *sim_printer_new_cups (void); /* tests/support/sim-cups; says CUPS_SERVER */
void sim_printer_free (SimPrinter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimPrinter, sim_printer_free)

char *sim_printer_tell (SimPrinter *self, const char *order); /* what follows "ok" */
void sim_printer_order (SimPrinter *self, const char *order);
GStrv sim_printer_get_sheets (SimPrinter *self); /* pictures of what came out */

/* A laser printer that takes PDF; it lives on the simulated printer's private bus. */
typedef struct
{
  char *uri;
  char *spool;
  GSubprocess *process;
} Laser;

Laser *laser_new (SimPrinter *neighbour);
void laser_free (Laser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Laser, laser_free)

void wait_ms (guint ms);
