/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * What this office says. These are answers of a public body to its stations and to the public, not
 * the interface of a program: a province's own platform says them in its own words, so they are not
 * in po/.
 */

#define BM_WORDS_UNKNOWN_CASE    "要撤回的那件事，平台上不是这一件。"
#define BM_WORDS_OTHER_PERSON    "要撤回的那件事不是这个人交的。"
#define BM_WORDS_CASE_REFUSED    "要撤回的那件事，平台没有收下，不用撤回。"
#define BM_WORDS_UNKNOWN_SERVICE "这项事上面还没有开通，没有收。请看看站里的办事目录是不是最新的。"
#define BM_WORDS_UNKNOWN_SCHEMA  "这条登记的格式上面不认识，没有收。请更新站里的程序后重新办。"
#define BM_WORDS_BAD_PAYLOAD     "这条登记的内容不完整，没有收。请重新登记一次。"
#define BM_WORDS_NOT_ANONYMOUS   "这条登记说了不写名字，里面却有姓名或证件，没有收。请重新登记一次。"
#define BM_WORDS_BAD_NUMBER      "这条登记的编号不对，没有收。请找上级管理员。"
#define BM_WORDS_UNREADABLE      "这条登记上面打不开，已经原样留下，有人会看。"
#define BM_WORDS_NO_RUN          "这条登记的钥匙还没送到，已经原样留下，送到后接着办。"
#define BM_WORDS_NO_DICTIONARY   "这条登记用的字典上面还没有，已经原样留下，有了接着办。"
#define BM_WORDS_CONFLICT        "同一个序号收到两份不同的登记，两份都留下了，有人会查。"
#define BM_WORDS_NEED_BLOBS      "登记收到了，附件还没送完。"
#define BM_WORDS_UNKNOWN_BLOB    "这份附件上面还没有登记，请重新送。"
#define BM_WORDS_BAD_CHUNK       "这份附件有一段和清单对不上，没有收，会再送。"
#define BM_WORDS_TOO_MANY_BLOBS  "没送完的附件太多，先把这些送完。"
#define BM_WORDS_BUSY            "上面暂时收不下，过一会儿再送。"

#define BM_WORDS_REVOKED       "这台机器已经停用。请找上级管理员。"
#define BM_WORDS_UNKNOWN_KIOSK "上面不认识这台机器。请重新登记。"
#define BM_WORDS_EXPIRED       "这台机器的证书过期了，请先换证书。"
#define BM_WORDS_BAD_SIGNATURE "送来的东西签名不对，没有收。"
#define BM_WORDS_BAD_REQUEST   "送来的东西格式不对，没有收。"

#define BM_WORDS_CODE_UNKNOWN "没有这个登记码。请核对，或请上面再给一个。"
#define BM_WORDS_CODE_USED    "这个登记码用过了。请上面再给一个。"
#define BM_WORDS_CODE_EXPIRED "这个登记码过期了。请上面再给一个。"

#define BM_WORDS_TRACK_WITHDRAWN "撤回了。"
#define BM_WORDS_TRACK_TITLE     "查办事进度"
#define BM_WORDS_TRACK_SENT      "已送出：上面的平台收到了，还没转到办事单位。"
#define BM_WORDS_TRACK_HANDED    "已转到办事单位。"
#define BM_WORDS_TRACK_ACCEPTED  "已受理。"
#define BM_WORDS_TRACK_DONE      "办完了。结果请到站里听。"
#define BM_WORDS_TRACK_NOT_DONE  "没办成。原因请到站里听。"
#define BM_WORDS_TRACK_CONFLICT  "还在核对。"
#define BM_WORDS_TRACK_NOTHING   "没查到。请核对条子上的二维码；刚办的事，等机器联网送出后再查。"
#define BM_WORDS_TRACK_BUSY      "现在看的人多，请过一会儿再看。"
#define BM_WORDS_TRACK_ONLY      "这里只能看，不能填。"
#define BM_WORDS_TRACK_SAFETY    "本页不收钱、不要密码、不要验证码。"
#define BM_WORDS_TRACK_FRAUD     "谁打电话叫您转钱、报密码、报验证码，都是骗子。"

#define BM_WORDS_TRACK_DISC_NOTED    "记下"
#define BM_WORDS_TRACK_DISC_SENT     "送到"
#define BM_WORDS_TRACK_DISC_OVER     "办完"
#define BM_WORDS_TRACK_DISC_NOT_DONE "没办成"
#define BM_WORDS_TRACK_REACHED       "到了"
#define BM_WORDS_TRACK_NOT_YET       "还没到"
