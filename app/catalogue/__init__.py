# SPDX-License-Identifier: GPL-3.0-or-later
"""The local catalogue: resource model, taxonomy, store and search index. No network, no Qt."""
