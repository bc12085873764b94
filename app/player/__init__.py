# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows a local file in front of the class, and never fetches anything.

The window uses `item` (what is played, what happened), `view` (the widget every kind of lesson is),
`capabilities` (what this machine can play; cheap) and `create` (the right view for an item).
Everything else loads when its kind is first shown.
"""
