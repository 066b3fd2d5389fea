"""The executor of a project whose author saves again and again."""

from __future__ import annotations

from pathlib import Path

from nbpublish.executors.warm import WarmExecutor as WarmExecutor
from nbpublish.project.settings import Settings, limits


def warm(root: Path, settings: Settings) -> WarmExecutor:
    """Kernels that live on from build to build, within the limits of the settings."""
    return WarmExecutor(root, limits(settings))
