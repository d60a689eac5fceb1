"""LightGBM on one split that the benchmark wrote: with its defaults, and the best of 14 random configurations by
validation average precision, with three seeds. One thread.

Usage: lightgbm_anchor.py FOLDER
FOLDER holds x.f32 (row-major, NaN = missing), y.u8, part.u8 (0 train, 1 validation, 2 test), shape.json.
"""

import json
import sys
import time

import lightgbm as lgb
import numpy as np

CONFIGURATIONS = 14
SEEDS = (1, 2, 3)
ROUNDS = 1500
PATIENCE = 60


def average_precision(y, p):
    order = np.argsort(-p, kind="stable")
    p, y = p[order], y[order].astype(float)
    last = np.append(p[1:] != p[:-1], True)  # ties count together
    hits, seen = np.cumsum(y)[last], (np.arange(len(y)) + 1)[last]
    return float(np.sum(np.diff(np.append(0, hits)) * hits / seen) / y.sum())


def configuration(rng):
    return {
        "learning_rate": float(np.exp(rng.uniform(np.log(0.02), np.log(0.15)))),
        "num_leaves": int(np.exp(rng.uniform(np.log(7), np.log(127)))),
        "min_data_in_leaf": int(np.exp(rng.uniform(np.log(5), np.log(100)))),
        "feature_fraction": float(rng.uniform(0.3, 1)),
        "bagging_fraction": float(rng.uniform(0.5, 1)),
        "bagging_freq": 1,
        "lambda_l2": float(np.exp(rng.uniform(np.log(0.01), np.log(10)))),
    }


def main(folder):
    shape = json.load(open(f"{folder}/shape.json"))
    x = np.fromfile(f"{folder}/x.f32", np.float32).reshape(shape["rows"], shape["columns"])
    y = np.fromfile(f"{folder}/y.u8", np.uint8)
    part = np.fromfile(f"{folder}/part.u8", np.uint8)
    train, valid, test = (part == 0, part == 1, part == 2)
    fixed = {"objective": "binary", "verbosity": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True}

    def fit(own, seed, rounds, stop):
        data = lgb.Dataset(x[train], y[train])
        settings = {**fixed, "metric": "average_precision", "seed": seed, **own}
        if not stop:
            return lgb.train(settings, data, rounds)
        watched = [lgb.Dataset(x[valid], y[valid], reference=data)]
        return lgb.train(settings, data, rounds, watched, callbacks=[lgb.early_stopping(PATIENCE, verbose=False)])

    def scores(model):
        parts = {"validation": valid, "test": test}
        return {name: model.predict(x[part], raw_score=True).tolist() for name, part in parts.items()}

    began = time.process_time()
    default = fit({}, 1, 100, False)
    result = {"default": {**scores(default), "seconds": time.process_time() - began}}
    began = time.process_time()
    tried = []
    rng = np.random.RandomState(7)
    for own in [configuration(rng) for _ in range(CONFIGURATIONS)]:
        model = fit(own, 0, ROUNDS, True)
        tried.append((average_precision(y[valid], model.predict(x[valid])), own))
    best = max(tried, key=lambda entry: entry[0])[1]
    result["tuning"] = {"seconds": time.process_time() - began, "chosen": best}
    result["tuned"] = []
    for seed in SEEDS:
        began = time.process_time()
        model = fit(best, seed, ROUNDS, True)
        result["tuned"].append({**scores(model), "seconds": time.process_time() - began})
    json.dump(result, open(f"{folder}/lightgbm.json.part", "w"))


main(sys.argv[1])
