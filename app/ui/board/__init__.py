# SPDX-License-Identifier: GPL-3.0-or-later
"""What a teacher puts over a lesson: ink, a blank board, a spotlight, a timer."""
