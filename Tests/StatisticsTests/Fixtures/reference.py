"""Makes rliable.json: statistics by the package rliable (1.2.0) of scores drawn here.

    pip install rliable "pandas<3" && python3 reference.py > rliable.json

An interval's end has a Monte-Carlo error: its deviation over 40 repetitions of 2000 resamples each.
"""
import json

import numpy
from rliable import library, metrics

TAUS = [-1.0, -0.3, 0.0, 0.2, 0.5, 1.0, 2.0]


def intervals(scores, function, tasks):
    numpy.random.seed(7)
    _, found = library.get_interval_estimates(
        {"x": scores}, function, task_bootstrap=tasks, reps=50000)
    ends = []
    for seed in range(40):
        numpy.random.seed(seed)
        _, repeated = library.get_interval_estimates(
            {"x": scores}, function, task_bootstrap=tasks, reps=2000)
        ends.append(repeated["x"])
    return {"ends": found["x"].tolist(), "errors": numpy.std(ends, axis=0, ddof=1).tolist()}


def aggregates(x):
    return numpy.array([
        metrics.aggregate_mean(x), metrics.aggregate_median(x), metrics.aggregate_iqm(x),
        metrics.aggregate_optimality_gap(x)])


def improvement(a, b):
    """The package's own takes minutes in a bootstrap; `case` checks that this one agrees with it."""
    wins = (a[:, None] > b[None]) + 0.5 * (a[:, None] == b[None])
    return numpy.array([wins.mean()])


def case(random, runs, tasks, rivals):
    x = random.normal(0.3, 0.6, (runs, tasks)) + random.normal(0, 0.5, (1, tasks))
    y = random.normal(0.1, 0.8, (rivals, tasks))
    y[0, :2] = x[0, :2]  # ties
    profile = library.create_performance_profile(
        {"x": x}, TAUS, reps=10)[0]["x"]
    probability = metrics.probability_of_improvement(x, y)
    assert abs(probability - improvement(x, y)[0]) < 1e-12
    return {
        "x": x.tolist(), "y": y.tolist(),
        "aggregates": aggregates(x).tolist(),
        "profile": profile.tolist(),
        "improvement": float(probability),
        "runs": intervals(x, aggregates, False),
        "runsAndTasks": intervals(x, aggregates, True),
        "improvementOfRuns": intervals([x, y], improvement, False),
    }


random = numpy.random.default_rng(2021)
cases = [case(random, *shape) for shape in [(3, 40, 3), (5, 7, 4), (10, 3, 2)]]
print(json.dumps({"thresholds": TAUS, "cases": cases}))
