"""The arguments of a VmPool. Written by `make generate` from spec/: do not edit."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

import pulumi


class InstancetypeArgs(TypedDict, total=False):
    """A KubeVirt instancetype."""

    name: str
    """Its name."""
    inferFromVolume: str
    """In place of a name the volume whose image has a label with it: datavolumedisk, or one of
    disks.
    """
    inferFromVolumeFailurePolicy: Literal["Ignore", "Reject"]
    """What KubeVirt does where that image has no label. Not set, it refuses the VM."""
    kind: Literal["VirtualMachineClusterInstancetype", "VirtualMachineInstancetype"]
    """Kind. Not set, it is the cluster's."""


class PreferenceArgs(TypedDict, total=False):
    """A KubeVirt preference."""

    name: str
    """Its name."""
    inferFromVolume: str
    """In place of a name the volume whose image has a label with it: datavolumedisk, or one of
    disks.
    """
    inferFromVolumeFailurePolicy: Literal["Ignore", "Reject"]
    """What KubeVirt does where that image has no label. Not set, it refuses the VM."""
    kind: Literal["VirtualMachineClusterPreference", "VirtualMachinePreference"]
    """Kind. Not set, it is the cluster's."""


class NamedObjectArgs(TypedDict, total=False):
    """An object that holds a golden image."""

    name: str
    """Name of the object."""
    namespace: str
    """Its namespace. Not set, it is the pool's own."""


class PlatformArgs(TypedDict, total=False):
    """Which of the images of an index is taken."""

    architecture: str
    """Architecture, for instance arm64."""


class RegistrySourceArgs(TypedDict, total=False):
    """A containerdisk image."""

    url: str
    """Where the image is, for instance docker://quay.io/containerdisks/fedora:42."""
    imageStream: str
    """OpenShift ImageStream in place of url; needs pullMethod: node."""
    pullMethod: Literal["pod", "node"]
    """Who pulls the image: CDI's pod, or the node with its own access. Not set, it is pod."""
    secretRef: str
    """Secret with the registry's accessKeyId and secretKey."""
    certConfigMap: str
    """ConfigMap with the certificates that the registry is known by."""
    platform: PlatformArgs
    """Which image of several is taken (architecture)."""


class HttpSourceArgs(TypedDict, total=False):
    """A disk image on a web server."""

    url: str
    """Where the image is."""
    secretRef: str
    """Secret with the server's accessKeyId and secretKey."""
    certConfigMap: str
    """ConfigMap with the certificates that the server is known by."""
    extraHeaders: list[str]
    """Headers to send, which all can read in the pool: secret ones belong into secretExtraHeaders.
    """
    secretExtraHeaders: list[str]
    """Secrets whose values are headers to send."""


class S3SourceArgs(TypedDict, total=False):
    """A disk image in an S3 bucket."""

    url: str
    """Where the image is, for instance https://s3.example.com/bucket/disk.img."""
    secretRef: str
    """Secret with the bucket's accessKeyId and secretKey."""
    certConfigMap: str
    """ConfigMap with the certificates that the server is known by."""


class GcsSourceArgs(TypedDict, total=False):
    """A disk image in a bucket of Google Cloud Storage."""

    url: str
    """Where the image is, for instance gs://bucket/disk.img."""
    secretRef: str
    """Secret with the bucket's key, in creds-gcs.json."""


class BlankArgs(TypedDict, total=False):
    """An empty disk."""


class UploadArgs(TypedDict, total=False):
    """What somebody uploads to each VM's disk by `virtctl image-upload`."""


class DiskSourceArgs(TypedDict, total=False):
    """What a VM's disk is made from: exactly one of these."""

    pvc: NamedObjectArgs
    """PersistentVolumeClaim that is cloned."""
    dataSource: NamedObjectArgs
    """DataSource, which points at the newest golden image."""
    snapshot: NamedObjectArgs
    """VolumeSnapshot that is restored."""
    registry: RegistrySourceArgs
    """Containerdisk image in a registry."""
    http: HttpSourceArgs
    """Disk image on a web server."""
    s3: S3SourceArgs
    """Disk image in an S3 bucket."""
    gcs: GcsSourceArgs
    """Disk image in a bucket of Google Cloud Storage."""
    blank: BlankArgs
    """Nothing ({}): an empty disk."""
    upload: UploadArgs
    """What somebody uploads ({}) to each VM's disk; a VM waits for it."""


class DiskArgs(TypedDict, total=False):
    """The disk of each VM."""

    size: str
    """Size, a Kubernetes quantity. Not set, it is 6Gi, and with `storage: true` that of the image
    that is cloned.
    """
    accessModes: list[Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"]]
    """How many nodes may use it at a time; live migration needs ReadWriteMany. Not set, it is
    [ReadWriteOnce], and with `storage: true` what the storage profile says.
    """
    storageClassName: str
    """StorageClass. Not set, it is the cluster's default."""
    source: DiskSourceArgs
    """What the disk is made from, one of several sources."""
    volumeMode: Literal["Filesystem", "Block"]
    """Whether it is a file or a block device to the node. Not set, it is Filesystem, and with
    `storage: true` what the storage profile says.
    """
    storage: bool
    """Let CDI's storage profile of the StorageClass say what is not set here, and make the disk
    larger by what a file system takes. false, since to change it is to make every disk anew.
    Default: false.
    """
    bus: Literal["virtio", "sata", "scsi", "usb"]
    """Bus. Not set, it is what `preference` says, and without one virtio (of a cdrom or lun
    KubeVirt's own).
    """
    bootOrder: int
    """Place among the disks that are tried at boot, from 1; as soon as one has a place, only those
    that have one are tried.
    """
    cache: Literal["none", "writethrough", "writeback"]
    """How the node caches what is written. Not set, KubeVirt decides."""
    io: Literal["native", "threads"]
    """How the node reads and writes. Not set, KubeVirt decides."""


class BootContainerDiskArgs(TypedDict, total=False):
    """What the VMs boot from, in a container image."""

    image: str
    """Image, for instance quay.io/containerdisks/fedora:42."""
    imagePullPolicy: Literal["Always", "IfNotPresent", "Never"]
    """When a node pulls it. Not set, Kubernetes decides by the tag."""
    imagePullSecret: str
    """Secret that lets a node pull it."""
    path: str
    """The image's file. Not set, it is the only one below /disk."""
    bus: Literal["virtio", "sata", "scsi", "usb"]
    """Bus. Not set, it is what `preference` says, and without one virtio (of a cdrom or lun
    KubeVirt's own).
    """
    bootOrder: int
    """Place among the disks that are tried at boot, from 1; as soon as one has a place, only those
    that have one are tried.
    """
    cache: Literal["none", "writethrough", "writeback"]
    """How the node caches what is written. Not set, KubeVirt decides."""
    io: Literal["native", "threads"]
    """How the node reads and writes. Not set, KubeVirt decides."""


class BootEphemeralArgs(TypedDict, total=False):
    """What the VMs boot from, a layer over a claim that all share."""

    claimName: str
    """PersistentVolumeClaim in the pool's namespace. For VMs on several nodes it must be one that
    several nodes can read.
    """
    bus: Literal["virtio", "sata", "scsi", "usb"]
    """Bus. Not set, it is what `preference` says, and without one virtio (of a cdrom or lun
    KubeVirt's own).
    """
    bootOrder: int
    """Place among the disks that are tried at boot, from 1; as soon as one has a place, only those
    that have one are tried.
    """
    cache: Literal["none", "writethrough", "writeback"]
    """How the node caches what is written. Not set, KubeVirt decides."""
    io: Literal["native", "threads"]
    """How the node reads and writes. Not set, KubeVirt decides."""


class ContainerDiskArgs(TypedDict, total=False):
    """A disk image in a container image: every VM sees its own copy, anew at every start."""

    image: str
    """Image, for instance quay.io/containerdisks/fedora:42."""
    imagePullPolicy: Literal["Always", "IfNotPresent", "Never"]
    """When a node pulls it. Not set, Kubernetes decides by the tag."""
    imagePullSecret: str
    """Secret that lets a node pull it."""
    path: str
    """The image's file. Not set, it is the only one below /disk."""


class EphemeralArgs(TypedDict, total=False):
    """A claim that all VMs read; what each of them writes is its own and goes as it stops."""

    claimName: str
    """PersistentVolumeClaim in the pool's namespace. For VMs on several nodes it must be one that
    several nodes can read.
    """


class EmptyDiskArgs(TypedDict, total=False):
    """An empty disk, anew at every start of a VM."""

    capacity: str
    """Size, a Kubernetes quantity."""


class ReferenceArgs(TypedDict, total=False):
    """An object of the pool's namespace."""

    name: str
    """Name of the object."""


class SysprepArgs(TypedDict, total=False):
    """The answer files of Windows' setup, the same for all VMs: exactly one of these."""

    configMap: ReferenceArgs
    """ConfigMap with autounattend.xml or unattend.xml."""
    secret: ReferenceArgs
    """Secret with autounattend.xml or unattend.xml."""


class ConfigMapVolumeArgs(TypedDict, total=False):
    """A ConfigMap as a disk."""

    name: str
    """Name of the ConfigMap."""
    optional: bool
    """Whether it may be missing."""
    volumeLabel: str
    """Label of the file system that the guest sees."""


class SecretVolumeArgs(TypedDict, total=False):
    """A Secret as a disk."""

    secretName: str
    """Name of the Secret."""
    optional: bool
    """Whether it may be missing."""
    volumeLabel: str
    """Label of the file system that the guest sees."""


class FieldRefArgs(TypedDict, total=False):
    """A field of a VM's pod."""

    fieldPath: str
    """The field, for instance metadata.name or metadata.labels."""
    apiVersion: str
    """Version of its schema, v1."""


class ResourceFieldRefArgs(TypedDict, total=False):
    """What a container of a VM's pod requests or may use."""

    resource: str
    """The resource, for instance limits.cpu."""
    containerName: str
    """The container: compute."""
    divisor: str
    """The unit, a Kubernetes quantity."""


class DownwardApiFileArgs(TypedDict, total=False):
    """A file with what is known of a VM's pod: exactly one of fieldRef and resourceFieldRef."""

    path: str
    """Name of the file."""
    fieldRef: FieldRefArgs
    """A field of the pod."""
    resourceFieldRef: ResourceFieldRefArgs
    """What a container requests or may use."""
    mode: int
    """Permissions of the file, as a number."""


class DownwardApiArgs(TypedDict, total=False):
    """What is known of a VM's pod, as files."""

    fields: list[DownwardApiFileArgs]
    """The files, as Kubernetes has them (path, fieldRef or resourceFieldRef)."""
    volumeLabel: str
    """Label of the file system that the guest sees."""


class ServiceAccountArgs(TypedDict, total=False):
    """A ServiceAccount's token."""

    serviceAccountName: str
    """Name of the ServiceAccount."""


class FurtherDiskArgs(TypedDict, total=False):
    """A further disk: exactly one of source, containerDisk, sysprep and so on."""

    size: str
    """Size, a Kubernetes quantity. Not set, it is 6Gi, and with `storage: true` that of the image
    that is cloned.
    """
    accessModes: list[Literal["ReadWriteOnce", "ReadWriteMany", "ReadWriteOncePod"]]
    """How many nodes may use it at a time; live migration needs ReadWriteMany. Not set, it is
    [ReadWriteOnce], and with `storage: true` what the storage profile says.
    """
    storageClassName: str
    """StorageClass. Not set, it is the cluster's default."""
    source: DiskSourceArgs
    """A disk of each VM's own, called <pool>-<name>-<index>, and what it is made from: one of
    several sources, blank for an empty one.
    """
    volumeMode: Literal["Filesystem", "Block"]
    """Whether it is a file or a block device to the node. Not set, it is Filesystem, and with
    `storage: true` what the storage profile says.
    """
    storage: bool
    """Let CDI's storage profile of the StorageClass say what is not set here, and make the disk
    larger by what a file system takes. false, since to change it is to make every disk anew.
    Default: false.
    """
    bus: Literal["virtio", "sata", "scsi", "usb"]
    """Bus. Not set, it is what `preference` says, and without one virtio (of a cdrom or lun
    KubeVirt's own).
    """
    bootOrder: int
    """Place among the disks that are tried at boot, from 1; as soon as one has a place, only those
    that have one are tried.
    """
    cache: Literal["none", "writethrough", "writeback"]
    """How the node caches what is written. Not set, KubeVirt decides."""
    io: Literal["native", "threads"]
    """How the node reads and writes. Not set, KubeVirt decides."""
    type: Literal["disk", "cdrom", "lun"]
    """What the guest sees. Not set, it is disk, and of sysprep cdrom, where Windows looks for its
    answer files.
    """
    readonly: bool
    """Whether the guest can only read it. Not set, KubeVirt decides."""
    shareable: bool
    """Whether another VM may use the same disk; then nothing is cached."""
    containerDisk: ContainerDiskArgs
    """A disk image in a container image."""
    ephemeral: EphemeralArgs
    """A layer over a claim that all VMs read."""
    emptyDisk: EmptyDiskArgs
    """An empty disk, anew at every start (capacity)."""
    sysprep: SysprepArgs
    """The answer files of Windows' setup, in a ConfigMap or Secret."""
    configMap: ConfigMapVolumeArgs
    """A ConfigMap as a disk."""
    secret: SecretVolumeArgs
    """A Secret as a disk."""
    downwardAPI: DownwardApiArgs
    """What is known of a VM's pod, as files (fields)."""
    serviceAccount: ServiceAccountArgs
    """A ServiceAccount's token (serviceAccountName)."""


class CloudInitArgs(TypedDict, total=False):
    """What cloud-init does at a VM's first boot."""

    timezone: pulumi.Input[str]
    """Time zone by its IANA name, for instance Europe/Zurich."""
    user: pulumi.Input[str]
    """User that password and keys belong to. Not set, it is the image's own."""
    sshAuthorizedKeys: pulumi.Input[list[pulumi.Input[str]]]
    """OpenSSH public keys that may log in, one line each."""
    packages: pulumi.Input[list[pulumi.Input[str]]]
    """Packages to install."""
    runCommands: pulumi.Input[list[str | list[pulumi.Input[str]]]]
    """Commands to run: a line for the shell, or a list of program and arguments."""
    config: pulumi.Input[dict[str, Any]]
    """Further cloud-config, merged over what the other keys say."""
    userData: pulumi.Input[str]
    """The whole user data in place of everything above."""
    networkData: pulumi.Input[str | dict[str, Any]]
    """Network configuration, version 1 or 2."""
    userDataBase64: pulumi.Input[str]
    """The whole user data in base64, kept byte for byte and not looked into: gzip, or what no key
    has a word for.
    """
    networkDataBase64: pulumi.Input[str]
    """Network configuration in base64, kept byte for byte."""
    secretName: str
    """Name of the Secret. Not set, it is <pool>-cloudinit."""
    existingSecret: str
    """Somebody else's Secret with the user data, under the key userdata; the stack makes none
    then.
    """
    existingNetworkDataSecret: str
    """Somebody else's Secret with the network configuration, under the key networkdata; it may be
    the same one.
    """
    type: Literal["noCloud", "configDrive"]
    """How the guest gets to see the documents: noCloud or configDrive, which Ignition and
    cloudbase-init look for. Not set, it is noCloud.
    """


class GeneratedValueArgs(TypedDict, total=False):
    """A secret that is made once for each replica, of letters and digits."""

    length: int
    """Number of letters and digits. Default: 24."""


class PerReplicaArgs(TypedDict, total=False):
    """What differs from replica to replica; every text but those in values is a template. The
    variables: index, name (<pool>-<index>), count, values (the replica's own) and generated.
    """

    spare: int
    """For how many indices more than there may be VMs. Default: 2."""
    values: list[Any] | dict[str, Any]
    """Values for the templates: a list, or an object with indices for keys."""
    generate: dict[str, GeneratedValueArgs]
    """Secrets to make once for each replica, by name."""
    hostname: str
    """Template of the host name."""
    password: pulumi.Input[str]
    """Template of the default user's password."""
    config: pulumi.Input[dict[str, Any]]
    """Templates of cloud-config, merged over what all replicas share."""
    userData: pulumi.Input[str]
    """Template of the whole user data."""
    networkData: pulumi.Input[str | dict[str, Any]]
    """Template of the network configuration."""
    configMaps: dict[str, dict[str, pulumi.Input[str]]]
    """Templates of ConfigMaps: data by key, by the name before the index; {} says that somebody
    else makes them.
    """
    secrets: dict[str, dict[str, pulumi.Input[str]]]
    """Templates of Secrets: data by key, by the name before the index; {} says that somebody else
    makes them.
    """


class VolumeArgs(TypedDict, total=False):
    """A further disk of each VM: exactly one of these, in KubeVirt's own shape."""

    name: str
    """Name of the volume and of its disk."""
    configMap: ConfigMapVolumeArgs
    """A ConfigMap as a disk."""
    secret: SecretVolumeArgs
    """A Secret as a disk."""


class TolerationArgs(TypedDict, total=False):
    """A taint that the VMs put up with."""

    key: str
    """Key of the taint; only operator Exists may leave it out."""
    operator: Literal["Exists", "Equal"]
    """How the value is compared. Not set, it is Equal."""
    value: str
    """Value of the taint."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"]
    """Effect of the taint. Not set, it is every one."""
    tolerationSeconds: int
    """Seconds that a VM stays with effect NoExecute."""


class NodeRequirementArgs(TypedDict, total=False):
    """A requirement on a node's labels."""

    key: str
    """Label of the node that is looked at."""
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
    """What must hold of the label."""
    values: list[str]
    """Values that the label is compared with; with Gt and Lt one whole number."""


class FieldRequirementArgs(TypedDict, total=False):
    """A requirement on a node's fields, of which Kubernetes knows one: its name."""

    key: Literal["metadata.name"]
    """Field of the node that is looked at."""
    operator: Literal["In", "NotIn"]
    """What must hold of the field."""
    values: list[str]
    """The value that the field is compared with."""


class NodeSelectorTermArgs(TypedDict, total=False):
    """Requirements that a node must meet together."""

    matchExpressions: list[NodeRequirementArgs]
    """Requirements on the node's labels."""
    matchFields: list[FieldRequirementArgs]
    """Requirements on the node's fields."""


class NodeSelectorArgs(TypedDict, total=False):
    """Terms of which a node must meet one."""

    nodeSelectorTerms: list[NodeSelectorTermArgs]
    """Terms of which a node must meet one."""


class PreferredNodeArgs(TypedDict, total=False):
    """A preference for nodes."""

    weight: int
    """How much it counts, 1 to 100."""
    preference: NodeSelectorTermArgs
    """What the node should meet."""


class NodeAffinityArgs(TypedDict, total=False):
    """Which nodes the VMs may or should run on."""

    requiredDuringSchedulingIgnoredDuringExecution: NodeSelectorArgs
    """What a node must meet for a VM to start there."""
    preferredDuringSchedulingIgnoredDuringExecution: list[PreferredNodeArgs]
    """What a node should meet; those that meet more are taken first."""


class RequirementArgs(TypedDict, total=False):
    """A requirement on labels."""

    key: str
    """Label that is looked at."""
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    """What must hold of the label."""
    values: list[str]
    """Values that the label is compared with, with In and NotIn."""


class LabelSelectorArgs(TypedDict, total=False):
    """A selection of objects by labels."""

    matchLabels: dict[str, str]
    """Labels and values that all must be there."""
    matchExpressions: list[RequirementArgs]
    """Requirements that all must be met."""


class PodAffinityTermArgs(TypedDict, total=False):
    """Pods to be near to or far from."""

    topologyKey: str
    """Label of nodes: those with the same value are near to each other."""
    labelSelector: LabelSelectorArgs
    """Which pods."""
    namespaces: list[str]
    """Namespaces of the pods. Not set, it is the VMs' own."""
    namespaceSelector: LabelSelectorArgs
    """Labels of the pods' namespaces."""
    matchLabelKeys: list[str]
    """Labels of which pods must have the VM's own value."""
    mismatchLabelKeys: list[str]
    """Labels of which pods must have another value than the VM."""


class WeightedPodAffinityTermArgs(TypedDict, total=False):
    """A preference for pods to be near to or far from."""

    weight: int
    """How much it counts, 1 to 100."""
    podAffinityTerm: PodAffinityTermArgs
    """Which pods."""


class PodAffinityArgs(TypedDict, total=False):
    """Which pods the VMs must or should run near to (or far from)."""

    requiredDuringSchedulingIgnoredDuringExecution: list[PodAffinityTermArgs]
    """Pods that must be near (or far) for a VM to start."""
    preferredDuringSchedulingIgnoredDuringExecution: list[WeightedPodAffinityTermArgs]
    """Pods that should be near (or far)."""


class AffinityArgs(TypedDict, total=False):
    """Affinity as Kubernetes has it."""

    nodeAffinity: NodeAffinityArgs
    """Which nodes the VMs run on."""
    podAffinity: PodAffinityArgs
    """Which pods the VMs are near to."""
    podAntiAffinity: PodAffinityArgs
    """Which pods the VMs are far from."""


class TopologySpreadConstraintArgs(TypedDict, total=False):
    """How evenly the VMs spread over parts of the cluster."""

    maxSkew: int
    """By how many VMs two parts may differ."""
    topologyKey: str
    """Label of nodes: those with the same value are one part."""
    whenUnsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"]
    """Whether a VM that would make it uneven starts all the same."""
    labelSelector: LabelSelectorArgs
    """Which pods are counted."""
    minDomains: int
    """How many parts there must be at least."""
    matchLabelKeys: list[str]
    """Labels of which the pods that are counted have the VM's own value."""
    nodeAffinityPolicy: Literal["Honor", "Ignore"]
    """Whether only nodes count that affinity and nodeSelector allow. Not set, it is Honor."""
    nodeTaintsPolicy: Literal["Honor", "Ignore"]
    """Whether nodes with taints that are not tolerated do not count. Not set, it is Ignore."""


class ServicePortArgs(TypedDict, total=False):
    """A port of the Service."""

    name: str
    """Name; Kubernetes demands one where there are several ports."""
    port: int
    """Port that the Service listens on."""
    targetPort: int
    """Port of the VM. Not set, it is the same."""
    protocol: Literal["TCP", "UDP", "SCTP"]
    """Protocol. Default: TCP."""
    nodePort: int
    """Port on every node, for NodePort and LoadBalancer."""


class ServiceSettingsArgs(TypedDict, total=False):
    """The Service in front of the VMs."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"]
    """Who can reach it. Default: ClusterIP."""
    clusterIP: str
    """Its address in the cluster, or None for a headless Service, whose name leads to the
    addresses of the VMs themselves.
    """
    annotations: dict[str, str]
    """Annotations of this Service, for instance for its load balancer."""
    loadBalancerClass: str
    """Which of the cluster's load balancers, for LoadBalancer."""
    loadBalancerIP: str
    """Address that the load balancer is asked for; Kubernetes calls it deprecated."""
    loadBalancerSourceRanges: list[str]
    """Who may come in by the load balancer: ranges of IP addresses."""
    externalTrafficPolicy: Literal["Cluster", "Local"]
    """Local: what comes from outside stays on its node and keeps its source."""
    internalTrafficPolicy: Literal["Cluster", "Local"]
    """Local: what comes from inside stays on its node."""
    sessionAffinity: Literal["ClientIP", "None"]
    """ClientIP: a client stays with its VM."""
    publishNotReadyAddresses: bool
    """Whether it leads to VMs that are not ready, too."""
    ipFamilyPolicy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"]
    """Whether it has IPv4 and IPv6 addresses."""
    ipFamilies: list[Literal["IPv4", "IPv6"]]
    """Families of its addresses, the first one first."""
    ports: list[ServicePortArgs]
    """Its ports. Default: [{"port": 80}]."""


class FurtherServiceArgs(TypedDict, total=False):
    """A further Service in front of the same VMs."""

    type: Literal["ClusterIP", "NodePort", "LoadBalancer"]
    """Who can reach it. Default: ClusterIP."""
    clusterIP: str
    """Its address in the cluster, or None for a headless Service, whose name leads to the
    addresses of the VMs themselves.
    """
    annotations: dict[str, str]
    """Annotations of this Service, for instance for its load balancer."""
    loadBalancerClass: str
    """Which of the cluster's load balancers, for LoadBalancer."""
    loadBalancerIP: str
    """Address that the load balancer is asked for; Kubernetes calls it deprecated."""
    loadBalancerSourceRanges: list[str]
    """Who may come in by the load balancer: ranges of IP addresses."""
    externalTrafficPolicy: Literal["Cluster", "Local"]
    """Local: what comes from outside stays on its node and keeps its source."""
    internalTrafficPolicy: Literal["Cluster", "Local"]
    """Local: what comes from inside stays on its node."""
    sessionAffinity: Literal["ClientIP", "None"]
    """ClientIP: a client stays with its VM."""
    publishNotReadyAddresses: bool
    """Whether it leads to VMs that are not ready, too."""
    ipFamilyPolicy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"]
    """Whether it has IPv4 and IPv6 addresses."""
    ipFamilies: list[Literal["IPv4", "IPv6"]]
    """Families of its addresses, the first one first."""
    ports: list[ServicePortArgs]
    """Its ports. Not set, they are those of `service`."""


class PodNetworkArgs(TypedDict, total=False):
    """The network that every pod has."""

    vmNetworkCIDR: str
    """IPv4 network inside of a VM's pod. Not set, it is 10.0.2.0/24."""
    vmIPv6NetworkCIDR: str
    """IPv6 network inside of a VM's pod. Not set, it is fd10:0:2::/120."""


class MultusNetworkArgs(TypedDict, total=False):
    """A further network of the cluster, by Multus."""

    networkName: str
    """Its NetworkAttachmentDefinition, [namespace/]name. Without a namespace it is in the pool's.
    """
    default: bool
    """Whether it takes the place of the pod network."""


class EmptyArgs(TypedDict, total=False):
    """An object without members."""


class PluginBindingArgs(TypedDict, total=False):
    """A binding by a plugin that the cluster has."""

    name: str
    """Name of the plugin, as KubeVirt's configuration registers it."""


class InterfacePortArgs(TypedDict, total=False):
    """A port that is forwarded to the VM."""

    name: str
    """Name."""
    port: int
    """Port of the VM."""
    protocol: Literal["TCP", "UDP"]
    """Protocol. Not set, it is TCP."""


class DhcpPrivateOptionArgs(TypedDict, total=False):
    """A DHCP option of one's own."""

    option: int
    """Its number, 224 to 254."""
    value: str
    """Its value."""


class DhcpOptionsArgs(TypedDict, total=False):
    """What KubeVirt's DHCP server tells a VM besides its address."""

    bootFileName: str
    """Name of the boot file."""
    tftpServerName: str
    """Name of the TFTP server."""
    ntpServers: list[str]
    """IPv4 addresses of NTP servers."""
    privateOptions: list[DhcpPrivateOptionArgs]
    """Options of one's own."""


class NetworkArgs(TypedDict, total=False):
    """A network of each VM, with its interface there: both as KubeVirt has them."""

    name: str
    """Name of the network and of its interface."""
    pod: PodNetworkArgs
    """The pod network: {}."""
    multus: MultusNetworkArgs
    """A further network of the cluster, by Multus."""
    masquerade: EmptyArgs
    """Binding to the pod network behind its address: {}."""
    bridge: EmptyArgs
    """Binding by a bridge, with an address of the network itself: {}."""
    sriov: EmptyArgs
    """Binding of a virtual function of the node's card: {}."""
    binding: PluginBindingArgs
    """Binding by a plugin that the cluster has."""
    passtBinding: EmptyArgs
    """Binding by passt, KubeVirt's own from 1.8: {}."""
    model: Literal["virtio", "e1000", "e1000e", "igb", "ne2k_pci", "pcnet", "rtl8139"]
    """Model of the card. Not set, it is virtio."""
    macAddress: str
    """MAC address, for a pool that never has more than one VM. Not set, each VM has its own."""
    ports: list[InterfacePortArgs]
    """Ports that are forwarded. Not set, all are."""
    bootOrder: int
    """When it is tried at boot: 1 is first."""
    dhcpOptions: DhcpOptionsArgs
    """What DHCP tells the VM besides its address."""
    acpiIndex: int
    """Index by which the guest names the card: 3 is eno3."""
    pciAddress: str
    """PCI address in the guest, for instance 0000:81:01.1."""
    state: Literal["up", "down", "absent"]
    """Whether the cable is plugged in. Not set, it is up."""
    tag: str
    """Tag of the card in the metadata of a config drive."""


class MetricTargetArgs(TypedDict, total=False):
    """What is aimed at: exactly one of the values, as type says."""

    type: Literal["Utilization", "AverageValue", "Value"]
    """Which of the values it is."""
    averageUtilization: int
    """Per cent of what the pods request, on average."""
    averageValue: str
    """Kubernetes quantity for each pod, on average."""
    value: str
    """Kubernetes quantity of the whole metric."""


class ResourceMetricArgs(TypedDict, total=False):
    """CPU or memory of the VMs' pods."""

    name: Literal["cpu", "memory"]
    """Which resource."""
    target: MetricTargetArgs
    """What is aimed at."""


class ContainerResourceMetricArgs(TypedDict, total=False):
    """CPU or memory of one container of the VMs' pods; the guest's is `compute`."""

    name: Literal["cpu", "memory"]
    """Which resource."""
    container: str
    """Container of the pods."""
    target: MetricTargetArgs
    """What is aimed at."""


class MetricIdentifierArgs(TypedDict, total=False):
    """A metric by its name, and a selection among those of that name."""

    name: str
    """Name of the metric."""
    selector: LabelSelectorArgs
    """Labels of the metric. Not set, the name alone says which."""


class PodsMetricArgs(TypedDict, total=False):
    """A metric of each of the VMs' pods."""

    metric: MetricIdentifierArgs
    """Which metric."""
    target: MetricTargetArgs
    """What is aimed at."""


class DescribedObjectArgs(TypedDict, total=False):
    """The object that a metric is about."""

    apiVersion: str
    """apiVersion of the object."""
    kind: str
    """Kind of the object."""
    name: str
    """Name of the object."""


class ObjectMetricArgs(TypedDict, total=False):
    """A metric of one Kubernetes object."""

    describedObject: DescribedObjectArgs
    """The object."""
    metric: MetricIdentifierArgs
    """Which metric of it."""
    target: MetricTargetArgs
    """What is aimed at."""


class ExternalMetricArgs(TypedDict, total=False):
    """A metric of what is outside of the cluster."""

    metric: MetricIdentifierArgs
    """Which metric."""
    target: MetricTargetArgs
    """What is aimed at."""


class MetricArgs(TypedDict, total=False):
    """What the HPA measures."""

    type: Literal["Resource", "ContainerResource", "Pods", "Object", "External"]
    """What kind of metric: the member of this name says more."""
    resource: ResourceMetricArgs
    """CPU or memory of the VMs' pods."""
    containerResource: ContainerResourceMetricArgs
    """CPU or memory of one container of the VMs' pods."""
    pods: PodsMetricArgs
    """A metric of each of the VMs' pods."""
    object: ObjectMetricArgs
    """A metric of one Kubernetes object."""
    external: ExternalMetricArgs
    """A metric of what is outside of the cluster."""


class ScalingPolicyArgs(TypedDict, total=False):
    """How many VMs may come or go in a time."""

    type: Literal["Pods", "Percent"]
    """What value counts: VMs, or per cent of those that there are."""
    value: int
    """How many."""
    periodSeconds: int
    """In how many seconds, 1 to 1800."""


class ScalingRulesArgs(TypedDict, total=False):
    """How fast the HPA scales in one direction."""

    stabilizationWindowSeconds: int
    """For how many seconds back the recommendations count, 0 to 3600. Not set, it is 0 up and 300
    down.
    """
    selectPolicy: Literal["Max", "Min", "Disabled"]
    """Which policy counts where there are several; Disabled is no scaling. Not set, it is Max."""
    policies: list[ScalingPolicyArgs]
    """How many VMs may come or go in a time."""
    tolerance: str
    """How far from the target nothing is done, for instance 0.1."""


class BehaviorArgs(TypedDict, total=False):
    """How fast the HPA scales."""

    scaleUp: ScalingRulesArgs
    """How fast VMs come."""
    scaleDown: ScalingRulesArgs
    """How fast VMs go."""


class AutoscalingArgs(TypedDict, total=False):
    """The HorizontalPodAutoscaler of the pool, or that somebody else scales it."""

    minReplicas: int
    """Least number of VMs. Not set, it is replicas."""
    maxReplicas: int
    """Largest number of VMs."""
    targetCPUUtilizationPercentage: int
    """CPU use that is aimed at, in percent of what the VMs request."""
    targetCPUAverageValue: str
    """CPU use of a VM that is aimed at, a Kubernetes quantity."""
    metrics: list[MetricArgs]
    """Further metrics, as autoscaling/v2 has them: Resource, ContainerResource, Pods, Object,
    External. The guest's container is `compute`.
    """
    behavior: BehaviorArgs
    """How fast it scales, as autoscaling/v2 has it."""
    external: bool
    """Somebody else scales the pool (KEDA, for instance) and owns the number of VMs: there is no
    HorizontalPodAutoscaler, and an up leaves the number alone. Default: false.
    """


class RolloutArgs(TypedDict, total=False):
    """How a changed template reaches running VMs."""

    maxUnavailable: int | str
    """VMs that restart at a time: a number or a percentage. Default: 1."""
    strategy: Literal["proactive", "opportunistic", "unmanaged"]
    """When VMs get it. Not set, it is at once."""


class ScaleInArgs(TypedDict, total=False):
    """What happens to VMs and disks when the pool shrinks."""

    order: Literal["Random", "Newest", "Oldest", "AscendingOrder", "DescendingOrder"]
    """Which VMs go first. Not set, it is at random."""
    keepDisks: bool
    """Whether their disks stay; nobody deletes them then."""


class TcpSocketArgs(TypedDict, total=False):
    """A probe by opening a connection."""

    port: int
    """Port of the VM."""


class HttpHeaderArgs(TypedDict, total=False):
    """A header of a probe's request."""

    name: str
    """Name of the header."""
    value: str
    """Value of the header."""


class HttpGetArgs(TypedDict, total=False):
    """A probe by an HTTP request."""

    port: int
    """Port of the VM."""
    path: str
    """Path that is asked for. Not set, it is /."""
    scheme: Literal["HTTP", "HTTPS"]
    """Scheme. Not set, it is HTTP."""
    httpHeaders: list[HttpHeaderArgs]
    """Headers of the request."""


class ExecArgs(TypedDict, total=False):
    """A probe by a command in the guest; needs the guest agent."""

    command: list[str]
    """Program and arguments; exit code 0 is ready."""


class ReadinessProbeArgs(TypedDict, total=False):
    """When a VM is ready; without a handler, when the Service's first port answers."""

    enabled: bool
    """Whether there is a probe. Default: true."""
    tcpSocket: TcpSocketArgs
    """A connection can be opened."""
    httpGet: HttpGetArgs
    """An HTTP request succeeds."""
    exec: ExecArgs
    """A command in the guest succeeds; needs the guest agent."""
    guestAgentPing: EmptyArgs
    """The guest agent answers: {}."""
    initialDelaySeconds: int
    """Seconds before the first probe."""
    periodSeconds: int
    """Seconds from one probe to the next. Default: 10."""
    timeoutSeconds: int
    """Seconds after which a probe has failed. Not set, it is 1."""
    successThreshold: int
    """Successes after which a VM is ready. Not set, it is 1."""
    failureThreshold: int
    """Failures after which it is ready no more. Default: 3."""


class SidecarConfigMapArgs(TypedDict, total=False):
    """A script of a ConfigMap that a hook runs."""

    name: str
    """Name of the ConfigMap."""
    key: str
    """Key of the script in it."""
    hookPath: str
    """Where the script goes, for instance /usr/bin/onDefine."""


class SidecarPvcArgs(TypedDict, total=False):
    """A claim that a hook has."""

    name: str
    """Name of the PersistentVolumeClaim."""
    volumePath: str
    """Where it is mounted in the sidecar."""
    sharedComputePath: str
    """Where it is mounted in the compute container."""


class HookSidecarArgs(TypedDict, total=False):
    """A container beside each VM that changes its domain, as KubeVirt's annotation has it."""

    image: str
    """Image. Not set, it is KubeVirt's sidecar-shim."""
    imagePullPolicy: Literal["Always", "IfNotPresent", "Never"]
    """When the image is pulled."""
    command: list[str]
    """Command of the container."""
    args: list[str]
    """Arguments of the command."""
    configMap: SidecarConfigMapArgs
    """Script of a ConfigMap (name, key, hookPath)."""
    pvc: SidecarPvcArgs
    """Claim (name, volumePath, sharedComputePath)."""


class AutohealingArgs(TypedDict, total=False):
    """When the pool deletes VMs that fail to start, and makes new ones in their place."""

    aloneInNamespace: Literal[True]
    """Confirms that the namespace holds no VM but the pool's: KubeVirt deletes those of others,
    too.
    """
    startUpFailureThreshold: int
    """Failures to start before a VM goes. Not set, it is 3."""
    minFailingToStartDuration: str
    """How long a VM fails to start before it goes, like 5m. Not set, it is 5m."""


class DisruptionBudgetArgs(TypedDict, total=False):
    """The PodDisruptionBudget of the pool."""

    minAvailable: int
    """How many VMs a drain must leave running."""


# Addresses outside the cluster, without some of them.
IpBlockArgs = TypedDict(
    "IpBlockArgs",
    {
        "cidr": str,
        "except": list[str],
    },
    total=False,
)


class NetworkPolicyPeerArgs(TypedDict, total=False):
    """Somebody who may send: addresses, or pods by their labels and their namespaces' labels."""

    ipBlock: IpBlockArgs
    """Addresses outside of the cluster."""
    podSelector: LabelSelectorArgs
    """Labels of the pods; without namespaceSelector those in the pool's namespace."""
    namespaceSelector: LabelSelectorArgs
    """Labels of the pods' namespaces."""


# Who may reach the VMs: on the Service's target ports, and on no other.
NetworkPolicyArgs = TypedDict(
    "NetworkPolicyArgs",
    {
        "from": list[NetworkPolicyPeerArgs],
    },
    total=False,
)


class SubjectArgs(TypedDict, total=False):
    """Somebody in Kubernetes' eyes; without a namespace, a ServiceAccount of the pool's own."""

    kind: Literal["User", "Group", "ServiceAccount"]
    """Kind of the subject."""
    name: str
    """Name of the subject."""
    namespace: str
    """Namespace of a ServiceAccount. Not set, it is the pool's own."""


class ScaleRoleArgs(TypedDict, total=False):
    """Who may `kubectl scale` the pool."""

    subjects: list[SubjectArgs]
    """Who may scale the pool."""


class VmPoolArgs(TypedDict, total=False):
    """Arguments of a VmPool: the keys of a stack's configuration. Shapes that are Kubernetes' own
    have Kubernetes' spelling.
    """

    name: str
    """Name of the pool, its Service and its HorizontalPodAutoscaler. VMs are called
    <name>-<index>, their disks <name>-disk-<index>. Default: webserver.
    """
    namespace: str
    """Namespace of every object. Not set, it is the stack's name."""
    createNamespace: bool
    """Create the namespace if it does not exist. Destroying the stack leaves the namespace in
    place; `make down` removes it when it holds nothing that this stack did not make. Default:
    false.
    """
    replicas: int
    """Number of VMs while autoscaling is off. With autoscaling on, the pool starts at
    autoscaling.minReplicas and the HorizontalPodAutoscaler owns the number. Default: 1.
    """
    cores: int
    """CPU cores of each VM. Default: 1."""
    memory: str | dict[str, Any]
    """Memory of each VM, a Kubernetes quantity; or as KubeVirt has it: an object with guest,
    maxGuest, hugepages (pageSize). Default: 2Gi.
    """
    cpuRequest: str
    """CPU that each VM's pod requests, a Kubernetes quantity. Not set, it is KubeVirt's 100m per
    core; with autoscaling on it is the number of cores, since utilization is measured against
    it.
    """
    instancetype: InstancetypeArgs
    """KubeVirt instancetype (name, kind; or inferFromVolume) in place of cores and memory."""
    preference: PreferenceArgs
    """KubeVirt preference (name, kind; or inferFromVolume)."""
    disk: DiskArgs
    """Disk of each VM: its size, access modes, storage class and the golden image that it is made
    from (source). Each VM has its own, which goes when the VM goes. Exactly one of disk,
    containerDisk and ephemeral is needed.
    """
    containerDisk: BootContainerDiskArgs
    """Container image that the VMs boot from in place of a disk of their own (image). What a VM
    writes goes as it stops, and cloud-init runs at every start.
    """
    ephemeral: BootEphemeralArgs
    """Claim that the VMs boot from in place of a disk of their own (claimName): all read it, and
    what a VM writes goes as it stops.
    """
    disks: dict[str, FurtherDiskArgs]
    """Further disks of each VM by name, in the order of their names: of its own (size and source,
    called <pool>-<name>-<index>), or containerDisk, ephemeral, emptyDisk, sysprep, configMap,
    secret, downwardAPI, serviceAccount; with type (disk, cdrom, lun), bus, bootOrder, cache,
    io, readonly and shareable as KubeVirt has them.
    """
    password: pulumi.Input[str]
    """Password of the image's default user (or of cloudInit.user). Treated as secret, whether the
    stack holds it in plain text or encrypted (pulumi config set --secret password).
    """
    cloudInit: CloudInitArgs | Literal[False]
    """What cloud-init does at the first boot of each VM; false: there is none."""
    perReplica: PerReplicaArgs
    """What differs from VM to VM (hostname, password, config, userData, networkData, configMaps,
    secrets): each gets Secrets and ConfigMaps of its own, filled in from templates. spare: for
    how many indices more than there are VMs. Not set but for spare, all VMs get the same.
    Default: {"spare": 2}.
    """
    volumes: list[VolumeArgs]
    """ConfigMaps and Secrets as further disks of each VM, as KubeVirt has them: configMap or
    secret, with a name, which the disk has too.
    """
    tolerations: list[TolerationArgs]
    """Tolerations of the VMs, as Kubernetes has them."""
    nodeSelector: dict[str, str]
    """Node labels that the VMs need, as Kubernetes has them."""
    affinity: AffinityArgs
    """Affinity of the VMs, as Kubernetes has it."""
    topologySpreadConstraints: list[TopologySpreadConstraintArgs]
    """How the VMs spread over the cluster, as Kubernetes has it."""
    service: ServiceSettingsArgs | Literal[False]
    """The Service in front of the VMs; false: there is none. Default: {"type": "ClusterIP",
    "ports": [{"port": 80}]}.
    """
    services: dict[str, FurtherServiceArgs]
    """Further Services in front of the same VMs, called <pool>-<key>, for instance one of type
    LoadBalancer, or a headless one.
    """
    networks: list[NetworkArgs] | Literal[False]
    """Networks of each VM, in the order of its cards: the pod network, and others by Multus, each
    with its binding; false: there is none. Not set, it is the pod network, by masquerade.
    """
    autoscaling: AutoscalingArgs
    """HorizontalPodAutoscaler of the pool: maxReplicas and a CPU target or metrics, at least; or
    external: true, where somebody else scales it. Not set, there is none.
    """
    rollout: RolloutArgs
    """How a changed template reaches the running VMs. Default: {"maxUnavailable": 1}."""
    scaleIn: ScaleInArgs
    """Which VMs go first when the pool shrinks, and whether their disks stay."""
    readinessProbe: ReadinessProbeArgs
    """When a VM is ready to be sent requests. Not set, it is when the Service's first port
    answers. Default: {"enabled": true, "periodSeconds": 10, "failureThreshold": 3}.
    """
    evictionStrategy: Literal["LiveMigrate", "LiveMigrateIfPossible", "None", "External"]
    """What happens to the VMs when their node is drained: LiveMigrate, LiveMigrateIfPossible, None
    or External. ReadWriteOnce disks cannot migrate: LiveMigrateIfPossible restarts their VMs
    elsewhere. Not set, it is the cluster's.
    """
    terminationGracePeriodSeconds: int
    """Seconds that a guest has to shut down before it is switched off. Not set, it is KubeVirt's
    own.
    """
    runStrategy: Literal["Always", "Halted", "RerunOnFailure", "Once", "Manual"]
    """When VMs run: Always, or Halted, which are never ready. RerunOnFailure, Once and Manual need
    a rollout.strategy that stops no VM. Not set, it is Always.
    """
    cpu: dict[str, Any]
    """CPU of each VM as KubeVirt has it, beside or in place of cores: sockets, threads, model,
    features, dedicatedCpuPlacement, isolateEmulatorThread, numa, realtime, maxSockets.
    """
    requests: dict[str, Any]
    """What each VM's pod requests, by resource. With memory in it, `memory` is the guest's."""
    limits: dict[str, Any]
    """What each VM's pod is limited to, by resource."""
    machine: dict[str, Any]
    """Machine type (type: q35, pc-q35-rhel9.4.0, virt)."""
    firmware: dict[str, Any]
    """Firmware: bootloader (efi with secureBoot and persistent, or bios), kernelBoot, acpi."""
    tpm: dict[str, Any]
    """TPM of each VM: {persistent: true} keeps what it holds over restarts, {persistent: false}
    does not.
    """
    features: dict[str, Any]
    """Features: acpi, apic, smm, hyperv, hypervPassthrough, kvm, pvspinlock."""
    clock: dict[str, Any]
    """Clock of the guest: utc or timezone, and timer (hpet, pit, rtc, ...)."""
    launchSecurity: dict[str, Any]
    """Encryption of the guest's memory: sev, snp or tdx."""
    ioThreadsPolicy: str
    """Threads for disks: shared, auto or supplementalPool."""
    ioThreads: dict[str, Any]
    """How many threads ioThreadsPolicy supplementalPool has (supplementalPoolThreadCount)."""
    gpus: list[dict[str, Any]]
    """GPUs of each VM: name, and deviceName as the cluster permits it."""
    hostDevices: list[dict[str, Any]]
    """Devices of the node for each VM: name, and deviceName as the cluster permits it."""
    filesystems: list[dict[str, Any]]
    """What the guest mounts by virtiofs, in place of a disk: the name of one of volumes or disks,
    and virtiofs: {}.
    """
    inputs: list[dict[str, Any]]
    """Input devices: name, type tablet, bus."""
    video: dict[str, Any]
    """Video device: type, for instance virtio or ramfb."""
    watchdog: dict[str, Any]
    """Watchdog of each VM: name, and i6300esb with an action (poweroff, reset, shutdown)."""
    rng: bool
    """Whether there is a random number generator. Not set, there is none."""
    blockMultiQueue: bool
    """Whether disks have a queue for each CPU."""
    networkInterfaceMultiqueue: bool
    """Whether network interfaces have a queue for each CPU."""
    autoattachGraphicsDevice: bool
    """Whether there is a graphics device, for VNC."""
    autoattachInputDevice: bool
    """Whether there is an input device of KubeVirt's own."""
    autoattachMemBalloon: bool
    """Whether there is a memory balloon."""
    autoattachSerialConsole: bool
    """Whether there is a serial console, for virtctl console."""
    autoattachVSOCK: bool
    """Whether there is a VSOCK device."""
    logSerialConsole: bool
    """Whether a container of the pod logs the serial console. Not set, it is the cluster's."""
    architecture: str
    """Architecture of the guest: amd64, arm64 or s390x."""
    priorityClassName: str
    """PriorityClass of the VMs' pods."""
    schedulerName: str
    """Scheduler of the VMs' pods."""
    dnsPolicy: str
    """Where the VMs' pods look names up: ClusterFirst, ClusterFirstWithHostNet, Default, None."""
    dnsConfig: dict[str, Any]
    """Name servers of the VMs' pods: nameservers, searches, options."""
    subdomain: str
    """Subdomain of the VMs: with a headless Service of this name, each is
    <vm>.<subdomain>.<namespace>.svc.
    """
    livenessProbe: dict[str, Any]
    """When a VM is restarted: httpGet, tcpSocket, exec or guestAgentPing, as KubeVirt has it."""
    accessCredentials: list[dict[str, Any]]
    """SSH keys and passwords from Secrets: sshPublicKey (by noCloud, configDrive or
    qemuGuestAgent), userPassword (by qemuGuestAgent). All VMs get the same.
    """
    serviceAccountName: str
    """ServiceAccount of the VMs' pods, on whose behalf their disks are made too; its token is a
    disk of the VMs. Not set, it is the namespace's `default`.
    """
    hookSidecars: list[HookSidecarArgs]
    """Containers beside each VM that change its domain before it starts, as KubeVirt's annotation
    hooks.kubevirt.io/hookSidecars has them.
    """
    updateStrategy: dict[str, Any]
    """How a changed template reaches running VMs, as KubeVirt has it (proactive, opportunistic or
    unmanaged), in place of rollout.strategy.
    """
    scaleInStrategy: dict[str, Any]
    """Which VMs go first when the pool shrinks, as KubeVirt has it (proactive), in place of
    scaleIn.
    """
    autohealing: AutohealingArgs
    """Delete VMs that fail to start, with their disks, and make new ones. KubeVirt does that to
    every VM of the namespace, so aloneInNamespace: true must be said. Not set, it is off.
    """
    disruptionBudget: DisruptionBudgetArgs
    """PodDisruptionBudget of the pool: minAvailable, how many VMs a drain must leave running. Not
    set, or at 0 replicas, there is none.
    """
    networkPolicy: NetworkPolicyArgs
    """NetworkPolicy of the VMs: only the ports that the Service sends to can be reached, and only
    by the peers in `from` (as Kubernetes has them; [] is everybody). `virtctl ssh` comes over
    the network, too, and is shut out. Not set, there is none.
    """
    scaleRole: ScaleRoleArgs
    """Role <name>-scale for those who may `kubectl scale` the pool (subjects, as Kubernetes has
    them); KubeVirt's own admin and edit roles do not allow it. Who brings the stack up must be
    allowed it, too. Not set, there is none.
    """
    cloneAccess: bool
    """Let the VMs' ServiceAccount (not set, the namespace's default), on whose behalf KubeVirt
    makes the disks, clone the golden images from another namespace, those of template too: a
    Role there. Who brings the stack up must be allowed to make it. Default: false.
    """
    protect: bool
    """Pulumi refuses to delete or replace the pool, and with it all VMs and disks, until this is
    false again. For production. Default: false.
    """
    adopt: bool
    """Take over objects of the same names that were made without this program, by kubectl.
    Default: false.
    """
    waitForReady: bool
    """An up ends when all VMs are ready, and fails with the reasons if they are not in time. Not
    set, it ends when the cluster holds the objects, and the VMs boot meanwhile. Needs kubectl.
    Default: false.
    """
    waitForReadyMinutes: int
    """How long waitForReady waits. Copying a large golden image takes its time. Default: 10."""
    labels: dict[str, str]
    """Labels for every object, not for the VMs (a new label there would restart them)."""
    annotations: dict[str, str]
    """Annotations for every object, not for the VMs."""
    vmLabels: dict[str, str]
    """Labels for the VMs and their pods, beside the pool's own. A change restarts the VMs."""
    vmAnnotations: dict[str, str]
    """Annotations for the VMs and their pods. A change restarts the VMs."""
    template: dict[str, Any]
    """Further fields of the VMs (virtualMachineTemplate.spec) in KubeVirt's own words, merged over
    what the other keys make: objects member by member; disks, volumes, interfaces and the like
    by their names; other lists as a whole. null removes.
    """
    kubevirtVersion: str
    """KubeVirt of the cluster, quoted ("1.10" unquoted is 1.1). A setting that it does not honour
    is refused. Default: 1.8.
    """
    poolApiVersion: Literal["v1alpha1", "v1beta1"]
    """Version of pool.kubevirt.io. v1alpha1 works everywhere, v1beta1 from KubeVirt 1.7. Default:
    v1alpha1.
    """
