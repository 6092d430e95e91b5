# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module here adds its sentences to those that a scenario may use."""
from sentences import bench, devices, indicators, languages, ledger, memos, papers, screen, sheets, sticks  # noqa: F401
