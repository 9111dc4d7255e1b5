"""Configurations whose objects differ in every way."""

from __future__ import annotations

from configurations import ED25519_KEY

# --- what holds for every configuration ----------------------------------------------------------

# Of every choice that changes an object's shape at least one of each.
VARIED: dict[str, str] = {
    "the lab": "",
    "the least": "name:\nreplicas:\ncloudInit:\ntolerations:\nautoscaling:\nreadinessProbe:",
    "golden image elsewhere": "disk: {source: {pvc: {name: golden.v2, namespace: images}}}",
    "data source": "disk: {source: {dataSource: {name: fedora, namespace: images}}}",
    "data source of the namespace": "disk: {source: {dataSource: {name: fedora}}}",
    "snapshot": "disk: {source: {snapshot: {name: fedora}}, storageClassName: fast}",
    "registry": 'disk: {size: 20Gi, source: {registry: {url: "docker://quay.io/a/b:42"}}}',
    "web server": 'disk: {source: {http: {url: "https://example.com/a.img", secretRef: token}}}',
    "shared disks": "disk: {accessModes: [ReadWriteMany], source: {pvc: {name: golden}}}",
    "instancetype": "instancetype: {name: u1.small}\npreference: {name: fedora}\nautoscaling:",
    "instancetype of the namespace, autoscaled": (
        "instancetype: {name: small, kind: VirtualMachineInstancetype}\n"
        "preference: {name: fedora, kind: VirtualMachinePreference}\n"
        "autoscaling: {maxReplicas: 5, targetCPUAverageValue: 500m}"
    ),
    "large": "cores: 4\nmemory: 16Gi\ncpuRequest: 2500m",
    "udp and tcp": (
        "service: {type: LoadBalancer, ports: [{name: dns, port: 53, protocol: UDP},"
        " {name: web, port: 80, targetPort: 8080, nodePort: 30080}]}"
    ),
    "udp alone": "service: {ports: [{port: 53, protocol: UDP}]}\nreadinessProbe: {enabled: false}",
    "web probe": (
        "readinessProbe: {httpGet: {port: 80, path: /healthz, scheme: HTTP,"
        " httpHeaders: [{name: Host, value: example.com}]}, initialDelaySeconds: 20,"
        " timeoutSeconds: 5, successThreshold: 1}"
    ),
    "command as probe": "readinessProbe: {exec: {command: [cat, /tmp/ready]}}",
    "agent as probe": "readinessProbe: {guestAgentPing: {}}",
    "no probe": "readinessProbe: {enabled: false}",
    "disks that stay": "scaleIn: {order: DescendingOrder, keepDisks: true}",
    "order alone": "scaleIn: {order: Newest}",
    "quarter": "rollout: {maxUnavailable: 25%}",
    "rollout by hand": "rollout: {strategy: unmanaged}",
    "1.5": 'kubevirtVersion: "1.5"\nrollout: {maxUnavailable: 100%}',
    "1.6": 'kubevirtVersion: "1.6"',
    "1.7": 'kubevirtVersion: "1.7"\nscaleIn: {keepDisks: true}\nrollout: {strategy: opportunistic}',
    "v1beta1": "poolApiVersion: v1beta1",
    "parked": "replicas: 0\nautoscaling:",
    "parked with autoscaling": "replicas: 0",
    "without autoscaling": "replicas: 40\nautoscaling:",
    "own namespace": "createNamespace: true\nnamespace: web-of-ann",
    "labels and annotations": (
        'labels: {team: web}\nannotations: {example.com/note: "any: text"}\ncreateNamespace: true'
    ),
    "network data": "cloudInit: {networkData: {version: 2, ethernets: {enp1s0: {dhcp4: true}}}}",
    "user data": 'password:\ncloudInit: {userData: "#!/bin/sh\\nuseradd ann"}',
    "keys": f"password:\ncloudInit: {{sshAuthorizedKeys: ['{ED25519_KEY}'], user: ann}}",
    "scheduling": (
        "nodeSelector: {kubernetes.io/arch: amd64}\n"
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
        " {nodeSelectorTerms: [{matchExpressions: [{key: cpus, operator: Gt, values: ['4']}]}]}}}\n"
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname,"
        " whenUnsatisfiable: ScheduleAnyway}]"
    ),
    "longest name": f"name: {'a' * 55}\ncloudInit:",
    "eviction": "evictionStrategy: LiveMigrateIfPossible",
    "disruption budget": "disruptionBudget: {minAvailable: 1}",
    "parked with disruption budget": "replicas: 0\ndisruptionBudget: {minAvailable: 1}",
    "network policy": "networkPolicy: {from: []}",
    "network policy with peers": (
        "networkPolicy: {from: [{ipBlock: {cidr: 10.0.0.0/8}},"
        " {namespaceSelector: {matchLabels: {team: web}}, podSelector: {}}]}\n"
        "service: {ports: [{name: a, port: 80, targetPort: 8080}, {name: b, port: 53,"
        " protocol: UDP}]}"
    ),
    "scale role": (
        "scaleRole: {subjects: [{kind: User, name: ann}, {kind: Group, name: 'web:team'},"
        " {kind: ServiceAccount, name: default}]}"
    ),
    "disk by the storage profile": (
        "disk: {storage: true, volumeMode: Block, source: {pvc: {name: golden}}}"
    ),
    "disk of every setting": (
        "disk: {size: 9Gi, volumeMode: Block, bus: scsi, bootOrder: 1, cache: none, io: native,"
        " source: {blank: {}}}"
    ),
    "upload": "disk: {source: {upload: {}}}",
    "s3": 'disk: {source: {s3: {url: "https://s3.example.com/b/a.img", secretRef: keys}}}',
    "gcs": 'disk: {source: {gcs: {url: "gs://bucket/a.img", secretRef: keys}}}',
    "image stream": (
        "disk: {source: {registry: {imageStream: fedora, pullMethod: node, certConfigMap: certs,"
        " platform: {architecture: arm64}}}}"
    ),
    "web server with headers": (
        'disk: {source: {http: {url: "https://example.com/a.img", certConfigMap: certs,'
        ' extraHeaders: ["Accept: */*"], secretExtraHeaders: [token]}}}'
    ),
    "container disk": (
        "disk:\ncontainerDisk: {image: quay.io/containerdisks/fedora:42, path: /disk/a.qcow2,"
        " imagePullPolicy: IfNotPresent, imagePullSecret: pull, bus: sata, cache: none}"
    ),
    "ephemeral": "disk:\nephemeral: {claimName: golden, io: threads}",
    "further disks of every kind": (
        "disks: {a: {size: 1Gi, source: {blank: {}}, shareable: true, cache: none},"
        " b-c: {storage: true, source: {snapshot: {name: d}}, type: lun, bus: scsi},"
        " e: {containerDisk: {image: drivers}, type: cdrom, bus: sata, readonly: true},"
        " f: {ephemeral: {claimName: g}, bootOrder: 2}, h: {emptyDisk: {capacity: 2Gi}},"
        " i: {sysprep: {secret: {name: j}}}, k: {sysprep: {configMap: {name: j}}, type: disk},"
        " l: {configMap: {name: m, optional: true}}, n: {secret: {secretName: o, volumeLabel: p}},"
        " q: {downwardAPI: {volumeLabel: r, fields: [{path: labels, fieldRef: {fieldPath:"
        " metadata.labels}}, {path: cpu, mode: 292, resourceFieldRef: {resource: limits.cpu,"
        " containerName: compute, divisor: 1m}}]}},"
        " s: {serviceAccount: {serviceAccountName: default}}}"
    ),
    "further disks beside a preference": (
        "preference: {name: windows.11}\ndisks: {a: {size: 1Gi, source: {blank: {}}},"
        " b: {emptyDisk: {capacity: 1Gi}, bus: sata}}\nvolumes: [{name: c, configMap: {name: c}}]"
    ),
    "clone access to several images": (
        "cloneAccess: true\ndisk: {source: {pvc: {name: golden, namespace: images}}}\n"
        "disks: {a: {size: 1Gi, source: {snapshot: {name: data, namespace: images}}}}"
    ),
    "clone access": ("cloneAccess: true\ndisk: {source: {pvc: {name: golden, namespace: images}}}"),
    "clone access to a data source": (
        "cloneAccess: true\ndisk: {source: {dataSource: {name: fedora, namespace: images}}}"
    ),
}
