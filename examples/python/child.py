"""A playbook of one's own whose step is a SOAR action: cancelled, it waits until SOAR has heard of it."""

import asyncio
import json
import os
import sys

from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError
from temporalio.worker import Worker

QUEUE = os.environ.get("TEMPORAL_TASK_QUEUE", "soar-runner")


@workflow.defn
class Playbook:
    @workflow.run
    async def run(self, request: dict) -> dict:
        # The deadline is timeoutSecs: an execution timeout would end the workflow, and could not cancel the action in SOAR.
        return await workflow.execute_child_workflow(
            "runAction",
            args=[request, {"timeoutSecs": 3600}],
            id=f"{workflow.info().workflow_id}/contain",
            task_queue=QUEUE,
            parent_close_policy=workflow.ParentClosePolicy.REQUEST_CANCEL,
            cancellation_type=workflow.ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
            static_summary="contain the host",
        )


async def main(key: str) -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    target = {"app_id": 2, "assets": ["lab"], "parameters": [{"seconds": 600}]}
    request = {"action": "simulate", "container_id": 1, "name": "a child", "targets": [target]}
    async with Worker(client, task_queue=f"{QUEUE}-playbooks", workflows=[Playbook]):
        playbook = await client.start_workflow(Playbook.run, request, id=key, task_queue=f"{QUEUE}-playbooks")
        child = client.get_workflow_handle(f"{key}/contain")
        while True:
            try:
                state = await child.query("status")
                if state["phase"] == "awaitingActionRun":
                    break
            except RPCError:  # The child is not started yet.
                pass
            await asyncio.sleep(0.2)
        await playbook.cancel()
        try:
            await playbook.result()
        except WorkflowFailureError as error:
            print(json.dumps({"actionRunId": state["actionRunId"], "playbook": type(error.cause).__name__}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
    # A thread of temporalio 1.20's worker can outlive it and break the interpreter's own end ("PyGILState_Release").
    sys.stdout.flush()
    os._exit(0)
