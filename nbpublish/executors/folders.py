"""Temporary folders of kernels, and what is left of kernels whose build was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

_PREFIX = "nbpublish-kernel-"
_NAME = re.compile(rf"{_PREFIX}(\d+)-.*")


def kernel_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for one kernel, with the number of this process in its name."""
    return tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", ignore_cleanup_errors=True)


def tidy() -> None:
    """Remove the folders of builds that were killed, and end the processes that their kernels had started."""
    folders = list(Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"))
    if not folders:
        return
    import psutil

    from nbpublish.executors.processes import kill_marked

    for folder in folders:
        match = _NAME.fullmatch(folder.name)
        if match and not psutil.pid_exists(int(match[1])):
            kill_marked(int(match[1]))
            shutil.rmtree(folder, ignore_errors=True)
