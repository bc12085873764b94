# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes enrolment files: the general one, and one per school with its rooms and account."""

from dataclasses import replace

from app.base import files
from app.publish.home import RegionHome, RegionSettings, make_dir
from app.publish.schools import Account, SchoolRow
from app.region.enrolment import (
    Credentials,
    Endpoints,
    Enrolment,
    School,
    enrolment_to_bytes,
)
from app.region.layout import ENROLMENT_NAME


def general_enrolment(settings: RegionSettings, root: bytes, default_mirror: str) -> Enrolment:
    """`default_mirror` is relative to the file itself and stands in when the region named none."""
    return Enrolment(
        region_id=settings.region_id,
        region_name=settings.name,
        root=root,
        mirrors=settings.mirrors or (default_mirror,),
        endpoints=Endpoints(settings.statements_url, settings.uploads_url),
    )


def write_general_enrolments(home: RegionHome, settings: RegionSettings, root: bytes) -> None:
    """One beside the region for handing out, one in the tree itself, so a stick can enrol."""
    home.tree.write(ENROLMENT_NAME, enrolment_to_bytes(general_enrolment(settings, root, "./")))
    if home.tree.root.is_relative_to(home.root):
        relative = home.tree.root.relative_to(home.root).as_posix() + "/"
        raw = enrolment_to_bytes(general_enrolment(settings, root, relative))
        if not home.enrolment_file.is_file() or home.enrolment_file.read_bytes() != raw:
            files.replace_bytes(home.enrolment_file, raw)


def write_school_enrolment(
    home: RegionHome, settings: RegionSettings, root: bytes, school: SchoolRow, account: Account
) -> None:
    """`enrolments/<code>.json` holds the school's account: handed over, never published."""
    enrolment = replace(
        general_enrolment(settings, root, "./"),
        school=School(school.code, school.name, school.centre),
        rooms=school.rooms,
        classes=school.classes,
        credentials=Credentials(account.user, account.password),
    )
    make_dir(home.enrolments_dir)
    files.replace_bytes(home.enrolments_dir / f"{school.code}.json", enrolment_to_bytes(enrolment))
