/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the buttons do that are not choices of a page. */
typedef enum
{
  BM_FRAME_READ = 1,
  BM_FRAME_BIGGER,
  BM_FRAME_HELP,
  BM_FRAME_BACK,
  BM_FRAME_END,
  BM_FRAME_NEXT,
  BM_FRAME_CASES,
  BM_FRAME_PART_BACK,
  BM_FRAME_PART_NEXT,
  BM_FRAME_STOP,
  BM_FRAME_VOICE,
  BM_FRAME_LANGUAGE,
  BM_FRAME_LOWER,
} BmFrameAct;
