# SPDX-License-Identifier: GPL-3.0-or-later
"""The only places where all rooms meet: the window, the agent, the command line."""
