"""What one upload does, counted on the local stack, and what that costs on AWS; never deployed."""
