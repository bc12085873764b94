# SPDX-License-Identifier: GPL-3.0-or-later
"""The sync agent: carriers, trust, catalogue, downloads, the stick, statements, uploads."""
