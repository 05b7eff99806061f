"""A real browser, driven over the Chrome DevTools Protocol."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.processes.optional_tools import is_missing

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)


def need_chromium() -> None:
    """Skip the test where there is no browser; where all tools must be, fail."""
    if CHROMIUM.exists():
        return
    is_missing("Chromium (Debian package chromium)")


class Page:
    """One open page. `complaints` holds what the browser wrote to its console."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._calls = 0
        self.complaints: list[str] = []

    async def call(self, method: str, **params: Any) -> Any:
        self._calls += 1
        await self._socket.send_json({"id": self._calls, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json()
            if message.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.complaints.append(str(message["params"]))
            if message.get("id") == self._calls:
                return message["result"]

    async def open(self, url: str) -> None:
        for domain in ("Log", "Runtime", "Page"):
            await self.call(f"{domain}.enable")
        await self.call("Page.navigate", url=url)
        await self.until("document.readyState === 'complete'")

    async def value(self, script: str) -> Any:
        answer = await self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, script: str, within: float = 10.0) -> None:
        """Raises TimeoutError if the script's value does not come to be true."""
        async with asyncio.timeout(within):
            while not await self.value(script):  # noqa: ASYNC110 - a page rings no bell here
                await asyncio.sleep(0.05)

    async def type(self, text: str) -> None:
        await self.call("Input.insertText", text=text)

    async def press(self, key: str) -> None:
        """A key that writes nothing, such as Tab or ArrowDown."""
        code = {"Tab": 9, "ArrowDown": 40, "Space": 32}[key]
        for kind in ("rawKeyDown", "keyUp"):
            pressed = {"key": key, "code": key, "windowsVirtualKeyCode": code}
            await self.call("Input.dispatchKeyEvent", type=kind, **pressed)

    async def press_enter(self) -> None:
        for kind in ("keyDown", "keyUp"):
            key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
            await self.call("Input.dispatchKeyEvent", type=kind, **key)


@asynccontextmanager
async def browsing(folder: Path) -> AsyncIterator[Page]:
    """A page of a browser of its own, whose profile lives in the folder and goes with it."""
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={folder}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        address = await _address(browser)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{address}/json") as answer:
                pages = [target for target in await answer.json() if target["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as ws:
                yield Page(ws)
    finally:
        browser.terminate()
        await browser.communicate()
        shutil.rmtree(folder, ignore_errors=True)


async def _address(browser: asyncio.subprocess.Process) -> str:
    assert browser.stderr
    async with asyncio.timeout(30):
        while line := (await browser.stderr.readline()).decode():
            if "DevTools listening on ws://" in line:
                return line.split("ws://")[1].split("/")[0]
    raise AssertionError("Chromium ended before it listened")
