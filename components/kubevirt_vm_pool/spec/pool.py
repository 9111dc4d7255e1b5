"""The specification of a pool: the shape of a stack's configuration, and the names it leads to.

The models hold what can be said of one value or one object. Rules that span keys are in rules.py,
and validate.py turns both into one report.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from ..kubevirt.secret_fields import may_be_secret
from .access import ScaleRole
from .cloud_init import CloudInit, NoCloudInit
from .disk import BootContainerDisk, BootEphemeral, Disk, OwnDisk, Volume
from .disk_source import NamedObject
from .disks import FurtherDisk, template_name
from .kubevirt_keys import KEYS, KubeVirtObject, KubeVirtObjects, kubevirt_field
from .model import MaySecret, Model, OrFalse
from .names import (
    LABEL_SCHEMA,
    POOL_LABEL,
    DnsLabel,
    LabelKey,
    LabelValue,
    ObjectName,
    PoolName,
    annotations_fit,
    not_the_pools,
)
from .network import THE_PODS, Network, not_empty
from .per_replica import PerReplica
from .probe import ReadinessProbe
from .scaling import Autoscaling, DisruptionBudget, Rollout, ScaleIn
from .scheduling import Instancetype, Preference
from .service import FurtherService, NamedService, NetworkPolicy, ServiceSettings
from .values import LARGEST_INT32, AtLeastOne, Cpu, Seconds, Version, version_of
from .vm_settings import Autohealing, HookSidecar, MemorySetting, RunStrategy

EvictionStrategy = Literal["LiveMigrate", "LiveMigrateIfPossible", "None", "External"]


class PoolSpec(Model):
    """A pool whose configuration has been checked, and every name that derives from it.

    Its keys are those of a stack's file and of VmPool's arguments; what is written from them
    elsewhere, `make generate` writes. Objects have a factory in place of a default: one that is
    made here would have its model built on its own, at import.
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
        default=None, description="KubeVirt instancetype (name, kind) in place of cores and memory."
    )
    preference: Preference | None = Field(
        default=None, description="KubeVirt preference (name, kind)."
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
        description="Let the namespace's default ServiceAccount, on whose behalf KubeVirt makes "
        "the disks, clone the golden image from another namespace: a Role there. Who "
        "brings the stack up must be allowed to make it.",
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

    @property
    def selector(self) -> dict[str, str]:
        """The one label by which pool, Service and HPA know this pool's VMs."""
        return {POOL_LABEL: self.name}

    @property
    def disk_name(self) -> str:
        """Name of the dataVolumeTemplate.

        KubeVirt adds only the index to it, so it must hold the pool's name, or two pools in a
        namespace would share disks (KubeVirt VEP 379).
        """
        return f"{self.name}-disk"

    @property
    def own_disks(self) -> dict[str, tuple[str, OwnDisk]]:
        """The disks of each VM's own by key, with the names of their dataVolumeTemplates."""
        first: dict[str, tuple[str, OwnDisk]] = (
            {"disk": (self.disk_name, self.disk)} if self.disk else {}
        )
        return first | {
            f"disks.{name}": (template_name(self.name, name), disk)
            for name, disk in self.further_disks
            if disk.source
        }

    @property
    def further_disks(self) -> list[tuple[str, FurtherDisk]]:
        """Names and further disks in their order: the engine forgets the one of a file."""
        return sorted(self.disks.items())

    @property
    def secret_name(self) -> str:
        """Name of the cloud-init Secret, fixed: a new name would restart every VM."""
        own = self.cloud_init.existing_secret or self.cloud_init.secret_name
        return own or f"{self.name}-cloudinit"

    @property
    def has_cloud_init(self) -> bool:
        """Whether the VMs have cloud-init's documents at all."""
        return not isinstance(self.cloud_init, NoCloudInit)

    @property
    def makes_cloud_init(self) -> bool:
        """Whether the documents are the stack's own, and not somebody else's Secret."""
        return self.has_cloud_init and self.cloud_init.existing_secret is None

    @property
    def has_network_data(self) -> bool:
        """Whether the cloud-init Secret holds network data, too."""
        said = (self.cloud_init.network_data, self.cloud_init.network_data_base64)
        return bool(any(said) or self.per_replica.network_data)

    @property
    def attached(self) -> list[Network]:
        """The networks of each VM."""
        return [THE_PODS] if self.networks is None else self.networks

    @property
    def reachable(self) -> bool:
        """Whether Services and probes can reach the VMs."""
        return any(network.is_pods for network in self.attached)

    @property
    def all_services(self) -> list[NamedService]:
        """Every Service of the pool; none where nothing could reach the VMs."""
        found = []
        main = self.service.ports if self.service else []
        if self.service and self.reachable:
            found.append(NamedService("service", "service", self.name, self.service, main))
        # The engine hands objects over with sorted keys.
        for key, one in sorted(self.services.items() if self.reachable else ()):
            ports = one.ports or [port.model_copy(update={"node_port": None}) for port in main]
            found.append(
                NamedService(f"service-{key}", f"services.{key}", f"{self.name}-{key}", one, ports)
            )
        return found

    @property
    def served_ports(self) -> list[tuple[str, int]]:
        """Protocol and port of the VMs that any Service sends to, each once."""
        ports = (port for one in self.all_services for port in one.ports)
        return list(dict.fromkeys((port.protocol, port.target) for port in ports))

    @property
    def probed_port(self) -> int | None:
        """The port of the VMs that the readiness probe connects to where nothing is said."""
        return next((port for protocol, port in self.served_ports if protocol == "TCP"), None)

    @property
    def probed(self) -> bool:
        """Whether there is a readiness probe."""
        return self.readiness_probe.enabled and (
            self.readiness_probe.has_handler or self.probed_port is not None
        )

    @property
    def appends_to_secrets(self) -> bool:
        """Whether KubeVirt appends a VM's index to the names of its Secrets, cloud-init's too."""
        return self.per_replica.cloud_init or bool(self.per_replica.secrets)

    @property
    def appends_to_config_maps(self) -> bool:
        """Whether KubeVirt appends a VM's index to the names of its ConfigMaps."""
        return bool(self.per_replica.config_maps)

    @property
    def most_replicas(self) -> int:
        """The largest number of VMs that the configuration allows."""
        most = self.autoscaling.max_replicas if self.autoscaling else None
        return max(self.replicas, most or 0)

    @property
    def indices(self) -> range:
        """The indices that have Secrets and ConfigMaps of their own.

        More than there are VMs: a VM that still goes keeps its index, so that its successor has a
        higher one.
        """
        return range(self.most_replicas + self.per_replica.spare if self.per_replica.on else 0)

    @property
    def generated_name(self) -> str:
        """Name of the Secret with generated values, where no engine keeps them."""
        return f"{self.name}-generated"

    @property
    def scale_role_name(self) -> str:
        """Name of the Role that allows to scale the pool, and of its RoleBinding."""
        return f"{self.name}-scale"

    @property
    def clone_role_name(self) -> str:
        """Name of the Role that allows to clone the golden image, and of its RoleBinding.

        Both are in the image's namespace, next to those of other namespaces' pools. Namespace and
        pool hold no dots, so no two of them lead to one name; at most 129 characters.
        """
        return f"clone-for-{self.namespace}.{self.name}"

    @property
    def images_elsewhere(self) -> dict[str, NamedObject]:
        """The golden images in other namespaces, by the keys of the disks made from them."""
        images = {
            key: disk.source.image for key, (_, disk) in self.own_disks.items() if disk.source
        }
        return {
            key: image
            for key, image in images.items()
            if image and image.namespace not in {None, self.namespace}
        }

    @property
    def in_kubevirts_words(self) -> dict[str, Any]:
        """What was said by the keys of KEYS."""
        names = {str(field.alias): name for name, field in type(self).model_fields.items()}
        said = {key: getattr(self, names[key]) for key in KEYS}
        return {key: value for key, value in said.items() if value not in (None, {}, [])}

    @property
    def vcpus(self) -> int | None:
        """The number of CPUs that each VM has; None leaves it to the instancetype."""
        if self.instancetype:
            return None
        cores = self.cpu.get("cores") or self.cores
        return int(cores * (self.cpu.get("sockets") or 1) * (self.cpu.get("threads") or 1))

    @property
    def min_replicas(self) -> int:
        """The least number of VMs that the HPA keeps."""
        if self.autoscaling and self.autoscaling.min_replicas:
            return self.autoscaling.min_replicas
        return max(self.replicas, 1)

    @property
    def autoscaled(self) -> bool:
        """Whether an HPA, or somebody else, owns the number of replicas: nobody does at 0."""
        return self.autoscaling is not None and self.replicas > 0

    @property
    def scaled_by_others(self) -> bool:
        """Whether somebody else than this program's HPA owns the number of replicas."""
        return self.autoscaled and self.autoscaling is not None and self.autoscaling.external

    @property
    def has_autoscaler(self) -> bool:
        """Whether there is an HPA."""
        return self.autoscaled and not self.scaled_by_others

    @property
    def budgeted(self) -> bool:
        """Whether there is a PodDisruptionBudget: at 0 replicas there is nothing to keep."""
        return self.disruption_budget is not None and self.replicas > 0

    @property
    def initial_replicas(self) -> int:
        """The number of replicas that the pool is created with."""
        return self.min_replicas if self.autoscaled else self.replicas

    @property
    def requested_cpu(self) -> str | None:
        """The CPU request of each VM's pod; None leaves it to KubeVirt or the instancetype.

        With a CPU target it is always said: an HPA measures against the request, which by
        KubeVirt's default is a tenth of a core. It stays while replicas is 0, since dropping it
        would restart VMs. Dedicated CPUs are requested by KubeVirt itself.
        """
        scaling = self.autoscaling
        by_cpu = scaling is not None and (
            scaling.measures_cpu_share or scaling.target_cpu_average_value is not None
        )
        kubevirts = self.vcpus is None or self.cpu.get("dedicatedCpuPlacement")
        if self.cpu_request is None and by_cpu and not kubevirts and "cpu" not in self.requests:
            return str(self.vcpus)
        return self.cpu_request

    @property
    def kubevirt(self) -> tuple[int, int]:
        """KubeVirt's major and minor version."""
        return version_of(self.kubevirt_version)
