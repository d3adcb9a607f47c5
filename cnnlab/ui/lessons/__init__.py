"""The page that lists the lessons."""
