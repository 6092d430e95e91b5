/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/station/volumes.h"
#include "sync/volume-file.h"
#include "tests/store/fixture.h"
#include "tests/sync/platform/platform-fixture.h"

G_BEGIN_DECLS

/*
 * A real ledger, the real platform, and between them a stick and a line that do what chance says. Whole
 * volumes that ever were on a stick lie on a shelf, so that an old one comes back at any time.
 */

typedef struct
{
  GRand *rand;
  PlatformFixture *platform;
  Ledger *ledger;
  BmEnrolment *enrolment;
  BmVolumes *volumes;
  char *folder;
  char *stick;
  char *shelf;
  guint matters;     /* promised */
  guint attachments; /* promised with them */
  guint audits;      /* rows that nobody was promised, but that count */
  guint cut_taken;   /* volumes that were not whole and were taken all the same */
  guint whole_lost;  /* whole volumes that were refused */
  guint ops;
} Carry;

Carry *carry_new (GRand *rand);
void carry_free (Carry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Carry, carry_free)

void carry_commit (Carry *self, guint count);
void carry_export (Carry *self, gboolean is_pulled);
void carry_to_centre (Carry *self); /* one volume of the shelf, now and then cut somewhere */
void carry_back (Carry *self);      /* the same, into the station */
void carry_by_line (Carry *self);   /* one exchange; the answer may be lost */
void carry_attachment_by_line (Carry *self);
/* Everything once more, whole and in order: nothing waits any more. */
void carry_rest (Carry *self);

G_END_DECLS
