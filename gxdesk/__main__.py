"""`python -m gxdesk`, the same as the command `gxdesk`."""

import sys

from gxdesk.cli import main

sys.exit(main())
