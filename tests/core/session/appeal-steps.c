/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/core/session/appeal-steps.h"

#include <string.h>

BmEffect *
world_need (World *self, BmEffectType type)
{
  BmEffect *effect = world_find (self, type);

  if (effect == NULL)
    g_error ("no effect %d", type);
  return effect;
}

void
appeal_begin (World *world)
{
  world_choose (world, "start");
  world_choose (world, APPEAL);
  assert_page (world, "danger");
}

void
appeal_tap (World *world, const char *code)
{
  g_autofree char *choice = g_strconcat ("code:", code, NULL);
  gsize n = json_array_size (json_object_get (world_page (world), "choices"));

  assert_page (world, "field");
  world_choose (world, choice);
  if (n > 3)
    world_do (world, "next");
}

void
appeal_tap_all (World *world, const char *codes)
{
  g_auto (GStrv) list = g_strsplit (codes, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    appeal_tap (world, list[i]);
}

void
appeal_identify (World *world)
{
  assert_page (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  assert_page (world, "confirm");
  world_choose (world, "yes");
  assert_page (world, "notice");
  world_choose (world, "agree");
  assert_page (world, "readback");
}

void
appeal_come_to_readback (World *world, const char *codes)
{
  appeal_begin (world);
  world_choose (world, "safe");
  appeal_tap_all (world, codes);
  appeal_identify (world);
}

void
appeal_open_case (World *world)
{
  world_choose (world, "start");
  world_choose (world, "cases");
  if (world_offers (world, "card"))
    world_choose (world, "card");
  assert_page (world, "card");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  if (strcmp (world_page_id (world), "letter") == 0)
    world_choose (world, "later"); /* the letter that waits: it is opened from the list */
}

void
appeal_answer (World *world, const char *state, const char *code)
{
  json_t *answer = world_case (world->number, APPEAL, state, code);

  json_object_set (answer, "slip", world->draft->slip);
  world_send (world, (BmEvent){ .type = BM_EVENT_CASE_CHANGED, .json = answer });
  json_decref (answer);
}

json_t *
appeal_answered (const char *number)
{
  json_t *answered = world_case (number, APPEAL, "done", "APPEAL_ANSWERED");
  json_t *fields = json_object_get (json_object_get (answered, "slip"), "fields");

  json_object_set_new (json_object_get (answered, "result"), "text",
                       json_string ("村口那段路11月20日补好了。"));
  json_object_set_new (fields, "q.kind", json_string ("help"));
  json_object_set_new (fields, "q.what", json_string ("road"));
  return answered;
}

void
appeal_assert_step (World *world, int at)
{
  json_t *step = json_object_get (world_page (world), "step");

  g_assert_cmpint (json_integer_value (json_object_get (step, "at")), ==, at);
  g_assert_cmpint (json_integer_value (json_object_get (step, "of")), ==, 5);
}

const char *
appeal_field (BmDraft *draft, const char *id)
{
  return json_string_value (json_object_get (json_object_get (draft->payload, "fields"), id));
}

const char *
appeal_contact_service (World *world)
{
  return json_string_value (
    json_object_get (world_need (world, BM_EFFECT_CONTACT)->json, "service"));
}

gboolean
appeal_sheet_says (BmDraft *draft, const char *text)
{
  g_autofree char *flat = world_flat_text (draft->sheet);

  return strstr (flat, text) != NULL;
}

gboolean
appeal_is_spoken (World *world, const char *text)
{
  json_t *sentence;
  gsize i;

  json_array_foreach (json_object_get (world_page (world), "speech"), i, sentence)
  {
    if (strstr (json_string_value (sentence), text) != NULL)
      return TRUE;
  }
  return FALSE;
}
