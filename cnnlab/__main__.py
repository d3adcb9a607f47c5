"""`python -m cnnlab …`."""

from cnnlab.cli.commands import main

raise SystemExit(main())
