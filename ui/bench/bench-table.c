/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-bench"

#include "ui/bench/bench-table.h"

#include "core/language/language.h"

#include <string.h>

/*
 * What can be done with each simulated device, and how its state is said. Verbs and names are those of
 * tests/support/CONTROL.md; a button of which the simulator does not know the verb is not shown.
 */

#define PLUG                                                          \
  {                                                                   \
    "plug", "in", { "unplug", NC_ ("bench", "Pull the plug"), NULL }, \
    {                                                                 \
      "replug", NC_ ("bench", "Plug it in"), NULL                     \
    }                                                                 \
  }
#define UNPLUGGED                                          \
  {                                                        \
    "plug", "out", FALSE, NC_ ("bench", "The plug is out") \
  }

static const BmBenchKind kinds[] = {
  { "reader",
    "reader-control",
    NC_ ("bench", "ID-card reader"),
    "read-card",
    { { "card",
        "none",
        { "place", NC_ ("bench", "Place a card"), NC_ ("bench", "Whose card is placed?") },
        { "remove", NC_ ("bench", "Take the card"), NULL } },
      { "mode",
        "ok",
        { "mode torn", NC_ ("bench", "Tear the reading"), NULL },
        { "mode ok", NC_ ("bench", "Read well again"), NULL } },
      PLUG },
    { UNPLUGGED,
      { "card", "none", FALSE, NC_ ("bench", "No card lies there") },
      { "card", "none", TRUE, NC_ ("bench", "There lies: {it}") },
      { "mode", "torn", FALSE, NC_ ("bench", "Reads only half of it") } } },
  { "slot",
    "slot-control",
    NC_ ("bench", "Social-security cards"),
    "card-slot",
    { { "card",
        "none",
        { "place", NC_ ("bench", "Push a card in"), NC_ ("bench", "Whose card goes in?") },
        { "remove", NC_ ("bench", "Draw the card"), NULL } },
      { "mode",
        "ok",
        { "mode torn", NC_ ("bench", "Tear the reading"), NULL },
        { "mode ok", NC_ ("bench", "Read well again"), NULL } },
      PLUG },
    { UNPLUGGED,
      { "card", "none", FALSE, NC_ ("bench", "No card is in") },
      { "card", "none", TRUE, NC_ ("bench", "In it: {it}") },
      { "mode", "torn", FALSE, NC_ ("bench", "Reads only half of it") } } },
  { "printer",
    "printer-control",
    NC_ ("bench", "Printer"),
    "slip",
    { { "paper",
        "out",
        { "paper in", NC_ ("bench", "Put paper in"), NULL },
        { "paper out", NC_ ("bench", "Take the paper"), NULL } },
      { "cover",
        "open",
        { "cover shut", NC_ ("bench", "Shut the cover"), NULL },
        { "cover open", NC_ ("bench", "Open the cover"), NULL } },
      { "jam",
        "yes",
        { "unjam", NC_ ("bench", "Clear the jam"), NULL },
        { "jam", NC_ ("bench", "Jam it"), NULL } },
      { "power",
        "on",
        { "cut", NC_ ("bench", "Cut the power"), NULL },
        { "start", NC_ ("bench", "Power back"), NULL } },
      PLUG },
    { { "power", "off", FALSE, NC_ ("bench", "Without power") },
      UNPLUGGED,
      { "paper", "out", FALSE, NC_ ("bench", "Without paper") },
      { "paper", "low", FALSE, NC_ ("bench", "The paper ends soon") },
      { "cover", "open", FALSE, NC_ ("bench", "The cover is open") },
      { "jam", "yes", FALSE, NC_ ("bench", "Paper is jammed") },
      { "sheets", "0", FALSE, NC_ ("bench", "Nothing came out yet") },
      { "sheets", "0", TRUE, NC_ ("bench", "{it} sheets came out") } } },
  { "scanner",
    "scanner-control",
    NC_ ("bench", "Scanner"),
    "eye",
    { { NULL, NULL, { "scan last", NC_ ("bench", "Scan last slip"), NULL }, { NULL, NULL, NULL } },
      { NULL,
        NULL,
        { "scan foreign", NC_ ("bench", "Scan another code"), NULL },
        { NULL, NULL, NULL } },
      PLUG },
    { UNPLUGGED,
      { "last", "none", FALSE, NC_ ("bench", "Nothing was scanned yet") },
      { "last", "none", TRUE, NC_ ("bench", "Just scanned: {it}") } } },
  { "camera",
    "camera-control",
    NC_ ("bench", "Camera"),
    "camera",
    { { "still",
        "none",
        { "lay", NC_ ("bench", "Lay a paper"), NC_ ("bench", "What lies under the camera?") },
        { "remove", NC_ ("bench", "Take it away"), NULL } },
      PLUG },
    { UNPLUGGED,
      { "still", "none", FALSE, NC_ ("bench", "Nothing lies under it") },
      { "still", "none", TRUE, NC_ ("bench", "Under it: {it}") } } },
  { "microphone",
    "microphone-control",
    NC_ ("bench", "Microphone"),
    "mic",
    { { "sound",
        "none",
        { "hear words", NC_ ("bench", "Speak"), NULL },
        { "silence", NC_ ("bench", "Be silent"), NULL } },
      PLUG },
    { UNPLUGGED,
      { "sound", "none", FALSE, NC_ ("bench", "Nobody speaks") },
      { "sound", "none", TRUE, NC_ ("bench", "Somebody speaks") } } },
  { "line",
    "line-control",
    NC_ ("bench", "Network"),
    "offline",
    { { "line",
        "up",
        { "cut", NC_ ("bench", "Cut the line"), NULL },
        { "restore", NC_ ("bench", "Line back"), NULL } } },
    { { "line", "up", FALSE, NC_ ("bench", "The line is up") },
      { "line", "down", FALSE, NC_ ("bench", "The line is down") } } },
};

const BmBenchKind *
bm_bench_get_kinds (guint *ret_count)
{
  *ret_count = G_N_ELEMENTS (kinds);
  return kinds;
}

/**
 * bm_bench_get_refusal:
 * @why: what follows "error"; its first word says it
 *
 * Returns: a plain sentence for the trainer
 */
const char *
bm_bench_get_refusal (const char *why)
{
  static const struct
  {
    const char *word;
    const char *sentence;
  } table[] = {
    { "unplugged", NC_ ("bench", "The plug is out: plug it in first.") },
    { "off", NC_ ("bench", "There is no power: switch it on first.") },
    { "nothing", NC_ ("bench", "There is no slip to scan yet.") },
    { "verb", NC_ ("bench", "This device cannot do that.") },
    { "value", NC_ ("bench", "This device cannot do that.") },
  };
  const gsize length = strcspn (why, " ");

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strlen (table[i].word) == length && strncmp (table[i].word, why, length) == 0)
      return C_ ("bench", table[i].sentence);
  return C_ ("bench", "It was not done. Please press once more.");
}
