# SPDX-License-Identifier: GPL-3.0-or-later
"""The window: pages, models and widgets; it reads all databases and writes desk.db."""
