"""What the real gateway is tried with: PythonClientIT runs this, and looks into Kafka.

  real_gateway.py records | outage | control | foreign | names     EVENKEEL_URL and EVENKEEL_TOKEN are set
"""
import json
import math
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import evenkeel


def records():
    """Everything that a record can hold."""
    shape = evenkeel.MoeShape(2, 2, 2, zero_experts=1, ffn_experts_target=1.5, groups=1)
    with evenkeel.Run("python-records", name="Records", incarnation=1, rank=0, world_size=2, moe_shape=shape,
                      sharded_tensors=True, labels={"team": "a"}, model={"d": 8}, planned_steps=9,
                      knobs=[evenkeel.Knob("load_balance.alpha", 0, 1, 0.01, fallback="baseline", unit="x")],
                      strict=True) as run:
        run.log(2**63 - 1 - 5, {"loss": 1.5, "load_balance_loss": 1.25, "hidden_z_loss": 1e-300, "total_loss": math.inf,
                                "grad_norm": math.nan, "clip_coef": 0.5, "step_time_ms": 12.5, "tokens": 4096,
                                "lr": 3e-4, "mine/ümläut": -math.inf})
        run.log_moe(1, load=[3, 1, 2**53 + 1], probability_sums=[0.1, 0.2, math.nan], lm_grad_p=[1, -2, 3e-200],
                    lb_grad_p=(1, 1, 1), gradient_method="one_pass", load_balance_coefficient=0.005,
                    load_balance_loss=1.1, lm_grad_z_sum_squares=4, lb_grad_z_sum_squares=5, router_z_sum=6,
                    router_logit_max_abs=7, token_entropy_sum=8, router_non_finite=9, router_cosine_all=-0.25,
                    router_cosine_ffn=0.5, ffn_experts_sum=10, ffn_experts_sum_squares=11,
                    selection_bias=[0, -0.5, 0.5], expert_output_cosine=0.125, top1_churn=0.75, ffn_sum_variance=12,
                    gamma_empirical=13)
        run.log_activation(0, "layer_out", count=5, sum=-1, sum_squares=2, sum_cubes=3, sum_fourths=4, max_abs=6,
                           above_threshold=2, threshold=1.5, non_finite=1)
        run.log_tensor("layers.0.router", elements=6, sum_squares=0.5, non_finite=1, below_epsilon=3,
                       below_epsilon_nonzero=2)
        run.step_end()
    print(json.dumps(run.statistics().__dict__))


def outage():
    """Steps at a steady pace until told to stop, whatever becomes of the gateway."""
    run = evenkeel.Run("python-outage", timeout=5, close_timeout=60)
    step, costs = 0, []
    print("begun", flush=True)
    import select
    while not select.select([sys.stdin], [], [], 0.002)[0]:
        begun = time.perf_counter()
        run.log(step, loss=1.0)
        costs.append(time.perf_counter() - begun)
        step += 1
    statistics = run.close()
    costs.sort()
    print(json.dumps({**statistics.__dict__, "median_micros": 1e6 * costs[len(costs) // 2],
                      "p99_micros": 1e6 * costs[int(0.99 * len(costs))], "most_micros": 1e6 * costs[-1]}))


def control():
    """Trains until a command has changed the knob and another has asked for a checkpoint."""
    knobs = [evenkeel.Knob("load_balance.alpha", 0, 1, 0.01, max_factor=4)]
    with evenkeel.Run("python-control", knobs=knobs, actions=["save_checkpoint"], strict=True) as run:
        step, saved = 0, None
        while saved is None:
            with run.step(step):
                run.log(step, loss=1.0)
            for command in run.commands(step + 1):
                saved = command.body.arguments["where"]
                run.ack(command, applied=True, step=step + 1)
            step += 1
            time.sleep(0.01)
        run.log(step, loss=0.5)
        print(json.dumps({"saved": saved, "alpha": run.knobs["load_balance.alpha"], "step": step}))


def foreign():
    """With a token that does not cover the run: nothing arrives, nothing breaks."""
    run = evenkeel.Run("python-foreign", close_timeout=1)
    for step in range(10):
        run.log(step, loss=1.0)
    print(json.dumps(run.close().__dict__))


def names():
    """What each name on standard input stands for."""
    for line in sys.stdin:
        target = evenkeel._target(json.loads(line))
        print(json.dumps(None if target.kind == "scalars" else [target.kind, target.key, target.scale,
                                                                target.preference]))
    print(json.dumps(sorted(name for known in evenkeel.KNOWN_SCALARS.values() for name in known)))


if __name__ == "__main__":
    {f.__name__: f for f in (records, outage, control, foreign, names)}[sys.argv[1]]()
