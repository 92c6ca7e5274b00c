"""What viewers of `fledge watch` cost a training: `watching.py FLEDGE [VIEWERS] [PAIRS] [SECONDS]`.

A run of nav2d-finn is trained in a directory of its own, where `fledge watch` serves its page all the while. Stretches
without viewers and with them take turns. Each viewer does what the page does: it asks once a second what has changed,
and for the chosen run's curve when it has. Iterations a second depend on what else the machine does; the server's time on
a processor hardly does.
"""

import http.client
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

RUN = "nav2d-finn-1"


def view(port, until):
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask(address):
        connection.request("GET", address)
        return json.loads(connection.getresponse().read())

    version = ""
    while not until.is_set():
        news = ask(f"/runs.json?since={version}")
        version = news["version"]
        if news["runs"]:
            ask(f"/curve.json?run={RUN}")
        until.wait(1)
    connection.close()


def iterations(folder):
    return (folder / RUN / "metrics.jsonl").read_bytes().count(b"\n")


def processor_time(process):
    """Seconds of all its threads."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stretch(folder, server, port, viewers, seconds):
    """Iterations a second, and the share of a processor that the server takes."""
    until = threading.Event()
    threads = [threading.Thread(target=view, args=(port, until)) for _ in range(viewers)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    start, done, work = time.monotonic(), iterations(folder), processor_time(server)
    time.sleep(seconds)
    passed = time.monotonic() - start
    found = (iterations(folder) - done) / passed, (processor_time(server) - work) / passed
    until.set()
    for thread in threads:
        thread.join()
    return found


def main():
    program = os.path.abspath(sys.argv[1])
    viewers, pairs, seconds = [int(value) for value in sys.argv[2:]] + [50, 6, 20][len(sys.argv) - 2:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        training = subprocess.Popen(
            [program, "train", "nav2d-finn", "--iterations", "1000000", "--quiet", "--run", f"{name}/{RUN}"])
        server = subprocess.Popen([program, "watch", name, "--port", "0"], stdout=subprocess.PIPE, text=True)
        port = int(server.stdout.readline().rstrip("/\n").rsplit(":", 1)[1])
        time.sleep(10)
        alone, watched = [], []
        for _ in range(pairs):
            alone.append(stretch(folder, server, port, 0, seconds))
            watched.append(stretch(folder, server, port, viewers, seconds))
            print(f"{alone[-1][0]:.3f} iterations a second alone, {watched[-1][0]:.3f} with {viewers} viewers; "
                  f"the server takes {100 * alone[-1][1]:.2f} % and {100 * watched[-1][1]:.2f} % of a processor", flush=True)
        ratios = [after[0] / before[0] for before, after in zip(alone, watched)]
        print(f"medians: {statistics.median(ratios):.4f} of the speed alone, "
              f"{100 * statistics.median(share for _, share in watched):.2f} % of a processor")
        for process in [training, server]:
            process.send_signal(signal.SIGINT)
            process.wait()


main()
