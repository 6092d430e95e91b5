/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/people/card.h"

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * A reader of ID cards. A driver polls only while a lease is held (design §1: a shared device is leased
 * to the session that asked). All signals are emitted in the main context that was the thread default
 * when the reader was made; the driver's own thread never reaches its users.
 *
 * Signals:
 *  "card-read"    (BmCard *card)      once per placing
 *  "card-removed" ()
 *  "card-failed"  (GError *error)     torn frame, card moved, unreadable: the person may try again;
 *                                     error domain BM_ERROR; BM_ERROR_UNSUPPORTED = unknown layout
 *  "notify::state"                    the interface has the int property "state"; a driver implements it
 *                                     with g_object_class_override_property (klass, PROP_STATE, "state")
 */

typedef enum
{
  BM_READER_ABSENT, /* no device node, unplugged, or a module that does not answer */
  BM_READER_READY,
  BM_READER_FAULT,   /* self-test failed, not authorised: needs a person */
  BM_READER_REFUSED, /* not one that may be used here (core/ports/device-gate.h) */
} BmReaderState;

#define BM_TYPE_READER (bm_reader_get_type ())
G_DECLARE_INTERFACE (BmReader, bm_reader, BM, READER, GObject)

struct _BmReaderInterface
{
  GTypeInterface parent_iface;

  void (*lease) (
    BmReader *self); /* begin to look for cards; a card lying there counts as newly placed */
  void (*release) (BmReader *self); /* stop looking */
  BmReaderState (*get_state) (BmReader *self);
  gboolean (*has_card) (BmReader *self); /* a card lies on the reader as far as is known */
  void (*close) (BmReader *self);        /* ends the driver's thread */
  void (*look) (BmReader *self);         /* something was plugged or unplugged: looks at once */
  void (*set_watched) (BmReader *self, gboolean is_watched); /* (nullable) */
};

void bm_reader_lease (BmReader *self);
void bm_reader_release (BmReader *self);
BmReaderState bm_reader_get_state (BmReader *self);
gboolean bm_reader_has_card (BmReader *self);
void bm_reader_close (BmReader *self);
void bm_reader_look (BmReader *self);
void bm_reader_set_watched (BmReader *self, gboolean is_watched);

G_END_DECLS
