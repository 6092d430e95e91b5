/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BM_CONFIG_MAX_BYTES (64 * 1024)
#define BM_CONFIG_MAX_VALUE 1024
#define BM_CONFIG_MAX_MIB   (1024 * 1024)

/* What one seat has; "" where there is no such device. */
typedef struct
{
  gboolean is_enabled;
  gboolean is_one_screen; /* of the desk: it covers the resident's page */
  char *reader;           /* URI, e.g. samv:/dev/ttyUSB0 */
  char *social_card;      /* URI, e.g. pcsc:; the hall only */
  char *printer;          /* URI, e.g. ipp://127.0.0.1:631/ipp/print?media=roll80 */
  char *scanner;          /* URI, e.g. serial:/dev/serial/by-id/…; one that types needs none */
  char *headphone;        /* URI, e.g. file:/run/bianmin/headphone; of the hall only */
  char *microphone;       /* URI, e.g. alsa:default; of the hall only */
  char *camera;           /* URI, e.g. sim:/run/bianmin/camera; of the hall only */
} BmSeatConfig;

/* How the station reaches the platform; NULL or 0: nothing configured. */
typedef struct
{
  char *proxy;   /* http://[user:password@]host:port */
  char *ca_file; /* a further authority that is believed, PEM */
  char *ca;      /* what stands in it */
  char *
    address; /* where to connect although DNS says otherwise: 10.1.2.3, 10.1.2.3:8443, [fd00::1]:8443 */
  gint64 cap_day_mib; /* what the line may carry; above it attachments and packs wait */
  gint64 cap_month_mib;
} BmLineConfig;

/**
 * BmConfig:
 *
 * What station.conf says, checked: every folder is absolute, nothing unknown is left over.
 */
typedef struct
{
  char *path;      /* of the file itself, for messages */
  char *data;      /* folder of the ledger */
  char *keys;      /* folder of enrolment and keys; never inside data */
  char *run;       /* folder of the sockets */
  char *catalogue; /* folder of the services' files, or NULL: the assets' */
  char *media;     /* folder under which sticks appear */
  char *usb;       /* USB devices that belong here (app/devices/usb), or NULL: nobody said */
  char *devices;   /* demo: folder whose links stand for devices, or NULL: udev tells */
  char *voices;    /* folder of recorded sentences, or NULL */
  char *language;
  gboolean is_demo;
  gboolean is_bilingual;
  gboolean has_clock;
  gint64 clock_wall_ms; /* demo only: where the clock starts */
  BmLineConfig line;
  BmSeatConfig hall;
  BmSeatConfig desk;
} BmConfig;

BmConfig *bm_config_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bm_config_free (BmConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BmConfig, bm_config_free)

G_END_DECLS
