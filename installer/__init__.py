# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds what schools install: the frozen folder, the Windows setup, the Debian package."""
