# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage statements on their way to the region's learning record store, each exactly once."""
