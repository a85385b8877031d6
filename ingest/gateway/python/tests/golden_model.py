"""The model of FORMULAS.md as somebody would write it in PyTorch, with Evenkeel's hooks in it; and the golden cases."""
import gzip
import json
import math
import os

import torch
import torch.nn.functional as F

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "../../../../gpu-trainer/src/test/resources/golden")
CASES = ("p1_tiny", "p2_small", "p3_groups", "no_zero_experts", "all_selected", "one_token")


def read(name):
    with gzip.open(os.path.join(_FOLDER, name + ".json.gz"), "rt", encoding="utf-8") as file:
        return json.load(file)


class Model(torch.nn.Module):
    """Parameters under the golden's names, with dots as underlines."""

    def __init__(self, golden, dtype):
        super().__init__()
        self.c = golden["config"]
        self.watch = None
        self.titles = {}
        for name, tensor in golden["params"].items():
            value = torch.tensor(tensor["data"], dtype=torch.float64).reshape(tensor["shape"]).to(dtype)
            self.titles[name.replace(".", "_")] = name
            self.register_parameter(name.replace(".", "_"), torch.nn.Parameter(value))
        self.bias = torch.tensor(golden["bias"], dtype=torch.float64).to(dtype)
        self.loads = []

    def named(self):
        return [(self.titles[name], value) for name, value in self.named_parameters()]

    def w(self, name):
        return getattr(self, name.replace(".", "_"))

    def norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.c["rms_eps"]) * self.w(name)

    def attend(self, x, prefix):
        batch, length, width = x.shape
        heads = self.c["heads"]
        depth = width // heads
        q, k, v = (F.linear(x, self.w(prefix + w)).view(batch, length, heads, depth).transpose(1, 2)
                   for w in ("wq", "wk", "wv"))
        j = torch.arange(depth // 2, dtype=torch.float64)
        angle = torch.arange(length, dtype=torch.float64)[:, None] * self.c["rope_base"] ** (-2.0 * j / depth)
        turn = torch.polar(torch.ones_like(angle), angle)

        def rope(y):
            pairs = torch.view_as_complex(y.double().reshape(batch, heads, length, depth // 2, 2)) * turn
            return torch.view_as_real(pairs).flatten(-2).to(y.dtype)

        scores = rope(q) @ rope(k).transpose(-1, -2) / math.sqrt(depth)
        mask = torch.ones(length, length, dtype=torch.bool).triu(1)
        mixed = torch.softmax(scores.masked_fill(mask, float("-inf")), -1) @ v
        return F.linear(mixed.transpose(1, 2).reshape(batch, length, width), self.w(prefix + "wo"))

    def ffn(self, x, prefix):
        return F.linear(F.silu(F.linear(x, self.w(prefix + ".w_gate"))) * F.linear(x, self.w(prefix + ".w_up")),
                        self.w(prefix + ".w_down"))

    def expert(self, x, prefix, e):
        gate, up, down = (self.w(prefix + "experts." + w)[e] for w in ("w_gate", "w_up", "w_down"))
        return F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), down)

    def moe(self, u, layer, prefix):
        c = self.c
        n = c["N"]
        logits = F.linear(u, self.w(prefix + "router"))
        probs = torch.softmax(logits, -1)
        selected = torch.topk(probs.detach() + self.bias[layer], c["K"], dim=-1).indices
        if self.watch is not None:
            probs = self.watch.router(layer, logits, probs, selected, weight=self.w(prefix + "router"),
                                      bias=self.bias[layer])
        hit = torch.zeros_like(probs).scatter(1, selected, 1.0)
        gates = probs * hit
        ffn_sum = sum(gates[:, e:e + 1] * self.expert(u, prefix, e) for e in range(n))
        out = c["gamma"] * ffn_sum + gates[:, n:].sum(-1, keepdim=True) * u
        if self.watch is not None:
            self.watch.activation(layer, "moe_in", u)
            self.watch.activation(layer, "moe_out", out)
            with torch.no_grad():
                self.watch.ffn_sum(layer, ffn_sum, self.ffn(u, prefix + "ffn1"))
                self.watch.expert_outputs(layer, torch.stack([self.expert(u, prefix, e) for e in range(n)], 1))
        self.loads.append(hit.detach().sum(0))
        return out, self.balance(probs, hit)

    def balance(self, probs, hit):
        c = self.c
        tokens, size = len(probs), c["N"] // c["D"]
        mean, loss = probs.mean(0), 0.0
        for j in range(c["D"]):
            group = slice(j * size, (j + 1) * size)
            loss = loss + c["D"] / (c["Ke"] * tokens) * hit[:, group].amax(1).sum() * mean[group].sum()
        if c["Z"]:
            loss = loss + hit[:, c["N"]:].sum() / ((c["K"] - c["Ke"]) * tokens) * mean[c["N"]:].sum()
        return loss

    def forward(self, tokens):
        """Logits, last hidden state, and the load-balance loss of each layer."""
        h = self.w("embed")[tokens]
        balances, self.loads = [], []
        for layer in range(self.c["L"]):
            p = "layers.%d." % layer
            a = h + self.attend(self.norm(h, p + "norm_attn1"), p + "attn1.")
            u = self.norm(a, p + "norm_ffn1")
            m, balance = self.moe(u.flatten(0, 1), layer, p)
            b = a + self.ffn(u, p + "ffn1")
            e = b + self.attend(self.norm(b, p + "norm_attn2"), p + "attn2.")
            h = e + self.ffn(self.norm(e, p + "norm_ffn2"), p + "ffn2") + m.view_as(e)
            if self.watch is not None:
                self.watch.activation(layer, "layer_out", h)
            balances.append(balance)
        return F.linear(self.norm(h, "norm_final"), self.w("head")), h, balances

    def losses(self, tokens, targets):
        """Language model, mean load balance, hidden z."""
        logits, hidden, balances = self(tokens)
        lm = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        z = self.c["lam"] * torch.logsumexp(hidden.flatten(0, 1).abs(), -1).pow(2).mean()
        return lm, torch.stack(balances).mean(), z

    def move_bias(self, mu, tokens):
        c = self.c
        for layer, load in enumerate(self.loads):
            change = mu * (c["Ke"] / c["K"] / c["N"] - load / (c["K"] * tokens))
            self.bias[layer, :c["N"]] += change[:c["N"]]


def optimizer(model, golden):
    o = golden["optimizer"]
    parameters = [p for _, p in model.named_parameters()]
    groups = [{"params": [p for p in parameters if p.dim() >= 2], "weight_decay": o["weight_decay"]},
              {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=o["lr"], betas=(o["beta1"], o["beta2"]), eps=o["eps"])
