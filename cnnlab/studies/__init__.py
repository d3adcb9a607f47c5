"""Studies: runs that differ in chosen settings, whose turn it is, and what came of them."""
