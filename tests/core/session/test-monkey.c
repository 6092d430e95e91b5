/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/entry/number.h"
#include "core/error.h"
#include "tests/core/session/appeal-steps.h"

#include <string.h>

/*
 * 200,000 events in any order. Most follow what a page offers, so that the far ends are reached; the
 * rest are what a bad moment brings. The world checks every page as it comes.
 */

#define N_EVENTS 50000 /* of each run */

typedef struct
{
  World *world;
  const char *extra; /* a service that only tests have */
  GRand *rand;
  GHashTable *pages; /* ids that were seen */
  guint n_named;     /* drafts of requests */
  guint n_nameless;
  guint n_reopened;
  guint n_papers; /* drafts with a photo or a memo */
  guint n_staff;  /* and those whose paper the staff have */
  BmDraft *last;
} Monkey;

static gint
pick (Monkey *self, gint n)
{
  return g_rand_int_range (self->rand, 0, n);
}

static void
choose_offered (Monkey *self)
{
  json_t *choices = json_object_get (world_page (self->world), "choices");
  gsize n = json_array_size (choices);

  if (n == 0)
    {
      world_do (self->world, pick (self, 2) == 0 ? "next" : "back");
      return;
    }
  {
    json_t *choice = json_array_get (choices, (gsize) pick (self, (gint) n));
    g_autofree char *id = g_strdup (json_string_value (json_object_get (choice, "id")));

    if (world_offers (self->world, id))
      world_choose (self->world, id);
  }
}

static gboolean
has_next (World *world)
{
  json_t *frame = json_object_get (world_page (world), "frame");

  return json_is_string (json_object_get (frame, "next"));
}

/* What a person who wants the matter done would do here. */
static gboolean
go_ahead (Monkey *self)
{
  static const char *const wanted[] = { "keep",        "start", "yes",   "agree",    "staff:ht02",
                                        "seen",        "right", "go-on", "here",     "understood",
                                        "code:pump",   "safe",  "hear",  "unsolved", "now",
                                        "show",        "slip",  "take",  "talk",     "stop",
                                        "cert.elder80" };
  const char *services[] = { self->extra,     "cert.pension", "cert.pension", "req.appeal",
                             "query.pension", "cases",        "others",       "req.appeal" };
  World *world = self->world;
  const char *id = world_page_id (world);

  if (strcmp (id, "home") == 0)
    world_choose (world, services[pick (self, G_N_ELEMENTS (services))]);
  else if (strcmp (id, "field") == 0 && has_next (world))
    world_do (world, "next");
  else if (strcmp (id, "card") == 0)
    world_place (world, WANG_NAME, WANG_ID);
  else if (strcmp (id, "witness") == 0 && pick (self, 2) == 0)
    world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS, .text = "HT02", .flag = TRUE });
  else
    {
      for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
        if (world_offers (world, wanted[i]))
          {
            world_choose (world, wanted[i]);
            return TRUE;
          }
      return FALSE;
    }
  return TRUE;
}

static void
choose_wild (Monkey *self)
{
  static const char *const wild[] = { "seen",         "right",      "agree",  "taken",
                                      "print",        "case:1",     "case:9", "code:no",
                                      "code:x",       "again",      "hear",   "leave",
                                      "list",         "cases",      "yes",    "go-on",
                                      "staff:ht02",   "contact",    "here",   "understood",
                                      "cert.pension", "query.case", "skip" };
  json_t *intent = json_pack ("{s:i, s:s, s:s}", "version", 1, "do", "choose", "choice",
                              wild[pick (self, G_N_ELEMENTS (wild))]);

  world_send (self->world, (BmEvent){ .type = BM_EVENT_INTENT, .json = intent });
  json_decref (intent);
}

static void
press_frame (Monkey *self)
{
  static const char *const acts[] = { "back", "next", "next",     "next", "bigger",
                                      "read", "help", "activity", "end",  "voice" };

  world_do (self->world, acts[pick (self, G_N_ELEMENTS (acts))]);
}

static void
type_something (Monkey *self)
{
  static const char *const typed[] = { "2202", "20261224",           "13800000000",
                                       "1",    "990121194803120028", "00000000" };

  world_type (self->world, typed[pick (self, G_N_ELEMENTS (typed))]);
}

static void
move_card (Monkey *self)
{
  gint which = pick (self, 5);

  if (which == 0)
    world_take (self->world);
  else if (which == 1)
    world_send (self->world,
                (BmEvent){ .type = BM_EVENT_CARD_FAILED,
                           .code = pick (self, 2) == 0 ? BM_ERROR_INVALID : BM_ERROR_UNSUPPORTED });
  else if (which == 2)
    world_place (self->world, "李德福", "990121194211030053");
  else
    world_place (self->world, WANG_NAME, WANG_ID);
}

/* The centre says something of what the person brought along. */
static void
say_brought_case (Monkey *self, const char *state, const char *code)
{
  gsize n = json_array_size (self->world->cases);
  json_t *item = n > 0 ? json_array_get (self->world->cases, pick (self, (gint) n)) : NULL;
  json_t *answer;

  if (item == NULL)
    return;
  answer = world_case (json_string_value (json_object_get (item, "number")), "", state, code);
  json_object_set (item, "state", json_object_get (answer, "state"));
  json_object_set (item, "result", json_object_get (answer, "result"));
  json_object_set_new (item, "is_told", json_false ());
  world_send (self->world, (BmEvent){ .type = BM_EVENT_CASE_CHANGED, .json = item });
  json_decref (answer);
}

static void
say_case (Monkey *self)
{
  static const struct
  {
    const char *state;
    const char *code;
  } answers[] = { { "done", "CERT_OK" },       { "sent", NULL },
                  { "not_done", "CERT_NAME" }, { "handed", NULL },
                  { "conflict", "CERT_DUP" },  { "done", "UNKNOWN_CODE" },
                  { "done", "LENT" },          { "done", "APPEAL_ANSWERED" } };
  guint i = (guint) pick (self, G_N_ELEMENTS (answers));

  say_brought_case (self, answers[i].state, answers[i].code);
  if (self->world->number == NULL)
    return;
  if (self->world->draft != NULL && strcmp (self->world->draft->service, "req.appeal") == 0)
    appeal_answer (self->world, answers[i].state, answers[i].code);
  else
    world_answer (self->world, answers[i].state, answers[i].code);
}

static void
say_print (Monkey *self)
{
  static const char *const states[] = { "queued",  "waiting", "sending",    "sent",     "printed",
                                        "unknown", "failed",  "superseded", "cancelled" };
  static const char *const reasons[] = { "", "media-empty", "offline", "busy", "cover-open" };

  if (pick (self, 8) == 0)
    self->world->print_job += pick (self, 3);
  world_print (self->world, states[pick (self, G_N_ELEMENTS (states))],
               reasons[pick (self, G_N_ELEMENTS (reasons))]);
}

static void
station_event (Monkey *self)
{
  World *world = self->world;

  switch (pick (self, 11))
    {
    case 0:
      world_link (world, pick (self, 2) == 0);
      break;
    case 1:
      world_send (world, (BmEvent){ .type = BM_EVENT_READER_STATE, .flag = pick (self, 4) != 0 });
      break;
    case 2:
      world_send (world, (BmEvent){ .type = BM_EVENT_HELP_ANSWERED });
      break;
    case 3:
      world_send (world, (BmEvent){ .type = BM_EVENT_WITNESS,
                                    .text = "HT02",
                                    .flag = pick (self, 4) != 0 });
      break;
    case 4:
      world_send (world, (BmEvent){ .type = BM_EVENT_STAFF_CHECKED,
                                    .text = pick (self, 2) == 0 ? "HT02" : "HT01",
                                    .code = pick (self, 5),
                                    .number = pick (self, 100000) });
      break;
    case 5:
      {
        json_t *cases = pick (self, 2) == 0
                          ? json_array ()
                          : json_pack ("[o]", world_case ("9901211012010101000000070",
                                                          "cert.pension", "noted", NULL));

        world_send (world,
                    (BmEvent){ .type = BM_EVENT_RESTARTED, .json = cases, .flag = pick (self, 2) });
        json_decref (cases);
        break;
      }
    case 6:
      world_send (world, (BmEvent){ .type = BM_EVENT_COMMIT_FAILED, .code = BM_ERROR_FULL });
      break;
    case 7:
      say_case (self);
      break;
    default:
      say_print (self);
      break;
    }
}

/* A camera of this moment, or one that answers a press of long ago. */
static void
change_camera (Monkey *self)
{
  World *world = self->world;

  world->photo = pick (self, 2) == 0 ? BM_PHOTO_OK : (BmPhotoState) pick (self, BM_PHOTO_LAST + 1);
  world->is_camera_slow = pick (self, 3) == 0;
  if (pick (self, 2) == 0)
    world_photo (world, pick (self, 400));
}

/* A microphone of this moment, or one that answers a press of long ago. */
static void
change_microphone (Monkey *self)
{
  World *world = self->world;
  gint64 number = pick (self, 400);

  world->memo = pick (self, 2) == 0 ? BM_MEMO_OK : (BmMemoState) pick (self, BM_MEMO_BROKEN + 1);
  world->is_microphone_slow = pick (self, 3) == 0;
  if (pick (self, 2) == 0)
    world_level (world, number, (gint) pick (self, BM_MEMO_LEVELS + 1), pick (self, 61));
  if (pick (self, 2) == 0)
    world_memo (world, number);
}

/* What the station finds and answers from now on. */
static void
change_world (Monkey *self)
{
  static const char *const states[] = { "noted", "sent", "done", "not_done" };
  static const char *const services[] = { "cert.pension", "demo.extra", "gone.service" };
  World *world = self->world;
  guint n = pick (self, 3) == 0 ? (guint) pick (self, 4) : 0;

  world->verdict = pick (self, 3) == 0 ? pick (self, 5) : BM_STAFF_OK;
  world->commit_error = pick (self, 6) == 0 ? BM_ERROR_FULL : -1;
  world->print_job = pick (self, 5) == 0 ? 0 : world->print_job + 1;
  json_array_clear (world->cases);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = bm_number_new ("990121101201", 1, 1, 900 + i);
      guint state = (guint) pick (self, G_N_ELEMENTS (states));
      json_t *item =
        pick (self, 4) == 0
          ? appeal_answered (number)
          : world_case (number, services[pick (self, 3)], states[state],
                        state >= 2 ? (pick (self, 2) == 0 ? "CERT_OK" : "LENT") : NULL);

      json_object_set_new (item, "is_told", json_boolean (pick (self, 2)));
      json_array_append_new (world->cases, item);
    }
}

/* What the packs say, and what slips come to, from now on. */
static void
change_record (Monkey *self)
{
  static const char *const statuses[] = { "paying", "paused", "ended", "applying" };
  static const char *const states[] = { "open", "open", "open", "unknown", "missing", "locked" };
  static const char *const days[] = { "2026-11-30", "2027-05-31", "2026-09-30", "" };
  static const char *const found[] = { "here", "central", "elsewhere", "none" };
  World *world = self->world;
  json_t *record = NULL;

  json_decref (world->record);
  world->record = NULL;
  if (pick (self, 4) != 0)
    {
      world->record = world_record (statuses[pick (self, 4)], days[pick (self, 4)]);
      json_object_set_new (world->record, "state", json_string (states[pick (self, 6)]));
      record = json_object_get (world->record, "record");
    }
  if (record != NULL && pick (self, 4) == 0)
    json_array_append_new (json_object_get (record, "notes"),
                           json_string (pick (self, 2) == 0 ? "dup" : "name"));
  if (record != NULL && pick (self, 5) == 0)
    json_object_set_new (record, "pension", json_null ());
  json_decref (world->tracked);
  world->tracked = NULL;
  if (pick (self, 4) != 0)
    world->tracked = json_pack ("{s:s, s:s, s:s}", "found", found[pick (self, 4)], "number",
                                "9901211012010101000000070", "state", "accepted");
}

static void
scan_something (Monkey *self)
{
  static const char *const texts[] = { "HTTPS://DEMO.INVALID/T/9901211012010101000000070.RVHYZFIH",
                                       "HTTPS://PAY.INVALID/X", "9901211012010101000000070", "-" };

  world_scan (self->world, texts[pick (self, G_N_ELEMENTS (texts))]);
}

static void
pass_time (Monkey *self)
{
  bm_shift_clock_advance (self->world->clock, pick (self, 60) == 0 ? 301000 : pick (self, 3000));
  world_send (self->world, (BmEvent){ .type = BM_EVENT_TICK });
}

static void
step (Monkey *self)
{
  gint what = pick (self, 100);

  if (what < 50)
    {
      if (json_is_object (json_object_get (world_page (self->world), "input")) &&
          pick (self, 3) != 0)
        type_something (self);
      else if (pick (self, 3) != 0 || !go_ahead (self))
        choose_offered (self);
    }
  else if (what < 60)
    press_frame (self);
  else if (what < 63)
    choose_wild (self);
  else if (what < 73)
    move_card (self);
  else if (what < 85)
    station_event (self);
  else if (what < 86 && strcmp (self->extra, "demo.photo") == 0)
    change_camera (self);
  else if (what < 86 && strcmp (self->extra, "demo.memo") == 0)
    change_microphone (self);
  else if (what < 87)
    change_world (self);
  else if (what < 88 && pick (self, 2) == 0)
    change_record (self);
  else if (what < 88)
    scan_something (self);
  else if (what < 90)
    type_something (self);
  else
    pass_time (self);
}

/* Each draft once, after it was offered. */
static void
count_drafts (Monkey *self)
{
  BmDraft *draft = self->world->draft;

  if (draft == self->last)
    return;
  self->last = draft;
  if (draft != NULL &&
      (strcmp (draft->service, "demo.photo") == 0 || strcmp (draft->service, "demo.memo") == 0))
    {
      self->n_papers += draft->attachments != NULL;
      self->n_staff += draft->attachments == NULL;
    }
  if (draft == NULL || strcmp (draft->service, "req.appeal") != 0)
    return;
  self->n_reopened += draft->replaces != NULL;
  self->n_nameless += draft->is_anonymous;
  self->n_named += !draft->is_anonymous;
}

static void
run (guint32 seed, const char *folder, const char *extra, GHashTable *pages)
{
  g_autoptr (World) world = world_new_with (g_getenv (folder));
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Monkey monkey = { .world = world, .extra = extra, .rand = rand, .pages = pages };

  for (guint i = 0; i < N_EVENTS; i++)
    {
      step (&monkey);
      bm_session_assert (world->session);
      count_drafts (&monkey);
      g_hash_table_add (pages, g_strdup (world_page_id (world)));
      if (i % 64 == 0)
        world_forget (world);
    }
  g_test_message ("%u pages of %u kinds, %u commits; requests: %u named, %u nameless, %u reopened",
                  world->n_pages, g_hash_table_size (pages), world->n_commits, monkey.n_named,
                  monkey.n_nameless, monkey.n_reopened);
  /* It went to the far ends, or it proved nothing. */
  g_assert_cmpuint (world->n_commits, >, 50);
  g_assert_cmpuint (g_hash_table_size (pages), >=, 28);
  if (strcmp (extra, "demo.photo") == 0 || strcmp (extra, "demo.memo") == 0)
    {
      g_test_message ("%u photographed or said, %u with the staff", monkey.n_papers,
                      monkey.n_staff);
      g_assert_cmpuint (monkey.n_papers, >, 3);
      g_assert_cmpuint (monkey.n_staff, >, 3);
      return;
    }
  g_assert_cmpuint (monkey.n_named, >, 5);
  g_assert_cmpuint (monkey.n_nameless, >, 5);
  g_assert_cmpuint (monkey.n_reopened, >, 1);
}

static void
test_monkey (void)
{
  static const char *const far[] = {
    "benefit",    "aside",        "query-slip", "no-amounts", "before",       "track",
    "track-slip", "track-number", "tracking",   "tracked",    "witness-seen", "already-reported",
    "result",     "idle-warning", "not-stored", "photo",      "photo-shot",   "photo-taken",
    "memo",       "memo-talk",    "memo-said",  "memo-near",  "memo-play",    "others",
    "stop"
  };
  g_autoptr (GHashTable) pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  run (20261202, "BIANMIN_EXTRA", "demo.extra", pages);
  run (1105, "BIANMIN_EXTRA", "demo.extra", pages);
  run (1130, "BIANMIN_PHOTO", "demo.photo", pages);
  run (1204, "BIANMIN_MEMO", "demo.memo", pages);
  for (gsize i = 0; i < G_N_ELEMENTS (far); i++)
    if (!g_hash_table_contains (pages, far[i]))
      g_error ("never came to %s", far[i]);
}

int
main (int argc, char **argv)
{
  world_set_up_locale ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/monkey", test_monkey);
  return g_test_run ();
}
