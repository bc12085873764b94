# SPDX-License-Identifier: GPL-3.0-or-later
"""Blobs on this machine: content-addressed cache, pins, quota, eviction, read-only first shelf."""
