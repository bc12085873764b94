# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of the starter lessons: drawings, films, sounds, slides and their catalogue entries."""
