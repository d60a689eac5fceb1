"""Milliseconds of one training step of TabM-mini in PyTorch, one thread: torch_step.py <columns> <batch>.

The same network, loss, clipping and optimiser as models/architectures/tabm-mini.ts: k scalings of the inputs, shared
layers, a head for each submodel, the mean of the members' losses, AdamW.
"""

import json
import sys
import time

import torch

K, WIDTH, DROPOUT, STEPS, LONG = 8, 128, 0.1, 60, 3
torch.set_num_threads(1)
torch.set_num_interop_threads(1)


class TabMMini(torch.nn.Module):
    def __init__(self, columns: int) -> None:
        super().__init__()
        self.r = torch.nn.Parameter(torch.randint(0, 2, (K, columns)).float() * 2 - 1)
        self.first = torch.nn.Linear(columns, WIDTH)
        self.second = torch.nn.Linear(WIDTH, WIDTH)
        self.head = torch.nn.Parameter(torch.randn(K, WIDTH) / WIDTH**0.5)
        self.bias = torch.nn.Parameter(torch.zeros(K))
        self.dropout = torch.nn.Dropout(DROPOUT)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = x[:, None, :] * self.r
        for layer in (self.first, self.second):
            h = self.dropout(torch.relu(layer(h)))
        return (h * self.head).sum(2) + self.bias


def main(columns: int, batch: int) -> None:
    torch.manual_seed(1)
    rows = STEPS * batch
    x, y = torch.randn(rows, columns), (torch.rand(rows, 1) < 0.1).float()
    model = TabMMini(columns)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=3e-4)
    entropy = torch.nn.BCEWithLogitsLoss()

    def epoch() -> None:
        order = torch.randperm(rows)
        for at in range(0, rows, batch):
            part = order[at : at + batch]
            optimizer.zero_grad()
            entropy(model(x[part]), y[part].expand(-1, K)).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()

    epoch()
    began = time.perf_counter()
    for _ in range(LONG):
        epoch()
    print(json.dumps({"ms": 1000 * (time.perf_counter() - began) / (LONG * STEPS)}))


main(int(sys.argv[1]), int(sys.argv[2]))
