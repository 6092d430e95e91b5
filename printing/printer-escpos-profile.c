/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-printer-escpos"

#include "printing/printer-escpos-private.h"

#include "core/error.h"

#include <gio/gio.h>

#include <stdlib.h>
#include <string.h>

/*
 * What kinds of receipt printers there are, and where one is. printing/RECEIPT.md §5 says how to find out which
 * profile a printer needs; a new kind is a line here.
 */

#define DEFAULT_PORT 9100

static const BmEscposProfile profiles[] = {
  /* Epson's own (TM-T20, T70II, T81, T82, T83, T88, m30): they say when a sheet is on paper. */
  { "epson80", BM_PAPER_ROLL80, 576, 203, 250, BM_ESCPOS_CUT_PARTIAL, BM_ESCPOS_STATUS_ASB,
    BM_ESCPOS_FENCE_GS_H, 24, 38400, 800 },
  { "epson58", BM_PAPER_ROLL58, 384, 203, 250, BM_ESCPOS_CUT_PARTIAL, BM_ESCPOS_STATUS_ASB,
    BM_ESCPOS_FENCE_GS_H, 24, 38400, 800 },
  /* Others that speak like them. "-gsr": tried out, GS r is answered after the paper. */
  { "generic80", BM_PAPER_ROLL80, 576, 203, 250, BM_ESCPOS_CUT_PARTIAL, BM_ESCPOS_STATUS_DLE,
    BM_ESCPOS_FENCE_NONE, 40, 19200, 400 },
  { "generic80-gsr", BM_PAPER_ROLL80, 576, 203, 250, BM_ESCPOS_CUT_PARTIAL, BM_ESCPOS_STATUS_DLE,
    BM_ESCPOS_FENCE_GS_R, 40, 19200, 400 },
  { "generic58", BM_PAPER_ROLL58, 384, 203, 200, BM_ESCPOS_CUT_NONE, BM_ESCPOS_STATUS_DLE,
    BM_ESCPOS_FENCE_NONE, 120, 9600, 400 },
  { "generic58-gsr", BM_PAPER_ROLL58, 384, 203, 200, BM_ESCPOS_CUT_NONE, BM_ESCPOS_STATUS_DLE,
    BM_ESCPOS_FENCE_GS_R, 120, 9600, 400 },
  /* "-mute": nothing comes back, or only nonsense. */
  { "generic80-mute", BM_PAPER_ROLL80, 576, 203, 250, BM_ESCPOS_CUT_PARTIAL, BM_ESCPOS_STATUS_NONE,
    BM_ESCPOS_FENCE_NONE, 40, 19200, 400 },
  { "generic58-mute", BM_PAPER_ROLL58, 384, 203, 200, BM_ESCPOS_CUT_NONE, BM_ESCPOS_STATUS_NONE,
    BM_ESCPOS_FENCE_NONE, 120, 9600, 400 },
};

const BmEscposProfile *
bm_escpos_profile_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    if (g_strcmp0 (profiles[i].name, name) == 0)
      return &profiles[i];
  return NULL;
}

char *
bm_escpos_profile_dup_names (void)
{
  g_autoptr (GString) names = g_string_new (profiles[0].name);

  for (guint i = 1; i < G_N_ELEMENTS (profiles); i++)
    g_string_append_printf (names, "|%s", profiles[i].name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

void
bm_escpos_place_clear (BmEscposPlace *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->host, g_free);
}

static gboolean
take_word (BmEscposPlace *self,
           const BmEscposProfile **ret_profile,
           const char *key,
           const char *value)
{
  guint64 number;

  if (g_str_equal (key, "profile"))
    return (*ret_profile = bm_escpos_profile_find (value)) != NULL;
  if (g_str_equal (key, "flow") && self->path != NULL)
    {
      self->has_flow = g_str_equal (value, "rtscts");
      return self->has_flow || g_str_equal (value, "none");
    }
  if (!g_str_equal (key, "baud") || self->path == NULL ||
      !g_ascii_string_to_unsigned (value, 10, 1200, 115200, &number, NULL))
    return FALSE;
  self->baud = (int) number;
  return TRUE;
}

/* The words behind the "?". */
static gboolean
take_query (BmEscposPlace *self, const char *query, const BmEscposProfile **ret_profile)
{
  g_auto (GStrv) words = g_strsplit (query, "&", 8);

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *value = strchr (words[i], '=');

      if (value == NULL)
        return FALSE;
      *value++ = '\0';
      if (!take_word (self, ret_profile, words[i], value))
        return FALSE;
    }
  return *ret_profile != NULL;
}

/* A name would be looked up for as long as the resolver likes; a number is there or not. */
static gboolean
take_host (BmEscposPlace *self, const GUri *uri)
{
  const char *host = g_uri_get_host ((GUri *) uri);
  const int port = g_uri_get_port ((GUri *) uri);

  if (host == NULL || !g_hostname_is_ip_address (host) ||
      g_uri_get_userinfo ((GUri *) uri) != NULL || *g_uri_get_path ((GUri *) uri) != '\0' ||
      port == 0)
    return FALSE;
  self->host = g_strdup (host);
  self->port = (guint16) (port > 0 ? port : DEFAULT_PORT);
  return TRUE;
}

/* Whether @uri says where it is and what. */
static gboolean
take_uri (BmEscposPlace *self, const char *uri, const BmEscposProfile **ret_profile)
{
  g_autoptr (GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_NONE, NULL);
  const char *path = parsed != NULL ? g_uri_get_path (parsed) : "";

  *ret_profile = NULL;
  if (parsed == NULL || g_uri_get_query (parsed) == NULL || g_uri_get_fragment (parsed) != NULL)
    return FALSE;
  if (g_str_has_prefix (uri, "escpos:/") && !g_str_has_prefix (uri, "escpos://"))
    self->path = g_strdup (path);
  else if (!take_host (self, parsed))
    return FALSE;
  self->has_flow = TRUE;
  if (!take_query (self, g_uri_get_query (parsed), ret_profile))
    return FALSE;
  if (self->baud == 0)
    self->baud = (*ret_profile)->baud;
  return TRUE;
}

/**
 * bm_escpos_place_set:
 * @self: (out): where it is
 * @uri: escpos:/dev/usb/lp0?profile=…, escpos:/dev/ttyUSB0?profile=…&baud=…&flow=rtscts|none or
 *   escpos://192.168.1.9:9100?profile=…
 * @ret_profile: (out): what it is
 * @error: %BM_ERROR_INVALID
 *
 * Returns: whether @uri says so
 */
gboolean
bm_escpos_place_set (BmEscposPlace *self,
                     const char *uri,
                     const BmEscposProfile **ret_profile,
                     GError **error)
{
  g_autofree char *names = NULL;

  if (take_uri (self, uri, ret_profile))
    return TRUE;
  names = bm_escpos_profile_dup_names ();
  g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
               "printer \"%s\": write escpos:/dev/usb/lp0?profile=P, "
               "escpos:/dev/ttyUSB0?profile=P&baud=19200 or escpos://192.168.1.9:9100?profile=P, "
               "where P is %s",
               uri, names);
  return FALSE;
}

/* A link of /dev/serial/by-id is the same printer as its node, as long as it is there. */
char *
bm_escpos_place_dup_name (const BmEscposPlace *self)
{
  char *real;
  char *name;

  if (self->path == NULL)
    return g_strdup_printf ("escpos://%s:%u", self->host, self->port);
  real = realpath (self->path, NULL);
  name = g_strconcat ("escpos:", real != NULL ? real : self->path, NULL);
  free (real);
  return name;
}
