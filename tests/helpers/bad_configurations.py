"""Mistakes, each with its key and what is said of it."""

from __future__ import annotations

import json

from unbounded import ALIASES

# What is written in place of some keys of Pulumi.dev.yaml; the key and value that the report names;
# rule and fix.
BAD: list[tuple[str, str, str]] = [
    # --- unknown and misplaced keys --------------------------------------------------------------
    ("replcas: 3", "replcas:", "unknown key; did you mean replicas?"),
    ("pasword: hunter2\npassword:", "pasword:", "unknown key; did you mean password?"),
    ("Password: hunter2\npassword:", "Password:", "unknown key; did you mean password?"),
    ("instanceType: {name: u1.small}", "instanceType:", "unknown key; did you mean instancetype?"),
    ("frobnicate: 1", "frobnicate:", "unknown key; remove it"),
    ("cpu: 2", "cpu: 2", "must be an object of keys and values; did you mean cores: 2?"),
    ("image: fedora", "image:", "unknown key; did you mean disk?"),
    ("size: 8Gi", "size:", "unknown key; its place is disk.size"),
    ("minReplicas: 2", "minReplicas:", "unknown key; its place is autoscaling.minReplicas"),
    ("timezone: Europe/Zurich", "timezone:", "unknown key; its place is cloudInit.timezone"),
    ("port: 8080", "port:", "unknown key; its place is service.ports"),
    ("sshKeys: [ssh-ed25519]", "sshKeys:", "unknown key; its place is cloudInit.sshAuthorizedKeys"),
    (
        "disk.size: 8Gi",
        "disk.size:",
        "unknown key; write it below disk:, or use `pulumi config set --path`",
    ),
    (
        "disk: {access_modes: [ReadWriteOnce], source: {pvc: {name: golden}}}",
        "disk.access_modes:",
        "unknown key; did you mean accessModes?",
    ),
    (
        "disk: {storageClass: fast, source: {pvc: {name: golden}}}",
        "disk.storageClass:",
        "unknown key; did you mean storageClassName?",
    ),
    ("disk: {pvc: {name: golden}}", "disk.pvc:", "unknown key; its place is disk.source.pvc"),
    (
        'disk: {source: {url: "docker://quay.io/fedora"}}',
        "disk.source.url:",
        "unknown key; known here: pvc, dataSource, snapshot, registry, http, s3, gcs, blank, "
        "upload",
    ),
    (
        "disk: {source: {pvc: {nmae: golden}}}",
        "disk.source.pvc.nmae:",
        "unknown key; did you mean name?",
    ),
    (
        "volumes: [{name: keys, secret: {name: keys}}]",
        "volumes[0].secret.name:",
        "unknown key; did you mean secretName?",
    ),
    ("cloudInit: {password: hunter2}", "cloudInit.password:", "unknown key; its place is password"),
    (
        "cloudInit: {ssh_keys: [ssh-ed25519]}",
        "cloudInit.ssh_keys:",
        "unknown key; did you mean sshAuthorizedKeys?",
    ),
    (
        "tolerations: [{key: baremetal, operator: Exists, efect: NoSchedule}]",
        "tolerations[0].efect:",
        "unknown key; did you mean effect?",
    ),
    (
        "affinity: {nodeAfinity: {}}",
        "affinity.nodeAfinity:",
        "unknown key; did you mean nodeAffinity?",
    ),
    (
        "service: {ports: [{port: 80, targetport: 8080}]}",
        "service.ports[0].targetport:",
        "unknown key; did you mean targetPort?",
    ),
    (
        "autoscaling: {enabled: true, maxReplicas: 5, targetCPUUtilizationPercentage: 50}",
        "autoscaling.enabled:",
        "unknown key; known here: minReplicas, maxReplicas, targetCPUUtilizationPercentage, "
        "targetCPUAverageValue, metrics, behavior, external",
    ),
    (
        "autoscaling: {max: 5, targetCPUUtilizationPercentage: 50}",
        "autoscaling.max:",
        "unknown key; did you mean maxReplicas?",
    ),
    ("scaleIn: {keepDisk: true}", "scaleIn.keepDisk:", "unknown key; did you mean keepDisks?"),
    # --- name and namespace ----------------------------------------------------------------------
    (
        "name: Lab05",
        "name: Lab05",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending "
        "with a letter or digit; for instance lab05",
    ),
    (
        "name: lab05_web",
        "name: lab05_web",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending "
        "with a letter or digit; for instance lab05-web",
    ),
    (
        "name: lab05.web",
        "name: lab05.web",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending "
        "with a letter or digit; for instance lab05-web",
    ),
    (
        "name: web-",
        "name: web-",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending "
        "with a letter or digit; for instance web",
    ),
    (
        "name: 5_web",
        "name: 5_web",
        "must begin with a letter, since the Service has this name too (RFC 1035); for instance "
        "vm-5-web",
    ),
    (
        "name: a-pool-of-web-servers-for-all-of-the-training-lab-of-ours",
        "name: a-pool-of-web-servers-for-all-of-the-training-lab-of-ours",
        "has 57 characters, and at most 55 are possible: KubeVirt labels each VM "
        "<name>-<generation>, a label value holds 63 characters, and 8 are kept for the hyphen "
        "and the generation; shorten it by 2",
    ),
    (
        "namespace: User_1",
        "namespace: User_1",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending "
        "with a letter or digit; for instance user-1",
    ),
    (
        "namespace: user1-and-everybody-else-who-is-in-the-training-of-november-2026",
        "namespace: user1-and-everybody-else-who-is-in-the-training-of-novemb...",
        "has 64 characters, and at most 63 are possible: it is an RFC 1123 label; shorten it by 1",
    ),
    # --- sizes -----------------------------------------------------------------------------------
    (
        'createNamespace: "yes"',
        "createNamespace: yes",
        "must be true or false; write true, without quotes",
    ),
    ("createNamespace: maybe", "createNamespace: maybe", "must be true or false; write true"),
    ("replicas: two", "replicas: two", "must be a whole number; for instance 2"),
    ("replicas: 2.5", "replicas: 2.5", "must be a whole number; for instance 2"),
    ("replicas: true", "replicas: true", "must be a whole number; for instance 2"),
    ("replicas: -1", "replicas: -1", "must be at least 0; set 0 or more"),
    (
        "replicas: 7",
        "replicas: 7",
        "is above autoscaling.maxReplicas (5), so the HPA would lower it at once; set 2 to 5 "
        "(or 0 to park the pool), or raise maxReplicas",
    ),
    (
        "replicas: 3\nautoscaling: {minReplicas: 4, maxReplicas: 5, "
        "targetCPUUtilizationPercentage: 50}",
        "replicas: 3",
        "is below autoscaling.minReplicas (4), so the HPA would raise it at once; set 4 to 5 "
        "(or 0 to park the pool), or lower minReplicas",
    ),
    ("cores: 0", "cores: 0", "must be at least 1; set 1 or more"),
    ("cores: 1.5", "cores: 1.5", "must be a whole number; for instance 2"),
    (
        "memory: 2GB",
        "memory: 2GB",
        "has a unit that Kubernetes does not know (GB); did you mean 2Gi?",
    ),
    (
        "memory: 2gi",
        "memory: 2gi",
        "has a unit that Kubernetes does not know (gi); did you mean 2Gi?",
    ),
    ("memory: 2 Gi", "memory: 2 Gi", "must not have spaces in it; did you mean 2Gi?"),
    (
        "memory: 1,5Gi",
        "memory: 1,5Gi",
        "has a comma, where Kubernetes takes a point; did you mean 1.5Gi?",
    ),
    (
        "memory: 2048",
        "memory: 2048",
        "is less than 1M, the least that can work; did you mean 2048Mi? (without a unit it is "
        "bytes)",
    ),
    (
        "memory: 512m",
        "memory: 512m",
        "is less than 1M, the least that can work; did you mean 512Mi? (m is a thousandth)",
    ),
    ("memory: lots", "memory: lots", "is no Kubernetes quantity; write it like 2Gi"),
    ("memory: -2Gi", "memory: -2Gi", "must be more than nothing; write it like 2Gi"),
    (
        "memory: 100Ei",
        "memory: 100Ei",
        "is more than Kubernetes can count (8Ei); write it like 2Gi",
    ),
    (
        "memory: 0.1Gi1",
        "memory: 0.1Gi1",
        "has a unit that Kubernetes does not know (Gi1); write it like 2Gi",
    ),
    ("memory: 1500000.5", "memory: 1500000.5", "is no whole number of bytes; write it like 2Gi"),
    (
        "cpuRequest: 500",
        "cpuRequest: 500",
        "is more than the VM can use (cores: 1); did you mean 500m?",
    ),
    ("cpuRequest: 500M", "cpuRequest: 500M", "is more CPUs than any node has; did you mean 500m?"),
    (
        "cpuRequest: 0.0005",
        "cpuRequest: 0.0005",
        "is finer than a thousandth of a CPU; write it like 500m or 1",
    ),
    ('cpuRequest: "0"', "cpuRequest: 0", "must be more than nothing; write it like 500m or 1"),
    (
        "instancetype: u1.small",
        "instancetype: u1.small",
        "must be an object of keys and values; write it as {name: u1.small}",
    ),
    (
        "instancetype: {name: u1.small, kind: ClusterInstancetype}\nautoscaling:",
        "instancetype.kind: ClusterInstancetype",
        "must be VirtualMachineClusterInstancetype or VirtualMachineInstancetype; did you mean "
        "VirtualMachineClusterInstancetype?",
    ),
    (
        "instancetype: {kind: VirtualMachineInstancetype}\nautoscaling:",
        "instancetype:",
        "needs one of name, inferFromVolume, and has none; for instance name: u1.small",
    ),
    (
        "instancetype: {inferFromVolume: datavolumedisk, kind: VirtualMachineInstancetype}\n"
        "autoscaling:",
        "instancetype:",
        "has a kind beside inferFromVolume, which finds that, too; remove kind",
    ),
    (
        "preference: {name: fedora, inferFromVolumeFailurePolicy: Ignore}",
        "preference:",
        "has inferFromVolumeFailurePolicy, which is for inferFromVolume; remove it",
    ),
    (
        "instancetype: {inferFromVolume: root}\nautoscaling:",
        "instancetype.inferFromVolume: root",
        "is no disk of each VM's own (datavolumedisk); name one of them, or write name in its "
        "place",
    ),
    (
        "preference: {inferFromVolume: datavolumedisk}\ndisk: {source: {blank: {}}}",
        "preference.inferFromVolume: datavolumedisk",
        "is made from disk.source, where KubeVirt finds no label; make it from pvc, snapshot or "
        "dataSource, or write name in its place",
    ),
    (
        "instancetype: {inferFromVolume: datavolumedisk}\nmemory: {guest: 4Gi}\nautoscaling:",
        "memory.guest:",
        "conflicts with instancetype (that of the volume datavolumedisk), which sets it; remove "
        "memory.guest, or remove instancetype",
    ),
    (
        "instancetype: {name: u1.small}\ncores: 2\nautoscaling:",
        "cores: 2",
        "conflicts with instancetype (u1.small), which sets it; remove cores, or remove "
        "instancetype",
    ),
    (
        "instancetype: {name: u1.small}\nmemory: 4Gi\nautoscaling:",
        "memory: 4Gi",
        "conflicts with instancetype (u1.small), which sets it; remove memory, or remove "
        "instancetype",
    ),
    (
        "instancetype: {name: u1.small}\ncpuRequest: 1\nautoscaling:",
        "cpuRequest: 1",
        "conflicts with instancetype (u1.small), which sets it; remove cpuRequest, or remove "
        "instancetype",
    ),
    (
        "instancetype: {name: u1.small}",
        "autoscaling.targetCPUUtilizationPercentage: 50",
        "is measured against the CPU request, which an instancetype does not let anybody set "
        "and which is a tenth of each vCPU there; use targetCPUAverageValue, for instance 500m",
    ),
    (
        "preference: {name: Fedora}",
        "preference.name: Fedora",
        "must be an RFC 1123 subdomain: lower-case letters, digits, '-' and '.', beginning and "
        "ending with a letter or digit; for instance fedora",
    ),
    # --- the disk --------------------------------------------------------------------------------
    (
        "disk: 6Gi",
        "disk: 6Gi",
        "must be an object of keys and values; its keys are size, accessModes, "
        "storageClassName, source, volumeMode, storage, bus, bootOrder, cache, io",
    ),
    (
        "disk: {size: 6Gi}",
        "disk.source:",
        "is missing; say what the disk is made from, for instance source: {pvc: {name: "
        "fedora-cloud-nginx-base}}",
    ),
    (
        "disk: {size: 6, source: {pvc: {name: golden}}}",
        "disk.size: 6",
        "is less than 1Mi, the least that can work; did you mean 6Gi? (without a unit it is bytes)",
    ),
    (
        "disk: {size: 0Gi, source: {pvc: {name: golden}}}",
        "disk.size: 0Gi",
        "must be more than nothing; write it like 6Gi",
    ),
    (
        "disk: {size: -6Gi, source: {pvc: {name: golden}}}",
        "disk.size: -6Gi",
        "must be more than nothing; write it like 6Gi",
    ),
    (
        "disk: {size: true, source: {pvc: {name: golden}}}",
        "disk.size: true",
        "must be a Kubernetes quantity; write it like 6Gi",
    ),
    (
        "disk: {size: 512Ki, source: {pvc: {name: golden}}}",
        "disk.size: 512Ki",
        "is less than 1Mi, the least that can work; write it like 6Gi",
    ),
    (
        "disk: {accessModes: ReadWriteOnce, source: {pvc: {name: golden}}}",
        "disk.accessModes: ReadWriteOnce",
        "must be a list; write it as [ReadWriteOnce]",
    ),
    (
        "disk: {accessModes: [RWO], source: {pvc: {name: golden}}}",
        "disk.accessModes[0]: RWO",
        "must be ReadWriteOnce, ReadWriteMany or ReadWriteOncePod; did you mean ReadWriteOnce?",
    ),
    (
        "disk: {accessModes: [], source: {pvc: {name: golden}}}",
        "disk.accessModes:",
        "must not be empty; list at least one",
    ),
    (
        "disk: {accessModes: [ReadWriteOnce, ReadWriteOnce], source: {pvc: {name: golden}}}",
        "disk.accessModes:",
        "lists ReadWriteOnce more than once; list it once",
    ),
    (
        "disk: {accessModes: [ReadWriteOncePod, ReadWriteMany], source: {pvc: {name: golden}}}",
        "disk.accessModes:",
        "has ReadWriteOncePod next to another mode, which Kubernetes refuses; keep one of them",
    ),
    (
        "disk: {storageClassName: Fast_SSD, source: {pvc: {name: golden}}}",
        "disk.storageClassName: Fast_SSD",
        "must be an RFC 1123 subdomain: lower-case letters, digits, '-' and '.', beginning and "
        "ending with a letter or digit; for instance fast-ssd",
    ),
    (
        "disk: {source: {}}",
        "disk.source:",
        "needs one of pvc, dataSource, snapshot, registry, http, s3, gcs, blank, upload, and "
        "has none; for instance pvc: {name: fedora-cloud-nginx-base}",
    ),
    (
        "disk: {source: {pvc: golden}}",
        "disk.source.pvc: golden",
        "must be an object of keys and values; write it as {name: golden}",
    ),
    (
        "disk: {source: {pvc: {name: golden, namespace: golden.images}}}",
        "disk.source.pvc.namespace: golden.images",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending "
        "with a letter or digit; for instance golden-images",
    ),
    (
        'disk: {source: {pvc: {name: golden}, http: {url: "https://example.com/a.qcow2"}}}',
        "disk.source:",
        "needs one of pvc, dataSource, snapshot, registry, http, s3, gcs, blank, upload, and "
        "has pvc and http; keep one of them",
    ),
    (
        "disk: {source: {registry: {url: quay.io/containerdisks/fedora}}}",
        "disk.source.registry.url: quay.io/containerdisks/fedora",
        "must begin with docker:// or oci-archive:// and name a place; for instance "
        "docker://quay.io/containerdisks/fedora",
    ),
    (
        'disk: {source: {http: {url: "ftp://example.com/a.qcow2"}}}',
        "disk.source.http.url: ftp://example.com/a.qcow2",
        "must begin with https:// or http:// and name a place; for instance "
        "https://example.com/a.qcow2",
    ),
    # --- further disks, and what stands in place of a disk ----------------------------------------
    (
        "disk:",
        "disk.source:",
        "is missing, and nothing is in place of a disk; say what the disk is made from, for "
        "instance source: {pvc: {name: fedora-cloud-nginx-base}}, or set containerDisk or "
        "ephemeral",
    ),
    (
        "containerDisk: {image: fedora}",
        "containerDisk:",
        "is what the VMs boot from, and so is disk; keep one of disk and containerDisk",
    ),
    (
        "disk:\ncontainerDisk: {image: fedora}\nephemeral: {claimName: golden}",
        "ephemeral:",
        "is what the VMs boot from, and so is containerDisk; keep one of containerDisk and "
        "ephemeral",
    ),
    (
        'disk:\ncontainerDisk: {image: "docker://quay.io/fedora:42"}',
        "containerDisk.image: docker://quay.io/fedora:42",
        "begins with docker://, which an image that a node pulls does not; write quay.io/fedora:42",
    ),
    (
        "disk:\ncontainerDisk: {image: a b}",
        "containerDisk.image: a b",
        "is no name of an image; for instance quay.io/containerdisks/fedora:42",
    ),
    (
        "disk:\ncontainerDisk: {image: a, path: ../b}",
        "containerDisk.path: ../b",
        "must be the absolute path of a file, without . and ..; for instance /disk/fedora.img",
    ),
    (
        "disk:\ncontainerDisk: {image: a, path: /}",
        "containerDisk.path: /",
        "must be the absolute path of a file, without . and ..; for instance /disk/fedora.img",
    ),
    (
        "disk:\ncontainerDisk: {image: a, size: 6Gi}",
        "containerDisk.size:",
        "unknown key; known here: image, imagePullPolicy, imagePullSecret, path, bus, bootOrder, "
        "cache, io",
    ),
    (
        "disk:\ncontainerDisk: {image: a}\nscaleIn: {keepDisks: true}",
        "scaleIn.keepDisks: true",
        "is for disks of the VMs' own, and these VMs have none; remove it",
    ),
    (
        "disk:\ncontainerDisk: {image: a}\ncloneAccess: true",
        "cloneAccess: true",
        "is for a golden image in another namespace, and no disk is cloned from one; remove "
        "cloneAccess",
    ),
    (
        "cloneAccess: true\ndisk: {source: {pvc: {name: a, namespace: b}}}\n"
        "disks: {c: {size: 1Gi, source: {pvc: {name: a, namespace: d}}}}",
        "cloneAccess: true",
        "makes a Role in one other namespace, and golden images are in b and d; keep them in one "
        "namespace, or remove cloneAccess and allow the cloning there",
    ),
    (
        "disk: {serial: a, source: {pvc: {name: golden}}}",
        "disk.serial:",
        "would be the same for all VMs; find disks in the guest by their label or UUID",
    ),
    (
        "disk: {volumeMode: block, source: {pvc: {name: golden}}}",
        "disk.volumeMode: block",
        "must be Filesystem or Block; did you mean Block?",
    ),
    (
        "disk: {storage: 6Gi, source: {pvc: {name: golden}}}",
        "disk.storage: 6Gi",
        "must be true or false; write true",
    ),
    (
        "disk: {bus: ide, source: {pvc: {name: golden}}}",
        "disk.bus: ide",
        "must be virtio, sata, scsi or usb; pick one",
    ),
    (
        "disk: {source: {registry: {imageStream: fedora}}}",
        "disk.source.registry:",
        "has an imageStream, which only a node can pull; add pullMethod: node",
    ),
    (
        'disk: {source: {registry: {url: "oci-archive://a", pullMethod: node}}}',
        "disk.source.registry:",
        "has an oci-archive, which a node cannot pull; use docker://, or pullMethod: pod",
    ),
    (
        "disk: {source: {registry: {}}}",
        "disk.source.registry:",
        "needs one of url, imageStream, and has none; for instance url: "
        "docker://quay.io/containerdisks/fedora:42",
    ),
    (
        'disk: {source: {registry: {url: "docker://a", platform: {architecture: arm64}}}}\n'
        'kubevirtVersion: "1.6"',
        "disk.source.registry.platform:",
        "needs KubeVirt 1.7, and kubevirtVersion is 1.6; remove platform, or correct "
        "kubevirtVersion",
    ),
    (
        'disk: {source: {s3: {url: "s3://bucket/a"}}}',
        "disk.source.s3.url: s3://bucket/a",
        "must begin with https:// or http:// and name a place; for instance https://bucket/a",
    ),
    (
        "disks: [{name: data}]",
        'disks: [{"name": "data"}]',
        "must be an object of keys and values; write each disk below its name, for instance "
        "data: {size: 10Gi, source: {blank: {}}}",
    ),
    (
        "disks: {Data: {emptyDisk: {capacity: 1Gi}}}",
        "disks.Data:",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending with "
        "a letter or digit; for instance data",
    ),
    (
        "disks: {data: {}}",
        "disks.data:",
        "needs one of source, containerDisk, ephemeral, emptyDisk, sysprep, configMap, secret, "
        "downwardAPI, serviceAccount, and has none; for instance source: {blank: {}} for an empty "
        "disk of each VM's own",
    ),
    (
        "disks: {data: {configMap: {name: a}, downwardAPI: {fields: [{path: a, fieldRef: "
        "{fieldPath: metadata.name}}]}}}",
        "disks.data:",
        "needs one of source, containerDisk, ephemeral, emptyDisk, sysprep, configMap, secret, "
        "downwardAPI, serviceAccount, and has configMap and downwardAPI; keep one of them",
    ),
    (
        "disks: {data: {source: {blank: {}}}}",
        "disks.data:",
        "has no size, which CDI needs unless it clones with `storage: true`; add size, for "
        "instance size: 10Gi",
    ),
    (
        "disks: {data: {size: 1Gi, storage: true, emptyDisk: {capacity: 1Gi}}}",
        "disks.data:",
        "has size and storage, and that only a disk of each VM's own has (source); remove size "
        "and storage",
    ),
    (
        "disks: {data: {size: 1Gi, blank: {}}}",
        "disks.data.blank:",
        "unknown key; its place is disks.data.source.blank",
    ),
    (
        "disks: {data: {size: 1Gi, source: {blank: {}}, readOnly: true}}",
        "disks.data.readOnly:",
        "unknown key; did you mean readonly?",
    ),
    (
        "disks: {data: {size: 1Gi, source: {blank: {}}, serial: a}}",
        "disks.data.serial:",
        "would be the same for all VMs; find disks in the guest by their label or UUID",
    ),
    (
        "disks: {data: {persistentVolumeClaim: {claimName: shared}}}",
        "disks.data.persistentVolumeClaim:",
        "would be one disk that all VMs write to, and destroy each other's data on; use source: "
        "{pvc: {name: …}}, a copy for each VM, or ephemeral, a layer of each VM's own over it",
    ),
    (
        "disks: {data: {dataVolume: {name: shared}}}",
        "disks.data.dataVolume:",
        "would be one disk that all VMs write to, and destroy each other's data on; use source, "
        "of which each VM gets a disk of its own",
    ),
    (
        "disks: {data: {hostDisk: {path: /a, type: Disk}}}",
        "disks.data.hostDisk:",
        "is a file of a node, the same for all VMs there, and not there on the next node; use "
        "source: {blank: {}}, a disk of each VM's own",
    ),
    (
        "disks: {seed: {cloudInitNoCloud: {userData: a}}}",
        "disks.seed.cloudInitNoCloud:",
        "is made from cloudInit; use cloudInit",
    ),
    (
        "disks: {disk: {size: 1Gi, source: {blank: {}}}}",
        "disks.disk:",
        "would make disks called lab05-webserver-disk-<index>, as those of `disk` are; give it "
        "another name",
    ),
    (
        "disks: {cloudinitdisk: {emptyDisk: {capacity: 1Gi}}}",
        "disks.cloudinitdisk:",
        "is the name of a disk that each VM has; give it another name",
    ),
    (
        "disks: {site: {emptyDisk: {capacity: 1Gi}}}\n"
        "volumes: [{name: site, configMap: {name: site}}]",
        "disks.site:",
        "is the name of volumes[0] too; give it another name",
    ),
    (
        "disks: {iso: {containerDisk: {image: a}, type: cdrom, bus: virtio}}",
        "disks.iso.bus: virtio",
        "is none that a cdrom can have; use sata, scsi or usb",
    ),
    (
        "disks: {answers: {sysprep: {configMap: {name: a}}, bus: virtio}}",
        "disks.answers.bus: virtio",
        "is none that a cdrom can have; use sata, scsi or usb",
    ),
    (
        "disks: {answers: {sysprep: {}}}",
        "disks.answers.sysprep:",
        "needs one of configMap, secret, and has none; for instance secret: {name: "
        "windows-answers}",
    ),
    (
        "disks: {data: {size: 1Gi, source: {blank: {}}, bus: sata, readonly: true}}",
        "disks.data.readonly: true",
        "is nothing that a disk on the sata bus can be; use type: cdrom, or another bus",
    ),
    (
        "disks: {data: {containerDisk: {image: a}, type: lun}}",
        "disks.data.type: lun",
        "is lun, which only a disk of each VM's own (source) can be; use type: disk, or leave it "
        "out",
    ),
    (
        "disks: {data: {size: 1Gi, source: {blank: {}}, shareable: true, cache: writeback}}",
        "disks.data.cache: writeback",
        "is for a disk that no other VM uses, and shareable says that one may; use cache: none, "
        "or remove shareable",
    ),
    (
        "disk: {bootOrder: 0, source: {pvc: {name: golden}}}",
        "disk.bootOrder: 0",
        "must be at least 1; set 1 or more",
    ),
    (
        "disk: {bootOrder: 1, source: {pvc: {name: golden}}}\n"
        "disks: {iso: {containerDisk: {image: a}, bootOrder: 1}}",
        "disks.iso.bootOrder: 1",
        "is the bootOrder of disk too; give each its own place",
    ),
    (
        "disk: {bootOrder: 1, source: {pvc: {name: golden}}}\n"
        "networks: [{name: default, pod: {}, masquerade: {}, bootOrder: 1}]",
        "networks[0].bootOrder: 1",
        "is the bootOrder of disk too; give each its own place",
    ),
    (
        "disks: {a: {serviceAccount: {serviceAccountName: a}}, b: {serviceAccount: "
        "{serviceAccountName: b}}}",
        "disks.b.serviceAccount:",
        "is a second one, beside that of disks.a, and a VM's pod runs as one; keep one of them",
    ),
    (
        "disks: {a: {downwardAPI: {fields: [{path: /a, fieldRef: {fieldPath: metadata.name}}]}}}",
        "disks.a.downwardAPI.fields[0].path: /a",
        "must be a relative path without ..; for instance labels",
    ),
    (
        "disks: {a: {downwardAPI: {fields: [{path: a}]}}}",
        "disks.a.downwardAPI.fields[0]:",
        "needs one of fieldRef, resourceFieldRef, and has none; for instance fieldRef: "
        "{fieldPath: metadata.labels}",
    ),
    (
        "disks: {a: {secret: {secretName: tls}}}\nperReplica: {hostname: 'web{{ index }}'}",
        "disks.a.secret: tls",
        "is looked for as tls-<index> by each VM: KubeVirt appends the index to all Secrets of a "
        "VM, or to none; add perReplica.secrets.tls ({} if somebody else makes them)",
    ),
    (
        "evictionStrategy: LiveMigrate\ndisk: {accessModes: [ReadWriteMany], source: {pvc: {name: "
        "golden}}}\ndisks: {data: {size: 1Gi, source: {blank: {}}}}",
        "evictionStrategy: LiveMigrate",
        "needs disks that two nodes can use at a time, and disks.data.accessModes is "
        "[ReadWriteOnce], so that the drain of a node would wait for ever; use "
        "LiveMigrateIfPossible, which restarts these VMs on another node, or add ReadWriteMany",
    ),
    # --- where VMs run ---------------------------------------------------------------------------
    (
        "tolerations: baremetal",
        "tolerations: baremetal",
        "must be a list; begin each item with '- '",
    ),
    (
        "tolerations: {key: baremetal, operator: Exists}",
        'tolerations: {"key": "baremetal", "operator": "Exists"}',
        "must be a list; begin each item with '- '",
    ),
    (
        "tolerations: [baremetal]",
        "tolerations[0]: baremetal",
        "must be an object of keys and values; write it as key: value",
    ),
    (
        'tolerations: [{key: baremetal, operator: Exists, value: "true"}]',
        "tolerations[0]:",
        "has a value, which operator Exists must not have; leave out the value, or use operator "
        "Equal",
    ),
    (
        'tolerations: [{key: baremetal, operator: Equals, value: "true"}]',
        "tolerations[0].operator: Equals",
        "must be Exists or Equal; did you mean Equal?",
    ),
    (
        "tolerations: [{key: baremetal, value: true}]",
        "tolerations[0].value: true",
        'must be text; quote it: "true"',
    ),
    (
        'tolerations: [{value: "true", effect: NoSchedule}]',
        "tolerations[0]:",
        "has no key, which only operator Exists may leave out; add the key of the taint, or "
        "operator: Exists for every taint",
    ),
    (
        "tolerations: [{key: baremetal, operator: Exists, effect: NoSchedul}]",
        "tolerations[0].effect: NoSchedul",
        "must be NoSchedule, PreferNoSchedule or NoExecute; did you mean NoSchedule?",
    ),
    (
        "tolerations: [{key: baremetal, operator: Exists, effect: NoSchedule, "
        "tolerationSeconds: 60}]",
        "tolerations[0]:",
        "has tolerationSeconds, which only effect NoExecute may have; leave out "
        "tolerationSeconds, or use effect NoExecute",
    ),
    (
        'tolerations: [{key: baremetal, effect: NoExecute, tolerationSeconds: "60"}]',
        'tolerations[0].tolerationSeconds: "60"',
        "must be a whole number; write it without quotes: 60",
    ),
    (
        "tolerations: [{key: bare metal, operator: Exists}]",
        "tolerations[0].key: bare metal",
        "is no Kubernetes key ([prefix/]name: the prefix a DNS name, the name up to 63 letters, "
        "digits, '-', '_' and '.'); for instance team or example.com/team",
    ),
    (
        "tolerations: [{key: baremetal, value: yes please}]",
        "tolerations[0].value: yes please",
        "is no label value (up to 63 letters, digits, '-', '_' and '.', beginning and ending "
        "with a letter or digit); correct it",
    ),
    ("nodeSelector: {disk: 1}", "nodeSelector.disk: 1", 'must be text; quote it: "1"'),
    (
        "nodeSelector: [gpu]",
        'nodeSelector: ["gpu"]',
        "must be an object of keys and values; write it as key: value",
    ),
    (
        'nodeSelector: {"gpu!": "true"}',
        "nodeSelector.gpu!:",
        "is no Kubernetes key ([prefix/]name: the prefix a DNS name, the name up to 63 letters, "
        "digits, '-', '_' and '.'); for instance team or example.com/team",
    ),
    (
        """\
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchExpressions: [{key: cpus, operator: Gt, values: [four]}]}]
""",
        ""
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]:",
        'needs one whole number, quoted, in values with operator Gt; for instance values: ["4"]',
    ),
    (
        """\
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In}]}]
""",
        ""
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]:",
        "needs values with operator In; add values",
    ),
    (
        """\
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms: [{matchFields: [{key: spec.name, operator: In, values: [a]}]}]
""",
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution."
        "nodeSelectorTerms[0].matchFields[0].key: spec.name",
        "must be metadata.name; pick one",
    ),
    (
        """\
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - {weight: 200, podAffinityTerm: {topologyKey: kubernetes.io/hostname}}
""",
        "affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: 200",
        "must be at most 100; set 100 or less",
    ),
    (
        "affinity:\n  podAntiAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution: "
        "[{labelSelector: {matchLabels: {a: b}}}]",
        "affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey:",
        "is missing; add topologyKey",
    ),
    (
        "topologySpreadConstraints: [{maxSkew: 0, topologyKey: zone, whenUnsatisfiable: "
        "DoNotSchedule}]",
        "topologySpreadConstraints[0].maxSkew: 0",
        "must be at least 1; set 1 or more",
    ),
    (
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone}]",
        "topologySpreadConstraints[0].whenUnsatisfiable:",
        "is missing; add whenUnsatisfiable",
    ),
    (
        "topologySpreadConstraints:\n  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: "
        "DoNotSchedule}\n  - {maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}",
        "topologySpreadConstraints[1]:",
        "has the topologyKey and whenUnsatisfiable of another one, which Kubernetes refuses; "
        "keep one of them",
    ),
    (
        "topologySpreadConstraints:\n  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: "
        "ScheduleAnyway, minDomains: 2}",
        "topologySpreadConstraints[0]:",
        "has minDomains, which only whenUnsatisfiable DoNotSchedule may have; leave out "
        "minDomains, or use whenUnsatisfiable: DoNotSchedule",
    ),
    (
        "topologySpreadConstraints:\n  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: "
        "ScheduleAnyway, matchLabelKeys: [a]}",
        "topologySpreadConstraints[0]:",
        "has matchLabelKeys, which only narrow a labelSelector; add a labelSelector",
    ),
    # --- the Service -----------------------------------------------------------------------------
    (
        "service: LoadBalancer",
        "service: LoadBalancer",
        "must be an object of keys and values; its keys are type, clusterIP, annotations, "
        "loadBalancerClass, loadBalancerIP, loadBalancerSourceRanges, externalTrafficPolicy, "
        "internalTrafficPolicy, sessionAffinity, publishNotReadyAddresses, ipFamilyPolicy, "
        "ipFamilies, ports",
    ),
    (
        "service: {type: Loadbalancer}",
        "service.type: Loadbalancer",
        "must be ClusterIP, NodePort or LoadBalancer; did you mean LoadBalancer?",
    ),
    ("service: {ports: 80}", "service.ports: 80", "must be a list; begin each item with '- '"),
    (
        "service: {ports: [80]}",
        "service.ports[0]: 80",
        "must be an object of keys and values; write it as {port: 80}",
    ),
    ("service: {ports: []}", "service.ports:", "must not be empty; list at least one"),
    (
        "service: {ports: [{port: 0}]}",
        "service.ports[0].port: 0",
        "must be a port, from 1 to 65535; correct it",
    ),
    (
        "service: {ports: [{port: 70000}]}",
        "service.ports[0].port: 70000",
        "must be a port, from 1 to 65535; correct it",
    ),
    (
        'service: {ports: [{port: "80"}]}',
        'service.ports[0].port: "80"',
        "must be a whole number; write it without quotes: 80",
    ),
    ("service: {ports: [{targetPort: 80}]}", "service.ports[0].port:", "is missing; add port"),
    (
        "service: {ports: [{port: 80, targetPort: http}]}",
        "service.ports[0].targetPort: http",
        "must be a whole number; for instance 80",
    ),
    (
        "service: {ports: [{port: 80, name: Web_1}]}",
        "service.ports[0].name: Web_1",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and ending "
        "with a letter or digit; for instance web-1",
    ),
    (
        "service: {ports: [{port: 80, protocol: tcp}]}",
        "service.ports[0].protocol: tcp",
        "must be TCP, UDP or SCTP; did you mean TCP?",
    ),
    (
        "service: {ports: [{port: 80, name: web}, {port: 80, name: alt}]}",
        "service.ports[1].port: 80",
        "is the port of service.ports[0] too; give each its own port",
    ),
    (
        "service: {ports: [{port: 80, name: web}, {port: 443, name: web}]}",
        "service.ports[1].name: web",
        "is the name of service.ports[0] too; give each its own name",
    ),
    (
        "service: {ports: [{port: 80}, {port: 443, name: https}]}",
        "service.ports[0].name:",
        "is missing, and Kubernetes demands names where a Service has several ports; add one, "
        "for instance http",
    ),
    (
        "service: {ports: [{port: 80, nodePort: 30080}]}",
        "service.ports[0].nodePort: 30080",
        "needs service.type NodePort or LoadBalancer, and that is ClusterIP; change the type, "
        "or remove nodePort",
    ),
    (
        "service:\n  type: NodePort\n  ports: [{port: 80, name: a, nodePort: 30080}, {port: 81, "
        "name: b, nodePort: 30080}]",
        "service.ports[1].nodePort: 30080",
        "is the nodePort of service.ports[0] too; give each its own nodePort",
    ),
    (
        "service: {ports: [{port: 53, protocol: UDP}]}",
        "readinessProbe:",
        "is to connect to the first TCP port of the Service, and there is none; give it a port "
        "(tcpSocket), another handler (exec, guestAgentPing), or enabled: false",
    ),
    # --- autoscaling, rollout, scale-in ----------------------------------------------------------
    (
        "autoscaling: true",
        "autoscaling: true",
        "must be an object of keys and values; its keys are minReplicas, maxReplicas, "
        "targetCPUUtilizationPercentage, targetCPUAverageValue, metrics, behavior, external",
    ),
    (
        "autoscaling: {maxReplicas: 5}",
        "autoscaling:",
        "needs one of targetCPUUtilizationPercentage, targetCPUAverageValue and metrics, and has "
        "none; for instance targetCPUUtilizationPercentage: 50",
    ),
    (
        "autoscaling: {minReplicas: 2, targetCPUUtilizationPercentage: 50}",
        "autoscaling.maxReplicas:",
        "is missing; add maxReplicas",
    ),
    (
        "autoscaling: {minReplicas: 6, maxReplicas: 5, targetCPUUtilizationPercentage: 50}",
        "autoscaling.minReplicas: 6",
        "is above autoscaling.maxReplicas (5); lower it to 5 or less, or raise maxReplicas",
    ),
    (
        "autoscaling: {minReplicas: 0, maxReplicas: 5, targetCPUUtilizationPercentage: 50}",
        "autoscaling.minReplicas: 0",
        "must be at least 1; set 1 or more",
    ),
    (
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50, "
        "targetCPUAverageValue: 1}",
        "autoscaling:",
        "needs one of targetCPUUtilizationPercentage and targetCPUAverageValue, and has both; "
        "keep one of them",
    ),
    (
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50%}",
        "autoscaling.targetCPUUtilizationPercentage: 50%",
        "must be a whole number; write it: 50",
    ),
    (
        "autoscaling: {maxReplicas: 5, targetCPUAverageValue: half}",
        "autoscaling.targetCPUAverageValue: half",
        "is no Kubernetes quantity; write it like 500m or 1",
    ),
    (
        "rollout: {maxUnavailable: 0}",
        "rollout.maxUnavailable: 0",
        "must be at least 1, or no VM could ever be updated; set 1 or more",
    ),
    (
        "rollout: {maxUnavailable: 150%}",
        "rollout.maxUnavailable: 150%",
        'must be between 1% and 100%; for instance "25%"',
    ),
    (
        'rollout: {maxUnavailable: "1"}',
        'rollout.maxUnavailable: "1"',
        'must be a whole number or a percentage; for instance 1 or "25%"',
    ),
    (
        "rollout: {maxUnavailable: true}",
        "rollout.maxUnavailable: true",
        'must be a whole number or a percentage; for instance 1 or "25%"',
    ),
    (
        "rollout: {strategy: Proactive}",
        "rollout.strategy: Proactive",
        "must be proactive, opportunistic or unmanaged; did you mean proactive?",
    ),
    (
        "scaleIn: {order: newest}",
        "scaleIn.order: newest",
        "must be Random, Newest, Oldest, AscendingOrder or DescendingOrder; did you mean Newest?",
    ),
    (
        'scaleIn: {keepDisks: "true"}',
        'scaleIn.keepDisks: "true"',
        "must be true or false; write true, without quotes",
    ),
    # --- the readiness probe ---------------------------------------------------------------------
    (
        "readinessProbe: false",
        "readinessProbe: false",
        "must be an object of keys and values; write it as {enabled: false}",
    ),
    (
        "readinessProbe: {tcpSocket: 80}",
        "readinessProbe.tcpSocket: 80",
        "must be an object of keys and values; write it as {port: 80}",
    ),
    ("readinessProbe: {tcpSocket: {}}", "readinessProbe.tcpSocket.port:", "is missing; add port"),
    (
        "readinessProbe: {httpGet: {port: 80, path: healthz}}",
        "readinessProbe.httpGet.path: healthz",
        "must begin with /; for instance /healthz",
    ),
    (
        "readinessProbe: {httpGet: {port: 80, httpHeaders: [{name: X-Probe, value: 1}]}}",
        "readinessProbe.httpGet.httpHeaders[0].value:",
        "must be text; quote it",
    ),
    (
        "readinessProbe: {httpGet: {port: 80}, tcpSocket: {port: 80}}",
        "readinessProbe:",
        "needs one of tcpSocket, httpGet, exec, guestAgentPing, and has tcpSocket and httpGet; "
        "keep one of them",
    ),
    (
        "readinessProbe: {exec: {command: cat /tmp/ready}}",
        "readinessProbe.exec.command: cat /tmp/ready",
        "must be a list; write it as [cat, /tmp/ready]",
    ),
    (
        "readinessProbe: {guestAgentPing: true}",
        "readinessProbe.guestAgentPing: true",
        "must be an object of keys and values; write it as {}",
    ),
    (
        "readinessProbe: {periodSeconds: 10s}",
        "readinessProbe.periodSeconds: 10s",
        "must be a whole number; write it: 10",
    ),
    (
        "readinessProbe: {initialDelaySeconds: -1}",
        "readinessProbe.initialDelaySeconds: -1",
        "must be at least 0; set 0 or more",
    ),
    # --- labels and annotations ------------------------------------------------------------------
    ("labels: {team: 7}", "labels.team: 7", 'must be text; quote it: "7"'),
    ("labels: {production: true}", "labels.production: true", 'must be text; quote it: "true"'),
    (
        "labels: {team: web team}",
        "labels.team: web team",
        "is no label value (up to 63 letters, digits, '-', '_' and '.', beginning and ending "
        "with a letter or digit); correct it",
    ),
    (
        "labels: {-team: web}",
        "labels.-team:",
        "is no Kubernetes key ([prefix/]name: the prefix a DNS name, the name up to 63 letters, "
        "digits, '-', '_' and '.'); for instance team or example.com/team",
    ),
    (
        "labels: {Example.com/team: web}",
        "labels.Example.com/team:",
        "is no Kubernetes key ([prefix/]name: the prefix a DNS name, the name up to 63 letters, "
        "digits, '-', '_' and '.'); for instance team or example.com/team",
    ),
    (
        "labels: {kubevirt.io/vmpool: web}",
        "labels.kubevirt.io/vmpool: web",
        "is the label by which the pool, its Service and its HPA know their VMs; remove it",
    ),
    (
        "vmLabels: {kubevirt.io/vmpool: web}",
        "vmLabels:",
        "has kubevirt.io/vmpool, by which the pool, its Service and its HPA know their VMs; "
        "remove it",
    ),
    ("labels: {team: }", "labels.team:", "has no value; give it one, or remove the key"),
    ("annotations: {checked: true}", "annotations.checked: true", 'must be text; quote it: "true"'),
    # --- versions --------------------------------------------------------------------------------
    (
        "kubevirtVersion: latest",
        "kubevirtVersion: latest",
        'is no version of KubeVirt; write it like "1.8"',
    ),
    (
        "kubevirtVersion: 0.58",
        "kubevirtVersion: 0.58",
        "has no pools that can be scaled, which came with KubeVirt 0.59; update KubeVirt, or "
        'write the version as text, like "1.8"',
    ),
    (
        "kubevirtVersion: 1.10",
        "rollout.maxUnavailable: 1",
        "is the default and needs KubeVirt 1.6, and kubevirtVersion is 1.1, which restarts "
        'every VM at once when the template changes; set "100%" to accept that, or correct '
        "kubevirtVersion (unquoted, 1.10 becomes 1.1)",
    ),
    (
        'kubevirtVersion: "1.5"\nrollout: {maxUnavailable: 25%}',
        "rollout.maxUnavailable: 25%",
        "needs KubeVirt 1.6, and kubevirtVersion is 1.5, which restarts every VM at once when "
        'the template changes; set "100%" to accept that, or correct kubevirtVersion (unquoted, '
        "1.10 becomes 1.1)",
    ),
    (
        'kubevirtVersion: "1.6"\nrollout: {strategy: opportunistic}',
        "rollout.strategy: opportunistic",
        "needs KubeVirt 1.7, and kubevirtVersion is 1.6; remove rollout.strategy, or correct "
        "kubevirtVersion",
    ),
    (
        'kubevirtVersion: "1.6"\nscaleIn: {keepDisks: true}',
        "scaleIn.keepDisks: true",
        "needs KubeVirt 1.7, and kubevirtVersion is 1.6; remove scaleIn.keepDisks, or correct "
        "kubevirtVersion",
    ),
    (
        'kubevirtVersion: "1.6"\npoolApiVersion: v1beta1',
        "poolApiVersion: v1beta1",
        "needs KubeVirt 1.7, and kubevirtVersion is 1.6; remove poolApiVersion, or correct "
        "kubevirtVersion",
    ),
    ("poolApiVersion: v1", "poolApiVersion: v1", "must be v1alpha1 or v1beta1; pick one"),
    # --- cloud-init ------------------------------------------------------------------------------
    (
        'cloudInit: "#cloud-config"',
        "cloudInit:",
        "must be an object of keys and values; its keys are timezone, user, sshAuthorizedKeys, "
        "packages, runCommands, config, userData, networkData, userDataBase64, networkDataBase64, "
        "secretName, existingSecret, existingNetworkDataSecret, type",
    ),
    (
        "cloudInit: {timezone: Europe/Zürich}",
        "cloudInit.timezone: Europe/Zürich",
        "is no name of a time zone (IANA); for instance Europe/Zurich",
    ),
    (
        "cloudInit: {user: Ann Smith}",
        "cloudInit.user: Ann Smith",
        "is no Linux user name (lower-case letters, digits, '_' and '-', at most 32, beginning "
        "with a letter or '_'); for instance fedora",
    ),
    (
        "cloudInit: {packages: nginx}",
        "cloudInit.packages: nginx",
        "must be a list; write it as [nginx]",
    ),
    (
        "cloudInit: {packages: [nginx vim]}",
        "cloudInit.packages[0]: nginx vim",
        "is no name of a package; give one name per item, without spaces",
    ),
    ("cloudInit: {packages: [1.2]}", "cloudInit.packages[0]: 1.2", 'must be text; quote it: "1.2"'),
    (
        "cloudInit: {secretName: Lab05_cloudinit}",
        "cloudInit.secretName: Lab05_cloudinit",
        "must be an RFC 1123 subdomain: lower-case letters, digits, '-' and '.', beginning and "
        "ending with a letter or digit; for instance lab05-cloudinit",
    ),
    (
        "cloudInit: {runCommands: systemctl enable nginx}",
        "cloudInit.runCommands:",
        "must be a list; begin each item with '- '",
    ),
    (
        "cloudInit: {runCommands: [{echo: hunter2}]}",
        "cloudInit.runCommands[0]:",
        "must be text or a list of texts, and is an object; quote the command: a colon followed "
        "by a space made YAML read an object",
    ),
    (
        "cloudInit: {runCommands: [[sleep, 5]]}",
        "cloudInit.runCommands[0]:",
        "must be text or a list of texts; quote what is no text",
    ),
    (
        "cloudInit: {sshAuthorizedKeys: ssh-ed25519 AAAA}",
        "cloudInit.sshAuthorizedKeys:",
        "must be a list; begin each item with '- '",
    ),
    (
        "cloudInit: {sshAuthorizedKeys: [12345]}",
        "cloudInit.sshAuthorizedKeys[0]:",
        "must be text; quote it",
    ),
    (
        "cloudInit: {sshAuthorizedKeys: [hunter2]}",
        "cloudInit.sshAuthorizedKeys[0]:",
        'is no OpenSSH public key; give one line such as "ssh-ed25519 AAAA... name"',
    ),
    (
        "cloudInit: {sshAuthorizedKeys: [~/.ssh/id_ed25519.pub]}",
        "cloudInit.sshAuthorizedKeys[0]:",
        "is the name of a file; give the line that is in it",
    ),
    (
        "cloudInit: {sshAuthorizedKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAA "
        "ann@lab]}",
        "cloudInit.sshAuthorizedKeys[0]:",
        "is no ssh-ed25519 key: what follows that word is cut short or mistyped; copy the whole "
        "line of the .pub file",
    ),
    (
        'cloudInit: {sshAuthorizedKeys: ["ssh-rsa AAAA ann\\nssh-rsa AAAA bob"]}',
        "cloudInit.sshAuthorizedKeys[0]:",
        "has several lines; make each key an item of its own",
    ),
    (
        'cloudInit: {sshAuthorizedKeys: ["-----BEGIN OPENSSH PRIVATE KEY-----\\nhunter2"]}',
        "cloudInit.sshAuthorizedKeys[0]:",
        "is a private key; give the public one (the file that ends in .pub), and replace this "
        "key pair",
    ),
    (
        "cloudInit: {config: [package_update]}",
        "cloudInit.config:",
        "must be an object of keys and values; write it as key: value",
    ),
    (
        "cloudInit: {config: {network: {version: 2}}}",
        "cloudInit.config.network:",
        "is read from the network data only, and cloud-init would ignore it here; "
        "move it into cloudInit.networkData",
    ),
    (
        "cloudInit: {config: {pakages: [nginx]}}",
        "cloudInit.config.pakages:",
        "is no key of cloud-config, and cloud-init would ignore it; did you mean packages?",
    ),
    (
        "cloudInit: {config: {password: hunter2}}",
        "cloudInit.config.password:",
        "is said by password too; say it once",
    ),
    (
        "cloudInit: {packages: [nginx], config: {packages: [vim]}}",
        "cloudInit.config.packages:",
        "is said by cloudInit.packages too; say it once",
    ),
    (
        "cloudInit: {userData: {packages: [nginx]}}",
        "cloudInit.userData:",
        "must be text; use cloudInit.config for an object",
    ),
    (
        'cloudInit: {userData: "#cloud-config\\npackages: [nginx]"}',
        "cloudInit.userData:",
        "is the whole document, and password would have no place in it; move all of it into "
        "userData, or leave out userData",
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\npassword: hunter2\\nruncmds: [ls]"}',
        "cloudInit.userData.runcmds:",
        "is no key of cloud-config, and cloud-init would ignore it; did you mean runcmd?",
    ),
    (
        'password:\ncloudInit: {userData: "# cloud-config\\npassword: hunter2"}',
        "cloudInit.userData:",
        "begins with nothing that cloud-init knows, so it would be ignored; begin it with "
        '"#cloud-config" or "#!"; what another guest reads, give as cloudInit.userDataBase64',
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\npassword: *hunter2"}',
        "cloudInit.userData:",
        "is no valid #cloud-config: line 2, column 11: found undefined alias; correct it",
    ),
    (
        f"password:\ncloudInit: {{userData: {json.dumps(f'#cloud-config{chr(10)}{ALIASES}')}}}",
        "cloudInit.userData:",
        "is no valid #cloud-config: it expands by aliases (*name) to more than 100,000 nodes; use "
        "fewer of them, or write out what is meant; correct it",
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\nwrite_files: &files [*files]"}',
        "cloudInit.userData:",
        "is no valid #cloud-config: line 2, column 14: an alias makes it a part of itself; "
        "correct it",
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\npassword: hunter2\\n\\tpackages: '
        '[nginx]"}',
        "cloudInit.userData:",
        "is no valid #cloud-config: line 3, column 1: found a tab character that violates "
        "indentation; correct it",
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\n- password"}',
        "cloudInit.userData:",
        "is no valid #cloud-config: it is no object of keys and values; correct it",
    ),
    (
        "cloudInit: {networkData: {ethernets: {}}}",
        "cloudInit.networkData.version:",
        "does not say which format of cloud-init's network data this is; add version: 2 (or 1), "
        "a number without quotes",
    ),
    (
        'cloudInit: {networkData: {version: "2"}}',
        "cloudInit.networkData.version:",
        "does not say which format of cloud-init's network data this is; add version: 2 (or 1), "
        "a number without quotes",
    ),
    (
        "cloudInit: {networkData: {version: 2, ethernet: {}}}",
        "cloudInit.networkData.ethernet:",
        "is no key of network data, version 2; did you mean ethernets?",
    ),
    (
        'cloudInit: {networkData: "version: ["}',
        "cloudInit.networkData:",
        "is no valid YAML: line 2, column 1: did not find expected node content; correct it",
    ),
    (
        "cloudInit: {networkData: [version]}",
        "cloudInit.networkData:",
        "must be text or an object; write it as key: value, or as a block of text",
    ),
    # --- scaleRole --------------------------------------------------------------------------------
    (
        "scaleRole: true",
        "scaleRole: true",
        "must be an object of keys and values; its keys are subjects",
    ),
    (
        "scaleRole: {subjects: []}",
        "scaleRole.subjects:",
        "must not be empty; list at least one",
    ),
    (
        "scaleRole: {subjects: [alice]}",
        "scaleRole.subjects[0]: alice",
        "must be an object of keys and values; write it as {kind: User, name: alice}",
    ),
    (
        "scaleRole: {subjects: {kind: User, name: alice}}",
        "scaleRole.subjects:",
        "must be a list; begin each item with '- '",
    ),
    (
        "scaleRole: {subject: [{kind: User, name: alice}]}",
        "scaleRole.subject:",
        "unknown key; did you mean subjects?",
    ),
    (
        "scaleRole: {users: [alice]}",
        "scaleRole.users:",
        "unknown key; did you mean subjects?",
    ),
    (
        "scaleRole: {subjects: [{kind: user, name: alice}]}",
        "scaleRole.subjects[0].kind: user",
        "must be User, Group or ServiceAccount; did you mean User?",
    ),
    (
        "scaleRole: {subjects: [{kind: User}]}",
        "scaleRole.subjects[0].name:",
        "is missing; add name",
    ),
    (
        "scaleRole: {subjects: [{name: alice}]}",
        "scaleRole.subjects[0].kind:",
        "is missing; add kind",
    ),
    (
        'scaleRole: {subjects: [{kind: User, name: ""}]}',
        'scaleRole.subjects[0].name: ""',
        "must not be empty; give it text",
    ),
    (
        "scaleRole: {subjects: [{kind: User, name: alice, namespace: team}]}",
        "scaleRole.subjects[0]:",
        "has a namespace, and a User is in none; remove namespace, or use kind ServiceAccount",
    ),
    (
        'scaleRole: {subjects: [{kind: ServiceAccount, name: "system:serviceaccount:team:bot"}]}',
        "scaleRole.subjects[0]:",
        "has a name that no ServiceAccount has: theirs are lower-case letters, digits, '-' "
        "and '.'; for instance default, and its namespace in namespace",
    ),
    (
        "scaleRole: {subjects: [{kind: User, name: alice, apiGroup: rbac.authorization.k8s.io}]}",
        "scaleRole.subjects[0].apiGroup:",
        "unknown key; known here: kind, name, namespace",
    ),
    # --- cloneAccess ------------------------------------------------------------------------------
    (
        "cloneAccess: please",
        "cloneAccess: please",
        "must be true or false; write true",
    ),
    (
        "cloneAccess: true",
        "cloneAccess: true",
        "is for a golden image in another namespace, and disk.source.pvc is in the pool's own"
        " (user1), where no right is needed; remove cloneAccess, or set "
        "disk.source.pvc.namespace",
    ),
    (
        "cloneAccess: true\ndisk: {source: {pvc: {name: golden, namespace: user1}}}",
        "cloneAccess: true",
        "is for a golden image in another namespace, and disk.source.pvc is in the pool's own"
        " (user1), where no right is needed; remove cloneAccess, or set "
        "disk.source.pvc.namespace",
    ),
    (
        "cloneAccess: true\ndisk: {source: {dataSource: {name: golden}}}",
        "cloneAccess: true",
        "is for a golden image in another namespace, and disk.source.dataSource is in the "
        "pool's own (user1), where no right is needed; remove cloneAccess, or set "
        "disk.source.dataSource.namespace",
    ),
    (
        "cloneAccess: true\nnamespace: images\ndisk: {source: {snapshot: {name: golden, "
        "namespace: images}}}",
        "cloneAccess: true",
        "is for a golden image in another namespace, and disk.source.snapshot is in the "
        "pool's own (images), where no right is needed; remove cloneAccess, or set "
        "disk.source.snapshot.namespace",
    ),
    (
        'cloneAccess: true\ndisk: {source: {registry: {url: "docker://quay.io/fedora"}}}',
        "cloneAccess: true",
        "is for a golden image in another namespace, and disk.source.registry is no object of"
        " a namespace; remove cloneAccess",
    ),
    (
        'cloneAccess: true\ndisk: {source: {http: {url: "https://example.com/a.qcow2"}}}',
        "cloneAccess: true",
        "is for a golden image in another namespace, and disk.source.http is no object of a "
        "namespace; remove cloneAccess",
    ),
    # --- disruptionBudget -------------------------------------------------------------------------
    (
        "disruptionBudget: 1",
        "disruptionBudget: 1",
        "must be an object of keys and values; write it as {minAvailable: 1}",
    ),
    (
        "disruptionBudget: true",
        "disruptionBudget: true",
        "must be an object of keys and values; write it as {minAvailable: 1}",
    ),
    (
        "disruptionBudget: {minAvailable: 50%}",
        "disruptionBudget.minAvailable: 50%",
        "is a percentage, with which no VM may ever leave a node: Kubernetes does not know "
        "how many pods of VMs there should be (KubeVirt #18063); write a number of VMs, for "
        "instance 1",
    ),
    (
        "disruptionBudget: {minAvailable: 0}",
        "disruptionBudget.minAvailable: 0",
        "must be at least 1; set 1 or more",
    ),
    (
        'disruptionBudget: {minAvailable: "1"}',
        'disruptionBudget.minAvailable: "1"',
        "must be a whole number; write it without quotes: 1",
    ),
    (
        "disruptionBudget: {minAvailable: 1.5}",
        "disruptionBudget.minAvailable: 1.5",
        "must be a whole number; for instance 1",
    ),
    (
        "disruptionBudget: {maxUnavailable: 1}",
        "disruptionBudget.maxUnavailable:",
        "is counted by the scale of the pods' owner, and that of a VM's pod has none, so that"
        " no VM might ever leave a node (KubeVirt #18063); use minAvailable, a number of VMs",
    ),
    (
        "disruptionBudget: {minAvailable: 1, maxUnavailable: 1}",
        "disruptionBudget.maxUnavailable:",
        "is counted by the scale of the pods' owner, and that of a VM's pod has none, so that"
        " no VM might ever leave a node (KubeVirt #18063); use minAvailable, a number of VMs",
    ),
    (
        "disruptionBudget: {minAvailable: 2}",
        "disruptionBudget.minAvailable: 2",
        "lets no VM leave while the pool has 2 (autoscaling.minReplicas), so that the drain "
        "of a node would wait for ever; lower minAvailable to 1, or raise "
        "autoscaling.minReplicas to 3 or more",
    ),
    (
        "disruptionBudget: {minAvailable: 5}",
        "disruptionBudget.minAvailable: 5",
        "lets no VM leave while the pool has 2 (autoscaling.minReplicas), so that the drain "
        "of a node would wait for ever; lower minAvailable to 1, or raise "
        "autoscaling.minReplicas to 6 or more",
    ),
    (
        "disruptionBudget: {minAvailable: 1}\nautoscaling:\nreplicas: 1",
        "disruptionBudget.minAvailable: 1",
        "lets no VM leave while the pool has 1 (replicas), so that the drain of a node would "
        "wait for ever; remove disruptionBudget, or raise replicas to 2 or more",
    ),
    (
        "disruptionBudget: {minAvailable: 3}\nautoscaling:\nreplicas: 3",
        "disruptionBudget.minAvailable: 3",
        "lets no VM leave while the pool has 3 (replicas), so that the drain of a node would "
        "wait for ever; lower minAvailable to 2, or raise replicas to 4 or more",
    ),
    (
        "disruptionBudget: {minAvailable: 1}\nautoscaling: {maxReplicas: 5, "
        "targetCPUUtilizationPercentage: 50}\nreplicas: 1",
        "disruptionBudget.minAvailable: 1",
        "lets no VM leave while the pool has 1 (autoscaling.minReplicas), so that the drain "
        "of a node would wait for ever; remove disruptionBudget, or raise "
        "autoscaling.minReplicas to 2 or more",
    ),
    (
        "pdb: {minAvailable: 1}",
        "pdb:",
        "unknown key; did you mean disruptionBudget?",
    ),
    (
        "minAvailable: 1",
        "minAvailable:",
        "unknown key; its place is disruptionBudget.minAvailable",
    ),
    # --- evictionStrategy -------------------------------------------------------------------------
    (
        "evictionStrategy: LiveMigrate",
        "evictionStrategy: LiveMigrate",
        "needs disks that two nodes can use at a time, and disk.accessModes is "
        "[ReadWriteOnce], so that the drain of a node would wait for ever; use "
        "LiveMigrateIfPossible, which restarts these VMs on another node, or add "
        "ReadWriteMany",
    ),
    (
        "evictionStrategy: LiveMigrate\ndisk: {accessModes: [ReadWriteOncePod], source: {pvc: "
        "{name: golden}}}",
        "evictionStrategy: LiveMigrate",
        "needs disks that two nodes can use at a time, and disk.accessModes is "
        "[ReadWriteOncePod], so that the drain of a node would wait for ever; use "
        "LiveMigrateIfPossible, which restarts these VMs on another node, or add "
        "ReadWriteMany",
    ),
    (
        "evictionStrategy: livemigrate",
        "evictionStrategy: livemigrate",
        "must be LiveMigrate, LiveMigrateIfPossible, None or External; did you mean LiveMigrate?",
    ),
    (
        "evictionStrategy: true",
        "evictionStrategy: true",
        "must be LiveMigrate, LiveMigrateIfPossible, None or External; pick one",
    ),
    # --- networkPolicy ----------------------------------------------------------------------------
    (
        "networkPolicy: true",
        "networkPolicy: true",
        "must be an object of keys and values; write it as {from: []}, which lets everybody "
        "reach the Service's ports",
    ),
    (
        "networkPolicy: {allowFrom: []}",
        "networkPolicy.allowFrom:",
        "unknown key; did you mean from?",
    ),
    (
        "networkPolicy: {from: {podSelector: {}}}",
        "networkPolicy.from:",
        "must be a list; begin each item with '- '",
    ),
    (
        "networkPolicy: {from: [{}]}",
        "networkPolicy.from[0]:",
        "names nobody; add podSelector, namespaceSelector or ipBlock; for everybody write from: []",
    ),
    (
        "networkPolicy: {from: [10.0.0.0/8]}",
        "networkPolicy.from[0]: 10.0.0.0/8",
        "must be an object of keys and values; write it as key: value",
    ),
    (
        "networkPolicy: {from: [{ipBlock: {cidr: 10.0.0.1}}]}",
        'networkPolicy.from[0].ipBlock.cidr: "10.0.0.1"',
        "is no range of addresses (CIDR); did you mean 10.0.0.1/32?",
    ),
    (
        "networkPolicy: {from: [{ipBlock: {cidr: 10.0.0.1/8}}]}",
        "networkPolicy.from[0].ipBlock.cidr: 10.0.0.1/8",
        "has bits beyond its prefix, which say nothing; did you mean 10.0.0.0/8?",
    ),
    (
        "networkPolicy: {from: [{ipBlock: {cidr: internet}}]}",
        "networkPolicy.from[0].ipBlock.cidr: internet",
        "is no range of addresses (CIDR); for instance 10.0.0.0/8",
    ),
    (
        "networkPolicy: {from: [{ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16]}}]}",
        "networkPolicy.from[0].ipBlock:",
        "excepts 11.0.0.0/16, which is no part of 10.0.0.0/8; leave it out, or widen cidr",
    ),
    (
        "networkPolicy: {from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}",
        "networkPolicy.from[0].ipBlock:",
        "excepts 10.0.0.0/8, which is no part of 10.0.0.0/8; leave it out, or widen cidr",
    ),
    (
        'networkPolicy: {from: [{ipBlock: {cidr: 10.0.0.0/8, except: ["::/16"]}}]}',
        "networkPolicy.from[0].ipBlock:",
        "excepts ::/16, which is no part of 10.0.0.0/8; leave it out, or widen cidr",
    ),
    (
        "networkPolicy: {from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}",
        "networkPolicy.from[0]:",
        "has ipBlock next to a selector, which Kubernetes refuses; make it two items of the list",
    ),
    (
        "networkPolicy: {from: [{podSelector: {app: web}}]}",
        "networkPolicy.from[0].podSelector.app:",
        "unknown key; known here: matchLabels, matchExpressions",
    ),
    (
        "networkPolicy: {from: [{podSelector: {matchLabels: {app: 1}}}]}",
        "networkPolicy.from[0].podSelector.matchLabels.app: 1",
        'must be text; quote it: "1"',
    ),
    (
        "networkPolicy: {from: [{nameSpaceSelector: {}}]}",
        "networkPolicy.from[0].nameSpaceSelector:",
        "unknown key; did you mean namespaceSelector?",
    ),
    # --- protect, adopt and waitForReady ----------------------------------------------------------
    (
        'protect: "yes"',
        "protect: yes",
        "must be true or false; write true, without quotes",
    ),
    (
        "adopt: 1",
        "adopt: 1",
        "must be true or false; write true, without quotes",
    ),
    (
        "deletionProtection: true",
        "deletionProtection:",
        "unknown key; did you mean protect?",
    ),
    (
        "wait: true",
        "wait:",
        "unknown key; did you mean waitForReady?",
    ),
    (
        "waitForReady: {timeoutMinutes: 5}",
        'waitForReady: {"timeoutMinutes": 5}',
        "must be true or false; write true; how long it waits is waitForReadyMinutes",
    ),
    (
        "waitForReady: 10",
        "waitForReady: 10",
        "must be true or false; write true; how long it waits is waitForReadyMinutes",
    ),
    (
        "waitForReadyMinutes: 0",
        "waitForReadyMinutes: 0",
        "must be at least 1; set 1 or more",
    ),
    (
        "waitForReadyMinutes: 10m",
        "waitForReadyMinutes: 10m",
        "must be a whole number; for instance 2",
    ),
    # --- what differs from VM to VM --------------------------------------------------------------
    ("perReplica: {hostnames: x}", "perReplica.hostnames:", "unknown key; did you mean hostname?"),
    ("hostname: web", "hostname:", "unknown key; its place is perReplica.hostname"),
    ("volume: []", "volume:", "unknown key; did you mean volumes?"),
    (
        "perReplica: {spare: 3}",
        "perReplica:",
        "has nothing that differs from VM to VM; add hostname, password, config, userData, "
        "networkData, configMaps or secrets, or remove perReplica",
    ),
    (
        "perReplica: {generate: {token: {}}}",
        "perReplica:",
        "has nothing that differs from VM to VM; add hostname, password, config, userData, "
        "networkData, configMaps or secrets, or remove perReplica",
    ),
    (
        "perReplica: {values: [a, b]}",
        "perReplica:",
        "has nothing that differs from VM to VM; add hostname, password, config, userData, "
        "networkData, configMaps or secrets, or remove perReplica",
    ),
    (
        'perReplica: {spare: -1, hostname: "web{{ index }}"}',
        "perReplica.spare: -1",
        "must be at least 0; set 0 or more",
    ),
    (
        'perReplica: {spare: 10001, hostname: "web{{ index }}"}',
        "perReplica.spare: 10001",
        "must be at most 10000; set 10000 or less",
    ),
    (
        'perReplica: {hostname: "web{{ index }}"}\nreplicas: 9999\nautoscaling:',
        "perReplica:",
        "would make objects for 10001 replicas, and 10000 are as many as can be; lower "
        "perReplica.spare, replicas or autoscaling.maxReplicas",
    ),
    (
        'perReplica: {generate: {my-token: {}}, hostname: "web{{ index }}"}',
        "perReplica.generate.my-token:",
        "is no name that a template can use (lower-case letters, digits and '_', at most 31, "
        "beginning with a letter); for instance token",
    ),
    (
        'perReplica: {generate: {token: {length: 8}}, hostname: "web{{ index }}"}',
        "perReplica.generate.token.length: 8",
        "must be at least 12; set 12 or more",
    ),
    (
        'perReplica: {values: web, hostname: "web{{ index }}"}',
        "perReplica.values:",
        "must be a list, or an object by index; begin each replica's with '- '",
    ),
    (
        'perReplica: {values: {first: a}, hostname: "web{{ index }}"}',
        "perReplica.values.first:",
        "is no index of a replica; write the values as a list, or with quoted indices for keys: "
        '"0", "1" and so on',
    ),
    (
        'perReplica: {values: {"01": a}, hostname: "web{{ index }}"}',
        "perReplica.values.01:",
        "is no index of a replica; write the values as a list, or with quoted indices for keys: "
        '"0", "1" and so on',
    ),
    (
        'perReplica: {hostname: "web{{ indx }}"}',
        "perReplica.hostname:",
        "for replica 0 (lab05-webserver-0) and 6 more: line 1: indx is not defined; known are "
        "index, name, count, values and generated",
    ),
    (
        'perReplica: {hostname: "web{{ index"}',
        "perReplica.hostname:",
        "for replica 0 (lab05-webserver-0) and 6 more: line 1: is no template of Jinja's "
        "(unexpected end of template, expected 'end of print statement'); correct it, or put what "
        "is to stay as it is between {% raw %} ... {% endraw %}",
    ),
    (
        'perReplica: {hostname: "web{{ index * 10 ** 9 * name }}"}',
        "perReplica.hostname:",
        "for replica 1 (lab05-webserver-1): line 1: does more than a template may (by a loop, a "
        "repetition, a width or a large number); make that smaller",
    ),
    (
        'perReplica: {hostname: "web{{ values.n }}"}',
        "perReplica.hostname:",
        "for replica 0 (lab05-webserver-0) and 6 more: line 1: values is not defined; give it "
        "an entry in perReplica.values",
    ),
    (
        'perReplica: {hostname: "{{ values }}", values: [a, b, c, d, e, f]}',
        "perReplica.hostname:",
        "for replica 6 (lab05-webserver-6): line 1: values is not defined; give it an entry in "
        "perReplica.values, or lower perReplica.spare to 1",
    ),
    (
        "perReplica: {hostname: web}",
        "perReplica.hostname:",
        "for replica 1 (lab05-webserver-1) and 5 more: makes the host name of replica 0 too; "
        "put {{ index }} into it",
    ),
    (
        'perReplica: {hostname: "web_{{ index }}"}',
        "perReplica.hostname:",
        "for replica 0 (lab05-webserver-0) and 6 more: makes no host name (lower-case letters, "
        "digits and '-', at most 63); for instance \"web{{ index }}\"",
    ),
    ("perReplica: {password: 12345}", "perReplica.password:", "must be text; quote it"),
    (
        "perReplica: {config: {pakages: [nginx]}}",
        "perReplica.config.pakages:",
        "is no key of cloud-config, and cloud-init would ignore it; did you mean packages?",
    ),
    (
        "perReplica: {config: {network: {version: 2}}}",
        "perReplica.config.network:",
        "is read from the network data only, and cloud-init would ignore it here; move it into "
        "perReplica.networkData",
    ),
    (
        'perReplica: {config: {ntp: {"{{ 1 }}": a, "1": b}}}',
        "perReplica.config.ntp.1:",
        "for replica 0 (lab05-webserver-0) and 6 more: makes a key that another one beside it "
        "makes too; correct it",
    ),
    (
        'perReplica: {userData: "echo {{ index }}"}',
        "perReplica.userData:",
        "for replica 0 (lab05-webserver-0) and 6 more: begins with nothing that cloud-init "
        'knows, so it would be ignored; begin it with "#cloud-config" or "#!"',
    ),
    (
        'perReplica: {userData: "#cloud-config\\npakages: [a]"}',
        "perReplica.userData.pakages:",
        "for replica 0 (lab05-webserver-0) and 6 more: is no key of cloud-config, and "
        "cloud-init would ignore it; did you mean packages?",
    ),
    (
        'perReplica: {userData: "#cloud-config", hostname: "web{{ index }}"}',
        "perReplica.userData:",
        "is the whole document, and perReplica.hostname would have no place in it; move all of "
        "it into userData, or leave out userData",
    ),
    (
        'cloudInit: {userData: "#!/bin/sh"}\npassword:\nperReplica: {password: "p{{ index }}"}',
        "perReplica.password:",
        "is merged into the shared cloud-config, and cloudInit.userData is none; use "
        "perReplica.userData",
    ),
    (
        "perReplica: {networkData: {ethernets: {}}}",
        "perReplica.networkData.version:",
        "for replica 0 (lab05-webserver-0) and 6 more: does not say which format of "
        "cloud-init's network data this is; add version: 2 (or 1), a number without quotes",
    ),
    (
        'perReplica: {networkData: "{{ index }}"}',
        "perReplica.networkData:",
        "for replica 0 (lab05-webserver-0) and 6 more: is no valid YAML: it is no object of "
        "keys and values; correct it",
    ),
    (
        "perReplica: {networkData: {version: 2, ethernet: {}}}",
        "perReplica.networkData.ethernet:",
        "for replica 0 (lab05-webserver-0) and 6 more: is no key of network data, version 2; "
        "did you mean ethernets?",
    ),
    (
        'perReplica: {hostname: "web{{ index }}"}\nkubevirtVersion: "1.7"',
        "perReplica:",
        "needs KubeVirt 1.8, and kubevirtVersion is 1.7, where cloud-init's Secret is the same "
        "for all VMs; remove perReplica, or correct kubevirtVersion",
    ),
    (
        "perReplica: {accessCredentials: []}",
        "perReplica.accessCredentials:",
        "would be the same for all VMs: KubeVirt appends the index to the names of cloud-init's "
        "Secret and of configMap and secret volumes only; use a configMap or secret volume, or "
        "cloud-init",
    ),
    (
        "perReplica: {sysprep: {}}",
        "perReplica.sysprep:",
        "would be the same for all VMs: KubeVirt appends the index to the names of cloud-init's "
        "Secret and of configMap and secret volumes only; use a configMap or secret volume, or "
        "cloud-init",
    ),
    (
        "volumes: [{name: a, serviceAccount: {serviceAccountName: a}}]",
        "volumes[0].serviceAccount:",
        "is no ConfigMap and no Secret; use disks",
    ),
    (
        "volumes: [{name: a}]",
        "volumes[0]:",
        "needs one of configMap, secret, and has none; for instance configMap: {name: site}",
    ),
    (
        "volumes: [{name: a, configMap: {name: a}, secret: {secretName: a}}]",
        "volumes[0]:",
        "needs one of configMap, secret, and has configMap and secret; keep one of them",
    ),
    (
        "volumes: [{name: a, configMap: site}]",
        "volumes[0].configMap: site",
        "must be an object of keys and values; write it as {name: site}",
    ),
    (
        "volumes: [{name: cloudinitdisk, configMap: {name: a}}]",
        "volumes[0].name: cloudinitdisk",
        "is the name of a disk that each VM has; give it another one",
    ),
    (
        "volumes: [{name: a, configMap: {name: a}}, {name: a, configMap: {name: b}}]",
        "volumes[1].name: a",
        "is the name of volumes[0] too; give it another one",
    ),
    (
        "perReplica: {configMaps: {my.site: {a: b}}}",
        "perReplica.configMaps.my.site:",
        "is mounted by no VM; add it to volumes: - {name: my-site, configMap: {name: my.site}}",
    ),
    (
        "perReplica: {secrets: {tls: {a: b}}}",
        "perReplica.secrets.tls:",
        "is mounted by no VM; add it to volumes: - {name: tls, secret: {secretName: tls}}",
    ),
    (
        'perReplica: {hostname: "web{{ index }}"}\nvolumes: [{name: a, secret: {secretName: tls}}]',
        "volumes[0]: tls",
        "is looked for as tls-<index> by each VM: KubeVirt appends the index to all Secrets of "
        "a VM, or to none; add perReplica.secrets.tls ({} if somebody else makes them)",
    ),
    (
        "perReplica: {configMaps: {a: {k: v}}}\nvolumes: [{name: a, configMap: {name: a}}, "
        "{name: b, configMap: {name: b}}]",
        "volumes[1]: b",
        "is looked for as b-<index> by each VM: KubeVirt appends the index to all ConfigMaps of "
        "a VM, or to none; add perReplica.configMaps.b ({} if somebody else makes them)",
    ),
    (
        "perReplica: {secrets: {lab05-cloudinit: {a: b}}}\nvolumes: [{name: a, secret: "
        "{secretName: lab05-cloudinit}}]",
        "perReplica.secrets.lab05-cloudinit:",
        "makes a Secret called lab05-cloudinit-0, and so does cloudInit.secretName; give it "
        "another name",
    ),
    (
        "cloudInit: {secretName: lab05-webserver-generated}\nperReplica: {generate: {token: "
        '{}}, hostname: "web{{ index }}"}',
        "perReplica.generate:",
        "makes a Secret called lab05-webserver-generated, and so does cloudInit.secretName; "
        "give it another name",
    ),
    (
        "perReplica: {configMaps: {a: {k/v: v}}}\nvolumes: [{name: a, configMap: {name: a}}]",
        "perReplica.configMaps.a.k/v:",
        "is no key of a ConfigMap or Secret (letters, digits, '-', '_' and '.', at most 253); "
        "for instance index.html",
    ),
    (
        'perReplica: {generate: {token: {}}, configMaps: {a: {k: "{{ generated.token }}"}}}\n'
        "volumes: [{name: a, configMap: {name: a}}]",
        "perReplica.configMaps.a.k:",
        "for replica 0 (lab05-webserver-0) and 6 more: line 1: generated is not defined; use "
        "perReplica.secrets: what is generated is secret, and a ConfigMap is not",
    ),
]
