"""Policies of Fledge in Python: they act, and go on adapting, without Swift and without Fledge's simulators.

    import fledge
    policy = fledge.load("robot")                    # a folder of `fledge export`
    policy.begin()                                   # an episode to be learned from
    action = policy.act(observation)
    policy.observe(reward)
    policy.end(observation, terminated=False)
    policy.adapt()                                   # to the episodes so far, or policy.adapt(episodes)

Policies that remember or infer their task (RL2, VariBAD, PEARL) adapt after each episode, others after some.

`fledge.evaluate` measures any agent in Python by the protocol per episode, beside runs of Fledge.

Policies run over the C interface of `fledge_policy.h`. Where its library is, FLEDGE_POLICY_LIBRARY says; by default it is the one
of this package, or the one that `swift build -c release` made in this repository.
"""
from .errors import FledgeError
from .evaluation import Evaluation, evaluate
from .policies import Policy, load

__all__ = ["Evaluation", "FledgeError", "Policy", "evaluate", "load"]
