"""What is planted in a fit cluster, and what a check finds then."""

from __future__ import annotations

from typing import Any, NamedTuple

from fit_cluster import CDI, KUBEVIRT, NODE, PROFILE, STORAGE, Object, claim

IMAGES = "vm-images"
AUTOSCALING = "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50}"
AFFINITY = """\
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
      - matchExpressions: [{key: zone, operator: In, values: [a, b]}]
"""


ELSEWHERE = """\
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 1
      podAffinityTerm: {topologyKey: kubernetes.io/hostname, namespaces: [others]}
"""


class Fault(NamedTuple):
    """A fault. test: what the test is called.

    stack: keys over those of the usual stack, as YAML. planted: objects, in the stack's namespace
    if they say none. around: objects that are elsewhere. other: an object of the whole cluster, and
    what it is merged with (None: it is gone). found: the id of the finding. says: what is in its
    sentence and its way out.
    """

    test: str
    found: str
    says: str
    stack: str = ""
    planted: tuple[Object, ...] = ()
    around: tuple[Object, ...] = ()
    other: tuple[Object, Object | None] | None = None


def made(api_version: str, kind: str, name: str, **more: Any) -> Object:
    """Return an object."""
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **more}


def quota(**hard: str) -> Object:
    """Return a ResourceQuota that nothing is used of."""
    said = {key.replace("_", "."): value for key, value in hard.items()}
    return made("v1", "ResourceQuota", "room", spec={"hard": said}, status={"hard": said})


def limit(**limit: Any) -> Object:
    """Return a LimitRange."""
    return made("v1", "LimitRange", "limits", spec={"limits": [limit]})


def scoped(name: str, operator: str, *values: str, **hard: str) -> Object:
    """Return a ResourceQuota of a scope that nothing is used of."""
    scope = {"scopeName": name, "operator": operator, **({"values": values} if values else {})}
    one = quota(**hard)
    spec = {**one["spec"], "scopeSelector": {"matchExpressions": [scope]}}
    return {**one, "spec": spec}


def snapshot(size: str = "6Gi") -> Object:
    """Return a VolumeSnapshot that is ready to use."""
    return made(
        "snapshot.storage.k8s.io/v1",
        "VolumeSnapshot",
        "new",
        status={
            "readyToUse": True,
            "restoreSize": size,
            "boundVolumeSnapshotContentName": "content",
        },
    )


def content(driver: str = "csi.example.com", mode: str = "Filesystem") -> Object:
    """Return what is behind the VolumeSnapshot."""
    spec = {"driver": driver, "sourceVolumeMode": mode}
    return made("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent", "content", spec=spec)


def pool(name: str, label: str, disk: str) -> Object:
    """Return a pool. label: of its VMs."""
    labels = {"kubevirt.io/vmpool": label}
    volume = {"name": "disk", "dataVolume": {"name": disk}}
    template = {
        "metadata": {"labels": labels},
        "spec": {"domain": {"devices": {}}, "volumes": [volume]},
    }
    blank = {
        "source": {"blank": {}},
        "storage": {"resources": {"requests": {"storage": "1Gi"}}},
    }
    machine = {
        "runStrategy": "Always",
        "dataVolumeTemplates": [{"metadata": {"name": disk}, "spec": blank}],
        "template": template,
    }
    return made(
        "pool.kubevirt.io/v1alpha1",
        "VirtualMachinePool",
        name,
        spec={
            "replicas": 0,
            "selector": {"matchLabels": labels},
            "virtualMachineTemplate": {"metadata": {"labels": labels}, "spec": machine},
        },
    )


def scaler(api_version: str, kind: str, **more: Any) -> Object:
    """Return something that scales the pool."""
    target = {
        "apiVersion": "pool.kubevirt.io/v1alpha1",
        "kind": "VirtualMachinePool",
        "name": "web",
    }
    return made(api_version, kind, "busy", spec={"scaleTargetRef": target, **more})


def owned(volume: str, vm: str) -> Object:
    """Return the DataVolume of a VM."""
    one = made(
        "cdi.kubevirt.io/v1beta1",
        "DataVolume",
        volume,
        spec={
            "source": {"blank": {}},
            "storage": {"resources": {"requests": {"storage": "1Gi"}}},
        },
    )
    owner = {"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "name": vm, "uid": "1"}
    return {**one, "metadata": {"name": volume, "ownerReferences": [owner]}}


def volume_in_the_making(name: str) -> Object:
    """Return a DataVolume that is being imported."""
    one = owned(name, "x")
    status = {"phase": "ImportInProgress", "progress": "41%"}
    return {**one, "metadata": {"name": name}, "status": status}


def data_source(ready: bool, name: str = "golden") -> Object:
    """Return a DataSource of golden images elsewhere."""
    one = made(
        "cdi.kubevirt.io/v1beta1",
        "DataSource",
        "newest",
        spec={"source": {"pvc": {"name": name, "namespace": IMAGES}}},
    )
    state = {"type": "Ready", "status": "True" if ready else "False", "message": "no image yet"}
    return {**one, "status": {"conditions": [state]}}


def disk(source: str, size: str = "6Gi", more: str = "") -> str:
    """Return the key of a disk."""
    return f"disk: {{size: {size}, source: {{{source}}}{more}}}"


FAULTS = (
    Fault(
        "kubevirt_that_is_gone",
        "kubevirt-missing",
        "KubeVirt is not installed",
        other=(KUBEVIRT, None),
    ),
    Fault(
        "kubevirt_that_is_not_ready",
        "kubevirt-not-ready",
        "its phase is Deploying",
        other=(KUBEVIRT, {"status": {"phase": "Deploying"}}),
    ),
    Fault(
        "a_kubevirt_without_a_field",
        "kubevirt-lacks-field",
        "KubeVirt 1.5 does not have spec.maxUnavailable, which came with 1.6",
        other=(KUBEVIRT, {"status": {"observedKubeVirtVersion": "v1.5.3"}}),
    ),
    Fault(
        "a_kubevirt_older_than_the_stack_says",
        "kubevirt-older",
        'set kubevirtVersion: "1.7"',
        other=(KUBEVIRT, {"status": {"observedKubeVirtVersion": "v1.7.0"}}),
    ),
    Fault("cdi_that_is_gone", "cdi-missing", "CDI is not installed", other=(CDI, None)),
    Fault(
        "cdi_that_is_not_ready",
        "cdi-not-ready",
        "its phase is Error",
        other=(CDI, {"status": {"phase": "Error"}}),
    ),
    Fault(
        "a_golden_image_that_does_not_exist",
        "image-missing",
        "PersistentVolumeClaim silver does not exist",
        disk("pvc: {name: silver}"),
    ),
    Fault(
        "a_data_source_that_does_not_exist",
        "image-missing",
        "DataSource newest does not exist",
        disk("dataSource: {name: newest}"),
    ),
    Fault(
        "a_data_source_that_points_nowhere",
        "image-missing",
        "PersistentVolumeClaim none in namespace",
        "cloneAccess: true\n" + disk(f"dataSource: {{name: newest, namespace: {IMAGES}}}"),
        around=(
            {**data_source(True, "none"), "metadata": {"name": "newest", "namespace": IMAGES}},
        ),
    ),
    Fault(
        "a_data_source_that_is_not_ready",
        "image-not-ready",
        "DataSource newest is not ready: no image yet",
        disk("dataSource: {name: newest}"),
        (data_source(False),),
    ),
    Fault(
        "a_golden_image_that_is_still_imported",
        "image-unfinished",
        "PersistentVolumeClaim new is not finished: ImportInProgress 41%",
        disk("pvc: {name: new}"),
        (claim("new"), volume_in_the_making("new")),
    ),
    Fault(
        "a_golden_image_that_is_not_bound",
        "image-unfinished",
        "PersistentVolumeClaim new is Pending",
        disk("pvc: {name: new}"),
        ({**claim("new"), "status": {"phase": "Pending"}},),
    ),
    Fault(
        "a_snapshot_that_is_not_ready",
        "image-unfinished",
        "VolumeSnapshot new is not ready to use",
        disk("snapshot: {name: new}"),
        (made("snapshot.storage.k8s.io/v1", "VolumeSnapshot", "new"),),
    ),
    Fault(
        "a_golden_image_larger_than_the_disk",
        "image-larger-than-disk",
        "PersistentVolumeClaim golden has 6Gi, and the disk only 5Gi: such a clone never ends",
        disk("pvc: {name: golden}", "5Gi"),
    ),
    Fault(
        "a_golden_image_of_another_volume_mode",
        "volume-mode-differs",
        "is a Block volume, and the disk Filesystem",
        disk("pvc: {name: new}"),
        (claim("new", volumeMode="Block"),),
    ),
    Fault(
        "a_golden_image_on_storage_of_another_kind",
        "storage-class-differs",
        "is in StorageClass slow, of another kind than the disk's fast",
        disk("pvc: {name: new}"),
        (claim("new", storageClassName="slow"),),
        around=(made("storage.k8s.io/v1", "StorageClass", "slow", provisioner="nfs"),),
    ),
    Fault(
        "a_storage_class_that_does_not_exist",
        "storage-class-missing",
        "set storageClassName to one of fast",
        disk("pvc: {name: golden}", more=", storageClassName: fsat"),
    ),
    Fault(
        "a_cluster_without_a_default_storage_class",
        "storage-class-not-said",
        "no StorageClass is the default",
        other=(STORAGE, {"metadata": {"annotations": None}}),
    ),
    Fault(
        "a_storage_profile_that_knows_nothing",
        "storage-profile-empty",
        "StorageProfile fast knows no access modes",
        disk("pvc: {name: golden}", more=", storage: true"),
        other=(PROFILE, {"status": {"claimPropertySets": None}}),
    ),
    Fault(
        "a_storage_profile_without_the_volume_mode_of_a_disk",
        "storage-profile-empty",
        "StorageProfile fast knows no access modes for Block volumes",
        disk("blank: {}", more=", storage: true, volumeMode: Block"),
    ),
    Fault(
        "a_storage_class_that_copies",
        "storage-class-copies",
        "StorageClass fast does not clone, its cloneStrategy is copy",
        other=(PROFILE, {"status": {"cloneStrategy": "copy"}}),
    ),
    Fault(
        "a_storage_class_that_copies_what_a_data_source_points_at",
        "storage-class-copies",
        "StorageClass fast does not clone, its cloneStrategy is copy",
        disk("dataSource: {name: newest}"),
        (data_source(True),),
        other=(PROFILE, {"status": {"cloneStrategy": "copy"}}),
    ),
    Fault(
        "a_storage_class_without_snapshots",
        "storage-class-copies",
        "StorageClass fast does not clone, no VolumeSnapshotClass is there for it",
        other=(PROFILE, {"status": {"snapshotClass": None}}),
    ),
    Fault(
        "a_cluster_that_clones_nothing",
        "storage-class-copies",
        "its cloneStrategy is copy",
        other=(CDI, {"spec": {"cloneStrategyOverride": "copy"}}),
    ),
    Fault(
        "a_storage_class_that_does_not_grow",
        "storage-class-does-not-grow",
        "PersistentVolumeClaim golden has 6Gi and the disk more",
        disk("pvc: {name: golden}", "8Gi"),
        other=(STORAGE, {"allowVolumeExpansion": None}),
    ),
    Fault(
        "a_storage_class_that_does_not_grow_by_the_overhead_of_a_file_system",
        "storage-class-does-not-grow",
        "PersistentVolumeClaim golden has 6Gi and the disk more",
        disk("pvc: {name: golden}", more=", storage: true"),
        other=(STORAGE, {"allowVolumeExpansion": None}),
    ),
    Fault(
        "a_golden_image_of_another_volume_mode_than_the_storage_profile_has",
        "volume-mode-differs",
        "PersistentVolumeClaim golden is a Filesystem volume, and the disk Block",
        disk("pvc: {name: golden}", more=", storage: true"),
        other=(
            PROFILE,
            {
                "status": {
                    "claimPropertySets": [{"accessModes": ["ReadWriteMany"], "volumeMode": "Block"}]
                }
            },
        ),
    ),
    Fault(
        "a_snapshot_of_another_volume_mode",
        "volume-mode-differs",
        "VolumeSnapshot new is a Block volume, and the disk Filesystem",
        disk("snapshot: {name: new}"),
        (snapshot(),),
        (content(mode="Block"),),
    ),
    Fault(
        "a_snapshot_on_storage_of_another_kind",
        "storage-class-differs",
        "VolumeSnapshot new is in storage of driver nfs, of another kind than the disk's fast",
        disk("snapshot: {name: new}"),
        (snapshot(),),
        (content("nfs"),),
    ),
    Fault(
        "a_snapshot_that_cannot_grow_to_the_disk",
        "storage-class-does-not-grow",
        "VolumeSnapshot new has 4Gi and the disk more",
        disk("snapshot: {name: new}"),
        (snapshot("4Gi"),),
        (content(),),
        (STORAGE, {"allowVolumeExpansion": None}),
    ),
    Fault(
        "a_snapshot_larger_than_the_disk",
        "image-larger-than-disk",
        "VolumeSnapshot new has 8Gi, and the disk only 6Gi",
        disk("snapshot: {name: new}"),
        (snapshot("8Gi"),),
        (content(),),
    ),
    Fault(
        "a_quota_with_no_room_for_what_cdi_adds_to_storage",
        "quota-exceeded",
        "room has 12Gi of 12Gi requests.storage left, and 12.72Gi are needed for 2 VMs",
        disk("pvc: {name: golden}", more=", storage: true"),
        (quota(requests_storage="12Gi"),),
    ),
    Fault(
        "a_quota_of_storage_for_disks_as_large_as_what_a_data_source_points_at",
        "quota-exceeded",
        "room has 10Gi of 10Gi requests.storage left, and 12Gi are needed for 2 VMs",
        "disk: {source: {dataSource: {name: newest}}, storage: true}",
        (data_source(True), quota(requests_storage="10Gi")),
    ),
    Fault(
        "a_limit_of_disks_with_no_room_for_what_cdi_adds",
        "limit-range-exceeded",
        "limits allows at most 6Gi, and a VM's disk asks for 6.36Gi storage",
        disk("pvc: {name: golden}", more=", storage: true"),
        (limit(type="PersistentVolumeClaim", max={"storage": "6Gi"}),),
    ),
    Fault(
        "a_quota_of_a_priority_that_the_vms_have",
        "quota-exceeded",
        "room has 1 of 1 pods left, and 2 are needed for 2 VMs",
        "priorityClassName: system-cluster-critical",
        (scoped("PriorityClass", "In", "low", "system-cluster-critical", pods="1"),),
    ),
    Fault(
        "a_quota_of_the_priority_that_vms_get_by_default",
        "quota-exceeded",
        "room has 1 of 1 pods left",
        planted=(scoped("PriorityClass", "Exists", pods="1"),),
        around=(
            made("scheduling.k8s.io/v1", "PriorityClass", "usual", value=1000, globalDefault=True),
        ),
    ),
    Fault(
        "a_quota_of_pods_that_look_at_other_namespaces",
        "quota-exceeded",
        "room has 1 of 1 pods left",
        ELSEWHERE,
        (scoped("CrossNamespacePodAffinity", "Exists", pods="1"),),
    ),
    Fault(
        "a_quota_of_limits_that_vms_get_by_default",
        "quota-exceeded",
        "room has 1 of 1 limits.cpu left, and 4.03 are needed for 2 VMs",
        planted=(quota(limits_cpu="1"), limit(type="Container", default={"cpu": "2"})),
    ),
    Fault(
        "a_limit_that_the_limit_of_a_vm_is_beyond",
        "limit-range-exceeded",
        "limits allows at most 4Gi, and a VM is limited to 8.29Gi memory",
        "requests: {memory: 2Gi}\nlimits: {memory: 8Gi}",
        (limit(type="Container", max={"memory": "4Gi"}),),
    ),
    Fault(
        "a_limit_of_pods_that_the_limit_of_a_vm_is_beyond",
        "limit-range-exceeded",
        "limits allows at most 4Gi, and a VM is limited to 8.34Gi memory",
        "requests: {memory: 2Gi}\nlimits: {memory: 8Gi}",
        (limit(type="Pod", max={"memory": "4Gi"}),),
    ),
    Fault(
        "a_limit_of_pods_that_vms_have_no_limit_for",
        "limit-range-needs-limits",
        "limits has a max of memory, and the VMs have no such limit: they are refused",
        "logSerialConsole: false",
        (limit(type="Pod", max={"memory": "16Gi"}),),
    ),
    Fault(
        "a_ratio_that_vms_have_no_limit_for",
        "limit-range-needs-limits",
        "limits has a maxLimitRequestRatio of cpu, and the VMs have no such limit",
        planted=(limit(type="Container", maxLimitRequestRatio={"cpu": "5"}),),
    ),
    Fault(
        "a_limit_of_too_many_times_the_request",
        "limit-range-ratio",
        "limits allows limits of 5 times the request at most, and a VM asks for 0.1 cpu and is "
        "limited to 2",
        'cpuRequest: 100m\nlimits: {cpu: "2"}',
        (limit(type="Container", maxLimitRequestRatio={"cpu": "5"}),),
    ),
    Fault(
        "a_limit_that_the_container_that_logs_the_console_is_below",
        "limit-range-exceeded",
        "limits wants at least 64Mi, and the container that logs a VM's console asks for 33.38Mi "
        "memory; set logSerialConsole: false",
        planted=(limit(type="Container", min={"memory": "64Mi"}),),
    ),
    Fault(
        "a_quota_with_too_little_cpu",
        "quota-exceeded",
        "room has 3 of 3 requests.cpu left, and 5.025 are needed for 5 VMs",
        AUTOSCALING,
        (quota(requests_cpu="3"),),
    ),
    Fault(
        "a_quota_with_no_room_for_what_kubevirt_adds_to_memory",
        "quota-exceeded",
        "room has 4Gi of 4Gi memory left, and 4.64Gi are needed for 2 VMs",
        planted=(quota(memory="4Gi"),),
    ),
    Fault(
        "a_quota_with_too_little_storage",
        "quota-exceeded",
        "room has 10Gi of 10Gi requests.storage left, and 12Gi are needed for 2 VMs",
        planted=(quota(requests_storage="10Gi"),),
    ),
    Fault(
        "a_quota_with_too_few_claims",
        "quota-exceeded",
        "room has 1 of 1 persistentvolumeclaims left, and 2 are needed for 2 VMs",
        planted=(quota(persistentvolumeclaims="1"),),
    ),
    Fault(
        "a_quota_of_a_storage_class",
        "quota-exceeded",
        "room has 1 of 1 fast.storageclass.storage.k8s.io/persistentvolumeclaims left",
        planted=(quota(**{"fast.storageclass.storage.k8s.io/persistentvolumeclaims": "1"}),),
    ),
    Fault(
        "a_quota_that_others_have_used",
        "quota-exceeded",
        "room has 1 of 5 pods left, and 2 are needed for 2 VMs",
        planted=({**quota(pods="5"), "status": {"hard": {"pods": "5"}, "used": {"pods": "4"}}},),
    ),
    Fault(
        "a_quota_with_too_few_objects",
        "quota-exceeded",
        "room has 0 of 0 count/services left, and 1 is needed",
        planted=(quota(**{"count/services": "0"}),),
    ),
    Fault(
        "a_quota_of_limits_that_vms_do_not_have",
        "quota-needs-limits",
        "room has limits.cpu, and the VMs have no such limit",
        planted=(quota(limits_cpu="20"),),
    ),
    Fault(
        "a_limit_below_the_size_of_a_vm",
        "limit-range-exceeded",
        "limits allows at most 2Gi, and a VM asks for 2.29Gi memory",
        planted=(limit(type="Container", max={"memory": "2Gi"}),),
    ),
    Fault(
        "a_limit_of_disks",
        "limit-range-exceeded",
        "limits allows at most 5Gi, and a VM's disk asks for 6Gi storage",
        planted=(limit(type="PersistentVolumeClaim", max={"storage": "5Gi"}),),
    ),
    Fault(
        "a_limit_that_vms_get_by_default",
        "limit-range-default",
        "limits a VM to 512Mi memory by default, and it asks for 2.29Gi",
        planted=(limit(type="Container", default={"memory": "512Mi"}),),
    ),
    Fault("a_cluster_without_nodes", "no-node-fits", "no node is there", other=(NODE, None)),
    Fault(
        "a_taint_that_is_not_tolerated",
        "no-node-fits",
        "it is with taint baremetal=true:NoSchedule",
        other=(
            NODE,
            {"spec": {"taints": [{"key": "baremetal", "value": "true", "effect": "NoSchedule"}]}},
        ),
    ),
    Fault(
        "a_node_selector_that_fits_no_node",
        "no-node-fits",
        "it is without zone=b",
        "nodeSelector: {zone: b}",
    ),
    Fault("an_affinity_that_fits_no_node", "no-node-fits", "it is excluded by affinity", AFFINITY),
    Fault(
        "a_node_where_kubevirt_does_not_run",
        "no-node-fits",
        "it is without KubeVirt",
        other=(NODE, {"metadata": {"labels": None}}),
    ),
    Fault(
        "a_node_without_kvm",
        "no-node-fits",
        "it is without KVM",
        other=(NODE, {"status": {"allocatable": {"devices.kubevirt.io/kvm": "0"}}}),
    ),
    Fault(
        "a_vm_larger_than_every_node",
        "no-node-fits",
        "it is with less than 16.35Gi memory",
        "memory: 16Gi",
    ),
    Fault(
        "a_gpu_that_no_node_has",
        "no-node-fits",
        "it is with fewer than 1 of example.com/GPU",
        "gpus: [{name: gpu, deviceName: example.com/GPU}]",
    ),
    Fault(
        "a_node_that_is_not_ready",
        "no-node-fits",
        "it is not ready",
        other=(NODE, {"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}}),
    ),
    Fault(
        "a_preference_of_the_namespace_that_does_not_exist",
        "preference-missing",
        "VirtualMachinePreference fedora does not exist",
        "preference: {name: fedora, kind: VirtualMachinePreference}",
    ),
    Fault(
        "a_preference_of_the_cluster_that_does_not_exist",
        "preference-missing",
        "VirtualMachineClusterPreference fedora does not exist",
        "preference: {name: fedora}",
    ),
    Fault(
        "a_secret_with_cloud_init_that_nobody_has_made",
        "secret-missing",
        "Secret users is not in its namespace, and cloud-init needs it",
        "password:\ncloudInit: {existingSecret: users}",
    ),
    Fault(
        "a_secret_of_a_volume_that_nobody_has_made",
        "secret-missing",
        "Secret keys is not in its namespace, and a disk needs it",
        "volumes: [{name: keys, secret: {secretName: keys}}]",
    ),
    Fault(
        "a_secret_with_ssh_keys_that_nobody_has_made",
        "secret-missing",
        "Secret keys is not in its namespace, and accessCredentials needs it",
        "accessCredentials:\n- sshPublicKey: {source: {secret: {secretName: keys}}, "
        "propagationMethod: {noCloud: {}}}",
    ),
    Fault(
        "a_secret_that_pulls_an_image_and_that_nobody_has_made",
        "secret-missing",
        "Secret pull is not in its namespace, and a container image needs it",
        "disk:\ncontainerDisk: {image: example.com/fedora, imagePullSecret: pull}",
    ),
    Fault(
        "a_secret_of_a_source_that_nobody_has_made",
        "secret-missing",
        "Secret s3 is not in its namespace, and a disk's source needs it",
        disk('s3: {url: "https://s3.example.com/a/b.img", secretRef: s3}'),
    ),
    Fault(
        "answers_of_sysprep_that_nobody_has_made",
        "configmap-missing",
        "ConfigMap answers is not in its namespace, and sysprep needs it",
        "disks: {answers: {sysprep: {configMap: {name: answers}}}}",
    ),
    Fault(
        "a_claim_for_all_vms_that_nobody_has_made",
        "claim-missing",
        "PersistentVolumeClaim base is not in its namespace, and all VMs read it",
        "disk:\nephemeral: {claimName: base}",
    ),
    Fault(
        "a_service_account_that_nobody_has_made",
        "serviceaccount-missing",
        "ServiceAccount robot is not in its namespace",
        "serviceAccountName: robot",
    ),
    Fault(
        "a_priority_class_that_nobody_has_made",
        "priorityclass-missing",
        "PriorityClass high does not exist",
        "priorityClassName: high",
    ),
    Fault(
        "a_network_of_multus_that_nobody_has_made",
        "network-missing",
        "NetworkAttachmentDefinition lan is not in its namespace",
        "networks: [{name: default, pod: {}, masquerade: {}}, "
        "{name: lan, multus: {networkName: lan}, bridge: {}}]",
    ),
    Fault(
        "metrics_that_nobody_serves",
        "metrics-missing",
        "external.metrics.k8s.io is not served",
        "autoscaling: {maxReplicas: 5, metrics: [{type: External, external: {metric: {name: q}, "
        'target: {type: Value, value: "3"}}}]}',
    ),
    Fault(
        "metrics_that_do_not_answer",
        "metrics-not-answering",
        "custom.metrics.k8s.io does not answer",
        "autoscaling: {maxReplicas: 5, metrics: [{type: Pods, pods: {metric: {name: q}, "
        'target: {type: AverageValue, averageValue: "3"}}}]}',
        around=(
            made(
                "apiregistration.k8s.io/v1",
                "APIService",
                "v1beta2.custom.metrics.k8s.io",
                spec={
                    "group": "custom.metrics.k8s.io",
                    "version": "v1beta2",
                    "groupPriorityMinimum": 100,
                    "versionPriority": 100,
                    "insecureSkipTLSVerify": True,
                    "service": {"name": "adapter", "namespace": "kubevirt"},
                },
            ),
        ),
    ),
    Fault(
        "another_autoscaler_on_the_pool",
        "scaled-by-another",
        "HorizontalPodAutoscaler busy scales the pool, too",
        AUTOSCALING,
        (scaler("autoscaling/v2", "HorizontalPodAutoscaler", maxReplicas=9),),
    ),
    Fault(
        "a_scaled_object_of_keda_on_the_pool",
        "scaled-by-another",
        "ScaledObject busy scales the pool, too",
        planted=(scaler("keda.sh/v1alpha1", "ScaledObject"),),
    ),
    Fault(
        "a_second_scaler_of_another_kind",
        "scaled-by-another",
        "ScaledObject busy scales the pool, too; delete it: `kubectl delete scaledobject busy` or "
        "the others",
        "autoscaling: {external: true}",
        planted=(
            scaler("autoscaling/v2", "HorizontalPodAutoscaler", maxReplicas=9),
            scaler("keda.sh/v1alpha1", "ScaledObject"),
        ),
    ),
    Fault(
        "another_pool_with_the_same_label",
        "selector-overlaps",
        "VirtualMachinePool other has a selector or labels that fit this pool's",
        planted=(pool("other", "web", "other-disk"),),
    ),
    Fault(
        "another_pool_with_the_same_disks",
        "disk-name-shared",
        "VirtualMachinePool other has disks called web-disk, too",
        planted=(pool("other", "other", "web-disk"),),
    ),
    Fault(
        "a_disk_of_another_vm",
        "disk-of-another",
        "DataVolume web-disk-0 is VM database's",
        planted=(owned("web-disk-0", "database"),),
    ),
    Fault(
        "a_golden_image_elsewhere_that_may_not_be_cloned",
        "clone-not-allowed",
        f"ServiceAccount default may not clone from namespace {IMAGES}",
        disk(f"pvc: {{name: golden, namespace: {IMAGES}}}"),
    ),
)
