# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes sticks for schools: the part of the tree they subscribe to, as much of it as fits."""
