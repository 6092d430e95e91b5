# SPDX-License-Identifier: GPL-3.0-or-later
"""The 32 people of the demo village, one certification each.

The table is written by hand from domain §4.2, §4.3 and §2.1, and is not computed from the demo data: it would
otherwise only say that the data are the data.
"""
from steps import Expectation

CERTIFIED = ("CERT_OK", "这次认证通过了")
NOT_INSURED = ("CERT_NOT_INSURED", "没找到您的养老金记录")
CHILD = (None, "小朋友的事要家里大人一起办")

# resident: (what the centre decides, or None when nothing may be recorded; what the person reads; the name on the page)
EXPECTED = {
    1: (*CERTIFIED, "王秀兰"),          # due this month
    2: ("CERT_PAY_STATUS", "您的养老金现在停着", "李德福"),
    3: (*CERTIFIED, "张桂英"),          # due within 60 days
    4: (*CERTIFIED, "陈有根"),          # passed already; more often is allowed, the last one counts
    5: (*CERTIFIED, "刘小妹"),
    6: (*CERTIFIED, "王秀兰"),          # the other one of this name
    7: ("CERT_NOT_NEEDED", "您现在不用认证", "周大山"),  # has applied, nothing was paid yet
    8: (*CERTIFIED, "赵长明"),          # 101 years old
    9: (*CERTIFIED, "孙玉珍"),
    10: (*CERTIFIED, "吴满仓"),
    11: (*NOT_INSURED, "郑𬍛"),         # too young
    12: ("CERT_NAME", "系统里的名字和身份证不一样", "马䶮"),
    13: (*CERTIFIED, "阿依古丽·买买提"),
    14: (*CERTIFIED, "阿卜杜外力·阿卜杜热西提·买买"),  # the chip holds fifteen units of sixteen
    15: (*CERTIFIED, "扎西卓玛"),
    16: ("CERT_NOT_SYNCED", "还没办完", "那日松"),  # an employee's pension, paid by another county
    17: (*CERTIFIED, "吉克阿牛"),
    18: (*CERTIFIED, "韦阿妹"),
    19: (*CHILD, "杨小宝"),
    20: (*NOT_INSURED, "欧阳文静"),
    21: (*NOT_INSURED, "李建国"),
    22: (*NOT_INSURED, "何秋菊"),
    23: (*CERTIFIED, "黄老五"),
    24: (*CERTIFIED, "林水生"),          # first period
    25: ("CERT_STATUS", "您的记录要核对一下", "曾祥瑞"),
    26: ("CERT_DUP", "有两条记录", "谢金花"),
    27: (*NOT_INSURED, "邓志强"),
    28: (*NOT_INSURED, "唐丽"),
    29: (*CHILD, "梁家豪"),              # ninety-eight days old
    30: (*CERTIFIED, "罗桂香"),
    31: (*CERTIFIED, "彭德厚"),
    32: (*CERTIFIED, "丁来喜"),          # X at the end
}
NEVER = ("去世", "死亡", "失败", "无效", "异常", "补发")


def play_one(player, resident, code, words, name):
    player.forget()
    for line in ("press 开始", "press 养老金认证", f"place card {resident}"):
        player.play(line)
    player.wait_text(player.hall, f"您是{name}吗", 15)
    player.play("press 是我")
    if code is not None:
        for line in ("press 知道了，继续", "press 工作人员在这里", "press 苏敏", "type 2202",
                     "press 看见本人了，不是我家里人"):
            player.play(line)
    player.wait_text(player.hall, words, 20)
    if code != "CERT_OK":
        player.play("expect never shown 通过")
    for word in NEVER:
        player.play(f"expect never shown {word}")
    player.play("the person leaves")


def play(player):
    decided = 0
    for resident, (code, words, name) in EXPECTED.items():
        try:
            play_one(player, resident, code, words, name)
            if code is not None:
                decided += 1
                player.play(f"expect the centre decided {decided} as {code}")
            if player.count("recorded") != decided:
                raise Expectation(f"{player.count('recorded')} matters are recorded, not {decided}")
        except Exception as error:
            raise Expectation(f"resident {resident}: {error}") from error
