/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/crypto/crypto.h"
#include "core/entry/attachment.h"
#include "core/strokes/strokes.h"
#include "tests/core/session/world.h"

#include <string.h>

/* A consent of its own: what is recorded of it, what stands above the signature, and the way of who does not agree. */

static World *
reach_consent (void)
{
  World *world = world_new_with (g_getenv ("BIANMIN_CONSENT"));

  world_choose (world, "start");
  world_choose (world, "demo.consent");
  world_place (world, WANG_NAME, WANG_ID);
  world_choose (world, "yes");
  world_choose (world, "agree");
  assert_page (world, "consent");
  return world;
}

static void
sign (World *world)
{
  g_autoptr (BmStrokes) strokes = bm_strokes_new (23000, 12000);
  g_autofree char *text = NULL;
  json_auto_t *intent = NULL;

  g_assert_true (bm_strokes_begin (strokes, (BmStrokePoint){ 1000, 1000, 0 }));
  for (gint32 i = 1; i < 120; i++)
    g_assert_true (bm_strokes_go_on (strokes, (BmStrokePoint){ 1000 + 40 * i, 1000 + i * i % 97 * 9,
                                                               (guint32) (8 * i) }));
  text = bm_strokes_to_text (strokes);
  intent = json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "sign", "strokes", text);
  world_send (world, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent });
}

static json_t *
get_record (World *world, gsize index)
{
  return json_array_get (json_object_get (world->draft->payload, "consents"), index);
}

static void
assert_record (World *world, gsize index, const char *key, const char *value)
{
  g_assert_cmpstr (json_string_value (json_object_get (get_record (world, index), key)), ==, value);
}

/* The block right above the signature. */
static const char *
get_words_above_signature (World *world)
{
  json_t *before = NULL;
  json_t *block;
  gsize i;

  json_array_foreach (json_object_get (world->draft->sheet, "blocks"), i, block)
  {
    if (strcmp (json_string_value (json_object_get (block, "type")), "signature") == 0)
      return json_string_value (json_object_get (before, "value"));
    before = block;
  }
  return NULL;
}

static char *
dup_hash (GBytes *bytes)
{
  g_autoptr (GBytes) hash = bm_sm3_bytes (bytes);
  const guint8 *data = g_bytes_get_data (hash, NULL);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < BM_SM3_LEN; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}

static char *
dup_words_hash (const char *words)
{
  g_autoptr (GBytes) bytes = g_bytes_new (words, strlen (words));

  return dup_hash (bytes);
}

/* The signature is bound to the version that was read, to its words, and stands below both on paper. */
static void
test_signature_of_another_notice (void)
{
  g_autoptr (World) world = reach_consent ();
  g_autofree char *words = dup_words_hash ("同意查您家的收入吗？\n镇里会查收入和存款。\n"
                                           "只为这次低保用，别的不用。\n您随时可以说不同意了。");
  g_autofree char *strokes = NULL;
  BmAttachment *attachment;

  world_choose (world, "agree");
  assert_page (world, "sign");
  sign (world);
  assert_page (world, "consent");
  world_choose (world, "disagree");
  assert_page (world, "readback");
  g_assert_true (world_says (world, "不同意"));
  world_choose (world, "right");
  assert_page (world, "done");
  assert_record (world, 0, "field", "f.check");
  assert_record (world, 0, "version", "HD-2026.1");
  assert_record (world, 0, "answer", "yes");
  assert_record (world, 0, "language", "zh_CN");
  assert_record (world, 0, "method", "signature");
  assert_record (world, 0, "signed_in", "f.sign");
  assert_record (world, 0, "words_sm3", words);
  attachment = world->draft->attachments->pdata[0];
  strokes = dup_hash (attachment->data);
  assert_record (world, 0, "strokes_sm3", strokes);
  /* What was not needed and not agreed to is on record, too, and nothing was signed for it. */
  assert_record (world, 1, "version", "ZP-2026.1");
  assert_record (world, 1, "answer", "no");
  assert_record (world, 1, "method", "tap");
  assert_record (world, 1, "strokes_sm3", NULL);
  g_assert_cmpstr (get_words_above_signature (world), ==, "同意（HD-2026.1）");
}

static void
test_who_cannot_write (void)
{
  g_autoptr (World) world = reach_consent ();

  world_choose (world, "agree");
  world_choose (world, "cannot");
  world_choose (world, "mark");
  world_choose (world, "agree");
  world_choose (world, "right");
  assert_page (world, "done");
  assert_record (world, 0, "method", "finger-print");
  assert_record (world, 0, "strokes_sm3", NULL);
  g_assert_cmpstr (get_words_above_signature (world), ==, "同意（HD-2026.1）");
}

/* Who does not agree is pressed to nothing, hears the other way, and leaves no matter. */
static void
test_not_agreed_is_handed_in (void)
{
  g_autoptr (World) world = reach_consent ();

  world_choose (world, "disagree");
  assert_page (world, "no-consent");
  g_assert_true (world_says (world, "可以到镇里用纸办"));
  world_choose (world, "again");
  assert_page (world, "consent");
  world_choose (world, "disagree");
  world_choose (world, "stop");
  g_assert_null (world->draft);
}

/* A change of mind counts, in either direction: what was signed is not asked for again, nor kept. */
static void
test_change_of_mind (void)
{
  g_autoptr (World) world = reach_consent ();

  world_choose (world, "disagree");
  world_choose (world, "again");
  world_choose (world, "agree");
  sign (world);
  world_choose (world, "agree");
  assert_page (world, "readback");
  world_choose (world, "change");
  assert_page (world, "consent");
  world_choose (world, "disagree");
  assert_page (world, "no-consent");
  world_do (world, "back");
  world_choose (world, "agree");
  assert_page (world, "sign");
  world_do (world, "next");
  world_choose (world, "agree");
  world_choose (world, "right");
  assert_page (world, "done");
  g_assert_cmpuint (json_array_size (json_object_get (world->draft->payload, "consents")), ==, 2);
  assert_record (world, 0, "answer", "yes");
  assert_record (world, 1, "answer", "yes");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_set_up_locale ();
  g_test_add_func ("/consent/signature-of-another-notice", test_signature_of_another_notice);
  g_test_add_func ("/consent/who-cannot-write", test_who_cannot_write);
  g_test_add_func ("/consent/not-agreed-is-handed-in", test_not_agreed_is_handed_in);
  g_test_add_func ("/consent/change-of-mind", test_change_of_mind);
  return g_test_run ();
}
