"""The client against a stand-in for the gateway that can answer oddly; test_gateway.py has the real one."""
import ast
import contextlib
import gc
import io
import json
import logging
import math
import os
import pickle
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path[:0] = [ROOT, HERE]

import evenkeel
from stand_in import StandIn, reply

SHAPE = evenkeel.MoeShape(2, 2, 2, zero_experts=1, ffn_experts_target=1.5, groups=1)


def refuse_with(status, **headers):
    return lambda handler, path, lines: reply(
        handler, status, {"status": status, "errorId": "EVK-TEST", "detail": "told to"}, **headers)


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.gateway = StandIn()
        self.addCleanup(self.gateway.close)
        self.log = []
        handler = logging.Handler()
        handler.emit = lambda record: self.log.append(record.getMessage())
        logger = logging.getLogger("evenkeel")
        logger.addHandler(handler)
        logger.propagate = False
        self.addCleanup(logger.removeHandler, handler)

    def open(self, id_="run", **options):
        run = evenkeel.Run(id_, options.pop("url", self.gateway.url), options.pop("token", "token"), **options)
        self.addCleanup(run.close, 0)
        return run

    def sent_steps(self):
        return [record["step"] for record in self.gateway.steps]

    def assert_steps(self, found, first, end):
        """Exactly these, in order; without unittest's diff, which takes minutes for long lists."""
        missing, twice = set(range(first, end)) - set(found), len(found) - len(set(found))
        self.assertTrue(found == list(range(first, end)), "%d found; missing %d, first %s; %d twice; %d beyond" % (
            len(found), len(missing), min(missing, default=None), twice, len(set(found) - set(range(first, end)))))


class RecordTest(ClientTest):
    def test_should_send_one_record_a_step_when_the_next_begins(self):
        run = self.open("a.b-c_1", name="A run", rank=1, world_size=4, incarnation=2, labels={"team": 7})
        run.log(3, {"loss": 1.25})
        run.log(3, grad_norm=2, mine=0.1)
        run.log(4, {"loss": 1.0})
        self.gateway.await_that(lambda: self.gateway.steps)
        record = self.gateway.steps[0]
        self.assertEqual(
            {k: record[k] for k in ("run", "rank", "worldSize", "incarnation", "step", "losses", "gradientNorm",
                                    "scalars")},
            {"run": "a.b-c_1", "rank": 1, "worldSize": 4, "incarnation": 2, "step": 3,
             "losses": {"languageModel": 1.25}, "gradientNorm": 2.0, "scalars": {"mine": 0.1}})
        self.assertNotIn("stepTimeMillis", record)
        self.assertLess(abs(record["wallTimeMicros"] - time.time_ns() // 1000), 60_000_000)
        run.close()
        self.assertEqual(self.sent_steps(), [3, 4])
        self.assertEqual(self.gateway.declared, [])  # one rank speaks for all
        self.assertEqual(self.gateway.tokens[0], "Bearer token")

    def test_should_time_the_step_when_it_is_a_block(self):
        with self.open() as run:
            with run.step(0):
                run.log(0, loss=1)
            with self.assertRaises(ZeroDivisionError):
                with run.step(1):
                    run.log(1, loss=math.nan)
                    raise ZeroDivisionError
        first, failed = self.gateway.steps
        self.assertGreater(first["stepTimeMillis"], 0)
        self.assertEqual(failed["losses"], {"languageModel": "NaN"})

    def test_should_write_strings_when_numbers_are_not_finite(self):
        run = self.open(moe_shape=SHAPE, strict=True)
        run.begin_step(0)
        run.log(0, loss=math.nan, grad_norm=math.inf, lr=-math.inf, mine=math.nan)
        run.log_moe(1, load=[1, 2, 3], lm_grad_p=[math.nan, 1e308, 1e308], lb_grad_p=[1e308] * 3,
                    probability_sums=(math.inf, -math.inf, 0), router_z_sum=math.nan)
        run.log_activation(0, "moe_out", count=1, sum=math.inf, sum_squares=math.inf, sum_cubes=1, sum_fourths=1,
                           max_abs=math.inf)
        run.log_tensor("w", elements=4, sum_squares=math.nan, non_finite=4)
        run.close()
        record, = self.gateway.steps
        self.assertEqual((record["losses"]["languageModel"], record["gradientNorm"], record["scalars"]["mine"]),
                         ("NaN", "Infinity", "NaN"))
        self.assertEqual(record["knobs"], [{"knob": "learning_rate", "value": "-Infinity"}])
        layer, = record["moeLayers"]
        self.assertEqual(layer["lmGradP"], ["NaN", 1e308, 1e308])
        self.assertEqual(layer["lbGradP"], [1e308] * 3)  # finite, though their sum is not
        self.assertEqual(layer["probabilitySums"], ["Infinity", "-Infinity", 0])
        self.assertEqual(layer["ffnExpertsSum"], 3)
        self.assertEqual(record["tensors"][0]["sumSquares"], "NaN")
        self.assertEqual(record["moeShape"]["ffnExpertsTarget"], 1.5)

    def test_should_take_the_preferred_name_when_two_mean_the_same(self):
        run = self.open()
        run.log(0, {"train_loss": 9, "loss": 2, "lm_loss": 1, "Train/Grad-Norm": 3})
        run.log(0, {"loss": 4, "step_time_ms": 7, "train/iter_time": 1})
        run.log(1, {"step_time": 2, "tokens": 64, "aux_loss": 3, "adam_epsilon": 1e-8})
        run.close()
        first, second = self.gateway.steps
        self.assertEqual(first["losses"], {"languageModel": 1.0})
        self.assertEqual((first["gradientNorm"], first["stepTimeMillis"]), (3.0, 7.0))
        self.assertEqual((second["stepTimeMillis"], second["tokens"]), (2000.0, 64))
        self.assertEqual(second["scalars"], {"aux_loss": 3.0})
        self.assertEqual(second["knobs"], [{"knob": "adam.epsilon", "value": 1e-8}])

    def test_should_send_a_copy_when_the_vector_changes_later(self):
        run = self.open(moe_shape=SHAPE, strict=True)
        load = [1, 2, 3]
        run.begin_step(0)
        run.log_moe(0, load=load)
        load[0] = 99
        run.close()
        self.assertEqual(self.gateway.steps[0]["moeLayers"][0]["load"], [1, 2, 3])

    def test_should_repeat_steps_as_a_new_incarnation_when_the_run_goes_back(self):
        run = self.open()
        run.log(10, loss=1)
        run.reincarnate(5)
        run.log(5, loss=2)
        run.close()
        self.assertEqual([(r["incarnation"], r["step"]) for r in self.gateway.steps], [(0, 10), (1, 5)])
        self.assertEqual([(d["incarnation"], d["firstStep"], d["status"]) for d in self.gateway.declared],
                         [(0, 0, "RUN_STATUS_RUNNING"), (1, 5, "RUN_STATUS_RUNNING"), (1, 5, "RUN_STATUS_FINISHED")])

    def test_should_declare_how_it_ended_when_the_block_ends(self):
        for error, status in ((None, "FINISHED"), (RuntimeError(), "FAILED"), (SystemExit(0), "FINISHED"),
                              (SystemExit(2), "FAILED"), (KeyboardInterrupt(), "FAILED")):
            with self.subTest(status=status, error=error):
                with contextlib.suppress(RuntimeError, SystemExit, KeyboardInterrupt):
                    with self.open(knobs=[evenkeel.Knob("mine", 0, 2, 1, max_factor=math.inf)]) as run:
                        run.log(0, loss=1)
                        if error is not None:
                            raise error
                self.assertEqual(self.gateway.declared[-1]["status"], "RUN_STATUS_" + status)
        self.assertEqual(self.gateway.declared[0]["knobs"][0]["maxFactor"], "Infinity")

    def test_should_keep_all_names_when_several_threads_log_the_same_step(self):
        run = self.open(strict=True)
        for step in range(50):
            threads = [threading.Thread(target=run.log, args=(step, {"t%d" % i: i})) for i in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        run.close()
        self.assertEqual(len(self.gateway.steps), 50)
        self.assertTrue(all(len(record["scalars"]) == 8 for record in self.gateway.steps))


class ArgumentTest(ClientTest):
    def test_should_raise_when_the_run_is_declared_wrongly(self):
        for options in (dict(run=""), dict(run="a/b"), dict(run="x" * 129), dict(run=None), dict(run="run\n"),
                        dict(url="nonsense"), dict(url="ftp://x"), dict(url="http://"), dict(url="http://u:p@h"),
                        dict(token="two words"), dict(token="line\nbreak"), dict(rank=1), dict(rank=-1),
                        dict(world_size=0), dict(incarnation=-1), dict(incarnation=2**31), dict(moe_shape=3),
                        dict(labels={"": "x"}), dict(labels={"a\n": "x"}), dict(name="x" * 9000), dict(knobs=[1]),
                        dict(knobs=[evenkeel.Knob("a", 0, 1, 0), evenkeel.Knob("a", 0, 1, 1)]), dict(actions=[""]),
                        dict(max_buffer_records=0), dict(timeout=0), dict(lease_seconds=-1)):
            with self.subTest(options):
                with self.assertRaises(ValueError):
                    evenkeel.Run(**{"run": "run", "url": self.gateway.url, "token": "", **options})
        for wrong in ((0, 2, 1), (1, 2, 3), (1, 2, 0), (1, 70_000, 1), (1, 2, 1, 0, 2.0), (1.5, 2, 1)):
            with self.subTest(wrong):
                with self.assertRaises(ValueError):
                    evenkeel.MoeShape(*wrong)
        for wrong in (dict(name=""), dict(minimum=2), dict(initial=5), dict(max_factor=1), dict(fallback="?"),
                      dict(baseline=5), dict(minimum=math.nan), dict(maximum=math.inf), dict(cooldown_steps=-1)):
            with self.subTest(wrong):
                with self.assertRaises(ValueError):
                    evenkeel.Knob(**{"name": "k", "minimum": 0, "maximum": 1, "initial": 0.5, **wrong})

    MISTAKES = [
        lambda run: run.log(-1, loss=1),
        lambda run: run.log(2**63, loss=1),
        lambda run: run.log("1", loss=1),
        lambda run: run.log(1.5, loss=1),
        lambda run: run.log(8, loss=None),
        lambda run: run.log(8, loss="x"),
        lambda run: run.log(8, loss=[1]),
        lambda run: run.log(8, {"": 1}),
        lambda run: run.log(8, {"x" * 257: 1}),
        lambda run: run.log(8, {"a\nb": 1}),
        lambda run: run.log(8, {"\ud800": 1}),
        lambda run: run.log(8, {3: 1}),
        lambda run: run.log(8, tokens=-1),
        lambda run: run.log(8, tokens=1.5),
        lambda run: run.log(8, tokens=math.nan),
        lambda run: run.log(8, 7),
        lambda run: run.log(7, loss=1),
        lambda run: run.log_moe(0, load=[1, 2]),
        lambda run: run.log_moe(0, load=[1, 2, -3]),
        lambda run: run.log_moe(0, load=[1, 2, 0.5]),
        lambda run: run.log_moe(0, load="abc"),
        lambda run: run.log_moe(0, load=None),
        lambda run: run.log_moe(2, load=[1, 2, 3]),
        lambda run: run.log_moe(0, load=[1, 2, 3], lm_grad_p=[1]),
        lambda run: run.log_moe(0, load=[1, 2, 3], lm_grad_p=[[1], [2], [3]]),
        lambda run: run.log_moe(0, load=[1, 2, 3], gradient_method="guess"),
        lambda run: run.log_moe(0, load=[1, 2, 3], colour=1),
        lambda run: run.log_moe(0, load=[1, 2, 3], step=7),
        lambda run: run.log_activation(0, "somewhere", count=1, sum=1, sum_squares=1, sum_cubes=1, sum_fourths=1,
                                       max_abs=1),
        lambda run: run.log_tensor("w", elements=0, sum_squares=1),
        lambda run: run.log_tensor("w", elements=1, sum_squares=1, below_epsilon=2),
        lambda run: run.log_tensor("w", elements=2, sum_squares=1, below_epsilon=1, below_epsilon_nonzero=2),
        lambda run: run.ack(None, applied=True),
    ]

    def test_should_count_and_go_on_when_what_is_logged_is_wrong(self):
        run = self.open(moe_shape=SHAPE)
        run.log(7, loss=1)
        run.log(8, loss=2)
        for i, mistake in enumerate(self.MISTAKES):
            with self.subTest(i):
                before = run.statistics().refused
                mistake(run)
                self.assertGreater(run.statistics().refused, before)
        run.log(8, more=3)
        run.close()
        self.assertEqual([(r["step"], r["losses"], r.get("scalars")) for r in self.gateway.steps],
                         [(7, {"languageModel": 1.0}, None), (8, {"languageModel": 2.0}, {"more": 3.0})])

    def test_should_raise_when_strict_and_what_is_logged_is_wrong(self):
        run = self.open(moe_shape=SHAPE, strict=True)
        run.log(7, loss=1)
        run.log(8, loss=2)
        for i, mistake in enumerate(self.MISTAKES):
            with self.subTest(i):
                with self.assertRaises(ValueError):
                    mistake(run)

    def test_should_warn_once_a_kind_when_a_mistake_is_made_often(self):
        run = self.open()
        for step in range(100):
            run.log(step, loss=None)
        run.close()
        self.assertEqual(len([line for line in self.log if "EVK-CLIENT-CALL" in line]), 1)
        self.assertEqual(run.statistics().refused, 100)

    def test_should_refuse_entries_when_no_step_is_open(self):
        run = self.open(moe_shape=SHAPE)
        run.log_moe(0, load=[1, 2, 3])
        run.log(0, loss=1)
        run.step_end()
        run.log_moe(0, load=[1, 2, 3])
        run.close()
        self.assertEqual(run.statistics().refused, 2)
        self.assertNotIn("moeLayers", self.gateway.steps[0])

    def test_should_do_nothing_when_no_url_is_set(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("EVENKEEL_")}
        code = """
            import evenkeel
            with evenkeel.Run("r", knobs=[evenkeel.Knob("a", 0, 1, 0.5)]) as run:
                assert not run.enabled
                with run.step(0):
                    run.log(0, loss=1)
                assert run.commands() == [] and run.knobs["a"] == 0.5 and run.flush()
            print(run.statistics().taken)
        """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=environment, cwd=ROOT,
                              capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("0\n", "", 0))

    def test_should_not_be_pickled(self):
        with self.assertRaises(TypeError):
            pickle.dumps(self.open())


class DeliveryTest(ClientTest):
    def test_should_send_the_same_again_when_the_gateway_answers_oddly(self):
        def reset(handler, path, lines):
            handler.close_connection = True

        def half_an_answer(handler, path, lines):
            self.gateway.keep(path, lines)
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            handler.close_connection = True

        for name, answer in (
                ("429", refuse_with(429, Retry_After="0")), ("503", refuse_with(503, Retry_After="0")),
                ("500", refuse_with(500)), ("401", refuse_with(401)), ("403", refuse_with(403)),
                ("404", refuse_with(404)), ("302", refuse_with(302, Location="/login")), ("reset", reset),
                ("date", refuse_with(503, Retry_After="Thu, 01 Jan 1970 00:00:00 GMT")),
                ("odd delay", refuse_with(503, Retry_After="soon")), ("half an answer", half_an_answer),
                ("a proxy's page", lambda h, p, l: reply(h, 200, b"<html>Welcome</html>")),
                ("other counts", lambda h, p, l: reply(h, 200, {"accepted": 7, "rejected": 0}))):
            with self.subTest(name):
                self.gateway.steps.clear()
                run = self.open(rank=1, world_size=2)
                self.gateway.answers[:] = [answer]
                run.log(0, loss=1)
                run.log(1, loss=2)
                self.assertTrue(run.flush(30), run.statistics())
                statistics = run.close()
                self.assertEqual(sorted(set(self.sent_steps())), [0, 1])
                self.assertEqual((statistics.taken, statistics.sent, statistics.dropped, statistics.rejected),
                                 (2, 2, 0, 0))

    def test_should_wait_as_long_as_told_when_the_gateway_says_retry_after(self):
        times = []

        def later(handler, path, lines):
            times.append(time.monotonic())
            refuse_with(429, Retry_After="1")(handler, path, lines)

        def now(handler, path, lines):
            times.append(time.monotonic())
            self.gateway.accept(handler, path, lines)

        run = self.open(rank=1, world_size=2)
        self.gateway.answers[:] = [later, now]
        run.log(0, loss=1)
        self.assertTrue(run.flush(30))
        self.assertGreaterEqual(times[1] - times[0], 1.0)

    def test_should_count_what_is_refused_and_go_on_when_some_or_all_are(self):
        def some(handler, path, lines):
            self.gateway.keep(path, lines[1:])
            reply(handler, 207, {"accepted": len(lines) - 1, "rejected": 1, "rejections": [
                {"index": 0, "errorId": "EVK-WIRE-INVALID", "message": "because"}]})

        run = self.open(rank=1, world_size=2)
        self.gateway.answers[:] = [some]
        for step in range(3):
            run.log(step, loss=1)
        self.assertTrue(run.flush(20))
        self.gateway.answers[:] = [refuse_with(400)]
        run.log(3, loss=1)
        self.assertTrue(run.flush(20))
        run.log(4, loss=1)
        statistics = run.close()
        self.assertEqual(self.sent_steps(), [1, 2, 4])
        self.assertEqual((statistics.sent, statistics.rejected, statistics.dropped), (3, 2, 0))
        self.assertTrue(any("EVK-WIRE-INVALID: because" in line for line in self.log), self.log)

    def test_should_send_smaller_batches_when_one_is_too_large(self):
        def picky(handler, path, lines):
            if len(lines) > 3:
                self.gateway.answers.insert(0, picky)
                refuse_with(413)(handler, path, lines)
            else:
                self.gateway.accept(handler, path, lines)

        run = self.open(rank=1, world_size=2)
        self.gateway.answers[:] = [picky]
        for step in range(20):
            run.log(step, loss=1)
        run.step_end()
        self.assertTrue(run.flush(20))
        self.assertEqual(self.sent_steps(), list(range(20)))
        self.gateway.answers[:] = [refuse_with(413)]
        run.log(20, loss=1)
        self.assertTrue(run.flush(20))
        self.assertEqual(run.statistics().rejected, 1)

    def test_should_train_on_and_lose_only_the_oldest_when_the_gateway_is_away(self):
        port = self.gateway.port
        run = self.open(max_buffer_records=2000)
        run.log(0, loss=1)
        self.assertTrue(run.flush(20))

        def cost(first, last):
            costs = []
            gc.collect()  # what other tests have left is not the client's cost
            for step in range(first, last):
                begun = time.perf_counter()
                run.log(step, loss=1.0, grad_norm=2.0, lr=1e-3)
                costs.append(time.perf_counter() - begun)
            costs.sort()
            return "median %.1f us, 99 %% %.1f us, most %.0f us" % tuple(
                1e6 * costs[min(len(costs) - 1, int(len(costs) * q))] for q in (0.5, 0.99, 1))

        there = cost(1, 2000)
        self.assertTrue(run.flush(20))
        self.gateway.close()
        away = cost(2000, 5000)
        run.step_end()
        while not run.statistics().last_error:
            run.flush(0.05)
        print("log() with the gateway there: %s; away: %s" % (there, away))
        statistics = run.statistics()
        self.assertEqual((statistics.buffered, statistics.dropped), (2000, 1000))
        taken = self.gateway.steps
        again = self.gateway = StandIn(port)
        self.addCleanup(again.close)
        self.assertTrue(run.flush(60), run.statistics())
        self.assert_steps([r["step"] for r in taken], 0, 2000)
        # Oldest dropped first, but for those that an attempt had in flight when room was needed.
        found = self.sent_steps()
        self.assertEqual(len(found), 2000)
        self.assertTrue(found == sorted(set(found)) and found[0] >= 2000)
        self.assert_steps(found[-1000:], 4000, 5000)
        self.assertEqual(again.steps[-1]["droppedBefore"], 1000)
        statistics = run.close()
        self.assertEqual((statistics.taken, statistics.sent, statistics.dropped), (5000, 4000, 1000))
        self.assertTrue(any("EVK-CLIENT-BROKER-DOWN" in line for line in self.log), self.log)
        self.assertTrue(any("EVK-CLIENT-BUFFER-FULL" in line for line in self.log), self.log)

    def test_should_say_what_a_call_costs_when_there_are_very_many(self):
        run = self.open(max_buffer_records=200_000)
        begun = time.perf_counter()
        for step in range(100_000):
            run.log(step, {"loss": 1.5, "grad_norm": 2.0})
        spent = time.perf_counter() - begun
        print("100,000 steps logged in %.2f s: %.1f us a call" % (spent, 1e6 * spent / 100_000))
        self.assertTrue(run.flush(60), run.statistics())
        self.assert_steps(self.sent_steps(), 0, 100_000)

    def test_should_end_in_time_and_count_the_rest_when_nobody_answers(self):
        let_go = threading.Event()
        self.addCleanup(let_go.set)
        run = self.open(rank=1, world_size=2)
        self.gateway.answers[:] = [lambda *_: let_go.wait(60)] * 50
        for step in range(10):
            run.log(step, loss=1)
        statistics = run.close(0.5)
        self.assertEqual((statistics.taken, statistics.sent, statistics.dropped, statistics.buffered), (10, 0, 10, 0))
        run.log(11, loss=1)
        self.assertEqual(run.close(), statistics)

    def test_should_try_once_more_at_the_end_when_it_waits_for_the_next_try(self):
        run = self.open(rank=1, world_size=2)
        self.gateway.answers[:] = [refuse_with(503, Retry_After="60")]
        run.log(0, loss=1)
        run.step_end()
        self.gateway.await_that(lambda: self.gateway.requests == 1)
        self.assertEqual(run.close(2).sent, 1)

    def test_should_keep_its_bounds_when_records_come_go_and_return_at_random(self):
        seed = random.randrange(2**32)
        with self.subTest(seed=seed):
            chance = random.Random(seed)
            for _ in range(200):
                box = evenkeel._Outbox(chance.randint(1, 8), chance.randint(600, 4000))
                numbers, arrived = iter(range(10_000)), []
                for _ in range(chance.randint(1, 200)):
                    deed = chance.random()
                    if deed < 0.6:
                        step = evenkeel._Step(next(numbers), 0, (), (0, 0))
                        step.size = chance.randint(1, 1000)
                        box.add(step)
                    elif not box.flying:
                        box.take(chance.randint(1, 5), chance.randint(1, 3000))
                    elif deed < 0.8:
                        arrived += [step.number for step in box.flying]
                        box.settle(len(box.flying), 0)
                    else:
                        box.give_back()
                    waiting = [step.number for step in box.flying + list(box.waiting)]
                    self.assertEqual(waiting, sorted(waiting))
                    self.assertEqual(box.bytes, sum(step.size for step in box.flying + list(box.waiting)))
                    self.assertEqual(box.taken, box.sent + box.rejected + box.dropped + len(box))
                    self.assertTrue(not box.waiting or (len(box) <= box.max_records and box.bytes <= box.max_bytes))
                self.assertEqual(arrived, sorted(set(arrived)))


class ProcessTest(ClientTest):
    """What happens to processes."""

    def script(self, code, **environment):
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**os.environ, "EVENKEEL_URL": self.gateway.url, "EVENKEEL_TOKEN": "t", **environment})

    def test_should_send_the_rest_and_tell_the_end_when_the_script_just_ends(self):
        for tail, status, code in (("", "FINISHED", 0), ("1 / 0", "FAILED", 1)):
            with self.subTest(status):
                self.gateway.steps.clear()
                process = self.script("""
                    import evenkeel
                    run, other = evenkeel.Run("r"), evenkeel.Run("other")
                    for step in range(500):
                        run.log(step, loss=1)
                        other.log(step, loss=1)
                    """ + tail)
                _, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, code, errors)
                self.assertEqual(len(self.gateway.steps), 1000)
                self.assertEqual(self.gateway.declared[-1]["status"], "RUN_STATUS_" + status)

    def test_should_have_sent_what_was_flushed_when_the_process_is_killed(self):
        process = self.script("""
            import evenkeel, os, signal
            run = evenkeel.Run("r")
            for step in range(500):
                run.log(step, loss=1)
            run.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        """)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGKILL)
        self.assertEqual(len(self.gateway.steps), 500)

    @unittest.skipUnless(hasattr(os, "fork"), "no fork here")
    def test_should_send_nothing_twice_and_hang_nowhere_when_the_process_forks(self):
        process = self.script("""
            import evenkeel, os, sys, threading
            run = evenkeel.Run("r", knobs=[evenkeel.Knob("a", 0, 1, 0.5)], max_buffer_records=1000)
            children = []
            stop = threading.Event()
            def busy():
                step = 0
                while not stop.is_set():
                    run.log(step, loss=1)
                    step += 1
                run.step_end()
            thread = threading.Thread(target=busy)
            thread.start()
            for i in range(20):
                child = os.fork()
                if child == 0:
                    for step in range(10**6, 10**6 + 100):
                        run.log(step, loss=2)
                    run.step_end(); run.flush(); run.commands()
                    assert not run.enabled
                    run.close()
                    sys.exit(7)   # with everything that an interpreter does at its end
                children.append(child)
            codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
            assert codes == [7] * 20, codes
            stop.set()
            thread.join()
            statistics = run.close(30)
            print(statistics.taken, statistics.sent + statistics.dropped)
        """)
        out, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, errors)
        taken, settled = out.split()
        self.assertEqual(taken, settled)
        self.assertTrue(all(record["losses"] == {"languageModel": 1.0} for record in self.gateway.steps))
        self.assertEqual(len(set(self.sent_steps())), len(self.gateway.steps))
        self.assertEqual([d["status"] for d in self.gateway.declared],
                         ["RUN_STATUS_RUNNING", "RUN_STATUS_FINISHED"])

    def test_should_load_data_when_the_loader_forks_workers(self):
        try:
            import torch  # noqa: F401
        except ImportError:
            self.skipTest("EVK-TEST-TORCH: PyTorch is not installed")
        process = self.script("""
            import evenkeel, torch
            from torch.utils.data import DataLoader, Dataset
            run = evenkeel.Run("r")
            class Data(Dataset):
                def __len__(self): return 64
                def __getitem__(self, i):
                    run.log(10**6 + i, loss=i)   # a mistake that must do no harm
                    return torch.tensor(float(i))
            step = 0
            for epoch in range(2):
                for batch in DataLoader(Data(), batch_size=8, num_workers=2, multiprocessing_context="fork"):
                    run.log(step, mean=batch.mean())
                    step += 1
            run.close()
        """)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, errors)
        self.assertEqual(self.sent_steps(), list(range(16)))

    def test_should_not_lock_up_when_a_signal_handler_logs(self):
        process = self.script("""
            import evenkeel, itertools, signal
            run = evenkeel.Run("r", max_buffer_records=10**6)
            numbers, hits = itertools.count(), []
            def handler(*_):
                hits.append(1)
                run.log(10**9, loss=1)
                run.flush(0)
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
            while len(hits) < 200:
                run.log(next(numbers), loss=1)
            signal.setitimer(signal.ITIMER_REAL, 0)
            run.close(30)
            print("done")
        """)
        out, errors = process.communicate(timeout=120)
        self.assertEqual((out, process.returncode), ("done\n", 0), errors)

    def test_should_leave_the_trainers_random_numbers_alone(self):
        random.seed(5)
        expected = [random.random() for _ in range(3)]
        random.seed(5)
        run = self.open(rank=1, world_size=2)
        self.gateway.answers[:] = [refuse_with(500)]
        run.log(0, loss=1)
        self.assertTrue(run.flush(20))
        self.assertEqual([random.random() for _ in range(3)], expected)


class CommandTest(ClientTest):
    NOW = 1_000_000_000_000

    def wire(self, sequence, body=None, **fields):
        command = {"schemaVersion": 1, "run": "run", "epoch": "3", "sequence": str(sequence),
                   "issuedMicros": str(self.NOW), "expiresMicros": str(10**17), "issuedStep": "5",
                   "origin": "alpha-policy", "reason": "why"}
        command.update(body or {"setKnob": {"knob": "alpha", "value": 0.2}})
        command.update(fields)
        return command

    def lease(self, until, **fields):
        return self.wire(0, {"lease": {"validUntilMicros": str(until)}}, **fields)

    KNOBS = [evenkeel.Knob("alpha", 0, 1, 0.1, max_factor=4, fallback="baseline", baseline=lambda step: 0.05),
             evenkeel.Knob("alpha", 0, 1, 0.1, scope="layers/1"), evenkeel.Knob("mu", 0, 1, 0.5)]

    def test_should_set_the_knob_and_answer_when_a_command_comes(self):
        run = self.open(knobs=self.KNOBS, actions=["save_checkpoint"], strict=True)
        run.log(9, loss=1)
        run.step_end()
        self.gateway.command(self.wire(1))
        self.gateway.command(self.wire(2, {"action": {"action": "save_checkpoint", "arguments": {"why": "x"}}}))
        mine = []
        while not mine:
            mine += run.commands()
            self.gateway.await_that(lambda: True)
        self.assertEqual(run.knobs["alpha"], 0.2)
        self.assertEqual(run.knobs.value("alpha", layer=1), 0.2)
        self.assertEqual(run.knobs.value("alpha", layer=0), 0.2)
        self.assertEqual(mine[0].body, evenkeel.RunAction("save_checkpoint", {"why": "x"}))
        run.ack(mine[0], applied=True)
        run.log(10, loss=1)
        self.assertTrue(run.flush(20))
        acks = [{k: v for k, v in ack.items() if k != "wallTimeMicros"} for ack in self.gateway.acks]
        self.assertEqual(acks, [
            {"run": "run", "incarnation": 0, "epoch": 3, "sequence": 1, "status": "ACK_STATUS_APPLIED", "step": 10,
             "knob": "alpha", "scope": "", "from": 0.1, "to": 0.2},
            {"run": "run", "incarnation": 0, "epoch": 3, "sequence": 2, "status": "ACK_STATUS_APPLIED", "step": 10}])
        record = self.gateway.steps[-1]
        self.assertEqual((record["lastCommandEpoch"], record["lastCommandSequence"]), (3, 2))
        self.assertIn({"knob": "alpha", "scope": "", "value": 0.2}, record["knobs"])

    def judge(self, desk, wire, step=20, now=NOW):
        ack, wanted = desk.judge(evenkeel._command(wire), step, now)
        return (ack or {}).get("status", "")[11:], (ack or {}).get("errorId"), wanted

    def desk(self, incarnation=0):
        return evenkeel._Desk("run", incarnation, evenkeel.Knobs(self.KNOBS), ["pause"], 60_000)

    def test_should_refuse_what_the_trainer_must_not_obey(self):
        desk = self.desk()
        alpha = lambda value: {"setKnob": {"knob": "alpha", "value": value}}
        self.assertEqual(self.judge(desk, self.wire(5)), ("APPLIED", None, False))
        for name, wire, expected in (
                ("sequence", self.wire(4), "EVK-COMMAND-SEQUENCE"),
                ("epoch", self.wire(6, epoch="2"), "EVK-COMMAND-EPOCH"),
                ("incarnation", self.wire(7, incarnation=1), "EVK-COMMAND-INCARNATION"),
                ("knob", self.wire(8, {"setKnob": {"knob": "beta", "value": 1}}), "EVK-KNOB-UNKNOWN"),
                ("scope", self.wire(9, {"setKnob": {"knob": "mu", "scope": "layers/0", "value": 1}}),
                 "EVK-KNOB-UNKNOWN"),
                ("bounds", self.wire(10, alpha(1.5)), "EVK-KNOB-BOUNDS"),
                ("NaN", self.wire(11, alpha("NaN")), "EVK-KNOB-NOT-FINITE"),
                ("factor", self.wire(12, alpha(0.9)), "EVK-KNOB-FACTOR"),
                ("cool-down", self.wire(13, alpha(0.3)), "EVK-KNOB-COOLDOWN"),
                ("action", self.wire(14, {"action": {"action": "explode"}}), "EVK-COMMAND-ACTION-UNKNOWN")):
            with self.subTest(name):
                self.assertEqual(self.judge(desk, wire), ("REJECTED", expected, False))
        self.assertEqual(desk.knobs["alpha"], 0.2)
        late = self.wire(15, expiresMicros=str(self.NOW))
        self.assertEqual(self.judge(desk, late), ("EXPIRED", "EVK-COMMAND-EXPIRED", False))
        self.assertEqual(self.judge(desk, self.wire(16, alpha(0.3), origin="operator:ann"))[0], "APPLIED")
        self.assertEqual(self.judge(desk, self.wire(17, alpha(0.4)), step=25)[0], "APPLIED")
        self.assertEqual(self.judge(desk, self.wire(18, {"action": {"action": "pause"}})), ("", None, True))
        self.assertEqual(self.judge(desk, self.wire(19, run="other")), ("", None, False))
        self.assertEqual(self.judge(desk, self.wire(19, alpha(0), epoch="4", origin="operator:ann"))[0], "APPLIED")
        self.assertEqual(self.judge(desk, self.wire(20, alpha(1), epoch="4", origin="operator:ann"))[0], "APPLIED")

    def test_should_answer_alike_and_act_once_when_a_command_comes_again(self):
        desk = self.desk()
        first = desk.judge(evenkeel._command(self.wire(1)), 20, self.NOW)
        desk.knobs.set("alpha", 0.15)
        self.assertEqual(desk.judge(evenkeel._command(self.wire(1)), 30, self.NOW + 5), first)
        self.assertEqual(desk.knobs["alpha"], 0.15)
        old = self.wire(9, incarnation=0, expiresMicros=str(self.NOW))
        self.assertEqual(self.judge(self.desk(incarnation=1), old), ("", None, False))

    def test_should_go_to_the_baseline_or_hold_when_the_lease_lapses(self):
        desk = self.desk()
        self.judge(desk, self.wire(1))
        self.judge(desk, self.wire(2, {"setKnob": {"knob": "mu", "value": 0.6}}))
        self.assertFalse(desk.lapsed(self.NOW + 59_999_999))
        self.judge(desk, self.lease(self.NOW + 90_000_000))
        self.judge(desk, self.lease(self.NOW + 300_000_000, epoch="2"))  # of a leader that was replaced
        self.assertFalse(desk.lapsed(self.NOW + 89_999_999))
        self.assertTrue(desk.lapsed(self.NOW + 90_000_000))
        self.assertFalse(desk.lapsed(self.NOW + 90_000_001))
        self.assertEqual(desk.knobs._fall_back(40), ["alpha"])
        self.assertEqual((desk.knobs["alpha"], desk.knobs["mu"]), (0.05, 0.6))
        self.assertEqual(desk.knobs.value("alpha", layer=1), 0.2)  # declared to hold

    def test_should_fall_back_in_the_run_when_no_lease_comes(self):
        run = self.open(knobs=self.KNOBS, lease_seconds=0.2)
        self.gateway.command(self.wire(1))
        seen = []
        while 0.05 not in seen:
            run.commands()
            seen.append(run.knobs["alpha"])
        self.assertIn(0.2, seen)

    def test_should_keep_commanded_values_over_a_checkpoint(self):
        desk = self.desk()
        self.judge(desk, self.wire(1))
        state = json.loads(json.dumps(desk.knobs.state_dict()))
        knobs = evenkeel.Knobs(self.KNOBS[:2])
        knobs.load_state_dict(state)
        self.assertEqual(knobs["alpha"], 0.2)
        self.assertEqual(knobs._fall_back(3), ["alpha"])

    def test_should_read_on_when_a_command_cannot_be_read(self):
        run = self.open(knobs=self.KNOBS)
        self.gateway.command({"run": "run", "epoch": "x", "sequence": "1", "setKnob": {}})
        self.gateway.command(self.wire(2, {"unheardOf": {}}))
        self.gateway.command(self.wire(3))
        while run.knobs["alpha"] != 0.2:
            run.commands()


class ModuleTest(ClientTest):
    def test_should_be_python_3_9_and_its_standard_library_alone(self):
        with open(os.path.join(ROOT, "evenkeel.py"), encoding="utf-8") as file:
            tree = ast.parse(file.read(), feature_version=(3, 9))
        modules = {name.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import)
                   for name in node.names}
        modules |= {node.module.split(".")[0] for node in ast.walk(tree)
                    if isinstance(node, ast.ImportFrom) and node.module}
        if hasattr(sys, "stdlib_module_names"):
            self.assertEqual(modules - set(sys.stdlib_module_names), set())
        with open(os.path.join(ROOT, "evenkeel_torch.py"), encoding="utf-8") as file:
            ast.parse(file.read(), feature_version=(3, 9))
        # What came after 3.9 and the parser does not see, of what one is likely to use.
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                named = {keyword.arg for keyword in node.keywords}
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                self.assertFalse(called == "zip" and "strict" in named)
                self.assertFalse(called == "dataclass" and named & {"slots", "kw_only"})
                self.assertNotIn(called, ("pairwise", "batched", "anext", "aiter", "add_note", "timeout_at"))

    def doctor(self, *arguments):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = evenkeel.main(["doctor", *arguments])
        return code, out.getvalue()

    def test_should_say_what_is_wrong_when_the_doctor_is_asked(self):
        code, text = self.doctor("--url", self.gateway.url, "--token", "t", "--run", "mine")
        self.assertEqual(code, 0, text)
        self.assertIn("covers run mine", text)
        self.assertEqual(self.gateway.requests, 0)
        self.assertEqual(self.doctor("--url", "")[0], 1)
        self.assertEqual(self.doctor("--url", "nonsense")[0], 1)
        self.gateway.close()
        code, text = self.doctor("--url", self.gateway.url)
        self.assertEqual(code, 1)
        self.assertIn("EVK-CLIENT-BROKER-DOWN", text)
        self.gateway = StandIn()


if __name__ == "__main__":
    unittest.main()
