# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the collected files stay outside the frozen folder, and which modules are never taken.

The names are destinations inside the folder, with forward slashes. A name that matches `KEEP`
stays whatever `DROP` says.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

EXCLUDED_MODULES = (
    "tkinter", "unittest", "pydoc_data", "test", "lib2to3", "setuptools", "pkg_resources", "pip",
    "ensurepip", "PIL", "pytest", "hypothesis", "mypy", "matplotlib", "pandas", "IPython",
    "numpy.f2py", "numpy.testing", "numpy.distutils",
    "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtQuickWidgets", "PySide6.QtQuick3D",
    "PySide6.QtVirtualKeyboard", "PySide6.QtSql", "PySide6.QtTest", "PySide6.QtDesigner",
)  # fmt: skip
WEB_MODULES = (
    "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "PySide6.QtWebEngineQuick",
    "PySide6.QtWebChannel",
)  # fmt: skip

_DROP = (
    "*/translations/*",
    "*/plugins/platforminputcontexts/*qtvirtualkeyboard*",
    "*/plugins/egldeviceintegrations/*",
    "*/plugins/networkinformation/*",
    "*/plugins/tls/*",
    "*/plugins/generic/*",
    "*/plugins/platformthemes/*gtk3*",
    "*/plugins/platforms/*eglfs*", "*/plugins/platforms/*linuxfb*", "*/plugins/platforms/*vnc*",
    "*/plugins/platforms/*vkkhrdisplay*", "*/plugins/platforms/qdirect2d*",
    "*Qt6EglF[sS]*", "*Qt6WlShell*", "*Qt6MultimediaWidgets*",
    "*Qt6Concurrent.dll",  # on Linux Qt Multimedia is linked against it
    "*/PySide6/QtMultimediaWidgets.*", "*/PySide6/QtConcurrent.*", "*/plugins/platforms/*qminimal*",
    "*/numpy/_core/_multiarray_tests.*", "*/lib-dynload/readline.*",
    "*/plugins/platforms/*wayland*", "*/plugins/wayland*", "*Qt6Wayland*", "*/qml/*",
    "*/plugins/platforms/*minimalegl*",
    "*/plugins/imageformats/*qpdf*", "*/plugins/imageformats/*qtga*",
    "*/plugins/imageformats/*qwbmp*", "*/plugins/imageformats/*qicns*",
    "*/plugins/position/*", "*/plugins/qmltooling/*", "*/plugins/sqldrivers/*",
    "*Qt6DBus.dll", "*/PySide6/QtDBus.pyd",  # the session bus is Linux'
    "*.pyi", "*/py.typed",
)  # fmt: skip
_DROP_WITHOUT_WEB = (
    "*Qt6Quick*", "*Qt6Qml*", "*Qt6VirtualKeyboard*", "*Qt6WebEngine*", "*Qt6WebChannel*",
    "*Qt6Positioning*", "*QtWebEngineProcess*", "*/PySide6/resources/*", "*/Qt/resources/*",
    "*opengl32sw.dll",
)  # fmt: skip
# What Qt WebEngine is not linked against, of the parts that come along with Qt Quick.
_DROP_WITH_WEB = (
    "*qtwebengine_locales/*", "*qtwebengine_devtools_resources*", "*.debug.*",
    "*Qt63D*", "*Qt6Charts*", "*Qt6DataVis*", "*Qt6Graphs*", "*Qt6Labs*", "*Qt6Location*",
    "*Qt6MultimediaQuick*", "*Qt6PdfQuick*", "*Qt6PositioningQuick*", "*Qt6QmlCore*",
    "*Qt6QmlLocalStorage*", "*Qt6QmlNetwork*", "*Qt6QmlXml*", "*Qt6Quick3D*",
    "*Qt6QuickControls2*", "*Qt6QuickDialogs2*", "*Qt6QuickEffects*", "*Qt6QuickLayouts*",
    "*Qt6QuickParticles*", "*Qt6QuickShapes*", "*Qt6QuickTemplates2*", "*Qt6QuickTest*",
    "*Qt6QuickTimeline*", "*Qt6QuickVector*", "*Qt6RemoteObjects*", "*Qt6Scxml*", "*Qt6Sensors*",
    "*Qt6SerialPort*", "*Qt6ShaderTools*", "*Qt6SpatialAudio*", "*Qt6Sql*", "*Qt6StateMachine*",
    "*Qt6Test*", "*Qt6TextToSpeech*", "*Qt6VirtualKeyboard*", "*Qt6WebChannelQuick*",
    "*Qt6WebEngineQuick*", "*Qt6WebSockets*", "*Qt6WebView*", "*Qt6OpenGLWidgets*",
)  # fmt: skip
_KEEP = (
    "*/translations/qtbase_zh_CN.qm", "*/translations/qt_zh_CN.qm",
    "*/qtwebengine_locales/zh-CN.pak", "*/qtwebengine_locales/en-US.pak",
    # On Linux Qt Multimedia's FFmpeg plugin is linked against Qt Quick, and that against these.
    "*/Qt/lib/libQt6Quick.so.6", "*/Qt/lib/libQt6Qml.so.6", "*/Qt/lib/libQt6QmlMeta.so.6",
    "*/Qt/lib/libQt6QmlModels.so.6", "*/Qt/lib/libQt6QmlWorkerScript.so.6",
)  # fmt: skip

# On Linux the distribution brings and mends these; the Debian package depends on them. Taken along
# is only what the interpreter itself was built against.
_SYSTEM_FOLDERS = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")
_TAKEN_FROM_SYSTEM = (
    "libssl.so.*", "libcrypto.so.*", "libffi.so.*", "libsqlite3.so.*", "libbz2.so.*",
    "liblzma.so.*", "libuuid.so.*",
)  # fmt: skip


def is_kept(name: str, *, has_web: bool) -> bool:
    """Whether a collected file with this destination belongs into the folder."""
    rooted = "/" + name.replace("\\", "/")
    if _matches(rooted, _KEEP):
        return True
    return not _matches(rooted, (*_DROP, *(_DROP_WITH_WEB if has_web else _DROP_WITHOUT_WEB)))


def is_from_system(source: str) -> bool:
    """Whether a binary comes from the distribution that the folder will run on anyway."""
    if not source.startswith(_SYSTEM_FOLDERS):
        return False
    name = source.rsplit("/", 1)[-1]
    return not _matches(name, _TAKEN_FROM_SYSTEM)


def pruned(entries: Iterable[tuple[str, str, str]], *, has_web: bool) -> list[tuple[str, str, str]]:
    """What stays of PyInstaller's (destination, source, kind) entries."""
    return [
        entry
        for entry in entries
        if is_kept(entry[0], has_web=has_web) and not is_from_system(entry[1])
    ]


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
