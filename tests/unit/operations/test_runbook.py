"""docs/runbook.md, the alarms, the diagnoses, the exercises and the Makefile belong together."""

import re
from pathlib import Path

import pytest
import yaml

from onboarding.explaining.causes import Cause
from onboarding.explaining.logs import FUNCTIONS
from operations.__main__ import OF_ONE_UPLOAD, REDRIVEN
from tests.e2e.runbook import commands_of, sections

PROJECT = Path(__file__).parent.parent.parent.parent
NOT_EXERCISED = "**Not exercised** on the local stack: "
WITHOUT_CAUSE_HERE = {"database-capacity", "database-connections", "database-storage"}
"""Alarms on what only AWS has: nothing on the local stack can bring their causes about."""


def alarms() -> dict[str, str]:
    """Return the section that each alarm of the templates links to, by the alarm's logical id."""
    found: dict[str, str] = {}
    for file in sorted((PROJECT / "resources" / "monitoring").glob("alarms*.yml")):
        text = file.read_text(encoding="utf-8")
        for name, description in re.findall(
            r"^  (\w+):\n    Type: AWS::CloudWatch::Alarm\n.*?AlarmDescription: (.*?)$", text, re.M | re.S
        ):
            link = re.fullmatch(r".* \$\{param:runbookUrl\}#([a-z-]+)", description)
            assert link, f"{file.name}: {name} does not end with a link to its section"
            found[name] = link[1]
    return found


def alarm_sections() -> dict[str, str]:
    """Return the sections under the heading Alarms."""
    names = list(sections())
    return {name: text for name, text in sections().items() if names.index(name) > names.index("alarms")}


def exercised() -> set[str]:
    """Return the sections that end-to-end tests follow, or are given to follow as a parameter."""
    text = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "tests" / "e2e").glob("test_*.py"))
    followed = re.findall(r'follow\(\s*pipeline,\s*"([a-z-]+)"', text)
    return {*followed, *re.findall(r'^        \("([a-z-]+)", "[a-z-]+"\),$', text, re.MULTILINE)}


def test_every_alarm_has_a_section_and_every_section_an_alarm() -> None:
    assert set(alarms().values()) == set(alarm_sections())


def test_every_alarm_is_exercised_unless_its_section_says_why_not() -> None:
    with_reason = {name for name, text in alarm_sections().items() if NOT_EXERCISED in text}

    assert with_reason == WITHOUT_CAUSE_HERE
    assert alarm_sections().keys() - exercised() == WITHOUT_CAUSE_HERE


def test_every_exercise_has_commands() -> None:
    for name in alarm_sections().keys() - WITHOUT_CAUSE_HERE:
        assert commands_of(name), name


def test_every_command_is_one_of_make() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))

    for name in sections():
        for line in commands_of(name).splitlines():
            command = re.match(r"make ([a-z-]+) ", line)
            assert command, line
            assert command[1] in targets, line


def test_every_command_of_a_diagnosis_is_one_of_make() -> None:
    sources = [file.read_text(encoding="utf-8") for file in (PROJECT / "onboarding" / "explaining").glob("*.py")]
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    redriven = {found for text in sources for found in re.findall(r'redrive\(story, "(\w+)"(,?)', text)}

    assert {found for text in sources for found in re.findall(r'"make ([a-z-]+)[ "]', text)} <= targets
    assert {what for what, _ in redriven} <= set(REDRIVEN)
    assert {what for what, upload in redriven if upload} == set(OF_ONE_UPLOAD)


@pytest.mark.parametrize("folder", ["onboarding/explaining", "statemachines"])
def test_every_link_to_a_section_leads_to_one(folder: str) -> None:
    texts = [file.read_text(encoding="utf-8") for file in (PROJECT / folder).iterdir() if file.is_file()]
    links = set(re.findall(r'"([a-z]+(?:-[a-z]+)+)",?\)?$|runbookUrl\}#([a-z-]+)', "\n".join(texts), re.MULTILINE))
    named = {link for pair in links for link in pair if link} - set(FUNCTIONS)

    assert named, folder
    assert named <= set(sections()), folder


def test_every_red_end_names_its_section() -> None:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: None)
    machine = yaml.load((PROJECT / "statemachines" / "upload.asl.yml").read_text(), Loader)
    failed = {name: state for name, state in machine["States"].items() if state["Type"] == "Fail"}

    assert len(failed) >= 5
    for name, state in failed.items():
        assert f"${{param:runbookUrl}}#{name.lower().replace(' ', '-')}" in state["Cause"]


def test_table_of_faults_has_what_explain_calls_them() -> None:
    tests = (PROJECT / "tests" / "e2e" / "test_faults.py").read_text(encoding="utf-8")
    named = {Cause[name].value for name in re.findall(r"Cause\.([A-Z_]+)", tests)}
    rows = [line.split(" | ") for line in sections()["explaining-an-upload"].splitlines() if line.startswith("| ")]
    table = {cells[1] for cells in rows[1:]}

    assert len(rows) - 1 == len(re.findall(r"^def test_", tests, re.MULTILINE))
    assert table <= {cause.value for cause in Cause}
    assert named - {Cause.ENDED, Cause.NOT_ANNOUNCED, Cause.FEED_STOPPED} <= table
