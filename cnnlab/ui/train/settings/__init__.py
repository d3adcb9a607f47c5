"""The training page's settings: the usual ones, and a section for every kind of further ones."""
