"""A run taken out of the laboratory: the program that makes it again, its network for other tools."""
