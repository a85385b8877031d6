"""Trains a small mixture-of-experts language model on this very file, watched and steered by Evenkeel.

  python train_moe.py [--steps N] [--run ID] [--incarnation I]     with EVENKEEL_URL and EVENKEEL_TOKEN set

Lines marked with (*) are what Evenkeel asks for; without EVENKEEL_URL they do nothing.
"""
import argparse

import torch
import torch.nn.functional as F
from torch import nn

import evenkeel                                                                     # (*)
from evenkeel_torch import MoeWatch                                                 # (*)

LAYERS, WIDTH, HEADS, LENGTH, BATCH = 2, 32, 4, 64, 8
FFN_EXPERTS, ZERO_EXPERTS, TOP_K, TARGET, GROUPS = 8, 4, 3, 2.0, 4
ALPHA = 1e-2


class Moe(nn.Module):
    """FFN experts, then zero-computation experts, which give back their input."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.watch = None
        self.router = nn.Linear(WIDTH, FFN_EXPERTS + ZERO_EXPERTS, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.SiLU(), nn.Linear(2 * WIDTH, WIDTH))
            for _ in range(FFN_EXPERTS))

    def forward(self, x):
        tokens = x.flatten(0, 1)
        logits = self.router(tokens)
        probs = torch.softmax(logits, -1)
        selected = probs.topk(TOP_K, -1).indices
        probs = self.watch.router(self.layer, logits, probs, selected, weight=self.router.weight)     # (*)
        chosen = torch.zeros_like(probs).scatter(1, selected, 1.0)
        gates = probs * chosen
        out = gates[:, FFN_EXPERTS:].sum(-1, keepdim=True) * tokens
        for e, expert in enumerate(self.experts):
            mine = chosen[:, e].nonzero().squeeze(-1)
            out = out.index_add(0, mine, gates[mine, e, None] * expert(tokens[mine]))
        self.watch.activation(self.layer, "moe_out", out)                             # (*)
        return out.view_as(x), self.balance(probs, chosen)

    @staticmethod
    def balance(probs, chosen):
        """The load-balance loss, unscaled: over groups of experts, and the zero experts."""
        size, mean = FFN_EXPERTS // GROUPS, probs.mean(0)
        met = chosen[:, :FFN_EXPERTS].unflatten(1, (GROUPS, size)).amax(-1).mean(0)
        loss = (GROUPS / TARGET * met * mean[:FFN_EXPERTS].unflatten(0, (GROUPS, size)).sum(-1)).sum()
        zero = chosen[:, FFN_EXPERTS:].sum(-1).mean() / (TOP_K - TARGET)
        return loss + zero * mean[FFN_EXPERTS:].sum()


class Block(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.moe = Moe(layer)

    def forward(self, x):
        y = self.norm1(x)
        mask = torch.ones(LENGTH, LENGTH, dtype=torch.bool).triu(1)
        x = x + self.attention(y, y, y, attn_mask=mask, need_weights=False)[0]
        out, balance = self.moe(self.norm2(x))
        return x + out, balance


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(256, WIDTH)
        self.blocks = nn.ModuleList(Block(i) for i in range(LAYERS))
        self.head = nn.Linear(WIDTH, 256)

    def forward(self, tokens, targets):
        """Language-model loss, and the mean over layers of the load-balance loss."""
        x, balances = self.embed(tokens), []
        for block in self.blocks:
            x, balance = block(x)
            balances.append(balance)
        return F.cross_entropy(self.head(x).flatten(0, 1), targets.flatten()), torch.stack(balances).mean()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--run", default="train-moe")
    parser.add_argument("--incarnation", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(0)
    with open(__file__, "rb") as file:
        text = torch.tensor(list(file.read()))
    model = Model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, eps=1e-8)

    run = evenkeel.Run(                                                               # (*) from here
        options.run, incarnation=options.incarnation, planned_steps=options.steps,
        moe_shape=evenkeel.MoeShape(LAYERS, FFN_EXPERTS, TOP_K, zero_experts=ZERO_EXPERTS,
                                    ffn_experts_target=TARGET, groups=GROUPS),
        knobs=[evenkeel.Knob("load_balance.alpha", 0, 1, ALPHA),
               evenkeel.Knob("learning_rate.scale", 1e-3, 10, 1.0, fallback="baseline"),
               evenkeel.Knob("gradient_clip.norm", 1e-3, 100, 1.0)],
        actions=["save_checkpoint"], model={"width": WIDTH, "layers": LAYERS})
    watch = MoeWatch(run, optimizer=optimizer, model=model, exact_every=50)
    for block in model.blocks:
        block.moe.watch = watch
        watch.output_of(block.moe.layer, "layer_out", block)                          # (*) to here

    with run:                                                                         # (*)
        for step in range(options.steps):
            for command in run.commands(step):                                        # (*) knobs are set in here
                torch.save({"model": model.state_dict(), "knobs": run.knobs.state_dict()}, options.run + ".pt")
                run.ack(command, applied=True, step=step)                             # (*)
            starts = torch.randint(len(text) - LENGTH, (BATCH,))
            data = torch.stack([text[s:s + LENGTH + 1] for s in starts.tolist()])
            alpha = run.knobs["load_balance.alpha"]                                   # (*) instead of ALPHA
            optimizer.param_groups[0]["lr"] = 3e-3 * run.knobs["learning_rate.scale"]   # (*)
            with watch.step(step, load_balance_coefficient=alpha / LAYERS):           # (*)
                lm, balance = model(data[:, :-1], data[:, 1:])
                watch.backward(lm + alpha * balance, lm=lm)                           # (*) total.backward()
                norm = nn.utils.clip_grad_norm_(model.parameters(), run.knobs["gradient_clip.norm"])
                optimizer.step()
                watch.log({"loss": lm, "total_loss": lm + alpha * balance, "grad_norm": norm})     # (*)
            optimizer.zero_grad()
            if step % 50 == 0 or step == options.steps - 1:
                print("step %d: loss %.3f" % (step, lm.item()))


if __name__ == "__main__":
    main()
