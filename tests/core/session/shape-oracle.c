/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/catalogue/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* For test-schemas: one JSON value a line on standard input, "1" or "0" a line on standard output. */

static gboolean
check (const char *kind, json_t *json)
{
  if (strcmp (kind, "page") == 0)
    return bm_shape_check_page (json, NULL);
  if (strcmp (kind, "intent") == 0)
    return bm_shape_check_intent (json, NULL);
  return bm_shape_check_service (json, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  char *line = NULL;
  size_t size = 0;

  if (argc != 2)
    return 2;
  while (getline (&line, &size, stdin) > 0)
    {
      json_t *json = json_loads (line, JSON_DECODE_ANY, NULL);

      if (json == NULL)
        return 3;
      puts (check (argv[1], json) ? "1" : "0");
      json_decref (json);
    }
  free (line);
  return 0;
}
