#!/usr/bin/python3
"""Writes golden files of the schema longcat-mini-golden/1 with PyTorch (Debian: python3-torch
python3-numpy libopenblas0), from the reference implementation beside this file.

  make_golden.py make FOLDER [NAME ...] [--first-seed N]   the odd-sized cases below, or those named
  make_golden.py check FILE ...                            recomputes a file from its own inputs

`make` tries seeds until no selection of a case is closer than 1e-3 to another (at every step and in
the grown model too), float32 selects the same experts, and no parameter after the three steps is
further than 1e-6 from its float32 twin: Adam divides a gradient by its own size, so that an entry
whose gradient happens to be all rounding moves by chance. `check` tells how far every number of an
existing file is from what this script would write for the same inputs.
"""
import argparse
import gzip
import json
import math
import os
import sys
from collections import OrderedDict
from dataclasses import asdict

import torch

from reference import (
    AdamW, Config, OptCfg, clip_grads, bias_delta, forward, grow, hidden_z_grad, init_params,
    layer_signals, losses, loss_and_grads, param_shapes)

SCHEMA = "longcat-mini-golden/1"
MARGIN = 1e-3
FLOAT32 = 1e-6
STEPS = 3
HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = os.path.join(HERE, "../../main/resources/corpus/english.txt.gz")
CONVENTIONS = {
    "total": "loss_total = loss_lm + alpha * mean_over_layers(lb_loss) + loss_z (lambda inside loss_z)",
    "lb": "f_j (j<=D): token counted once per group; f_{D+1}: one count per selected zero expert; f constant; group j = FFN experts [j*G,(j+1)*G)",
    "r_g": "r_g = (alpha/L)*||lb_grad_P|| / ||lm_grad_P||; r_g_raw_alpha = alpha*||lb_grad_P||/||lm_grad_P||; lb_grad_P is unscaled",
    "selection": "top-K of R+bias; goldens have K/K+1 score margins > 1e-3; sel sorted ascending, experts 0-based, FFN 0..N-1 then zero N..N+Z-1",
    "signals": "taken from step 0's forward/backward, before the update; statistics use population std, kurtosis m4/m2^2",
    "order": "per step: forward, backward, clip, AdamW, then bias += delta(load of this forward)",
}

# Sizes that divide by nothing, each case with one thing that the others lack.
CASES = OrderedDict(
    no_zero_experts=dict(
        c=dict(d=10, heads=5, L=3, N=6, Z=0, K=3, Ke=3.0, D=1, f=3, F=7, gamma=1.3, alpha=0.02, lam=1e-3, act_threshold=1.0),
        o=dict(lr=2e-3, eps=1e-6), B=1, S=5, r=3),
    one_zero_expert=dict(
        c=dict(d=6, heads=1, L=1, N=9, Z=1, K=2, Ke=1.5, D=3, f=5, F=11, gamma=3.0, alpha=0.3, lam=1e-4, act_threshold=2.0),
        o=dict(lr=4e-3, eps=1e-8, clip=0.0, weight_decay=0.0), B=3, S=5, r=4),
    one_selected=dict(
        c=dict(d=6, heads=3, L=2, N=2, Z=1, K=1, Ke=0.6, D=2, f=1, F=3, gamma=1.0, alpha=0.05, lam=1e-2, act_threshold=0.5),
        o=dict(lr=1e-3, eps=1e-2, mu0=0.3, mu_decay=1.0), B=2, S=3, r=2),
    more_zero_than_ffn=dict(
        c=dict(d=12, heads=2, L=2, N=3, Z=7, K=5, Ke=1.2, D=3, f=7, F=5, gamma=2.5, alpha=1.0, lam=1e-5, act_threshold=3.0),
        o=dict(lr=3e-3, beta1=0.5, beta2=0.9), B=1, S=7, r=2),
    all_selected=dict(
        c=dict(d=4, heads=2, L=1, N=3, Z=1, K=4, Ke=2.5, D=1, f=2, F=5, gamma=0.7, alpha=0.01, lam=1e-3, act_threshold=1.5),
        o=dict(lr=5e-3, clip=0.1), B=2, S=9, r=2),
    one_token=dict(
        c=dict(d=8, heads=4, L=2, N=5, Z=2, K=3, Ke=2.0, D=5, f=3, F=9, gamma=1.9, alpha=0.1, lam=1e-2, act_threshold=1.0),
        o=dict(lr=1e-2, beta1=0.0, beta2=0.5), B=1, S=1, r=2),
    no_added_losses=dict(
        c=dict(d=14, heads=7, L=2, N=4, Z=3, K=2, Ke=1.0, D=4, f=9, F=13, gamma=2.0, alpha=0.0, lam=0.0, act_threshold=2.0),
        o=dict(lr=3e-3, mu0=0.0), B=3, S=3, r=1),
    long_sequence=dict(
        c=dict(d=6, heads=1, L=1, N=3, Z=2, K=2, Ke=1.4, D=1, f=4, F=6, gamma=1.5, alpha=0.05, lam=1e-3, act_threshold=1.0),
        o=dict(lr=2e-3, eps=1e-4), B=1, S=33, r=2),
    no_experts_but_one=dict(
        c=dict(d=4, heads=2, L=2, N=1, Z=1, K=1, Ke=0.5, D=1, f=3, F=1, gamma=1.0, alpha=0.05, lam=1e-3, act_threshold=1.0),
        o=dict(lr=2e-3), B=2, S=4, r=2),
)


# ------------------------------------------------------------------------------ inputs
class Inputs:
    """What a file gives: all else follows from it."""

    def __init__(self, name, seed, c, o, params, bias, batches, r):
        self.name, self.seed, self.c, self.o = name, seed, c, o
        self.params, self.bias, self.batches, self.r = params, bias, batches, r

    @staticmethod
    def drawn(name, case, seed, text):
        c = Config(**case["c"]).check()
        g = torch.Generator().manual_seed(seed)
        params = init_params(c, seed, torch.float64, gain_noise=0.1, decimals=5)
        bias = torch.round(torch.randn((c.L, c.N + c.Z), generator=g, dtype=torch.float64) * 60) / 1000
        batches = []
        for _ in range(STEPS):
            starts = torch.randint(0, len(text) - case["S"] - 1, (case["B"],), generator=g).tolist()
            batches.append([list(text[i:i + case["S"] + 1]) for i in starts])
        return Inputs(name, seed, c, OptCfg(**case["o"]), params, bias, batches, case["r"])

    @staticmethod
    def of(tree):
        tensor = lambda t: torch.tensor(t["data"], dtype=torch.float64).reshape(t["shape"])
        c = Config(**tree["config"]).check()
        params = OrderedDict((k, tensor(tree["params"][k])) for k in param_shapes(c))
        return Inputs(tree["name"], tree["seed"], c, OptCfg(**tree["optimizer"]), params,
                      torch.tensor(tree["bias"], dtype=torch.float64), tree["batches"], tree["growth"]["r"])

    def start(self, dtype):
        """Fresh parameters, biases and optimiser."""
        p = OrderedDict((k, v.detach().clone().to(dtype)) for k, v in self.params.items())
        return p, self.bias.clone().to(dtype), AdamW(p, self.o)

    def batch(self, step):
        t = torch.tensor(self.batches[step], dtype=torch.int64)
        return t[:, :-1].contiguous(), t[:, 1:].contiguous()


# ------------------------------------------------------------------------------ outputs
def array(x):
    return dict(shape=list(x.shape), data=x.detach().double().reshape(-1).tolist())


def digest(x):
    x = x.detach().double().reshape(-1)
    i = torch.arange(x.numel(), dtype=torch.float64)
    return dict(n=x.numel(), sum=x.sum().item(), sumsq=x.pow(2).sum().item(), max_abs=x.abs().max().item(),
                probe=(x * (0.7 * i + 0.3).sin()).sum().item(), first8=x[:8].tolist())


def loss_fields(ls):
    return OrderedDict((f"loss_{k}", ls[k].item()) for k in ("total", "lm", "lb", "z"))


def margin(out):
    return min(i["margin"] for i in out["layers"])


def selections(out):
    return [i["sel"].tolist() for i in out["layers"]]


def logit_signals(c, p, bias, x, y):
    """What section 5 asks for at the router logits: per token entropies and R_z."""
    for t in p.values():
        t.requires_grad_(True)
    out = forward(c, p, bias, x)
    ls = losses(c, out, y)
    zs = [i["logits"] for i in out["layers"]]
    lm = torch.autograd.grad(ls["lm"], zs, retain_graph=True)
    r = []
    for l, info in enumerate(out["layers"]):
        lb = torch.autograd.grad(ls["lb_layers"][l], zs[l], retain_graph=True)[0]
        R, n = info["R"].detach(), math.log(c.N + c.Z)
        H = -(R * torch.log(R.clamp_min(1e-300 if R.dtype == torch.float64 else 1e-38))).sum(-1).mean().item()
        P = R.mean(0)
        r.append(dict(lm_grad_z_norm=lm[l].norm().item(), lb_grad_z_norm=lb.norm().item(),
                      r_z=(c.alpha / c.L) * lb.norm().item() / lm[l].norm().item(),
                      token_entropy_mean=H, token_entropy_norm=H / n,
                      soft_mi=-(P * torch.log(P)).sum().item() - H))
    return r


class Trace:
    """All that one precision computes from the inputs."""

    def __init__(self, inputs, dtype):
        c, (p, bias, opt) = inputs.c, inputs.start(dtype)
        x, y = inputs.batch(0)
        c2, p2, b2 = grow(c, p, bias, inputs.r)
        with torch.no_grad():
            self.grown = forward(c2, p2, b2, x)
            self.grown_losses, self.grown_layers = losses(c2, self.grown, y), c2.L
        self.logit_signals = logit_signals(c, p, bias, x, y)
        self.steps = []
        for s in range(STEPS):
            x, y = inputs.batch(s)
            out, ls, grads, rg = loss_and_grads(c, p, bias, x, y)
            norm, coef, clipped = clip_grads(grads, opt.o.clip)
            if s == 0:
                self.out, self.ls, self.grads, self.norm, self.coef = out, ls, grads, norm, coef
                self.signals = layer_signals(c, p, out, rg)
            opt.step(p, clipped)
            mu = opt.o.mu0 * opt.o.mu_decay ** s
            loads = [i["hit"].sum(0) for i in out["layers"]]
            with torch.no_grad():
                for l, load in enumerate(loads):
                    bias[l] += bias_delta(c, load, x.numel(), mu)
            self.steps.append(dict(
                step=s, **loss_fields(ls), grad_norm=norm, clip_coef=coef, mu=mu, bias_after=bias.tolist(),
                min_margin=margin(out), r_g=[q["r_g"] for q in rg], load=[q.tolist() for q in loads],
                eps_check=opt.eps_check(clipped), sel=selections(out)))
        self.params, self.bias = p, bias

    def least_margin(self):
        return min([margin(self.grown)] + [s["min_margin"] for s in self.steps])

    def all_selections(self):
        return [selections(self.grown)] + [s["sel"] for s in self.steps]


def deviation(a, b):
    """Of the float32 run b from the float64 run a."""
    rel = lambda u, v: abs(v - u) / abs(u) if u else abs(v)
    far = lambda u, v: ((u.double() - v.double()).abs().max() / u.double().abs().max().clamp_min(1e-300)).item()
    return dict(
        selection_equal=a.all_selections() == b.all_selections(),
        logits=far(a.out["logits"].detach(), b.out["logits"].detach()),
        loss_total=rel(a.ls["total"].item(), b.ls["total"].item()),
        grads_max=max(far(a.grads[k], b.grads[k]) for k in a.grads),
        grad_norm=[rel(s["grad_norm"], t["grad_norm"]) for s, t in zip(a.steps, b.steps)],
        r_g=[max(rel(u, v) for u, v in zip(s["r_g"], t["r_g"])) for s, t in zip(a.steps, b.steps)],
        params_after_max_abs=max((a.params[k] - b.params[k].double()).abs().max().item() for k in a.params),
        loads_equal=[s["load"] == t["load"] for s, t in zip(a.steps, b.steps)],
        meaning="float32 run vs float64: logits, grads_max = max|a-b|/max|b| (grads: worst tensor)")


def tree(inputs, a, b):
    c = inputs.c
    x, _ = inputs.batch(0)
    signals = [{**s, **z} for s, z in zip(a.signals, a.logit_signals)]
    steps = [OrderedDict((k, v) for k, v in s.items() if k != "sel") for s in a.steps]
    return OrderedDict(
        schema=SCHEMA, name=inputs.name, seed=inputs.seed, dtype="float64", torch=torch.__version__,
        conventions=CONVENTIONS, config=asdict(c), optimizer=asdict(inputs.o), B=x.shape[0], S=x.shape[1],
        params={k: array(v) for k, v in inputs.params.items()}, bias=inputs.bias.tolist(), batches=inputs.batches,
        forward=dict(**loss_fields(a.ls), lb_layers=[v.item() for v in a.ls["lb_layers"]],
                     logits_digest=digest(a.out["logits"]), logits=array(a.out["logits"]), hidden=array(a.out["hidden"]),
                     min_margin=margin(a.out), sel=selections(a.out), R=[array(i["R"]) for i in a.out["layers"]]),
        z_grad=array(hidden_z_grad(c, a.out["hidden"])), grad_format="full",
        grads={k: array(v) for k, v in a.grads.items()}, signals=signals, grad_norm=a.norm, clip_coef=a.coef, steps=steps,
        params_after={k: array(v) for k, v in a.params.items()}, bias_after=a.bias.tolist(),
        growth=dict(r=inputs.r, L=a.grown_layers, **loss_fields(a.grown_losses), logits_digest=digest(a.grown["logits"]),
                    hidden_digest=digest(a.grown["hidden"]), sel=selections(a.grown), min_margin=margin(a.grown)),
        float32_deviation=deviation(a, b))


# ------------------------------------------------------------------------------ commands
def some_ffn_expert_works(inputs):
    """Whether each layer sends a token to an FFN expert in every step's batch, before training."""
    p, bias, _ = inputs.start(torch.float64)
    with torch.no_grad():
        outs = [forward(inputs.c, p, bias, inputs.batch(s)[0]) for s in range(STEPS)]
    return all((i["sel"] < inputs.c.N).any().item() for out in outs for i in out["layers"])


def make(folder, names, first_seed):
    text = gzip.open(TEXT).read()
    for name in names or CASES:
        for seed in range(first_seed, first_seed + 100000):
            inputs = Inputs.drawn(name, CASES[name], seed, text)
            if not some_ffn_expert_works(inputs):
                continue  # the gradient of all of them would be none, not 0
            a = Trace(inputs, torch.float64)
            if a.least_margin() <= MARGIN:
                continue
            b = Trace(inputs, torch.float32)
            far = deviation(a, b)
            if far["selection_equal"] and far["params_after_max_abs"] <= FLOAT32:
                break
        else:
            sys.exit(f"{name}: no seed gives a margin over {MARGIN} and a stable float32 twin")
        file = os.path.join(folder, name + ".json")
        with open(file, "w") as out:
            json.dump(tree(inputs, a, b), out)
        print(f"{file}: seed {seed}, margin {a.least_margin():.2e}, {os.path.getsize(file)} bytes", flush=True)


def differences(place, old, new, found):
    """Compares two trees; found[0] is the largest relative difference."""
    if isinstance(old, dict) and isinstance(new, dict):
        if set(old) != set(new):
            raise ValueError(f"{place}: keys {sorted(set(old) ^ set(new))} on one side only")
        for k in old:
            differences(f"{place}/{k}", old[k], new[k], found)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            raise ValueError(f"{place}: {len(old)} entries, not {len(new)}")
        for i, (u, v) in enumerate(zip(old, new)):
            differences(f"{place}[{i}]", u, v, found)
    elif isinstance(old, (int, float)) and isinstance(new, (int, float)):
        d = 0.0 if old == new else abs(old - new) / max(abs(old), 1e-3)
        if d > found[0]:
            found[0], found[1] = d, place
    elif old != new:
        raise ValueError(f"{place}: {old!r}, not {new!r}")


def check(files):
    worst = 0.0
    for file in files:
        old = json.load(open(file))
        inputs = Inputs.of(old)
        new = tree(inputs, Trace(inputs, torch.float64), Trace(inputs, torch.float32))
        for skipped in ("float32_deviation", "torch"):
            old.pop(skipped), new.pop(skipped)
        found = [0.0, ""]
        differences("", old, json.loads(json.dumps(new)), found)
        print(f"{file}: largest relative difference {found[0]:.1e} {found[1]}")
        worst = max(worst, found[0])
    return 0 if worst < 1e-9 else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("folder")
    making.add_argument("names", nargs="*")
    making.add_argument("--first-seed", type=int, default=1)
    commands.add_parser("check").add_argument("files", nargs="+")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.command == "check":
        sys.exit(check(arguments.files))
    unknown = [n for n in arguments.names if n not in CASES]
    if unknown:
        sys.exit(f"no such case: {', '.join(unknown)}; there are: {', '.join(CASES)}")
    make(arguments.folder, arguments.names, arguments.first_seed)


if __name__ == "__main__":
    main()
