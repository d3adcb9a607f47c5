"""Elements used by several pages, their JavaScript beside them."""
