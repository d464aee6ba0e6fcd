"""What soar-runner takes and gives, as types; `soar-runner schema` has the same with descriptions."""

from typing import Any, NotRequired, TypedDict


class Target(TypedDict):
    app_id: int | str
    assets: NotRequired[list[int | str] | None]
    parameters: NotRequired[list[dict[str, Any]] | None]


class RunActionRequest(TypedDict):
    action: str
    container_id: int | str
    name: str
    targets: list[Target]
    type: NotRequired[str | None]
    exec_delay_secs: NotRequired[int | None]


class RunActionOptions(TypedDict, total=False):
    whenUncertain: str | None
    settleSecs: float | None
    submitPatienceSecs: float | None
    timeoutSecs: float | None
    inlineResultBytes: int | None
    failUnlessSuccess: bool | None


class RunActionResult(TypedDict):
    outcome: str
    message: str
    actionRunId: int | None
    actionRun: dict[str, Any] | None
    appRuns: list[dict[str, Any]]
    appRunsOmitted: int
    approvals: list[dict[str, Any]]
    cancel: NotRequired[dict[str, Any]]
    surplusRuns: list[dict[str, Any]]
    incomplete: NotRequired[list[str]]
    submissions: int
    polls: int


class EnrichBatchInput(TypedDict):
    request: RunActionRequest
    items: NotRequired[list[dict[str, Any]] | None]
    streamed: NotRequired[bool | None]
    requestFields: NotRequired[list[str] | None]
    options: NotRequired[dict[str, Any] | None]


class ReadRowsInput(TypedDict):
    workflowId: str
    # The schema's `from` is a word of Python's own: make this input as a dict with the key "from".
    limit: NotRequired[int | None]
    waitSecs: NotRequired[int | None]


class RowsPage(TypedDict):
    rows: list[dict[str, Any]]
    next: int | None
