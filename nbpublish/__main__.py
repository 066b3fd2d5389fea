"""`python -m nbpublish` is `nbpublish`."""

from nbpublish.frontends.cli import main

if __name__ == "__main__":
    main(prog_name="nbpublish")
