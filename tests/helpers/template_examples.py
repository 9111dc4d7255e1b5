"""Uses of `template`, each as a row of examples.py: what people set and no key is for."""

from __future__ import annotations

from kubevirt_vm_pool.effects import Severity

from examples import GUEST, VM, Example


def of_the_guest(said: str, at: str, is_: object) -> Example:
    """Return a row of what stands below template.template.spec."""
    return Example(
        f"template: {{template: {{spec: {said}}}}}",
        f"{GUEST}.{at}",
        is_,
        Severity.RESTART_SOME,
    )


TEMPLATE_EXAMPLES = (
    of_the_guest(
        "{domain: {cpu: {model: host-passthrough, sockets: 2, threads: 2}}}",
        "domain.cpu",
        {"cores": 1, "model": "host-passthrough", "sockets": 2, "threads": 2},
    ),
    of_the_guest(
        "{domain: {devices: {hostDevices: [{name: nic, deviceName: intel.com/qat}],"
        " gpus: [{name: gpu, deviceName: nvidia.com/TU104GL_Tesla_T4}]}}}",
        "domain.devices.gpus",
        [{"name": "gpu", "deviceName": "nvidia.com/TU104GL_Tesla_T4"}],
    ),
    of_the_guest(
        "{domain: {devices: {disks: [{name: tools, cdrom: {bus: sata}}]}},"
        " volumes: [{name: tools, containerDisk: {image: quay.io/kubevirt/virtio-drivers}}]}",
        "volumes[2]",
        {
            "name": "tools",
            "containerDisk": {"image": "quay.io/kubevirt/virtio-drivers"},
        },
    ),
    of_the_guest(
        "{domain: {clock: {utc: {}, timer: {hpet: {present: false}, hyperv: {}}},"
        " features: {acpi: {}, hyperv: {relaxed: {}, spinlocks: {spinlocks: 8191}}}}}",
        "domain.clock",
        {"utc": {}, "timer": {"hpet": {"present": False}, "hyperv": {}}},
    ),
    of_the_guest(
        "{domain: {memory: {guest: 2Gi, hugepages: {pageSize: 2Mi}}, cpu: {numa: "
        "{guestMappingPassthrough: {}}, dedicatedCpuPlacement: true}}}",
        "domain.memory",
        {"guest": "2Gi", "hugepages": {"pageSize": "2Mi"}},
    ),
    of_the_guest(
        "{domain: {firmware: {bootloader: {efi: {secureBoot: true}}}, features: {smm: {}},"
        " devices: {tpm: {persistent: true}, rng: {}}, machine: {type: q35}}}",
        "domain.firmware.bootloader",
        {"efi": {"secureBoot": True}},
    ),
    of_the_guest(
        "{domain: {devices: {disks: [{name: datavolumedisk, disk: {bus: sata}, bootOrder: 1}]}}}",
        "domain.devices.disks[0]",
        {"name": "datavolumedisk", "disk": {"bus": "sata"}, "bootOrder": 1},
    ),
    of_the_guest(
        "{networks: [{name: storage, multus: {networkName: storage}}],"
        " domain: {devices: {interfaces: [{name: storage, bridge: {}, model: e1000e}]}}}",
        "networks",
        [{"name": "default", "pod": {}}, {"name": "storage", "multus": {"networkName": "storage"}}],
    ),
    of_the_guest(
        "{readinessProbe: {tcpSocket: null, exec: {command: [cat, /ready]}}}",
        "readinessProbe.exec",
        {"command": ["cat", "/ready"]},
    ),
    of_the_guest("{schedulerName: mine, dnsPolicy: Default}", "schedulerName", "mine"),
    Example(
        "template: {dataVolumeTemplates: [{metadata: {name: lab05-webserver-data}, spec: "
        "{source: {blank: {}}, storage: {resources: {requests: {storage: 20Gi}}}}}], template: "
        "{spec: {volumes: [{name: data, dataVolume: {name: lab05-webserver-data}}],"
        " domain: {devices: {disks: [{name: data, disk: {bus: virtio}}]}}}}}",
        f"{VM}.dataVolumeTemplates[1].metadata.name",
        "lab05-webserver-data",
        Severity.DISK_LOSS,
    ),
)
