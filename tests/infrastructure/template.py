"""A compiled template, and the questions the tests put to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Template:
    stage: str
    folder: Path
    document: Json

    @classmethod
    def load(cls, stage: str, folder: Path) -> "Template":
        text = (folder / "cloudformation-template-update-stack.json").read_text()
        return cls(stage, folder, json.loads(text))

    @property
    def resources(self) -> dict[str, Json]:
        return self.document["Resources"]

    @property
    def outputs(self) -> dict[str, Json]:
        return self.document["Outputs"]

    def of_type(self, kind: str) -> dict[str, Json]:
        """Return the properties of all resources of this type by logical id."""
        return {name: found.get("Properties", {}) for name, found in self.resources.items() if found["Type"] == kind}

    def properties(self, logical_id: str) -> Json:
        return self.resources[logical_id]["Properties"]

    def functions(self) -> dict[str, Json]:
        """Return the functions' properties by key, e.g. `CsvParser`."""
        return {
            name.removesuffix("LambdaFunction"): found for name, found in self.of_type("AWS::Lambda::Function").items()
        }

    def statements_of(self, function: str) -> list[Json]:
        """Return the statements of a function's role."""
        role = self.properties(f"{function}IamRoleLambdaExecution")
        return [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]

    def identity_statements(self) -> Iterator[tuple[str, Json]]:
        """Yield every statement of a role or managed policy with the logical id it belongs to."""
        for name, role in self.of_type("AWS::IAM::Role").items():
            for policy in role.get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    yield name, statement
        for name, policy in self.of_type("AWS::IAM::ManagedPolicy").items():
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement

    def state_machine(self) -> Json:
        definition = self.properties("UploadStateMachine")["DefinitionString"]
        return json.loads(definition["Fn::Sub"][0])

    def state_machine_references(self) -> list[Json]:
        """Return the resources that the definition names."""
        return list(self.properties("UploadStateMachine")["DefinitionString"]["Fn::Sub"][1].values())


def listed(value: Any) -> list[Any]:
    """Return what CloudFormation lets stand alone or in a list as a list."""
    return value if isinstance(value, list) else [value]


def mentions(value: Any, logical_id: str) -> bool:
    """Return whether a Ref, GetAtt or Sub in `value` leads to this resource."""
    if isinstance(value, dict):
        if value.get("Ref") == logical_id or listed(value.get("Fn::GetAtt", ""))[0] == logical_id:
            return True
        return any(mentions(each, logical_id) for each in value.values())
    if isinstance(value, list):
        return any(mentions(each, logical_id) for each in value)
    return isinstance(value, str) and (f"${{{logical_id}}}" in value or f"${{{logical_id}." in value)
