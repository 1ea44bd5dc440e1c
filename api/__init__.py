"""The HTTP API: routes, shapes and problems. Only handlers import it; the pipeline never learns of HTTP."""
