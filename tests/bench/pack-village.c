/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sync/platform/pack-fixture.h"

#include <stdlib.h>

/*
 *   pack-village DIR [RESIDENTS]
 *
 * Leaves a pack of 10,000 residents (or as many as said) for every station of a platform that is not
 * running: the demo village among invented people, whose keys are random. Its stations fetch it by
 * themselves as soon as the platform serves again; serve without --packs, which would publish the true
 * 32 instead. For measuring a query in a whole station.
 */

#define DEFAULT_RESIDENTS 10000
#define MAX_RESIDENTS     40000

static void
send_to_all (BmPlatform *platform, BmVillagePack *pack)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) kiosks = NULL;

  g_assert_true (bm_platform_store_begin (platform->store, &error));
  kiosks = bm_platform_store_list_stations (platform->store, &error);
  bm_platform_store_rollback (platform->store);
  g_assert_no_error (error);
  for (guint i = 0; i < kiosks->len; i++)
    {
      guint32 kiosk = (guint32) g_array_index (kiosks, gint64, i);
      gint sent = bm_packs_send (platform, kiosk, pack, TRUE, &error);

      g_assert_no_error (error);
      g_print ("station %u: %d messages for %u residents\n", kiosk, sent, pack->items->len);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (BmClock) clock = bm_system_clock_new ();
  g_autoptr (BmPlatform) platform = NULL;
  g_autoptr (BmVillagePack) pack = NULL;
  g_autoptr (GError) error = NULL;
  guint64 residents = DEFAULT_RESIDENTS;

  if (argc < 2 || argc > 3 ||
      (argc == 3 && !g_ascii_string_to_unsigned (argv[2], 10, 1, MAX_RESIDENTS, &residents, NULL)))
    {
      g_printerr ("usage: pack-village DIR [RESIDENTS]\n");
      return EXIT_FAILURE;
    }
  bm_crypto_init ();
  platform = bm_platform_open (argv[1], clock, &error);
  if (platform == NULL)
    {
      g_printerr ("pack-village: %s\n", error->message);
      return EXIT_FAILURE;
    }
  pack = pack_fixture_new_village (platform, (guint) residents);
  send_to_all (platform, pack);
  return EXIT_SUCCESS;
}
