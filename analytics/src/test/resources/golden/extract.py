#!/usr/bin/env python3
"""Extracts what the signal tests need from the reference's golden files.

  python3 extract.py GOLDEN_DIR OUT_DIR     writes OUT_DIR/NAME.golden, one "path value..." a line
"""
import json, os, sys

def flat(x):
    return [v for e in x for v in flat(e)] if isinstance(x, list) else [x]

def put(out, path, value):
    out.append(path + " " + " ".join(repr(v) if v is not None else "null" for v in flat([value])))

for name in ("p1_tiny", "p2_small", "p3_groups"):
    g = json.load(open(os.path.join(sys.argv[1], name + ".json")))
    c, o, f, out = g["config"], g["optimizer"], g["forward"], []
    for k in ("L", "N", "Z", "K", "Ke", "D", "d", "alpha", "act_threshold"): put(out, "config." + k, c[k])
    put(out, "optimizer.eps", o["eps"])
    put(out, "T", g["B"] * g["S"])
    for k in ("loss_total", "loss_lm", "loss_lb", "loss_z"): put(out, "forward." + k, f[k])
    put(out, "grad_norm", g["grad_norm"]); put(out, "clip_coef", g["clip_coef"])
    put(out, "hidden", f["hidden"]["data"])
    for l in range(c["L"]):
        put(out, f"layer.{l}.R", f["R"][l]["data"])
        put(out, f"layer.{l}.sel", f["sel"][l])
        for k, v in g["signals"][l].items():
            if isinstance(v, dict):
                for kk, vv in v.items(): put(out, f"signal.{l}.{k}.{kk}", vv)
            else: put(out, f"signal.{l}.{k}", v)
    for t, e in g["steps"][0]["eps_check"].items():
        data = g["grads"][t]["data"]
        put(out, f"tensor.{t}.elements", len(data))
        put(out, f"tensor.{t}.sum_squares", sum(x * x for x in data))
        for k, v in e.items(): put(out, f"tensor.{t}.{k}", v)
    open(os.path.join(sys.argv[2], name + ".golden"), "w").write("\n".join(out) + "\n")
