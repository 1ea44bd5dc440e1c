"""Who may do what: named actions on named resources, and the exceptions with their reasons."""

import re
from typing import Any

from tests.infrastructure.conftest import PROJECT
from tests.infrastructure.template import Template, listed, mentions

# AWS knows no resource for these (service authorization reference); why they are needed stands in the template.
WITHOUT_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "states:SendTaskSuccess",
    "states:SendTaskFailure",
    "secretsmanager:GetRandomPassword",
    "sns:Unsubscribe",
    "cloudwatch:GetMetricData",
    "lambda:ListEventSourceMappings",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
MANAGED_POLICIES = {":iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"}


def actions(statements: list[dict[str, Any]], effect: str = "Allow") -> set[str]:
    return {action for each in statements if each["Effect"] == effect for action in listed(each["Action"])}


def test_statement_names_its_actions(prod: Template, local: Template) -> None:
    for template in (prod, local):
        for owner, statement in template.identity_statements():
            assert "NotAction" not in statement, owner
            assert not [action for action in listed(statement["Action"]) if "*" in action], owner


def test_statement_names_its_resources(prod: Template, local: Template) -> None:
    for template in (prod, local):
        for owner, statement in template.identity_statements():
            if statement["Effect"] == "Allow" and "*" in listed(statement["Resource"]):
                assert set(listed(statement["Action"])) <= WITHOUT_RESOURCE, owner


def test_every_exception_is_used(prod: Template) -> None:
    used = {
        action
        for _, statement in prod.identity_statements()
        if listed(statement["Resource"]) == ["*"]
        for action in listed(statement["Action"])
    }

    assert used >= WITHOUT_RESOURCE


def test_function_has_a_role_of_its_own(prod: Template) -> None:
    for name, function in prod.functions().items():
        assert mentions(function["Role"], f"{name}IamRoleLambdaExecution"), name
    assert "IamRoleLambdaExecution" not in prod.resources  # the framework's shared one


def test_role_uses_no_managed_policy_but_the_one_for_the_network(prod: Template) -> None:
    for name, role in prod.of_type("AWS::IAM::Role").items():
        for arn in role.get("ManagedPolicyArns", []):
            assert arn["Fn::Join"][1][-1] in MANAGED_POLICIES, name


def test_role_name_fits_whatever_the_region(prod: Template) -> None:
    longest = len("fifteen-letters") - len("prod") + len("ap-southeast-1") - len("us-east-1")

    for name, role in prod.of_type("AWS::IAM::Role").items():
        assert "-prod-us-east-1-" in role["RoleName"], name  # IAM knows no regions
        assert len(role["RoleName"]) + longest <= 64, name  # IAM's limit
    for name, policy in prod.of_type("AWS::IAM::ManagedPolicy").items():
        assert "-prod-us-east-1-" in policy["ManagedPolicyName"], name


def test_bucket_name_fits_whatever_the_stage(prod: Template) -> None:
    longest = len("fifteen-letters") - len("prod")

    for name, bucket in prod.of_type("AWS::S3::Bucket").items():
        if "BucketName" in bucket:
            text = bucket["BucketName"]["Fn::Sub"].replace("${AWS::AccountId}", "123456789012")
            assert len(text) + longest <= 63, name  # S3's limit


def test_function_code_may_not_touch_the_network(prod: Template) -> None:
    for name in prod.functions():
        assert "ec2:CreateNetworkInterface" in actions(prod.statements_of(name), "Deny"), name


def test_only_those_functions_put_objects_that_have_to(prod: Template) -> None:
    putters = {name for name in prod.functions() if "s3:PutObject" in actions(prod.statements_of(name))}

    # The validator's is for its event source mapping, which keeps failed batches.
    assert putters == {"ErrorProcessor", "ProductValidator", "VendorApi", "PortalApi"}


def test_error_processor_writes_reports_only(prod: Template) -> None:
    resources = [
        statement["Resource"]
        for statement in prod.statements_of("ErrorProcessor")
        if "s3:PutObject" in listed(statement["Action"])
    ]

    assert resources == [{"Fn::Sub": "${UploadBucket.Arn}/errors/*"}]


def test_uploaded_files_are_read_by_those_functions_only_that_read_them(prod: Template) -> None:
    readers = {
        name
        for name in prod.functions()
        for statement in prod.statements_of(name)
        if "s3:GetObjectVersion" in listed(statement["Action"]) and "/uploads/" in str(statement["Resource"])
    }

    assert readers == {"CsvParser", "Reconciler", "ErrorProcessor"}


def test_only_the_migrator_and_the_rotator_read_the_owners_secret(prod: Template, local: Template) -> None:
    for template, secret in ((prod, "DatabaseCluster"), (local, "DatabaseOwnerSecret")):
        readers = {
            name
            for name in template.functions()
            for statement in template.statements_of(name)
            if mentions(statement["Resource"], secret)
        }
        assert readers == {"SchemaMigrator", "SecretRotator"}


def test_only_the_rotator_writes_a_secret(prod: Template) -> None:
    writers = {
        name for name in prod.functions() if "secretsmanager:PutSecretValue" in actions(prod.statements_of(name))
    }

    assert writers == {"SecretRotator"}


def test_report_link_has_no_way_to_database_or_staging(prod: Template) -> None:
    allowed = actions(prod.statements_of("ReportLink"))

    assert not [action for action in allowed if action.startswith(("dynamodb:", "sqs:", "states:"))]
    assert "VpcConfig" not in prod.functions()["ReportLink"]


def test_state_machine_may_invoke_every_function_it_names(prod: Template) -> None:
    named = {
        reference["Fn::GetAtt"][0]
        for reference in prod.state_machine_references()
        if "Fn::GetAtt" in reference and reference["Fn::GetAtt"][0].endswith("LambdaFunction")
    }
    role = prod.properties("UploadStateMachineRole")
    invoke = [
        statement
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "lambda:InvokeFunction" in listed(statement["Action"])
    ]

    assert named == {"OutcomeRecorderLambdaFunction", "ReconcilerLambdaFunction"}
    assert {each["Fn::GetAtt"][0] for statement in invoke for each in listed(statement["Resource"])} == named


def test_service_role_can_be_assumed_for_this_account_only(prod: Template) -> None:
    role = prod.properties("UploadStateMachineRole")

    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_only_the_own_bucket_may_announce_files(prod: Template) -> None:
    document = prod.properties("UploadEventQueuePolicy")["PolicyDocument"]

    (allowed,) = [each for each in document["Statement"] if each.get("Effect") == "Allow"]
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Resource"] == {"Fn::GetAtt": ["UploadEventQueue", "Arn"]}
    # The bucket's name is guessable: without the account another account's bucket could announce files.
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert allowed["Condition"]["ArnEquals"]["aws:SourceArn"] == {
        "Fn::Sub": "arn:${AWS::Partition}:s3:::product-onboarding-prod-uploads-${AWS::AccountId}"
    }
    assert not prod.of_type("AWS::Lambda::Permission").get("CsvParserUploadPermission")


def test_api_may_read_what_vendors_get_and_nothing_of_the_rows(prod: Template) -> None:
    for name in ("VendorApi", "PortalApi"):
        statements = prod.statements_of(name)
        read = {
            resource["Fn::Sub"].removeprefix("${UploadBucket.Arn}/")
            for statement in statements
            if "s3:GetObject" in listed(statement["Action"])
            for resource in listed(statement["Resource"])
        }
        assert read == {"uploads/*", "updates/*", "errors/*", "exports/*"}
        (tracker,) = [each for each in statements if "dynamodb:BatchGetItem" in listed(each["Action"])]
        assert tracker["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["UPLOAD_*"]}}
        assert not [
            action for action in actions(statements) if action.startswith(("sqs:", "states:", "sns:", "cognito"))
        ]


def test_what_vendors_reach_may_do_nothing_of_an_operator(prod: Template) -> None:
    for name in ("VendorApi", "PortalApi"):
        allowed = actions(prod.statements_of(name))
        assert not [action for action in allowed if action.startswith(("lambda:", "cloudwatch:"))], name


def test_operators_api_changes_nothing_but_by_others_and_the_database(prod: Template) -> None:
    allowed = actions(prod.statements_of("AdminApi"))

    changing = {"lambda:InvokeFunction", "states:StartExecution"}
    reading = {
        *("secretsmanager:GetSecretValue", "dynamodb:GetItem", "states:DescribeExecution"),
        *("states:DescribeStateMachine", "states:GetExecutionHistory", "states:ListExecutions"),
        # A message that is looked at is hidden for moments, and stays.
        *("sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "dynamodb:Query", "lambda:ListEventSourceMappings"),
        *("s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketNotification", "logs:FilterLogEvents"),
        *("sqs:GetQueueAttributes", "s3:ListBucket", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"),
        *("xray:PutTraceSegments", "xray:PutTelemetryRecords", "logs:CreateLogStream", "logs:CreateLogGroup"),
        *("logs:PutLogEvents", "logs:TagResource"),
    }
    assert changing <= allowed <= changing | reading


def test_security_model_names_each_function_once(prod: Template) -> None:
    rows = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8").splitlines()
    cells = [row.removeprefix("| ").split(" | ")[0] for row in rows if row.startswith("| ")]
    named = [name for cell in cells for name in cell.split(", ")]

    for function in prod.functions():
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", function).replace("Api", "API").replace("Csv", "CSV")
        assert named.count(words) == 1, words


def test_every_route_but_description_link_and_pages_asks_who_comes(prod: Template) -> None:
    open_routes = {
        found["RouteKey"]
        for found in prod.of_type("AWS::ApiGatewayV2::Route").values()
        if found.get("AuthorizationType", "NONE") == "NONE"
    }

    assert open_routes == {"GET /reports/{token}", "GET /v1/openapi.json", "ANY /portal", "ANY /portal/{proxy+}"}
