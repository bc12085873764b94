# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts that pages are made of."""
