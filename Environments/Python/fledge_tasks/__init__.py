"""Families of tasks of other people's environments: the benchmarks of the field for Fledge, or for anyone else.

    fledge train mujoco-cheetah-velocity
    fledge train metaworld-ml1

Each is a class with Gymnasium's interface and tasks that are plain JSON: `sample_tasks(count, split, seed)` draws some,
`set_task(task)` takes one, and the next reset begins it.

    from fledge_tasks.mujoco import HalfCheetah
    environment = HalfCheetah("velocity")
    environment.set_task(environment.sample_tasks(1, split="test", seed=1)[0])
"""
