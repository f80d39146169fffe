"""What accelerators report of themselves: metric names by exporter, role and unit, and the signals that say busy.

Sources: NVIDIA/dcgm-exporter etc/*.csv; ROCm/device-metrics-exporter docs/configuration/metricslist.md; AWS
neuron-monitor-prometheus; Cloud Monitoring's kubernetes.io/{node,container}/accelerator metrics, as PromQL spells them.
DCGM's names are checked against recordings; AMD's lower case, Neuron's names and the labels of AMD, Neuron and GKE are
as their exporters are known to write them, without a recording to prove it.
Azure's containerGpuDutyCycle lives in Log Analytics, not in Prometheus: it is not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BLANK_INT32 = 2147483632.0  # 0x7ffffff0; DCGM's FP64 blank (2^47) and int64 blanks lie above it
BLANK_INT64 = 9.2e18  # the energy counter alone may pass 2^47
OVER_PERCENT = 100.5  # AMD prints 65535 and such where a percentage is not available
MIB = 1024.0 * 1024.0
Exporter = Literal["dcgm", "amd", "neuron", "gke", "nvidia-smi", "cwagent", "sagemaker"]


@dataclass(frozen=True)
class Gauge:
    """Names of one role, in lower case; the maximum per device and instant counts, so they need no rank.

    divisor: from the exporter's unit to ours (0..1, MiB, W, J). Values at or above `ceiling` mean "not available".
    """

    exporter: Exporter
    role: str
    names: tuple[str, ...]
    divisor: float = 1.0
    ceiling: float = BLANK_INT32


def _gke(metric: str) -> tuple[str, str]:
    return f"kubernetes_io:node_accelerator_{metric}", f"kubernetes_io:container_accelerator_{metric}"


GAUGES = (
    Gauge("dcgm", "sm_active", ("dcgm_fi_prof_sm_active",)),
    Gauge("dcgm", "gr_active", ("dcgm_fi_prof_gr_engine_active",)),
    Gauge("dcgm", "gpu_util", ("dcgm_fi_dev_gpu_util", "dcgm_gpu_utilization"), 100),
    Gauge("dcgm", "dram_active", ("dcgm_fi_prof_dram_active",)),
    Gauge("dcgm", "tensor", ("dcgm_fi_prof_pipe_tensor_active",)),
    Gauge("dcgm", "memory", ("dcgm_fi_dev_fb_used", "dcgm_fb_used")),
    Gauge("dcgm", "power", ("dcgm_fi_dev_power_usage", "dcgm_power_usage")),
    Gauge(
        "dcgm",
        "energy",
        ("dcgm_fi_dev_total_energy_consumption", "dcgm_fi_dev_total_energy_consumption_total"),
        1e3,
        BLANK_INT64,
    ),
    # graphics engine busy; absent while the GPU is partitioned, and then nothing says whether it works
    Gauge("amd", "gfx_activity", ("gpu_gfx_activity",), 100, OVER_PERCENT),
    Gauge("amd", "dram_active", ("gpu_umc_activity",), 100, OVER_PERCENT),
    Gauge("amd", "memory", ("gpu_used_vram",)),
    Gauge("amd", "power", ("gpu_package_power", "gpu_average_package_power", "gpu_power_usage")),
    Gauge("amd", "energy", ("gpu_energy_consumed",), 1e6, BLANK_INT64),
    Gauge("neuron", "neuroncore", ("neuroncore_utilization_ratio",)),
    Gauge("gke", "duty_cycle", _gke("duty_cycle"), 100, OVER_PERCENT),
    Gauge("gke", "tensor", _gke("tensorcore_utilization"), 100, OVER_PERCENT),
    Gauge("gke", "dram_active", _gke("memory_bandwidth_utilization"), 100, OVER_PERCENT),
    Gauge("gke", "memory", _gke("memory_used"), MIB, BLANK_INT64),
)
# Staged by readers of ours under names that no Prometheus has; their labels are device, node, model, namespace, pod.
STAGED = (
    Gauge("nvidia-smi", "gpu_util", ("nvidia-smi:utilization.gpu",), 100, OVER_PERCENT),
    Gauge("nvidia-smi", "memory", ("nvidia-smi:memory.used",)),
    Gauge("nvidia-smi", "power", ("nvidia-smi:power.draw",)),
    Gauge("cwagent", "gpu_util", ("cwagent:nvidia_smi_utilization_gpu",), 100, OVER_PERCENT),
    Gauge("cwagent", "memory", ("cwagent:nvidia_smi_memory_used",)),
    Gauge("cwagent", "power", ("cwagent:nvidia_smi_power_draw",)),
    Gauge("sagemaker", "gpu_util", ("sagemaker:gpuutilization",), 100, OVER_PERCENT),
    Gauge("sagemaker", "memory", ("sagemaker:gpumemoryutilization",)),
)
OWN_SIGNAL = {
    "nvidia-smi": "gpu_util",
    "cwagent": "nvidia_smi_utilization_gpu",
    "sagemaker": "sagemaker_gpu_utilization",
}  # what an exporter's gpu_util is called in the store, so that a figure tells whose it is
EXPORTER = {name: gauge.exporter for gauge in (*GAUGES, *STAGED) for name in gauge.names}
SIGNALS = frozenset({"sm_active", "gr_active", "gpu_util", "gfx_activity", "neuroncore", "duty_cycle"})
HARDWARE = "neuron_hardware_info"  # its labels say how many cores a Neuron device has


def spellings(gauge: Gauge) -> list[str]:
    """Every spelling of its names: some distributions write DCGM's and AMD's in lower case, nothing else differs."""
    if gauge.exporter in ("dcgm", "amd"):
        return [spelled for name in gauge.names for spelled in (name.upper(), name)]
    return list(gauge.names)


def devices_without_data(absent: set[str]) -> list[str]:
    """The device metrics of absent roles, as people know them. DCGM's are named where it is what reports signals."""
    if not SIGNALS - absent:
        return ["any device metric (DCGM, AMD, Neuron, GKE)"]
    dcgm = [gauge for gauge in GAUGES if gauge.exporter == "dcgm"]
    if SIGNALS & {gauge.role for gauge in dcgm} <= absent:
        return []
    return [gauge.names[0].upper() for gauge in dcgm if gauge.role in absent]
