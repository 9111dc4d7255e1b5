"""What the configuration of most pools says: VMs, their disks, networks and number."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from .cloud_init import CloudInit, NoCloudInit
from .disk import BootContainerDisk, BootEphemeral, Disk, Volume
from .disks import FurtherDisk
from .model import MaySecret, Model, OrFalse
from .names import LABEL_SCHEMA, DnsLabel, LabelKey, LabelValue, PoolName
from .network import Network, not_empty
from .per_replica import PerReplica
from .probe import ReadinessProbe
from .scaling import Autoscaling, Rollout, ScaleIn
from .scheduling import Instancetype, Preference
from .service import FurtherService, ServiceSettings
from .values import LARGEST_INT32, AtLeastOne, Cpu, Seconds
from .vm_settings import MemorySetting

EvictionStrategy = Literal["LiveMigrate", "LiveMigrateIfPossible", "None", "External"]


class CommonKeys(Model):
    """Keys in the order of Pulumi.yaml; PoolKeys goes on with them.

    Objects have a factory in place of a default: one that is made here would have its model built
    on its own, at import.
    """

    name: PoolName = Field(
        default="webserver",
        description="Name of the pool, its Service and its HorizontalPodAutoscaler. VMs are "
        "called <name>-<index>, their disks <name>-disk-<index>.",
    )
    namespace: DnsLabel = Field(
        description="Namespace of every object. Not set, it is the stack's name."
    )
    create_namespace: bool = Field(
        default=False,
        description="Create the namespace if it does not exist. Destroying the stack leaves the "
        "namespace in place; `make down` removes it when it holds nothing that this "
        "stack did not make.",
    )
    replicas: Annotated[int, Field(ge=0, le=LARGEST_INT32)] = Field(
        default=1,
        description="Number of VMs while autoscaling is off. With autoscaling on, the pool starts "
        "at autoscaling.minReplicas and the HorizontalPodAutoscaler owns the number.",
    )
    cores: AtLeastOne = Field(default=1, description="CPU cores of each VM.")
    memory: MemorySetting = Field(
        default="2Gi",
        description="Memory of each VM, a Kubernetes quantity; or as KubeVirt has it: an object "
        "with guest, maxGuest, hugepages (pageSize).",
    )
    cpu_request: Cpu | None = Field(
        default=None,
        description="CPU that each VM's pod requests, a Kubernetes quantity. Not set, it is "
        "KubeVirt's 100m per core; with autoscaling on it is the number of cores, "
        "since utilization is measured against it.",
    )
    instancetype: Instancetype | None = Field(
        default=None,
        description="KubeVirt instancetype (name, kind; or inferFromVolume) in place of cores and "
        "memory.",
    )
    preference: Preference | None = Field(
        default=None, description="KubeVirt preference (name, kind; or inferFromVolume)."
    )
    disk: Disk | None = Field(
        default=None,
        description="Disk of each VM: its size, access modes, storage class and the golden image "
        "that it is made from (source). Each VM has its own, which goes when the VM goes. Exactly "
        "one of disk, containerDisk and ephemeral is needed.",
    )
    container_disk: BootContainerDisk | None = Field(
        default=None,
        description="Container image that the VMs boot from in place of a disk of their own "
        "(image). What a VM writes goes as it stops, and cloud-init runs at every start.",
    )
    ephemeral: BootEphemeral | None = Field(
        default=None,
        description="Claim that the VMs boot from in place of a disk of their own (claimName): all "
        "read it, and what a VM writes goes as it stops.",
    )
    disks: dict[DnsLabel, FurtherDisk] = Field(
        default={},
        description="Further disks of each VM by name, in the order of their names: of its own "
        "(size and source, called <pool>-<name>-<index>), or containerDisk, ephemeral, emptyDisk, "
        "sysprep, configMap, secret, downwardAPI, serviceAccount; with type (disk, cdrom, lun), "
        "bus, bootOrder, cache, io, readonly and shareable as KubeVirt has them.",
        json_schema_extra={"propertyNames": LABEL_SCHEMA},
    )
    password: Annotated[str | None, MaySecret("not known here")] = Field(
        default=None,
        description="Password of the image's default user (or of cloudInit.user). Treated as "
        "secret, whether the stack holds it in plain text or encrypted (pulumi config "
        "set --secret password).",
    )
    cloud_init: Annotated[CloudInit, OrFalse(NoCloudInit.model_construct())] = Field(
        default_factory=CloudInit,
        description="What cloud-init does at the first boot of each VM; false: there is none.",
    )
    per_replica: PerReplica = Field(
        default_factory=PerReplica,
        description="What differs from VM to VM (hostname, password, config, userData, "
        "networkData, configMaps, secrets): each gets Secrets and ConfigMaps of its "
        "own, filled in from templates. spare: for how many indices more than there "
        "are VMs. Not set but for spare, all VMs get the same.",
    )
    volumes: list[Volume] = Field(
        default=[],
        description="ConfigMaps and Secrets as further disks of each VM, as KubeVirt has them: "
        "configMap or secret, with a name, which the disk has too.",
    )
    # These stay as they are written; validate.py compares them with Toleration and affinity.py.
    tolerations: list[dict[str, Any]] = Field(
        default=[], description="Tolerations of the VMs, as Kubernetes has them."
    )
    node_selector: dict[LabelKey, LabelValue] = Field(
        default={}, description="Node labels that the VMs need, as Kubernetes has them."
    )
    affinity: dict[str, Any] = Field(
        default={}, description="Affinity of the VMs, as Kubernetes has it."
    )
    topology_spread_constraints: list[dict[str, Any]] = Field(
        default=[], description="How the VMs spread over the cluster, as Kubernetes has it."
    )
    service: Annotated[ServiceSettings | None, OrFalse()] = Field(
        default_factory=ServiceSettings,
        description="The Service in front of the VMs; false: there is none.",
    )
    services: dict[DnsLabel, FurtherService] = Field(
        default={},
        description="Further Services in front of the same VMs, called <pool>-<key>, for instance "
        "one of type LoadBalancer, or a headless one.",
    )
    networks: Annotated[list[Network] | None, OrFalse([]), BeforeValidator(not_empty)] = Field(
        default=None,
        description="Networks of each VM, in the order of its cards: the pod network, and others "
        "by Multus, each with its binding; false: there is none. Not set, it is the pod network, "
        "by masquerade.",
    )
    autoscaling: Autoscaling | None = Field(
        default=None,
        description="HorizontalPodAutoscaler of the pool: maxReplicas and a CPU target or metrics, "
        "at least; or external: true, where somebody else scales it. Not set, there is none.",
    )
    rollout: Rollout = Field(
        default_factory=Rollout, description="How a changed template reaches the running VMs."
    )
    scale_in: ScaleIn = Field(
        default_factory=ScaleIn,
        description="Which VMs go first when the pool shrinks, and whether their disks stay.",
    )
    readiness_probe: ReadinessProbe = Field(
        default_factory=ReadinessProbe,
        description="When a VM is ready to be sent requests. Not set, it is when the Service's "
        "first port answers.",
    )
    eviction_strategy: EvictionStrategy | None = Field(
        default=None,
        description="What happens to the VMs when their node is drained: LiveMigrate, "
        "LiveMigrateIfPossible, None or External. ReadWriteOnce disks cannot migrate: "
        "LiveMigrateIfPossible restarts their VMs elsewhere. Not set, it is the "
        "cluster's.",
    )
    termination_grace_period_seconds: Seconds | None = Field(
        default=None,
        description="Seconds that a guest has to shut down before it is switched off. Not set, it "
        "is KubeVirt's own.",
    )
