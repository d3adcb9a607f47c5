"""The class page: how to join, what phones may do, the wall, and questions."""
