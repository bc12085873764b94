# SPDX-License-Identifier: GPL-3.0-or-later
"""What every room stands on: errors, paths, settings, databases, durable files, clock, log.

No Qt and no network in here.
"""
