/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-ui"

#include "core/crypto/crypto.h"
#include "ui/shell/shell-private.h"

/*
 * What is written with the finger, between pages. It stays while the same question is only set anew, and while another
 * page lies over it; it goes with the page, and with the session. It leaves the face by one intent, and stands in no log.
 */

void
bm_shell_forget_ink (BmShell *self)
{
  self->page.ink = NULL;
  g_clear_object (&self->ink);
  g_clear_pointer (&self->ink_page, json_decref);
}

/* The same person's same question: "covers" names it while another page lies over it. */
static gboolean
is_same_question (json_t *one, json_t *two)
{
  json_t *a = bm_model_object (one, "input");
  json_t *b = bm_model_object (two, "input");

  return g_str_equal (bm_model_text (one, "id"), bm_model_text (two, "id")) && a != NULL &&
         b != NULL && g_str_equal (bm_model_text (a, "field"), bm_model_text (b, "field")) &&
         g_str_equal (bm_model_text (a, "drawing"), bm_model_text (b, "drawing"));
}

void
bm_shell_make_ink (BmShell *self)
{
  json_t *input = bm_model_object (self->model, "input");
  const char *covers = bm_model_string (self->model, "covers");
  const BmInkSpec spec = { .hint = bm_model_text (input, "label"),
                           .drawing = bm_model_string (input, "drawing"),
                           .problem = bm_model_string (input, "problem"),
                           .under = bm_model_string (input, "under"),
                           .over = bm_model_string (input, "over") };

  self->page.ink = NULL;
  if (!g_str_equal (bm_model_text (self->model, "template"), "signature") || input == NULL)
    {
      if (covers == NULL || !g_str_equal (bm_model_text (self->ink_page, "id"), covers))
        bm_shell_forget_ink (self);
      return;
    }
  if (self->ink == NULL || !is_same_question (self->ink_page, self->model))
    {
      bm_shell_forget_ink (self);
      self->ink = bm_ink_new (&spec);
      g_signal_connect_object (self->ink, "changed", G_CALLBACK (bm_shell_update_next), self,
                               G_CONNECT_SWAPPED);
    }
  else
    bm_ink_set_words (self->ink, &spec);
  g_clear_pointer (&self->ink_page, json_decref);
  self->ink_page = json_incref (self->model);
  self->page.ink = self->ink;
}

/* 写好了: what stands there from before is only confirmed. */
void
bm_shell_send_ink (BmShell *self)
{
  char *text;

  if (!bm_ink_is_complete (self->ink))
    {
      self->page.say (bm_ink_complain (self->ink), self);
      return;
    }
  if (!bm_shell_begin_act (self))
    return;
  if (bm_ink_is_given (self->ink))
    {
      bm_shell_emit (self, json_pack ("{s:s}", "do", "next"));
      return;
    }
  text = bm_ink_dup_text (self->ink);
  bm_shell_emit (self, json_pack ("{s:s, s:s}", "do", "sign", "strokes", text));
  bm_wipe_string (text);
}
