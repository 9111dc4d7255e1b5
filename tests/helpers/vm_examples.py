"""The rows of examples.py for the keys of the VMs that are KubeVirt's own, and those near them.

Each is what an Example holds: what is said, where it comes out, what stands there, what it does.
"""

from __future__ import annotations

from typing import Any

from kubevirt_vm_pool.effects import Severity

VM = "pool.spec.virtualMachineTemplate.spec"
VMI = f"{VM}.template"
GUEST = f"{VMI}.spec"
DOMAIN = f"{GUEST}.domain"
DEVICES = f"{DOMAIN}.devices"

RESTART = Severity.RESTART_SOME

Row = tuple[str, str, Any, Severity]

ROWS: tuple[Row, ...] = (
    ("runStrategy: Halted", f"{VM}.runStrategy", "Halted", Severity.RESTART_ALL),
    (
        "cpu: {model: host-passthrough, sockets: 2, features: [{name: pcid, policy: require}]}",
        f"{DOMAIN}.cpu",
        {
            "cores": 1,
            "model": "host-passthrough",
            "sockets": 2,
            "features": [{"name": "pcid", "policy": "require"}],
        },
        RESTART,
    ),
    (
        "requests: {memory: 1Gi, ephemeral-storage: 1Gi}",
        f"{DOMAIN}.resources.requests",
        {"memory": "1Gi", "cpu": "1", "ephemeral-storage": "1Gi"},
        RESTART,
    ),
    (
        'limits: {cpu: "2", memory: 3Gi}',
        f"{DOMAIN}.resources.limits",
        {"cpu": "2", "memory": "3Gi"},
        RESTART,
    ),
    ("machine: {type: q35}", f"{DOMAIN}.machine.type", "q35", RESTART),
    (
        "firmware: {bootloader: {efi: {secureBoot: true, persistent: true}}}\n"
        "features: {smm: {enabled: true}}",
        f"{DOMAIN}.firmware.bootloader.efi",
        {"secureBoot": True, "persistent": True},
        RESTART,
    ),
    ("tpm: {persistent: true}", f"{DEVICES}.tpm", {"persistent": True}, RESTART),
    (
        "features: {acpi: {}, hyperv: {relaxed: {}, spinlocks: {spinlocks: 8191}}, "
        "kvm: {hidden: true}, pvspinlock: {enabled: false}}",
        f"{DOMAIN}.features.hyperv",
        {"relaxed": {}, "spinlocks": {"spinlocks": 8191}},
        RESTART,
    ),
    (
        "clock: {utc: {}, timer: {hpet: {present: false}, rtc: {tickPolicy: catchup}}}",
        f"{DOMAIN}.clock.timer",
        {"hpet": {"present": False}, "rtc": {"tickPolicy": "catchup"}},
        RESTART,
    ),
    ("launchSecurity: {sev: {}}", f"{DOMAIN}.launchSecurity", {"sev": {}}, RESTART),
    ("ioThreadsPolicy: auto", f"{DOMAIN}.ioThreadsPolicy", "auto", RESTART),
    (
        "ioThreads: {supplementalPoolThreadCount: 4}\nioThreadsPolicy: supplementalPool",
        f"{DOMAIN}.ioThreads.supplementalPoolThreadCount",
        4,
        RESTART,
    ),
    (
        "gpus: [{name: gpu, deviceName: nvidia.com/TU104GL_Tesla_T4}]",
        f"{DEVICES}.gpus",
        [{"name": "gpu", "deviceName": "nvidia.com/TU104GL_Tesla_T4"}],
        RESTART,
    ),
    (
        "hostDevices: [{name: qat, deviceName: intel.com/qat}]",
        f"{DEVICES}.hostDevices",
        [{"name": "qat", "deviceName": "intel.com/qat"}],
        RESTART,
    ),
    (
        "filesystems: [{name: site, virtiofs: {}}]\n"
        "volumes: [{name: site, configMap: {name: site}}, {name: b, configMap: {name: b}}]",
        f"{DEVICES}.disks[2].name",
        "b",
        RESTART,
    ),
    (
        "inputs: [{name: tablet, type: tablet, bus: usb}]",
        f"{DEVICES}.inputs[0].bus",
        "usb",
        RESTART,
    ),
    ("video: {type: virtio}", f"{DEVICES}.video.type", "virtio", RESTART),
    (
        "watchdog: {name: dog, i6300esb: {action: reset}}",
        f"{DEVICES}.watchdog.i6300esb.action",
        "reset",
        RESTART,
    ),
    ("rng: true", f"{DEVICES}.rng", {}, RESTART),
    ("blockMultiQueue: true", f"{DEVICES}.blockMultiQueue", True, RESTART),
    ("networkInterfaceMultiqueue: true", f"{DEVICES}.networkInterfaceMultiqueue", True, RESTART),
    ("autoattachGraphicsDevice: false", f"{DEVICES}.autoattachGraphicsDevice", False, RESTART),
    ("autoattachInputDevice: true", f"{DEVICES}.autoattachInputDevice", True, RESTART),
    ("autoattachMemBalloon: false", f"{DEVICES}.autoattachMemBalloon", False, RESTART),
    ("autoattachSerialConsole: false", f"{DEVICES}.autoattachSerialConsole", False, RESTART),
    ("autoattachVSOCK: true", f"{DEVICES}.autoattachVSOCK", True, RESTART),
    ("logSerialConsole: false", f"{DEVICES}.logSerialConsole", False, RESTART),
    ("architecture: arm64", f"{GUEST}.architecture", "arm64", RESTART),
    ("priorityClassName: high", f"{GUEST}.priorityClassName", "high", RESTART),
    ("schedulerName: mine", f"{GUEST}.schedulerName", "mine", RESTART),
    (
        'dnsPolicy: "None"\ndnsConfig: {nameservers: [10.0.0.10]}',
        f"{GUEST}.dnsPolicy",
        "None",
        RESTART,
    ),
    (
        "dnsConfig: {nameservers: [10.0.0.10, 'fd00::10'], searches: [example.com], "
        "options: [{name: ndots, value: '2'}]}",
        f"{GUEST}.dnsConfig.nameservers",
        ["10.0.0.10", "fd00::10"],
        RESTART,
    ),
    ("subdomain: vms", f"{GUEST}.subdomain", "vms", RESTART),
    (
        "livenessProbe: {httpGet: {port: 80}, initialDelaySeconds: 120}",
        f"{GUEST}.livenessProbe.httpGet.port",
        80,
        RESTART,
    ),
    (
        "accessCredentials: [{sshPublicKey: {source: {secret: {secretName: keys}}, "
        "propagationMethod: {noCloud: {}}}}, {userPassword: {source: {secret: {secretName: pw}}, "
        "propagationMethod: {qemuGuestAgent: {}}}}]",
        f"{GUEST}.accessCredentials[0].sshPublicKey.source.secret.secretName",
        "keys",
        RESTART,
    ),
    (
        "serviceAccountName: web",
        f"{GUEST}.volumes[2]",
        {"name": "serviceaccount", "serviceAccount": {"serviceAccountName": "web"}},
        RESTART,
    ),
    (
        "hookSidecars: [{image: 'registry/hook:v1', args: [--version, v1alpha2]}]\nautoscaling:",
        f'{VMI}.metadata.annotations."hooks.kubevirt.io/hookSidecars"',
        '[{"image": "registry/hook:v1", "args": ["--version", "v1alpha2"]}]',
        Severity.SCALE_IN,
    ),
    (
        "updateStrategy: {opportunistic: {}}",
        "pool.spec.updateStrategy",
        {"opportunistic": {}},
        Severity.NOTHING,
    ),
    (
        "scaleInStrategy: {proactive: {statePreservation: Online, "
        "selectionPolicy: {sortPolicy: Newest}}}",
        "pool.spec.scaleInStrategy.proactive.statePreservation",
        "Online",
        Severity.NOTHING,
    ),
    (
        "autohealing: {aloneInNamespace: true, startUpFailureThreshold: 5}",
        "pool.spec.autohealing",
        {"startUpFailureThreshold": 5},
        Severity.DISK_LOSS,
    ),
)
