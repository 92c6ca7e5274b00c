"""Opens a page in Chromium and tells what it does there: `browser.py CHROMIUM PROFILE WIDTH URL`.

Then each line of standard input is an expression of JavaScript, or `picture FILE`. A line of JSON answers it: the
expression's value, as soon as it is neither false nor missing. At the end a line has the page's errors, and the hosts
that it asked.
"""

import base64
import json
import os
import subprocess
import sys
import time
import urllib.parse


class Browser:
    """Chromium, by the protocol that its developer tools speak, over two pipes."""

    def __init__(self, program, profile):
        (commands, self.commands), (self.answers, answers) = os.pipe(), os.pipe()
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     f"--user-data-dir={profile}", "--remote-debugging-pipe", "--no-first-run",
                     "--disable-background-networking", "--disable-component-update", "about:blank"]

        def connect():
            # The numbers that the browser reads from and writes to.
            spare = [os.dup(commands), os.dup(answers)]
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)
            os.set_inheritable(3, True)
            os.set_inheritable(4, True)

        self.process = subprocess.Popen(
            [program] + arguments, preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands)
        os.close(answers)
        self.rest, self.events, self.number, self.session = b"", [], 0, None

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                part = os.read(self.answers, 1 << 20)
                if not part:
                    sys.exit("the browser has ended")
                self.rest += part
            line, self.rest = self.rest.split(b"\0", 1)
            answer = json.loads(line)
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url, width):
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Page.navigate", url=url)

    def value(self, expression):
        """The value, once it is neither false nor missing; what it is after half a minute otherwise."""
        deadline = time.monotonic() + 30
        while True:
            found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
            value = found["result"].get("value")
            failed = "exceptionDetails" in found
            if value not in (None, False) or time.monotonic() > deadline:
                return found["exceptionDetails"]["exception"]["description"] if failed else value
            time.sleep(0.1)

    def close(self):
        self.ask("Browser.close")
        self.process.wait()


def main():
    program, profile, width, url = sys.argv[1:]
    browser = Browser(program, profile)
    browser.open(url, int(width))
    for line in sys.stdin:
        word, _, file = line.strip().partition(" ")
        if word == "dark":
            browser.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
            print("true", flush=True)
            continue
        if word == "picture":
            size = browser.ask("Page.getLayoutMetrics")["cssContentSize"]
            shot = browser.ask("Page.captureScreenshot", captureBeyondViewport=True, clip={**size, "scale": 1})
            with open(file, "wb") as picture:
                picture.write(base64.b64decode(shot["data"]))
            print(json.dumps(file), flush=True)
        else:
            print(json.dumps(browser.value(line)), flush=True)
    errors = [event["params"] for event in browser.events
              if event.get("method") == "Runtime.exceptionThrown"
              or event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error"
              or event.get("method") == "Runtime.consoleAPICalled" and event["params"]["type"] == "error"]
    asked = {event["params"]["request"]["url"] for event in browser.events
             if event.get("method") == "Network.requestWillBeSent"}
    hosts = {urllib.parse.urlsplit(url).netloc for url in asked if not url.startswith("data:")}
    print(json.dumps({"errors": errors, "hosts": sorted(hosts)}))
    browser.close()


main()
