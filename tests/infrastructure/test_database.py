"""The managed database, and that its connections suffice."""

import re
from pathlib import Path

from tests.infrastructure.template import Template, mentions

PAGE = Path(__file__).parent.parent.parent / "docs" / "database.md"

# While a version is replaced, the environments of the old one keep their connections until the idle timeout.
GENERATIONS = 2
# The migrator holds its lock on one connection and works on another.
CONNECTIONS_EACH = {"SchemaMigrator": 2}
# superuser_reserved_connections and rds.rds_superuser_reserved_connections (RDS user guide); people with psql.
RESERVED = 5
OPERATORS = 5


def test_cluster_is_private_encrypted_and_protected(prod: Template) -> None:
    cluster, instance = prod.properties("DatabaseCluster"), prod.properties("DatabaseClusterMember")

    assert instance["PubliclyAccessible"] is False
    assert cluster["StorageEncrypted"] is True
    assert cluster["DeletionProtection"] is True
    assert prod.resources["DatabaseCluster"]["DeletionPolicy"] == "Snapshot"
    assert prod.resources["DatabaseCluster"]["UpdateReplacePolicy"] == "Snapshot"
    assert cluster["BackupRetentionPeriod"] >= 7
    assert instance["AutoMinorVersionUpgrade"] is True
    assert cluster["EnableIAMDatabaseAuthentication"] is False
    assert cluster["EnableCloudwatchLogsExports"] == ["postgresql"]
    assert [mentions(each, "DatabaseSecurityGroup") for each in cluster["VpcSecurityGroupIds"]] == [True]


def test_cluster_pauses_when_idle(prod: Template) -> None:
    scaling = prod.properties("DatabaseCluster")["ServerlessV2ScalingConfiguration"]
    parameters = prod.properties("DatabaseClusterParameters")["Parameters"]

    assert scaling["MinCapacity"] == 0
    assert scaling["SecondsUntilAutoPause"] == 300
    # A warm function's idle connection would keep it awake.
    assert parameters["idle_session_timeout"] == "60000"


def test_performance_insights_do_not_hold_the_capacity_up(prod: Template) -> None:
    assert prod.properties("DatabaseClusterMember")["EnablePerformanceInsights"] is False


def test_server_forces_tls(prod: Template) -> None:
    assert prod.properties("DatabaseClusterParameters")["Parameters"]["rds.force_ssl"] == "1"


def test_owner_password_is_made_and_rotated_by_rds(prod: Template) -> None:
    cluster = prod.properties("DatabaseCluster")

    assert cluster["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in cluster


def test_application_logs_in_as_itself(prod: Template) -> None:
    template = prod.properties("DatabaseSecret")["GenerateSecretString"]["SecretStringTemplate"]["Fn::Sub"]

    assert '"username": "onboarding_app"' in template[0]
    assert template[1]["host"] == {"Fn::GetAtt": ["DatabaseCluster", "Endpoint.Address"]}
    assert prod.properties("DatabaseCluster")["MasterUsername"] != "onboarding_app"


def test_application_password_is_rotated(prod: Template) -> None:
    rotation = prod.properties("DatabaseSecretRotation")

    assert mentions(rotation["SecretId"], "DatabaseSecret")
    assert mentions(rotation["RotationLambdaARN"], "SecretRotatorLambdaFunction")
    assert rotation["RotationRules"]["ScheduleExpression"] == "rate(30 days)"
    permission = prod.properties("SecretRotatorPermission")
    assert permission["Principal"] == "secretsmanager.amazonaws.com"
    assert mentions(permission["SourceArn"], "DatabaseSecret")


def test_functions_cannot_use_up_the_connections(prod: Template) -> None:
    limit = int(prod.properties("DatabaseClusterParameters")["Parameters"]["max_connections"])
    database_functions = {name: found for name, found in prod.functions().items() if "VpcConfig" in found}

    worst = GENERATIONS * sum(
        found["ReservedConcurrentExecutions"] * CONNECTIONS_EACH.get(name, 1)
        for name, found in database_functions.items()
    )

    assert worst + RESERVED + OPERATORS <= limit
    alarm = prod.properties("DatabaseConnectionsAlarm")["Threshold"]
    assert worst < alarm <= limit


def test_local_stage_splits_owner_and_application_too(local: Template) -> None:
    secret = local.properties("DatabaseSecret")["GenerateSecretString"]

    assert '"username": "onboarding_app"' in secret["SecretStringTemplate"]["Fn::Sub"][0]
    assert "DatabaseOwnerSecret" in local.resources


def test_table_of_the_documentation_is_that_of_the_template(prod: Template) -> None:
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE.read_text(), re.MULTILINE)
    documented = {name[0].upper() + name[1:]: tuple(map(int, numbers)) for name, *numbers in rows}

    built = {}
    for name, found in prod.functions().items():
        if "VpcConfig" in found:
            reserved, each = found["ReservedConcurrentExecutions"], CONNECTIONS_EACH.get(name, 1)
            built[name] = (reserved, each, reserved * each)
    assert documented == built
    total = sum(worst for _, _, worst in built.values())
    assert f"| **all** | | | **{total}** |" in PAGE.read_text()
    assert f"**{total * GENERATIONS}** |" in PAGE.read_text()
