# SPDX-License-Identifier: GPL-3.0-or-later
"""The window's translations and how they are built."""
