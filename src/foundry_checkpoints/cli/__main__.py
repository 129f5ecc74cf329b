"""`python -m foundry_checkpoints.cli`."""

import sys

from . import main

sys.exit(main())
