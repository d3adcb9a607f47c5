"""cnnlab: a laboratory for watching a convolutional network learn."""

import os

# Before torch loads OpenMP: threads that wait sleep instead of spinning. Training, pages and browser share the cores,
# and a spinning thread takes the core that another needs: beside other work a step took five times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
