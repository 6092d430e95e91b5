# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys from the X server itself, as a keyboard or a scanner that types would send them."""
import ctypes

SHIFTED = {":": "colon", "?": "question"}
NAMES = {"F2": "F2", " ": "space", ":": "colon", "/": "slash", ".": "period", "-": "minus", "?": "question", "=": "equal", "\n": "Return"}


def type_text(display, text, gap=0):
    """Types @text with @gap seconds between the keys, as the server measures them: this program may be late itself."""
    x11, xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XKeysymToKeycode.argtypes = (ctypes.c_void_p, ctypes.c_ulong)
    x11.XStringToKeysym.restype = ctypes.c_ulong
    for function in (x11.XFlush, x11.XCloseDisplay):
        function.argtypes = (ctypes.c_void_p,)
    gap_ms = int(gap * 1000)
    xtst.XTestFakeKeyEvent.argtypes = (ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong)
    server = x11.XOpenDisplay(display.encode())

    def key(name, is_down, after_ms=0):
        code = x11.XKeysymToKeycode(server, x11.XStringToKeysym(name.encode()))
        xtst.XTestFakeKeyEvent(server, code, is_down, after_ms)

    for letter in text:
        needs_shift = letter not in NAMES and letter.isupper() or letter in SHIFTED
        if needs_shift:
            key("Shift_L", 1)
        key(NAMES.get(letter, letter.lower()), 1, gap_ms)
        key(NAMES.get(letter, letter.lower()), 0)
        if needs_shift:
            key("Shift_L", 0)
    x11.XCloseDisplay(server)  # which waits until the server has done them all
