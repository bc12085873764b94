# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong where everything meets: moving the data, installing an update."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class MoveRefusedError(KnownError):
    """The data cannot go to `target`; nothing was changed."""

    code = "move_refused"
    scope = Scope.RUN


class MoveToSystemDiskError(MoveRefusedError):
    """`target` lies on the disk of the system, which many schools restore at each start."""

    code = "move_to_system_disk"


class MoveToLooseDiskError(MoveRefusedError):
    """`target` lies on a stick or in the network."""

    code = "move_to_loose_disk"


class MoveFileSystemError(MoveRefusedError):
    """The file system `kind` loses what a power cut meets."""

    code = "move_file_system"


class MoveNotEmptyError(MoveRefusedError):
    """There is something in `target` already."""

    code = "move_not_empty"


class MoveInsideError(MoveRefusedError):
    """`target` and the data lie one inside the other."""

    code = "move_inside"


class MoveNoRoomError(MoveRefusedError):
    """`needed_mb` are needed, `free_mb` are free."""

    code = "move_no_room"


class MoveLinkError(MoveRefusedError):
    """`path` in the data is a link or a device and cannot be moved."""

    code = "move_link"


class MoveDamagedError(MoveRefusedError):
    """`path` did not arrive as it was: the disk of the target is not to be trusted."""

    code = "move_damaged"


class UpdateRefusedError(KnownError):
    """The package or its offer does not verify; nothing of it was run."""

    code = "update_refused"
    scope = Scope.RUN


class UpdateRootUnknownError(KnownError):
    """No administrator has trusted `region` with updates."""

    code = "update_root_unknown"
    scope = Scope.RUN


class UpdateFailedError(KnownError):
    """The setup of `version` ended with `exit_code`."""

    code = "update_failed"
    scope = Scope.RUN


class UpdateNotAdministratorError(KnownError):
    """This account may not change the installed program."""

    code = "update_not_administrator"
    scope = Scope.RUN
