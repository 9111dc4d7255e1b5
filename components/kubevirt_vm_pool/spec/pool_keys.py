"""Every key of a stack's configuration: those of KubeVirt's own words, and what few pools say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ..kubevirt.secret_fields import may_be_secret
from .access import ScaleRole
from .common_keys import CommonKeys
from .kubevirt_keys import KubeVirtObject, KubeVirtObjects, kubevirt_field
from .model import MaySecret
from .names import LabelKey, LabelValue, ObjectName, annotations_fit, not_the_pools
from .scaling import DisruptionBudget
from .service import NetworkPolicy
from .values import AtLeastOne, Version
from .vm_settings import Autohealing, HookSidecar, RunStrategy


class PoolKeys(CommonKeys):
    """The keys of a stack's file and of VmPool's arguments.

    What is written from them elsewhere, `make generate` writes.
    """

    run_strategy: RunStrategy | None = Field(
        default=None,
        description="When VMs run: Always, or Halted, which are never ready. RerunOnFailure, Once "
        "and Manual need a rollout.strategy that stops no VM. Not set, it is Always.",
    )
    cpu: KubeVirtObject = kubevirt_field("cpu", {})
    requests: KubeVirtObject = kubevirt_field("requests", {})
    limits: KubeVirtObject = kubevirt_field("limits", {})
    machine: KubeVirtObject = kubevirt_field("machine", {})
    firmware: KubeVirtObject = kubevirt_field("firmware", {})
    tpm: KubeVirtObject = kubevirt_field("tpm", {})
    features: KubeVirtObject = kubevirt_field("features", {})
    clock: KubeVirtObject = kubevirt_field("clock", {})
    launch_security: KubeVirtObject = kubevirt_field("launchSecurity", {})
    io_threads_policy: str | None = kubevirt_field("ioThreadsPolicy")
    io_threads: KubeVirtObject = kubevirt_field("ioThreads", {})
    gpus: KubeVirtObjects = kubevirt_field("gpus", [])
    host_devices: KubeVirtObjects = kubevirt_field("hostDevices", [])
    filesystems: KubeVirtObjects = kubevirt_field("filesystems", [])
    inputs: KubeVirtObjects = kubevirt_field("inputs", [])
    video: KubeVirtObject = kubevirt_field("video", {})
    watchdog: KubeVirtObject = kubevirt_field("watchdog", {})
    rng: bool | None = Field(
        default=None,
        description="Whether there is a random number generator. Not set, there is none.",
    )
    block_multi_queue: bool | None = kubevirt_field("blockMultiQueue")
    network_interface_multiqueue: bool | None = kubevirt_field("networkInterfaceMultiqueue")
    autoattach_graphics_device: bool | None = kubevirt_field("autoattachGraphicsDevice")
    autoattach_input_device: bool | None = kubevirt_field("autoattachInputDevice")
    autoattach_mem_balloon: bool | None = kubevirt_field("autoattachMemBalloon")
    autoattach_serial_console: bool | None = kubevirt_field("autoattachSerialConsole")
    autoattach_vsock: bool | None = kubevirt_field("autoattachVSOCK")
    log_serial_console: bool | None = kubevirt_field("logSerialConsole")
    architecture: str | None = kubevirt_field("architecture")
    priority_class_name: ObjectName | None = kubevirt_field("priorityClassName")
    scheduler_name: ObjectName | None = kubevirt_field("schedulerName")
    dns_policy: str | None = kubevirt_field("dnsPolicy")
    dns_config: KubeVirtObject = kubevirt_field("dnsConfig", {})
    subdomain: ObjectName | None = kubevirt_field("subdomain")
    liveness_probe: KubeVirtObject = kubevirt_field("livenessProbe", {})
    access_credentials: KubeVirtObjects = kubevirt_field("accessCredentials", [])
    service_account_name: ObjectName | None = Field(
        default=None,
        description="ServiceAccount of the VMs' pods, on whose behalf their disks are made too; "
        "its token is a disk of the VMs. Not set, it is the namespace's `default`.",
    )
    hook_sidecars: list[HookSidecar] = Field(
        default=[],
        description="Containers beside each VM that change its domain before it starts, as "
        "KubeVirt's annotation hooks.kubevirt.io/hookSidecars has them.",
    )
    update_strategy: KubeVirtObject = kubevirt_field("updateStrategy", {})
    scale_in_strategy: KubeVirtObject = kubevirt_field("scaleInStrategy", {})
    autohealing: Autohealing | None = Field(
        default=None,
        description="Delete VMs that fail to start, with their disks, and make new ones. KubeVirt "
        "does that to every VM of the namespace, so aloneInNamespace: true must be said. Not set, "
        "it is off.",
    )
    disruption_budget: DisruptionBudget | None = Field(
        default=None,
        description="PodDisruptionBudget of the pool: minAvailable, how many VMs a drain must "
        "leave running. Not set, or at 0 replicas, there is none.",
    )
    network_policy: NetworkPolicy | None = Field(
        default=None,
        description="NetworkPolicy of the VMs: only the ports that the Service sends to can be "
        "reached, and only by the peers in `from` (as Kubernetes has them; [] is "
        "everybody). `virtctl ssh` comes over the network, too, and is shut out. Not "
        "set, there is none.",
    )
    scale_role: ScaleRole | None = Field(
        default=None,
        description="Role <name>-scale for those who may `kubectl scale` the pool (subjects, as "
        "Kubernetes has them); KubeVirt's own admin and edit roles do not allow it. "
        "Who brings the stack up must be allowed it, too. Not set, there is none.",
    )
    clone_access: bool = Field(
        default=False,
        description="Let the VMs' ServiceAccount (not set, the namespace's default), on whose "
        "behalf KubeVirt makes the disks, clone the golden images from another namespace, those "
        "of template too: a Role there. Who brings the stack up must be allowed to make it.",
    )
    protect: bool = Field(
        default=False,
        description="Pulumi refuses to delete or replace the pool, and with it all VMs and disks, "
        "until this is false again. For production.",
    )
    adopt: bool = Field(
        default=False,
        description="Take over objects of the same names that were made without this program, by "
        "kubectl.",
    )
    wait_for_ready: bool = Field(
        default=False,
        description="An up ends when all VMs are ready, and fails with the reasons if they are "
        "not in time. Not set, it ends when the cluster holds the objects, and the "
        "VMs boot meanwhile. Needs kubectl.",
    )
    wait_for_ready_minutes: AtLeastOne = Field(
        default=10,
        description="How long waitForReady waits. Copying a large golden image takes its time.",
    )
    labels: dict[LabelKey, LabelValue] = Field(
        default={},
        description="Labels for every object, not for the VMs (a new label there would restart "
        "them).",
    )
    annotations: Annotated[dict[LabelKey, str], AfterValidator(annotations_fit)] = Field(
        default={}, description="Annotations for every object, not for the VMs."
    )
    vm_labels: Annotated[dict[LabelKey, LabelValue], AfterValidator(not_the_pools)] = Field(
        default={},
        description="Labels for the VMs and their pods, beside the pool's own. A change restarts "
        "the VMs.",
    )
    vm_annotations: Annotated[dict[LabelKey, str], AfterValidator(annotations_fit)] = Field(
        default={},
        description="Annotations for the VMs and their pods. A change restarts the VMs.",
    )
    template: Annotated[dict[str, Any], MaySecret(inside=1, within=may_be_secret)] = Field(
        default={},
        description="Further fields of the VMs (virtualMachineTemplate.spec) in KubeVirt's own "
        "words, merged over what the other keys make: objects member by member; disks, volumes, "
        "interfaces and the like by their names; other lists as a whole. null removes.",
    )
    kubevirt_version: Version = Field(
        default="1.8",
        description='KubeVirt of the cluster, quoted ("1.10" unquoted is 1.1). A setting that it '
        "does not honour is refused.",
    )
    pool_api_version: Literal["v1alpha1", "v1beta1"] = Field(
        default="v1alpha1",
        description="Version of pool.kubevirt.io. v1alpha1 works everywhere, v1beta1 from "
        "KubeVirt 1.7.",
    )
