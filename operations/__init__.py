"""What operators run against a deployed stage, on AWS or on the local stack."""
