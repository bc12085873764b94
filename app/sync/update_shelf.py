# SPDX-License-Identifier: GPL-3.0-or-later
"""A newer program brings newer starter lessons, signed by another throwaway key.

The starter region is believed because it lies in the program's own read-only folder. When the root
there is another one than at the time of joining, what was believed of this one region is forgotten
and it is joined anew. Nothing but the shelf of the running program can bring that about, and only a
region that has no other address than the shelf is touched.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

from app.base.errors import KnownError
from app.catalogue.writer import CatalogueWriter
from app.region.enrolment import MAX_ENROLMENT_BYTES, Enrolment, parse_enrolment
from app.region.layout import ENROLMENT_NAME
from app.region.region_document import SHELF_MIRROR
from app.sync.context import Context
from app.sync.floors import state_dir
from app.sync.membership import Offer, join, load_enrolment

logger = logging.getLogger(__name__)


def renew_shelf(context: Context, open_writer: Callable[[], CatalogueWriter], shelf: Path) -> bool:
    """Join the starter region anew if the program's own shelf is another one now.

    The new enrolment is written last: a power cut before it only repeats the rest.
    """
    offer = _offer_of(shelf)
    if offer is None or not _is_other(context, offer.enrolment):
        return False
    region_id = offer.enrolment.region_id
    logger.info("the starter lessons of this program are others than before")
    with open_writer() as writer:
        writer.remove_region(region_id)
        writer.finish()
    context.floors.forget(region_id)
    for folder in (state_dir(context.paths, region_id), context.paths.shards_dir / region_id):
        shutil.rmtree(folder, ignore_errors=True)
    join(context.paths, context.store, offer, context.now())
    context.events.changed("regions")
    return True


def _offer_of(shelf: Path) -> Offer | None:
    """The enrolment beside the program's starter lessons, if it leads nowhere else."""
    path = shelf / ENROLMENT_NAME
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_ENROLMENT_BYTES + 1)
        enrolment = parse_enrolment(raw)
    except (OSError, KnownError):
        return None
    if enrolment.mirrors != (SHELF_MIRROR,):
        return None
    return Offer(raw, enrolment, path.absolute().parent.as_uri())


def _is_other(context: Context, shelf: Enrolment) -> bool:
    """Whether this machine joined the same region from an earlier shelf, with another root."""
    if context.store.region(shelf.region_id) is None:
        return False
    try:
        joined = load_enrolment(context.paths, shelf.region_id)
    except KnownError:
        return True  # unreadable: joining again is what repairs it
    return joined.mirrors == (SHELF_MIRROR,) and joined.root != shelf.root
