"""The categories that products can have."""

from http import HTTPStatus

from api.admin_documents import CategoryDocument, ManagedCategories, NewCategory
from api.admin_services import AdminServices
from api.problems import CATEGORY_TAKEN, CATEGORY_TOO_LARGE, NOT_FOUND, Problem, invalid, unknown
from api.routing import Call, Route, Who
from onboarding.operating.categories import (
    CategoryError,
    CategoryTakenError,
    CategoryTooLargeError,
    UnknownCategoryError,
)
from onboarding.stores import categories
from onboarding.stores.categories import Category

_LARGEST_ID = 2**31 - 1


def list_managed_categories(services: AdminServices, call: Call[None, None]) -> ManagedCategories:
    """Return all categories, retired ones among them."""
    found = services.database.run(categories.list_categories)
    return ManagedCategories(data=[_document(category, products) for category, products in found])


def add_category(services: AdminServices, call: Call[None, NewCategory]) -> CategoryDocument:
    """Add a category."""
    try:
        return _counted(services, services.categories(call.caller.label).add(call.body.name))
    except CategoryError as error:
        raise _problem(error) from None


def rename_category(services: AdminServices, call: Call[None, NewCategory]) -> CategoryDocument:
    """Rename a category; its products follow."""
    number = _number(call.path["category_id"])
    try:
        return _counted(services, services.categories(call.caller.label).rename(number, call.body.name))
    except CategoryError as error:
        raise _problem(error) from None


def retire_category(services: AdminServices, call: Call[None, None]) -> CategoryDocument:
    """Let no new products into a category."""
    number = _number(call.path["category_id"])
    try:
        return _counted(services, services.categories(call.caller.label).retire(number))
    except CategoryError as error:
        raise _problem(error) from None


def restore_category(services: AdminServices, call: Call[None, None]) -> CategoryDocument:
    """Bring a retired category back."""
    number = _number(call.path["category_id"])
    try:
        return _counted(services, services.categories(call.caller.label).restore(number))
    except CategoryError as error:
        raise _problem(error) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_ID)) and int(text) <= _LARGEST_ID):
        raise unknown(f"category number {text[:20]}")
    return int(text)


def _problem(error: CategoryError) -> Problem:
    match error:
        case UnknownCategoryError():
            return Problem(NOT_FOUND, str(error))
        case CategoryTakenError():
            return Problem(CATEGORY_TAKEN, str(error))
        case CategoryTooLargeError():
            return Problem(CATEGORY_TOO_LARGE, str(error))
    return invalid("body.name", str(error))


def _counted(services: AdminServices, category: Category) -> CategoryDocument:
    products = services.database.run(lambda cursor: categories.count_products(cursor, category.name))
    return _document(category, products)


def _document(category: Category, products: int) -> CategoryDocument:
    return CategoryDocument(
        category_id=category.category_id,
        name=category.name,
        is_active=category.is_active,
        products=products,
        former_names=list(category.former_names),
        added_at=category.added_at,
        added_by=category.added_by,
        renamed_at=category.renamed_at,
        renamed_by=category.renamed_by,
        retired_at=category.retired_at,
        retired_by=category.retired_by,
    )


ROUTES = (
    Route(
        method="GET",
        path="/admin/categories",
        action=list_managed_categories,
        who=Who.OPERATOR,
        answer=ManagedCategories,
        summary="List all categories",
        description="Retired ones among them, in alphabetical order.",
    ),
    Route(
        method="POST",
        path="/admin/categories",
        action=add_category,
        who=Who.OPERATOR,
        body=NewCategory,
        answer=CategoryDocument,
        status=HTTPStatus.CREATED,
        problems=(CATEGORY_TAKEN,),
        summary="Add a category",
        description="Rows with it are accepted from the next batch of rows on.",
    ),
    Route(
        method="PATCH",
        path="/admin/categories/{category_id}",
        action=rename_category,
        who=Who.OPERATOR,
        body=NewCategory,
        answer=CategoryDocument,
        problems=(NOT_FOUND, CATEGORY_TAKEN, CATEGORY_TOO_LARGE),
        summary="Rename a category",
        description="Its products follow. Files with the old name are told the new one.",
    ),
    Route(
        method="POST",
        path="/admin/categories/{category_id}/retire",
        action=retire_category,
        who=Who.OPERATOR,
        answer=CategoryDocument,
        problems=(NOT_FOUND,),
        summary="Retire a category",
        description="Its products keep it; new rows are refused.",
    ),
    Route(
        method="POST",
        path="/admin/categories/{category_id}/restore",
        action=restore_category,
        who=Who.OPERATOR,
        answer=CategoryDocument,
        problems=(NOT_FOUND,),
        summary="Bring a retired category back",
    ),
)
