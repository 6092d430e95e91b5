/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-find"

#include "printing/printer-find.h"

#include "printing/printer-ipp-private.h"

#include "core/error.h"

#include <string.h>
#include <sys/socket.h>

/*
 * Which printers could be set up: device nodes, queues of cupsd, and what announces itself on the network. For the
 * operator; the station looks for none by itself, so that no slip goes to a printer that nobody chose.
 */

#define SEARCH_MS   3000
#define MAX_FOUND   50
#define MAX_NAME    120
#define ROLL80_SIZE 7200 /* 1/100 mm across */
#define ROLL58_SIZE 4800

void
bm_found_printer_free (BmFoundPrinter *self)
{
  g_free (self->backend);
  g_free (self->what);
  g_free (self);
}

/* What a device says of itself goes to a terminal. */
static char *
dup_plain (const char *text)
{
  char *plain = g_utf8_make_valid (text != NULL ? text : "", MIN (strlen (text), MAX_NAME));

  for (char *at = plain; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return g_strstrip (plain);
}

static void
add (GPtrArray *found, char *backend, const char *kind, const char *name)
{
  g_autofree char *plain = dup_plain (name != NULL ? name : "");
  BmFoundPrinter *printer;

  if (found->len >= MAX_FOUND)
    {
      g_free (backend);
      return;
    }
  printer = g_new0 (BmFoundPrinter, 1);
  printer->backend = backend;
  printer->what = *plain != '\0' ? g_strdup_printf ("%s: %s", kind, plain) : g_strdup (kind);
  g_ptr_array_add (found, printer);
}

/* Nodes */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_folder (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL); /* none: no such device */
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* The model in "MFG:…;MDL:…;"; NULL when it does not say. */
static char *
dup_model (const char *root, const char *node)
{
  g_autofree char *path =
    g_build_filename (root, "sys/class/usbmisc", node, "device/ieee1284_id", NULL);
  g_autofree char *id = NULL;
  g_auto (GStrv) parts = NULL;

  if (!g_file_get_contents (path, &id, NULL, NULL))
    return NULL;
  parts = g_strsplit (id, ";", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (g_str_has_prefix (parts[i], "MDL:") || g_str_has_prefix (parts[i], "MODEL:"))
      return g_strdup (strchr (parts[i], ':') + 1);
  return NULL;
}

/**
 * bm_printers_find_nodes:
 * @root: "/"
 *
 * Opens none of them: what is sent to a device that is no printer could do harm.
 *
 * Returns: (transfer full) (element-type BmFoundPrinter): those that may be receipt printers
 */
GPtrArray *
bm_printers_find_nodes (const char *root)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_found_printer_free);
  g_autofree char *usb = g_build_filename (root, "dev/usb", NULL);
  g_autofree char *serial = g_build_filename (root, "dev/serial/by-id", NULL);
  g_autoptr (GPtrArray) nodes = list_folder (usb);
  g_autoptr (GPtrArray) lines = list_folder (serial);

  for (guint i = 0; i < nodes->len; i++)
    {
      const char *node = g_ptr_array_index (nodes, i);
      g_autofree char *model = dup_model (root, node);

      if (g_str_has_prefix (node, "lp"))
        add (found, g_strdup_printf ("escpos:/dev/usb/%s?profile=generic80", node), "USB printer",
             model);
    }
  for (guint i = 0; i < lines->len; i++)
    add (found,
         g_strdup_printf ("escpos:/dev/serial/by-id/%s?profile=generic80",
                          (const char *) g_ptr_array_index (lines, i)),
         "serial line, if a receipt printer is there", NULL);
  return found;
}

/* By IPP */

static gboolean
takes_width (ipp_t *response, int width)
{
  ipp_attribute_t *sizes =
    ippFindAttribute (response, "media-size-supported", IPP_TAG_BEGIN_COLLECTION);

  for (int i = 0; i < ippGetCount (sizes); i++)
    {
      ipp_attribute_t *x =
        ippFindAttribute (ippGetCollection (sizes, i), "x-dimension", IPP_TAG_ZERO);
      int most = 0;

      if (x == NULL)
        continue;
      if (ippGetValueTag (x) == IPP_TAG_RANGE ? ippGetRange (x, 0, &most) <= width && most >= width
                                              : ippGetInteger (x, 0) == width)
        return TRUE;
    }
  return FALSE;
}

static const char *
choose_media (const BmIppAbilities *can, ipp_t *response)
{
  if (can->has_black_raster && can->has_roll_resolution && takes_width (response, ROLL80_SIZE))
    return "roll80";
  if (can->has_black_raster && can->has_roll_resolution && takes_width (response, ROLL58_SIZE))
    return "roll58";
  return can->has_pdf || (can->has_black_raster && can->has_sheet_resolution) ? "a4" : NULL;
}

static ipp_t *
ask_what_it_is (http_t *http, const BmIppPeer *peer, GError **error)
{
  static const char *const wanted[] = { "printer-make-and-model", "media-size-supported" };
  ipp_t *request = bm_ipp_new_request (peer, IPP_OP_GET_PRINTER_ATTRIBUTES, NULL);

  ippAddStrings (request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
                 G_N_ELEMENTS (wanted), NULL, wanted);
  return bm_ipp_ask (http, peer, request, error);
}

/**
 * bm_printers_ask:
 * @uri: ipp://host:port/path
 * @error: %BM_ERROR_UNREACHABLE, %BM_ERROR_UNSUPPORTED for one that cannot print what we make
 *
 * Returns: (transfer full): the printer there
 */
BmFoundPrinter *
bm_printers_ask (const char *uri, GError **error)
{
  BmPaper unused;
  g_autoptr (BmIppPeer) peer = bm_ipp_peer_new (uri, &unused, error);
  g_autoptr (http_t) http = peer != NULL ? bm_ipp_connect (peer, error) : NULL;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (ipp_t) response = NULL;
  BmIppAbilities can;
  const char *media;

  if (http == NULL || !bm_ipp_ask_abilities (http, peer, &can, error))
    return NULL;
  response = ask_what_it_is (http, peer, error);
  if (response == NULL)
    return NULL;
  media = choose_media (&can, response);
  if (media == NULL)
    {
      g_set_error (error, BM_ERROR, BM_ERROR_UNSUPPORTED,
                   "%s takes neither PDF nor black PWG raster: it needs a driver (cups:)", uri);
      return NULL;
    }
  add (found, g_strdup_printf ("%s?media=%s", peer->uri, media), "IPP printer",
       ippGetString (ippFindAttribute (response, "printer-make-and-model", IPP_TAG_TEXT), 0, NULL));
  return g_ptr_array_index (found, 0);
}

/* cupsd's queues, and what announces itself */

typedef struct
{
  int count;
  cups_dest_t *items;
} Destinations;

static void
destinations_clear (Destinations *self)
{
  cupsFreeDests (self->count, self->items);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Destinations, destinations_clear)

static int
keep_destination (void *user_data, unsigned flags, cups_dest_t *destination)
{
  Destinations *kept = user_data;

  if ((flags & CUPS_DEST_FLAGS_REMOVED) == 0 && kept->count < MAX_FOUND)
    kept->count = cupsCopyDest (destination, kept->count, &kept->items);
  return 1;
}

static const char *
get_option (const cups_dest_t *destination, const char *name)
{
  return cupsGetOption (name, destination->num_options, destination->options);
}

static gboolean
is_queue (const cups_dest_t *destination)
{
  const char *type = get_option (destination, "printer-type");

  return type == NULL || (g_ascii_strtoull (type, NULL, 10) & CUPS_PRINTER_DISCOVERED) == 0;
}

/* Where a printer that announced itself is, by number: its name would have to be looked up each time. */
static char *
dup_address (cups_dest_t *destination)
{
  char resource[1024];
  char number[256];
  http_t *http = cupsConnectDest (destination, CUPS_DEST_FLAGS_DEVICE, SEARCH_MS, NULL, resource,
                                  sizeof resource, NULL, NULL);
  http_addr_t *address = http != NULL ? httpGetAddress (http) : NULL;
  char *uri = NULL;

  if (address != NULL && httpAddrFamily (address) == AF_INET)
    uri = g_strdup_printf ("ipp://%s:%d%s", httpAddrString (address, number, sizeof number),
                           httpAddrPort (address), resource);
  if (http != NULL)
    httpClose (http);
  return uri;
}

/**
 * bm_printers_find_served:
 *
 * Takes some seconds where avahi runs.
 *
 * Returns: (transfer full) (element-type BmFoundPrinter): queues of cupsd, and IPP printers that announce themselves
 */
GPtrArray *
bm_printers_find_served (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) bm_found_printer_free);
  g_auto (Destinations) all = { 0 };

  (void) cupsEnumDests (CUPS_DEST_FLAGS_NONE, SEARCH_MS, NULL, 0, 0, keep_destination, &all);
  for (int i = 0; i < all.count; i++)
    {
      g_autofree char *uri = NULL;
      BmFoundPrinter *printer;

      if (is_queue (&all.items[i]))
        {
          add (found, g_strdup_printf ("cups:%s?media=a4", all.items[i].name),
               "queue of the print service", get_option (&all.items[i], "printer-make-and-model"));
          continue;
        }
      uri = dup_address (&all.items[i]);
      printer =
        uri != NULL ? bm_printers_ask (uri, NULL) : NULL; /* one that needs a driver is no choice */
      if (printer != NULL)
        g_ptr_array_add (found, printer);
    }
  return found;
}
