# SPDX-License-Identifier: GPL-3.0-or-later
"""The region's side: builds, checks and enrols. Runs on an office computer, needs no server."""
