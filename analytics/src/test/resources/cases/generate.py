#!/usr/bin/env python3
"""Writes in-signals.csv of every detector case (fixed seeds): python3 generate.py

Columns are signals of a run with one MoE layer of four FFN experts and two zero experts; a column that is absent was
not measured. What must come of a case stands beside it in out-alerts.csv, which is reviewed by hand.
"""
import csv, math, os, random

HERE = os.path.dirname(os.path.abspath(__file__))

def write(name, steps, every=1, **columns):
    rng = random.Random(name)
    os.makedirs(os.path.join(HERE, name), exist_ok=True)
    with open(os.path.join(HERE, name, "in-signals.csv"), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["step"] + list(columns))
        for s in range(steps):
            w.writerow([s * every] + [c(s, rng) for c in columns.values()])

def log(mean, sd):            return lambda s, r: f"{mean * math.exp(sd * r.gauss(0, 1)):.6g}"
def normal(mean, sd):         return lambda s, r: f"{r.gauss(mean, sd):.6g}"
def switch(*parts):           # (from step, column), ascending
    def f(s, r):
        values = [(start, c(s, r)) for start, c in parts]
        return [v for start, v in values if s >= start][-1]
    return f
def loads(mean, spread, factor=1.0, dead=False):
    def f(s, r):
        v = [max(1, round(r.gauss(mean, spread))) for _ in range(4)]
        v[0] = 0 if dead else round(v[0] * factor)
        return ";".join(str(x) for x in v + [mean, mean])
    return f

# R_g: noisy and healthy; a jump to 40 and back; a slow ramp through both thresholds
write("gradient-norm-ratio-healthy", 1000, r_g=log(0.05, 0.45))
write("gradient-norm-ratio-jump", 300, r_g=switch((0, log(0.05, 0.3)), (100, log(40, 0.3)), (200, log(0.05, 0.3))))
write("gradient-norm-ratio-ramp", 400, r_g=lambda s, r: f"{0.04 * 1.012 ** s * math.exp(0.3 * r.gauss(0, 1)):.6g}")
# epsilon 1e-8 against a gradient RMS of 1e-4; then epsilon is raised to 2e-5
write("epsilon-over-rms-healthy", 300, epsilon_over_rms=log(1e-4, 0.5), below_nonzero=normal(0, 0))
write("epsilon-over-rms-raised", 200, epsilon_over_rms=switch((0, log(1e-4, 0.3)), (100, log(0.25, 0.2))), below_nonzero=switch((0, normal(0, 0)), (110, normal(0.04, 0.002))))
# router rows cloned at step 60, told apart again from 150
write("router-similarity-cloned", 250, cosine=switch((0, normal(0.02, 0.02)), (60, normal(0.95, 0.01)), (150, normal(0.05, 0.02))))
write("router-similarity-healthy", 400, cosine=normal(0.03, 0.03))
# a fresh router learns within 120 steps; a trained one goes blind at 200; one that never learns
write("router-uninformative-fresh", 400, token_entropy=lambda s, r: f"{0.42 + 0.57 * math.exp(-s / 40) + r.gauss(0, 0.003):.6g}", soft_mi=lambda s, r: f"{1.0 - math.exp(-s / 40):.6g}")
write("router-uninformative-blinded", 400, token_entropy=switch((0, normal(0.45, 0.02)), (200, normal(0.994, 0.001))), soft_mi=switch((0, normal(1.0, 0.05)), (200, normal(0.01, 0.002))))
write("router-uninformative-never", 300, token_entropy=normal(0.998, 0.0003), soft_mi=normal(0.003, 0.0005))
# loads of 512 tokens over four experts, one of two selected
write("load-imbalance-healthy", 500, loads=loads(128, 25))
write("load-imbalance-collapse", 300, loads=switch((0, loads(128, 15)), (150, loads(40, 5, 12))))
write("dead-expert", 200, loads=switch((0, loads(128, 15)), (100, loads(128, 15, dead=True)), (150, loads(128, 15))))
write("dead-expert-small-batch", 400, loads=lambda s, r: ";".join(str(max(0, round(r.expovariate(0.8)))) for _ in range(6)))
# FFN experts per token against a target of 1.5
write("ffn-experts-off-target", 300, ffn_mean=switch((0, normal(1.5, 0.15)), (120, normal(0.7, 0.1)), (200, normal(1.5, 0.1))))
write("ffn-experts-on-target", 500, ffn_mean=normal(1.45, 0.2))
# the largest activation grows by 5 % a step from 150 on; wanders; settles on another level
write("activation-magnitude-grows", 260, max_abs=lambda s, r: f"{25 * (1.05 ** max(0, s - 150)) * math.exp(0.1 * r.gauss(0, 1)):.6g}")
write("activation-magnitude-healthy", 500, max_abs=lambda s, r: f"{(12 + 14 * (1 - math.exp(-s / 60))) * math.exp(0.12 * r.gauss(0, 1)):.6g}")
# loss: one bad batch; a spike of twenty steps; NaN scores do not exist (the signal is null then)
write("loss-one-bad-batch", 300, loss=switch((0, normal(2.5, 0.04)), (200, normal(4.0, 0)), (201, normal(2.5, 0.04))))
write("loss-spike", 300, loss=switch((0, normal(2.5, 0.04)), (200, normal(5.0, 0.2)), (220, normal(2.55, 0.04))))
write("loss-spike-every-fifth-step", 200, every=5, loss=switch((0, normal(2.5, 0.04)), (150, normal(3.4, 0)), (151, normal(2.5, 0.04))))
write("loss-steep-start-then-spike", 200, loss=switch((0, lambda s, r: f"{1.9 + 3.6 * math.exp(-s / 40) + r.gauss(0, 0.03):.6g}"), (80, normal(4.2, 0.1)), (90, lambda s, r: f"{1.9 + 3.6 * math.exp(-s / 40) + r.gauss(0, 0.03):.6g}")))
write("loss-healthy-start", 600, loss=lambda s, r: f"{1.9 + 3.6 * math.exp(-s / 40) + r.gauss(0, 0.04):.6g}")
# gradient norm: rounded to 0.01 as some logs are; one spike of 8 times; heavy-tailed and healthy
write("gradient-norm-rounded", 600, gradient_norm=lambda s, r: f"{max(0.22, r.gauss(0.24, 0.008)):.2f}")
write("gradient-norm-spike", 200, gradient_norm=switch((0, log(0.5, 0.15)), (150, log(4, 0)), (151, log(0.5, 0.15))))
write("gradient-norm-heavy-tail", 800, gradient_norm=lambda s, r: f"{0.5 * math.exp(0.3 * r.gauss(0, 1)):.6g}")
# non-finite: one step, and a run that went on with NaN
write("non-finite-once", 60, non_finite=switch((0, lambda s, r: 0), (20, lambda s, r: 3), (21, lambda s, r: 0)))
write("non-finite-for-good", 60, non_finite=switch((0, lambda s, r: 0), (20, lambda s, r: 7)), loss=switch((0, normal(2.5, 0.04)), (20, lambda s, r: "NaN")), gradient_norm=switch((0, normal(0.5, 0.04)), (20, lambda s, r: "NaN")))
