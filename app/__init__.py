# SPDX-License-Identifier: GPL-3.0-or-later
"""Kezhan 课栈: offline lessons for the classroom machine."""

import os

__version__ = "0.1.0"
# Lower bound of every clock estimate: no machine runs this program before it existed.
__released__ = "2026-11-21T00:00:00+00:00"

# NumPy's linear algebra, which nothing here uses, would keep buffers for every core (7 MB).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
