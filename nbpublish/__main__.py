"""`python -m nbpublish` is `nbpublish`."""

from __future__ import annotations

import gc
import sys

_RARELY = 100_000
"""Objects made and not given up, after which cycles among them are looked for. A command makes few, and ends soon."""


def main() -> None:
    """Start the command line; an interrupt while it is being loaded shows no traceback either."""
    gc.set_threshold(_RARELY)
    try:
        from nbpublish.frontends import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main(prog_name="nbpublish")


if __name__ == "__main__":
    main()
