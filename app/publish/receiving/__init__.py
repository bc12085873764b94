# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes in what schools send: from sticks, from upload servers' folders, from folders of files."""
