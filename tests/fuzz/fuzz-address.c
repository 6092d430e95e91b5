/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-address"

#include "core/people/address.h"

#include "tests/fuzz/fuzz.h"

static const char table[] =
  "{\"version\":1,\"kind\":\"divisions\",\"source\":\"t\",\"divisions\":["
  "{\"code\":\"99\",\"name\":\"A\"},{\"code\":\"9901\",\"name\":\"B\"},"
  "{\"code\":\"990121\",\"name\":\"C\"},{\"code\":\"990121101\",\"name\":\"D\"},"
  "{\"code\":\"990121102\",\"name\":\"E\"},{\"code\":\"990121101201\",\"name\":\"FF\",\"groups\":6},"
  "{\"code\":\"990121102201\",\"name\":\"FF\"},{\"code\":\"990121102202\",\"name\":\"F\"}]}";

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static BmDivisions *divisions = NULL;

  if (divisions == NULL)
    {
      json_t *document = json_loads (table, 0, NULL);
      divisions = bm_divisions_new (document, NULL);
      json_decref (document);
    }
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (BmAddress) address = bm_divisions_parse (divisions, text);
  g_assert_true (g_utf8_validate (address->residue, -1, NULL));
  g_assert_true ((address->code[0] == '\0') == (address->confidence == BM_ADDRESS_UNKNOWN));
  return 0;
}
