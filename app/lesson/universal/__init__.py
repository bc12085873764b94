# SPDX-License-Identifier: GPL-3.0-or-later
"""The universal stick (万能U盘): a lesson list as a plain folder that needs nothing installed."""
