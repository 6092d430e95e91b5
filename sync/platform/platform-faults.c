/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-platform-faults"

#include "sync/platform/platform-faults.h"

#include "core/error.h"

#include <string.h>

/*
 * One fault is armed at a time; a new one replaces it. Without a count it stays until `clear`. `500
 * N` and `503 N RETRY_S` carry their count first, as the issue writes them. `batch wrong-nonce` waits
 * for that call: an entry then arrives and only its answer is spoiled.
 */

#define FOREVER    G_MAXUINT
#define MAX_NUMBER 3600000
#define MAX_COUNT  1000000

typedef struct
{
  BmPlatformFault fault;
  const char *name;
  const char *arguments; /* n: milliseconds or seconds, c: count, upper case: may be left out */
} Kind;

static const Kind kinds[] = {
  { BM_PLATFORM_FAULT_REFUSE, "refuse", "C" },
  { BM_PLATFORM_FAULT_DROP_REPLY, "drop-reply", "C" },
  { BM_PLATFORM_FAULT_DELAY, "delay", "nC" },
  { BM_PLATFORM_FAULT_ERROR_500, "500", "C" },
  { BM_PLATFORM_FAULT_ERROR_503, "503", "CN" },
  { BM_PLATFORM_FAULT_ERROR_408, "408", "C" },
  { BM_PLATFORM_FAULT_ERROR_413, "413", "C" },
  { BM_PLATFORM_FAULT_PORTAL, "portal", "C" },
  { BM_PLATFORM_FAULT_BARE_OK, "bare-ok", "C" },
  { BM_PLATFORM_FAULT_POISON, "poison", "n" },
  { BM_PLATFORM_FAULT_SLOW_BODY, "slow-body", "C" },
  { BM_PLATFORM_FAULT_TRUNCATE, "truncate", "C" },
  { BM_PLATFORM_FAULT_WRONG_SIGNATURE, "wrong-signature", "C" },
  { BM_PLATFORM_FAULT_WRONG_NONCE, "wrong-nonce", "C" },
  { BM_PLATFORM_FAULT_REPLAY, "replay", "C" },
};

static const char *const calls[] = { "hello", "batch", "inbox", "blob" };

struct _BmPlatformFaults
{
  GMutex mutex;
  const Kind *kind; /* NULL: none */
  const char *call; /* which of the calls meets it; NULL: each */
  guint number;
  guint left;
  guint n_clears;
};

BmPlatformFaults *
bm_platform_faults_new (void)
{
  BmPlatformFaults *self = g_new0 (BmPlatformFaults, 1);

  g_mutex_init (&self->mutex);
  return self;
}

void
bm_platform_faults_free (BmPlatformFaults *self)
{
  if (self == NULL)
    return;
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static const Kind *
find_kind (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

static const char *
find_call (const char *name)
{
  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (calls); i++)
    if (strcmp (calls[i], name) == 0)
      return calls[i];
  return NULL;
}

static gboolean
parse_arguments (const Kind *kind, char **words, guint *ret_number, guint *ret_count)
{
  for (const char *expected = kind->arguments; *expected != '\0'; expected++)
    {
      gboolean is_count = g_ascii_tolower (*expected) == 'c';
      guint64 value;

      if (*words == NULL)
        return g_ascii_isupper (*expected);
      if (!g_ascii_string_to_unsigned (*words, 10, is_count ? 1 : 0,
                                       is_count ? MAX_COUNT : MAX_NUMBER, &value, NULL))
        return FALSE;
      *(is_count ? ret_count : ret_number) = (guint) value;
      words++;
    }
  return *words == NULL;
}

gboolean
bm_platform_faults_set (BmPlatformFaults *self, const char *words, GError **error)
{
  g_auto (GStrv) parts = NULL;
  const char *call;
  char **rest;
  const Kind *kind;
  guint number = 0;
  guint count = FOREVER;

  g_return_val_if_fail (self != NULL && words != NULL, FALSE);

  parts = g_strsplit (words, " ", 6);
  call = find_call (parts[0]);
  rest = call != NULL ? parts + 1 : parts;
  kind = *rest != NULL ? find_kind (*rest) : NULL;
  if (kind == NULL ? g_strcmp0 (words, "clear") != 0
                   : !parse_arguments (kind, rest + 1, &number, &count))
    {
      g_set_error (error, BM_ERROR, BM_ERROR_INVALID,
                   "Unknown fault or arguments: %s; `faults` lists them", words);
      return FALSE;
    }
  g_mutex_lock (&self->mutex);
  self->kind = kind;
  self->call = call;
  self->number = number;
  self->left = count;
  self->n_clears += kind == NULL ? 1 : 0;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

guint
bm_platform_faults_count_clears (BmPlatformFaults *self)
{
  guint count;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  count = self->n_clears;
  g_mutex_unlock (&self->mutex);
  return count;
}

/* Whether the request at @path ("/v1/<call>…") is one that meets the fault. */
static gboolean
is_meant (BmPlatformFaults *self, const char *path)
{
  gsize len;

  if (self->kind == NULL || self->call == NULL)
    return self->kind != NULL;
  len = strlen (self->call);
  return path != NULL && g_str_has_prefix (path, "/v1/") &&
         strncmp (path + strlen ("/v1/"), self->call, len) == 0 &&
         (path[strlen ("/v1/") + len] == '\0' || path[strlen ("/v1/") + len] == '/');
}

BmPlatformFault
bm_platform_faults_take (BmPlatformFaults *self, const char *path, guint *ret_number)
{
  BmPlatformFault fault = BM_PLATFORM_FAULT_NONE;

  g_return_val_if_fail (self != NULL && ret_number != NULL, fault);

  g_mutex_lock (&self->mutex);
  *ret_number = self->number;
  if (is_meant (self, path))
    {
      fault = self->kind->fault;
      if (self->left != FOREVER && --self->left == 0)
        self->kind = NULL;
    }
  g_mutex_unlock (&self->mutex);
  return fault;
}

gboolean
bm_platform_faults_is_refusing (BmPlatformFaults *self)
{
  gboolean is_refusing;

  g_return_val_if_fail (self != NULL, FALSE);

  g_mutex_lock (&self->mutex);
  is_refusing = self->kind != NULL && self->kind->fault == BM_PLATFORM_FAULT_REFUSE;
  g_mutex_unlock (&self->mutex);
  return is_refusing;
}

guint
bm_platform_faults_get_poison (BmPlatformFaults *self)
{
  guint counter;

  g_return_val_if_fail (self != NULL, 0);

  g_mutex_lock (&self->mutex);
  counter = self->kind != NULL && self->kind->fault == BM_PLATFORM_FAULT_POISON ? self->number : 0;
  g_mutex_unlock (&self->mutex);
  return counter;
}

char *
bm_platform_faults_describe (BmPlatformFaults *self)
{
  char *text;

  g_return_val_if_fail (self != NULL, NULL);

  g_mutex_lock (&self->mutex);
  if (self->kind == NULL)
    text = g_strdup ("none");
  else if (self->left == FOREVER)
    text = g_strdup (self->kind->name);
  else
    text = g_strdup_printf ("%s, %u left", self->kind->name, self->left);
  g_mutex_unlock (&self->mutex);
  return text;
}

char *
bm_platform_faults_list (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", kinds[i].name);
  g_string_append (text, " clear");
  return g_string_free (text, FALSE);
}
