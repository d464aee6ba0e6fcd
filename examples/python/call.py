"""Every call of docs/calling.md from Python: start, attach, status, cancel, result, a wrong field, update-with-start, rows, a schedule."""

import asyncio
import json
import os
import sys
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
    WithStartWorkflowOperation,
    WorkflowFailureError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from soar_runner_types import RunActionRequest

QUEUE = os.environ.get("TEMPORAL_TASK_QUEUE", "soar-runner")


def request(seconds: int = 0) -> RunActionRequest:
    return {
        "action": "simulate",
        "container_id": 1,
        "name": "from Python",
        "type": None,
        "targets": [{"app_id": 2, "assets": ["lab"], "parameters": [{"seconds": seconds}]}],
    }


async def main(key: str) -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    said = {}

    # Start, or attach to the one that runs: the key is the workflow id.
    async def start(body, options=None, id=key):
        return await client.start_workflow(
            "runAction",
            args=[body, options],
            id=id,
            task_queue=QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )

    run = await start(request())
    said["result"] = await run.result()
    try:
        await start(request())
    except RPCError as error:
        said["again"] = str(error.status)
    except Exception as error:  # WorkflowAlreadyStartedError: the key has had its run, whose result is there.
        said["again"] = type(error).__name__

    slow = await start(request(600), id=f"{key}-slow")
    said["status"] = await slow.query("status")
    await slow.signal("cancel", {"reason": "not needed"})
    said["cancelled"] = await slow.result()

    try:
        await (await start({**request(), "execDelaySecs": 5}, id=f"{key}-wrong")).result()
    except WorkflowFailureError as error:
        cause = error.cause
        assert isinstance(cause, ApplicationError)
        said["wrong"] = {"type": cause.type, "message": cause.message, "details": cause.details[0]}

    # A batch whose first items come with its start.
    batch = {"request": {**request(), "targets": [{"app_id": 2, "assets": ["lab"]}]}, "streamed": True}
    operation = WithStartWorkflowOperation(
        "enrichBatch", batch, id=f"{key}-batch", task_queue=QUEUE, id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING
    )
    said["taken"] = await client.execute_update_with_start_workflow(
        "addItems", {"items": [{"message": "a"}, {"message": "b"}], "offset": 0}, start_workflow_operation=operation
    )
    batch_handle = await operation.workflow_handle()
    await batch_handle.execute_update("close")
    said["batch"] = await batch_handle.result()
    rows = {"workflowId": batch_handle.id, "from": 0, "limit": 100}
    said["rows"] = await client.execute_workflow("readRows", rows, id=f"{key}-rows", task_queue=QUEUE)

    schedule = await client.create_schedule(
        f"{key}-schedule",
        Schedule(
            action=ScheduleActionStartWorkflow("runAction", args=[request(), None], id=f"{key}-scheduled", task_queue=QUEUE),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=1))]),
        ),
        trigger_immediately=True,
    )
    while not (recent := (await schedule.describe()).info.recent_actions):
        await asyncio.sleep(0)
    # The schedule puts the time behind the id, so each firing is a run of its own.
    scheduled = client.get_workflow_handle(recent[0].action.workflow_id)
    said["scheduled"] = {"id": scheduled.id, **(await scheduled.result())}
    await schedule.delete()
    print(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
