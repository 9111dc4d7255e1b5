# ruff: noqa: E501 - manifests stand on as few lines as they can
"""Made-up manifests of every kind, as people write them, for `vmpool import`."""

from __future__ import annotations

DISK = "disk: {bus: virtio}"
FEDORA = "containerDisk: {image: 'quay.io/containerdisks/fedora:42'}"
NETWORK = "networks: [{name: default, pod: {}}]"
INTERFACE = "interfaces: [{name: default, masquerade: {}}]"


def vm(
    *,
    spec: str = "runStrategy: Always",
    guest: str = "",
    domain: str = "",
    devices: str = "",
    root: str = FEDORA,
    disks: str = "",
    volumes: str = "",
    network: str = NETWORK,
    interface: str = INTERFACE,
) -> str:
    """Return a VirtualMachine of the name web, its parts as YAML."""
    return f"""
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {{name: web, namespace: user1}}
spec:
  {spec}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      {guest or "terminationGracePeriodSeconds: 60"}
      {network}
      domain:
        {domain or "cpu: {cores: 1}"}
        memory: {{guest: 2Gi}}
        devices:
          {devices or "rng: {}"}
          {interface}
          disks:
          - {{name: datavolumedisk, {DISK}}}
          {disks}
      volumes:
      - {{name: datavolumedisk, {root}}}
      {volumes}
"""


OWN_DISK = (
    "runStrategy: Always\n"
    "  dataVolumeTemplates: [{metadata: {name: web-disk}, spec: {%s, storage: {resources: {requests:"
    " {storage: 10Gi}}}}}]"
)
CLAIM = "persistentVolumeClaim: {claimName: web-disk}"
SECRET = """
---
apiVersion: v1
kind: Secret
metadata: {name: web-cloudinit}
%s
"""
DOCUMENTS = "- {name: cloudinitdisk, cloudInitNoCloud: {secretRef: {name: web-cloudinit}}}"
DOCUMENTS_DISK = "- {name: cloudinitdisk, disk: {bus: virtio}}"
SERVICE = """
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, %s}
"""
HPA = """
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  minReplicas: 1
  maxReplicas: 4
  scaleTargetRef: {apiVersion: kubevirt.io/v1, kind: VirtualMachine, name: web}
  metrics: [%s]
"""
# What a VM has by a key of its own, by the text of the VM. Each is said by this key.
BY_KEYS: dict[str, tuple[str, object, str]] = {
    "container disk": ("containerDisk", {"image": "quay.io/containerdisks/fedora:42"}, vm()),
    "cloned disk": (
        "disk",
        {"size": "10Gi", "storage": True, "source": {"pvc": {"name": "golden", "namespace": "b"}}},
        vm(spec=OWN_DISK % "source: {pvc: {name: golden, namespace: b}}", root=CLAIM),
    ),
    "data source": (
        "disk",
        {"size": "10Gi", "storage": True, "source": {"dataSource": {"name": "fedora"}}},
        vm(spec=OWN_DISK % "sourceRef: {kind: DataSource, name: fedora}", root=CLAIM),
    ),
    "blank disk": (
        "disk",
        {"size": "10Gi", "storage": True, "source": {"blank": {}}},
        vm(spec=OWN_DISK % "source: {blank: {}}", root=CLAIM),
    ),
    "uploaded disk": (
        "disk",
        {"size": "10Gi", "storage": True, "source": {"upload": {}}},
        vm(spec=OWN_DISK % "source: {upload: {}}", root=CLAIM),
    ),
    "imported disk": (
        "disk",
        {"size": "10Gi", "storage": True, "source": {"s3": {"url": "https://a.b/c", "secretRef": "d"}}},
        vm(spec=OWN_DISK % "source: {s3: {url: 'https://a.b/c', secretRef: d}}", root=CLAIM),
    ),
    "ephemeral disk": (
        "ephemeral",
        {"claimName": "golden"},
        vm(root="ephemeral: {persistentVolumeClaim: {claimName: golden}}"),
    ),
    "empty disk": (
        "disks",
        {"tmp": {"emptyDisk": {"capacity": "1Gi"}}},
        vm(disks=f"- {{name: tmp, {DISK}}}", volumes="- {name: tmp, emptyDisk: {capacity: 1Gi}}"),
    ),
    "CD-ROM": (
        "disks",
        {"tools": {"containerDisk": {"image": "drivers"}, "type": "cdrom", "bus": "sata"}},
        vm(
            disks="- {name: tools, cdrom: {bus: sata}}",
            volumes="- {name: tools, containerDisk: {image: drivers}}",
        ),
    ),
    "sysprep": (
        "disks",
        {"answers": {"sysprep": {"configMap": {"name": "answers"}}, "bus": "sata"}},
        vm(
            disks="- {name: answers, cdrom: {bus: sata}}",
            volumes="- {name: answers, sysprep: {configMap: {name: answers}}}",
        ),
    ),
    "multus": (
        "networks",
        [
            {"name": "default", "pod": {}, "masquerade": {}},
            {"name": "lan", "multus": {"networkName": "a/lan"}, "bridge": {}, "model": "e1000"},
        ],
        vm(
            network="networks: [{name: default, pod: {}}, {name: lan, multus: {networkName: a/lan}}]",
            interface="interfaces: [{name: default, masquerade: {}},"
            " {name: lan, bridge: {}, model: e1000}]",
        ),
    ),
    "sriov alone": (
        "networks",
        [{"name": "fast", "multus": {"networkName": "fast"}, "sriov": {}}],
        vm(
            network="networks: [{name: fast, multus: {networkName: fast}}]",
            interface="interfaces: [{name: fast, sriov: {}}]",
        ),
    ),
    "no network": (
        "networks",
        False,
        vm(network="", interface="autoattachPodInterface: false"),
    ),
    "EFI": (
        "firmware",
        {"bootloader": {"efi": {"secureBoot": True}}},
        vm(
            domain="firmware: {bootloader: {efi: {secureBoot: true}}}\n"
            "        features: {smm: {enabled: true}}\n        cpu: {cores: 1}"
        ),
    ),
    "TPM": ("tpm", {"persistent": True}, vm(devices="tpm: {persistent: true}")),
    "clock": (
        "clock",
        {"utc": {}, "timer": {"hpet": {"present": False}}},
        vm(domain="clock: {utc: {}, timer: {hpet: {present: false}}}\n        cpu: {cores: 1}"),
    ),
    "features": (
        "features",
        {"acpi": {}, "hyperv": {"relaxed": {}}},
        vm(domain="features: {acpi: {}, hyperv: {relaxed: {}}}\n        cpu: {cores: 1}"),
    ),
    "GPU": (
        "gpus",
        [{"name": "gpu", "deviceName": "nvidia.com/A100"}],
        vm(devices="gpus: [{name: gpu, deviceName: nvidia.com/A100}]"),
    ),
    "dedicated CPUs": (
        "cpu",
        {"dedicatedCpuPlacement": True, "sockets": 2},
        vm(domain="cpu: {cores: 1, sockets: 2, dedicatedCpuPlacement: true}"),
    ),
    "file system": (
        "filesystems",
        [{"name": "site", "virtiofs": {}}],
        vm(
            devices="filesystems: [{name: site, virtiofs: {}}]",
            volumes="- {name: site, configMap: {name: site}}",
        ),
    ),
    "access credentials": (
        "accessCredentials",
        [
            {
                "sshPublicKey": {
                    "source": {"secret": {"secretName": "keys"}},
                    "propagationMethod": {"qemuGuestAgent": {"users": ["ann"]}},
                }
            }
        ],
        vm(
            guest="accessCredentials: [{sshPublicKey: {source: {secret: {secretName: keys}},"
            " propagationMethod: {qemuGuestAgent: {users: [ann]}}}}]"
        ),
    ),
    "affinity": (
        "affinity",
        {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}
        ]}}},
        vm(
            guest="affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
            " {nodeSelectorTerms: [{matchExpressions: [{key: gpu, operator: Exists}]}]}}}"
        ),
    ),
    "tolerations": (
        "tolerations",
        [{"key": "gpu", "operator": "Exists"}],
        vm(guest="tolerations: [{key: gpu, operator: Exists}]"),
    ),
    "node selector": (
        "nodeSelector",
        {"zone": "a"},
        vm(guest="nodeSelector: {zone: a}"),
    ),
    "eviction": (
        "evictionStrategy",
        "LiveMigrate",
        vm(guest="evictionStrategy: LiveMigrate"),
    ),
    "readiness probe": (
        "readinessProbe",
        {"periodSeconds": 5, "failureThreshold": None, "httpGet": {"port": 80, "path": "/up"}},
        vm(guest="readinessProbe: {periodSeconds: 5, httpGet: {port: 80, path: /up}}"),
    ),
    "liveness probe": (
        "livenessProbe",
        {"guestAgentPing": {}},
        vm(guest="livenessProbe: {guestAgentPing: {}}"),
    ),
    "halted": ("runStrategy", "Halted", vm(spec="runStrategy: Halted")),
    "no cloud-init": ("cloudInit", False, vm()),
    "somebody else's Secret": (
        "cloudInit",
        {"existingSecret": "web-cloudinit"},
        vm(disks=DOCUMENTS_DISK, volumes=DOCUMENTS),
    ),
    "config drive": (
        "cloudInit",
        {"userData": '{"ignition": {"version": "3.3.0"}}', "type": "configDrive"},
        vm(disks=DOCUMENTS_DISK, volumes=DOCUMENTS.replace("NoCloud", "ConfigDrive"))
        + SECRET % """stringData: {userdata: '{"ignition": {"version": "3.3.0"}}'}""",
    ),
    "gzip": (
        "cloudInit",
        {"userDataBase64": "H4sIAAAAAAAAA1NOyslPUihPTVJIzk9JBQDOrKRlEAAAAA=="},
        vm(disks=DOCUMENTS_DISK, volumes=DOCUMENTS)
        + SECRET % "data: {userdata: H4sIAAAAAAAAA1NOyslPUihPTVJIzk9JBQDOrKRlEAAAAA==}",
    ),
    "network data": (
        "cloudInit",
        {"config": {"users": ["default"]}, "networkData": "version: 2\n"},
        vm(
            disks=DOCUMENTS_DISK,
            volumes="- {name: cloudinitdisk, cloudInitNoCloud: {secretRef: {name: web-cloudinit},"
            " networkDataSecretRef: {name: web-cloudinit}}}",
        )
        + SECRET
        % 'stringData: {userdata: "#cloud-config\\nusers:\\n- default\\n", networkdata: "version: 2\\n"}',
    ),
    "no Service": ("service", False, vm()),
    "headless Service": (
        "service",
        {"clusterIP": "None"},
        vm() + SERVICE % "clusterIP: None, ports: [{port: 80}]",
    ),
    "load balancer": (
        "service",
        {"type": "LoadBalancer", "loadBalancerClass": "a.b/c", "externalTrafficPolicy": "Local",
         "ports": [{"port": 443, "targetPort": 8443}]},
        vm()
        + SERVICE
        % (
            "type: LoadBalancer, loadBalancerClass: a.b/c, externalTrafficPolicy: Local,"
            " ports: [{port: 443, targetPort: 8443}]"
        ),
    ),
    "two Services": (
        "services",
        {"ssh": {"type": "NodePort", "ports": [{"port": 22, "nodePort": 30022}]}},
        vm() + SERVICE % "ports: [{port: 80}]"
        + (SERVICE % "type: NodePort, ports: [{port: 22, nodePort: 30022}]").replace(
            "name: web}", "name: web-ssh}"
        ),
    ),
    "scaled by CPU": (
        "autoscaling",
        {"maxReplicas": 4, "targetCPUAverageValue": "500m"},
        vm()
        + HPA % "{type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: 500m}}}",
    ),
    "scaled by memory": (
        "autoscaling",
        {"maxReplicas": 4, "metrics": [{"type": "Resource", "resource": {
            "name": "memory", "target": {"type": "AverageValue", "averageValue": "3Gi"}}}]},
        vm()
        + HPA % "{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 3Gi}}}",
    ),
    "scaled by requests": (
        "autoscaling",
        {"maxReplicas": 4, "metrics": [{"type": "Pods", "pods": {
            "metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "100"}}}]},
        vm()
        + HPA
        % "{type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: '100'}}}",
    ),
}  # fmt: skip

# What a pool has otherwise than a VM: the places, as they are told; "!" before what cannot be said.
BECOMING_A_POOL = ["VirtualMachine web: metadata.labels", "VirtualMachine web"]
GUEST = "VirtualMachine web: spec.template.spec"
WITH_DIFFERENCES: dict[str, tuple[list[str], str]] = {
    "running": (["VirtualMachine web: spec.running"], vm(spec="running: true")),
    "manual": (["VirtualMachine web: spec.runStrategy"], vm(spec="runStrategy: Manual")),
    "hostname": ([f"! {GUEST}.hostname"], vm(guest="hostname: web")),
    "identity": (
        [f"! {GUEST}.domain.firmware.uuid", f"! {GUEST}.domain.firmware.serial"],
        vm(domain="firmware: {uuid: a, serial: b}\n        cpu: {cores: 1}"),
    ),
    "MAC address": (
        [f"! {GUEST}.domain.devices.interfaces.default.macAddress"],
        vm(
            interface="interfaces: [{name: default, masquerade: {}, macAddress: '02:00:00:00:00:01'}]"
        ),
    ),
    "other names": (
        [
            f"{GUEST}.volumes.root",
            f"{GUEST}.volumes.datavolumedisk",
            "VirtualMachine web: spec.dataVolumeTemplates.fedora",
        ],
        (
            vm(
                spec=OWN_DISK.replace("web-disk", "fedora")
                % "source: {pvc: {name: golden, namespace: b}}",
                root="dataVolume: {name: fedora}",
            ).replace("datavolumedisk", "root")
        ),
    ),
    "fields that KubeVirt does not have": (
        [
            f"! {GUEST}.topologyspreadconstraints",
            f"! {GUEST}.domain.cpu.ioThreadsPolicy",
            f"! {GUEST}.domain.devices.disks[0].volumeName",
        ],
        vm(
            guest="topologyspreadconstraints: []",
            domain="cpu: {cores: 1, ioThreadsPolicy: auto}",
        ).replace(
            f"{{name: datavolumedisk, {DISK}}}", f"{{name: datavolumedisk, volumeName: a, {DISK}}}"
        ),
    ),
    "sizes beside an instancetype": (
        [f"! {GUEST}.domain.cpu.cores", f"! {GUEST}.domain.memory.guest"],
        vm(spec="runStrategy: Always\n  instancetype: {name: u1.small}"),
    ),
    "user data that nobody reads": (
        ["Secret web-cloudinit: userdata", f"{GUEST}.volumes.cloudinitdisk"],
        vm(
            disks=DOCUMENTS_DISK,
            volumes="- {name: cloudinitdisk, cloudInitNoCloud: {userDataBase64: SGkuXG4=}}",
        ),
    ),
    "an instancetype that a claim names": (
        [f"! {GUEST}.volumes.root", f"{GUEST}.volumes.root"],
        vm(
            spec="runStrategy: Always\n  preference: {inferFromVolume: root}",
            root="persistentVolumeClaim: {claimName: golden}",
        ).replace("datavolumedisk", "root"),
    ),
    "a Service of VMs without the pod network": (
        ["! Service web"],
        vm(
            network="networks: [{name: a, multus: {networkName: a}}]",
            interface="interfaces: [{name: a, bridge: {}}]",
        )
        + SERVICE % "ports: [{port: 22}]",
    ),
    "a claim of its own": (
        [f"! {GUEST}.volumes.datavolumedisk"],
        vm(root="persistentVolumeClaim: {claimName: web-root}"),
    ),
    "no cores, no network": (
        [f"{GUEST}.domain.cpu.cores", f"{GUEST}.networks"],
        vm(domain="machine: {type: q35}", network="", interface="gpus: []"),
    ),
    "disks out of order": (
        [f"{GUEST}.domain.devices.disks"],
        vm(
            disks=f"- {{name: b, {DISK}}}\n          - {{name: a, {DISK}}}",
            volumes="- {name: a, emptyDisk: {capacity: 1Gi}}\n"
            "      - {name: b, emptyDisk: {capacity: 1Gi}}",
        ),
    ),
    "documents in the volume": (
        [f"{GUEST}.volumes.cloudinitdisk"],
        vm(
            disks=DOCUMENTS_DISK,
            volumes='- {name: cloudinitdisk, cloudInitNoCloud: {userData: "#cloud-config\\nusers:\\n- default\\n"}}',
        ),
    ),
    "user data in other words": (
        ["Secret web-cloudinit: data.userdata"],
        vm(disks=DOCUMENTS_DISK, volumes=DOCUMENTS)
        + SECRET
        % 'stringData: {userdata: "#cloud-config\\npassword: a # b\\nchpasswd: {expire: False}\\n"}',
    ),
    "a Secret with more": (
        ["! Secret web-cloudinit: data.more"],
        vm(disks=DOCUMENTS_DISK, volumes=DOCUMENTS)
        + SECRET % 'stringData: {userdata: "#cloud-config\\nusers:\\n- default\\n", more: a}',
    ),
    "a Service of another name": (
        ["Service front", "Service front: spec.selector"],
        vm() + (SERVICE % "ports: [{port: 80}]").replace("name: web}", "name: front}"),
    ),
    "a Service of others": (
        ["! Service other"],
        vm()
        + (SERVICE % "ports: [{port: 80}]")
        .replace("name: web}", "name: other}")
        .replace("app: web", "app: x"),
    ),
    "a port by its name": (
        ["Service web: spec.selector", "Service web: spec.ports.80.targetPort"],
        vm(
            interface="interfaces: [{name: default, masquerade: {}, ports: [{name: http, port: 8080}]}]"
        )
        + SERVICE % "ports: [{port: 80, targetPort: http}]",
    ),
    "scaled by a share of CPU": (
        [
            "HorizontalPodAutoscaler web: spec.scaleTargetRef",
            "VirtualMachinePool web: domain.resources.requests.cpu",
        ],
        vm()
        + HPA
        % "{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}",
    ),
    "something else": (
        ["! ConfigMap site"],
        vm() + "\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: site}, data: {a: b}}",
    ),
}

# The lab's four files, as the lab writes such.
LAB = """\
apiVersion: v1
kind: Secret
metadata:
  name: lab05-cloudinit
type: Opaque
stringData:
  userdata: |
    #cloud-config
    password: kubevirt
    chpasswd: { expire: False }
    timezone: Europe/Zurich
---
apiVersion: pool.kubevirt.io/v1alpha1
kind: VirtualMachinePool
metadata:
  name: lab05-webserver
spec:
  replicas: 2
  selector:
    matchLabels:
      kubevirt.io/vmpool: lab05-webserver
  virtualMachineTemplate:
    metadata:
      labels:
        kubevirt.io/vmpool: lab05-webserver
    spec:
      running: true
      template:
        metadata:
          labels:
            kubevirt.io/vmpool: lab05-webserver
        spec:
          domain:
            cpu: {cores: 1}
            devices:
              disks:
                - name: datavolumedisk
                  disk: {bus: virtio}
                - name: cloudinitdisk
                  disk: {bus: virtio}
              interfaces:
                - name: default
                  masquerade: {}
            resources:
              requests:
                memory: 2Gi
          networks:
            - name: default
              pod: {}
          tolerations:
            - {key: baremetal, operator: Equal, value: "true", effect: NoSchedule}
          volumes:
            - dataVolume: {name: lab05-webserver-disk}
              name: datavolumedisk
            - cloudInitNoCloud:
                secretRef: {name: lab05-cloudinit}
              name: cloudinitdisk
      dataVolumeTemplates:
        - metadata:
            name: lab05-webserver-disk
          spec:
            pvc:
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: 6Gi}}
            source:
              pvc: {name: fedora-cloud-nginx-base, namespace: user1}
---
apiVersion: v1
kind: Service
metadata:
  name: lab05-webserver
spec:
  ports:
    - port: 80
      protocol: TCP
      targetPort: 80
  selector:
    kubevirt.io/vmpool: lab05-webserver
  type: ClusterIP
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: lab05-webserver
spec:
  scaleTargetRef:
    kind: VirtualMachinePool
    name: lab05-webserver
    apiVersion: pool.kubevirt.io/v1alpha1
  minReplicas: 2
  maxReplicas: 5
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: 50}
"""
