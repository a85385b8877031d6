"""Evenkeel's client for Python trainers: one file, standard library only, Python 3.9 or newer.

    import evenkeel

    with evenkeel.Run("my-run") as run:          # EVENKEEL_URL and EVENKEEL_TOKEN say where to
        for step in range(steps):
            with run.step(step):                 # opens the step, times it, sends it at its end
                loss, norm = train()
                run.log(step, {"loss": loss, "grad_norm": norm, "lr": lr})

The first law is fail-open. No call waits for the network or raises because of it: what is logged goes into a
bounded buffer, from which one daemon thread sends gzipped batches; when the buffer is full the oldest step is
dropped and counted, and later records tell how many were. A mistake in the arguments of `Run`, `Knob` and
`MoeShape` raises ValueError before training begins; a mistake in what is logged while it runs is counted,
warned of once, and never raised, unless `strict=True` (for tests).

A record is one (run, incarnation, step, rank). It is sent when the next step begins, at `step_end()` or at
`flush()`; what comes later for the same step is refused, as the same key twice is the same observation.

Safe for use by several threads. After a fork the child's copies of a Run are switched off: what is logged there
is ignored. See docs/connect-your-trainer.md, and docs/http-api.md for the protocol.
"""
from __future__ import annotations

import argparse
import array
import atexit
import collections
import dataclasses
import email.utils
import gzip
import http.client
import json
import logging
import math
import operator
import os
import random
import re
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import weakref
from typing import Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

__version__ = "0.1.0"
__all__ = ["Run", "MoeShape", "Knob", "Knobs", "Command", "SetKnob", "RunAction", "Statistics", "Deferred",
           "KNOWN_SCALARS"]

_LOG = logging.getLogger("evenkeel")

# Names that `log` takes for what a record has a field for; of two names for one field in one step the earlier of its
# tuple counts. Every other name is a scalar of the run's own. A name is read without regard to case; space, '-', '/',
# '.' and ':' count as '_'; a leading "evenkeel", "train", "training", "optim" or "metrics" is left out. A time is in
# seconds, or in the unit that its name ends with, as in step_time_ms.
# The same as io.evenkeel.contract.telemetry.KnownScalars, which a test holds against this.
KNOWN_SCALARS: Dict[str, Tuple[str, ...]] = {
    "losses.languageModel": ("lm_loss", "language_model_loss", "cross_entropy_loss", "ce_loss", "cross_entropy",
                             "loss", "train_loss"),
    "losses.loadBalance": ("load_balance_loss", "load_balancing_loss", "lb_loss"),
    "losses.hiddenZ": ("hidden_z_loss",),
    "losses.total": ("total_loss", "loss_total"),
    "fields.gradientNorm": ("gradient_norm", "grad_norm", "global_grad_norm", "total_grad_norm", "gradnorm", "gnorm"),
    "fields.clipCoefficient": ("clip_coefficient", "clip_coef", "gradient_clip_coefficient"),
    "fields.stepTimeMillis": ("step_time", "step_duration", "time_per_step", "iteration_time", "iter_time",
                              "time_per_iteration", "elapsed_time_per_iteration", "batch_time", "dt"),
    "fields.telemetryTimeMillis": ("telemetry_time",),
    "fields.tokens": ("tokens", "tokens_per_step", "step_tokens", "batch_tokens"),
    "fields.droppedBefore": ("dropped_before",),
    "fields.lastCommandEpoch": ("last_command_epoch",),
    "fields.lastCommandSequence": ("last_command_sequence",),
    "knobs.learning_rate": ("learning_rate", "lr"),
    "knobs.load_balance.alpha": ("load_balance_alpha",),
    "knobs.expert_bias.mu": ("expert_bias_mu",),
    "knobs.expert_bias.mu_decay": ("expert_bias_mu_decay",),
    "knobs.hidden_z.lambda": ("hidden_z_lambda",),
    "knobs.adam.epsilon": ("adam_epsilon",),
    "knobs.adam.beta2": ("adam_beta2",),
    "knobs.learning_rate.scale": ("learning_rate_scale",),
    "knobs.gradient_clip.norm": ("gradient_clip_norm",),
}
_TIMES = ("fields.stepTimeMillis", "fields.telemetryTimeMillis")
_WHOLE = ("tokens", "droppedBefore", "lastCommandEpoch", "lastCommandSequence")
_ENDINGS = {"_ns": 1e-6, "_us": 1e-3, "_micros": 1e-3, "_ms": 1.0, "_millis": 1.0, "_milliseconds": 1.0, "_s": 1e3,
            "_sec": 1e3, "_secs": 1e3, "_seconds": 1e3}
_SEPARATORS = re.compile(r"[ \t\n\x0b\f\r/.:-]+")
_GROUPS = ("evenkeel_", "train_", "training_", "optim_", "metrics_")
_NAMES = {name: (field, i) for field, names in KNOWN_SCALARS.items() for i, name in enumerate(names)}

_RUN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")
_MAX_NAME = 256
_MAX_TEXT = 8_192
_MAX_ENTRIES = 100_000
_MAX_INT = 2**63 - 1
_MAX_ANSWER = 4 << 20
_SITES = {"layer_out": "LAYER_OUT", "moe_in": "MOE_IN", "moe_out": "MOE_OUT"}
_FIRST_BACKOFF = 0.25
_LAST_BACKOFF = 30.0
_LONGEST_RETRY_AFTER = 300.0
_LINGER = 0.2
_POLL_SECONDS = 25
_OPERATOR = "operator:"
_ROUNDING = 1 + 1e-9


# ------------------------------------------------------------------------------------------------------- declarations

@dataclasses.dataclass(frozen=True)
class MoeShape:
    """The mixture-of-experts shape of the whole model.

    layers: L, MoE layers, >= 1.  ffn_experts: N.  top_k: K in [1, N+Z].  zero_experts: Z, zero-computation
    experts.  ffn_experts_target: K_e, target mean of FFN experts a token, in [0, K]; K when left out.
    groups: D, groups of the load-balance loss; 0 if unknown.  Vectors over experts are N+Z long, FFN experts first.
    """

    layers: int
    ffn_experts: int
    top_k: int
    zero_experts: int = 0
    ffn_experts_target: Optional[float] = None
    groups: int = 0

    def __post_init__(self) -> None:
        for name in ("layers", "ffn_experts", "top_k", "zero_experts", "groups"):
            object.__setattr__(self, name, _count(name, getattr(self, name)))
        _require(self.layers >= 1, "layers must be at least 1")
        _require(self.ffn_experts <= 65_536 and self.zero_experts <= 65_536, "more than 65536 experts")
        _require(1 <= self.top_k <= self.experts, "top_k must lie in [1, ffn_experts + zero_experts]")
        target = self.top_k if self.ffn_experts_target is None else self.ffn_experts_target
        object.__setattr__(self, "ffn_experts_target", _number("ffn_experts_target", target))
        _require(0 <= self.ffn_experts_target <= self.top_k, "ffn_experts_target must lie in [0, top_k]")

    @property
    def experts(self) -> int:
        """N + Z, the length of every vector over experts."""
        return self.ffn_experts + self.zero_experts

    def _json(self) -> Dict[str, Any]:
        return {"layers": self.layers, "ffnExperts": self.ffn_experts, "zeroExperts": self.zero_experts,
                "topK": self.top_k, "ffnExpertsTarget": self.ffn_experts_target, "groups": self.groups}


@dataclasses.dataclass(frozen=True)
class Knob:
    """A knob that the run offers to the controller, with the bounds that this client enforces itself.

    name: such as "load_balance.alpha", "expert_bias.mu", "hidden_z.lambda", "adam.epsilon",
    "learning_rate.scale", "gradient_clip.norm", or one of your own.  scope: empty for the whole model,
    "layers/3" for one layer.  baseline: the value that holds without Evenkeel, a number or a function of the step;
    the initial value when left out.  max_factor: largest factor of one change; a change from or to zero is bounded
    by minimum and maximum alone.  cooldown_steps: steps between two changes by a policy.  fallback: what to do when
    the controller's lease lapses: "hold" keeps the last value, "baseline" goes back.
    """

    name: str
    minimum: float
    maximum: float
    initial: float
    scope: str = ""
    baseline: Union[None, float, Callable[[int], float]] = None
    max_factor: float = 10.0
    cooldown_steps: int = 5
    max_changes_per_hour: int = 240
    fallback: str = "hold"
    unit: str = ""

    def __post_init__(self) -> None:
        _check_name("name of a knob", self.name)
        _check_text("scope", self.scope)
        _check_text("unit", self.unit)
        for name in ("minimum", "maximum", "initial", "max_factor"):
            object.__setattr__(self, name, _number(name, getattr(self, name)))
        for name in ("cooldown_steps", "max_changes_per_hour"):
            object.__setattr__(self, name, _count(name, getattr(self, name)))
        _require(math.isfinite(self.minimum) and math.isfinite(self.maximum), "bounds of %s must be finite" % self.name)
        _require(self.minimum <= self.initial <= self.maximum, "initial of %s is out of bounds" % self.name)
        _require(self.max_factor > 1, "max_factor of %s must exceed 1" % self.name)
        _require(self.fallback in ("hold", "baseline"), "fallback of %s must be hold or baseline" % self.name)
        _require(self.minimum <= self.baseline_at(0) <= self.maximum, "baseline of %s is out of bounds" % self.name)

    def baseline_at(self, step: int) -> float:
        """The value that holds without Evenkeel at a step."""
        if self.baseline is None:
            return self.initial
        return float(self.baseline(step)) if callable(self.baseline) else float(self.baseline)

    def _json(self, step: int) -> Dict[str, Any]:
        return {"knob": self.name, "scope": self.scope, "minimum": self.minimum, "maximum": self.maximum,
                "initial": self.initial, "baseline": self.baseline_at(step), "maxFactor": _json_number(self.max_factor),
                "cooldownSteps": self.cooldown_steps, "maxChangesPerHour": self.max_changes_per_hour,
                "fallback": "FALLBACK_" + self.fallback.upper(), "unit": self.unit}


@dataclasses.dataclass(frozen=True)
class SetKnob:
    """Set a knob. expected_from: the value that the issuer believed in force; None if it does not say."""

    knob: str
    scope: str
    value: float
    expected_from: Optional[float] = None


@dataclasses.dataclass(frozen=True)
class RunAction:
    """Do something, such as "save_checkpoint"; one of the actions that the run declares."""

    action: str
    arguments: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Lease:
    """Renews the trust in commanded values; handled by the client."""

    valid_until_micros: int


@dataclasses.dataclass(frozen=True)
class Command:
    """A command of the controller. origin: the policy's name or "operator:NAME"; reason: a sentence for people."""

    run: str
    incarnation: int
    epoch: int
    sequence: int
    issued_micros: int
    expires_micros: int
    issued_step: int
    body: Union[SetKnob, RunAction, Lease]
    origin: str = ""
    reason: str = ""


@dataclasses.dataclass(frozen=True)
class Statistics:
    """What has become of the steps so far. taken = sent + rejected + dropped + buffered.

    rejected: refused by the gateway.  dropped: lost for want of room, or given up at the end.  refused: calls or
    single values that could not be used.  last_error: the last failure to send, empty when the last attempt
    succeeded.
    """

    taken: int
    sent: int
    rejected: int
    dropped: int
    buffered: int
    buffered_bytes: int
    refused: int
    last_error: str


# ------------------------------------------------------------------------------------------------------------- checks

def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _check_name(what: str, value: Any) -> str:
    _require(isinstance(value, str) and 0 < len(value) <= _MAX_NAME,
             "%s must be a string of 1 to %d characters" % (what, _MAX_NAME))
    for c in value:
        code = ord(c)
        _require(not (code < 32 or 127 <= code < 160), "%s holds a control character" % what)
        _require(not 0xD800 <= code <= 0xDFFF, "%s holds half of a surrogate pair" % what)
    return value


def _check_text(what: str, value: Any) -> str:
    _require(isinstance(value, str) and len(value) <= _MAX_TEXT,
             "%s must be a string of at most %d characters" % (what, _MAX_TEXT))
    _require(all(c != "\0" and not "\ud800" <= c <= "\udfff" for c in value),
             "%s holds U+0000 or half of a surrogate pair" % what)
    return value


def _texts(what: str, value: Optional[Mapping[str, Any]]) -> Dict[str, str]:
    return {_check_name("key of " + what, k): _check_text("value of " + what, str(v))
            for k, v in (value or {}).items()}


def _number(what: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as e:
        raise ValueError("%s must be a number, not %.80r" % (what, value)) from e


def _count(what: str, value: Any) -> int:
    """A whole number of 0 to 2^63 - 1; a float is one when it is whole."""
    try:
        count = operator.index(value)
    except TypeError:
        number = _number(what, value)
        if not number.is_integer():
            raise ValueError("%s must be a whole number, not %r" % (what, number)) from None
        count = int(number)
    _require(0 <= count <= _MAX_INT, "%s is negative or beyond 2^63 - 1" % what)
    return count


def _sequence(what: str, values: Any) -> Iterable[Any]:
    # Tensors and arrays give plain numbers much faster this way than by iteration.
    tolist = getattr(values, "tolist", None)
    values = tolist() if tolist is not None else values
    _require(not isinstance(values, (str, bytes, Mapping)) and hasattr(values, "__iter__"),
             "%s must be a vector" % what)
    return values


def _vector(what: str, values: Any) -> array.array:
    """A copy, as the caller goes on to change its own."""
    try:
        return array.array("d", _sequence(what, values))
    except (TypeError, OverflowError) as e:
        raise ValueError("%s must be a vector of numbers" % what) from e


def _counts(what: str, values: Any) -> array.array:
    values = list(_sequence(what, values))
    try:
        counts = array.array("q", values)
    except (TypeError, OverflowError):
        counts = array.array("q", [_count(what, v) for v in values])
    _require(not counts or min(counts) >= 0, "%s has a negative entry" % what)
    return counts


# --------------------------------------------------------------------------------------------------------------- JSON

def _json_number(value: float) -> Union[float, str]:
    """In protobuf's JSON mapping, not-a-number and the infinities are strings."""
    if value - value == 0:
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _json_vector(values: array.array) -> List[Any]:
    total = sum(values)
    if total - total == 0:
        return values.tolist()
    return [_json_number(v) for v in values]


def _dumps(value: Any) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _yield_to_others() -> None:
    """Lets go of the interpreter's lock: encoding must not hold the training thread up by a whole time slice."""
    time.sleep(0)


# -------------------------------------------------------------------------------------------------------------- steps

class _Target(NamedTuple):
    """Where a named number goes: kind of field, its key, factor to its unit, and preference, the lower the better."""

    kind: str
    key: str
    scale: float
    preference: int


def _target(name: str) -> _Target:
    plain = _SEPARATORS.sub("_", _check_name("name of a scalar", name).strip().lower())
    known = _known(plain)
    for group in _GROUPS:
        if known is None and plain.startswith(group):
            plain = plain[len(group):]
            known = _known(plain)
    return known or _Target("scalars", name, 1.0, 0)


def _known(plain: str) -> Optional[_Target]:
    field, preference = _NAMES.get(plain, ("", 0))
    scale = 1e3 if field in _TIMES else 1.0
    if not field and "_" in plain:
        ending = plain[plain.rindex("_"):]
        field, preference = _NAMES.get(plain[:-len(ending)], ("", 0))
        scale = _ENDINGS.get(ending, 0.0)
        if field not in _TIMES or not scale:
            return None
    kind, _, key = field.partition(".")
    return _Target(kind, key, scale, preference) if field else None


_MOE_NUMBERS = {
    "load_balance_coefficient": "loadBalanceCoefficient", "load_balance_loss": "loadBalanceLoss",
    "lm_grad_z_sum_squares": "lmGradZSumSquares", "lb_grad_z_sum_squares": "lbGradZSumSquares",
    "router_z_sum": "routerZSum", "router_logit_max_abs": "routerLogitMaxAbs",
    "token_entropy_sum": "tokenEntropySum", "router_cosine_all": "routerCosineAll",
    "router_cosine_ffn": "routerCosineFfn", "ffn_experts_sum": "ffnExpertsSum",
    "ffn_experts_sum_squares": "ffnExpertsSumSquares", "expert_output_cosine": "expertOutputCosine",
    "top1_churn": "top1Churn", "ffn_sum_variance": "ffnSumVariance", "gamma_empirical": "gammaEmpirical",
}
_MOE_VECTORS = {"probability_sums": "probabilitySums", "lm_grad_p": "lmGradP", "lb_grad_p": "lbGradP",
                "selection_bias": "selectionBias"}
_SUMS = ("sum", "sum_squares", "sum_cubes", "sum_fourths", "max_abs", "threshold")


def _moe_layer(shape: Optional[MoeShape], layer: Any, fields: Mapping[str, Any]) -> Dict[str, Any]:
    """One layer's entry, checked, its vectors still as arrays."""
    if shape is None:
        raise ValueError("log_moe needs Run(moe_shape=...)")
    entry: Dict[str, Any] = {"layer": _count("layer", layer)}
    _require(entry["layer"] < shape.layers, "layer %d of a model with %d" % (entry["layer"], shape.layers))
    method = fields.get("gradient_method", "exact")
    _require(method in ("exact", "one_pass"), "gradient_method must be exact or one_pass")
    entry["gradientMethod"] = "GRADIENT_METHOD_" + method.upper()
    load = _counts("load", fields["load"])
    _require(len(load) == shape.experts, "load has %d entries, not %d" % (len(load), shape.experts))
    entry["load"] = load
    for name, value in fields.items():
        if value is None or name in ("load", "gradient_method"):
            continue
        if name in _MOE_VECTORS:
            vector = _vector(name, value)
            _require(len(vector) in (0, shape.experts),
                     "%s has %d entries, not %d" % (name, len(vector), shape.experts))
            entry[_MOE_VECTORS[name]] = vector
        elif name == "router_non_finite":
            entry["routerNonFinite"] = _count(name, value)
        else:
            entry[_MOE_NUMBERS[name]] = _json_number(_number(name, value))
    ffn = sum(load[:shape.ffn_experts])
    entry.setdefault("ffnExpertsSum", ffn)
    if shape.zero_experts == 0:
        entry.setdefault("ffnExpertsSumSquares", shape.top_k * ffn)
    return entry


def _activation(layer: Any, site: Any, fields: Mapping[str, Any]) -> Dict[str, Any]:
    _require(site in _SITES, "site must be one of " + ", ".join(sorted(_SITES)))
    entry: Dict[str, Any] = {"layer": _count("layer", layer), "site": "ACTIVATION_SITE_" + _SITES[site]}
    for name, value in fields.items():
        if name in _SUMS:
            entry[_camel(name)] = _json_number(_number(name, value))
        else:
            entry[_camel(name)] = _count(name, value)
    return entry


def _tensor(name: Any, fields: Mapping[str, Any]) -> Dict[str, Any]:
    entry: Dict[str, Any] = {"name": _check_name("name of a tensor", name)}
    for key in ("elements", "non_finite", "below_epsilon", "below_epsilon_nonzero"):
        entry[_camel(key)] = _count(key, fields[key])
    entry["sumSquares"] = _json_number(_number("sum_squares", fields["sum_squares"]))
    elements, below = entry["elements"], entry["belowEpsilon"]
    _require(elements >= 1, "elements must be at least 1")
    _require(entry["nonFinite"] <= elements and below <= elements, "counts exceed elements")
    _require(entry["belowEpsilonNonzero"] <= below, "below_epsilon_nonzero exceeds below_epsilon")
    return entry


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class _Step:
    """What is known of one step so far; sealed, it waits to be sent."""

    __slots__ = ("number", "incarnation", "begun", "timed", "cost", "wall_micros", "losses", "fields", "reported",
                 "scalars", "preferences", "layers", "activations", "tensors", "deferred", "knobs", "position",
                 "size", "line", "lost")

    def __init__(self, number: int, incarnation: int, knobs: Tuple[Dict[str, Any], ...],
                 position: Tuple[int, int]) -> None:
        self.number = number
        self.incarnation = incarnation
        self.begun = time.perf_counter()
        self.timed = False
        self.cost = 0.0
        self.wall_micros = 0
        self.losses: Dict[str, Any] = {}
        self.fields: Dict[str, Any] = {}
        self.reported: Dict[str, Any] = {}
        self.scalars: Dict[str, Any] = {}
        self.preferences: Dict[str, int] = {}
        self.layers: Dict[int, Dict[str, Any]] = {}
        self.activations: Dict[Tuple[int, str], Dict[str, Any]] = {}
        self.tensors: Dict[str, Dict[str, Any]] = {}
        self.deferred: List[Callable[[], Mapping[str, Any]]] = []
        self.knobs = knobs
        self.position = position
        # An estimate, from above, of the memory taken and of the bytes of the line to come.
        self.size = 500 + 120 * len(knobs)
        self.line: Optional[bytes] = None
        self.lost = False

    def put(self, target: "_Target", value: Any) -> None:
        kind, key, _, preference = target
        if kind != "scalars":
            # Of two names for one field the preferred counts, in whichever order they come.
            if self.preferences.get(key, preference) < preference:
                return
            self.preferences[key] = preference
        if kind == "scalars":
            _require(len(self.scalars) < _MAX_ENTRIES or key in self.scalars,
                     "more than %d scalars in a step" % _MAX_ENTRIES)
            self.scalars[key] = value
            self.size += 40 + len(key)
        elif kind == "losses":
            self.losses[key] = value
        elif kind == "knobs":
            self.reported[key] = value
            self.size += 80
        else:
            self.fields[key] = value

    def put_layer(self, entry: Dict[str, Any]) -> None:
        self.layers[entry["layer"]] = entry
        self.size += 500 + 24 * sum(len(v) for v in entry.values() if isinstance(v, array.array))

    def put_activation(self, entry: Dict[str, Any]) -> None:
        self.activations[(entry["layer"], entry["site"])] = entry
        self.size += 350

    def put_tensor(self, entry: Dict[str, Any]) -> None:
        self.tensors[entry["name"]] = entry
        self.size += 200 + len(entry["name"])

    def encode(self, common: Mapping[str, Any], shape: Optional[MoeShape], dropped: int) -> bytes:
        """The record as one line of JSON; piece by piece, as one call into json cannot be interrupted."""
        record: Dict[str, Any] = dict(common)
        record["incarnation"] = self.incarnation
        record["step"] = self.number
        record["wallTimeMicros"] = self.wall_micros
        record["telemetryTimeMillis"] = 1000 * self.cost
        record.update(self.fields)
        if self.losses:
            record["losses"] = self.losses
        commanded = [k for k in self.knobs if k["scope"] or k["knob"] not in self.reported]
        knobs = commanded + [{"knob": k, "value": v} for k, v in self.reported.items()]
        if knobs:
            record["knobs"] = knobs
        if self.position != (0, 0):
            record["lastCommandEpoch"], record["lastCommandSequence"] = self.position
        if self.scalars:
            record["scalars"] = self.scalars
        if dropped:
            record["droppedBefore"] = dropped
        if shape is not None:
            record["moeShape"] = shape._json()
        parts = [_dumps(record)[:-1]]
        for name, entries in (("moeLayers", self.layers), ("activations", self.activations), ("tensors", self.tensors)):
            if entries:
                parts.append(',"%s":[' % name + ",".join(self._encoded(entries.values())) + "]")
        parts.append("}\n")
        return "".join(parts).encode("utf-8")

    @staticmethod
    def _encoded(entries: Iterable[Dict[str, Any]]) -> Iterable[str]:
        for entry in entries:
            plain = {k: _json_vector(v) if isinstance(v, array.array) else v for k, v in entry.items()}
            _yield_to_others()
            yield _dumps(plain)


class _Outbox:
    """Steps that wait, bounded by records and bytes; the oldest goes first, to the gateway or out. Not thread-safe.

    What is in flight counts, but is not dropped before its attempt has failed.
    """

    def __init__(self, max_records: int, max_bytes: int) -> None:
        self.max_records = max_records
        self.max_bytes = max_bytes
        self.waiting: collections.deque[_Step] = collections.deque()
        self.flying: List[_Step] = []
        self.bytes = 0
        self.taken = self.sent = self.rejected = self.dropped = 0

    def __len__(self) -> int:
        return len(self.waiting) + len(self.flying)

    def add(self, step: _Step) -> None:
        self.taken += 1
        self.waiting.append(step)
        self.bytes += step.size
        self._trim()

    def _trim(self) -> None:
        while self.waiting and (len(self) > self.max_records or self.bytes > self.max_bytes):
            step = self.waiting.popleft()
            step.lost = True
            self.bytes -= step.size
            self.dropped += 1

    def take(self, max_records: int, max_bytes: int) -> List[_Step]:
        """The next batch, in flight from now on: at least one step if any waits."""
        size = 0
        while self.waiting and len(self.flying) < max_records:
            size += self.waiting[0].size
            if self.flying and size > max_bytes:
                break
            self.flying.append(self.waiting.popleft())
        return list(self.flying)

    def settle(self, sent: int, rejected: int) -> None:
        """What was in flight has been answered for."""
        self.sent += sent
        self.rejected += rejected
        self.bytes -= sum(step.size for step in self.flying)
        self.flying = []

    def give_back(self) -> None:
        """What was in flight has not arrived: it waits again, in its old place."""
        self.waiting.extendleft(reversed(self.flying))
        self.flying = []
        self._trim()

    def give_up(self) -> None:
        self.dropped += len(self)
        self.waiting.clear()
        self.flying = []
        self.bytes = 0


# --------------------------------------------------------------------------------------------------------------- HTTP

class _Failure(Exception):
    """An attempt that brought nothing; `after`: seconds that the gateway asked for, or None."""

    def __init__(self, message: str, after: Optional[float] = None) -> None:
        super().__init__(message)
        self.after = after


@dataclasses.dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    retry_after: Optional[float]

    def json(self) -> Dict[str, Any]:
        try:
            value = json.loads(self.body.decode("utf-8"))
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def describe(self) -> str:
        problem = self.json()
        detail = str(problem.get("detail") or problem.get("title") or "")[:500]
        error = str(problem.get("errorId") or "")[:100]
        return "the gateway answered %d%s%s" % (self.status, " " + error if error else "",
                                               ": " + detail if detail else "")

    def failure(self) -> _Failure:
        return _Failure(self.describe(), self.retry_after)


class _Http:
    """One kept connection to the gateway. Used by one thread, but for `abort`."""

    def __init__(self, url: str, token: str, timeout: float, context: Optional[ssl.SSLContext]) -> None:
        parts = urllib.parse.urlsplit(url)
        _require(parts.scheme in ("http", "https") and bool(parts.hostname),
                 "url must be http://HOST[:PORT] or https://HOST[:PORT], not %r" % url)
        _require(not parts.query and not parts.fragment and parts.username is None,
                 "url must have neither user, query nor fragment")
        _require(token.isascii() and token.isprintable() and " " not in token, "token has characters that none has")
        self.secure = parts.scheme == "https"
        self.host = str(parts.hostname)
        self.port = parts.port or (443 if self.secure else 80)
        self.prefix = parts.path.rstrip("/")
        self.timeout = timeout
        self.context = context
        self.headers = {"Accept": "application/json", "User-Agent": "evenkeel-python/" + __version__}
        if token:
            self.headers["Authorization"] = "Bearer " + token
        self.connection: Optional[http.client.HTTPConnection] = None

    def another(self) -> "_Http":
        other = _Http.__new__(_Http)
        other.__dict__.update(self.__dict__)
        other.connection = None
        return other

    def post(self, path: str, lines: bytes) -> _Answer:
        body = gzip.compress(lines, 5)
        return self.request("POST", path, body, {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"})

    def request(self, method: str, path: str, body: Optional[bytes] = None,
                headers: Optional[Mapping[str, str]] = None, wait: float = 0.0) -> _Answer:
        """Asks once; a kept connection that the other side has closed meanwhile is replaced, as every request may
        be repeated.

        wait: seconds that the gateway may take on purpose.
        """
        kept = self.connection is not None
        try:
            return self._attempt(method, path, body, headers or {}, wait)
        except (ConnectionError, http.client.RemoteDisconnected, http.client.CannotSendRequest) as e:
            if not kept:
                raise _Failure(self._reason(e)) from e
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise _Failure(self._reason(e)) from e
        try:
            return self._attempt(method, path, body, headers or {}, wait)
        except (OSError, http.client.HTTPException, ValueError) as e:
            raise _Failure(self._reason(e)) from e

    def _reason(self, e: BaseException) -> str:
        return "%s:%d: %s" % (self.host, self.port, str(e) or type(e).__name__)

    def _attempt(self, method: str, path: str, body: Optional[bytes], headers: Mapping[str, str],
                 wait: float) -> _Answer:
        try:
            connection = self.connection
            if connection is None:
                connection = self.connection = self._connect()
            connection.timeout = self.timeout + wait
            if connection.sock is not None:
                connection.sock.settimeout(self.timeout + wait)
            connection.request(method, self.prefix + path, body, {**self.headers, **headers})
            response = connection.getresponse()
            content = self._read(response)
            if response.will_close:
                self.close()
            return _Answer(response.status, content, _retry_after(response.headers.get("Retry-After")))
        except BaseException:
            self.close()
            raise

    def _connect(self) -> http.client.HTTPConnection:
        if not self.secure:
            return http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        context = self.context or ssl.create_default_context()
        return http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout, context=context)

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        deadline = time.monotonic() + 3 * self.timeout
        content = b""
        while True:
            piece = response.read1(65_536)
            if not piece:
                response.close()  # of the answer; read1 leaves that to its caller, and the connection is kept
                return content
            content += piece
            if len(content) > _MAX_ANSWER or time.monotonic() > deadline:
                raise _Failure("the answer is too long, or too slow")

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def abort(self) -> None:
        """From another thread: ends a request that waits."""
        connection = self.connection
        sock = connection.sock if connection is not None else None
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def _retry_after(header: Optional[str]) -> Optional[float]:
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(header).timestamp() - time.time()
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER) if seconds == seconds else None


class _Backoff:
    """Doubling delays with jitter. Its own generator: the trainer's random numbers are not touched."""

    def __init__(self, first: float = _FIRST_BACKOFF, last: float = _LAST_BACKOFF) -> None:
        self._first = first
        self._last = last
        self._next = first
        self._random = random.Random()

    def reset(self) -> None:
        self._next = self._first

    def delay(self, asked: Optional[float]) -> float:
        """Seconds until the next try: never less than the gateway asked for."""
        delay = self._next * self._random.uniform(0.5, 1.0)
        self._next = min(2 * self._next, self._last)
        return delay if asked is None else asked + self._random.uniform(0.0, self._first)


# -------------------------------------------------------------------------------------------------------------- knobs

class Knobs:
    """The values in force of a run's knobs. They change only within `run.commands()`: read them between steps.

        alpha = run.knobs["load_balance.alpha"]
        alpha = run.knobs.value("load_balance.alpha", layer=3)
    """

    def __init__(self, declarations: Sequence[Knob]) -> None:
        self._knobs: Dict[Tuple[str, str], Knob] = {}
        for knob in declarations:
            _require(isinstance(knob, Knob), "knobs must be a sequence of Knob")
            _require((knob.name, knob.scope) not in self._knobs, "knob %s is declared twice" % knob.name)
            self._knobs[(knob.name, knob.scope)] = knob
        self._values = {key: knob.initial for key, knob in self._knobs.items()}
        self._changed: Dict[Tuple[str, str], int] = {}
        self._commanded: set = set()

    def __getitem__(self, name: str) -> float:
        return self._values[(name, "")]

    def __contains__(self, name: str) -> bool:
        return (name, "") in self._values

    def __len__(self) -> int:
        return len(self._values)

    def value(self, name: str, *, scope: str = "", layer: Optional[int] = None) -> float:
        """The value for a scope or layer; where that is not declared, the whole model's."""
        scope = "layers/%d" % layer if layer is not None else scope
        return self._values[(name, scope) if (name, scope) in self._values else (name, "")]

    def set(self, name: str, value: float, *, scope: str = "") -> None:
        """The trainer's own schedule moves a knob; bounds hold here too."""
        knob = self._knobs[(name, scope)]
        number = _number(name, value)
        _require(knob.minimum <= number <= knob.maximum, "%s is out of bounds" % name)
        self._values[(name, scope)] = number

    def state_dict(self) -> Dict[str, Any]:
        """For a checkpoint."""
        return {"values": {"@".join(key): value for key, value in self._values.items()},
                "commanded": sorted("@".join(key) for key in self._commanded)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """From a checkpoint; a knob that is no longer declared, or a value no longer allowed, is passed over."""
        for key, knob in self._knobs.items():
            name = "@".join(key)
            value = state.get("values", {}).get(name)
            if value is not None and knob.minimum <= float(value) <= knob.maximum:
                self._values[key] = float(value)
                if name in state.get("commanded", ()):
                    self._commanded.add(key)

    def _json(self) -> Tuple[Dict[str, Any], ...]:
        return tuple({"knob": name, "scope": scope, "value": value} for (name, scope), value in self._values.items()
                     if not scope or value != self._values.get((name, "")))

    def _refusal(self, body: SetKnob, step: int, at_once: bool) -> Optional[Tuple[str, str]]:
        """Why a change is refused, as error id and sentence."""
        key = (body.knob, body.scope)
        knob = self._knobs.get(key)
        label = body.knob + (" of " + body.scope if body.scope else "")
        if knob is None:
            return "EVK-KNOB-UNKNOWN", "There is no %s." % label
        if not math.isfinite(body.value):
            return "EVK-KNOB-NOT-FINITE", "%s cannot be set to %s." % (label, body.value)
        if not knob.minimum <= body.value <= knob.maximum:
            return "EVK-KNOB-BOUNDS", "%r for %s lies outside [%r, %r]." % (body.value, label, knob.minimum,
                                                                            knob.maximum)
        value = self._values[key]
        if value != 0 and body.value != 0 and body.value != value:
            factor = body.value / value
            if not max(factor, 1 / factor) <= knob.max_factor * _ROUNDING:
                return "EVK-KNOB-FACTOR", "%s from %r to %r is more than a factor of %r." % (
                    label, value, body.value, knob.max_factor)
        changed = self._changed.get(key)
        if not at_once and changed is not None and step - changed < knob.cooldown_steps:
            return "EVK-KNOB-COOLDOWN", "%s was changed at step %d, less than %d steps before step %d." % (
                label, changed, knob.cooldown_steps, step)
        return None

    def _command(self, body: SetKnob, step: int) -> float:
        """Sets a knob, and with the whole model's those of every layer; returns the value before."""
        key = (body.knob, body.scope)
        before = self._values[key]
        self._changed[key] = step
        for other in self._knobs:
            if other == key or (not body.scope and other[0] == body.knob):
                self._values[other] = body.value
                self._commanded.add(other)
        return before

    def _fall_back(self, step: int) -> List[str]:
        """The lease has lapsed; returns what has changed."""
        fallen = []
        for key in sorted(self._commanded):
            knob = self._knobs[key]
            if knob.fallback == "baseline":
                self._commanded.discard(key)
                value = min(max(knob.baseline_at(step), knob.minimum), knob.maximum)
                if value != self._values[key]:
                    self._values[key] = value
                    fallen.append("@".join(key).rstrip("@"))
        return fallen


class _Desk:
    """Judges commands as io.evenkeel.trainer.control.CommandDesk does. Used under the run's lock."""

    def __init__(self, run: str, incarnation: int, knobs: Knobs, actions: Sequence[str], lease_millis: int) -> None:
        self.run = run
        self.incarnation = incarnation
        self.knobs = knobs
        self.actions = frozenset(actions)
        self.lease_micros = 1000 * lease_millis
        self.lease_until: Optional[int] = None
        self.applied = (0, 0)
        self._epoch = 0
        self._sequence = 0
        self._answers: "collections.OrderedDict[Tuple[int, int, int], Dict[str, Any]]" = collections.OrderedDict()

    def judge(self, command: Command, step: int, now: int) -> Tuple[Optional[Dict[str, Any]], bool]:
        """The acknowledgement to send, if any, and whether the caller is to carry the command out."""
        if command.run != self.run:
            return None, False
        if isinstance(command.body, Lease):
            if command.incarnation == self.incarnation and command.epoch >= self._epoch:
                self._epoch = command.epoch
                self._extend(command.body.valid_until_micros, now)
            return None, False
        known = self._answers.get((command.incarnation, command.epoch, command.sequence))
        if known is not None:
            return known, False
        if command.incarnation < self.incarnation and now >= command.expires_micros:
            return None, False  # history of an earlier incarnation, read again after a restart
        refusal = self._misplaced(command)
        if refusal is None:
            self._epoch, self._sequence = command.epoch, command.sequence
            if now >= command.expires_micros:
                late = "EVK-COMMAND-EXPIRED", "It expired before it came."
                return self.ack(command, "EXPIRED", step, now, late), False
            refusal = self._unsuitable(command, step)
        if refusal is not None:
            return self.ack(command, "REJECTED", step, now, refusal), False
        if isinstance(command.body, RunAction):
            return None, True
        before = self.knobs._command(command.body, step)
        self.was_applied(command, now)
        return self.ack(command, "APPLIED", step, now, None, before, command.body.value), False

    def _misplaced(self, command: Command) -> Optional[Tuple[str, str]]:
        if command.incarnation != self.incarnation:
            return "EVK-COMMAND-INCARNATION", "It is meant for incarnation %d, this is %d." % (
                command.incarnation, self.incarnation)
        if command.epoch < self._epoch:
            return "EVK-COMMAND-EPOCH", "Epoch %d has been replaced by %d." % (command.epoch, self._epoch)
        if command.sequence <= self._sequence:
            return "EVK-COMMAND-SEQUENCE", "Sequence %d is not newer than %d." % (command.sequence, self._sequence)
        return None

    def _unsuitable(self, command: Command, step: int) -> Optional[Tuple[str, str]]:
        if isinstance(command.body, SetKnob):
            return self.knobs._refusal(command.body, step, command.origin.startswith(_OPERATOR))
        assert isinstance(command.body, RunAction)
        if command.body.action not in self.actions:
            return "EVK-COMMAND-ACTION-UNKNOWN", "There is no action %s." % command.body.action
        return None

    def was_applied(self, command: Command, now: int) -> None:
        self.applied = (command.epoch, command.sequence)
        self._extend(now + self.lease_micros, now)

    def _extend(self, until: int, now: int) -> None:
        if until > now and (self.lease_until is None or until > self.lease_until):
            self.lease_until = until

    def lapsed(self, now: int) -> bool:
        if self.lease_until is None or now < self.lease_until:
            return False
        self.lease_until = None
        return True

    def ack(self, command: Command, status: str, step: int, now: int, refusal: Optional[Tuple[str, str]],
            before: Optional[float] = None, after: Optional[float] = None,
            incarnation: Optional[int] = None) -> Dict[str, Any]:
        incarnation = self.incarnation if incarnation is None else incarnation
        ack: Dict[str, Any] = {"run": self.run, "incarnation": incarnation, "epoch": command.epoch,
                               "sequence": command.sequence, "status": "ACK_STATUS_" + status, "step": step,
                               "wallTimeMicros": now}
        if isinstance(command.body, SetKnob):
            ack["knob"], ack["scope"] = command.body.knob, command.body.scope
        if before is not None:
            ack["from"] = _json_number(before)
        if after is not None:
            ack["to"] = _json_number(after)
        if refusal is not None:
            ack["errorId"], ack["reason"] = refusal
        if command.incarnation == incarnation:
            self._answers[(command.incarnation, command.epoch, command.sequence)] = ack
            if len(self._answers) > 4096:
                self._answers.popitem(last=False)
        return ack


def _command(wire: Mapping[str, Any]) -> Command:
    """A command from protobuf's JSON mapping; raises what a wrong one causes."""
    body: Union[SetKnob, RunAction, Lease]
    if "setKnob" in wire:
        knob = wire["setKnob"]
        expected = knob.get("expectedFrom")
        body = SetKnob(str(knob.get("knob", "")), str(knob.get("scope", "")), float(knob.get("value", 0)),
                       None if expected is None else float(expected))
    elif "action" in wire:
        arguments = wire["action"].get("arguments", {})
        body = RunAction(str(wire["action"].get("action", "")), {str(k): str(v) for k, v in arguments.items()})
    elif "lease" in wire:
        body = Lease(int(wire["lease"].get("validUntilMicros", 0)))
    else:
        raise ValueError("a command of no known kind")
    return Command(str(wire["run"]), int(wire.get("incarnation", 0)), int(wire["epoch"]), int(wire.get("sequence", 0)),
                   int(wire.get("issuedMicros", 0)), int(wire.get("expiresMicros", 0)),
                   int(wire.get("issuedStep", 0)), body, str(wire.get("origin", "")), str(wire.get("reason", "")))


# ------------------------------------------------------------------------------------------------------------ threads

class _Uplink:
    """Everything that waits to be sent, behind one lock, and the thread that sends it.

    The lock is held for as long as it takes to append to a queue. It is reentrant, so that a signal handler that
    logs cannot lock up the thread that it interrupted.
    """

    def __init__(self, http_: _Http, outbox: _Outbox, common: Mapping[str, Any], shape: Optional[MoeShape],
                 max_batch_records: int, max_batch_bytes: int) -> None:
        self.http = http_
        self.outbox = outbox
        self.common = common
        self.shape = shape
        self.max_batch_records = max_batch_records
        self.max_batch_bytes = max_batch_bytes
        self.declarations: collections.deque = collections.deque(maxlen=64)
        self.acks: collections.deque = collections.deque(maxlen=10_000)
        self.unresolved: collections.deque = collections.deque()
        self.warnings: collections.deque = collections.deque(maxlen=64)
        self.renew_locks()
        self.deadline = math.inf
        self.closing = False
        self.hurry = False
        self.idle = False
        self.finished = False
        self.last_error = ""
        self._batch_records = max_batch_records
        self._backoff = _Backoff()
        self._warned_down: List[str] = []
        self._warned_dropped = 0
        self._next_drop_warning = 0.0
        self.thread = threading.Thread(target=self._run, name="evenkeel-sender", daemon=True)

    def renew_locks(self) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)

    # -- for the trainer's threads; each holds the lock

    def add(self, step: _Step) -> None:
        self.outbox.add(step)
        if step.deferred:
            self.unresolved.append(step)
        if self.idle or len(self.outbox) == self.max_batch_records:
            self.changed.notify_all()

    def announce(self, queue: collections.deque, record: Mapping[str, Any]) -> None:
        queue.append(record)
        if self.idle:
            self.changed.notify_all()

    def pending(self) -> bool:
        return bool(self.outbox or self.acks or self.declarations)

    def wait_until_sent(self, limit: float) -> bool:
        with self.changed:
            self.hurry = True
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.finished or not self.pending(), limit)
            self.hurry = False
            return not self.pending()

    def close(self, limit: float) -> None:
        with self.changed:
            if not self.closing:
                self.closing = True
                self.deadline = time.monotonic() + limit
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.finished, max(0.0, self.deadline - time.monotonic()))
            # The thread may hang in a request: it is a daemon, and finds nothing left.
            self.finished = True
            self.outbox.give_up()
        self.http.abort()

    # -- the sender's thread

    def _run(self) -> None:
        while self._await():
            try:
                self._resolve()
                self._send_all()
                self._succeeded()
            except _Failure as e:
                if not self._failed(e):
                    break
            except Exception as e:  # the thread must outlive its own mistakes: it alone empties the buffer
                _LOG.exception("evenkeel: the sender met %r and goes on", e)
                if not self._failed(_Failure(repr(e))):
                    break
        with self.changed:
            self.finished = True
            self.changed.notify_all()
        self.http.close()
        self._emit_warnings()

    def _await(self) -> bool:
        """Waits for something to send, and a little for company; False when all is done."""
        with self.changed:
            while not self.pending() and not self.closing and not self.finished:
                self.idle = True
                self.changed.wait(1.0)
                self.idle = False
                if self.warnings:
                    break
            if not (self.closing or self.hurry or self.declarations or self.acks):
                self.changed.wait_for(
                    lambda: self.closing or self.hurry or len(self.outbox) >= self.max_batch_records, _LINGER)
            done = self.finished or (self.closing and not self.pending())
        self._emit_warnings()
        return not done

    def _emit_warnings(self) -> None:
        while self.warnings:
            _LOG.warning("evenkeel: %s", self.warnings.popleft())
        dropped = self.outbox.dropped
        if dropped > self._warned_dropped and time.monotonic() >= self._next_drop_warning:
            self._warned_dropped = dropped
            self._next_drop_warning = time.monotonic() + 60
            _LOG.warning("evenkeel: EVK-CLIENT-BUFFER-FULL: %d steps dropped so far, oldest first; training is not "
                         "affected", dropped)

    def _resolve(self) -> None:
        """Fetches what was left on a device. Waits for the device, which the training thread need not."""
        while self.unresolved:
            step = self.unresolved.popleft()
            for part in step.deferred if not step.lost else ():
                try:
                    part(step)
                except Exception as e:
                    self.warnings.append("step %d lacks figures: %r" % (step.number, e))
            step.deferred = []

    def _send_all(self) -> None:
        self._send_few("/api/v1/runs", self.declarations)
        self._send_few("/api/v1/runs/%s/acks" % self.common["run"], self.acks)
        while True:
            with self.lock:
                if self.finished or time.monotonic() >= self.deadline:
                    return
                batch = self.outbox.take(self._batch_records, self.max_batch_bytes)
            if not batch:
                return
            self._send_batch(batch)
            self._send_few("/api/v1/runs/%s/acks" % self.common["run"], self.acks)

    def _send_few(self, path: str, queue: collections.deque) -> None:
        """Declarations and acknowledgements: ahead of telemetry, each until it is answered for."""
        while queue and not self.finished:
            records = list(queue)[:100]
            answer = self.http.post(path, "".join(_dumps(r) + "\n" for r in records).encode("utf-8"))
            if answer.status not in (200, 207, 400):
                raise answer.failure()
            counts = self._counts(answer, len(records))
            if counts[1]:
                self.warnings.append("EVK-CLIENT-REFUSED: %d of %d records to %s: %s" % (
                    counts[1], len(records), path, _first_reason(answer)))
            with self.changed:
                for record in records:
                    if queue and queue[0] is record:
                        queue.popleft()
                self.changed.notify_all()

    def _send_batch(self, batch: List[_Step]) -> None:
        answered = None
        try:
            lines = self._encoded(batch)
            if not lines:
                answered = (0, len(batch))
                return
            answer = self.http.post("/api/v1/telemetry", b"".join(lines))
            if answer.status == 413 and len(batch) > 1:
                self._batch_records = len(batch) // 2
                return
            if answer.status in (200, 207, 400, 413):
                sent, rejected = self._counts(answer, len(lines)) if answer.status != 413 else (0, len(lines))
                answered = (sent, len(batch) - sent)
                if rejected:
                    self.warnings.append("EVK-CLIENT-REFUSED: %d of %d steps: %s" % (
                        rejected, len(lines), _first_reason(answer)))
                self._batch_records = min(self.max_batch_records, 2 * self._batch_records)
                return
            raise answer.failure()
        finally:
            with self.changed:
                if self.finished:
                    pass  # given up already
                elif answered is None:
                    self.outbox.give_back()
                else:
                    self.outbox.settle(*answered)
                self.changed.notify_all()

    def _encoded(self, batch: List[_Step]) -> List[bytes]:
        lines = []
        for i, step in enumerate(batch):
            if i % 16 == 0:
                _yield_to_others()
            if step.deferred:
                self._resolve()
            if step.line is None:
                try:
                    step.line = step.encode(self.common, self.shape, self.outbox.dropped)
                except Exception as e:
                    # One step that cannot be encoded must not hold up those behind it.
                    self.warnings.append("step %d cannot be sent: %r" % (step.number, e))
                    step.line = b""
                # What it was made from is no longer needed.
                step.layers, step.activations, step.tensors, step.scalars = {}, {}, {}, {}
            if step.line:
                lines.append(step.line)
        return lines

    @staticmethod
    def _counts(answer: _Answer, records: int) -> Tuple[int, int]:
        """How many were accepted and refused. Somebody else's 200 must not pass for an acknowledgement."""
        told = answer.json()
        accepted, rejected = told.get("accepted"), told.get("rejected")
        if accepted is None and answer.status == 400 and told.get("errorId"):
            return 0, records
        if not isinstance(accepted, int) or not isinstance(rejected, int) or accepted + rejected != records:
            raise _Failure("what answers %d there is not Evenkeel's gateway" % answer.status)
        return accepted, rejected

    def _succeeded(self) -> None:
        self._backoff.reset()
        with self.lock:
            self.last_error = ""
        if self._warned_down:
            self._warned_down = []
            _LOG.warning("evenkeel: telemetry flows again")

    def _failed(self, e: _Failure) -> bool:
        """Waits before the next try; False when there is none."""
        reason = str(e)
        with self.lock:
            self.last_error = reason
        # Once an outage; again when it turns into another.
        if reason not in self._warned_down and len(self._warned_down) < 5:
            self._warned_down.append(reason)
            _LOG.warning("evenkeel: EVK-CLIENT-BROKER-DOWN: %s; training is not affected, the client keeps trying",
                         reason)
        until = time.monotonic() + self._backoff.delay(e.after)
        while True:
            self._resolve()
            with self.changed:
                now = time.monotonic()
                if self.finished or now >= self.deadline:
                    return False
                # At the end there is one last try, however long the delay was to be.
                until = min(until, self.deadline - 0.5)
                if now >= until:
                    return True
                self.changed.wait(min(until - now, 1.0))
            self._emit_warnings()


def _first_reason(answer: _Answer) -> str:
    rejections = answer.json().get("rejections")
    if isinstance(rejections, list) and rejections and isinstance(rejections[0], dict):
        return "%s: %s" % (rejections[0].get("errorId"), str(rejections[0].get("message"))[:500])
    return answer.describe()


class _Listener:
    """Reads commands by long poll, on a thread of its own, as fast as `run.commands()` takes them."""

    _CAPACITY = 4096

    def __init__(self, run: str, http_: _Http) -> None:
        self.path = "/api/v1/runs/%s/commands?after=%%d&lease=%%d&wait=%d" % (urllib.parse.quote(run), _POLL_SECONDS)
        self.http = http_
        self.inbox: collections.deque = collections.deque()
        self.last_error = ""
        self.unreadable = 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, name="evenkeel-commands", daemon=True)
        self._sequence = 0
        self._lease = 0

    def drain(self) -> List[Command]:
        commands = []
        while self.inbox:
            commands.append(self.inbox.popleft())
        return commands

    def stop(self) -> None:
        self.stopped.set()
        self.http.abort()

    def _run(self) -> None:
        backoff = _Backoff()
        while not self.stopped.is_set():
            if len(self.inbox) >= self._CAPACITY:
                self.stopped.wait(0.5)
                continue
            before = (self._sequence, self._lease)
            begun = time.monotonic()
            delay = 0.0
            try:
                self._poll()
                self.last_error = ""
                backoff.reset()
                if (self._sequence, self._lease) == before and time.monotonic() - begun < 1:
                    delay = 1.0  # a gateway that does not wait
            except _Failure as e:
                self.last_error = str(e)
                delay = backoff.delay(e.after)
            except Exception as e:
                self.last_error = repr(e)
                delay = backoff.delay(None)
            if delay:
                self.stopped.wait(delay)
        self.http.close()

    def _poll(self) -> None:
        answer = self.http.request("GET", self.path % (self._sequence, self._lease), wait=_POLL_SECONDS)
        if answer.status != 200:
            raise answer.failure()
        commands = answer.json().get("commands")
        if not isinstance(commands, list):
            raise _Failure("what answers there is not Evenkeel's gateway")
        for wire in commands:
            try:
                command = _command(wire)
            except (KeyError, TypeError, ValueError, AttributeError):
                self.unreadable += 1
                continue
            self._sequence = max(self._sequence, command.sequence)
            if isinstance(command.body, Lease):
                self._lease = max(self._lease, command.body.valid_until_micros)
            self.inbox.append(command)


# ---------------------------------------------------------------------------------------------------------------- run

_OPEN: "weakref.WeakSet[Run]" = weakref.WeakSet()


class Run:
    """One rank of a training run.

    run: id, 1 to 128 letters, digits, '.', '_' or '-'.
    url, token: where to, and the bearer token; default EVENKEEL_URL and EVENKEEL_TOKEN. Without a URL everything
        works and nothing is sent, so that one script serves with and without Evenkeel.
    incarnation: 0, then one more at every restart from a checkpoint.
    rank, world_size: this data-parallel rank, and how many report; 0 and 1 when one rank reports for all.
    moe_shape: needed for `log_moe`.
    knobs, actions: what the controller may change or ask for; either starts the thread that reads commands.
    labels, model, optimizer: texts for people.  first_step, planned_steps: of this incarnation.
    lease_seconds: how long commanded values hold without a sign of life of the controller.
    sharded_tensors: every rank reports its own shard of the tensors (FSDP, tensor parallel): figures add up.
    max_buffer_bytes, max_buffer_records: bounds of the buffer.
    timeout: seconds for one request.  close_timeout: how long `close` tries.
    ssl_context: for https with a private authority.
    strict: mistakes in what is logged raise ValueError.

    Raises ValueError when an argument is wrong.
    """

    def __init__(self, run: str, url: Optional[str] = None, token: Optional[str] = None, *,
                 name: Optional[str] = None, incarnation: int = 0, rank: int = 0, world_size: int = 1,
                 moe_shape: Optional[MoeShape] = None, knobs: Sequence[Knob] = (), actions: Sequence[str] = (),
                 labels: Optional[Mapping[str, Any]] = None, model: Optional[Mapping[str, Any]] = None,
                 optimizer: Optional[Mapping[str, Any]] = None, first_step: int = 0, planned_steps: int = 0,
                 lease_seconds: float = 60.0, sharded_tensors: bool = False, max_buffer_bytes: int = 64 << 20,
                 max_buffer_records: int = 100_000, max_batch_bytes: int = 2 << 20, max_batch_records: int = 1_000,
                 timeout: float = 10.0, close_timeout: float = 10.0,
                 ssl_context: Optional[ssl.SSLContext] = None, strict: bool = False) -> None:
        _require(isinstance(run, str) and bool(_RUN.match(run)), "run must be 1 to 128 letters, digits, '.', '_' or "
                 "'-', and begin with a letter or digit, not %.200r" % (run,))
        self.run = run
        self.rank = _count("rank", rank)
        self.world_size = _count("world_size", world_size)
        _require(self.rank < self.world_size, "rank must be below world_size")
        _require(moe_shape is None or isinstance(moe_shape, MoeShape), "moe_shape must be a MoeShape")
        for bound in (max_buffer_bytes, max_buffer_records, max_batch_bytes, max_batch_records, timeout):
            _require(bound > 0, "bounds of the buffer and timeout must be positive")
        self.moe_shape = moe_shape
        self.knobs = Knobs(knobs)
        self.actions = tuple(_check_name("action", action) for action in actions)
        self._lease_millis = min(_count("lease_seconds in milliseconds", round(1000 * lease_seconds)), 2**31 - 1)
        incarnation = _count("incarnation", incarnation)
        _require(incarnation < 2**31, "incarnation must be below 2^31")
        self._desk = _Desk(run, incarnation, self.knobs, self.actions, self._lease_millis)
        self._declaration = {
            "run": run, "name": _check_text("name", run if name is None else name), "worldSize": self.world_size,
            "plannedSteps": _count("planned_steps", planned_steps), "model": _texts("model", model),
            "optimizer": _texts("optimizer", optimizer), "labels": _texts("labels", labels),
            "actions": list(self.actions), "leaseMillis": self._lease_millis}
        self._first_step = _count("first_step", first_step)
        self._started_micros = _now_micros()
        self._close_timeout = float(close_timeout)
        self._strict = bool(strict)
        self._draft: Optional[_Step] = None
        self._last = -1
        self._knobs_json = self.knobs._json()
        self._targets: Dict[str, _Target] = {}
        self._refused = 0
        self._warned: set = set()
        self._closed = False
        self._listener: Optional[_Listener] = None
        self._uplink: Optional[_Uplink] = None
        url = os.environ.get("EVENKEEL_URL", "") if url is None else url
        token = os.environ.get("EVENKEEL_TOKEN", "") if token is None else token
        common: Dict[str, Any] = {"run": run, "rank": self.rank, "worldSize": self.world_size}
        if sharded_tensors:
            common["tensorPlacement"] = "PLACEMENT_SHARDED"
        self._lock = threading.RLock()
        if url.strip():
            link = _Http(url.strip(), token.strip(), float(timeout), ssl_context)
            self._uplink = _Uplink(link, _Outbox(int(max_buffer_records), int(max_buffer_bytes)), common, moe_shape,
                                   int(max_batch_records), int(max_batch_bytes))
            self._lock = self._uplink.lock
            self._uplink.thread.start()
            if len(self.knobs) or self.actions:
                self._listener = _Listener(run, link.another())
                self._listener.thread.start()
            _OPEN.add(self)
            self._declare("RUNNING")
        else:
            _LOG.info("evenkeel: EVENKEEL_URL is not set: run %s is not reported", run)

    # -- life

    @property
    def enabled(self) -> bool:
        """Whether anything is sent."""
        return self._uplink is not None and not self._closed

    @property
    def incarnation(self) -> int:
        """The present one."""
        return self._desk.incarnation

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        # An exit with status 0 and Ctrl-C are not failures of the run's own.
        failed = kind is not None and not (issubclass(kind, SystemExit) and not getattr(value, "code", 1))
        self.close(status="failed" if failed else "finished")

    def __reduce__(self) -> Any:
        raise TypeError("a Run cannot be pickled or copied: it belongs to the process that trains")

    def set_status(self, status: str) -> None:
        """Tells people and the controller: "running" or "paused"."""
        _require(status in ("running", "paused"), "status must be running or paused; close() tells the end")
        self._declare(status.upper())

    def reincarnate(self, first_step: int) -> None:
        """The run has gone back to a checkpoint within this process: its next step is first_step, again."""
        first_step = _count("first_step", first_step)
        with self._lock:
            self._seal()
            self._desk.incarnation += 1
            self._first_step = first_step
            self._last = -1
            self._started_micros = _now_micros()
        self._declare("RUNNING")

    def _declare(self, status: str) -> None:
        # One rank speaks for all.
        if self._uplink is None or self.rank != 0:
            return
        spec = dict(self._declaration)
        spec.update(incarnation=self._desk.incarnation, firstStep=self._first_step, status="RUN_STATUS_" + status,
                    startedMicros=self._started_micros,
                    knobs=[knob._json(self._first_step) for knob in self.knobs._knobs.values()])
        if status in ("FINISHED", "FAILED"):
            spec["endedMicros"] = _now_micros()
        if self.moe_shape is not None:
            spec["moeShape"] = self.moe_shape._json()
        with self._lock:
            self._uplink.announce(self._uplink.declarations, spec)

    def flush(self, timeout: float = 10.0) -> bool:
        """Sends what is logged so far, the open step included; waits, and says whether all has been answered for."""
        if self._uplink is None or self._closed:
            return True
        with self._lock:
            self._seal()
        return self._uplink.wait_until_sent(timeout)

    def close(self, timeout: Optional[float] = None, *, status: str = "finished") -> Statistics:
        """Sends what is buffered, within a limit in seconds, and gives up the rest, which is counted as dropped.

        status: "finished" or "failed". Closing again does nothing. Runs that are still open when the interpreter
        ends are closed so.
        """
        _require(status in ("finished", "failed"), "status must be finished or failed")
        uplink = self._uplink
        if uplink is None or self._closed:
            return self.statistics()
        with self._lock:
            self._seal()
            self._closed = True
        self._declare(status.upper())
        _OPEN.discard(self)
        if self._listener is not None:
            self._listener.stop()
        uplink.close(self._close_timeout if timeout is None else max(0.0, timeout))
        return self.statistics()

    def statistics(self) -> Statistics:
        """What has become of the steps so far."""
        uplink = self._uplink
        if uplink is None:
            return Statistics(0, 0, 0, 0, 0, 0, self._refused, "")
        with self._lock:
            box = uplink.outbox
            return Statistics(box.taken, box.sent, box.rejected, box.dropped, len(box), box.bytes, self._refused,
                              uplink.last_error)

    # -- steps

    def step(self, step: int) -> "_Scope":
        """A `with` block of one step: opens it, times it, and sends it at its end."""
        return _Scope(self, step)

    def begin_step(self, step: int) -> None:
        """Opens a step, and begins to time it."""
        if not self.enabled:
            return
        try:
            with self._lock:
                self._at(step).timed = True
        except Exception as e:
            self._refuse(e)

    def step_end(self) -> None:
        """Sends the open step."""
        if self.enabled:
            with self._lock:
                self._seal()

    def log(self, step: int, values: Optional[Mapping[str, Any]] = None, **named: Any) -> None:
        """Logs numbers of a step by name; opens the step, and sends the one before, when it is new.

        Known names (KNOWN_SCALARS) become the signals that they name, others scalars of the run's own. A value may
        be anything that float() takes, NaN and infinity included; a tensor on a GPU makes this call wait for the
        GPU (evenkeel_torch's watch.log does not).
        """
        if self._uplink is None or self._closed:
            return
        begun = time.perf_counter()
        try:
            found = []
            for name, value in {**(values or {}), **named}.items():
                try:
                    found.append(self._value(name, value))
                except Exception as e:
                    self._refuse(e)
            with self._lock:
                draft = self._at(step)
                for target, number in found:
                    draft.put(target, number)
                draft.cost += time.perf_counter() - begun
        except Exception as e:
            self._refuse(e)

    def log_moe(self, layer: int, *, load: Any, step: Optional[int] = None, **fields: Any) -> None:
        """Logs one MoE layer of the open step, or of `step`; a second entry of the layer replaces the first.

        Sums over this rank's tokens, vectors [N+Z], FFN experts first. Gradients are token-summed: those of the
        rank's mean loss times its tokens (log "tokens" as well).

        load: T_i, tokens routed to each expert.  probability_sums: sum_t R_ti.  lm_grad_p, lb_grad_p: token-summed
        gradient at the router's probabilities of the language-model loss, and of the layer's unscaled load-balance
        loss.  gradient_method: "exact" or "one_pass".  load_balance_coefficient: of this layer's load-balance loss
        in the total (alpha / L).  load_balance_loss: unscaled.  lm_grad_z_sum_squares, lb_grad_z_sum_squares: sum of
        squares of the token-summed gradients at the logits.  router_z_sum: sum_t logsumexp(z_t)^2.
        router_logit_max_abs.  token_entropy_sum: sum_t H(R_t), nats.  router_non_finite.  router_cosine_all,
        router_cosine_ffn: mean signed cosine over pairs of router rows.  ffn_experts_sum, ffn_experts_sum_squares:
        of FFN experts a token.  selection_bias.  expert_output_cosine, top1_churn, ffn_sum_variance,
        gamma_empirical.
        """
        fields["load"] = load
        unknown = [f for f in fields if f not in _MOE_NUMBERS and f not in _MOE_VECTORS
                   and f not in ("load", "gradient_method", "router_non_finite")]
        if unknown:
            self._refuse(ValueError("log_moe has no argument " + ", ".join(sorted(unknown))))
        fields = {k: v for k, v in fields.items() if k not in unknown}
        self._log_entry(step, lambda: _moe_layer(self.moe_shape, layer, fields), _Step.put_layer)

    def log_activation(self, layer: int, site: str, *, count: int, sum: float, sum_squares: float, sum_cubes: float,
                       sum_fourths: float, max_abs: float, above_threshold: int = 0, threshold: float = 0.0,
                       non_finite: int = 0, step: Optional[int] = None) -> None:
        """Logs power sums over the finite entries of an activation: "layer_out", "moe_in" or "moe_out"."""
        fields = dict(count=count, sum=sum, sum_squares=sum_squares, sum_cubes=sum_cubes, sum_fourths=sum_fourths,
                      max_abs=max_abs, above_threshold=above_threshold, threshold=threshold, non_finite=non_finite)
        self._log_entry(step, lambda: _activation(layer, site, fields), _Step.put_activation)

    def log_tensor(self, name: str, *, elements: int, sum_squares: float, non_finite: int = 0, below_epsilon: int = 0,
                   below_epsilon_nonzero: int = 0, step: Optional[int] = None) -> None:
        """Logs gradient statistics of a parameter tensor: of the clipped gradient, and after the update.

        sum_squares: over finite entries.  below_epsilon: entries with sqrt(v_hat) < epsilon; below_epsilon_nonzero:
        of those, the ones with v > 0.
        """
        fields = dict(elements=elements, sum_squares=sum_squares, non_finite=non_finite, below_epsilon=below_epsilon,
                      below_epsilon_nonzero=below_epsilon_nonzero)
        self._log_entry(step, lambda: _tensor(name, fields), _Step.put_tensor)

    def _log_entry(self, step: Optional[int], make: Callable[[], Dict[str, Any]],
                   put: Callable[[_Step, Dict[str, Any]], None]) -> None:
        if self._uplink is None or self._closed:
            return
        begun = time.perf_counter()
        try:
            entry = make()
            with self._lock:
                draft = self._open(step)
                put(draft, entry)
                draft.cost += time.perf_counter() - begun
        except Exception as e:
            self._refuse(e)

    def defer(self, fill: Callable[["Deferred"], None], size: int, step: Optional[int] = None) -> None:
        """Figures that are still on a device: `fill` is called on the sender's thread, after the step has ended, and
        logs them through its argument, which has `log`, `log_moe`, `log_activation` and `log_tensor` without step.

        size: about how many numbers it will log, for the bound of the buffer.
        """
        if self._uplink is None or self._closed:
            return
        try:
            with self._lock:
                draft = self._open(step)
                draft.deferred.append(lambda sealed: fill(Deferred(self, sealed)))
                draft.size += 24 * size
        except Exception as e:
            self._refuse(e)

    def _spent(self, seconds: float) -> None:
        """Telemetry has taken so much time of the open step."""
        with self._lock:
            if self._draft is not None:
                self._draft.cost += seconds

    def _open(self, step: Optional[int]) -> _Step:
        if step is not None:
            return self._at(step)
        if self._draft is None:
            raise ValueError("no step is open: say step=, or log within `with run.step(...)`")
        return self._draft

    def _at(self, step: int) -> _Step:
        draft = self._draft
        if draft is not None and draft.number == step:
            return draft
        try:
            number = operator.index(step)
        except TypeError:
            raise ValueError("step must be a whole number, not %.80r" % (step,)) from None
        _require(0 <= number <= _MAX_INT, "step is negative or beyond 2^63 - 1")
        last = self._last if draft is None else draft.number
        if number <= last:
            raise ValueError("a step before or at step %d, which has begun or been sent; after going back to a "
                             "checkpoint call run.reincarnate()" % last)
        self._seal()
        self._draft = draft = _Step(number, self._desk.incarnation, self._knobs_json, self._desk.applied)
        return draft

    def _seal(self) -> None:
        draft = self._draft
        if draft is None or self._uplink is None:
            return
        self._draft = None
        self._last = draft.number
        draft.wall_micros = _now_micros()
        if draft.timed:
            draft.fields.setdefault("stepTimeMillis", 1000 * (time.perf_counter() - draft.begun))
        self._uplink.add(draft)

    def _value(self, name: str, value: Any) -> Tuple["_Target", Any]:
        target = self._targets.get(name)
        if target is None:
            target = _target(name)
            if len(self._targets) < _MAX_ENTRIES:
                self._targets[name] = target
        if type(value) is not float:
            value = _number("value of " + name, value)
        if target.scale != 1.0:
            value *= target.scale
        if target.kind == "fields" and target.key in _WHOLE:
            return target, _count(name, value)
        return target, value if value - value == 0 else _json_number(value)

    def _refuse(self, e: Exception) -> None:
        """Counts what could not be used; one warning a kind, by the sender's thread."""
        if self._strict:
            raise ValueError(str(e)) from e
        with self._lock:
            self._refused += 1
            kind = re.sub(r"[0-9]+", "#", str(e))
            if self._uplink is not None and kind not in self._warned and len(self._warned) < 100:
                self._warned.add(kind)
                self._uplink.warnings.append("EVK-CLIENT-CALL: ignored: %s" % (e,))

    # -- commands

    def commands(self, step: Optional[int] = None) -> List[Command]:
        """Handles what the controller has said since the last call; call it between steps. Never waits.

        Leases and settings of knobs are checked, carried out on `run.knobs` and acknowledged here, and so is every
        refusal: another incarnation, an older epoch or sequence, an expired command, bounds. What comes back are the
        actions for the caller to carry out, each to be answered with `run.ack`.

        step: the one about to run; by default the step after the last.
        """
        if self._listener is None or self._uplink is None or self._closed:
            return []
        mine: List[Command] = []
        try:
            with self._lock:
                if step is None:
                    step = self._last + 1 if self._draft is None else self._draft.number + 1
                now = _now_micros()
                for command in self._listener.drain():
                    ack, wanted = self._desk.judge(command, step, now)
                    if ack is not None:
                        self._uplink.announce(self._uplink.acks, ack)
                    if wanted:
                        mine.append(command)
                if self._desk.lapsed(now):
                    fallen = self.knobs._fall_back(step)
                    self._uplink.warnings.append(
                        "the controller's lease has lapsed at step %d; knobs back at their baseline: %s; all others "
                        "hold" % (step, ", ".join(fallen) or "none"))
                self._knobs_json = self.knobs._json()
        except Exception as e:
            self._refuse(e)
        return mine

    def ack(self, command: Command, *, applied: bool, step: Optional[int] = None, reason: str = "",
            error_id: str = "EVK-COMMAND-ACTION-IMPOSSIBLE") -> None:
        """Answers an action: applied means done.

        step: the first step after it, or at which it was refused; by default the one after the last.  reason,
        error_id: why it was refused.
        """
        if self._uplink is None or self._closed:
            return
        try:
            _check_text("reason", reason)
            with self._lock:
                if step is None:
                    step = self._last + 1 if self._draft is None else self._draft.number + 1
                now = _now_micros()
                if applied:
                    self._desk.was_applied(command, now)
                ack = self._desk.ack(command, "APPLIED" if applied else "REJECTED", _count("step", step), now,
                                     None if applied else (error_id, reason), incarnation=command.incarnation)
                self._uplink.announce(self._uplink.acks, ack)
        except Exception as e:
            self._refuse(e)

    # -- fork

    def _forked(self) -> None:
        """In a child process: the threads are not there, the locks may be held by them, the socket is the parent's."""
        uplink, self._uplink = self._uplink, None
        listener, self._listener = self._listener, None
        self._lock = threading.RLock()
        self._draft = None
        for link in (uplink and uplink.http, listener and listener.http):
            connection = link.connection if link else None
            if connection is not None and connection.sock is not None:
                try:
                    os.close(connection.sock.detach())
                except OSError:
                    pass


class Deferred:
    """What `defer` hands to its function: logs into a step that has ended."""

    def __init__(self, run: Run, step: _Step) -> None:
        self._run = run
        self._step = step

    def log(self, values: Mapping[str, Any]) -> None:
        """As Run.log."""
        for name, value in values.items():
            try:
                self._step.put(*self._run._value(name, value))
            except ValueError as e:
                self._run._refuse(e)

    def log_default(self, values: Mapping[str, Any]) -> None:
        """As Run.log, but for what the trainer has logged itself, or has declared as a knob."""
        step = self._step
        for name, value in values.items():
            target, number = self._run._value(name, value)
            logged = (step.losses, step.fields, step.reported, step.scalars)
            if target.key not in self._run.knobs and all(target.key not in fields for fields in logged):
                step.put(target, number)

    def log_moe(self, layer: int, **fields: Any) -> None:
        """As Run.log_moe."""
        self._step.put_layer(_moe_layer(self._run.moe_shape, layer, fields))

    def log_activation(self, layer: int, site: str, **fields: Any) -> None:
        """As Run.log_activation."""
        self._step.put_activation(_activation(layer, site, fields))

    def log_tensor(self, name: str, **fields: Any) -> None:
        """As Run.log_tensor."""
        self._step.put_tensor(_tensor(name, fields))


class _Scope:
    def __init__(self, run: Run, step: int) -> None:
        self._run = run
        self._number = step

    def __enter__(self) -> Run:
        self._run.begin_step(self._number)
        return self._run

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        # The step that failed is the one that people will look for.
        self._run.step_end()


def _now_micros() -> int:
    return time.time_ns() // 1000


def _close_all() -> None:
    """At the interpreter's end: all runs at once, so that each has the whole of its time."""
    status = "failed" if getattr(sys, "last_type", None) is not None else "finished"
    closers = []
    for run in list(_OPEN):
        if len(_OPEN) == 1:
            run.close(status=status)
            return
        closers.append(threading.Thread(target=run.close, kwargs={"status": status}, daemon=True))
    try:
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join()
    except RuntimeError:  # no new threads so late
        for run in list(_OPEN):
            run.close(status=status)


def _after_fork_in_child() -> None:
    for run in list(_OPEN):
        run._forked()
    _OPEN.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


# ------------------------------------------------------------------------------------------------------- command line

def _doctor(url: str, token: str, run: str, timeout: float) -> int:
    """Says whether the gateway can be reached, is ready, and takes the token for the run. Sends no record."""
    if not url:
        print("failed  EVENKEEL_URL is not set: say --url or set it, for example http://localhost:8090")
        return 1
    try:
        link = _Http(url, token, timeout, None)
    except ValueError as e:
        print("failed  %s" % e)
        return 1
    try:
        answer = link.request("GET", "/actuator/health/readiness")
        ready = answer.status == 200
        print("%s  %s is %s" % ("ok    " if ready else "failed", url, "ready" if ready else answer.describe()))
        answer = link.request("GET", "/api/v1/runs/%s/commands?wait=0" % urllib.parse.quote(run))
    except _Failure as e:
        print("failed  EVK-CLIENT-BROKER-DOWN: %s" % e)
        return 1
    finally:
        link.close()
    allowed = answer.status == 200 and isinstance(answer.json().get("commands"), list)
    print("%s  the token %s" % ("ok    " if allowed else "failed",
                               "covers run " + run if allowed else "does not do: " + answer.describe()))
    return 0 if ready and allowed else 1


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """`python -m evenkeel doctor`."""
    parser = argparse.ArgumentParser(prog="evenkeel", description="Evenkeel's client for Python trainers.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    doctor = commands.add_parser("doctor", help="checks address and token; sends nothing")
    doctor.add_argument("--url", default=os.environ.get("EVENKEEL_URL", ""))
    doctor.add_argument("--token", default=os.environ.get("EVENKEEL_TOKEN", ""))
    doctor.add_argument("--run", default="doctor", help="a run that the token is to cover")
    doctor.add_argument("--timeout", type=float, default=10.0)
    options = parser.parse_args(arguments)
    if not _RUN.match(options.run):
        parser.error("run must be letters, digits, '.', '_' or '-'")
    return _doctor(options.url.strip(), options.token.strip(), options.run, options.timeout)


if __name__ == "__main__":
    sys.exit(main())
