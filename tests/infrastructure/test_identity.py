"""Who may come in: the user pool, its client, the access table and the authorisers."""

from typing import Any

import pytest

from tests.infrastructure.conftest import Compile
from tests.infrastructure.template import Template, listed, mentions

SCOPE = "aws.cognito.signin.user.admin"


def _actions(template: Template, function: str, prefix: str) -> set[str]:
    return {
        action
        for statement in template.statements_of(function)
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
        if action.startswith(prefix)
    }


def _routes(template: Template) -> dict[str, dict[str, Any]]:
    return {route["RouteKey"]: route for route in template.of_type("AWS::ApiGatewayV2::Route").values()}


def test_nobody_signs_up_uninvited(prod: Template) -> None:
    pool = prod.properties("UserPool")

    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}


def test_password_is_long_and_the_temporary_one_short_lived(prod: Template) -> None:
    policy = prod.properties("UserPool")["Policies"]["PasswordPolicy"]

    assert policy["MinimumLength"] == 12
    assert policy["TemporaryPasswordValidityDays"] <= 7


def test_invitation_says_where_and_how_to_sign_in(prod: Template) -> None:
    message = prod.properties("UserPool")["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"]

    text, values = message["Fn::Sub"]
    assert "{username}" in text
    assert "{####}" in text
    assert values["portal"] == prod.outputs["PortalUrl"]["Value"]


def test_client_uses_codes_and_never_sees_a_password(prod: Template, local: Template) -> None:
    for template in (prod, local):
        client = template.properties("PortalClient")
        assert client["AllowedOAuthFlows"] == ["code"]
        assert client["AllowedOAuthFlowsUserPoolClient"] is True
        assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
        assert client["GenerateSecret"] is False
        assert client["CallbackURLs"] == client["LogoutURLs"] == [template.outputs["PortalUrl"]["Value"]]


def test_pages_and_signing_in_are_told_the_same_addresses(prod: Template, local: Template) -> None:
    for template in (prod, local):
        site = template.properties("PortalSiteLambdaFunction")["Environment"]["Variables"]
        assert site["PORTAL_URL"] == template.outputs["PortalUrl"]["Value"]
        assert site["SIGN_IN_URL"] == template.outputs["SignInUrl"]["Value"]
        assert site["PORTAL_CLIENT_ID"] == {"Ref": "PortalClient"}


def test_browser_may_put_files_from_the_portal_alone(prod: Template) -> None:
    (rule,) = prod.properties("UploadBucket")["CorsConfiguration"]["CorsRules"]

    assert rule["AllowedMethods"] == ["PUT"]
    assert rule["AllowedOrigins"] == [{"Fn::GetAtt": ["HttpApi", "ApiEndpoint"]}]


def test_pages_need_no_sign_in_and_the_api_below_them_does(prod: Template) -> None:
    routes = {
        route["RouteKey"]: route.get("AuthorizationType") for route in prod.of_type("AWS::ApiGatewayV2::Route").values()
    }

    assert routes["ANY /portal"] in (None, "NONE")
    assert routes["ANY /portal/{proxy+}"] in (None, "NONE")
    assert routes["ANY /portal/v1/{proxy+}"] == "JWT"


def test_session_is_short_and_can_be_ended(prod: Template) -> None:
    client = prod.properties("PortalClient")

    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (15, "minutes")
    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"]["RefreshToken"]) == (12, "hours")
    assert client["EnableTokenRevocation"] is True
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    # An address that its owner may change at will would let a person take the place of another.
    assert client["WriteAttributes"] == ["name"]


@pytest.mark.parametrize("name", ["UserPool", "AccessTable"])
def test_people_and_keys_outlive_the_stack_on_prod(prod: Template, name: str) -> None:
    assert prod.resources[name]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert prod.resources[name]["UpdateReplacePolicy"] == "Retain"


def test_access_table_forgets_nothing_but_idempotency_keys(prod: Template) -> None:
    table = prod.properties("AccessTable")

    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert "StreamSpecification" not in table


def test_answer_of_the_authoriser_is_never_kept(prod: Template) -> None:
    authorizer = prod.properties("HttpApiAuthorizerProgram")

    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert authorizer["EnableSimpleResponses"] is True
    # Without the header the gateway refuses by itself.
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]


def test_token_is_of_this_pool_and_this_client(prod: Template) -> None:
    authorizer = prod.properties("HttpApiAuthorizerPerson")["JwtConfiguration"]

    assert mentions(authorizer["Issuer"], "UserPool")
    assert authorizer["Audience"] == [{"Ref": "PortalClient"}]


def test_every_route_has_its_authoriser_but_those_that_need_none(prod: Template) -> None:
    routes = _routes(prod)

    open_routes = {key for key, route in routes.items() if route.get("AuthorizationType", "NONE") == "NONE"}
    assert open_routes == {"GET /reports/{token}", "GET /v1/openapi.json", "ANY /portal", "ANY /portal/{proxy+}"}
    for key, route in routes.items():
        if key in open_routes:
            continue
        if "/portal/" in key:
            assert mentions(route["AuthorizerId"], "HttpApiAuthorizerPerson"), key
            assert route["AuthorizationScopes"] == [SCOPE], key  # identity tokens have no scopes
        else:
            assert mentions(route["AuthorizerId"], "HttpApiAuthorizerProgram"), key


def test_only_the_access_manager_reaches_the_user_pool(prod: Template) -> None:
    reaching = {name for name in prod.functions() if _actions(prod, name, "cognito-idp:")}

    assert reaching == {"AccessManager"}
    assert _actions(prod, "AccessManager", "cognito-idp:") == {
        "cognito-idp:AdminGetUser",
        "cognito-idp:AdminCreateUser",
        "cognito-idp:AdminDeleteUser",
    }


def test_authoriser_can_look_up_and_note_the_use_and_nothing_else(prod: Template) -> None:
    statements = [each for each in prod.statements_of("ApiKeyAuthorizer") if mentions(each["Resource"], "AccessTable")]

    assert {action for each in statements for action in listed(each["Action"])} == {
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
    }
    assert _actions(prod, "ApiKeyAuthorizer", "dynamodb:") == {"dynamodb:GetItem", "dynamodb:UpdateItem"}
    for other in ("s3:", "sns:", "sqs:", "secretsmanager:", "cognito-idp:"):
        assert not _actions(prod, "ApiKeyAuthorizer", other)


@pytest.mark.parametrize("name", ["AccessManager", "ApiKeyAuthorizer"])
def test_function_that_a_sign_in_waits_for_needs_no_network_and_no_database(prod: Template, name: str) -> None:
    assert "VpcConfig" not in prod.functions()[name]


def test_pipeline_never_reads_who_may_come_in(prod: Template) -> None:
    readers = {
        name
        for name in prod.functions()
        for statement in prod.statements_of(name)
        if mentions(statement["Resource"], "AccessTable")
    }

    assert readers == {"AccessManager", "ApiKeyAuthorizer", "VendorApi", "PortalApi", "AdminApi"}


def test_registrar_may_invoke_the_access_manager_alone(prod: Template) -> None:
    statements = [
        each for each in prod.statements_of("VendorRegistrar") if "lambda:InvokeFunction" in listed(each["Action"])
    ]

    assert [each["Resource"] for each in statements] == [{"Fn::GetAtt": ["AccessManagerLambdaFunction", "Arn"]}]
    name = prod.functions()["VendorRegistrar"]["Environment"]["Variables"]["ACCESS_MANAGER_NAME"]
    assert name == prod.functions()["AccessManager"]["FunctionName"]


def test_keys_of_stages_to_try_things_on_are_no_live_keys(prod: Template, local: Template) -> None:
    for name in ("ApiKeyAuthorizer", "AccessManager", "PortalApi"):
        assert prod.functions()[name]["Environment"]["Variables"]["API_KEY_KIND"] == "live"
        assert local.functions()[name]["Environment"]["Variables"]["API_KEY_KIND"] == "test"


def test_invitations_come_from_an_address_of_ones_own_when_asked_for(compile_template: Compile) -> None:
    arn = "arn:aws:ses:us-east-1:123456789012:identity/techmart.example"

    pool = compile_template(
        "prod", invitationEmail="ses", invitationSenderArn=arn, invitationFrom="onboarding@techmart.example"
    ).properties("UserPool")

    assert pool["EmailConfiguration"] == {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": arn,
        "From": "onboarding@techmart.example",
    }
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
