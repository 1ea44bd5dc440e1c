"""The story of one upload: what is known about it anywhere, what is wrong with it, and what fixes it."""
