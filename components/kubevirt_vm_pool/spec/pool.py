"""The specification of a pool: the shape of a stack's configuration, and the names it leads to.

The models hold what can be said of one value or one object. Rules that span keys are in rules.py,
and check.py turns both into one report.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from .access import ScaleRole
from .cloud_init import CloudInit
from .disk import Disk, NamedObject, Volume
from .model import Model
from .names import DnsLabel, LabelKey, LabelValue, PoolName, annotations_fit
from .per_replica import PerReplica
from .probe import ReadinessProbe
from .scaling import Autoscaling, DisruptionBudget, Rollout, ScaleIn
from .scheduling import Instancetype, Preference
from .service import NetworkPolicy, ServiceSettings
from .values import LARGEST_INT32, VERSION, AtLeastOne, Cpu, Memory, version_of, version_text

POOL_LABEL = "kubevirt.io/vmpool"


class PoolSpec(Model):
    """A pool whose configuration has been checked, and every name that derives from it."""

    name: PoolName
    namespace: DnsLabel
    create_namespace: bool
    replicas: Annotated[int, Field(ge=0, le=LARGEST_INT32)]
    cores: AtLeastOne
    memory: Memory
    cpu_request: Cpu | None = None
    instancetype: Instancetype | None = None
    preference: Preference | None = None
    disk: Disk
    password: str | None = Field(default=None, repr=False)
    # A factory: an object made here would have its model built on its own, at import.
    cloud_init: CloudInit = Field(default_factory=CloudInit)
    per_replica: PerReplica
    volumes: list[Volume] = []
    # These stay as they are written; check.py compares them with Toleration and scheduling.py.
    tolerations: list[dict[str, Any]] = []
    node_selector: dict[LabelKey, LabelValue] = {}
    affinity: dict[str, Any] = {}
    topology_spread_constraints: list[dict[str, Any]] = []
    service: ServiceSettings
    autoscaling: Autoscaling | None = None
    rollout: Rollout
    scale_in: ScaleIn = Field(default_factory=ScaleIn)
    readiness_probe: ReadinessProbe
    eviction_strategy: (
        Literal["LiveMigrate", "LiveMigrateIfPossible", "None", "External"] | None
    ) = None
    disruption_budget: DisruptionBudget | None = None
    network_policy: NetworkPolicy | None = None
    scale_role: ScaleRole | None = None
    clone_access: bool
    protect: bool
    adopt: bool
    wait_for_ready: bool
    wait_for_ready_minutes: AtLeastOne
    labels: dict[LabelKey, LabelValue] = {}
    annotations: Annotated[dict[LabelKey, str], AfterValidator(annotations_fit)] = {}
    kubevirt_version: Annotated[
        str, AfterValidator(version_text), Field(json_schema_extra={"pattern": f"^{VERSION}$"})
    ]
    pool_api_version: Literal["v1alpha1", "v1beta1"]

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
    def secret_name(self) -> str:
        """Name of the cloud-init Secret, fixed: a new name would restart every VM."""
        return self.cloud_init.secret_name or f"{self.name}-cloudinit"

    @property
    def has_network_data(self) -> bool:
        """Whether the cloud-init Secret holds network data, too."""
        return bool(self.cloud_init.network_data or self.per_replica.network_data)

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
        return max(self.replicas, self.autoscaling.max_replicas if self.autoscaling else 0)

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
    def image_elsewhere(self) -> NamedObject | None:
        """The golden image in another namespace, if that is what the disks are made from."""
        source = self.disk.source
        image = source.pvc or source.snapshot or source.data_source
        return image if image and image.namespace not in {None, self.namespace} else None

    @property
    def min_replicas(self) -> int:
        """The least number of VMs that the HPA keeps."""
        if self.autoscaling and self.autoscaling.min_replicas:
            return self.autoscaling.min_replicas
        return max(self.replicas, 1)

    @property
    def autoscaled(self) -> bool:
        """Whether an HPA owns the number of replicas: at 0 replicas there is none."""
        return self.autoscaling is not None and self.replicas > 0

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

        With autoscaling it is always said: an HPA measures against the request, which by KubeVirt's
        default is a tenth of a core. It stays while replicas is 0, since dropping it would restart
        VMs.
        """
        if self.cpu_request is None and self.autoscaling and not self.instancetype:
            return str(self.cores)
        return self.cpu_request

    @property
    def kubevirt(self) -> tuple[int, int]:
        """KubeVirt's major and minor version."""
        return version_of(self.kubevirt_version)
