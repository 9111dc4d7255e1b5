"""The specification of a pool: what its configuration says, and the names it leads to.

The models hold what can be said of one value or one object. Rules that span keys are in rules.py,
and validate.py turns both into one report.
"""

from __future__ import annotations

from typing import Any

from .cloud_init import NoCloudInit
from .disk import OwnDisk
from .disks import FurtherDisk, template_name
from .kubevirt_keys import KEYS
from .names import POOL_LABEL
from .network import THE_PODS, Network
from .pool_keys import PoolKeys
from .service import NamedService
from .values import version_of


class PoolSpec(PoolKeys):
    """A pool whose configuration has been checked, and every name that derives from it."""

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
    def inferred_from(self) -> set[str]:
        """The volumes from whose images KubeVirt takes an instancetype or preference."""
        matchers = (self.instancetype, self.preference)
        return {one.infer_from_volume for one in matchers if one and one.infer_from_volume}

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
