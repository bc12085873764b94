# SPDX-License-Identifier: GPL-3.0-or-later
"""Kezhan 课栈: offline lessons for the classroom machine."""

__version__ = "0.1.0"
# Lower bound of every clock estimate: no machine runs this program before it existed.
__released__ = "2026-11-21T00:00:00+00:00"
