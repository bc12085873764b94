# SPDX-License-Identifier: GPL-3.0-or-later
"""Sticks for benchmarks: file systems mounted here, and a guest that mounts the rest."""
