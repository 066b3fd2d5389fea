"""What kind of place a folder is."""

from __future__ import annotations

import os
import re
from pathlib import Path

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "afpfs"}
)


def is_network(folder: Path) -> bool:
    """Whether the folder lies on a network file system, as far as Linux tells.

    Several machines may then write it at once, which share no memory.
    """
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    where, kind = "", ""
    target = str(folder.absolute())
    for line in lines:
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), before.split(" ")[4])
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(where):
            where, kind = point, after.split(" ")[0]
    return kind in _NETWORK or kind.startswith("fuse.")


def is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder, or the folder itself where it does not exist yet."""
    while not folder.exists():
        if folder == folder.parent:
            return False
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
