"""The operators' part of the API, for signed-in people of TechMart's only. What it changes is recorded."""

from api.routes.admin import actions, analytics, categories, keys, operators, people, stories, system, uploads, vendors
from api.routing import Route

ADMIN_ROUTES: tuple[Route, ...] = (
    *uploads.ROUTES,
    *stories.ROUTES,
    *vendors.ROUTES,
    *people.ROUTES,
    *keys.ROUTES,
    *operators.ROUTES,
    *categories.ROUTES,
    *system.ROUTES,
    *analytics.ROUTES,
    *actions.ROUTES,
)
