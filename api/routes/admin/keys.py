"""The API keys of a vendor, on an operator's word."""

from http import HTTPStatus

from api.admin_documents import VendorApiKeys
from api.admin_services import AdminServices
from api.documents import ApiKeyDocument, CreatedApiKey, NewApiKey
from api.problems import NOT_FOUND, TOO_MANY_API_KEYS, Problem, unknown
from api.routes.admin.vendors import vendor_of
from api.routing import Answer, Call, Route, Who
from onboarding.access import TooManyKeysError
from onboarding.api_keys import MAX_KEYS_PER_VENDOR
from onboarding.registration import AccessManagerError


def list_vendor_keys(services: AdminServices, call: Call[None, None]) -> VendorApiKeys:
    vendor = vendor_of(services, call.path["vendor_id"])
    keys = services.access.keys(vendor.vendor_id)
    return VendorApiKeys(data=[ApiKeyDocument.model_validate(key) for key in keys], most=MAX_KEYS_PER_VENDOR)


def create_vendor_key(services: AdminServices, call: Call[None, NewApiKey]) -> CreatedApiKey:
    vendor = vendor_of(services, call.path["vendor_id"])
    try:
        made = services.admitting(call.caller.label).create_api_key(vendor.vendor_id, call.body.label)
    except AccessManagerError as error:
        if error.kind == TooManyKeysError.__name__:
            raise Problem(TOO_MANY_API_KEYS, TOO_MANY_API_KEYS.example) from None
        raise
    return CreatedApiKey.model_validate(made)


def remove_vendor_key(services: AdminServices, call: Call[None, None]) -> Answer:
    vendor, key_id = vendor_of(services, call.path["vendor_id"]), call.path["key_id"]
    if key_id not in {key.key_id for key in services.access.keys(vendor.vendor_id)}:
        raise unknown(f"API key {key_id[:100]} of {vendor.vendor_id}")
    services.admitting(call.caller.label).remove_api_key(vendor.vendor_id, key_id)
    return Answer(None)


ROUTES = (
    Route(
        method="GET",
        path="/admin/vendors/{vendor_id}/api-keys",
        action=list_vendor_keys,
        who=Who.OPERATOR,
        answer=VendorApiKeys,
        problems=(NOT_FOUND,),
        summary="List the API keys of a vendor",
    ),
    Route(
        method="POST",
        path="/admin/vendors/{vendor_id}/api-keys",
        action=create_vendor_key,
        who=Who.OPERATOR,
        body=NewApiKey,
        answer=CreatedApiKey,
        status=HTTPStatus.CREATED,
        problems=(NOT_FOUND, TOO_MANY_API_KEYS),
        summary="Make an API key for a vendor",
        description="The answer shows the key, and nothing ever shows it again.",
    ),
    Route(
        method="DELETE",
        path="/admin/vendors/{vendor_id}/api-keys/{key_id}",
        action=remove_vendor_key,
        who=Who.OPERATOR,
        status=HTTPStatus.NO_CONTENT,
        problems=(NOT_FOUND,),
        summary="Remove an API key of a vendor",
        description="It opens nothing from the next request on.",
    ),
)
