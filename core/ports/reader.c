/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-reader"

#include "core/ports/reader.h"

G_DEFINE_INTERFACE (BmReader, bm_reader, G_TYPE_OBJECT)

static void
bm_reader_default_init (BmReaderInterface *iface)
{
  /**
   * BmReader:state:
   *
   * The #BmReaderState, as an integer. A driver overrides it and notifies.
   */
  g_object_interface_install_property (iface,
                                       g_param_spec_int ("state", NULL, NULL, BM_READER_ABSENT,
                                                         BM_READER_REFUSED, BM_READER_ABSENT,
                                                         G_PARAM_READABLE |
                                                           G_PARAM_STATIC_STRINGS));

  /**
   * BmReader::card-read:
   * @self: the reader
   * @card: (type gpointer): a #BmCard, borrowed; take a reference to keep it
   *
   * Emitted once per placing of a card that could be read.
   */
  g_signal_new ("card-read", BM_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_POINTER);

  /**
   * BmReader::card-removed:
   * @self: the reader
   *
   * Emitted when the card that lay there is gone.
   */
  g_signal_new ("card-removed", BM_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);

  /**
   * BmReader::card-failed:
   * @self: the reader
   * @error: why
   *
   * Emitted when a card was placed but could not be read; the person may try again.
   */
  g_signal_new ("card-failed", BM_TYPE_READER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                1, G_TYPE_ERROR);
}

/**
 * bm_reader_lease:
 * @self: a reader
 *
 * Begins to look for cards; a card that already lies there counts as newly placed.
 */
void
bm_reader_lease (BmReader *self)
{
  g_return_if_fail (BM_IS_READER (self));

  BM_READER_GET_IFACE (self)->lease (self);
}

/**
 * bm_reader_release:
 * @self: a reader
 *
 * Stops looking for cards.
 */
void
bm_reader_release (BmReader *self)
{
  g_return_if_fail (BM_IS_READER (self));

  BM_READER_GET_IFACE (self)->release (self);
}

/**
 * bm_reader_get_state:
 * @self: a reader
 *
 * Tells whether the device answers.
 *
 * Returns: the state
 */
BmReaderState
bm_reader_get_state (BmReader *self)
{
  g_return_val_if_fail (BM_IS_READER (self), BM_READER_ABSENT);

  return BM_READER_GET_IFACE (self)->get_state (self);
}

/**
 * bm_reader_has_card:
 * @self: a reader
 *
 * Tells whether a card lies on the reader, as far as is known.
 *
 * Returns: %TRUE if a card was seen and not yet seen gone
 */
gboolean
bm_reader_has_card (BmReader *self)
{
  g_return_val_if_fail (BM_IS_READER (self), FALSE);

  return BM_READER_GET_IFACE (self)->has_card (self);
}

/**
 * bm_reader_close:
 * @self: a reader
 *
 * Ends the driver's thread. No signal is emitted afterwards.
 */
void
bm_reader_close (BmReader *self)
{
  g_return_if_fail (BM_IS_READER (self));

  BM_READER_GET_IFACE (self)->close (self);
}

/**
 * bm_reader_look:
 * @self: a reader
 *
 * Its device may have come or gone just now: the driver looks at once, and is as eager as at first.
 */
void
bm_reader_look (BmReader *self)
{
  g_return_if_fail (BM_IS_READER (self));

  BM_READER_GET_IFACE (self)->look (self);
}

/**
 * bm_reader_set_watched:
 * @self: a reader
 * @is_watched: whether bm_reader_look() is called whenever its node comes
 *
 * A driver whose node is watched need not look for it again and again while there is none.
 */
void
bm_reader_set_watched (BmReader *self, gboolean is_watched)
{
  g_return_if_fail (BM_IS_READER (self));

  if (BM_READER_GET_IFACE (self)->set_watched != NULL)
    BM_READER_GET_IFACE (self)->set_watched (self, is_watched);
}
