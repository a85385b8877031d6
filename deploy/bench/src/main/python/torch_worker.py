#!/usr/bin/python3
"""Trains the PyTorch reference on orders from standard input, one JSON object a line.

  torch_worker.py JOB.json      with the keys
    config, optimizer   fields of reference.Config and reference.OptCfg
    parameters          file of little-endian float32, tensor after tensor in canonical order
    batches             file of bytes [n][2][B*S]: inputs, then the bytes that follow them
    B, S, threads

  {"do": "step", "batch": i, "step": s, "lr": x}  -> {"seconds": wall time of the step, "loss": L_LM}
  {"do": "loss", "batch": i}                      -> {"loss": L_LM, nothing is trained}

The first line it prints tells the version of PyTorch and the BLAS that it has loaded.
"""
import json
import sys
import time

import numpy as np
import torch

from reference import AdamW, Config, OptCfg, forward, losses, param_shapes, train_step


def parameters(c, file):
    flat = torch.from_numpy(np.fromfile(file, dtype="<f4"))
    p, at = {}, 0
    for name, shape in param_shapes(c).items():
        n = int(np.prod(shape))
        p[name] = flat[at:at + n].reshape(shape).clone()
        at += n
    if at != flat.numel():
        raise ValueError(f"{file}: {flat.numel()} numbers, the model has {at}")
    return p


def blas():
    """The BLAS libraries mapped into this process."""
    with open("/proc/self/maps") as maps:
        files = {line.split()[-1] for line in maps if "/" in line}
    return sorted(f for f in files if "blas" in f.rsplit("/", 1)[1] or "mkl" in f.rsplit("/", 1)[1])


class Worker:
    def __init__(self, job):
        torch.set_num_threads(job["threads"])
        self.c = Config(**job["config"]).check()
        self.p = parameters(self.c, job["parameters"])
        self.bias = torch.zeros(self.c.L, self.c.N + self.c.Z)
        self.optimizer = AdamW(self.p, OptCfg(**job["optimizer"]))
        tokens = job["B"] * job["S"]
        self.batches = np.fromfile(job["batches"], dtype=np.uint8).reshape(-1, 2, tokens)
        self.shape = (job["B"], job["S"])

    def batch(self, index):
        x, y = (torch.from_numpy(half.astype(np.int64)).reshape(self.shape) for half in self.batches[index])
        return x, y

    def do(self, order):
        x, y = self.batch(order["batch"])
        if order["do"] == "loss":
            with torch.no_grad():
                return dict(loss=losses(self.c, forward(self.c, self.p, self.bias, x), y)["lm"].item())
        start = time.perf_counter()
        report = train_step(self.c, self.p, self.bias, self.optimizer, x, y, order["step"], lr=order["lr"], signals=False)
        loss = report["ls"]["lm"].item()
        return dict(seconds=time.perf_counter() - start, loss=loss)


def main():
    with open(sys.argv[1]) as job:
        worker = Worker(json.load(job))
    print(json.dumps(dict(torch=torch.__version__, threads=torch.get_num_threads(), blas=blas())), flush=True)
    for line in sys.stdin:
        print(json.dumps(worker.do(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
