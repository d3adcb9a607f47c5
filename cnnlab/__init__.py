"""cnnlab: a laboratory for watching a convolutional network learn."""

import os

# Before torch loads OpenMP: threads that wait soon sleep instead of spinning. Training, pages and browser share the
# cores, and a spinning thread takes the core that another needs: beside other work a step took up to ten times as long.
# Not sleeping at once, but after some microseconds, keeps the full speed where nothing else runs.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "3000")

__version__ = "0.1.0"
