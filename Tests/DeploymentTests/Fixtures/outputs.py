"""Checks the ONNX files of exports, and computes what they put out.

Of each folder it is given: inputs are `NAME.in`, 32-bit numbers row by row; outputs become `NAME.out`. With a file `trial`
rows are steps one after the other, and what is remembered after one goes into the next.
"""
import pathlib
import sys

import numpy
import onnx
import onnxruntime

for name in sys.argv[1:]:
    folder = pathlib.Path(name)
    model = onnx.load(folder / "policy.onnx")
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key for entry in model.metadata_props}
    assert metadata == {"observation", "action", "distribution", "origin"}, metadata
    session = onnxruntime.InferenceSession(folder / "policy.onnx")
    inputs = {
        port.name: numpy.fromfile(folder / f"{port.name}.in", numpy.float32).reshape(-1, port.shape[1])
        for port in session.get_inputs()
    }
    names = [port.name for port in session.get_outputs()]
    if (folder / "trial").exists():
        memory = inputs.pop("memory")
        found = []
        for step in range(len(inputs["observation"])):
            row = {key: rows[step : step + 1] for key, rows in inputs.items()}
            found.append(session.run(names, {**row, "memory": memory}))
            memory = found[-1][names.index("memoryAfter")]
        outputs = [
            numpy.concatenate(rows) if port.shape[0] == "batch" else rows[0]
            for port, rows in zip(session.get_outputs(), zip(*found))
        ]
    else:
        outputs = session.run(names, inputs)
    for port, output in zip(names, outputs):
        output.astype(numpy.float32).tofile(folder / f"{port}.out")
