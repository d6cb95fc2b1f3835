"""The site and the notebooks in a real browser."""
