"""The network: private, in two zones, with one way out and none in."""

from tests.infrastructure.template import Template, listed, mentions


def test_subnets_are_private_and_in_two_zones(prod: Template) -> None:
    subnets = prod.of_type("AWS::EC2::Subnet")

    assert set(subnets) == {"PrivateSubnetA", "PrivateSubnetB"}
    assert all(subnet["MapPublicIpOnLaunch"] is False for subnet in subnets.values())
    assert subnets["PrivateSubnetA"]["AvailabilityZone"] != subnets["PrivateSubnetB"]["AvailabilityZone"]
    assert all("Ipv6CidrBlock" in subnet for subnet in subnets.values())


def test_nothing_leads_in_from_the_internet(prod: Template) -> None:
    kinds = {found["Type"] for found in prod.resources.values()}

    assert not kinds & {"AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::EIP"}
    routes = prod.of_type("AWS::EC2::Route")
    assert list(routes) == ["EgressRoute"]
    assert mentions(routes["EgressRoute"]["EgressOnlyInternetGatewayId"], "EgressOnlyGateway")
    assert routes["EgressRoute"]["DestinationIpv6CidrBlock"] == "::/0"


def test_subnet_uses_the_private_routes(prod: Template) -> None:
    associations = prod.of_type("AWS::EC2::SubnetRouteTableAssociation").values()

    assert {each["SubnetId"]["Ref"] for each in associations} == {"PrivateSubnetA", "PrivateSubnetB"}
    assert {each["RouteTableId"]["Ref"] for each in associations} == {"PrivateRouteTable"}


def test_function_may_leave_on_443_and_to_the_database_only(prod: Template) -> None:
    rules = prod.properties("FunctionSecurityGroup")["SecurityGroupEgress"]
    to_database = prod.properties("FunctionToDatabase")

    assert "SecurityGroupIngress" not in prod.properties("FunctionSecurityGroup")
    assert {(rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in rules} == {("tcp", 443, 443)}
    assert (to_database["FromPort"], to_database["ToPort"]) == (5432, 5432)
    assert mentions(to_database["DestinationSecurityGroupId"], "DatabaseSecurityGroup")


def test_database_may_be_entered_by_functions_only_and_not_left(prod: Template) -> None:
    group = prod.properties("DatabaseSecurityGroup")

    assert len(group["SecurityGroupIngress"]) == 1
    rule = group["SecurityGroupIngress"][0]
    assert (rule["FromPort"], rule["ToPort"]) == (5432, 5432)
    assert mentions(rule["SourceSecurityGroupId"], "FunctionSecurityGroup")
    assert [rule["CidrIp"] for rule in group["SecurityGroupEgress"]] == ["127.0.0.1/32"]
    assert not prod.of_type("AWS::EC2::SecurityGroupIngress")


def test_gateway_endpoint_allows_what_the_functions_do_and_no_more(prod: Template) -> None:
    endpoints = prod.of_type("AWS::EC2::VPCEndpoint")

    assert set(endpoints) == {"S3Endpoint", "DynamoDbEndpoint"}
    for endpoint in endpoints.values():
        assert endpoint["VpcEndpointType"] == "Gateway"  # the kind that costs nothing
        assert endpoint["IpAddressType"] == "dualstack"  # or the functions' IPv6 passes it and its policy by
        for statement in endpoint["PolicyDocument"]["Statement"]:
            assert not [action for action in listed(statement["Action"]) if "*" in action]
            assert statement["Resource"] != "*"
    allowed = {
        action
        for endpoint in endpoints.values()
        for statement in endpoint["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
    }
    inside = [name for name, function in prod.functions().items() if "VpcConfig" in function]
    used = {
        action
        for name in inside
        for statement in prod.statements_of(name)
        for action in listed(statement["Action"])
        if statement["Effect"] == "Allow"
        and action.startswith(("s3:", "dynamodb:"))
        # What the event source mapping does, it does from outside.
        and not mentions(statement["Resource"], "StreamFailureBucket")
        and "StreamArn" not in str(statement["Resource"])
    }
    assert used | {"s3:PutObject"} == allowed


def test_migrator_can_answer_cloudformation(prod: Template) -> None:
    statements = prod.properties("S3Endpoint")["PolicyDocument"]["Statement"]
    answer = next(each for each in statements if each["Action"] == "s3:PutObject")

    assert "cloudformation-custom-resource-response-" in answer["Resource"]["Fn::Sub"]
    # The answer goes to an IPv4 address: without this rule the deployment hangs for an hour.
    rules = prod.properties("FunctionSecurityGroup")["SecurityGroupEgress"]
    assert any(rule.get("CidrIp") == "0.0.0.0/0" and rule["FromPort"] == 443 for rule in rules)


def test_schema_waits_for_database_and_network(prod: Template) -> None:
    needs = set(listed(prod.resources["DatabaseSchema"]["DependsOn"]))

    assert needs >= {"DatabaseClusterMember", "FunctionToDatabase", "EgressRoute", "S3Endpoint"}
    assert needs <= set(prod.resources)


def test_local_stage_has_no_network(local: Template) -> None:
    assert not [found["Type"] for found in local.resources.values() if found["Type"].startswith("AWS::EC2::")]
