"""Example uploads, and the generator of larger ones."""
