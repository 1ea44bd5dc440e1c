"""What each address of the API does, one module for each kind of thing."""
