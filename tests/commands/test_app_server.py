"""The server that `tariff-impact app` starts, over many visits."""

import asyncio
import sys
import time
from urllib.request import urlopen

import pytest
from visitors import Screen, answer, ask, served, visit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="counts the server's open files where Linux lists them"),
]
MOST_FILES = 256
VISITS, AT_ONCE = 200, 10
BETWEEN = 0.25  # seconds: an ended visit is held for a second, and three files with it
SPARE = 5  # files that come and go, such as those of threads


async def look(address, asks):
    """A visit that is closed while the page is still drawn, as by someone who does not wait."""
    async with visit(address) as socket:
        if asks:
            await ask(socket, Screen())
            await socket.recv()


async def whole(address):
    async with visit(address) as socket:
        return await answer(socket, Screen(), await ask(socket, Screen()))


async def crowd(address):
    for _ in range(VISITS // AT_ONCE):
        await asyncio.gather(*(look(address, asks=number == 0) for number in range(AT_ONCE)))
        await asyncio.sleep(BETWEEN)


def test_visits_that_end_leave_no_open_file_behind():
    with served(most_files=MOST_FILES) as page:
        first = asyncio.run(whole(page.address))
        before = page.descriptors()
        asyncio.run(crowd(page.address))
        time.sleep(1.5)  # no longer held
        again = asyncio.run(whole(page.address))
        assert again.words == first.words != ""
        assert page.descriptors() <= before + SPARE
    with pytest.raises(OSError, match="refused"):  # the server ends with the command that started it
        urlopen(page.address)
