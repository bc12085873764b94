# SPDX-License-Identifier: GPL-3.0-or-later
"""The stick as a line: what it holds, what comes in, what goes out sealed, what is passed on."""
