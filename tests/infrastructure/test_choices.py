"""The parameters that change what is built."""

import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.conftest import Compile
from tests.infrastructure.template import Template, mentions

CFN_LINT = Path(__file__).parent.parent.parent / ".venv" / "bin" / "cfn-lint"


@pytest.fixture(scope="session")
def other(compile_template: Compile) -> Template:
    """Everything that prod has by default, the other way."""
    return compile_template(
        "prod",
        databaseKind="instance",
        databaseVersion="18.1",
        egress="nat",
        flowLogs="REJECT",
        operationsTopicKey="none",
        uploadAccessLogs="none",
        operationsEmail="operations@techmart.example",
        runbookUrl="https://wiki.example/runbook",
        stagingThroughput="warm",
    )


def test_instance_is_as_protected_as_the_cluster(other: Template) -> None:
    instance = other.properties("DatabaseInstance")

    assert instance["Engine"] == "postgres"
    assert instance["PubliclyAccessible"] is False
    assert instance["StorageEncrypted"] is True
    assert instance["DeletionProtection"] is True
    assert instance["ManageMasterUserPassword"] is True
    assert other.resources["DatabaseInstance"]["DeletionPolicy"] == "Snapshot"
    parameters = other.properties("DatabaseInstanceParameters")["Parameters"]
    assert parameters["rds.force_ssl"] == "1"
    assert int(parameters["max_connections"]) == 140
    assert "DatabaseCluster" not in other.resources
    assert "DatabaseStorageAlarm" in other.resources


def test_parameters_are_for_the_version_of_the_database(prod: Template, other: Template, existing: Template) -> None:
    assert prod.properties("DatabaseClusterParameters")["Family"] == "aurora-postgresql17"
    assert existing.properties("DatabaseClusterParameters")["Family"] == "aurora-postgresql16"
    assert other.properties("DatabaseInstanceParameters")["Family"] == "postgres18"
    assert other.properties("DatabaseInstance")["EngineVersion"] == "18.1"


def test_kind_of_database_can_be_switched(prod: Template, other: Template) -> None:
    # CloudFormation refuses to give a logical id to a resource of another type.
    both = set(prod.resources) & set(other.resources)
    assert {name for name in both if prod.resources[name]["Type"] != other.resources[name]["Type"]} == set()
    # What holds data leaves a snapshot when the other kind takes its place.
    for template, holder in ((prod, "DatabaseCluster"), (other, "DatabaseInstance")):
        assert template.resources[holder]["DeletionPolicy"] == "Snapshot"
    assert not {"DatabaseCluster", "DatabaseClusterMember"} & set(other.resources)
    assert "DatabaseInstance" not in prod.resources
    assert set(other.resources["DatabaseSchema"]["DependsOn"]) <= set(other.resources)


def test_cluster_does_not_pause_when_it_may_not_go_down_to_zero(existing: Template) -> None:
    scaling = existing.properties("DatabaseCluster")["ServerlessV2ScalingConfiguration"]

    assert scaling == {"MinCapacity": 0.5, "MaxCapacity": 2}


def test_first_deployment_can_leave_the_database_unprotected(existing: Template) -> None:
    assert str(existing.properties("DatabaseCluster")["DeletionProtection"]).lower() == "false"


def test_egress_goes_through_nat_when_asked_for(other: Template) -> None:
    route = other.properties("EgressRoute")

    assert route["DestinationCidrBlock"] == "0.0.0.0/0"
    assert mentions(route["NatGatewayId"], "NatGateway")
    assert "EgressOnlyGateway" not in other.resources
    assert {each["IpAddressType"] for each in other.of_type("AWS::EC2::VPCEndpoint").values()} == {"ipv4"}
    parser = other.functions()["CsvParser"]
    assert parser["VpcConfig"].get("Ipv6AllowedForDualStack", False) is False
    assert parser["Environment"]["Variables"]["AWS_USE_DUALSTACK_ENDPOINT"] == "false"
    # Functions and database stay where nothing leads in.
    private = {"PrivateSubnetA", "PrivateSubnetB"}
    assert {each["Ref"] for each in parser["VpcConfig"]["SubnetIds"]} == private
    assert {each["Ref"] for each in other.properties("DatabaseSubnetGroup")["SubnetIds"]} == private


def test_flow_log_is_kept_when_asked_for(other: Template) -> None:
    assert other.properties("FlowLog")["TrafficType"] == "REJECT"
    assert other.properties("FlowLogGroup")["RetentionInDays"] >= 90


def test_table_is_warmed_when_asked_for(prod: Template, other: Template) -> None:
    warm = other.properties("StagingTable")["WarmThroughput"]

    assert warm["WriteUnitsPerSecond"] > 4000  # what a new table takes anyway (DynamoDB, "On-demand capacity mode")
    assert "KeySchema" in other.properties("StagingTable")
    assert "WarmThroughput" not in prod.properties("StagingTable")


def test_link_of_an_alarm_follows_the_parameter(other: Template) -> None:
    for alarm in other.of_type("AWS::CloudWatch::Alarm").values():
        assert " https://wiki.example/runbook#" in alarm["AlarmDescription"]["Fn::Sub"]


def test_email_of_operations_is_the_parameter(other: Template) -> None:
    assert other.properties("OperationsEmail")["Endpoint"] == "operations@techmart.example"


def test_template_is_clean_the_other_way_too(other: Template) -> None:
    template = other.folder / "cloudformation-template-update-stack.json"

    result = subprocess.run([CFN_LINT, "--", template], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="session")
def existing(compile_template: Compile) -> Template:
    return compile_template(
        "prod",
        network="existing",
        vpcId="vpc-0a1b2c3d",
        subnetIds="subnet-0a,subnet-0b",
        databaseMinimumCapacity="0.5",
        databaseVersion="16.11",
        databaseDeletionProtection="false",
    )


def test_existing_network_gets_security_groups_only(existing: Template) -> None:
    network = {found["Type"] for found in existing.resources.values() if found["Type"].startswith("AWS::EC2::")}

    assert network == {"AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress"}
    subnets = {"Fn::Split": [",", "subnet-0a,subnet-0b"]}
    assert existing.functions()["CsvParser"]["VpcConfig"]["SubnetIds"] == subnets
    assert existing.properties("DatabaseSubnetGroup")["SubnetIds"] == subnets
    assert existing.properties("DatabaseSecurityGroup")["VpcId"] == "vpc-0a1b2c3d"
    assert set(existing.resources["DatabaseSchema"]["DependsOn"]) <= set(existing.resources)


@pytest.mark.parametrize("parameter", ["network", "egress", "databaseKind", "flowLogs", "monitoring"])
def test_packaging_stops_at_a_value_that_is_no_choice(compile_template: Compile, parameter: str) -> None:
    with pytest.raises(AssertionError, match="Cannot resolve"):
        compile_template("prod", **{parameter: "perhaps"})


def test_packaging_stops_at_a_stage_whose_names_would_not_fit(compile_template: Compile) -> None:
    with pytest.raises(AssertionError, match="has 16 characters; at most 15 fit into the names of the buckets"):
        compile_template("sixteen-letters-")
