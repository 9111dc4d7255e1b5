"""Mistakes below `template`, as rows of bad_configurations.py."""

from __future__ import annotations

VMI = "template.template.spec"
DEVICES = f"{VMI}.domain.devices"


def guest(said: str) -> str:
    """Return what is written, of what stands below template.template.spec."""
    return f"template: {{template: {{spec: {said}}}}}"


def disk(disk: str, volume: str) -> str:
    """Return what is written of one more disk; both without their names."""
    return guest(
        f"{{domain: {{devices: {{disks: [{{name: more, {disk}}}]}}}},"
        f" volumes: [{{name: more, {volume}}}]}}"
    )


def disk_template(name: str, spec: str, volume: str = "") -> str:
    """Return what is written of a dataVolumeTemplate, and of a volume of that name."""
    return (
        f"template: {{dataVolumeTemplates: [{{metadata: {{name: {name}}}, spec: {spec}}}],"
        f" template: {{spec: {{volumes: [{{name: more, dataVolume: {{name: {volume or name}}}}}]"
        "}}}"
    )


BLANK = "{source: {blank: {}}, storage: {resources: {requests: {storage: 1Gi}}}}"
POOL_LABEL = "by which the pool, its Service and its HPA know their VMs"
REMOVED = "{name: datavolumedisk, $patch: delete}"
LAB_DISK = "lab05-webserver-disk"
LARGE = "x" * 2049

BAD_TEMPLATES: list[tuple[str, str, str]] = [
    # --- KubeVirt's own fields (more in test_kubevirt_fields.py) ---------------------------------
    ("template: text", "template:", "must be an object of keys and values; write it as key: value"),
    (
        "template: {spec: {domain: {cpu: {cores: 2}}}}",
        "template.spec:",
        "unknown key; its place is template.dataVolumeTemplates[].spec or template.template.spec",
    ),
    (
        guest("{domain: {cpu: {core: 2}}}"),
        f"{VMI}.domain.cpu.core:",
        "unknown key; did you mean cores?",
    ),
    (
        guest("{domain: {rebootPolicy: Reboot}}") + '\nkubevirtVersion: "1.7"',
        f"{VMI}.domain.rebootPolicy:",
        "came with KubeVirt 1.8, and kubevirtVersion says 1.7; remove it, or correct "
        "kubevirtVersion",
    ),
    (
        guest("{readinessProbe: {exec: {command: [a]}}}"),
        f"{VMI}.readinessProbe.exec:",
        "stands beside tcpSocket, and there may be only one of them; add tcpSocket: null to leave "
        "that out",
    ),
    (
        "template: {running: true}",
        "template.running:",
        "stands beside runStrategy, and there may be only one of them; add runStrategy: null to "
        "leave that out",
    ),
    (
        "template: {runStrategy: null}",
        "template:",
        "has none of runStrategy or running; add one",
    ),
    # --- what the pool owns ----------------------------------------------------------------------
    (
        "template: {template: {metadata: {labels: {kubevirt.io/vmpool: other}}}}",
        "template.template.metadata.labels.kubevirt.io/vmpool: other",
        f"is the label {POOL_LABEL}; remove it",
    ),
    (
        "template: {template: {metadata: {labels: {kubevirt.io/vmpool: null}}}}",
        "template.template.metadata.labels:",
        f"leaves out kubevirt.io/vmpool, {POOL_LABEL}; remove null or $patch: replace there",
    ),
    (
        "template: {template: {metadata: {$patch: replace, annotations: {a: b}}}}",
        "template.template.metadata:",
        f"leaves out kubevirt.io/vmpool, {POOL_LABEL}; remove null or $patch: replace there",
    ),
    (
        "template: {template: {metadata: {labels: {kubevirt.io/nodeName: a}}}}",
        "template.template.metadata.labels.kubevirt.io/nodeName: a",
        "is a label that only KubeVirt may set; remove it",
    ),
    (
        "template: {template: {metadata: {labels: {team: a b}}}}",
        "template.template.metadata.labels.team: a b",
        "is no label value (up to 63 letters, digits, '-', '_' and '.', beginning and ending with "
        "a letter or digit); correct it",
    ),
    (
        disk_template("data", BLANK),
        "template.dataVolumeTemplates[0].metadata.name: data",
        "lacks the pool's name, and KubeVirt adds only the index to it: two pools of a namespace "
        "would have the same disks (KubeVirt VEP 379); call it lab05-webserver-data, in its volume "
        "too",
    ),
    (
        disk_template("lab05-webserver-Data", BLANK),
        "template.dataVolumeTemplates[0].metadata.name: lab05-webserver-Data",
        "must be an RFC 1123 subdomain: lower-case letters, digits, '-' and '.', beginning and "
        "ending with a letter or digit; for instance lab05-webserver-data",
    ),
    (
        disk_template(f"lab05-webserver-{'a' * 237}", BLANK),
        f"template.dataVolumeTemplates[0].metadata.name: lab05-webserver-{'a' * 41}...",
        "has 255 characters with the last index, and at most 253 are possible; shorten it by 2",
    ),
    (
        disk_template("lab05-webserver-data, namespace: other", BLANK, "lab05-webserver-data"),
        "template.dataVolumeTemplates[0].metadata.namespace: other",
        "is not the VMs' (user1), where their disks must be; remove it",
    ),
    (
        "template: {dataVolumeTemplates: [{metadata: {name: lab05-webserver-a}, spec: "
        f"{BLANK}}}]}}",
        "template.dataVolumeTemplates[0]:",
        "is used by no volume, which KubeVirt refuses; add a volume with dataVolume: {name: "
        "lab05-webserver-a}, or remove it",
    ),
    (
        guest(f"{{volumes: [{REMOVED}], domain: {{devices: {{disks: [{REMOVED}]}}}}}}"),
        "template:",
        f"leaves the dataVolumeTemplate {LAB_DISK} used by no volume, which KubeVirt refuses; "
        "leave it out too: template.dataVolumeTemplates: "
        f"[{{metadata: {{name: {LAB_DISK}}}, $patch: delete}}]",
    ),
    (
        disk_template(
            "lab05-webserver-data", "{source: {blank: {}}, pvc: {accessModes: [ReadWriteOnce]}}"
        ),
        "template.dataVolumeTemplates[0].spec.pvc:",
        "says no size, which only a copy into storage has from what it copies; add resources: "
        "{requests: {storage: 6Gi}}",
    ),
    (
        disk_template(
            "lab05-webserver-data",
            "{source: {blank: {}}, pvc: {resources: {requests: {storage: 1Gi}}}}",
        ),
        "template.dataVolumeTemplates[0].spec.pvc:",
        "says no accessModes, which only storage takes from the StorageClass's profile; add "
        "accessModes: [ReadWriteOnce], or use storage",
    ),
    (
        disk_template("lab05-webserver-data", "{source: {blank: {}}, storage: {}}"),
        "template.dataVolumeTemplates[0].spec.storage:",
        "says no size, which only a copy into storage has from what it copies; add resources: "
        "{requests: {storage: 6Gi}}",
    ),
    # --- one for all VMs -------------------------------------------------------------------------
    (
        guest("{hostname: web}"),
        f"{VMI}.hostname: web",
        "would be the same for all VMs; remove it (a VM's host name is <pool>-<index>), or use "
        "perReplica.hostname",
    ),
    (
        guest("{domain: {firmware: {uuid: 5d307ca9-b3ef-428c-8861-06e72d69f223}}}"),
        f"{VMI}.domain.firmware.uuid: 5d307ca9-b3ef-428c-8861-06e72d69f223",
        "would be the same for all VMs, and is the id by which cloud-init and licences know a VM; "
        "remove it: KubeVirt gives each VM its own",
    ),
    (
        guest("{domain: {firmware: {serial: abc}}}"),
        f"{VMI}.domain.firmware.serial: abc",
        "would be the same for all VMs, and is the serial number by which cloud-init and licences "
        "know a VM; remove it: KubeVirt gives each VM its own",
    ),
    (
        guest(
            "{domain: {devices: {interfaces: [{name: default, macAddress: '02:00:00:00:00:01'}]}}}"
        ),
        f"{DEVICES}.interfaces[0].macAddress: 02:00:00:00:00:01",
        "would be the same for all VMs; remove it: each VM gets one of its own",
    ),
    (
        disk("disk: {}", "persistentVolumeClaim: {claimName: data, readOnly: true}"),
        f"{VMI}.volumes[0].persistentVolumeClaim.claimName: data",
        "is no dataVolumeTemplate, so that all VMs would write to one disk; add a "
        "dataVolumeTemplate of that name, or make its disk cdrom, readonly or shareable",
    ),
    (
        disk("cdrom: {readonly: false}", "dataVolume: {name: data}"),
        f"{VMI}.volumes[0].dataVolume.name: data",
        "is no dataVolumeTemplate, so that all VMs would write to one disk; add a "
        "dataVolumeTemplate of that name, or make its disk cdrom, readonly or shareable",
    ),
    (
        disk("disk: {}", f"dataVolume: {{name: {LAB_DISK}-0}}"),
        f"{VMI}.volumes[0].dataVolume.name: {LAB_DISK}-0",
        "is no dataVolumeTemplate, so that all VMs would write to one disk; did you mean "
        f"{LAB_DISK}? KubeVirt adds each VM's index",
    ),
    (
        disk("disk: {}", "hostDisk: {path: /disk.img, type: Disk}"),
        f"{VMI}.volumes[0].hostDisk.path: /disk.img",
        "is one disk for all VMs of a node, which would write to it together; use a "
        "dataVolumeTemplate, or make its disk readonly or shareable",
    ),
    (
        guest("{volumes: [{name: dump, memoryDump: {claimName: dump}}]}"),
        f"{VMI}.volumes[0].memoryDump.claimName: dump",
        "would take the memory of all VMs, each over that of the others; remove it, and use "
        "virtctl memory-dump for a single VM",
    ),
    (
        guest("{utilityVolumes: [{name: backup, claimName: backup}]}"),
        f"{VMI}.utilityVolumes[0].claimName: backup",
        "is one PersistentVolumeClaim, to which all VMs would write; remove it: utilityVolumes are "
        "for single VMs",
    ),
    # --- lists that belong together --------------------------------------------------------------
    (
        guest("{domain: {devices: {disks: [{name: more, disk: {}}]}}}"),
        f"{DEVICES}.disks[0].name: more",
        "has no volume of that name; add one to volumes, or remove it",
    ),
    (
        guest("{domain: {devices: {disks: [{name: datavolumdisk, disk: {}}]}}}"),
        f"{DEVICES}.disks[0].name: datavolumdisk",
        "has no volume of that name; did you mean datavolumedisk?",
    ),
    (
        guest("{volumes: [{name: cloudinitdisk, $patch: delete}]}"),
        f"{VMI}.volumes:",
        "leaves the disk cloudinitdisk without one; leave out the disk too: "
        f"{DEVICES}.disks: [{{name: cloudinitdisk, $patch: delete}}]",
    ),
    (
        guest("{domain: {devices: {filesystems: [{name: share, virtiofs: {}}]}}}"),
        f"{DEVICES}.filesystems[0].name: share",
        "has no volume of that name; add one to volumes, or remove it",
    ),
    (
        guest("{domain: {devices: {interfaces: [{name: more, bridge: {}}]}}}"),
        f"{DEVICES}.interfaces[0].name: more",
        "has no network of that name; add it to networks, or remove it",
    ),
    (
        guest("{networks: [{name: defalt, multus: {networkName: a}}]}"),
        f"{VMI}.networks[0].name: defalt",
        "has no interface of that name; did you mean default?",
    ),
    (
        guest("{domain: {devices: {interfaces: [{name: default, $patch: delete}]}}}"),
        f"{DEVICES}.interfaces:",
        "leaves default of networks without its interface; leave it out too: "
        f"{VMI}.networks: [{{name: default, $patch: delete}}]",
    ),
    (
        guest("{networks: [{name: default, pod: null, multus: {networkName: a}}]}"),
        f"{VMI}.networks:",
        "leaves the readinessProbe without the pod network, by which it comes; set "
        "readinessProbe.enabled to false, use exec or guestAgentPing there, or keep the pod "
        "network",
    ),
    (
        guest(
            "{networks: [{name: default, pod: null, multus: {networkName: a}}],"
            " livenessProbe: {httpGet: {port: 80}}}"
        )
        + "\nreadinessProbe: {enabled: false}",
        f"{VMI}.livenessProbe.httpGet:",
        "needs the pod network, and the VMs have none; use exec or guestAgentPing, or keep the pod "
        "network",
    ),
    (
        guest("{domain: {devices: {interfaces: [{name: default, ports: [{port: 22}]}]}}}"),
        f"{DEVICES}.interfaces[0].ports:",
        "leaves out 80 (TCP), to which a Service sends; add {port: 80, protocol: TCP}, or list "
        "no ports",
    ),
    (
        guest(
            "{domain: {devices: {interfaces: [{name: default, ports: [{port: 80}]}]}},"
            " livenessProbe: {tcpSocket: {port: 22}}}"
        ),
        f"{DEVICES}.interfaces[0].ports:",
        "leaves out 22 (TCP), which the livenessProbe asks; add {port: 22, protocol: TCP}, or list "
        "no ports",
    ),
    (
        guest(
            "{domain: {devices: {disks: [{name: datavolumedisk, bootOrder: 1},"
            " {name: cloudinitdisk, bootOrder: 1}]}}}"
        ),
        f"{DEVICES}.disks[1].bootOrder: 1",
        "is that of datavolumedisk too; give each its own",
    ),
    (
        guest("{domain: {devices: {disks: [{name: datavolumedisk, bootOrder: 0}]}}}"),
        f"{DEVICES}.disks[0].bootOrder: 0",
        "must be 1 or more; correct it, or remove it",
    ),
    # --- VMs that would not run ------------------------------------------------------------------
    *(
        (
            f"template: {{runStrategy: {strategy}}}",
            f"template.runStrategy: {strategy}",
            "leaves VMs stopped that an update of the pool has stopped: KubeVirt deletes the "
            "running VM, and nothing starts it again; use Always, or set rollout.strategy to "
            "opportunistic, which restarts no VM",
        )
        for strategy in ("Manual", "Once", "RerunOnFailure", "WaitAsReceiver")
    ),
    (
        "template: {runStrategy: null, running: false}\nwaitForReady: true",
        "template.running: false",
        "starts no VM, and waitForReady would wait in vain; remove it, or remove waitForReady",
    ),
    (
        guest("{domain: {resources: {requests: {memory: null}}}}"),
        f"{VMI}.domain.resources.requests:",
        "leaves the VMs without memory, so that none would start; set domain.memory.guest, or keep "
        "what the key memory makes",
    ),
    (
        guest("{domain: {memory: {guest: 2048}}}"),
        f"{VMI}.domain.memory.guest: 2048",
        "is less than 1M, which KubeVirt refuses; write it like 2Gi",
    ),
    (
        "template: {instancetype: {name: u1.small}}",
        "template.instancetype:",
        "stands beside cores and memory, which KubeVirt refuses; use the key instancetype, which "
        "takes their place",
    ),
    (
        "template: {dataVolumeTemplates: [{metadata: {name: lab05-webserver-disk}, spec: {source: "
        "{pvc: null, registry: {url: quay.io/a}}}}]}",
        "template.dataVolumeTemplates[0].spec.source.registry.url: quay.io/a",
        "must begin with docker:// or oci-archive:// and name a place; for instance "
        "docker://quay.io/a",
    ),
    (
        guest("{domain: {cpu: {cores: null}}}")
        + "\nautoscaling:\ncpu: {dedicatedCpuPlacement: true}\ncpuRequest: 2\nlimits: {cpu: 4}",
        f"{VMI}.domain.cpu:",
        "gives VMs whole CPUs of their own, and cores, requests.cpu and limits.cpu say several "
        "numbers; say one whole number, in one of them",
    ),
    (
        guest("{domain: {cpu: {cores: null, dedicatedCpuPlacement: true}}}") + "\nautoscaling:",
        f"{VMI}.domain.cpu.dedicatedCpuPlacement:",
        "gives VMs whole CPUs of their own, and cores, requests.cpu and limits.cpu say no whole "
        "number; say one whole number, in one of them",
    ),
    (
        guest("{domain: {cpu: {sockets: 2}}}") + "\ninstancetype: {name: u1.small}\nautoscaling:",
        f"{VMI}.domain.cpu.sockets: 2",
        "conflicts with instancetype (u1.small), which sets it; remove it, or remove instancetype",
    ),
    (
        guest("{domain: {resources: {requests: {cpu: null}}}}"),
        f"{VMI}.domain.resources.requests:",
        "leaves out the CPU request, against which autoscaling.targetCPUUtilizationPercentage is "
        "measured: KubeVirt's own is a tenth of each vCPU; keep a request, or use "
        "autoscaling.targetCPUAverageValue",
    ),
    (
        "template: {template: {metadata: {annotations: {hooks.kubevirt.io/hookSidecars: '[]'}}}}",
        "template.template.metadata.annotations.hooks.kubevirt.io/hookSidecars:",
        "adds a container without a CPU request, and autoscaling.targetCPUUtilizationPercentage is "
        "measured against the requests of all; use autoscaling.targetCPUAverageValue",
    ),
    (
        guest("{evictionStrategy: LiveMigrate}"),
        f"{VMI}.evictionStrategy: LiveMigrate",
        f"needs disks that two nodes can use at a time, and those of {LAB_DISK} are "
        "[ReadWriteOnce], so that the drain of a node would wait for ever; use "
        "LiveMigrateIfPossible, or add ReadWriteMany to their accessModes",
    ),
    (
        "disk: {accessModes: [ReadWriteMany], source: {pvc: {name: golden}}}\nevictionStrategy: "
        "LiveMigrate\n"
        + guest("{domain: {devices: {hostDevices: [{name: a, deviceName: intel.com/qat}]}}}"),
        f"{DEVICES}.hostDevices:",
        "needs VMs that can migrate, and those with hostDevices stay on their node, so that the "
        "drain of a node would wait for ever; use LiveMigrateIfPossible, which restarts these VMs "
        "on another node",
    ),
    (
        "serviceAccountName: web\n"
        + disk("disk: {}", "serviceAccount: {serviceAccountName: other}"),
        f"{VMI}.volumes[0].serviceAccount:",
        "is a second ServiceAccount, and a VM's pod runs as one; keep one of them",
    ),
    # --- cloud-init ------------------------------------------------------------------------------
    (
        guest(f"{{volumes: [{{name: more, cloudInitNoCloud: {{userData: {LARGE}}}}}]}}"),
        f"{VMI}.volumes[0].cloudInitNoCloud.userData:",
        "has 2049 bytes, and KubeVirt takes 2048 inside of a volume; use cloudInit.userData, which "
        "makes a Secret",
    ),
    (
        guest("{volumes: [{name: more, cloudInitConfigDrive: {networkDataBase64: '?'}}]}"),
        f"{VMI}.volumes[0].cloudInitConfigDrive.networkDataBase64:",
        "is no base64; use networkData for plain text",
    ),
    (
        guest("{volumes: [{name: more, cloudInitNoCloud: {}}]}"),
        f"{VMI}.volumes[0].cloudInitNoCloud:",
        "holds no document; add secretRef or userData",
    ),
    (
        guest(
            "{volumes: [{name: cloudinitdisk, cloudInitNoCloud: null,"
            " cloudInitConfigDrive: {secretRef: {name: a}}}], accessCredentials: [{sshPublicKey:"
            " {source: {secret: {secretName: keys}}, propagationMethod: {noCloud: {}}}}]}"
        ),
        f"{VMI}.accessCredentials[0].sshPublicKey.propagationMethod.noCloud:",
        "needs a cloudInitNoCloud volume, and the VMs have none; use the method of the cloud-init "
        "volume that they have, or qemuGuestAgent",
    ),
    (
        disk("disk: {}", "secret: {secretName: tls}") + '\nperReplica: {hostname: "w{{ index }}"}',
        f"{VMI}.volumes[0].secret.secretName: tls",
        "is looked for as tls-<index> by each VM: perReplica has KubeVirt append the index to all "
        "Secrets of a VM; add perReplica.secrets.tls ({} if somebody else makes them)",
    ),
    (
        disk("disk: {}", "cloudInitConfigDrive: {secretRef: {name: other}}")
        + '\nperReplica: {hostname: "w{{ index }}"}',
        f"{VMI}.volumes[0].cloudInitConfigDrive.secretRef.name: other",
        "is looked for as other-<index> by each VM: perReplica has KubeVirt append the index to "
        "all Secrets of a VM; use lab05-cloudinit, or cloudInit and perReplica",
    ),
]
