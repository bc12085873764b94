# SPDX-License-Identifier: GPL-3.0-or-later
"""Points python-vlc at the libVLC that lies in the frozen folder, where a distributor put one."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    folder = Path(sys._MEIPASS) / "vlc"  # type: ignore[attr-defined]
    if (folder / "libvlc.dll").is_file():
        os.environ["PYTHON_VLC_MODULE_PATH"] = str(folder)
        os.environ["PYTHON_VLC_LIB_PATH"] = str(folder / "libvlc.dll")
        os.environ["VLC_PLUGIN_PATH"] = str(folder / "plugins")
        os.add_dll_directory(str(folder))
