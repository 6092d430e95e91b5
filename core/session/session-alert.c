/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "bianmin-session"

#include "core/catalogue/post.h"
#include "core/catalogue/text.h"
#include "core/language/language.h"
#include "core/session/session-private.h"
#include "core/session/words.h"

/*
 * A warning of the centre, on the whole screen (domain §1.1 row 34). It covers 待机 until its end, for everybody who comes,
 * in letters that are read from afar, and says itself again every five minutes; who touches it goes on to the first page. Somebody who is served is told once:
 * it lies over the page, which comes back as it was, and never over one that waits for a device, a PIN or the ledger. The
 * ledger took only what is signed; what has ended by the station's own clock is not shown, line or none.
 *
 *   any page -- a warning holds that was not read here --> ALERT -- 知道了 --> the page (of 待机: HOME)
 *                                                            '-- its end --> the page
 */

#define LINE_WIDTH 14
#define FAR_SCALE  150
#define AGAIN_MS   (5 * 60 * 1000)

static gboolean
was_heard (BmSession *self, json_t *warning)
{
  json_t *item;
  gsize i;

  json_array_foreach (self->heard, i, item)
  {
    if (json_equal (item, warning))
      return TRUE;
  }
  return FALSE;
}

/* (transfer none) (nullable): the first that holds now and was not read in this session. */
static json_t *
find_warning (BmSession *self)
{
  const gint64 now_ms = bm_clock_get_wall_ms (self->setup->clock);
  json_t *warning;
  gsize i;

  json_array_foreach (json_object_get (self->posts, "warnings"), i, warning)
  {
    if (bm_warning_holds (warning, now_ms) && !was_heard (self, warning))
      return warning;
  }
  return NULL;
}

/* Where something is waited for, typed in secret or running, nothing lies over it. */
static gboolean
may_cover (BmSession *self)
{
  switch ((int) self->page_id)
    {
    case BM_PAGE_RESTARTED:
    case BM_PAGE_DANGER:
    case BM_PAGE_TRACKING:
    case BM_PAGE_LOOKING:
    case BM_PAGE_SIGN:
    case BM_PAGE_SHOT:
    case BM_PAGE_MEMO_TALK:
    case BM_PAGE_MEMO_PLAY:
    case BM_PAGE_WRITING:
    case BM_PAGE_WITNESS:
    case BM_PAGE_STAFF:
    case BM_PAGE_PIN:
    case BM_PAGE_CHECKING:
    case BM_PAGE_SEEN:
    case BM_PAGE_COMMITTING:
    case BM_PAGE_SENDING:
    case BM_PAGE_WITHDRAWING:
    case BM_PAGE_BENEFIT:
    case BM_PAGE_RATING:
    case BM_PAGE_RATING_WHY:
    case BM_PAGE_GOODBYE:
    case BM_PAGE_CLOSING:
      return FALSE;
    default:
      return self->page_id == bm_session_get_current (self) &&
             !bm_session_get_spec (self->page_id)->is_silent;
    }
}

/* Over 待机 it is said again: the time that is said with it is another one. */
static void
say_again (BmSession *self, gint64 now)
{
  if (self->under != BM_PAGE_IDLE || now - self->page_boot_ms < AGAIN_MS)
    return;
  self->page_boot_ms = now;
  bm_session_set_clock (self);
}

void
bm_session_tick_alert (BmSession *self, gint64 now)
{
  json_t *warning = find_warning (self);

  if (self->page_id == BM_PAGE_ALERT)
    {
      if (warning == NULL)
        bm_session_uncover (self);
      else
        say_again (self, now);
      return;
    }
  if (warning == NULL || !may_cover (self))
    return;
  self->page_boot_ms = self->page_id == BM_PAGE_IDLE ? now : self->page_boot_ms;
  bm_session_cover (self, BM_PAGE_ALERT);
  bm_session_audit (self, "warning-shown", NULL);
}

/* Over 待机 a warning is to be read from afar: in large letters, whatever the next one will choose. */
guint
bm_session_get_scale (BmSession *self)
{
  return self->page_id == BM_PAGE_ALERT && self->under == BM_PAGE_IDLE
           ? MAX (self->scale, FAR_SCALE)
           : self->scale;
}

/* Its sentences, each broken where one breathes. */
static void
add_text (json_t *page, const char *text)
{
  GString *part = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (part, c);
      if (c == 0x3002 || c == 0xff01 || *g_utf8_next_char (p) == '\0')
        {
          g_autofree char *line = bm_words_break (part->str, LINE_WIDTH);

          if (json_array_size (json_object_get (page, "lines")) < 6)
            bm_page_add_line (page,
                              json_array_size (json_object_get (page, "lines")) > 0 ? NULL : "warn",
                              line, TRUE);
          g_string_truncate (part, 0);
        }
    }
  g_string_free (part, TRUE);
}

static void
build_alert (BmSession *self, json_t *page)
{
  json_t *warning = find_warning (self);
  g_autofree char *by = g_strdup_printf (C_ ("page", "Says %s."), bm_text_get (warning, "by"));

  if (warning == NULL) /* it has ended since the last tick: the next one takes the page away */
    {
      bm_page_set_question (page, C_ ("page", "One moment, please."), FALSE);
      return;
    }
  bm_page_set_earcon (page, "attention");
  bm_page_say_first (page, C_ ("speech", "Attention, please, a warning."));
  bm_page_set_question (page, bm_text_get (warning, "title"), TRUE);
  add_text (page, bm_text_get (warning, "text"));
  bm_page_add_line (page, "office", by, FALSE);
  if (self->under != BM_PAGE_IDLE && self->service != NULL)
    bm_page_add_line (page, "yes", C_ ("page", "What you are doing stays as it is."), FALSE);
  if (self->under == BM_PAGE_IDLE)
    {
      g_autofree char *now = g_strdup_printf (C_ ("speech", "It is %s."), self->clock);

      bm_page_say_also (page, now);
    }
  bm_page_add_choice (page, "understood", "yes", C_ ("choice", "I see"), "primary");
}

static gboolean
choose_alert (BmSession *self, const char *choice)
{
  json_t *warning = find_warning (self);

  (void) choice; /* there is only one */
  if (warning != NULL)
    {
      if (self->heard == NULL)
        self->heard = json_array ();
      json_array_append (self->heard, warning);
      bm_session_audit (self, "warning-read", NULL);
    }
  bm_session_uncover (self);
  if (self->page_id == BM_PAGE_IDLE)
    bm_session_go (self, BM_PAGE_HOME);
  return TRUE;
}

const BmPageSpec bm_spec_alert = { .id = "warning",
                                   .template_name = "alert",
                                   .build = build_alert,
                                   .choose = choose_alert };
