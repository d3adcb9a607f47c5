"""Lessons: Markdown files whose steps each lead to an address of the dashboard, as a teacher writes them."""
