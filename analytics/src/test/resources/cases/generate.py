#!/usr/bin/env python3
"""Writes in-signals.csv of every detector case (fixed seeds): python3 generate.py

Columns are signals of a run with one MoE layer of four FFN experts and two zero experts; a column that is absent was
not measured. What must come of a case stands beside it in out-alerts.csv, which is reviewed by hand.
"""
import csv, math, os, random

HERE = os.path.dirname(os.path.abspath(__file__))

def write(name, steps, every=1, gap_at=None, **columns):
    rng = random.Random(name)
    os.makedirs(os.path.join(HERE, name), exist_ok=True)
    with open(os.path.join(HERE, name, "in-signals.csv"), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(["step"] + list(columns))
        for s in range(steps):
            resumed = 1000 if gap_at is not None and s >= gap_at else 0
            w.writerow([s * every + resumed] + [c(s, rng) for c in columns.values()])

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
# a router that has learnt nothing yet: the language model hardly pulls at it
write("gradient-norm-ratio-young-healthy", 300, r_g=switch((0, log(0.03, 0.4)), (20, log(0.12, 0.5)), (60, log(0.05, 0.4))))
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
write("ffn-experts-off-target", 300, ffn_mean=switch((0, normal(1.5, 0.15)), (180, normal(0.7, 0.1)), (240, normal(1.5, 0.1))))
write("ffn-experts-on-target", 500, ffn_mean=normal(1.45, 0.2))
# the selection bias has not found the target at 150, but is on its way
write("ffn-experts-finding-target-healthy", 400, ffn_mean=lambda s, r: f"{1.5 * (1 + 0.33 * min(1, math.exp((130 - s) / 60))) + r.gauss(0, 0.03):.6g}")
# the largest activation grows by 5 % a step from 150 on; wanders; settles on another level
write("activation-magnitude-grows", 260, max_abs=lambda s, r: f"{25 * (1.05 ** max(0, s - 150)) * math.exp(0.1 * r.gauss(0, 1)):.6g}")
write("activation-magnitude-healthy", 500, max_abs=lambda s, r: f"{(12 + 14 * (1 - math.exp(-s / 60))) * math.exp(0.12 * r.gauss(0, 1)):.6g}")
# leaves its initial weights within fifty steps, to four times as much
write("activation-magnitude-young-healthy", 300, max_abs=lambda s, r: f"{(8 + 28 / (1 + math.exp((42 - s) / 4))) * math.exp(0.1 * r.gauss(0, 1)):.6g}")
# loss: one bad batch; a spike of twenty steps; NaN scores do not exist (the signal is null then)
write("loss-one-bad-batch", 300, loss=switch((0, normal(2.5, 0.04)), (200, normal(4.0, 0)), (201, normal(2.5, 0.04))))
write("loss-spike", 300, loss=switch((0, normal(2.5, 0.04)), (200, normal(5.0, 0.2)), (220, normal(2.55, 0.04))))
write("loss-spike-every-fifth-step", 200, every=5, loss=switch((0, normal(2.5, 0.04)), (150, normal(3.4, 0)), (151, normal(2.5, 0.04))))
write("loss-steep-start-then-spike", 200, loss=switch((0, lambda s, r: f"{1.9 + 3.6 * math.exp(-s / 40) + r.gauss(0, 0.03):.6g}"), (80, normal(4.2, 0.1)), (90, lambda s, r: f"{1.9 + 3.6 * math.exp(-s / 40) + r.gauss(0, 0.03):.6g}")))
write("loss-healthy-start", 600, loss=lambda s, r: f"{1.9 + 3.6 * math.exp(-s / 40) + r.gauss(0, 0.04):.6g}")
# gradient norm: rounded to 0.01 as some logs are; one spike of 8 times; heavy-tailed and healthy
write("gradient-norm-rounded", 600, gradient_norm=lambda s, r: f"{max(0.22, r.gauss(0.24, 0.008)):.2f}")
write("gradient-norm-spike", 200, gradient_norm=switch((0, log(0.5, 0.15)), (150, log(4, 0)), (151, log(0.5, 0.15))))
write("gradient-norm-storm", 300, gradient_norm=switch((0, log(0.5, 0.15)), (200, log(4, 0.05)), (206, log(0.5, 0.15))))
write("gradient-norm-every-tenth-step", 200, every=10, gradient_norm=switch((0, log(0.5, 0.15)), (150, log(4, 0)), (151, log(0.5, 0.15))))
def student(mean, sd, degrees=3):
    return lambda s, r: f"{mean * math.exp(sd * r.gauss(0, 1) / math.sqrt(sum(r.gauss(0, 1) ** 2 for _ in range(degrees)) / degrees)):.6g}"
write("gradient-norm-students-tail", 6000, gradient_norm=student(0.5, 0.12))
write("gradient-norm-heavy-tail", 800, gradient_norm=lambda s, r: f"{0.5 * math.exp(0.3 * r.gauss(0, 1)):.6g}")
# non-finite: one step, and a run that went on with NaN
write("non-finite-once", 60, non_finite=switch((0, lambda s, r: 0), (20, lambda s, r: 3), (21, lambda s, r: 0)))
write("non-finite-for-good", 60, non_finite=switch((0, lambda s, r: 0), (20, lambda s, r: 7)), loss=switch((0, normal(2.5, 0.04)), (20, lambda s, r: "NaN")), gradient_norm=switch((0, normal(0.5, 0.04)), (20, lambda s, r: "NaN")))

# R_z beside R_g: harmless, then 1.5 as after a wrong alpha
write("logit-gradient-ratio-healthy", 500, r_z=log(0.02, 0.4))
write("logit-gradient-ratio-high", 200, r_z=switch((0, log(0.02, 0.3)), (100, log(1.5, 0.3))))
# R_g climbs by 0.8 % a step: the forecast comes before the limit does
write("gradient-norm-ratio-forecast", 320, r_g=lambda s, r: f"{0.012 * 1.008 ** s * math.exp(0.15 * r.gauss(0, 1)):.6g}")
# router z: grows by 1 % a step from 200; in a healthy run by a fifth in a thousand steps
write("router-logit-growth", 420, router_z=lambda s, r: f"{10.2 * 1.01 ** max(0, s - 200) * math.exp(0.03 * r.gauss(0, 1)):.6g}")
write("router-logit-healthy", 1000, router_z=lambda s, r: f"{10.2 * (1 + 0.2 * s / 1000) * math.exp(0.05 * r.gauss(0, 1)):.6g}")
# sinks to logits whose exponentials sum to little, and comes back
write("router-logit-small-healthy", 500, router_z=lambda s, r: f"{(1.4 + 2.5 * abs(s - 60) / 440) * math.exp(0.05 * r.gauss(0, 1)):.6g}")
# experts answer alike from the 30th measurement on
write("expert-similarity-alike", 80, every=10, expert_cosine=switch((0, normal(0.04, 0.01)), (30, normal(0.4, 0.03)), (60, normal(0.05, 0.01))))
write("expert-similarity-healthy", 120, every=10, expert_cosine=normal(0.04, 0.012))
write("expert-similarity-as-ever-healthy", 120, every=10, expert_cosine=normal(0.15, 0.012))

def hunting(mu):
    """Loads of 512 tokens of which each takes one of four experts, under a bias that is moved by mu."""
    bias, last = [0.0] * 4, []
    def step(r):
        weights = [math.exp(0.5 * i + 12 * b + 0.05 * r.gauss(0, 1)) for i, b in zip((-1, 0, 1, 2), bias)]
        n = [0] * 4
        for i in r.choices(range(4), weights, k=512): n[i] += 1
        for i in range(4): bias[i] += mu * (0.25 - n[i] / 512)
        return n
    def loads_(s, r):
        n = step(r); last[:] = bias
        return ";".join(map(str, n + [128, 128]))
    def bias_(s, r): return ";".join(f"{b:.6g}" for b in last + [0, 0])
    return dict(loads=loads_, bias=bias_)
write("bias-hunting", 200, **hunting(1.0))
write("bias-hunting-healthy", 400, **hunting(0.02))

def drifting(start, rate, mean, sd):
    return lambda s, r: f"{mean + rate * max(0, s - start) + r.gauss(0, sd):.6g}"
# divergence: slow, over a thousand steps; fast, gradient norm and all; past twice the largest loss
write("divergence-slow", 1100, loss=drifting(300, 0.0006, 2.5, 0.04))
write("divergence-with-gradient-norm", 400, loss=switch((0, normal(2.5, 0.04)), (250, drifting(250, 0.02, 2.6, 0.04))), gradient_norm=switch((0, log(0.5, 0.15)), (250, log(2, 0.2))))
write("divergence-blown-up", 120, loss=switch((0, normal(5.5, 0.04)), (100, normal(17, 0.5))))
write("divergence-healthy", 2500, loss=lambda s, r: f"{2.2 + 3 * (1 + s / 30) ** -0.6 + 0.03 * math.sin(s / 90) + r.gauss(0, 0.04):.6g}", gradient_norm=log(0.4, 0.2))
# data: half a nat more from 300 on, gradient norm and routing as before
write("data-shift", 500, loss=switch((0, normal(2.5, 0.04)), (300, normal(3.0, 0.04))), gradient_norm=log(0.5, 0.15), token_entropy=normal(0.5, 0.01))
write("data-shift-healthy-mixture", 800, loss=lambda s, r: f"{r.choice((2.3, 2.5, 2.7)) + r.gauss(0, 0.03):.6g}", gradient_norm=log(0.5, 0.15))
# half a nat that wanes over forty steps while the gradient norm stays as it was: data do not wane
write("loss-spike-wanes", 450, loss=switch((0, normal(2.5, 0.03)), (300, lambda s, r: f"{2.5 + 0.5 * math.exp((300 - s) / 40) + r.gauss(0, 0.03):.6g}")), gradient_norm=log(0.5, 0.15))
# a thousandth more each step: no step stands out, and the losses before rise as well
write("divergence-creeps", 700, loss=lambda s, r: f"{2.5 * 1.001 ** max(0, s - 400) * math.exp(0.012 * r.gauss(0, 1)):.6g}")
# plateau: nothing is learnt; learning stops all at once
write("plateau-never-learns", 400, loss=lambda s, r: f"{(5.5 if s < 300 else 5.5 - 0.01 * (s - 300)) + r.gauss(0, 0.02):.6g}")
write("plateau-trained-already-healthy", 1500, loss=normal(1.4, 0.012))
write("plateau-stops", 2200, loss=lambda s, r: f"{(4.0 - 0.0015 * min(s, 1000)) + r.gauss(0, 0.05):.6g}")
# gradient norm: dies away from 300 on; falls tenfold in the first hundred steps, as it should
write("vanishing-gradient", 700, gradient_norm=lambda s, r: f"{0.5 * 0.98 ** max(0, s - 300) * math.exp(0.15 * r.gauss(0, 1)):.6g}")
write("vanishing-gradient-healthy", 900, gradient_norm=lambda s, r: f"{(0.4 + 6 * math.exp(-s / 30)) * math.exp(0.2 * r.gauss(0, 1)):.6g}")
# step times, ms: a stall; a checkpoint every hundred steps; a fifth slower from 300 on; a longer batch; a resume
write("slow-step-stall", 300, step_time=switch((0, log(250, 0.03)), (200, log(1500, 0)), (201, log(250, 0.03))))
write("slow-step-habit", 1200, step_time=lambda s, r: f"{250 * (3 if s % 100 == 99 else 1) * math.exp(0.03 * r.gauss(0, 1)):.6g}")
write("slow-step-healthy", 800, step_time=lambda s, r: f"{(9000 if s == 0 else 250) * math.exp(0.08 * r.gauss(0, 1)):.6g}")
def after_gap(s, r): return f"{(900 if 200 <= s < 203 else 250) * math.exp(0.03 * r.gauss(0, 1)):.6g}"
write("slow-step-healthy-resume", 300, step_time=after_gap, gap_at=200)
write("step-time-regression", 500, step_time=switch((0, log(250, 0.03)), (300, log(310, 0.03))))
write("step-time-healthy-longer-batch", 500, step_time=switch((0, log(250, 0.03)), (300, log(500, 0.03))), tokens=switch((0, lambda s, r: 512), (300, lambda s, r: 1024)))
# ranks: number 5 of 8 is slow; some one of 8 is always slow; number 3 dies; now and then one is late
write("straggler-rank", 150, world_size=lambda s, r: 8, skew=switch((0, log(0.05, 0.3)), (60, log(0.7, 0.1)), (110, log(0.05, 0.3))), slowest_rank=switch((0, lambda s, r: r.randrange(8)), (60, lambda s, r: 5), (110, lambda s, r: r.randrange(8))))
write("straggler-healthy", 400, world_size=lambda s, r: 8, skew=log(0.5, 0.4), slowest_rank=lambda s, r: r.randrange(8))
write("missing-rank", 120, world_size=lambda s, r: 8, ranks_seen=switch((0, lambda s, r: 8), (40, lambda s, r: 7), (100, lambda s, r: 8)), missing_rank=switch((0, lambda s, r: -1), (40, lambda s, r: 3), (100, lambda s, r: -1)))
write("missing-rank-healthy", 300, world_size=lambda s, r: 8, ranks_seen=lambda s, r: 7 if s % 20 == 19 else 8, missing_rank=lambda s, r: 2 if s % 20 == 19 else -1)
# a bad batch where only every 200th step is logged; an episode there
write("loss-rare-bad-batch", 300, every=200, loss=switch((0, normal(2.5, 0.04)), (200, normal(3.1, 0)), (201, normal(2.5, 0.04))))
write("loss-rare-episode", 300, every=200, loss=switch((0, normal(2.5, 0.04)), (200, normal(3.1, 0.1)), (203, normal(2.5, 0.04))))
