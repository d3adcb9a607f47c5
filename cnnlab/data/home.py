"""Where data sets that do not come with the repository are kept."""

from __future__ import annotations

import os
from pathlib import Path

# downloaded ones in a folder of their own name, the user's own ones in own/
ROOT = Path(os.environ.get("CNNLAB_DATA") or Path(__file__).resolve().parents[2] / "data")
