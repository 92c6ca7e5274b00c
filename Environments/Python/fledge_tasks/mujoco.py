"""Gymnasium's bodies in MuJoCo, rewarded by a task that differs from task to task.

What is observed, how a body moves, and what control and contacts cost is the environment's own, of any version 4 or 5. Only
the part of the reward that pays for moving forward is replaced by what the task pays for:

    velocity    -|v - v*|          v* in m/s, from 0 to `fastest`
    direction   d v                d of 1 or -1: forward or backward
    heading     v cos h + w sin h  h from 0 to 2 pi, a direction in the plane (the ant alone)
    dynamics    v                  masses, inertias, friction and damping differ

v is the body's velocity forward and w the one to its left, as the environment's `info` has them.

Sources: Finn, Abbeel and Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.3.2
(velocity and direction); Rakelly et al., "Efficient off-policy meta-reinforcement learning via probabilistic context
variables", 2019, appendix A (heading, dynamics).
"""
import math

import gymnasium
import mujoco
import numpy


class Body(gymnasium.Env):
    """One of Gymnasium's bodies with a family of tasks: `velocity`, `direction`, `heading` or `dynamics`.

    `version` is the environment's, `frame_skip` the simulator's steps in one of the environment's, and all other
    keywords are the environment's own, such as `ctrl_cost_weight`.
    """

    name = None
    families = ("velocity", "direction", "dynamics")
    fastest = 2.0

    def __init__(self, family, version=5, frame_skip=None, fastest=None, **keywords):
        if family not in self.families:
            raise ValueError(f"{self.name} has no tasks of '{family}'; expected {', '.join(self.families)}")
        if version not in (4, 5):
            raise ValueError(f"version is {version}, expected 4 or 5")
        if frame_skip is not None and not (isinstance(frame_skip, int) and frame_skip >= 1):
            raise ValueError(f"frame_skip is {frame_skip}, expected a whole number of at least 1")
        if fastest is not None and not (isinstance(fastest, (int, float)) and fastest > 0):
            raise ValueError(f"fastest is {fastest}, expected a velocity above 0")
        # Each compilation would otherwise leave lines about an outdated attribute in a file where the user works.
        mujoco.set_mju_user_warning(lambda text: None)
        made = gymnasium.make(f"{self.name}-v{version}", disable_env_checker=True, **keywords)
        self.body = made.unwrapped
        if frame_skip is not None:
            self.body.frame_skip = frame_skip
        self.family = family
        self.fastest = self.fastest if fastest is None else fastest
        self.observation_space, self.action_space = self.body.observation_space, self.body.action_space
        self.metadata, self.render_mode = self.body.metadata, self.body.render_mode
        self.spec = made.spec
        self.reward_weight = getattr(self.body, "_forward_reward_weight", 1.0)
        self.own = {name: getattr(self.body.model, field).copy() for name, (field, _) in DYNAMICS.items()}
        self.task = {"velocity": 0.0, "direction": 1, "heading": 0.0}.get(family)

    # Tasks

    def sample_tasks(self, count, split="train", seed=None):
        """Draws tasks. Those that are `shifted` lie outside of the range of all others, as far as half of it; directions
        and headings have none."""
        if split == "shifted" and self.family in ("direction", "heading"):
            raise ValueError(f"there are no shifted tasks of '{self.family}'")
        generator = numpy.random.default_rng(seed)
        return [self.draw(generator, split == "shifted") for _ in range(count)]

    def draw(self, generator, is_shifted):
        if self.family == "velocity":
            low, high = (self.fastest, 1.5 * self.fastest) if is_shifted else (0.0, self.fastest)
            return {"velocity": generator.uniform(low, high)}
        if self.family == "direction":
            return {"direction": int(generator.choice((-1, 1)))}
        if self.family == "heading":
            return {"heading": generator.uniform(0.0, 2 * math.pi)}
        task = {}
        for name, (_, base) in DYNAMICS.items():
            powers = generator.uniform(-3.0, 3.0, self.own[name].shape)
            if is_shifted:
                powers = numpy.sign(powers) * (3.0 + numpy.abs(powers) / 2)
            task[name] = (base**powers).tolist()
        return task

    def set_task(self, task):
        """Takes a task: a velocity, a direction, a heading, or factors on what the body is like. As in the papers' code,
        what the simulator has derived from masses to scale contacts by stays that of the first body."""
        if self.family != "dynamics":
            self.task = task[self.family]
            return
        for name, (field, _) in DYNAMICS.items():
            getattr(self.body.model, field)[:] = self.own[name] * numpy.array(task[name])

    # Episodes

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        return self.body.reset(seed=seed)

    def step(self, action):
        observation, reward, terminated, truncated, info = self.body.step(action)
        forward = info["x_velocity"]
        rest = reward - self.reward_weight * forward
        paid = self.paid(forward, info.get("y_velocity"), self.task)
        return observation, paid + rest, terminated, truncated, info

    def paid(self, forward, left, goal):
        """What a task pays for velocities forward and to the left, of one body or of several."""
        if self.family == "velocity":
            return -abs(forward - goal)
        if self.family == "direction":
            return goal * forward
        if self.family == "heading":
            return forward * math.cos(goal) + left * math.sin(goal)
        return forward

    def render(self):
        return self.body.render()

    def close(self):
        self.body.close()


# What a body is like: where the simulator keeps it, and of which number a factor on it is a power.
DYNAMICS = {
    "masses": ("body_mass", 1.5),
    "inertias": ("body_inertia", 1.5),
    "frictions": ("geom_friction", 1.5),
    "damping": ("dof_damping", 1.3),
}


class HalfCheetah(Body):
    """The half-cheetah of Finn et al. (2017). Theirs takes a step every 0.01 s: `frame_skip=1`."""

    name = "HalfCheetah"


class HalfCheetahs(gymnasium.vector.VectorEnv):
    """Half-cheetahs side by side: what `HalfCheetah` gives, bit for bit, with less of Python for each of them."""

    metadata = {"autoreset_mode": gymnasium.vector.AutoresetMode.NEXT_STEP}  # None of them ends.

    def __init__(self, family, num_envs=1, **keywords):
        self.envs = [HalfCheetah(family, **keywords) for _ in range(num_envs)]
        self.num_envs = num_envs
        first = self.envs[0]
        self.spec, self.metadata = first.spec, {**first.metadata, **self.metadata}
        self.single_observation_space, self.single_action_space = first.observation_space, first.action_space
        batched = gymnasium.vector.utils.batch_space
        self.observation_space = batched(self.single_observation_space, num_envs)
        self.action_space = batched(self.single_action_space, num_envs)
        body = first.body
        self.time, self.steps, self.weight = body.dt, body.frame_skip, first.reward_weight
        self.control_weight = body._ctrl_cost_weight
        self.hidden = body.data.qpos.size + body.data.qvel.size - self.single_observation_space.shape[0]
        self.states = numpy.empty((num_envs, body.data.qpos.size + body.data.qvel.size))
        # The simulator's own arrays, which never move.
        self.parts = [
            (one.body.model, one.body.data, one.body.data.ctrl, one.body.data.qpos, one.body.data.qvel)
            for one in self.envs
        ]

    def sample_tasks(self, count, split="train", seed=None):
        return self.envs[0].sample_tasks(count, split, seed)

    def set_tasks(self, tasks):
        for one, task in zip(self.envs, tasks):
            one.set_task(task)

    def reset(self, seed=None, options=None):
        seeds = seed
        if not isinstance(seed, (list, tuple)):
            seeds = [None if seed is None else seed + place for place in range(self.num_envs)]
        for one, own in zip(self.envs, seeds):
            one.reset(seed=own)
        self.goals = numpy.array([one.task for one in self.envs], float)
        self.look()
        return self.states[:, self.hidden :].copy(), {}

    def look(self):
        """Reads where all of them are."""
        places = self.parts[0][3].size
        for row, (_, _, _, positions, velocities) in zip(self.states, self.parts):
            row[:places] = positions
            row[places:] = velocities

    def step(self, actions):
        before = self.states[:, 0].copy()
        for action, (model, data, control, _, _) in zip(actions, self.parts):
            control[:] = action
            mujoco.mj_step(model, data, nstep=self.steps)
        self.look()
        # What the environment computes of one of them.
        forward = (self.states[:, 0] - before) / self.time
        reward = self.weight * forward - self.control_weight * numpy.sum(numpy.square(actions), axis=1)
        rest = reward - self.weight * forward
        paid = self.envs[0].paid(forward, None, self.goals)
        ends = numpy.zeros(self.num_envs, bool)
        return self.states[:, self.hidden :].copy(), paid + rest, ends, ends.copy(), {}

    def render(self):
        return [one.render() for one in self.envs]

    def close(self, **keywords):
        for one in self.envs:
            one.close()


class Ant(Body):
    """The ant of Finn et al. (2017). Its reward for not falling, 1, makes it worth its while to go on living."""

    name = "Ant"
    families = ("velocity", "direction", "heading", "dynamics")
    fastest = 3.0


class Walker(Body):
    """The two-legged walker of Rakelly et al. (2019)."""

    name = "Walker2d"


class Hopper(Body):
    """The one-legged hopper."""

    name = "Hopper"
