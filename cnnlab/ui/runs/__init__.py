"""The parts of the runs page, one file each."""
