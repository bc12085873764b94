# SPDX-License-Identifier: GPL-3.0-or-later
"""What a teacher prepares and when it is taught: timetable, lesson lists, who is teaching."""
