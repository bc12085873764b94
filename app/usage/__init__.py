# SPDX-License-Identifier: GPL-3.0-or-later
"""What was used: our own events, the statements made of them, the lesson register."""
