"""The logger, metrics and tracer of all functions; the template's POWERTOOLS_ variables name service and namespace."""

from aws_lambda_powertools import Logger, Metrics, Tracer

logger = Logger()
metrics = Metrics()
tracer = Tracer()
