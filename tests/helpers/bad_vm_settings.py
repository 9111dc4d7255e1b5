"""Mistakes in the keys of VMs, autoscaling and strategies, as in bad_configurations.py."""

from __future__ import annotations

BAD: list[tuple[str, str, str]] = [
    ("machineType: q35", "machineType:", "unknown key; did you mean machine?"),
    ("hugepages: {pageSize: 1Gi}", "hugepages:", "unknown key; did you mean memory?"),
    ("sockets: 2", "sockets:", "unknown key; did you mean cpu?"),
    (
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50,"
        " targetMemoryUtilizationPercentage: 50}",
        "autoscaling.targetMemoryUtilizationPercentage:",
        "unknown key; did you mean metrics?",
    ),
    (
        "gpus: [{nme: gpu, deviceName: a.com/b}]",
        "gpus[0].nme:",
        "unknown key; did you mean name?",
    ),
    (
        "gpus: [{deviceName: a.com/b}]",
        "gpus[0].name:",
        "is missing; add name",
    ),
    (
        "gpus: [{name: a, deviceName: a.com/b}, {name: a, deviceName: a.com/c}]",
        "gpus[1]:",
        "has the name of gpus[0]; keep one of them",
    ),
    (
        "gpus: a.com/b",
        "gpus: a.com/b",
        "must be a list; begin each item with '- '",
    ),
    (
        "gpus: [a.com/b]",
        "gpus[0]: a.com/b",
        "must be an object of keys and values; write it as key: value",
    ),
    (
        'kubevirtVersion: "1.5"\nrollout: {maxUnavailable: 100%}\ngpus: [{name: a}]',
        "gpus[0].deviceName:",
        "is missing; add deviceName",
    ),
    (
        "features: {acpi: true}",
        "features.acpi: true",
        "must be an object of keys and values; its keys are enabled",
    ),
    (
        "features: {hyperv: {spinlock: {}}}",
        "features.hyperv.spinlock:",
        "unknown key; did you mean spinlocks?",
    ),
    (
        "machine: q35",
        "machine: q35",
        "must be an object of keys and values; write it as key: value",
    ),
    (
        "machine: {typ: q35}",
        "machine.typ:",
        "unknown key; did you mean type?",
    ),
    (
        "video: {typ: vga}",
        "video.typ:",
        "unknown key; did you mean type?",
    ),
    (
        'kubevirtVersion: "1.5"\nrollout: {maxUnavailable: 100%}\nvideo: {type: vga}',
        "video:",
        "came with KubeVirt 1.6, and kubevirtVersion says 1.5; remove it, or correct "
        "kubevirtVersion",
    ),
    (
        'kubevirtVersion: "1.5"\nrollout: {maxUnavailable: 100%}\ntpm: {enabled: true}',
        "tpm.enabled:",
        "came with KubeVirt 1.6, and kubevirtVersion says 1.5; remove it, or correct "
        "kubevirtVersion",
    ),
    (
        "tpm: {persistent: 'yes'}",
        "tpm.persistent: yes",
        "must be true or false; write true, without quotes",
    ),
    (
        "ioThreadsPolicy: Auto",
        "ioThreadsPolicy: Auto",
        "must be auto, shared or supplementalPool; did you mean auto?",
    ),
    (
        "dnsPolicy: clusterfirst",
        "dnsPolicy: clusterfirst",
        "must be ClusterFirst, ClusterFirstWithHostNet, Default or None; did you mean "
        "ClusterFirst?",
    ),
    (
        "architecture: x86_64",
        "architecture: x86_64",
        "must be amd64, arm64 or s390x; did you mean amd64?",
    ),
    (
        "priorityClassName: High",
        "priorityClassName: High",
        "must be an RFC 1123 subdomain: lower-case letters, digits, '-' and '.', "
        "beginning and ending with a letter or digit; for instance high",
    ),
    (
        "livenessProbe: {tcpSocket: {port: 80}, exec: {command: [a]}}",
        "livenessProbe.tcpSocket:",
        "stands beside exec, and there may be only one of them; keep one of them",
    ),
    (
        "livenessProbe: {periodSeconds: 5}",
        "livenessProbe:",
        "has none of exec, guestAgentPing, httpGet or tcpSocket; add one",
    ),
    (
        "accessCredentials: [{sshPublicKey: {source: {secret: {secretName: a}}, "
        "propagationMethod: {}}}]",
        "accessCredentials[0].sshPublicKey.propagationMethod:",
        "has none of configDrive, noCloud or qemuGuestAgent; add one",
    ),
    (
        "accessCredentials: [{sshPublicKey: {source: {}, propagationMethod: {noCloud: {}}}}]",
        "accessCredentials[0].sshPublicKey.source:",
        "names no Secret; add secret: {secretName: ...}",
    ),
    (
        "accessCredentials: [{sshPublicKey: {source: {secret: {secretName: a}}, "
        "propagationMethod: {configDrive: {}}}}]",
        "accessCredentials[0].sshPublicKey.propagationMethod.configDrive:",
        "needs a volume cloudInitConfigDrive, and the VMs of this pool have "
        "cloudInitNoCloud; use noCloud: {}, or cloudInit.type: configDrive",
    ),
    (
        "cloudInit: {type: configDrive}\naccessCredentials: [{sshPublicKey: {source: {secret: "
        "{secretName: a}}, propagationMethod: {noCloud: {}}}}]",
        "accessCredentials[0].sshPublicKey.propagationMethod.noCloud:",
        "needs a volume cloudInitNoCloud, and the VMs of this pool have "
        "cloudInitConfigDrive; use configDrive: {}, or cloudInit.type: noCloud",
    ),
    (
        "password:\ncloudInit: false\naccessCredentials: [{sshPublicKey: {source: {secret: "
        "{secretName: a}}, propagationMethod: {noCloud: {}}}}]",
        "accessCredentials[0].sshPublicKey.propagationMethod.noCloud:",
        "needs a volume cloudInitNoCloud, and cloudInit is false; use qemuGuestAgent, or remove "
        "cloudInit: false",
    ),
    (
        "accessCredentials: [{sshPublicKey: {source: {secret: {secretName: a}}, "
        "propagationMethod: {noCloud: {}}}}]\ntemplate: {template: {spec: {volumes: [{name: "
        "cloudinitdisk, cloudInitNoCloud: null, cloudInitConfigDrive: {secretRef: {name: a}}}]}}}",
        "accessCredentials[0].sshPublicKey.propagationMethod.noCloud:",
        "needs a cloudInitNoCloud volume, and the VMs have none; use the method of the "
        "cloud-init volume that they have, or qemuGuestAgent",
    ),
    (
        "accessCredentials: [{sshPublicKey: {source: {secret: {secretName: a}}, "
        "propagationMethod: {qemuGuestAgent: {users: []}}}}]",
        "accessCredentials[0].sshPublicKey.propagationMethod.qemuGuestAgent.users:",
        "lists nobody who gets the keys; for instance users: [fedora]",
    ),
    (
        "accessCredentials: [{userPassword: {source: {secret: {secretName: a}}, "
        "propagationMethod: {}}}]",
        "accessCredentials[0].userPassword.propagationMethod:",
        "has none of qemuGuestAgent, the only way; add qemuGuestAgent: {}",
    ),
    (
        "autoattachVSOCK: 2",
        "autoattachVSOCK: 2",
        "must be true or false; write true",
    ),
    (
        "hookSidecars: [{args: [a]}]\nautoscaling:",
        "hookSidecars[0]:",
        "needs one of image, configMap, and has none; for instance image: registry/hook:v1",
    ),
    (
        "hookSidecars: [{image: a}]",
        "autoscaling.targetCPUUtilizationPercentage: 50",
        "is a share of what all containers of a pod request, and KubeVirt's "
        "hookSidecars request none, so that the HPA would never know it; use metrics: "
        "[{type: ContainerResource, containerResource: {name: cpu, container: compute, "
        "target: {type: Utilization, averageUtilization: 50}}}]",
    ),
    (
        "hookSidecars: [{image: a}]\n"
        "vmAnnotations: {hooks.kubevirt.io/hookSidecars: '[]'}\n"
        "autoscaling:",
        "hookSidecars:",
        "says the same as vmAnnotations.hooks.kubevirt.io/hookSidecars; keep one of them",
    ),
    (
        "firmware: {uuid: 5d307ca9-b3ef-428c-8861-06e72d69f223}",
        "firmware.uuid: 5d307ca9-b3ef-428c-8861-06e72d69f223",
        "would be the same for all VMs, and KubeVirt gives each its own; remove it",
    ),
    (
        "firmware: {serial: a}",
        "firmware.serial: a",
        "would be the same for all VMs; remove it; what differs from VM to VM is for perReplica",
    ),
    (
        "firmware: {bootloader: {efi: {}}}",
        "firmware.bootloader.efi:",
        "has secureBoot, KubeVirt's default, which needs features.smm; add features: "
        "{smm: {enabled: true}}, or say secureBoot: false",
    ),
    (
        "firmware: {bootloader: {efi: {secureBoot: true}}}\nfeatures: {smm: {enabled: false}}",
        "firmware.bootloader.efi:",
        "has secureBoot, which needs features.smm; add features: {smm: {enabled: "
        "true}}, or say secureBoot: false",
    ),
    (
        "firmware: {bootloader: {efi: {secureBoot: false}, bios: {}}}",
        "firmware.bootloader.efi:",
        "stands beside bios, and there may be only one of them; keep one of them",
    ),
    (
        "firmware: {bootLoader: {efi: {}}}",
        "firmware.bootLoader:",
        "unknown key; did you mean bootloader?",
    ),
    (
        "cpu: {cores: 2}\ncores: 4",
        "cpu.cores: 2",
        "says the same as cores; keep one of them",
    ),
    (
        "cpu: {cores: '2'}",
        'cpu.cores: "2"',
        "must be a whole number; write it without quotes: 2",
    ),
    (
        "cpu: {dedicatedCPUPlacement: true}",
        "cpu.dedicatedCPUPlacement:",
        "unknown key; did you mean dedicatedCpuPlacement?",
    ),
    (
        "cpu: {isolateEmulatorThread: true}",
        "cpu.isolateEmulatorThread:",
        "needs cpu.dedicatedCpuPlacement: true; add cpu.dedicatedCpuPlacement: true, or"
        " remove isolateEmulatorThread",
    ),
    (
        "cpu: {numa: {guestMappingPassthrough: {}}, dedicatedCpuPlacement: true}",
        "cpu.numa:",
        "needs memory.hugepages; add memory.hugepages, or remove numa",
    ),
    (
        "cpu: {realtime: {}, dedicatedCpuPlacement: true}",
        "cpu.realtime:",
        "needs cpu.numa.guestMappingPassthrough; add cpu.numa.guestMappingPassthrough, "
        "or remove realtime",
    ),
    (
        "cpu: {sockets: 4, maxSockets: 2}",
        "cpu.maxSockets: 2",
        "is less than sockets (4); raise it",
    ),
    (
        "cpu: {threads: 4, dedicatedCpuPlacement: true}",
        "cpu.threads: 4",
        "is more than 2, the most that KubeVirt takes with dedicatedCpuPlacement; lower it",
    ),
    (
        "cpu: {dedicatedCpuPlacement: true}\ncpuRequest: 500m",
        "cpuRequest: 500m",
        "is not what the VM has (cores: 1), and with cpu.dedicatedCpuPlacement it has "
        "whole CPUs of its own; remove it, or set 1",
    ),
    (
        "cpu: {sockets: 2}\ncpuRequest: 300",
        "cpuRequest: 300",
        "is more than the VM can use (2 CPUs: cores, sockets and threads); did you mean 300m?",
    ),
    (
        "requests: {cpu: 1}\ncpuRequest: 500m",
        "requests.cpu: 1",
        "says the same as cpuRequest; keep one of them",
    ),
    (
        "limits: {cpu: 500m}",
        "limits.cpu: 500m",
        "is less than what the VM's pod requests (1); raise it, or lower cpuRequest",
    ),
    (
        "limits: {memory: 1Gi}",
        "limits.memory: 1Gi",
        "is less than the VM has (memory: 2Gi), so its pod would be killed; raise it, "
        "or lower memory",
    ),
    (
        "limits: {memory: 1.5GB}",
        "limits.memory: 1.5GB",
        "has a unit that Kubernetes does not know (GB); did you mean 1.5Gi?",
    ),
    (
        "requests: {memory: 4Gi}\nlimits: {memory: 3Gi}",
        "requests.memory: 4Gi",
        "is more than limits.memory (3Gi), which KubeVirt refuses; lower it, or raise "
        "limits.memory",
    ),
    (
        "memory: {guest: 4Gi, maxGuest: 2Gi}",
        "memory.maxGuest: 2Gi",
        "is less than guest (4Gi); raise it",
    ),
    (
        "memory: {hugepages: {pageSize: 1Gi}}",
        "memory:",
        "says nowhere how much there is, so that no VM would start; add guest, for "
        "instance guest: 4Gi",
    ),
    (
        "memory: {guest: 1.5Gi, hugepages: {pageSize: 1Gi}}",
        "memory.hugepages.pageSize: 1Gi",
        "does not divide the VM's memory (1.5Gi); take a multiple of it for the memory",
    ),
    (
        "memory: {guest: 2Gi, hugepages: {pageSize: huge}}",
        "memory.hugepages.pageSize: huge",
        "is no size of a page; write it like 2Mi or 1Gi",
    ),
    (
        "memory: {gest: 2Gi}",
        "memory.gest:",
        "unknown key; did you mean guest?",
    ),
    (
        "memory: [2Gi]",
        'memory: ["2Gi"]',
        "is no Kubernetes quantity; write it like 2Gi",
    ),
    (
        "runStrategy: always",
        "runStrategy: always",
        "must be Always, Halted, RerunOnFailure, Once or Manual; did you mean Always?",
    ),
    (
        "runStrategy: RerunOnFailure",
        "runStrategy: RerunOnFailure",
        "leaves a VM stopped for good when a changed template stops it, and then "
        "rollout.maxUnavailable holds all others back; use Always, or rollout.strategy:"
        " opportunistic, which stops no VM",
    ),
    (
        "runStrategy: Halted\nwaitForReady: true",
        "waitForReady: true",
        "waits for VMs that runStrategy Halted never starts; set it to false, or "
        "runStrategy: Always",
    ),
    (
        "updateStrategy: {unmanaged: {}, proactive: {}}",
        "updateStrategy.unmanaged:",
        "stands beside proactive, and there may be only one of them; keep one of them",
    ),
    (
        "updateStrategy: {opportunistic: {}}\nrollout: {strategy: unmanaged}",
        "updateStrategy:",
        "says the same as rollout.strategy; keep one of them",
    ),
    (
        'updateStrategy: {opportunistic: {}}\nkubevirtVersion: "1.6"',
        "updateStrategy:",
        "came with KubeVirt 1.7, and kubevirtVersion says 1.6; remove it, or correct "
        "kubevirtVersion",
    ),
    (
        "scaleInStrategy: {unmanaged: {}}",
        "scaleInStrategy.unmanaged:",
        "leaves VMs that are deleted with the pool's finalizer on them, so that they "
        "never go (KubeVirt 1.7 to 1.9, pool.go:703); use proactive, with "
        "selectionPolicy.sortPolicy; rollout.strategy says when VMs restart",
    ),
    (
        "scaleInStrategy: {opportunistic: {statePreservation: Offline}}",
        "scaleInStrategy.opportunistic:",
        "leaves VMs that are deleted with the pool's finalizer on them, so that they "
        "never go (KubeVirt 1.7 to 1.9, pool.go:703); use proactive, with "
        "selectionPolicy.sortPolicy; rollout.strategy says when VMs restart",
    ),
    (
        "scaleInStrategy: {proactive: {selectionPolicy: {selectors: {labelSelector: "
        "{matchLabels: {a: b}}}}}}",
        "scaleInStrategy.proactive.selectionPolicy.selectors:",
        "crashes KubeVirt's controller, for the whole cluster, where fewer VMs match "
        "than must go (KubeVirt 1.7 to 1.9, pool.go:654); remove it: all VMs of a pool "
        "have the same labels, so it selects all or none",
    ),
    (
        "scaleInStrategy: {proactive: {selectionPolicy: {sortPolicy: Random, basePolicy: Random}}}",
        "scaleInStrategy.proactive.selectionPolicy.basePolicy:",
        "went with KubeVirt 1.7, and kubevirtVersion says 1.8; did you mean sortPolicy?",
    ),
    (
        "scaleInStrategy: {proactive: {}}\nscaleIn: {order: Newest}",
        "scaleInStrategy:",
        "says the same as scaleIn; keep one of them",
    ),
    (
        "scaleInStrategy: {proactive: {statePreservation: offline}}",
        "scaleInStrategy.proactive.statePreservation: offline",
        "must be Disabled, Offline or Online; did you mean Offline?",
    ),
    (
        "autohealing: true",
        "autohealing: true",
        "must be an object of keys and values; write it as {aloneInNamespace: true}, if"
        " no other VM is in the namespace",
    ),
    (
        "autohealing: {startUpFailureThreshold: 3}",
        "autohealing.aloneInNamespace:",
        "is missing; KubeVirt deletes every VM of the namespace that fails to start, "
        "with its disks: say true if the pool is alone there",
    ),
    (
        "autohealing: {aloneInNamespace: false}",
        "autohealing.aloneInNamespace: false",
        "must be true: KubeVirt deletes every VM of the namespace that fails to start, "
        "with its disks, whoever made it; give the pool a namespace of its own, or "
        "remove autohealing",
    ),
    (
        "autohealing: {aloneInNamespace: true, minFailingToStartDuration: 5}",
        "autohealing.minFailingToStartDuration: 5",
        'must be text; quote it: "5"',
    ),
    (
        "autohealing: {aloneInNamespace: true, minFailingToStartDuration: 5 minutes}",
        "autohealing.minFailingToStartDuration: 5 minutes",
        "is no duration; write it like 5m or 1h30m",
    ),
    (
        'autohealing: {aloneInNamespace: true}\nkubevirtVersion: "1.6"',
        "autohealing:",
        "came with KubeVirt 1.7, and kubevirtVersion says 1.6; remove it, or correct "
        "kubevirtVersion",
    ),
    (
        'dnsPolicy: "None"',
        "dnsPolicy: None",
        "leaves the VMs without a name server; add dnsConfig: {nameservers: [...]}, or "
        "use another policy",
    ),
    (
        "dnsConfig: {nameservers: [dns.example.com]}",
        "dnsConfig.nameservers[0]: dns.example.com",
        "is no IP address; for instance 10.96.0.10",
    ),
    (
        "dnsConfig: {nameservers: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]}",
        "dnsConfig.nameservers:",
        "has 4, and at most 3 are possible; remove some",
    ),
    (
        "dnsConfig: {searches: [a_b]}",
        "dnsConfig.searches[0]: a_b",
        "is no domain; for instance example.com",
    ),
    (
        "video: {type: vga}\nautoattachGraphicsDevice: false",
        "video:",
        "needs a graphics device, and autoattachGraphicsDevice is false; remove one of them",
    ),
    (
        "filesystems: [{name: site, virtiofs: {}}]",
        "filesystems[0].name: site",
        "names none of volumes and disks, whose files the guest is to mount; add one to volumes or "
        "disks",
    ),
    (
        "filesystems: [{name: site, virtiofs: {}}]\ndisks: {sites: {configMap: {name: site}}}",
        "filesystems[0].name: site",
        "names none of volumes and disks, whose files the guest is to mount; one of sites",
    ),
    (
        "filesystems: [{name: iso, virtiofs: {}}]\ndisks: {iso: {containerDisk: {image: a}}}",
        "filesystems[0].name: iso",
        "is disks.iso, and a containerDisk is a disk and no file system; remove it, or use source, "
        "configMap, secret, downwardAPI or serviceAccount",
    ),
    (
        "filesystems: [{name: site, virtiofs: {}}]\n"
        "disks: {site: {configMap: {name: site}, bus: sata}}",
        "disks.site.bus:",
        "is for a disk, and filesystems[0].name makes a file system of it; remove one of them",
    ),
    (
        "serviceAccountName: web\ndisks: {serviceaccount: {emptyDisk: {capacity: 1Gi}}}",
        "disks.serviceaccount:",
        "is the name of the volume that serviceAccountName makes; give it another name",
    ),
    (
        "serviceAccountName: web\ndisks: {token: {serviceAccount: {serviceAccountName: a}}}",
        "disks.token.serviceAccount:",
        "is a second one, beside that of serviceAccountName, and a VM's pod runs as one; keep one "
        "of them",
    ),
    (
        "disk: {accessModes: [ReadWriteMany], source: {pvc: {name: golden}}}\nevictionStrategy: "
        "LiveMigrate\nhostDevices: [{name: a, deviceName: intel.com/qat}]",
        "evictionStrategy: LiveMigrate",
        "needs VMs that can migrate, and those with hostDevices stay on their node, so that the "
        "drain of a node would wait for ever; use LiveMigrateIfPossible, which restarts these VMs "
        "on another node",
    ),
    (
        "disk: {accessModes: [ReadWriteMany], source: {pvc: {name: golden}}}\nevictionStrategy: "
        "LiveMigrate\ngpus: [{name: a, deviceName: nvidia.com/a}]\nkubevirtVersion: '1.7'",
        "evictionStrategy: LiveMigrate",
        "needs VMs that can migrate, and those with gpus stay on their node, so that the "
        "drain of a node would wait for ever; use LiveMigrateIfPossible, which restarts these VMs "
        "on another node",
    ),
    (
        "filesystems: [{name: site}]\nvolumes: [{name: site, configMap: {name: site}}]",
        "filesystems[0].virtiofs:",
        "is missing; add virtiofs",
    ),
    (
        "serviceAccountName: web\nvolumes: [{name: serviceaccount, configMap: {name: a}}]",
        "volumes[0].name: serviceaccount",
        "is the name of the volume that serviceAccountName makes; give it another name",
    ),
    (
        "autoscaling: {external: true, targetCPUUtilizationPercentage: 50}",
        "autoscaling:",
        "has targetCPUUtilizationPercentage beside external: true, with which whoever "
        "scales the pool says when; remove targetCPUUtilizationPercentage, or external",
    ),
    (
        "autoscaling: {external: true}\nperReplica: {hostname: 'w{{ index }}'}",
        "autoscaling.maxReplicas:",
        "is missing, and perReplica makes objects for as many VMs as there may be; add "
        "the largest number that whoever scales the pool may set (KEDA: "
        "maxReplicaCount)",
    ),
    (
        "autoscaling: {external: true, minReplicas: 3}\nreplicas: 2",
        "replicas: 2",
        "is below autoscaling.minReplicas (3), so whoever scales the pool would raise "
        "it at once; set 3 or more (or 0 to park the pool), or lower minReplicas",
    ),
    (
        "autoscaling: {external: true, maxReplicas: 3}\nreplicas: 4",
        "replicas: 4",
        "is above autoscaling.maxReplicas (3), so whoever scales the pool would lower "
        "it at once; set 1 to 3 (or 0 to park the pool), or raise maxReplicas",
    ),
    (
        "autoscaling: {external: 'yes', maxReplicas: 3}",
        "autoscaling.external: yes",
        "must be true or false; write true, without quotes",
    ),
    (
        "autoscaling: {external: false}",
        "autoscaling:",
        "needs one of targetCPUUtilizationPercentage, targetCPUAverageValue and "
        "metrics, and has none; for instance targetCPUUtilizationPercentage: 50",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource}]}",
        "autoscaling.metrics[0]:",
        "has no resource, which type Resource needs; add resource",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: resource, resource: {name: cpu,"
        " target: {type: Utilization, averageUtilization: 50}}}]}",
        "autoscaling.metrics[0].type: resource",
        "must be Resource, ContainerResource, Pods, Object or External; did you mean Resource?",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: "
        "disk, target: {type: Utilization, averageUtilization: 50}}}]}",
        "autoscaling.metrics[0].resource.name: disk",
        "must be cpu or memory; pick one",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: "
        "memory, target: {type: Value, value: 1Gi}}}]}",
        "autoscaling.metrics[0].resource:",
        "has a target of type Value, which this kind of metric cannot have; use "
        "Utilization or AverageValue",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: "
        "memory, target: {type: Utilization, averageValue: 1Gi}}}]}",
        "autoscaling.metrics[0].resource.target:",
        "has averageValue, and type Utilization goes with averageUtilization alone; "
        "keep averageUtilization, or correct the type",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: "
        "memory, target: {type: AverageValue}}}]}",
        "autoscaling.metrics[0].resource.target:",
        "has no averageValue, and type AverageValue goes with averageValue alone; add averageValue",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: "
        "memory, target: {type: AverageValue, averageValue: 0}}}]}",
        "autoscaling.metrics[0].resource.target.averageValue: 0",
        "must be more than nothing; write it like 500m or 2Gi",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: "
        "memory, target: {type: AverageValue, averageValue: 1GB}}}]}",
        "autoscaling.metrics[0].resource.target.averageValue: 1GB",
        "has a unit that Kubernetes does not know (GB); did you mean 1Gi?",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: ContainerResource, resource: "
        "{name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}",
        "autoscaling.metrics[0]:",
        "has no containerResource, which type ContainerResource needs; add "
        "containerResource, or correct the type",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: ContainerResource, "
        "containerResource: {name: cpu, target: {type: Utilization, averageUtilization:"
        " 50}}}]}",
        "autoscaling.metrics[0].containerResource.container:",
        "is missing; add container",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: Pods, pods: {metric: {name: a},"
        " target: {type: Value, value: 3}}}]}",
        "autoscaling.metrics[0].pods:",
        "has a target of type Value, which this kind of metric cannot have; use AverageValue",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: External, external: {metric: "
        "{nme: a}, target: {type: Value, value: 3}}}]}",
        "autoscaling.metrics[0].external.metric.nme:",
        "unknown key; did you mean name?",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: [{type: External, external: {metric: "
        "{name: a}, target: {type: Value, value: 3}}, pods: {metric: {name: a}, target:"
        " {type: AverageValue, averageValue: 3}}}]}",
        "autoscaling.metrics[0]:",
        "has pods beside external, and a metric has one of them; keep external, or make"
        " it another metric",
    ),
    (
        "autoscaling: {maxReplicas: 5, metrics: {type: Resource}}",
        "autoscaling.metrics:",
        "must be a list; begin each item with '- '",
    ),
    (
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50, behavior: "
        "{scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 3600}]}}}",
        "autoscaling.behavior.scaleDown.policies[0].periodSeconds: 3600",
        "must be at most 1800; set 1800 or less",
    ),
    (
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50, behavior: "
        "{scaledown: {}}}",
        "autoscaling.behavior.scaledown:",
        "unknown key; did you mean scaleDown?",
    ),
    (
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50, behavior: "
        "{scaleUp: {selectPolicy: max}}}",
        "autoscaling.behavior.scaleUp.selectPolicy: max",
        "must be Max, Min or Disabled; did you mean Max?",
    ),
    (
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50, behavior: "
        "{scaleUp: {tolerance: -1}}}",
        "autoscaling.behavior.scaleUp.tolerance: -1",
        "must not be negative; write it like 500m or 2Gi",
    ),
    (
        "instancetype: {name: u1.small}\n"
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: cpu,"
        " target: {type: Utilization, averageUtilization: 50}}}]}",
        "autoscaling.metrics:",
        "aims at a Utilization of cpu, which is measured against the CPU request, which"
        " an instancetype does not let anybody set and which is a tenth of each vCPU "
        "there; use target: {type: AverageValue, averageValue: 500m}",
    ),
    (
        "hookSidecars: [{image: a}]\n"
        "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: "
        "memory, target: {type: Utilization, averageUtilization: 50}}}]}",
        "autoscaling.metrics:",
        "has a Utilization, which is a share of what all containers of a pod request, "
        "and KubeVirt's hookSidecars request none, so that the HPA would never know it;"
        " use metrics: [{type: ContainerResource, containerResource: {name: cpu, "
        "container: compute, target: {type: Utilization, averageUtilization: 50}}}]",
    ),
]
