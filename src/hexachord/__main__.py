"""``python -m hexachord``: the command line where no script is on the path."""

from hexachord.cli.app import main

if __name__ == "__main__":
    raise SystemExit(main())
