"""`python -m nbpublish` is `nbpublish`."""

from __future__ import annotations

import sys


def main() -> None:
    """Start the command line; an interrupt while it is being loaded shows no traceback either."""
    try:
        from nbpublish.frontends import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main(prog_name="nbpublish")


if __name__ == "__main__":
    main()
