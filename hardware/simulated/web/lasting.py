"""Work that goes on beside everything else, and does not end unheard."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


def begin(work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
    """
    Begin work in the running event loop.

    Args:
        work: What is to be done; whoever begins it sees to what an end by an error leaves behind.
        what: What the log calls it, should it end by an error.
    """
    task = asyncio.create_task(work, name=what)
    task.add_done_callback(_tell)
    return task


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (problem := task.exception()):
        log.error("%s: ended by an error", task.get_name(), exc_info=problem)
