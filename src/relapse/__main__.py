"""`python -m relapse` is the command `relapse`."""

import sys

from relapse.cli import main

if __name__ == "__main__":
    sys.exit(main())
