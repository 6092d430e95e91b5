# SPDX-License-Identifier: GPL-3.0-or-later
"""Everybody of the demo village who draws a pension, and of whom 38 in a hundred cannot pass by face.

The study: of the old in the villages 62 % passed an online check of their face. Who cannot is marked by hand; the station is
not told, as it never looks at a face. Half of the people come while the line is away. What is counted is said, not assumed.
"""
import json

from sentences.ledger import number_of
from steps import Expectation

# resident: (cannot pass by face, because; "" passes), what the office decides
COHORT = {
    1: ("", "CERT_OK"),
    2: ("", "CERT_PAY_STATUS"),         # was paused before: the pension office looks into it
    3: ("a hand that shakes holds no phone", "CERT_OK"),
    4: ("", "CERT_OK"),
    5: ("", "CERT_OK"),
    6: ("", "CERT_OK"),
    8: ("101 years old, the picture on the card is of 2006", "CERT_OK"),
    9: ("clouded eyes do not blink when told to", "CERT_OK"),
    10: ("cannot read what the phone asks for", "CERT_OK"),
    12: ("", "CERT_NAME"),              # a rare character differs in the record
    13: ("", "CERT_OK"),
    14: ("", "CERT_OK"),
    15: ("understands no Chinese", "CERT_OK"),
    17: ("understands no Chinese", "CERT_OK"),
    18: ("", "CERT_OK"),
    23: ("lives alone and has no phone", "CERT_OK"),
    24: ("", "CERT_OK"),
    26: ("", "CERT_DUP"),               # two records of one person
    30: ("wants no picture taken", "CERT_OK"),
    31: ("", "CERT_OK"),
    32: ("", "CERT_OK"),
}
FACELESS = {resident for resident, (why, _) in COHORT.items() if why}
MARKED = 38                              # in a hundred
OFFLINE_FROM = 11                        # the eleventh person and all after it
HELPER = ("press 苏敏", "type 2202", "press 看见本人了，不是我家里人")


def certify(player, resident, is_online):
    player.forget()
    for line in ("press 开始", "press 养老金认证", f"place card {resident}", "press 是我", "press 知道了，继续",
                 "press 工作人员在这里", *HELPER):
        player.play(line)
    if not is_online:
        player.wait_text(player.hall, "还没办完", 20)
        player.play("expect never shown 通过")
    for word in ("人脸", "刷脸", "眨眨眼", "手机号"):
        player.play(f"expect never shown {word}")
    for line in ("remove card", "clock forward 6 minutes", "clock forward 1 minutes", "wait for 您好，请点一下屏幕"):
        player.play(line)


def check_payload(player, ordinal):
    """What the centre got rests on a card and on somebody who looked, and on nothing of a body."""
    payload = json.loads(player.world.platform(f"payload {number_of(player, ordinal)}"))
    needs = {item["class"] for item in payload["evidence"]}
    if "witness" not in needs or payload.get("attachments"):
        raise Expectation(f"evidence {sorted(needs)}, attachments {payload.get('attachments')}")


def play(player):
    share = round(100 * len(FACELESS) / len(COHORT))
    if share != MARKED:
        raise Expectation(f"{share} in a hundred are marked, not {MARKED}")
    for at, resident in enumerate(COHORT):
        if at == OFFLINE_FROM - 1:
            player.play("line cut")
        certify(player, resident, at < OFFLINE_FROM - 1)
        if player.count("recorded") != at + 1:
            raise Expectation(f"{player.count('recorded')} matters are recorded after {at + 1} people")
    player.play("line restored")
    player.play(f"expect {len(COHORT)} acked")
    player.play(f"expect platform has {len(COHORT)} matters")
    passed = set()
    for ordinal, (resident, (_, code)) in enumerate(COHORT.items(), 1):
        player.play(f"expect the centre decided {ordinal} as {code}")
        check_payload(player, ordinal)
        if code == "CERT_OK":
            passed.add(resident)
    if not FACELESS <= passed:
        raise Expectation(f"not certified: {sorted(FACELESS - passed)}")
    print(f"# of {len(COHORT)} people {len(FACELESS)} cannot pass by face: {len(FACELESS & passed)} of those certified; "
          f"{len(passed)} of all ({100 * len(passed) / len(COHORT):.0f} %) at once, the others' records are looked into")
