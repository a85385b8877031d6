"""The PyTorch hooks against the golden cases: what is sent, and what follows from it, is what the goldens hold."""
import math
import os
import sys
import unittest

sys.path[:0] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                os.path.dirname(os.path.abspath(__file__))]

try:
    import torch
except ImportError:
    torch = None

import evenkeel
from stand_in import StandIn

if torch is not None:
    import golden_model
    from evenkeel_torch import MoeWatch


def near(case, place, found, expected, dtype, kind="statistic"):
    """The tolerances of the goldens' report."""
    if dtype == torch.float64:
        allowed = 1e-9 * abs(expected) + 1e-13
    elif kind == "ratio":
        allowed = 1e-4 * abs(expected) + 1e-6
    else:
        allowed = 1e-4 * abs(expected) + 1e-5
    case.assertLessEqual(abs(found - expected), allowed, "%s: %r is not %r" % (place, found, expected))


def moments(sums):
    """As analytics derives them from the sums."""
    n = sums["count"]
    mean, second = sums["sum"] / n, sums["sumSquares"] / n
    variance = second - mean**2
    fourth = sums["sumFourths"] / n - 4 * mean * sums["sumCubes"] / n + 6 * mean**2 * second - 3 * mean**4
    return {"max_abs": sums["maxAbs"], "mean": mean, "std": math.sqrt(variance), "rms": math.sqrt(second),
            "kurtosis": fourth / variance**2, "frac_above": sums["aboveThreshold"] / n}


def ratio(layer):
    def norm(vector):
        return math.sqrt(sum(v * v for v in vector))

    coefficient = layer["loadBalanceCoefficient"]
    return (coefficient * norm(layer["lbGradP"]) / norm(layer["lmGradP"]),
            coefficient * math.sqrt(layer["lbGradZSumSquares"] / layer["lmGradZSumSquares"]))


@unittest.skipIf(torch is None, "EVK-TEST-TORCH: PyTorch is not installed (for example: apt-get install python3-torch)")
class GoldenTest(unittest.TestCase):
    """The goldens' three training steps, watched."""

    def train(self, golden, dtype, micro_batches=1, grad_scale=1.0, **options):
        c, o = golden["config"], golden["optimizer"]
        shape = evenkeel.MoeShape(c["L"], c["N"], c["K"], zero_experts=c["Z"], ffn_experts_target=c["Ke"],
                                  groups=c["D"])
        model = golden_model.Model(golden, dtype)
        adam = golden_model.optimizer(model, golden)
        with StandIn() as gateway:
            run = evenkeel.Run("golden", gateway.url, "", moe_shape=shape, strict=True)
            watch = model.watch = MoeWatch(run, optimizer=adam, named_parameters=model.named(),
                                           activation_threshold=c["act_threshold"], tensors_every=1, **options)
            for step, batch in enumerate(golden["batches"]):
                data = torch.tensor(batch)
                adam.zero_grad()
                with watch.step(step, load_balance_coefficient=c["alpha"] / c["L"], grad_scale=grad_scale):
                    loads = []
                    for part in data.chunk(micro_batches):
                        lm, balance, z = model.losses(part[:, :-1], part[:, 1:])
                        watch.backward((lm + c["alpha"] * balance + z) * grad_scale, lm=lm)
                        loads.append(model.loads)
                    norm = math.sqrt(sum((p.grad.double() / (grad_scale * micro_batches)).pow(2).sum().item()
                                         for p in model.parameters()))
                    coefficient = min(1.0, o["clip"] / (norm + 1e-6)) if o["clip"] > 0 else 1.0
                    for parameter in model.parameters():
                        parameter.grad.mul_(coefficient / (grad_scale * micro_batches))
                    adam.step()
                    watch.log({"loss": lm.detach(), "grad_norm": norm})
                model.loads = [sum(parts) for parts in zip(*loads)]
                model.move_bias(o["mu0"] * o["mu_decay"] ** step, data[:, 1:].numel())
            self.assertTrue(run.flush(30))
            run.close()
            self.assertEqual(run.statistics().refused, 0)
            return sorted(gateway.steps, key=lambda record: record["step"])

    def check_step_0(self, golden, record, dtype):
        tokens = record["tokens"]
        self.assertEqual(tokens, golden["B"] * golden["S"])
        self.assertGreater(record["telemetryTimeMillis"], 0)
        self.assertGreater(record["stepTimeMillis"], record["telemetryTimeMillis"])
        near(self, "loss", record["losses"]["languageModel"], golden["forward"]["loss_lm"], dtype)
        activations = {(a["layer"], a["site"]): a for a in record["activations"]}
        self.assertEqual(len(record["moeLayers"]), len(golden["signals"]))
        for layer, signals in zip(record["moeLayers"], golden["signals"]):
            place = "layer %d " % layer["layer"]
            self.assertEqual(layer["gradientMethod"], "GRADIENT_METHOD_EXACT")
            self.assertEqual(layer["load"], [int(v) for v in signals["load"]])
            r_g, r_z = ratio(layer)
            near(self, place + "r_g", r_g, signals["r_g"], dtype, "ratio")
            if abs(signals["r_z"]) > 1e-9:  # else 0 to rounding: one group
                near(self, place + "r_z", r_z, signals["r_z"], dtype, "ratio")
            size = max(abs(v) for v in signals["lm_grad_P"])
            for name, found, expected in (("lm", layer["lmGradP"], signals["lm_grad_P"]),
                                          ("lb", layer["lbGradP"], signals["lb_grad_P"])):
                for i, (a, b) in enumerate(zip(found, expected)):
                    slack = (1e-12 if dtype == torch.float64 else 1e-4) * size
                    self.assertLessEqual(abs(a / tokens - b), slack + 1e-9 * abs(b), place + name + str(i))
            for i, (a, b) in enumerate(zip(layer["probabilitySums"], signals["P"])):
                near(self, place + "P%d" % i, a / tokens, b, dtype)
            mean = layer["ffnExpertsSum"] / tokens
            entropy = -sum(p * math.log(p) for p in (s / tokens for s in layer["probabilitySums"]))
            for name, found in (
                    ("lb_loss", layer["loadBalanceLoss"]), ("router_z", layer["routerZSum"] / tokens),
                    ("router_logit_max_abs", layer["routerLogitMaxAbs"]), ("entropy_P", entropy),
                    ("token_entropy_mean", layer["tokenEntropySum"] / tokens),
                    ("soft_mi", entropy - layer["tokenEntropySum"] / tokens), ("ffn_per_token_mean", mean),
                    ("ffn_per_token_std",
                     math.sqrt(max(0.0, layer["ffnExpertsSumSquares"] / tokens - mean**2))),
                    ("expert_output_cos", layer["expertOutputCosine"]), ("ffn_sum_var", layer["ffnSumVariance"]),
                    ("gamma_empirical", layer["gammaEmpirical"])):
                near(self, place + name, found, signals[name], dtype)
            near(self, place + "cos all", layer["routerCosineAll"], signals["router_cos"]["all"], dtype)
            near(self, place + "cos ffn", layer["routerCosineFfn"], signals["router_cos"]["ffn"], dtype)
            self.assertEqual(layer["routerNonFinite"], 0)
            for site in ("layer_out", "moe_in", "moe_out"):
                found = moments(activations[(layer["layer"], "ACTIVATION_SITE_" + site.upper())])
                for name, expected in signals["act_" + site].items():
                    near(self, place + site + " " + name, found[name], expected, dtype)

    def check_every_step(self, golden, records, dtype):
        self.assertEqual(len(records), len(golden["steps"]))
        for record, expected in zip(records, golden["steps"]):
            place = "step %d " % record["step"]
            near(self, place + "gradient norm", record["gradientNorm"], expected["grad_norm"], dtype)
            for layer, r_g, load in zip(record["moeLayers"], expected["r_g"], expected["load"]):
                self.assertEqual(layer["load"], [int(v) for v in load])
                near(self, place + "r_g", ratio(layer)[0], r_g, dtype, "ratio")
            tensors = {t["name"]: t for t in record["tensors"]}
            self.assertEqual(sorted(tensors), sorted(expected["eps_check"]))
            knobs = {k["knob"]: k["value"] for k in record["knobs"]}
            for name, check in expected["eps_check"].items():
                found = tensors[name]
                rms = math.sqrt(found["sumSquares"] / found["elements"])
                self.assertEqual(found["nonFinite"], 0)
                near(self, place + name, rms, check["grad_rms"], dtype)
                if check["eps_over_rms"] is not None and dtype == torch.float64:
                    near(self, place + name, knobs["adam.epsilon"] / rms, check["eps_over_rms"], dtype)
                slack = 0 if dtype == torch.float64 else 1  # an element on the threshold
                for key, share in (("belowEpsilon", "frac_below_eps"),
                                   ("belowEpsilonNonzero", "frac_below_eps_nonzero")):
                    self.assertLessEqual(abs(found[key] - check[share] * found["elements"]), slack + 1e-9,
                                         place + name + " " + key)

    def test_should_send_what_the_goldens_hold_when_trained_in_double(self):
        for name in golden_model.CASES:
            with self.subTest(name):
                golden = golden_model.read(name)
                records = self.train(golden, torch.float64, exact_every=1)
                self.check_step_0(golden, records[0], torch.float64)
                self.check_every_step(golden, records, torch.float64)

    def test_should_send_what_the_goldens_hold_within_the_report_when_trained_in_float(self):
        for name in ("p1_tiny", "p2_small", "p3_groups"):
            with self.subTest(name):
                golden = golden_model.read(name)
                records = self.train(golden, torch.float32, exact_every=1)
                self.check_step_0(golden, records[0], torch.float32)
                self.check_every_step(golden, records, torch.float32)

    def test_should_be_exact_in_the_last_layer_when_one_backward_pass_has_no_other_loss(self):
        for name in golden_model.CASES:
            with self.subTest(name):
                golden = golden_model.read(name)
                golden["config"]["lam"] = 0.0
                one_pass = self.train(golden, torch.float64)
                exact = self.train(golden, torch.float64, exact_every=1)
                for found, expected in zip(one_pass, exact):
                    self.assertEqual(found["moeLayers"][-1]["gradientMethod"], "GRADIENT_METHOD_ONE_PASS")
                    for a, b in zip(ratio(found["moeLayers"][-1])[:1], ratio(expected["moeLayers"][-1])[:1]):
                        near(self, "one pass", a, b, torch.float64)

    def test_should_be_near_the_exact_ratio_when_one_backward_pass_is_all(self):
        golden = golden_model.read("p2_small")
        worst = max(abs(ratio(layer)[0] / r_g - 1)
                    for record, expected in zip(self.train(golden, torch.float64), golden["steps"])
                    for layer, r_g in zip(record["moeLayers"], expected["r_g"]))
        print("one backward pass: R_g at most %.2g %% off" % (100 * worst))
        self.assertLess(worst, 0.03)

    def test_should_add_micro_batches_up_when_their_loss_is_scaled(self):
        golden = golden_model.read("p2_small")
        whole = self.train(golden, torch.float64, exact_every=1)[0]
        parts = self.train(golden, torch.float64, exact_every=1, micro_batches=2, grad_scale=512.0)[0]
        scaled = self.train(golden, torch.float64, micro_batches=2, grad_scale=512.0)[0]
        plain = self.train(golden, torch.float64, micro_batches=2)[0]
        self.assertEqual(whole["tokens"], parts["tokens"])
        for a, b, c, d in zip(whole["moeLayers"], parts["moeLayers"], scaled["moeLayers"], plain["moeLayers"]):
            self.assertEqual(a["load"], b["load"])
            for key in ("lmGradP", "probabilitySums"):
                for x, y in zip(a[key], b[key]):
                    near(self, key, y, x, torch.float64)
            near(self, "lm z", b["lmGradZSumSquares"], a["lmGradZSumSquares"], torch.float64)
            for x, y in zip(c["lmGradP"] + c["lbGradP"], d["lmGradP"] + d["lbGradP"]):
                near(self, "scaled", x, y, torch.float64)

    def test_should_add_up_to_the_whole_batch_when_two_ranks_have_half_each(self):
        golden = golden_model.read("p2_small")
        whole = self.train(golden, torch.float64, exact_every=1)[0]
        ranks = []
        for half in (slice(None, None, 2), slice(1, None, 2)):
            part = dict(golden, batches=[batch[half] for batch in golden["batches"][:1]])
            ranks.append(self.train(part, torch.float64, exact_every=1)[0])
        self.assertEqual(sum(r["tokens"] for r in ranks), whole["tokens"])
        for layer, a, b in zip(whole["moeLayers"], ranks[0]["moeLayers"], ranks[1]["moeLayers"]):
            self.assertEqual([x + y for x, y in zip(a["load"], b["load"])], layer["load"])
            for key in ("lmGradP", "probabilitySums"):
                for x, y, sum_ in zip(a[key], b[key], layer[key]):
                    near(self, key, x + y, sum_, torch.float64)


@unittest.skipIf(torch is None, "EVK-TEST-TORCH: PyTorch is not installed (for example: apt-get install python3-torch)")
class HookTest(unittest.TestCase):
    """One router, and what people do with one."""

    EXPERTS, WIDTH, TOKENS = 6, 5, 64

    def setUp(self):
        torch.manual_seed(3)
        self.gateway = StandIn()
        self.addCleanup(self.gateway.close)
        shape = evenkeel.MoeShape(1, 4, 2, zero_experts=2, ffn_experts_target=1.5, groups=2)
        self.run_ = evenkeel.Run("hooks", self.gateway.url, "", moe_shape=shape, strict=True)
        self.addCleanup(self.run_.close)
        self.router = torch.nn.Linear(self.WIDTH, self.EXPERTS, bias=False)
        self.x = torch.randn(self.TOKENS, self.WIDTH)
        self.values = torch.randn(self.TOKENS, self.EXPERTS)
        self.adam = torch.optim.Adam(self.router.parameters(), lr=1e-3)

    def route(self, watch, selected=None, **named):
        logits = self.router(self.x)
        probs = torch.softmax(logits, -1)
        if selected is None:
            selected = probs.detach().topk(2).indices
        probs = watch.router(0, logits, probs, selected, weight=self.router.weight, **named)
        return probs

    def loss(self, probs):
        """Something smooth in place of a language model's."""
        return ((probs * self.values).sum(-1) ** 2).mean()

    def balance(self, probs, watch):
        """The loss of FORMULAS for this shape, of detached counts."""
        return (watch._factors(watch._chosen(probs.detach().topk(2).indices, len(probs))) * probs.mean(0)).sum()

    def step(self, watch, number=0, body=None, **options):
        with watch.step(number, load_balance_coefficient=0.1, **options):
            if body is not None:
                body()
            else:
                probs = self.route(watch)
                watch.backward(self.loss(probs) + 0.1 * self.balance(probs, watch), lm=self.loss(probs))
        self.assertTrue(self.run_.flush(20))
        return next(record for record in self.gateway.steps if record["step"] == number)

    def test_should_be_the_same_when_the_balance_loss_is_given_as_when_it_is_known(self):
        watch = MoeWatch(self.run_)
        known = self.step(watch)

        def given():
            logits = self.router(self.x)
            probs = torch.softmax(logits, -1)
            balance = self.balance(probs, watch)
            watch.router(0, logits, probs, probs.detach().topk(2).indices, lb_loss=balance)
            watch.backward(self.loss(probs) + 0.1 * balance)

        by_autograd = self.step(watch, 1, given)
        for key in ("lmGradP", "lbGradP"):
            for a, b in zip(known["moeLayers"][0][key], by_autograd["moeLayers"][0][key]):
                self.assertAlmostEqual(a, b, delta=1e-5 * (1 + abs(b)))
        for key in ("lmGradZSumSquares", "lbGradZSumSquares", "loadBalanceLoss"):
            self.assertAlmostEqual(known["moeLayers"][0][key] / by_autograd["moeLayers"][0][key], 1, delta=1e-4)

    def test_should_change_no_gradient_and_draw_no_random_number_when_it_measures(self):
        def train(watch):
            self.router.zero_grad()
            probs = self.route(watch) if watch else torch.softmax(self.router(self.x), -1)
            total = self.loss(probs) + 0.1 * probs.square().mean()
            watch.backward(total, lm=self.loss(probs)) if watch else total.backward()
            return self.router.weight.grad.clone()

        plain = train(None)
        state = torch.get_rng_state()
        watch = MoeWatch(self.run_, optimizer=self.adam, exact_every=1)
        with watch.step(0, load_balance_coefficient=0.1):
            watched = train(watch)
        self.assertTrue(torch.equal(plain, watched))
        self.assertTrue(torch.equal(state, torch.get_rng_state()))

    def test_should_see_the_gradient_when_activations_are_recomputed(self):
        from torch.utils.checkpoint import checkpoint

        watch = MoeWatch(self.run_)
        expected = self.step(watch)["moeLayers"][0]
        for number, reentrant in ((1, True), (2, False)):
            def body():
                x = self.x.clone().requires_grad_(True)
                self.x, plain = x, self.x
                probs = checkpoint(lambda _: self.route(watch), x, use_reentrant=reentrant)
                watch.backward(self.loss(probs) + 0.1 * self.balance(probs, watch))
                self.x = plain

            found = self.step(watch, number, body)["moeLayers"][0]
            with self.subTest(reentrant=reentrant):
                self.assertEqual(found["load"], expected["load"])
                for a, b in zip(found["lmGradP"], expected["lmGradP"]):
                    self.assertAlmostEqual(a, b, delta=1e-5 * (1 + abs(b)))

    def test_should_count_no_dropped_token_when_an_index_is_negative_or_a_mask_is_given(self):
        watch = MoeWatch(self.run_)
        selected = torch.tensor([[0, 1], [2, -1], [-1, -1], [0, 5]])
        self.x = self.x[:4]
        found = self.step(watch, 0, lambda: self.route(watch, selected))["moeLayers"][0]
        self.assertEqual(found["load"], [2, 1, 1, 0, 0, 1])
        self.assertEqual((found["ffnExpertsSum"], found["ffnExpertsSumSquares"]), (4, 6))
        mask = torch.zeros(4, 6, dtype=torch.bool)
        mask[0, 3] = mask[1, 3] = mask[2, 4] = True
        found = self.step(watch, 1, lambda: self.route(watch, mask))["moeLayers"][0]
        self.assertEqual(found["load"], [0, 0, 0, 2, 1, 0])

    def test_should_leave_the_gradient_out_when_no_backward_pass_came(self):
        watch = MoeWatch(self.run_)
        found = self.step(watch, 0, lambda: self.route(watch))["moeLayers"][0]
        self.assertNotIn("lmGradP", found)
        self.assertIn("lbGradP", found)

    def test_should_count_what_is_not_finite_when_the_logits_are_spoiled(self):
        watch = MoeWatch(self.run_, optimizer=self.adam)

        def body():
            self.x = self.x.clone()
            self.x[3] = float("nan")
            watch.activation(0, "moe_in", torch.tensor([1.0, float("inf"), -2.0, float("nan")]))
            watch.backward(self.loss(self.route(watch)))

        record = self.step(watch, 0, body)
        self.assertEqual(record["moeLayers"][0]["routerNonFinite"], self.EXPERTS)
        sums = record["activations"][0]
        self.assertEqual([sums[k] for k in ("count", "sum", "sumSquares", "sumCubes", "sumFourths", "maxAbs",
                                            "nonFinite")], [2, -1.0, 5.0, -7.0, 17.0, 2.0, 2])
        self.assertEqual(record["tensors"][0]["nonFinite"], self.EXPERTS * self.WIDTH)
        self.assertEqual(record["moeLayers"][0]["lmGradP"], ["NaN"] * self.EXPERTS)

    def test_should_measure_when_the_model_runs_in_half_precision(self):
        self.router.bfloat16()
        self.x, self.values = self.x.bfloat16(), self.values.bfloat16()
        watch = MoeWatch(self.run_)
        found = self.step(watch)["moeLayers"][0]
        self.assertEqual(sum(found["load"]), 2 * self.TOKENS)
        self.assertAlmostEqual(sum(found["probabilitySums"]), self.TOKENS, delta=0.5)
        self.assertTrue(all(math.isfinite(v) for v in found["lmGradP"]))

    def test_should_train_on_when_measuring_fails(self):
        run = evenkeel.Run("failing", self.gateway.url, "", moe_shape=self.run_.moe_shape)
        self.addCleanup(run.close)
        watch = MoeWatch(run, optimizer=self.adam)
        with watch.step(0):
            logits = self.router(self.x)
            probs = torch.softmax(logits, -1)
            self.assertIs(watch.router(0, logits[:, :3], probs, probs.topk(2).indices), probs)
            watch.activation(0, "nowhere", "no tensor")
            watch.backward(self.loss(probs))
            watch.log({"loss": "no number"})
            self.adam.step()
        self.assertTrue(run.flush(20))
        self.assertGreaterEqual(run.statistics().refused, 3)
        self.assertEqual(len([r for r in self.gateway.steps if r["run"] == "failing"]), 1)

    def test_should_say_what_is_wrong_when_the_arguments_are(self):
        for options in ({"every": 0}, {"exact_every": -1}, {"tensors_every": 0}):
            with self.assertRaises(ValueError):
                MoeWatch(self.run_, **options)
        with self.assertRaises(ValueError):
            MoeWatch(evenkeel.Run("dense", ""))

    def test_should_measure_only_every_so_many_steps_when_told(self):
        watch = MoeWatch(self.run_, optimizer=self.adam, every=2, exact_every=4, tensors_every=3)
        methods, tensors = [], []
        for number in range(6):
            record = self.step(watch, number)
            methods.append([layer["gradientMethod"][16:] for layer in record.get("moeLayers", [])])
            tensors.append(len(record.get("tensors", [])))
        self.assertEqual(methods, [["EXACT"], [], ["ONE_PASS"], [], ["EXACT"], []])
        self.assertEqual(tensors, [1, 0, 0, 1, 0, 0])


if __name__ == "__main__":
    unittest.main()
