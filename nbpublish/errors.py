"""What can stop us. What the author of a notebook can put right is a `model.Problem` instead.

    NbpublishError              says what, where, and what to do next
    ├── ConfigError             mkdocs.yml or a setting cannot be used
    ├── SiteError               the site cannot be written; the last good one stays
    ├── KernelError             no kernel can be started
    ├── Superseded              nobody waits any longer for what was being built
    └── OutOfTime               what is computed ahead for widgets has taken all the time that it may take
"""

from __future__ import annotations


class NbpublishError(Exception):
    """Base of everything that stops nbpublish. Its text is for the user."""


class ConfigError(NbpublishError):
    """mkdocs.yml or a setting cannot be used."""


class SiteError(NbpublishError):
    """The site cannot be written; the last good one stays."""


class KernelError(NbpublishError):
    """No kernel can be started."""


class Superseded(NbpublishError):  # noqa: N818  # nothing is wrong
    """Nobody waits any longer for what was being built, because its sources are others by now."""


class OutOfTime(NbpublishError):  # noqa: N818  # nothing is wrong
    """What is computed ahead for widgets has taken all the time that it may take."""
