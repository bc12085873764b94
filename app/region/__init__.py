# SPDX-License-Identifier: GPL-3.0-or-later
"""The repository as a format: what publisher and client must agree on. No network, no database."""
