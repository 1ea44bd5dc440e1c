"""The logger, metrics and tracer of all functions; the template's POWERTOOLS_ variables name service and namespace."""

from aws_lambda_powertools import Logger, Metrics, Tracer

logger = Logger()
metrics = Metrics()
tracer = Tracer(patch_modules=("botocore",))
"""Traces calls of AWS. To trace all it knows, the SDK would import psycopg2, sqlite3 and more into every function."""
