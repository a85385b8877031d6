"""Stability figures of a PyTorch mixture-of-experts model, for Evenkeel. Needs evenkeel.py beside it; PyTorch 1.13+.

    watch = MoeWatch(run, optimizer=optimizer, model=model, exact_every=100)

    # in layer i's MoE, probs = softmax(logits), selected = the top-k indices:
    probs = watch.router(i, logits, probs, selected, weight=self.router.weight)

    # in the loop:
    with watch.step(step, load_balance_coefficient=alpha / layers):
        lm, balance = model(batch)
        watch.backward(lm + alpha * balance, lm=lm)
        norm = clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        watch.log({"loss": lm, "grad_norm": norm})
    optimizer.zero_grad()

What is measured, and how (docs/connect-your-trainer.md says more):

- R_g, the gradient-norm ratio of load-balance loss to language-model loss at the router's probabilities. One pass: a
  hook on `probs` sees the gradient of the total loss, from which the load-balance term, known in closed form, is taken
  away; within 3 % of exact. Exact, every `exact_every` steps: a backward pass of the language-model loss alone.
- Loads, probability sums, entropies, logits, FFN experts a token, router similarity; activations' power sums; root
  mean square of each tensor's gradient, and how much of it lies below Adam's epsilon.

Sums are taken in float64 on the device over this rank's tokens, added up over micro-batches, and copied to the host
once a step without making the training thread wait; analytics adds the ranks up. Nothing here draws random numbers,
changes a gradient, or raises into the training loop, unless the run is strict.
"""
from __future__ import annotations

import contextlib
import functools
import time
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import torch

import evenkeel

__all__ = ["MoeWatch"]

_CHUNK = 1 << 24
_SUM, _MAX, _LAST = "sum", "max", "last"
# A graph compiler must not trace what has effects outside of the graph.
_eager: Callable[[Any], Any] = getattr(getattr(torch, "compiler", None), "disable", lambda f: f)


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """No mistake in measuring, nor a lack of memory for it, may end a training run."""

    @functools.wraps(method)
    def guarded(self: "MoeWatch", *arguments: Any, **named: Any) -> Any:
        # The outermost call is timed: what measuring takes from the training thread stands in the record.
        begun, self._begun = self._begun, self._begun or time.perf_counter()
        try:
            return method(self, *arguments, **named)
        except Exception as e:
            self._run._refuse(e)
            return None
        finally:
            if begun is None and self._begun is not None:
                self._cost += time.perf_counter() - self._begun
            self._begun = begun

    return guarded


def _wide(device: torch.device) -> torch.dtype:
    return torch.float32 if device.type == "mps" else torch.float64


def _at_least_single(x: torch.Tensor) -> torch.Tensor:
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def _total(x: torch.Tensor) -> torch.Tensor:
    return x.sum(dtype=_wide(x.device))


class _Figures:
    """Sums, maxima and last values of a step by key, each a tensor [n] on its device."""

    def __init__(self) -> None:
        self.entries: Dict[Tuple[Any, ...], torch.Tensor] = {}

    def add(self, key: Tuple[Any, ...], value: torch.Tensor, kind: str = _SUM) -> None:
        value = value.detach().reshape(-1).to(_wide(value.device))
        known = self.entries.get(key)
        if known is not None and kind == _SUM:
            value = known + value
        elif known is not None and kind == _MAX:
            value = torch.maximum(known, value)
        self.entries[key] = value

    def to_host(self) -> Callable[[], Dict[Tuple[Any, ...], List[float]]]:
        """Begins to copy, one piece a device; the function that it gives waits for that."""
        by_device: Dict[torch.device, List[Tuple[Tuple[Any, ...], torch.Tensor]]] = {}
        for key, value in self.entries.items():
            by_device.setdefault(value.device, []).append((key, value))
        copies = []
        for device, items in by_device.items():
            flat = torch.cat([value for _, value in items])
            event = None
            if device.type == "cuda":
                host = torch.empty(flat.shape, dtype=flat.dtype, pin_memory=True)
                host.copy_(flat, non_blocking=True)
                event = torch.cuda.Event()
                event.record(torch.cuda.current_stream(device))
                # `flat` stays alive until it has been copied.
                copies.append(([(key, value.numel()) for key, value in items], host, event, flat))
            else:
                copies.append(([(key, value.numel()) for key, value in items], flat.cpu(), event, flat))

        def read() -> Dict[Tuple[Any, ...], List[float]]:
            figures: Dict[Tuple[Any, ...], List[float]] = {}
            for layout, host, event, _ in copies:
                if event is not None:
                    event.synchronize()
                numbers, at = host.tolist(), 0
                for key, size in layout:
                    figures[key] = numbers[at:at + size]
                    at += size
            return figures

        return read


class _Call:
    """One pass of a micro-batch through a layer's router, until its gradient has been seen."""

    def __init__(self, layer: int, tokens: int, probs: torch.Tensor, balance: Optional[torch.Tensor]) -> None:
        self.layer = layer
        self.tokens = tokens
        self.values = probs.detach()
        self.balance = balance
        # With its graph, for an exact pass; let go with the backward pass.
        self.probs: Optional[torch.Tensor] = probs if probs.requires_grad else None
        self.hooked = False
        self.done = False


class _Open:
    """The step that is being measured."""

    def __init__(self, step: int, coefficient: Any, grad_scale: float, exact: bool, measures: Dict[str, bool]) -> None:
        self.step = step
        self.coefficient = coefficient
        self.grad_scale = grad_scale
        self.exact = exact
        self.measures = measures
        self.figures = _Figures()
        self.calls: List[_Call] = []
        self.tokens: Dict[int, int] = {}
        self.gradient_tokens: Dict[int, int] = {}
        self.exact_tokens: Dict[int, int] = {}
        self.threshold: Dict[Tuple[int, str], float] = {}
        self.tensors: List[Tuple[str, int]] = []
        self.values: Dict[str, Any] = {}


class MoeWatch:
    """Measures an MoE model and logs into a run, which needs `moe_shape`.

    optimizer: Adam or AdamW, for the epsilon check; others give the gradients' root mean square alone.
    model or named_parameters: names the tensors.
    every: steps between measurements of the routers.  activations_every, tensors_every: of the costlier parts.
    exact_every: steps between exact passes for R_g; 0: never.
    activation_threshold: activations beyond it are counted.

    Used by the training thread. Raises ValueError when an argument is wrong.
    """

    def __init__(self, run: evenkeel.Run, *, optimizer: Optional[torch.optim.Optimizer] = None,
                 model: Optional[torch.nn.Module] = None,
                 named_parameters: Optional[Iterable[Tuple[str, torch.Tensor]]] = None, every: int = 1,
                 exact_every: int = 0, activations_every: int = 1, tensors_every: int = 10,
                 activation_threshold: float = 100.0) -> None:
        if run.moe_shape is None:
            raise ValueError("MoeWatch needs a Run with moe_shape")
        if min(every, activations_every, tensors_every) < 1 or exact_every < 0:
            raise ValueError("every, activations_every and tensors_every must be at least 1, exact_every at least 0")
        self._run = run
        self._shape: evenkeel.MoeShape = run.moe_shape
        self._optimizer = optimizer
        named = model.named_parameters() if named_parameters is None and model is not None else named_parameters
        self._names = {id(parameter): name for name, parameter in (named or ())}
        self._every = every
        self._exact_every = exact_every
        self._activations_every = activations_every
        self._tensors_every = tensors_every
        self._threshold = float(activation_threshold)
        self._open: Optional[_Open] = None
        self._muted = False
        self._in_backward = False
        self._begun: Optional[float] = None
        self._cost = 0.0

    # -- the loop

    @contextlib.contextmanager
    def step(self, step: int, *, load_balance_coefficient: Union[float, Sequence[float], None] = None,
             grad_scale: float = 1.0) -> Iterator[evenkeel.Run]:
        """A `with` block of one step, of all its micro-batches: from the forward pass to optimizer.step(). Gradients
        are read at its end, so zero_grad() comes after it, or before the forward pass.

        load_balance_coefficient: of a layer's load-balance loss in the total, alpha / L for a mean over layers, or
            one a layer. Needed for R_g.
        grad_scale: by what the total loss is multiplied before the backward pass: the gradient scaler's scale times
            1 / micro-batches, when each micro-batch's loss is divided by their number.

        Outside of a step nothing is measured: validate there.
        """
        self._run.begin_step(step)
        self._begin(step, load_balance_coefficient, grad_scale)
        try:
            yield self._run
        finally:
            self._finish()
            cost, self._cost = self._cost, 0.0
            self._run._spent(cost)
            self._run.step_end()

    @_guarded
    def _begin(self, step: int, coefficient: Any, grad_scale: float) -> None:
        self._open = None
        if not self._run.enabled:
            return
        measures = {"router": step % self._every == 0, "activations": step % self._activations_every == 0,
                    "tensors": step % self._tensors_every == 0}
        exact = measures["router"] and self._exact_every > 0 and step % self._exact_every == 0
        self._open = _Open(step, coefficient, float(grad_scale), exact, measures)

    def backward(self, total: torch.Tensor, *, lm: Optional[torch.Tensor] = None, **arguments: Any) -> None:
        """total.backward(), and before it, when one is due, the exact pass.

        lm: this micro-batch's mean language-model loss, not scaled by anything.
        """
        if lm is not None and self._open is not None and self._open.exact:
            self._exact_pass(lm)
        self._in_backward = True
        try:
            total.backward(**arguments)
        finally:
            self._in_backward = False
            if self._open is not None:
                for call in self._open.calls:
                    call.probs = None

    @_guarded
    def log(self, values: Mapping[str, Any]) -> None:
        """As Run.log, for the open step; a tensor on a device does not make the caller wait for it."""
        opened = self._open
        for name, value in values.items():
            if opened is not None and isinstance(value, torch.Tensor) and value.numel() == 1:
                opened.figures.add(("value", name), value, _LAST)
            elif opened is not None:
                opened.values[name] = value

    # -- the model

    def router(self, layer: int, logits: torch.Tensor, probs: torch.Tensor, selected: torch.Tensor, *,
               weight: Optional[torch.Tensor] = None, lb_loss: Optional[torch.Tensor] = None,
               bias: Optional[torch.Tensor] = None) -> torch.Tensor:
        """Call it where the router has chosen, and go on with what it gives: `probs` itself.

        logits, probs: [..., N+Z], FFN experts first; probs = softmax(logits), not renormalised over the chosen ones.
        selected: indices [..., K] (negative: a token dropped), or a mask [..., N+Z] of booleans.
        weight: the router's weight [N+Z, d], for its similarity.
        lb_loss: the layer's load-balance loss of this micro-batch, unscaled, computed from `probs`. Without it the
            grouped loss of the run's moe_shape.groups is taken (FORMULAS: f_j of D groups, and of the zero experts).
        bias: the selection bias in force [N+Z].
        """
        self._route(layer, logits, probs, selected, weight, lb_loss, bias)
        return probs

    @_guarded
    def activation(self, layer: int, site: str, x: torch.Tensor) -> None:
        """Power sums of an activation: "moe_in", "moe_out" or "layer_out"."""
        opened = self._measuring("activations")
        if opened is None:
            return
        with torch.no_grad():
            key = ("activation", layer, site)
            for chunk in x.detach().reshape(-1).split(_CHUNK):
                wide = chunk.to(_wide(chunk.device))
                finite = torch.isfinite(wide)
                wide = torch.where(finite, wide, torch.zeros_like(wide))
                size = wide.abs()
                square = wide * wide
                opened.figures.add(key, torch.stack([
                    _total(finite), wide.sum(), square.sum(), (square * wide).sum(), (square * square).sum(),
                    _total(size > self._threshold), _total(~finite)]))
                if size.numel():
                    opened.figures.add(("largest", layer, site), size.max(), _MAX)
            opened.threshold[(layer, site)] = self._threshold

    def output_of(self, layer: int, site: str, module: torch.nn.Module) -> Any:
        """Measures what a module gives, or the first part of it; returns the hook's handle."""

        def hook(_: Any, __: Any, output: Any) -> None:
            self.activation(layer, site, output[0] if isinstance(output, (tuple, list)) else output)

        return module.register_forward_hook(hook)

    @_guarded
    def expert_outputs(self, layer: int, outputs: torch.Tensor) -> None:
        """Mean cosine between FFN experts' outputs [T, N, d] on some probe tokens; costly, so not every step."""
        opened = self._measuring("router")
        if opened is None:
            return
        with torch.no_grad():
            unit = torch.nn.functional.normalize(outputs.detach().to(_wide(outputs.device)), dim=-1, eps=1e-30)
            n = unit.shape[1]
            total = unit.sum(1).square().sum(-1) - unit.square().sum((1, 2))
            opened.figures.add(("outputs", layer), torch.stack([
                (total / max(1, n * (n - 1))).sum(), torch.full_like(total[0], len(total))]))

    @_guarded
    def ffn_sum(self, layer: int, gated: torch.Tensor, dense: Optional[torch.Tensor] = None) -> None:
        """Variance of the gated sum of FFN experts before gamma; with the output of a dense FFN on the same input,
        the gamma that would make them equal."""
        opened = self._measuring("router")
        if opened is None:
            return
        with torch.no_grad():
            wide = gated.detach().to(_wide(gated.device))
            parts = [torch.full_like(wide.reshape(-1)[0], wide.numel()), wide.sum(), wide.square().sum()]
            parts.append(dense.detach().to(wide.dtype).square().sum() if dense is not None else parts[0] * float("nan"))
            opened.figures.add(("ffn_sum", layer), torch.stack(parts))

    # -- measuring

    def _measuring(self, what: str) -> Optional[_Open]:
        opened = self._open
        # Within a backward pass a forward call is activation checkpointing's second.
        return opened if opened is not None and opened.measures[what] and not self._in_backward else None

    @_eager
    @_guarded
    def _route(self, layer: int, logits: torch.Tensor, probs: torch.Tensor, selected: torch.Tensor,
               weight: Optional[torch.Tensor], lb_loss: Optional[torch.Tensor], bias: Optional[torch.Tensor]) -> None:
        opened = self._open
        if opened is None or not opened.measures["router"]:
            return
        if self._in_backward:
            self._attach_again(opened, layer, probs)
            return
        experts = self._shape.experts
        if probs.shape[-1] != experts or logits.shape != probs.shape:
            raise ValueError("logits and probs must both be [..., %d], not %s and %s" % (
                experts, tuple(logits.shape), tuple(probs.shape)))
        tokens = probs.numel() // experts
        balance = None
        if lb_loss is not None:
            balance = self._balance_gradient(lb_loss, probs)
        with torch.no_grad():
            values = _at_least_single(probs.detach()).reshape(tokens, experts)
            chosen = self._chosen(selected, tokens)
            if lb_loss is None and self._shape.groups:
                factors = self._factors(chosen)
                balance = factors / tokens
                lb_loss = (factors * values.mean(0, dtype=factors.dtype)).sum()
            self._add_routing(opened, layer, logits.detach().reshape(tokens, experts), values, chosen)
            if balance is not None:
                self._add_balance(opened, layer, values, balance, tokens)
            if lb_loss is not None:
                opened.figures.add(("lb_loss", layer), lb_loss.detach() * tokens)
            if weight is not None:
                opened.figures.add(("cosines", layer), self._cosines(weight.detach()), _LAST)
            if bias is not None:
                opened.figures.add(("bias", layer), bias, _LAST)
        opened.tokens[layer] = opened.tokens.get(layer, 0) + tokens
        call = _Call(layer, tokens, probs, balance)
        opened.calls.append(call)
        if probs.requires_grad:
            self._attach(opened, call, probs)

    def _attach(self, opened: _Open, call: _Call, probs: torch.Tensor) -> None:
        call.hooked = True
        probs.register_hook(lambda gradient: self._saw(opened, call, gradient))

    def _attach_again(self, opened: _Open, layer: int, probs: torch.Tensor) -> None:
        """Activation checkpointing runs a layer twice: the first time, where the sums were taken, without a graph."""
        for call in opened.calls:
            if call.layer == layer and not call.hooked and probs.requires_grad:
                self._attach(opened, call, probs)
                return

    @staticmethod
    def _balance_gradient(lb_loss: torch.Tensor, probs: torch.Tensor) -> Optional[torch.Tensor]:
        if not (lb_loss.requires_grad and probs.requires_grad):
            return None
        gradient, = torch.autograd.grad(lb_loss, probs, retain_graph=True, allow_unused=True)
        if gradient is None:
            raise ValueError("lb_loss is not computed from the probs given")
        return gradient.detach().reshape(-1, probs.shape[-1])

    def _chosen(self, selected: torch.Tensor, tokens: int) -> torch.Tensor:
        """Mask [T, N+Z]. By comparison rather than by scattering, which is not deterministic on a GPU."""
        experts = self._shape.experts
        selected = selected.detach()
        if selected.dtype == torch.bool:
            return selected.reshape(tokens, experts)
        selected = selected.reshape(tokens, -1)
        numbers = torch.arange(experts, device=selected.device)
        chosen = torch.zeros(tokens, experts, dtype=torch.bool, device=selected.device)
        for k in range(selected.shape[1]):
            chosen |= selected[:, k:k + 1] == numbers
        return chosen

    def _factors(self, chosen: torch.Tensor) -> torch.Tensor:
        """f of each expert's group [N+Z]: the gradient of the mean load-balance loss, summed over tokens."""
        shape = self._shape
        tokens = chosen.shape[0]
        wide = _wide(chosen.device)
        groups, n, target = shape.groups, shape.ffn_experts, shape.ffn_experts_target
        met = chosen[:, :n].reshape(tokens, groups, n // groups).any(-1).sum(0, dtype=wide)
        factors = (met * (groups / (target * tokens))).repeat_interleave(n // groups)
        if shape.zero_experts:
            zero = _total(chosen[:, n:]) / ((shape.top_k - target) * tokens)
            factors = torch.cat([factors, zero.expand(shape.zero_experts)])
        return factors

    def _add_routing(self, opened: _Open, layer: int, logits: torch.Tensor, values: torch.Tensor,
                     chosen: torch.Tensor) -> None:
        wide = _wide(values.device)
        logits = _at_least_single(logits)
        finite = torch.isfinite(logits)
        per_token = chosen[:, :self._shape.ffn_experts].sum(1)
        figures = opened.figures
        figures.add(("load", layer), chosen.sum(0, dtype=wide))
        figures.add(("probabilities", layer), values.sum(0, dtype=wide))
        figures.add(("router", layer), torch.stack([
            _total(torch.logsumexp(logits, -1).square()), -_total(torch.xlogy(values, values)), _total(~finite),
            _total(per_token), _total(per_token.square())]))
        figures.add(("logit", layer), torch.where(finite, logits, torch.zeros_like(logits)).abs().max(), _MAX)

    @staticmethod
    def _add_balance(opened: _Open, layer: int, values: torch.Tensor, balance: torch.Tensor, tokens: int) -> None:
        per_token = balance.to(values.dtype).expand_as(values)
        opened.figures.add(("lb_p", layer), per_token.sum(0, dtype=_wide(values.device)) * tokens)
        logit = values * (per_token - (values * per_token).sum(-1, keepdim=True))
        opened.figures.add(("lb_z", layer), _total(logit * logit) * tokens**2)

    def _cosines(self, weight: torch.Tensor) -> torch.Tensor:
        """Mean signed cosine over pairs of rows: all, FFN. Of n unit rows: (|sum|^2 - sum |row|^2) / (n (n - 1))."""
        wide = weight.to(_wide(weight.device))
        rows = wide / wide.norm(dim=1, keepdim=True).clamp_min(1e-300 if wide.dtype == torch.float64 else 1e-30)
        found = []
        for part in (rows, rows[:self._shape.ffn_experts]):
            n = len(part)
            found.append((part.sum(0).square().sum() - part.square().sum()) / max(1, n * (n - 1)))
        return torch.stack(found)

    @_guarded
    def _saw(self, opened: _Open, call: _Call, gradient: torch.Tensor) -> None:
        """The gradient of the total loss has reached the probabilities."""
        if self._muted or call.done:
            return
        with torch.no_grad():
            scaled = _at_least_single(gradient.detach()).reshape(call.tokens, -1) / opened.grad_scale
            coefficient = self._coefficient(opened, call.layer)
            if call.balance is not None and coefficient is not None:
                scaled = scaled - coefficient * call.balance.to(scaled.dtype)
                self._add_gradient(opened, call, scaled)
            call.done = True
            call.probs = None

    @_guarded
    def _exact_pass(self, lm: torch.Tensor) -> None:
        opened = self._open
        calls = [c for c in opened.calls if not c.done] if opened is not None else []
        if opened is None or not calls:
            return
        if any(c.probs is None for c in calls):
            raise ValueError("an exact pass needs probs with a graph: not under activation checkpointing")
        self._muted = True
        try:
            gradients = torch.autograd.grad(lm, [c.probs for c in calls], retain_graph=True)
        finally:
            self._muted = False
        with torch.no_grad():
            for call, gradient in zip(calls, gradients):
                self._add_gradient(opened, call, _at_least_single(gradient).reshape(call.tokens, -1))
                opened.exact_tokens[call.layer] = opened.exact_tokens.get(call.layer, 0) + call.tokens
                call.done = True

    @staticmethod
    def _add_gradient(opened: _Open, call: _Call, gradient: torch.Tensor) -> None:
        """Token-summed gradient of the language-model loss, at the probabilities and at the logits."""
        values = _at_least_single(call.values).reshape(call.tokens, -1)
        opened.figures.add(("lm_p", call.layer), gradient.sum(0, dtype=_wide(gradient.device)) * call.tokens)
        logit = values * (gradient - (values * gradient).sum(-1, keepdim=True))
        opened.figures.add(("lm_z", call.layer), _total(logit * logit) * call.tokens**2)
        opened.gradient_tokens[call.layer] = opened.gradient_tokens.get(call.layer, 0) + call.tokens

    @staticmethod
    def _coefficient(opened: _Open, layer: int) -> Optional[float]:
        coefficient = opened.coefficient
        if coefficient is None:
            return None
        return float(coefficient[layer] if isinstance(coefficient, (list, tuple)) else coefficient)

    # -- the end of a step

    @_guarded
    def updated(self) -> None:
        """Measures the gradients and the optimiser's state now: after optimizer.step() and before zero_grad(), where
        that must happen within the step. Otherwise the step's end does it."""
        opened = self._open
        if opened is None or self._optimizer is None or not opened.measures["tensors"] or opened.tensors:
            return
        with torch.no_grad():
            for g, group in enumerate(self._optimizer.param_groups):
                for i, parameter in enumerate(group["params"]):
                    if parameter.grad is not None:
                        name = self._names.get(id(parameter), "group%d.%d" % (g, i))
                        self._add_tensor(opened, name, parameter, group)

    def _add_tensor(self, opened: _Open, name: str, parameter: torch.Tensor, group: Mapping[str, Any]) -> None:
        gradient = _local(parameter.grad)
        if gradient.numel() == 0:
            return
        state = self._optimizer.state.get(parameter, {}) if self._optimizer is not None else {}
        second, key = state.get("exp_avg_sq"), ("tensor", name)
        for chunk in gradient.reshape(-1).split(_CHUNK):
            finite = torch.isfinite(chunk)
            wide = torch.where(finite, chunk, torch.zeros_like(chunk)).to(_wide(chunk.device))
            none = torch.zeros((), dtype=wide.dtype, device=wide.device)
            opened.figures.add(key, torch.stack([(wide * wide).sum(), _total(~finite), none, none]), _SUM)
        if second is not None:
            correction = 1 - group["betas"][1] ** state["step"]
            for chunk in _local(second).reshape(-1).split(_CHUNK):
                below = (chunk / correction).sqrt() < group["eps"]
                counts = torch.stack([_total(below), _total(below & (chunk > 0))])
                opened.figures.add(key, torch.cat([torch.zeros_like(counts), counts]), _SUM)
        opened.tensors.append((name, gradient.numel()))

    @_guarded
    def _finish(self) -> None:
        opened = self._open
        if opened is None:
            return
        try:
            self.updated()
            for layer, tokens in opened.tokens.items():
                device = opened.figures.entries[("load", layer)].device
                counts = [tokens, opened.gradient_tokens.get(layer, 0), opened.exact_tokens.get(layer, 0)]
                opened.figures.add(("tokens", layer), torch.tensor(counts, dtype=_wide(device), device=device))
            size = sum(value.numel() for value in opened.figures.entries.values())
            read = opened.figures.to_host() if opened.figures.entries else dict
            optimizer = self._optimizer.param_groups[0] if self._optimizer is not None else {}
            reported = {name: optimizer[key] for name, key in (("learning_rate", "lr"), ("adam_epsilon", "eps"))
                        if isinstance(optimizer.get(key), (int, float))}
            if "betas" in optimizer and isinstance(optimizer["betas"][1], float):
                reported["adam_beta2"] = optimizer["betas"][1]
            self._run.defer(lambda sink: self._fill(opened, read(), reported, sink), size, opened.step)
        finally:
            self._open = None

    def _fill(self, opened: _Open, figures: Mapping[Tuple[Any, ...], List[float]], reported: Mapping[str, float],
              sink: evenkeel.Deferred) -> None:
        """On the sender's thread: what the device has told becomes the record."""
        sink.log(opened.values)
        sink.log({key[1]: value[0] for key, value in figures.items() if key[0] == "value"})
        sink.log_default(reported)
        if opened.tokens:
            sink.log_default({"tokens": max(figures[("tokens", layer)][0] for layer in opened.tokens)})
        for layer in sorted(opened.tokens):
            sink.log_moe(layer, **self._layer(opened, figures, layer))
        for layer, site in opened.threshold:
            count, total, squares, cubes, fourths, above, non_finite = figures[("activation", layer, site)]
            sink.log_activation(layer, site, count=count, sum=total, sum_squares=squares, sum_cubes=cubes,
                                sum_fourths=fourths, max_abs=figures[("largest", layer, site)][0],
                                above_threshold=above, threshold=opened.threshold[(layer, site)],
                                non_finite=non_finite)
        for name, elements in opened.tensors:
            squares, non_finite, below, below_nonzero = figures[("tensor", name)]
            sink.log_tensor(name, elements=elements, sum_squares=squares, non_finite=non_finite, below_epsilon=below,
                            below_epsilon_nonzero=below_nonzero)

    def _layer(self, opened: _Open, figures: Mapping[Tuple[Any, ...], List[float]], layer: int) -> Dict[str, Any]:
        tokens, gradient_tokens, exact_tokens = figures[("tokens", layer)]
        z_sum, entropy, non_finite, ffn, ffn_squares = figures[("router", layer)]
        fields: Dict[str, Any] = {
            "load": figures[("load", layer)], "probability_sums": figures[("probabilities", layer)],
            "router_z_sum": z_sum, "router_logit_max_abs": figures[("logit", layer)][0], "token_entropy_sum": entropy,
            "router_non_finite": non_finite, "ffn_experts_sum": ffn, "ffn_experts_sum_squares": ffn_squares,
            "load_balance_coefficient": self._coefficient(opened, layer),
            "selection_bias": figures.get(("bias", layer))}
        fields["router_cosine_all"], fields["router_cosine_ffn"] = figures.get(("cosines", layer), (None, None))
        if ("lb_loss", layer) in figures:
            fields["load_balance_loss"] = figures[("lb_loss", layer)][0] / tokens
        if ("lb_p", layer) in figures:
            fields["lb_grad_p"] = figures[("lb_p", layer)]
            fields["lb_grad_z_sum_squares"] = figures[("lb_z", layer)][0]
        # Of a part of the tokens the gradient says nothing that could be compared.
        if ("lm_p", layer) in figures and gradient_tokens == tokens:
            fields["lm_grad_p"] = figures[("lm_p", layer)]
            fields["lm_grad_z_sum_squares"] = figures[("lm_z", layer)][0]
            fields["gradient_method"] = "exact" if exact_tokens == tokens else "one_pass"
        if ("outputs", layer) in figures:
            total, probes = figures[("outputs", layer)]
            fields["expert_output_cosine"] = total / probes
        if ("ffn_sum", layer) in figures:
            count, total, squares, dense = figures[("ffn_sum", layer)]
            fields["ffn_sum_variance"] = squares / count - (total / count) ** 2
            if dense == dense:
                fields["gamma_empirical"] = (dense / squares) ** 0.5 if squares else None
        return fields


def _local(x: torch.Tensor) -> torch.Tensor:
    """This rank's part of a distributed tensor; the values that a sparse one has."""
    to_local = getattr(x, "to_local", None)
    x = to_local() if to_local is not None else x
    return x.coalesce().values() if x.is_sparse else x
