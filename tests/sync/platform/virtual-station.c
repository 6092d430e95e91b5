/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-platform"

#include "tests/sync/platform/virtual-station.h"

#include "core/entry/number.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include <string.h>

#define VILLAGE "990121101201"

static char *
take_pem (gnutls_datum_t *text)
{
  char *pem = g_strndup ((const char *) text->data, text->size);

  gnutls_free (text->data);
  return pem;
}

static void
make_tls_key (VirtualStation *self)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crq_t request;
  gnutls_datum_t text = { NULL, 0 };

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                                 GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                                 0),
                   ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &text), ==, 0);
  self->tls_key = take_pem (&text);
  g_assert_cmpint (gnutls_x509_crq_init (&request), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_set_version (request, 1), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_set_dn_by_oid (request, GNUTLS_OID_X520_COMMON_NAME, 0, "test",
                                                  4),
                   ==, 0);
  g_assert_cmpint (gnutls_x509_crq_set_key (request, key), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_sign2 (request, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crq_export2 (request, GNUTLS_X509_FMT_PEM, &text), ==, 0);
  self->csr = take_pem (&text);
  gnutls_x509_crq_deinit (request);
  gnutls_x509_privkey_deinit (key);
}

VirtualStation *
virtual_station_new (void)
{
  VirtualStation *self = g_new0 (VirtualStation, 1);
  g_autoptr (GError) error = NULL;

  self->sign_key = bm_key_generate (BM_KEY_SM2_PRIVATE, &error);
  g_assert_no_error (error);
  make_tls_key (self);
  bm_random_bytes (&self->epoch, sizeof self->epoch);
  self->next_seq = 1;
  self->terminal = 1;
  self->boot_ms = 1000;
  return self;
}

void
virtual_station_free (VirtualStation *self)
{
  g_clear_pointer (&self->sign_key, bm_key_unref);
  g_clear_pointer (&self->seal_public, bm_key_unref);
  g_clear_pointer (&self->platform_public, bm_key_unref);
  g_clear_pointer (&self->ratchet, bm_ratchet_free);
  json_decref (self->enrolment);
  g_free (self->csr);
  g_free (self->tls_key);
  g_free (self);
}

GBytes *
virtual_station_make_enrol_request (VirtualStation *self, const char *code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BmEnrolCode) parsed = bm_enrol_code_parse (code, &error);
  g_autoptr (BmKey) public_key = bm_key_dup_public (self->sign_key);
  g_autofree char *sign_text = bm_key_to_string (public_key);
  BmEnrolRequest request = { 0 };

  g_assert_no_error (error);
  g_strlcpy (request.secret, parsed->secret, sizeof request.secret);
  request.csr = self->csr;
  request.sign_key = sign_text;
  request.version = (char *) "0.1.0";
  return bm_enrol_request_encode (&request);
}

void
virtual_station_take_enrolment (VirtualStation *self, GBytes *document)
{
  g_autoptr (GError) error = NULL;
  json_t *platform;

  json_decref (self->enrolment);
  self->enrolment =
    json_loadb (g_bytes_get_data (document, NULL), g_bytes_get_size (document), 0, NULL);
  g_assert_nonnull (self->enrolment);
  platform = json_object_get (self->enrolment, "platform");
  g_clear_pointer (&self->seal_public, bm_key_unref);
  g_clear_pointer (&self->platform_public, bm_key_unref);
  self->seal_public =
    bm_key_new_from_string (json_string_value (json_object_get (platform, "seal_key")), &error);
  g_assert_no_error (error);
  self->platform_public =
    bm_key_new_from_string (json_string_value (json_object_get (platform, "sign_key")), &error);
  g_assert_no_error (error);
  self->kiosk = (guint32) json_integer_value (json_object_get (self->enrolment, "kiosk"));
  self->label = (guint) json_integer_value (json_object_get (self->enrolment, "epoch_label"));
  self->counter =
    (guint32) json_integer_value (json_object_get (self->enrolment, "counter_start")) - 1;
  bm_chain_start (self->kiosk, self->epoch, self->head);
}

void
virtual_station_take_keys (VirtualStation *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->sign_key, bm_key_unref);
  self->sign_key =
    bm_key_new_from_string (json_string_value (json_object_get (self->enrolment, "sign_key")),
                            &error);
  g_assert_no_error (error);
  g_free (self->tls_key);
  self->tls_key = g_strdup (json_string_value (json_object_get (self->enrolment, "client_key")));
  g_assert_nonnull (self->tls_key);
}

const char *
virtual_station_get_certificate (VirtualStation *self)
{
  return json_string_value (json_object_get (self->enrolment, "client_certificate"));
}

static BmEntryHeader
make_header (VirtualStation *self, BmEntryType type)
{
  BmEntryHeader header = { 0 };

  header.type = (guint8) type;
  header.suite = type == BM_ENTRY_RUN ? BM_SUITE_SM : BM_SUITE_SM_ONCE;
  header.kiosk = self->kiosk;
  header.epoch = self->epoch;
  header.seq = self->next_seq++;
  header.boot_ms = self->boot_ms;
  memcpy (header.boot_id, self->boot_id, BM_BOOT_ID_LEN);
  header.wall_ms = self->wall_ms;
  header.priority = 1;
  header.due_day = BM_NO_DUE_DAY;
  return header;
}

static GBytes *
add_to_chain (VirtualStation *self, GBytes *header, GBytes *sealed)
{
  GBytes *record = bm_record_new (header, sealed);
  guint8 next[BM_SM3_LEN];

  bm_chain_next (self->head, record, next);
  memcpy (self->head, next, sizeof next);
  return record;
}

GBytes *
virtual_station_start_run (VirtualStation *self)
{
  g_autoptr (GError) error = NULL;
  BmEntryHeader header = make_header (self, BM_ENTRY_RUN);
  g_autoptr (GBytes) bytes = bm_entry_header_encode (&header);
  g_autoptr (GBytes) start = NULL;

  self->run = (guint32) header.seq;
  g_clear_pointer (&self->ratchet, bm_ratchet_free);
  self->ratchet = bm_ratchet_new (self->run);
  start = bm_ratchet_seal_start (self->ratchet, self->seal_public, &error);
  g_assert_no_error (error);
  return add_to_chain (self, bytes, start);
}

static GBytes *
seal_entry (VirtualStation *self, BmEntryHeader *header, json_t *payload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plain = bm_canonical_json (payload, &error);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) sealed = NULL;

  g_assert_no_error (error);
  header->run = self->run;
  header->key_index = bm_ratchet_get_next_index (self->ratchet);
  bytes = bm_entry_header_encode (header);
  sealed = bm_ratchet_seal (self->ratchet, bytes, plain, &error);
  g_assert_no_error (error);
  json_decref (payload);
  return add_to_chain (self, bytes, sealed);
}

GBytes *
virtual_station_make_audit (VirtualStation *self)
{
  BmEntryHeader header = make_header (self, BM_ENTRY_AUDIT);

  header.priority = 9;
  return seal_entry (self, &header, json_pack ("{s:i, s:s}", "version", 1, "event", "test"));
}

GBytes *
virtual_station_make_matter (VirtualStation *self,
                             const char *service,
                             json_t *payload,
                             char **ret_number)
{
  BmEntryHeader header = make_header (self, BM_ENTRY_MATTER);
  g_autofree char *number = bm_number_new (VILLAGE, self->terminal, self->label, ++self->counter);

  g_strlcpy (header.number, number, sizeof header.number);
  g_strlcpy (header.service, service, sizeof header.service);
  g_strlcpy (header.rule, "C1-2026.1", sizeof header.rule);
  header.subject_tag[0] = 1;
  if (ret_number != NULL)
    *ret_number = g_steal_pointer (&number);
  return seal_entry (self, &header, payload);
}

GBytes *
virtual_station_ask_back (VirtualStation *self, GBytes *matter, guint8 tag)
{
  BmEntryHeader header = make_header (self, BM_ENTRY_WITHDRAWAL);
  guint8 hash[BM_SM3_LEN];
  char epoch[17];
  char hex[2 * BM_SM3_LEN + 1];
  BmEntryHeader wanted;

  g_assert_true (bm_record_parse (matter, &wanted, NULL, NULL, NULL));
  bm_sm3 (g_bytes_get_data (matter, NULL), g_bytes_get_size (matter), hash);
  for (guint i = 0; i < BM_SM3_LEN; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", hash[i]);
  g_snprintf (epoch, sizeof epoch, "%016" G_GINT64_MODIFIER "x", wanted.epoch);
  header.subject_tag[0] = tag;
  return seal_entry (self, &header,
                     json_pack ("{s:i, s:s, s:s, s:s, s:I, s:s}", "version", 1, "what", "withdraw",
                                "number", wanted.number, "epoch", epoch, "seq",
                                (json_int_t) wanted.seq, "hash", hex));
}

GBytes *
virtual_station_certify (VirtualStation *self,
                         const char *name,
                         const char *id_number,
                         const char *witness,
                         char **ret_number)
{
  json_t *evidence = json_pack ("[{s:s, s:I, s:s}]", "class", "card", "at_ms",
                                (json_int_t) self->wall_ms, "kind", "citizen");

  if (witness != NULL)
    json_array_append_new (evidence, json_pack ("{s:s, s:s, s:I}", "class", "witness", "staff",
                                                witness, "at_ms", (json_int_t) self->wall_ms));
  return virtual_station_make_matter (self, "cert.pension",
                                      json_pack ("{s:i, s:s, s:s, s:{s:s, s:s}, s:o}", "version", 1,
                                                 "service", "cert.pension", "rule", "C1-2026.1",
                                                 "fields", "p.name", name, "p.idno", id_number,
                                                 "evidence", evidence),
                                      ret_number);
}

GBytes *
virtual_station_make_batch (VirtualStation *self, GPtrArray *records, BmBatchHeader *ret_header)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  memset (ret_header, 0, sizeof *ret_header);
  bm_random_bytes (ret_header->nonce, BM_NONCE_LEN);
  ret_header->kiosk = self->kiosk;
  ret_header->epoch = self->epoch;
  ret_header->head_seq = self->next_seq - 1;
  memcpy (ret_header->head, self->head, BM_SM3_LEN);
  bytes = bm_batch_encode (ret_header, records, self->sign_key, &error);
  g_assert_no_error (error);
  return bytes;
}

GBytes *
virtual_station_make_hello (VirtualStation *self, guint8 ret_nonce[BM_NONCE_LEN])
{
  BmHello hello = { 0 };

  bm_random_bytes (hello.nonce, BM_NONCE_LEN);
  memcpy (ret_nonce, hello.nonce, BM_NONCE_LEN);
  hello.kiosk = self->kiosk;
  hello.epoch = self->epoch;
  hello.next_seq = self->next_seq;
  memcpy (hello.head, self->head, BM_SM3_LEN);
  hello.wall_ms = self->wall_ms;
  hello.version = (char *) "0.1.0";
  return bm_hello_encode (&hello);
}

GPtrArray *
records_of (GBytes *first, ...)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  va_list args;

  va_start (args, first);
  for (GBytes *record = first; record != NULL; record = va_arg (args, GBytes *))
    g_ptr_array_add (records, record);
  va_end (args);
  return records;
}
