/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-backend"

#include "sync/platform/backend.h"

G_DEFINE_INTERFACE (BmBackend, bm_backend, G_TYPE_OBJECT)

static void
bm_backend_default_init (BmBackendInterface *iface)
{
}

void
bm_backend_case_free (BmBackendCase *self)
{
  if (self == NULL)
    return;
  g_free (self->number);
  g_free (self->service);
  g_free (self->rule);
  g_free (self->repeats);
  json_decref (self->payload);
  g_free (self);
}

void
bm_decision_free (BmDecision *self)
{
  if (self == NULL)
    return;
  g_free (self->state);
  g_free (self->code);
  g_free (self->text);
  g_free (self->next_due);
  g_free (self->due);
  g_free (self->counts_day);
  g_free (self->central_no);
  g_free (self->by);
  g_free (self);
}

BmDecision *
bm_backend_submit (BmBackend *self, const BmBackendCase *kase, GError **error)
{
  g_return_val_if_fail (BM_IS_BACKEND (self) && kase != NULL, NULL);

  return BM_BACKEND_GET_IFACE (self)->submit (self, kase, error);
}

BmDecision *
bm_backend_poll (BmBackend *self, const BmBackendCase *kase, GError **error)
{
  g_return_val_if_fail (BM_IS_BACKEND (self) && kase != NULL, NULL);

  return BM_BACKEND_GET_IFACE (self)->poll (self, kase, error);
}

json_t *
bm_backend_fetch_pack (BmBackend *self, const char *village, GError **error)
{
  g_return_val_if_fail (BM_IS_BACKEND (self) && village != NULL, NULL);

  return BM_BACKEND_GET_IFACE (self)->fetch_pack (self, village, error);
}

json_t *
bm_backend_fetch_catalogue (BmBackend *self, GError **error)
{
  g_return_val_if_fail (BM_IS_BACKEND (self), NULL);

  return BM_BACKEND_GET_IFACE (self)->fetch_catalogue (self, error);
}

json_t *
bm_backend_fetch_records (BmBackend *self, const char *village, const char *as_of, GError **error)
{
  g_return_val_if_fail (BM_IS_BACKEND (self) && village != NULL, NULL);

  return BM_BACKEND_GET_IFACE (self)->fetch_records (self, village, as_of, error);
}
