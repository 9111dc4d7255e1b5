"""The policy pack, in its own environment: asked as the engine asks it, and by the engine."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
from checkout import ROOT, Checkout, made, needs
from configurations import MARKER
from engine_checkout import Pulumi
from google.protobuf import empty_pb2, json_format  # type: ignore[import-untyped]
from kubevirt_vm_pool import policy
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.policy.parameters import Level
from kubevirt_vm_pool.policy.rules import RULES, Sight
from kubevirt_vm_pool.resources.kubernetes_object import api_group
from policy_cases import CASES, Case
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

pytestmark = needs("uv")

# The engine's marks of a secret and of a text that a preview does not know.
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
LEVELS = {
    Level.ADVISORY: analyzer_pb2.ADVISORY,
    Level.MANDATORY: analyzer_pb2.MANDATORY,
    Level.DISABLED: analyzer_pb2.DISABLED,
}


class Pack:
    """The pack as the engine sees it."""

    def __init__(self, port: str) -> None:
        self._stub: Any = analyzer_pb2_grpc.AnalyzerStub(grpc.insecure_channel(f"127.0.0.1:{port}"))
        self.info = self._stub.GetAnalyzerInfo(empty_pb2.Empty(), wait_for_ready=True, timeout=60)

    def configure(self, settings: policy.Settings) -> None:
        """Give the pack its configuration, as the engine makes it of all that is said."""
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name, setting in settings.items():
            config = request.policyConfig[name]
            config.enforcementLevel = LEVELS[setting.level]
            said = setting.parameters.model_dump(by_alias=True, exclude_unset=True)
            said.pop("enforcementLevel", None)
            json_format.ParseDict(said, config.properties)
        self._stub.Configure(request)

    def judge(self, objects: tuple[Object, ...]) -> list[Any]:
        """Return what the pack says of each object, and then of all."""
        resources = [resource(one) for one in objects]
        said: list[Any] = []
        for one in resources:
            said += self._stub.Analyze(analyzer_pb2.AnalyzeRequest(**one)).diagnostics
        several = [analyzer_pb2.AnalyzerResource(**one) for one in resources]
        request = analyzer_pb2.AnalyzeStackRequest(resources=several)
        said += self._stub.AnalyzeStack(request).diagnostics
        return said


def resource(one: Object) -> dict[str, Any]:
    """Return an object as the engine shows it to a pack: Secrets' values are marked."""
    token = f"kubernetes:{api_group(one['apiVersion'])}:{one['kind']}"
    shown = dict(one)
    if "data" in one:
        shown["data"] = {**SECRET, "value": one["data"]}
    name = one["metadata"]["name"]
    urn = f"urn:pulumi:user1::kubevirt-vm-pool::{token}::{name}"
    properties = json_format.ParseDict(shown, analyzer_pb2.AnalyzeRequest().properties)
    return {"type": token, "name": name, "urn": urn, "properties": properties}


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    """The pack of this checkout, in the environment that its lock file describes."""
    folder = ROOT / "policies"
    # As the engine's language host starts it. Nothing is asked of the engine's address.
    command = ["uv", "run", "--frozen", "--project", str(folder), "python", "-u", "-m"]
    command += ["pulumi.policy", "127.0.0.1:1", str(folder)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Pack(process.stdout.readline().strip())
        finally:
            process.terminate()


def test_the_packs_lock_file_is_that_of_todays_project() -> None:
    # A stale one is written anew by the engine, in the middle of a preview.
    command = ["uv", "lock", "--check", "--offline", "--project", str(ROOT / "policies")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run `uv lock --project policies`: {done.stderr}"


def by_urn(case: Case) -> Mapping[str, str]:
    """Return the URN of each object of a case by what findings call it."""
    return {
        f"{one['kind']} {one['metadata']['name']}": resource(one)["urn"] for one in case.objects
    }


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_pack_finds_what_the_command_line_finds(pack: Pack, case: Case) -> None:
    pack.configure(case.settings)
    said = {
        (one.policyName, one.enforcementLevel, one.urn, one.message.partition("\n")[2])
        for one in pack.judge(case.objects)
    }
    urns = by_urn(case)
    assert said == {
        (one.rule, LEVELS[one.level], urns[one.about], f"{one.about} {one.message}; {one.fix}")
        for one in case.findings
    }


def test_the_pack_has_every_rule_that_needs_no_stack_file(pack: Pack) -> None:
    assert {policy.name: policy.enforcementLevel for policy in pack.info.policies} == {
        rule.name: LEVELS[rule.level] for rule in RULES.values() if rule.sight != Sight.FILE
    }


def test_the_packs_configuration_is_what_policies_yaml_says(pack: Pack) -> None:
    said = json_format.MessageToDict(pack.info.initialConfig["size-ceiling"].properties)
    assert said == {"cores": 16, "memory": "64Gi", "disk": "200Gi"}


def test_the_engine_can_check_every_parameter(pack: Pack) -> None:
    schemas = {
        policy.name: set(json_format.MessageToDict(policy.configSchema).get("properties", {}))
        for policy in pack.info.policies
    }
    assert schemas == {
        rule.name: {
            field.alias
            for name, field in rule.parameters.model_fields.items()
            if name != "enforcement_level"
        }
        for rule in RULES.values()
        if rule.sight != Sight.FILE
    }


def test_a_value_that_a_preview_does_not_know_breaks_nothing(pack: Pack) -> None:
    case = next(case for case in CASES if case.name == "the password's key")
    pack.configure(case.settings)
    secret = next(one for one in case.objects if one["kind"] == "Secret")
    (said,) = pack.judge(({**secret, "data": {"userdata": UNKNOWN}},))
    assert said.enforcementLevel == analyzer_pb2.ADVISORY
    assert "can't be known during preview" in said.message


def test_the_pack_shows_no_secret(pack: Pack) -> None:
    case = next(case for case in CASES if case.name == "the password's key")
    pack.configure(case.settings)
    said = [str(one) for one in pack.judge(case.objects)]
    assert len(said) == 1
    assert MARKER not in said[0]


# --- the engine ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pulumi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pulumi]:
    """The engine in a checkout with a stack dev that is not up."""
    for checkout in made(tmp_path_factory.mktemp("project") / "p", PYTHONPATH=""):
        checkout.make("setup")
        checkout.vm_pool("cluster", "start")
        engine = Pulumi(checkout)
        engine("stack", "init", "--no-select")
        yield engine


def previewed(pulumi: Pulumi, *options: str, code: int = 0) -> str:
    """Return what a preview with the pack says."""
    pack = str(pulumi.checkout.folder / "policies")
    return pulumi("preview", "--policy-pack", pack, "--non-interactive", *options, code=code)


def rules(checkout: Checkout, text: str) -> Path:
    """Write policies.yaml."""
    file = checkout.folder / "policies.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.needs_python_host
def test_the_engine_refuses_what_breaks_a_mandatory_rule(pulumi: Pulumi) -> None:
    rules(pulumi.checkout, "replica-ceiling: {maximum: 4}\nhashed-password: advisory\n")
    said = previewed(pulumi, code=1)
    assert "- [mandatory]  replica-ceiling  (kubernetes:autoscaling/v2:HorizontalPodAuto" in said
    assert "spec.maxReplicas 5, above the maximum of 4" in said


@pytest.mark.needs_python_host
def test_the_engine_tells_what_is_advisory_and_goes_on(pulumi: Pulumi) -> None:
    rules(pulumi.checkout, "replica-ceiling: {maximum: 5}\n")
    said = previewed(pulumi)
    assert "- [advisory]  hashed-password  (kubernetes:core/v1:Secret: vms-cloud-init)" in said
    assert "7 to create" in said


@pytest.mark.needs_python_host
def test_the_engines_own_configuration_of_policies_goes_over_the_file(pulumi: Pulumi) -> None:
    rules(pulumi.checkout, "replica-ceiling: {maximum: 5}\n")
    config = pulumi.checkout.folder / ".vmpool" / "policies.json"
    config.write_text(
        json.dumps({"hashed-password": "disabled", "replica-ceiling": {"maximum": 2}})
    )
    said = previewed(pulumi, "--policy-pack-config", str(config), code=1)
    assert "above the maximum of 2" in said
    assert "hashed-password" not in said


@pytest.mark.needs_python_host
def test_the_engine_tells_what_is_wrong_with_policies_yaml(pulumi: Pulumi) -> None:
    rules(pulumi.checkout, "replica-ceiling: {maximum: many}\n")
    said = previewed(pulumi, code=1)
    assert "error: policies.yaml has 1 problem:\n" in said
    assert "replica-ceiling.maximum: many\n" in said
    assert "Traceback" not in said
