/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/session/page.h"
#include "core/session/session.h"

G_BEGIN_DECLS

/* Which pages the session has, and what each of them does; session-table.c has all of them. */

typedef enum
{
  BM_PAGE_IDLE,
  BM_PAGE_RESTARTED, /* what was committed but not told before a restart */
  BM_PAGE_HOME,
  BM_PAGE_OTHERS,  /* what has no tile of its own */
  BM_PAGE_GUIDES,  /* what may be read */
  BM_PAGE_BOARD,   /* what the centre has to say to the village */
  BM_PAGE_ARTICLE, /* one of either */
  BM_PAGE_ARTICLE_SLIP,
  BM_PAGE_DANGER, /* before anything else: who is to be called */
  BM_PAGE_TRACK,  /* how to ask: by card, by slip, by number */
  BM_PAGE_TRACK_SLIP,
  BM_PAGE_TRACK_NUMBER,
  BM_PAGE_TRACKING, /* waits for TRACKED */
  BM_PAGE_TRACKED,  /* status only, for whoever holds the slip */
  BM_PAGE_CARD,
  BM_PAGE_NO_CARD,
  BM_PAGE_ONCE, /* what has to be brought, all of it */
  BM_PAGE_ONCE_SLIP,
  BM_PAGE_BEHALF,       /* somebody acts for another: their own card */
  BM_PAGE_BEHALF_AGENT, /* is that who acts */
  BM_PAGE_CONFIRM,
  BM_PAGE_CHILD,         /* under fourteen: together with the family */
  BM_PAGE_LOOKING,       /* waits for IDENTIFIED */
  BM_PAGE_TOLD,          /* a result that nobody was told yet */
  BM_PAGE_BEHALF_TOLD,   /* somebody acted for them */
  BM_PAGE_BEHALF_DENIED, /* and they did not ask for it */
  BM_PAGE_VISIT_OTHER,   /* whose card lies there did not ask for the visit */
  BM_PAGE_LETTER,        /* the same, for a service that is not spoken in a hall */
  BM_PAGE_MORE,
  BM_PAGE_DUPLICATE,
  BM_PAGE_BEFORE, /* what the record says of the due date */
  BM_PAGE_STOP,   /* it cannot be done for this person, and why */
  BM_PAGE_NOTICE,
  BM_PAGE_DETAIL,
  BM_PAGE_FIELD,
  BM_PAGE_DIGITS,
  BM_PAGE_AMOUNT,
  BM_PAGE_SLOT,       /* half a day when somebody comes */
  BM_PAGE_DATE,       /* a day near by, picked */
  BM_PAGE_DAY,        /* any other one, typed */
  BM_PAGE_SIGN,       /* written with the finger */
  BM_PAGE_MARK,       /* who does not write presses a finger on the slip */
  BM_PAGE_CONSENT,    /* a notice of its own, agreed to or not */
  BM_PAGE_NO_CONSENT, /* not agreed to, and needed */
  BM_PAGE_PHOTO,      /* a paper, under the camera */
  BM_PAGE_SHOT,       /* waits for PHOTO */
  BM_PAGE_PHOTO_TAKEN,
  BM_PAGE_BEHALF_MORE,     /* a further page of the letter */
  BM_PAGE_BEHALF_NAMELESS, /* what carries no name is for nobody else */
  BM_PAGE_MEMO,            /* what no button says: before it is said */
  BM_PAGE_MEMO_TALK,       /* waits for LEVEL and MEMO */
  BM_PAGE_MEMO_SAID,
  BM_PAGE_MEMO_NEAR,  /* is anybody near, before it is played */
  BM_PAGE_MEMO_PLAY,  /* waits for LEVEL and MEMO */
  BM_PAGE_PLACE,      /* from the own village up and down again */
  BM_PAGE_PLACE_CODE, /* what is not there: typed by the staff */
  BM_PAGE_READBACK,
  BM_PAGE_WRITING, /* the staff write what the person says */
  BM_PAGE_WITNESS,
  BM_PAGE_STAFF,
  BM_PAGE_PIN,
  BM_PAGE_CHECKING,
  BM_PAGE_SEEN,
  BM_PAGE_REFUSED, /* kin, role, locked */
  BM_PAGE_UNSEEN,  /* one step is missing; nothing is recorded */
  BM_PAGE_COMMITTING,
  BM_PAGE_NOT_STORED,
  BM_PAGE_SENDING,
  BM_PAGE_DONE,
  BM_PAGE_RESULT,
  BM_PAGE_PRINT,
  BM_PAGE_CASES,
  BM_PAGE_CASE,
  BM_PAGE_WITHDRAW,    /* not to be sent: is that right */
  BM_PAGE_WITHDRAWING, /* waits for WITHDRAWN */
  BM_PAGE_WITHDRAWN,
  BM_PAGE_USES_ASKED, /* waits for USES */
  BM_PAGE_USES,       /* who used this person's record */
  BM_PAGE_USES_SLIP,
  BM_PAGE_BENEFIT,    /* amounts, covered until asked for */
  BM_PAGE_ASIDE,      /* is anybody near, before they are spoken */
  BM_PAGE_NO_AMOUNTS, /* there are none to show, and why */
  BM_PAGE_QUERY_SLIP,
  BM_PAGE_RATING, /* how it went */
  BM_PAGE_RATING_WHY,
  BM_PAGE_GOODBYE,
  BM_PAGE_VOICE,    /* over another page: how it is read */
  BM_PAGE_LANGUAGE, /* over another page: in which language, where there are more than two */
  BM_PAGE_LOOK,     /* over another page: in which colours */
  BM_PAGE_HELP,     /* over another page: nobody came */
  BM_PAGE_ALERT,    /* over another page: a warning of the centre */
  BM_PAGE_WARN,     /* over another page: are you still there */
  BM_PAGE_CLOSING,  /* wiped; says so */
  BM_N_PAGES,
} BmPageId;

typedef struct
{
  const char *id;
  const char *template_name;
  void (*build) (BmSession *self, json_t *page);
  gboolean (*choose) (BmSession *self, const char *choice); /* only offered choices get here */
  gboolean (*digits) (BmSession *self, const char *value);
  gboolean (*sign) (BmSession *self, const char *strokes);
  void (*next) (BmSession *self);
  void (*back) (BmSession *self);
  gboolean can_end;
  gboolean is_personal; /* needs an identified person */
  gboolean is_silent;   /* nothing of it is said, not even when asked for */
} BmPageSpec;

G_END_DECLS
