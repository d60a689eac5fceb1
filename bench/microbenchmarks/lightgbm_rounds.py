"""Seconds of LightGBM's rounds on a matrix, one thread.

Usage: lightgbm_rounds.py <file of float32> <rows> <columns> <rounds>
"""

import json
import sys
import time

import lightgbm
import numpy

path, rows, columns, rounds = sys.argv[1], *map(int, sys.argv[2:5])
values = numpy.fromfile(path, dtype=numpy.float32).reshape(rows, columns + 1)
x, y = values[:, :columns], values[:, columns]
began = time.perf_counter()
lightgbm.train({"objective": "binary", "num_threads": 1, "verbose": -1}, lightgbm.Dataset(x, y), rounds)
print(json.dumps({"seconds": time.perf_counter() - began}))
