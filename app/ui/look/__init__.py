# SPDX-License-Identifier: GPL-3.0-or-later
"""How Kezhan looks: colours, sizes, fonts, icons and the style sheet made from them."""
