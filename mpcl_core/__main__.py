"""``python -m mpcl_core``."""

import sys

from mpcl_core.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
