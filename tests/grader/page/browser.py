"""A real headless Chromium, spoken to over two pipes in the DevTools protocol.

    with Browser.started(folder) as browser:
        tab = browser.show(path, width=320, is_dark=True)
        tab.ask("Page.captureScreenshot")

Nothing but Chromium is needed: `--remote-debugging-pipe` reads commands from descriptor 3 and
writes answers and events to 4, each a JSON text that ends in a zero byte.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--disable-extensions", "--no-default-browser-check",
    "--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
PATIENCE_S = 60.0

Fields = dict[str, object]


def find() -> str | None:
    """Find a Chromium on this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One Chromium process."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process, self._to, self._back = process, to, back
        self._number = 0
        self._rest = b""
        self.events: list[Fields] = []

    @classmethod
    @contextmanager
    def started(cls, program: str, folder: Path) -> "Iterator[Browser]":
        """Start one with a fresh profile, and end it and all that it started."""
        given, to = os.pipe()
        back, answers = os.pipe()
        words = [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"]
        # The shell puts the two ends at the descriptors that Chromium reads and writes.
        script = f'exec "$@" 3<&{given} 4>&{answers}'
        process = subprocess.Popen(
            ["bash", "-c", script, "bash", *words],
            pass_fds=(given, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(given)
        os.close(answers)
        try:
            yield cls(process, to, back)
        finally:
            os.close(to)
            os.close(back)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def ask(self, method: str, session: str = "", **parameters: object) -> Fields:
        """Send a command and wait for its answer; what happens meanwhile is kept as events."""
        self._number += 1
        message: Fields = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._to, data) :]
        while (answer := self._read()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def wait(self, method: str, session: str) -> None:
        """Wait for an event of a page."""
        seen = 0
        while True:
            for event in self.events[seen:]:
                if event.get("method") == method and event.get("sessionId") == session:
                    return
            seen = len(self.events)
            self.events.append(self._read())

    def _read(self) -> Fields:
        until = time.monotonic() + PATIENCE_S
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._back], [], [], max(0.0, until - time.monotonic()))
            assert ready, "Chromium does not answer"
            data = os.read(self._back, 1 << 20)
            assert data, "Chromium ended"
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def show(self, path: Path, width: int, *, is_dark: bool = False, media: str = "") -> "Tab":
        """Open a file in a window of this width."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = str(self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        tab = Tab(self, str(target), session)
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            tab.ask(f"{domain}.enable")
        tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=800,
                deviceScaleFactor=1, mobile=False)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if is_dark else "light"}
        tab.ask("Emulation.setEmulatedMedia", media=media, features=[scheme])
        self.events.clear()
        tab.ask("Page.navigate", url=path.as_uri())
        self.wait("Page.loadEventFired", session)
        return tab


@dataclass
class Tab:
    """One page that is open."""

    browser: Browser
    target: str
    session: str
    _closed: bool = field(default=False)

    def ask(self, method: str, **parameters: object) -> Fields:
        """Send a command to this page."""
        return self.browser.ask(method, self.session, **parameters)

    def value(self, expression: str) -> object:
        """Compute an expression in this page."""
        found = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def events(self, *methods: str) -> list[Fields]:
        """Give the events of this page since it was opened."""
        self.value("1")  # whatever was under way has been told by now
        return [
            event["params"]
            for event in self.browser.events
            if event.get("method") in methods and event.get("sessionId") == self.session
        ]

    def nodes(self) -> list[Fields]:
        """Give the accessibility tree in the order in which it is read, without what is ignored."""
        nodes = self.ask("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}

        def walk(node: Fields) -> Iterator[Fields]:
            if not node.get("ignored"):
                yield node
            for child in node.get("childIds", []):
                if child in by_id:
                    yield from walk(by_id[child])

        return list(walk(nodes[0]))

    def spoken(self) -> str:
        """Give all text of the accessibility tree, in order, on one line."""
        return " ".join(
            " ".join(str(node["name"]["value"]).split())
            for node in self.nodes()
            if node["role"]["value"] == "StaticText"
        )

    def close(self) -> None:
        """Close the page."""
        self.browser.ask("Target.closeTarget", targetId=self.target)
