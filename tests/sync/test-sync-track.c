/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/error.h"
#include "sync/sync-track.h"
#include "tests/sync/engine-fixture.h"

#include <string.h>

/* Asking for another station's slip: its bytes, and the question beside the engine's rounds. */

#define NUMBER     "9901211012010101000000070"
#define CODE       "ABCDEFGH"
#define N_RANDOM   600
#define COMMON     "\"v\":1,\"call\":\"track\",\"kiosk\":7,\"server_ms\":1,\"retry_after_ms\":0"
#define PATIENCE_S 120

static const guint8 nonce[BM_NONCE_LEN] = { 1, 2, 3 };

/* The bytes */

static void
test_path (EngineFixture *f, gconstpointer unused)
{
  g_autofree char *path = bm_track_path (NUMBER, "abcdefgh", nonce);
  g_autofree char *typed = bm_track_path (NUMBER, NULL, nonce);

  g_assert_cmpstr (path, ==,
                   "/v1/track?number=" NUMBER
                   "&code=ABCDEFGH&nonce=01020300000000000000000000000000");
  g_assert_cmpstr (typed, ==,
                   "/v1/track?number=" NUMBER "&code=&nonce=01020300000000000000000000000000");
  g_assert_null (bm_track_path ("9901211012010101000000071", CODE, nonce));
  g_assert_null (bm_track_path ("", CODE, nonce));
  g_assert_null (bm_track_path (NUMBER, "", nonce));
  g_assert_null (bm_track_path (NUMBER, "ABCDEFG", nonce));
  g_assert_null (bm_track_path (NUMBER, "ABCDEFGHI", nonce));
  g_assert_null (bm_track_path (NUMBER, "ABCD&x=1", nonce));
}

static GBytes *
seal_answer (EngineFixture *f, const char *state)
{
  g_autoptr (BmReply) reply = bm_reply_new (BM_CALL_TRACK, TEST_KIOSK, 5);

  reply->is_found = state != NULL;
  reply->state = g_strdup (state);
  return bm_reply_seal (reply, nonce, f->platform_key, NULL);
}

static BmReply *
open_answer (EngineFixture *f, const guint8 *data, gsize len, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);

  return bm_reply_open (bytes, nonce, BM_CALL_TRACK, TEST_KIOSK,
                        bm_enrolment_get_platform_key (f->enrolment), error);
}

static void
test_answer_there_and_back (EngineFixture *f, gconstpointer unused)
{
  static const char *const states[] = { "sent",     "handed",   "accepted", "done",
                                        "not_done", "conflict", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GBytes) bytes = seal_answer (f, states[i]);
      g_autoptr (BmReply) back =
        open_answer (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);

      g_assert_nonnull (back);
      g_assert_cmpint (back->is_found, ==, states[i] != NULL);
      g_assert_cmpstr (back->state, ==, states[i]);
    }
}

/* One bit in each byte, and each length: never an answer. */
static void
test_answer_damaged (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) bytes = seal_answer (f, "done");
  gsize len = g_bytes_get_size (bytes);

  for (gsize i = 0; i < len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), len);

      g_assert_null (open_answer (f, copy, i, NULL));
      copy[i] ^= (guint8) (1 << (i % 8));
      g_assert_null (open_answer (f, copy, len, NULL));
    }
}

/* Signed, so it is the platform's word; but not one of those that may be said. */
static void
test_answer_signed_nonsense (EngineFixture *f, gconstpointer unused)
{
  static const struct
  {
    const char *json;
    gboolean is_good;
  } cases[] = {
    { "{" COMMON ",\"found\":true,\"state\":\"done\"}", TRUE },
    { "{" COMMON ",\"found\":false,\"state\":\"\"}", TRUE },
    { "{" COMMON ",\"found\":false,\"state\":\"\",\"later\":1}", TRUE },
    { "{" COMMON ",\"found\":true,\"state\":\"\"}", FALSE },
    { "{" COMMON ",\"found\":false,\"state\":\"done\"}", FALSE },
    { "{" COMMON ",\"found\":true,\"state\":\"noted\"}", FALSE },
    { "{" COMMON ",\"found\":true,\"state\":\"Done\"}", FALSE },
    { "{" COMMON ",\"found\":1,\"state\":\"done\"}", FALSE },
    { "{" COMMON ",\"found\":true}", FALSE },
    { "{" COMMON ",\"state\":\"done\"}", FALSE },
    { "{" COMMON "}", FALSE },
    { "{" COMMON ",\"found\":true,\"state\":null}", FALSE },
    { "{" COMMON ",\"found\":true,\"state\":\"done\",\"found\":false}", FALSE },
    { "{\"v\":1,\"call\":\"inbox\",\"kiosk\":7,\"server_ms\":1,\"retry_after_ms\":0,"
      "\"messages\":[],\"cursor\":0,\"more\":false,\"found\":true,\"state\":\"done\"}",
      FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = test_reply_sign (cases[i].json, nonce, f->platform_key);
      g_autoptr (GError) error = NULL;
      g_autoptr (BmReply) reply =
        open_answer (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);

      g_test_message ("%s", cases[i].json);
      g_assert_cmpint (reply != NULL, ==, cases[i].is_good);
      if (reply == NULL)
        g_assert_error (error, BM_ERROR, BM_ERROR_INVALID);
    }
}

/* The words of an answer in any order, signed: it opens only as one of the six states or as none. */
static void
test_answer_random_words (EngineFixture *f, gconstpointer unused)
{
  static const char *const words[] = { "\"found\":true",
                                       "\"found\":false",
                                       "\"found\":null",
                                       "\"state\":\"done\"",
                                       "\"state\":\"\"",
                                       "\"state\":\"handed\"",
                                       "\"state\":\"\\u0000\"",
                                       "\"state\":[\"done\"]",
                                       "\"refused\":{\"code\":\"revoked\",\"reason\":\"x\"}",
                                       "\"refused\":{}",
                                       "\"head\":{}",
                                       "\"x\":{\"found\":true}",
                                       "{",
                                       "}" };
  g_autoptr (GRand) chance = g_rand_new_with_seed (20261121);

  for (guint i = 0; i < N_RANDOM; i++)
    {
      g_autoptr (GString) text = g_string_new ("{" COMMON);
      gint n = g_rand_int_range (chance, 0, 5);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (BmReply) reply = NULL;

      for (gint k = 0; k < n; k++)
        g_string_append_printf (text, ",%s",
                                words[g_rand_int_range (chance, 0, G_N_ELEMENTS (words))]);
      g_string_append_c (text, '}');
      bytes = test_reply_sign (text->str, nonce, f->platform_key);
      reply = open_answer (f, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
      if (reply == NULL || reply->refused_code != NULL)
        continue;
      g_assert_cmpint (reply->state != NULL, ==, reply->is_found);
      if (reply->is_found)
        g_assert_true (bm_track_state_is_known (reply->state));
    }
}

/* The question */

typedef struct
{
  BmTrackAnswer *answer;
  GError *error;
  gboolean is_done;
} Asked;

static void
on_tracked (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;

  g_assert_false (asked->is_done);
  asked->answer = bm_sync_engine_track_finish (BM_SYNC_ENGINE (source), result, &asked->error);
  asked->is_done = TRUE;
}

static void
asked_clear (Asked *asked)
{
  g_clear_pointer (&asked->answer, bm_track_answer_free);
  g_clear_error (&asked->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

static gboolean
on_patience (gpointer data)
{
  g_error ("no end to it");
  return G_SOURCE_REMOVE;
}

static void
await (Asked *asked)
{
  guint patience = g_timeout_add_seconds (PATIENCE_S, on_patience, NULL);

  while (!asked->is_done)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (patience);
}

static void
ask (EngineFixture *f, const char *number, const char *code, Asked *asked)
{
  bm_sync_engine_track_async (f->engine, number, code, NULL, on_tracked, asked);
  await (asked);
}

static void
test_asks (EngineFixture *f, gconstpointer unused)
{
  g_auto (Asked) found = { 0 };
  g_auto (Asked) forged = { 0 };

  test_line_set_tracked (f->line, NUMBER, CODE, "accepted");
  bm_sync_engine_start (f->engine);
  ask (f, NUMBER, "abcdefgh", &found);
  g_assert_no_error (found.error);
  g_assert_true (found.answer->is_found);
  g_assert_cmpstr (found.answer->state, ==, "accepted");
  ask (f, NUMBER, "ABCDEFGA", &forged);
  g_assert_no_error (forged.error);
  g_assert_false (forged.answer->is_found);
  g_assert_cmpstr (forged.answer->state, ==, "");
}

static void
test_nothing_of_a_slip (EngineFixture *f, gconstpointer unused)
{
  g_auto (Asked) asked = { 0 };

  bm_sync_engine_start (f->engine);
  ask (f, "9901211012010101000000071", CODE, &asked);
  g_assert_error (asked.error, BM_ERROR, BM_ERROR_INVALID);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_TRACK), ==, 0);
}

static void
test_bad_answers (EngineFixture *f, gconstpointer unused)
{
  static const struct
  {
    TestLineMode mode;
    BmError code;
  } rows[] = {
    { TEST_LINE_LOSE_REPLY, BM_ERROR_UNREACHABLE }, { TEST_LINE_TROUBLE, BM_ERROR_UNREACHABLE },
    { TEST_LINE_PORTAL, BM_ERROR_CORRUPT },         { TEST_LINE_STATUS, BM_ERROR_CORRUPT },
    { TEST_LINE_OTHER_NONCE, BM_ERROR_CORRUPT },    { TEST_LINE_OTHER_KEY, BM_ERROR_CORRUPT },
    { TEST_LINE_REPLAY, BM_ERROR_CORRUPT },         { TEST_LINE_REFUSE, BM_ERROR_REFUSED },
  };

  test_line_set_tracked (f->line, NUMBER, CODE, "done");
  test_line_set_status (f->line, 503, 30000);
  test_line_set_refused (f->line, "revoked");
  bm_sync_engine_start (f->engine);
  engine_pass (f, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Asked) asked = { 0 };

      test_line_misbehave (f->line, rows[i].mode, BM_PATH_TRACK, 1);
      ask (f, NUMBER, CODE, &asked);
      g_assert_null (asked.answer);
      g_assert_error (asked.error, BM_ERROR, (gint) rows[i].code);
    }
}

/* Whatever comes of a question, the engine thinks of the line what it thought and acts when it would. */
static void
test_rounds_are_not_touched (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (BmSyncStatus) before = NULL;
  g_autoptr (BmSyncStatus) after = NULL;

  bm_sync_engine_start (f->engine);
  engine_pass (f, 10000);
  before = bm_sync_engine_dup_status (f->engine);
  for (guint i = TEST_LINE_HONEST; i <= TEST_LINE_REFUSE; i++)
    {
      g_auto (Asked) asked = { 0 };

      test_line_set_status (f->line, 503, 900000);
      test_line_set_refused (f->line, "revoked");
      test_line_misbehave (f->line, (TestLineMode) i, BM_PATH_TRACK, 1);
      ask (f, NUMBER, CODE, &asked);
    }
  after = bm_sync_engine_dup_status (f->engine);
  g_assert_cmpint (before->link, ==, BM_LINK_ONLINE);
  g_assert_cmpint (after->link, ==, before->link);
  g_assert_cmpuint (after->failures, ==, 0);
  g_assert_cmpint (after->wait_ms, ==, before->wait_ms);
  g_assert_cmpint (after->last_contact_ms, ==, before->last_contact_ms);
  test_ledger_add (f->ledger, 100);
  g_assert_cmpint (engine_await (f, BM_ENTRY_ACKED, 1, 1000), ==, 0);
}

/* A question in the middle of a round, which it neither ends nor answers. */
static void
test_during_a_round (EngineFixture *f, gconstpointer unused)
{
  Asked asked[3] = { 0 };

  test_line_set_tracked (f->line, NUMBER, CODE, "handed");
  for (guint i = 0; i < 300; i++)
    test_ledger_add (f->ledger, 200);
  bm_sync_engine_start (f->engine);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      bm_sync_engine_track_async (f->engine, NUMBER, CODE, NULL, on_tracked, &asked[i]);
      g_main_context_iteration (NULL, FALSE);
    }
  engine_await (f, BM_ENTRY_ACKED, 300, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      await (&asked[i]);
      g_assert_no_error (asked[i].error);
      g_assert_cmpstr (asked[i].answer->state, ==, "handed");
      asked_clear (&asked[i]);
    }
}

static void
test_offline (EngineFixture *f, gconstpointer unused)
{
  g_auto (Asked) before_start = { 0 };
  g_auto (Asked) forbidden = { 0 };

  ask (f, NUMBER, CODE, &before_start);
  g_assert_error (before_start.error, BM_ERROR, BM_ERROR_UNREACHABLE);
  /* The platform asked for a pause: that is law for a question as well. */
  test_line_set_status (f->line, 503, 60000);
  test_line_misbehave (f->line, TEST_LINE_STATUS, NULL, 1);
  bm_sync_engine_start (f->engine);
  engine_pass (f, 1000);
  ask (f, NUMBER, CODE, &forbidden);
  g_assert_error (forbidden.error, BM_ERROR, BM_ERROR_UNREACHABLE);
  g_assert_cmpuint (test_line_count (f->line, BM_PATH_TRACK), ==, 0);
}

/* A line that says nothing: the person is told after eight seconds, and no question is left behind. */
static void
test_deadline (EngineFixture *f, gconstpointer unused)
{
  Asked asked[BM_SYNC_MAX_TRACK + 1] = { 0 };
  gint64 began = g_get_monotonic_time ();
  gint64 taken;
  g_auto (Asked) after = { 0 };

  bm_sync_engine_start (f->engine);
  engine_pass (f, 1000);
  test_line_misbehave (f->line, TEST_LINE_NEVER, BM_PATH_TRACK, BM_SYNC_MAX_TRACK);
  for (guint i = 0; i <= BM_SYNC_MAX_TRACK; i++)
    bm_sync_engine_track_async (f->engine, NUMBER, CODE, NULL, on_tracked, &asked[i]);
  await (&asked[BM_SYNC_MAX_TRACK]);
  g_assert_error (asked[BM_SYNC_MAX_TRACK].error, BM_ERROR, BM_ERROR_BUSY);
  for (guint i = 0; i <= BM_SYNC_MAX_TRACK; i++)
    {
      await (&asked[i]);
      if (i < BM_SYNC_MAX_TRACK)
        g_assert_error (asked[i].error, BM_ERROR, BM_ERROR_UNREACHABLE);
      asked_clear (&asked[i]);
    }
  taken = (g_get_monotonic_time () - began) / 1000;
  g_assert_cmpint (taken, >=, BM_SYNC_TRACK_MS - 100);
  g_assert_cmpint (taken, <, BM_SYNC_TRACK_MS + 6000);
  test_line_set_tracked (f->line, NUMBER, CODE, "done");
  ask (f, NUMBER, CODE, &after);
  g_assert_cmpstr (after.answer->state, ==, "done");
}

static void
test_given_up (EngineFixture *f, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Asked) given_up = { 0 };
  g_auto (Asked) stopped = { 0 };

  bm_sync_engine_start (f->engine);
  engine_pass (f, 1000);
  test_line_misbehave (f->line, TEST_LINE_NEVER, BM_PATH_TRACK, 2);
  bm_sync_engine_track_async (f->engine, NUMBER, CODE, cancellable, on_tracked, &given_up);
  bm_sync_engine_track_async (f->engine, NUMBER, CODE, NULL, on_tracked, &stopped);
  g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  await (&given_up);
  g_assert_nonnull (given_up.error);
  g_assert_false (stopped.is_done);
  bm_sync_engine_stop (f->engine);
  await (&stopped);
  g_assert_error (stopped.error, BM_ERROR, BM_ERROR_UNREACHABLE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bm_crypto_init ();

  ENGINE_ADD ("/track/path", test_path);
  ENGINE_ADD ("/track/answer-there-and-back", test_answer_there_and_back);
  ENGINE_ADD ("/track/answer-damaged", test_answer_damaged);
  ENGINE_ADD ("/track/answer-signed-nonsense", test_answer_signed_nonsense);
  ENGINE_ADD ("/track/answer-random-words", test_answer_random_words);
  ENGINE_ADD ("/track/asks", test_asks);
  ENGINE_ADD ("/track/nothing-of-a-slip", test_nothing_of_a_slip);
  ENGINE_ADD ("/track/bad-answers", test_bad_answers);
  ENGINE_ADD ("/track/rounds-are-not-touched", test_rounds_are_not_touched);
  ENGINE_ADD ("/track/during-a-round", test_during_a_round);
  ENGINE_ADD ("/track/offline", test_offline);
  ENGINE_ADD ("/track/deadline", test_deadline);
  ENGINE_ADD ("/track/given-up", test_given_up);
  return g_test_run ();
}
