# SPDX-License-Identifier: GPL-3.0-or-later
"""Teachers' files on their way to the region: staged, sent by tus 1.0, kept until accepted."""
