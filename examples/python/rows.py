"""Reads all rows of a batch through Temporal, while it runs, in bounded memory: a line of JSON each."""

import asyncio
import json
import os
import sys
import uuid

from temporalio.client import Client

from soar_runner_types import RowsPage

QUEUE = os.environ.get("TEMPORAL_TASK_QUEUE", "soar-runner")


async def main(batch: str) -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    place: int | None = 0
    while place is not None:
        page: RowsPage = await client.execute_workflow(
            "readRows",
            {"workflowId": batch, "from": place, "limit": 500, "waitSecs": 20},
            id=f"{batch}/rows-{uuid.uuid4()}",
            task_queue=QUEUE,
        )
        for row in page["rows"]:
            print(json.dumps(row), flush=True)
        place = page["next"]


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
