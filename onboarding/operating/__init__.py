"""What operators do, each change recorded: categories, vendors' people and keys, redrives; and what they look at."""
