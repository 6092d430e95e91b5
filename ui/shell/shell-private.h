/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/pages/page.h"
#include "ui/shell/frame.h"
#include "ui/shell/scan-rule.h"
#include "ui/shell/shell.h"
#include "ui/shell/touch-filter.h"

/* Shared by the files of the shell: shell.c (what it is), shell-acts.c (what a person does),
 * shell-keys.c (keys, and a scanner that types), shell-focus.c (arrows), shell-make.c (how a page is made). */

G_BEGIN_DECLS

struct _BmShell
{
  GtkWindow parent_instance;

  int width;
  int height;
  int above; /* pixels at the top of the screen that are left free, out of reach */
  BmPage page;
  json_t *model;
  json_t *shown; /* the model as it is set: long lines taken apart */
  json_t *words; /* (nullable): of the language that was installed last (shell-make.c) */
  GArray *parts;
  guint part;
  BmKeypad *keypad;
  BmWriter *writer; /* (nullable) */
  BmInk *ink;       /* (nullable) */
  json_t *ink_page; /* (nullable): the page that it was written on */
  json_t *below;    /* (nullable): the page with keys that another one covers */
  char *typed;      /* (nullable): what was typed there */
  GtkCssProvider *css;
  GtkWidget *column;
  GtkWidget *top; /* (nullable) */
  GtkWidget *overlay;
  GtkWidget *holder;
  GtkWidget *tab;        /* (nullable) */
  GtkWidget *bottom;     /* (nullable) */
  BmSpeech *speech;      /* (nullable) */
  gboolean is_asked;     /* 读给我听 was pressed on this page, a while ago at most */
  gboolean is_expecting; /* the page that is being made will be read */
  guint asked_wait;      /* source that ends that while; 0: it has not begun */
  gint64 active_at;
  gint64 acted_frame; /* the last frame before an act; -1: there was none */
  BmTouchFilter *touch;
  gint64 turned_at;    /* when this page, or this part of it, came */
  gint64 turned_frame; /* the last frame before that; -1: there was none */
  GtkWidget *ringed;   /* (nullable): weak, what has the focus and shows it */
  guint held_code;     /* key that is down, so that its repetitions are told from presses */
  guint32 held_at;
  guint32 ok_up_at; /* when OK was let go of; 0: never */
  BmScanRule scan;
  guint scan_wait; /* source that ends a run of keys; 0: none is heard */
  guint pending;   /* source that gives up waiting for an answer; 0: none is awaited */
};

/* shell-acts.c */
void bm_shell_take_acts (BmShell *self);
void bm_shell_note_turn (BmShell *self);
void bm_shell_act_on_frame (BmFrameAct what, gpointer user_data);
void bm_shell_emit_intent (BmShell *self, const char *intent);

void bm_shell_emit (BmShell *self, json_t *intent); /* (transfer full) */
gboolean bm_shell_begin_act (BmShell *self);
void bm_shell_act_on_scan (BmShell *self, const char *text);

/* shell-focus.c */
typedef enum
{
  BM_FOCUS_UP,
  BM_FOCUS_DOWN,
  BM_FOCUS_LEFT,
  BM_FOCUS_RIGHT,
} BmFocusWay;

void bm_shell_take_focus (BmShell *self);
void bm_shell_move_focus (BmShell *self, BmFocusWay way);

/* shell-voice.c */
void bm_shell_take_voice (BmShell *self, BmSpeech *speech);
void bm_shell_hear_page (BmShell *self, json_t *before);
void bm_shell_say_focus (BmShell *self, const char *name);
void bm_shell_expect_voice (BmShell *self, json_t *before); /* before the page is made */
void bm_shell_forget_asked (BmShell *self);
void bm_shell_ask_voice (BmShell *self);
void bm_shell_set_slots (BmShell *self, BmFrame *frame);

/* shell-keys.c */
void bm_shell_take_keys (BmShell *self);
void bm_shell_forget_keys (BmShell *self);

/* shell-make.c */
void bm_shell_drop_page (BmShell *self);
void bm_shell_drop_frame (BmShell *self);
void bm_shell_set_page_model (BmShell *self);
void bm_shell_make_part (BmShell *self);
void bm_shell_forget_typed (BmShell *self); /* below a page that covers another one */
void bm_shell_update_slots (BmShell *self); /* the two buttons above */
void bm_shell_make_ink (BmShell *self);     /* shell-ink.c */
void bm_shell_forget_ink (BmShell *self);
void bm_shell_send_ink (BmShell *self);
void bm_shell_update_next (BmShell *self);
void bm_shell_make_page (BmShell *self, json_t *before);

G_END_DECLS
