"""Stacks that break rules, and stacks that keep them: for every way in which the rules are run."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml
from configurations import MARKER, specification
from kubevirt_vm_pool import policy
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects


class Case(NamedTuple):
    """A changed Pulumi.dev.yaml under rules.

    rules: policies.yaml. changes: of the stack. broken: "<rule>: <about> <message>" of each finding
    of the rules named in `rules`; the others are off.
    """

    name: str
    rules: str
    changes: str
    broken: tuple[str, ...] = ()
    requests: bool = True

    @property
    def settings(self) -> policy.Settings:
        """What the rules' file says, and all other rules off."""
        return policy.settings({"all": "disabled", **self.document})

    @property
    def document(self) -> dict[str, Any]:
        """The rules' file; a rule without a level is mandatory."""
        given = yaml.safe_load(self.rules)
        return {
            name: {"enforcementLevel": "mandatory", **below} if isinstance(below, dict) else below
            for name, below in given.items()
        }

    @property
    def objects(self) -> tuple[Object, ...]:
        """The stack's objects."""
        made = objects(specification(self.changes))
        if not self.requests:
            template = made["pool"]["spec"]["virtualMachineTemplate"]["spec"]["template"]
            del template["spec"]["domain"]["resources"]
        return tuple(made.values())

    @property
    def findings(self) -> tuple[policy.Finding, ...]:
        """What the stack breaks."""
        return policy.findings(policy.Stack(self.objects), self.settings)


POOL = "VirtualMachinePool lab05-webserver"
HPA = "HorizontalPodAutoscaler lab05-webserver"
SECRET = "Secret lab05-cloudinit"
HASH = "$6$salt$hash"
BY_SIZE = "{cores: 4, memory: 4Gi, disk: 10Gi}"
OFF = "autoscaling: null\n"


def user_data(text: str) -> str:
    """Return changes with user data of a text, in place of all that would be in it."""
    cloud_init = {"secretName": "lab05-cloudinit", "userData": text}
    changes: str = yaml.safe_dump({"password": None, "cloudInit": cloud_init})
    return changes


def cloud_config(text: str) -> str:
    """Return changes with a cloud-config."""
    return user_data(f"#cloud-config\n{text}\n")


def image(allowed: str, source: str, *broken: str) -> Case:
    """Return a case of golden images; the allowed ones and the source as YAML."""
    found = tuple(f"golden-images: {POOL} has disks made from {text}" for text in broken)
    changes = f"disk: {{size: 6Gi, source: {source}}}"
    return Case(f"{source} with {allowed}", f"golden-images: {allowed}", changes, found)


def volume(written: str) -> str:
    """Return changes with a further volume of the VMs."""
    return f"template: {{template: {{spec: {{volumes: [{{name: more, {written}}}]}}}}}}"


DOCUMENT = f'cloudInitNoCloud: {{userData: "#cloud-config\\npassword: {MARKER}"}}'


def toleration(allowed: str, given: str, *broken: str) -> Case:
    """Return a case of one toleration; both as YAML."""
    found = tuple(f"tolerations: {POOL} tolerates {text}" for text in broken)
    rules = f"tolerations: {{allowed: {allowed}}}"
    return Case(f"{given} with {allowed}", rules, f"tolerations: [{given}]", found)


def password(name: str, changes: str, *places: str) -> Case:
    """Return a case of user data with plain-text passwords at some places."""
    text = f"holds user data with a password in plain text ({', '.join(places)})"
    found = (f"hashed-password: {SECRET} {text}",) if places else ()
    return Case(name, "hashed-password: mandatory", changes, found)


CASES = [
    Case("as many VMs as allowed", "replica-ceiling: {maximum: 5}", ""),
    Case(
        "an autoscaler that may make too many",
        "replica-ceiling: {maximum: 4}",
        "",
        (f"replica-ceiling: {HPA} has spec.maxReplicas 5, above the maximum of 4",),
    ),
    Case(
        "too many VMs",
        "replica-ceiling: {maximum: 4}",
        f"{OFF}replicas: 5",
        (f"replica-ceiling: {POOL} has spec.replicas 5, above the maximum of 4",),
    ),
    Case(
        "a number of VMs that nobody sees",
        "replica-ceiling: {maximum: 10}",
        "autoscaling: {external: true}",
        (
            f"replica-ceiling: {POOL} is scaled by others, whose largest number nobody sees here, "
            "above the maximum of 10 or not",
        ),
    ),
    Case("no limit to VMs", "replica-ceiling: {}", f"{OFF}replicas: 500"),
    Case("VMs as large as allowed", f"size-ceiling: {BY_SIZE}", "cores: 4\nmemory: 4096Mi"),
    Case(
        "VMs that are too large",
        f"size-ceiling: {BY_SIZE}",
        "cores: 5\nmemory: 4097Mi\ndisk: {size: 11Gi, source: {pvc: {name: golden}}}",
        (
            f"size-ceiling: {POOL} has 5 cores per VM, above the maximum of 4",
            f"size-ceiling: {POOL} has 4097Mi of memory per VM, above the maximum of 4Gi",
            f"size-ceiling: {POOL} has disks of 11Gi, above the maximum of 10Gi",
        ),
    ),
    Case(
        "VMs that are too large, in KubeVirt's words",
        f"size-ceiling: {BY_SIZE}",
        f"{OFF}cpu: {{sockets: 5}}\nmemory: {{guest: 4Gi, maxGuest: 8Gi}}",
        (
            f"size-ceiling: {POOL} has 5 cores per VM, above the maximum of 4",
            f"size-ceiling: {POOL} has 8Gi of memory per VM, above the maximum of 4Gi",
        ),
    ),
    Case("no limit to sizes", "size-ceiling: {}", "cores: 500\nmemory: 4Ti"),
    Case(
        "an instancetype that is not listed",
        f"size-ceiling: {BY_SIZE}",
        f"{OFF}instancetype: {{name: u1.8xlarge}}",
        (
            f"size-ceiling: {POOL} takes its size from instancetype u1.8xlarge, which is not among "
            "those allowed (none)",
        ),
    ),
    Case(
        "an instancetype that an image names",
        "size-ceiling: {cores: 4, instancetypes: [u1.*]}",
        f"{OFF}instancetype: {{inferFromVolume: datavolumedisk}}",
        (
            f"size-ceiling: {POOL} takes its size from instancetype (whichever volume "
            "datavolumedisk names), which is not among those allowed (u1.*)",
        ),
    ),
    Case(
        "an instancetype that is listed",
        "size-ceiling: {cores: 4, instancetypes: [u1.*]}",
        f"{OFF}instancetype: {{name: u1.small}}",
    ),
    Case(
        "an instancetype where only disks are limited",
        "size-ceiling: {disk: 10Gi}",
        f"{OFF}instancetype: {{name: u1.8xlarge}}",
    ),
    Case(
        "memory by its limit",
        f"size-ceiling: {BY_SIZE}",
        "template: {template: {spec: {domain: {resources: {limits: {memory: 5Gi}}}}}}",
        (f"size-ceiling: {POOL} has 5Gi of memory per VM, above the maximum of 4Gi",),
    ),
    image("{}", "{pvc: {name: any}}"),
    image("{images: [fedora-*]}", "{pvc: {name: fedora-42}}"),
    image(
        "{images: [fedora-*]}", "{pvc: {name: rhel}}", "rhel, which is not among the allowed images"
    ),
    image("{namespaces: [golden]}", "{pvc: {name: any, namespace: golden}}"),
    image("{namespaces: [golden]}", "{pvc: {name: any}}", "any in namespace user1"),
    image("{namespaces: [user1]}", "{pvc: {name: any}}"),
    image(
        "{namespaces: [golden]}",
        "{snapshot: {name: any, namespace: other}}",
        "any in namespace other",
    ),
    image(
        "{namespaces: [golden]}",
        "{dataSource: {name: any, namespace: other}}",
        "any in namespace other",
    ),
    image("{namespaces: [golden]}", "{dataSource: {name: any}}", "any in namespace user1"),
    image("{images: []}", "{pvc: {name: any}}", "any, which is not among the allowed images"),
    image(
        "{namespaces: [golden]}",
        "{http: {url: 'https://images.example/a.qcow2'}}",
        "https://images.example/a.qcow2, outside of the cluster",
    ),
    image(
        "{images: ['https://images.example/*'], namespaces: [golden]}",
        "{http: {url: 'https://images.example/a.qcow2'}}",
    ),
    image(
        "{images: ['docker://quay.example/*']}",
        "{registry: {url: 'docker://other.example/a'}}",
        "docker://other.example/a, which is not among the allowed images",
    ),
    image(
        "{images: [fedora-*]}",
        "{registry: {imageStream: rhel, pullMethod: node}}",
        "rhel, which is not among the allowed images",
    ),
    Case(
        "what VMs boot from in place of a disk is an image, too",
        "golden-images: {images: ['docker://quay.example/*', golden]}",
        "disk:\ncontainerDisk: {image: other.example/a}\ndisks: {a: {ephemeral: {claimName: b}},"
        " b: {ephemeral: {claimName: golden}}, c: {containerDisk: {image: quay.example/c}}}",
        (
            f"golden-images: {POOL} has disks made from docker://other.example/a, which is not "
            "among the allowed images",
            f"golden-images: {POOL} has disks made from b, which is not among the allowed images",
        ),
    ),
    Case(
        "further disks that are too large",
        "size-ceiling: {disk: 10Gi}",
        "disks: {a: {size: 11Gi, storage: true, source: {blank: {}}}, "
        "b: {emptyDisk: {capacity: 12Gi}}}",
        (
            f"size-ceiling: {POOL} has disks of 11Gi, above the maximum of 10Gi",
            f"size-ceiling: {POOL} has disks of 12Gi, above the maximum of 10Gi",
        ),
    ),
    Case(
        "a disk behind a volume",
        "golden-images: {images: [fedora*]}",
        "template: {template: {spec: {volumes: [{name: a, dataVolume: {name: golden}}], domain: "
        "{devices: {disks: [{name: a, cdrom: {}}]}}}}}",
        (
            f"golden-images: {POOL} has disks made from golden, which is not among the allowed "
            "images",
        ),
    ),
    Case("any toleration", "tolerations: {}", "tolerations: [{operator: Exists}]"),
    Case("no toleration", "tolerations: {allowed: []}", "tolerations: []"),
    toleration("[]", "{key: gpu, value: a}", "the taint gpu"),
    toleration("[{key: gpu}]", "{key: gpu, value: a, effect: NoSchedule}"),
    toleration("[{key: gpu}]", "{key: gpu, operator: Exists}"),
    toleration("[{key: gpu, operator: Equal}]", "{key: gpu, value: a}"),
    toleration("[{key: gpu, operator: Equal}]", "{key: gpu, operator: Exists}", "the taint gpu"),
    toleration("[{key: gpu, value: a}]", "{key: gpu, value: b}", "the taint gpu"),
    toleration("[{key: gpu, effect: NoExecute}]", "{key: gpu, value: a}", "the taint gpu"),
    toleration("[{key: gpu}]", "{operator: Exists}", "every taint"),
    toleration("[{operator: Exists}]", "{operator: Exists}"),
    toleration("[{operator: Exists}]", "{key: gpu, operator: Exists}", "the taint gpu"),
    password("the password's key", f"password: {MARKER}", "password"),
    password("a hash as password", f"password: {HASH}"),
    password(
        "a hash that cloud-init takes for plain text", "password: $y$j9T$salt$hash", "password"
    ),
    password("no password", cloud_config("users: [default]")),
    password(
        "users' plain text",
        cloud_config(f"users: [default, {{plain_text_passwd: {MARKER}}}]"),
        "users[1].plain_text_passwd",
    ),
    password(
        "users' hashes",
        cloud_config(f"users: [{{passwd: '{HASH}'}}, {{hashed_passwd: '!'}}, {{passwd: $y$a$b}}]"),
    ),
    password(
        "plain text where a hash is due",
        cloud_config(f"users: [{{passwd: {MARKER}}}]\nuser: {{passwd: 1234}}"),
        "user.passwd",
        "users[0].passwd",
    ),
    password(
        "chpasswd's list",
        cloud_config(f"chpasswd: {{list: ['a:RANDOM', 'b:{HASH}', 'c:{MARKER}']}}\nusers: [a]"),
        "chpasswd.list[2]",
    ),
    password(
        "chpasswd's list as text",
        cloud_config(f"chpasswd:\n  list: |\n    a:R\n    b:{MARKER}\nusers: [a]"),
        "chpasswd.list[1]",
    ),
    password(
        "chpasswd's users",
        cloud_config(
            f"chpasswd: {{users: [{{name: a, type: RANDOM}}, {{name: b, password: '{HASH}'}}, "
            f"{{name: c, password: {MARKER}, type: text}}]}}"
        ),
        "chpasswd.users[2].password",
    ),
    password("a script", user_data(f"#!/bin/sh\necho password: {MARKER}\n")),
    Case(
        "a password inside of a volume",
        "hashed-password: mandatory",
        user_data("#!/bin/sh\n") + volume(DOCUMENT),
        (f"hashed-password: {POOL} holds user data with a password in plain text (password)",),
    ),
    Case("a probe", "readiness-probe: mandatory", ""),
    Case("neither probe nor Service", "readiness-probe: mandatory", "service: false"),
    Case(
        "no probe",
        "readiness-probe: advisory",
        "readinessProbe: {enabled: false}",
        (
            f"readiness-probe: {POOL} has no readiness probe, so the Service sends requests to VMs "
            "that still boot",
        ),
    ),
    Case("a request with autoscaling", "autoscaling-requests: mandatory", ""),
    Case(
        "dedicated CPUs with autoscaling",
        "autoscaling-requests: mandatory",
        "cpu: {dedicatedCpuPlacement: true}",
    ),
    Case("no autoscaling", "autoscaling-requests: mandatory", f"{OFF}cpuRequest: null"),
    Case(
        "no request with autoscaling",
        "autoscaling-requests: mandatory",
        "",
        (
            f"autoscaling-requests: {POOL} requests no CPU, and its autoscaler measures against "
            "the request: KubeVirt's is a tenth of each core",
        ),
        requests=False,
    ),
    Case(
        "an amount of CPU as the target",
        "autoscaling-requests: mandatory",
        "autoscaling: {maxReplicas: 5, targetCPUAverageValue: 500m}",
        requests=False,
    ),
]
