# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages' views show, fetched page by page and never on the GUI thread."""
