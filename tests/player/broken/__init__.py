# SPDX-License-Identifier: GPL-3.0-or-later
"""Deliberately broken files of every format; `python -m tests.player.broken DIR` writes them out.

Each says what the class may see of it: an error of one code, or "" when it is shown all the same.
"""
