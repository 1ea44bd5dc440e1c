"""What operators and the local stack ask of the registrar and the access manager, by the functions themselves."""

import io
import json
from dataclasses import dataclass
from typing import Any

import pytest

from local.access import OPERATOR, give_access
from local.environment import StackEnvironment
from local.vendors import SAMPLE_VENDORS, register_samples
from operations.__main__ import main
from operations.access import Access, RefusedError
from tests.handlers.world import CONTEXT, USER_POOL_ID, World, attributes_of


@dataclass
class _Lambda:
    """Stands in for Lambda: runs the handlers of a stage in this process."""

    world: World
    stage: str = "local"

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - boto3's names
        module = FunctionName.removeprefix(f"product-onboarding-{self.stage}-").replace("-", "_")
        try:
            answer = getattr(self.world.functions, module).handler(json.loads(Payload), CONTEXT)
        except Exception as error:
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(failure).encode())}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def access(world: World) -> Access:
    return Access(_Lambda(world), "local")


@pytest.fixture
def environment(world: World, monkeypatch: pytest.MonkeyPatch) -> StackEnvironment:
    clients = {"lambda": _Lambda(world), "cognito-idp": world.cognito}
    monkeypatch.setattr(StackEnvironment, "client", lambda _, service: clients[service])
    return StackEnvironment(
        endpoint_url="http://127.0.0.1:1",
        access_key_id="key",
        secret_access_key="secret",
        region="us-east-1",
        database_url=world.database.url,
        outputs={"UserPoolId": USER_POOL_ID},
    )


def _vendor_of(world: World, key: str) -> str:
    from onboarding.api_keys import digest_of

    return world.access.key(digest_of(key)).vendor_id


def test_each_sample_vendor_has_a_person_and_a_key_when_the_stack_is_new(
    world: World, environment: StackEnvironment
) -> None:
    register_samples(environment)

    variables = give_access(environment, {})

    assert {name for name in variables if name.endswith("_KEY")} == {
        "VENDOR_API_KEY",
        "OTHER_VENDOR_API_KEY",
        "THIRD_VENDOR_API_KEY",
    }
    assert _vendor_of(world, variables["VENDOR_API_KEY"]) == "VEND001"
    assert _vendor_of(world, variables["OTHER_VENDOR_API_KEY"]) == "VEND002"
    assert world.users() == {vendor.email: "CONFIRMED" for vendor in SAMPLE_VENDORS} | {OPERATOR: "CONFIRMED"}
    user = world.cognito.admin_get_user(UserPoolId=USER_POOL_ID, Username=variables["VENDOR_USER"])
    assert world.access.person(attributes_of(user)["sub"]).vendor_id == "VEND001"
    user = world.cognito.admin_get_user(UserPoolId=USER_POOL_ID, Username=variables["OPERATOR_USER"])
    assert world.access.person(attributes_of(user)["sub"]).role == "operator"
    assert len({value for name, value in variables.items() if name.endswith("_PASSWORD")}) == 4


def test_access_stays_as_it_is_when_the_stack_is_deployed_again(world: World, environment: StackEnvironment) -> None:
    first = give_access(environment, {})

    assert give_access(environment, first) == first

    assert len(world.access.keys("VEND001")) == 1


def test_key_is_replaced_when_it_was_removed_or_is_not_known(world: World, environment: StackEnvironment) -> None:
    first = give_access(environment, {})
    world.access.remove_key("VEND002", world.access.keys("VEND002")[0].key_id)

    second = give_access(environment, {name: value for name, value in first.items() if name != "VENDOR_API_KEY"})

    assert second["VENDOR_API_KEY"] != first["VENDOR_API_KEY"]
    assert second["OTHER_VENDOR_API_KEY"] != first["OTHER_VENDOR_API_KEY"]
    assert second["THIRD_VENDOR_API_KEY"] == first["THIRD_VENDOR_API_KEY"]
    assert [len(world.access.keys(vendor.vendor_id)) for vendor in SAMPLE_VENDORS] == [1, 1, 1]


def test_vendor_is_suspended_and_resumed_when_operators_say_so(world: World, access: Access) -> None:
    access.register("VEND042", "Acme Peripherals", "anna@acme.example")

    access.set_status("VEND042", "suspended")
    assert access.ask("show_vendor", vendor_id="VEND042")["status"] == "suspended"

    access.set_status("VEND042", "active")
    assert access.ask("show_vendor", vendor_id="VEND042")["status"] == "active"


def test_sentence_is_told_when_a_function_refuses(world: World, access: Access) -> None:
    with pytest.raises(RefusedError, match=r"^vendor_id: 1 to 50 letters"):
        access.register("no/folder", "Acme", "anna@acme.example")
    with pytest.raises(RefusedError, match=r"^VEND404 is not registered$"):
        access.set_status("VEND404", "suspended")


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command line on the stage `test` and return its exit code and what it printed."""

    class Session:
        def client(self, service: str) -> Any:
            return {"lambda": _Lambda(world, "test"), "sts": world.functions.client("sts")}[service]

    monkeypatch.setattr("boto3.Session", Session)

    def run_line(*line: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["operations", *line, "--stage", "test"])
        code = main()
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run_line


def test_key_is_printed_alone_when_asked_for(world: World, run: Any) -> None:
    run("register", "--vendor", "VEND042", "--name", "Anna's", "--email", "anna@acme.example")

    code, out, _ = run("api-key", "--vendor", "VEND042", "--label", "Nightly")

    assert code == 0
    assert _vendor_of(world, out.removesuffix("\n")) == "VEND042"


def test_commands_do_what_they_say_when_run_one_after_another(world: World, run: Any) -> None:
    run("register", "--vendor", "VEND042", "--name", "Acme", "--email", "anna@acme.example")
    run("api-key", "--vendor", "VEND042", "--label", "Nightly")
    run("invite", "--vendor", "VEND042", "--email", "bert@acme.example")
    run("invite-operator", "--email", "ops@techmart.example")
    run("remove-person", "--email", "anna@acme.example")
    run("suspend", "--vendor", "VEND042")

    shown = json.loads(run("show", "--vendor", "VEND042")[1])

    assert shown["status"] == "suspended"
    assert [person["email"] for person in shown["people"]] == ["bert@acme.example"]
    assert [key["label"] for key in shown["api_keys"]] == ["Nightly"]
    assert set(world.users()) == {"bert@acme.example", "ops@techmart.example"}
    run("remove-api-key", "--vendor", "VEND042", "--key-id", shown["api_keys"][0]["key_id"])
    run("resume", "--vendor", "VEND042")
    shown = json.loads(run("show", "--vendor", "VEND042")[1])
    assert (shown["status"], shown["api_keys"]) == ("active", [])


def test_command_fails_with_the_sentence_when_it_is_refused(world: World, run: Any) -> None:
    assert run("api-key", "--vendor", "VEND404", "--label", "Nightly") == (1, "", "VEND404 is not registered\n")
