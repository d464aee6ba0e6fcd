#!/usr/bin/env bash
# Every call of docs/calling.md by Temporal's HTTP API: needs curl and jq. TEMPORAL_HTTP is as http://127.0.0.1:7243.
set -euo pipefail
key=$1
queue=${TEMPORAL_TASK_QUEUE:-soar-runner}
api="$TEMPORAL_HTTP/api/v1/namespaces/default/workflows"
post() { curl --silent --show-error --fail-with-body --header 'content-type: application/json' --data "$2" "$api/$1"; }

start() { # KEY TYPE INPUT: starts, or attaches to the one that runs
  post "$1" "$(jq --compact-output --null-input --arg type "$2" --arg queue "$queue" --argjson input "$3" '{
    workflowType: { name: $type }, taskQueue: { name: $queue }, input: $input,
    workflowIdConflictPolicy: "WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING" }')"
}
# Waits for the last event, which has the result.
result() { curl --silent --show-error --fail-with-body --get "$api/$1/history" \
  --data-urlencode waitNewEvent=true --data-urlencode historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT; }

request='{ "action": "simulate", "container_id": 1, "name": "from curl", "type": null,
  "targets": [{ "app_id": 2, "assets": ["lab"], "parameters": [{ "message": "hello" }] }] }'
slow='{ "action": "simulate", "container_id": 1, "name": "from curl",
  "targets": [{ "app_id": 2, "assets": ["lab"], "parameters": [{ "seconds": 600 }] }] }'

start "$key" runAction "[$request]" >/dev/null
result "$key" | jq --compact-output '{ result: .history.events[0].workflowExecutionCompletedEventAttributes.result[0] }'

start "$key-slow" runAction "[$slow]" >/dev/null
post "$key-slow/query/status" '{}' | jq --compact-output '{ status: .queryResult[0] }'
# An update needs "request": { "meta": {} }, an empty id of its own included.
post "$key-slow/update/requestCancel" '{ "request": { "meta": {}, "input": { "args": [{ "reason": "not needed" }] } },
  "waitPolicy": { "lifecycleStage": "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED" } }' |
  jq --compact-output '{ cancelled: .outcome.success[0] }'

start "$key-wrong" runAction "[$(jq '. + { execDelaySecs: 5 }' <<<"$request")]" >/dev/null
result "$key-wrong" | jq --compact-output '{ wrong: .history.events[0].workflowExecutionFailedEventAttributes.failure |
  { type: .applicationFailureInfo.type, message } }'

# The key has had its run, whose result is there: HTTP 409.
{ post "$key" "{ \"workflowType\": { \"name\": \"runAction\" }, \"taskQueue\": { \"name\": \"$queue\" }, \"input\": [$request],
  \"workflowIdReusePolicy\": \"WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE\" }" 2>/dev/null || true; } | jq --compact-output '{ again: .message }'

# A batch, and its rows. Items can be streamed by updates, as the cancel above.
batch=$(jq '. + { targets: [{ app_id: 2, assets: ["lab"] }] } | { request: ., items: [{ message: "a" }, { message: "b" }] }' <<<"$request")
start "$key-batch" enrichBatch "[$batch]" >/dev/null
result "$key-batch" | jq --compact-output '.history.events[0].workflowExecutionCompletedEventAttributes.result[0] | { batch: ., taken: . }'
start "$key-rows" readRows "[{ \"workflowId\": \"$key-batch\" }]" >/dev/null
result "$key-rows" | jq --compact-output '{ rows: .history.events[0].workflowExecutionCompletedEventAttributes.result[0] }'

# The schedule puts the time behind the id, so each firing is a run of its own. A new one needs a "requestId".
schedule="$TEMPORAL_HTTP/api/v1/namespaces/default/schedules/$key-schedule"
curl --silent --show-error --fail-with-body --header 'content-type: application/json' "$schedule" --output /dev/null \
  --data "$(jq --null-input --arg id "$key-scheduled" --arg queue "$queue" --argjson request "$request" '{
    requestId: $id, schedule: { spec: { interval: [{ interval: "86400s" }] }, action: { startWorkflow: {
      workflowId: $id, workflowType: { name: "runAction" }, taskQueue: { name: $queue }, input: [$request] } } },
    initialPatch: { triggerImmediately: {} } }')"
fired=
until [ "$fired" ]; do
  fired=$(curl --silent --show-error --fail-with-body "$schedule" |
    jq --raw-output '.info.recentActions[0].startWorkflowResult.workflowId // empty')
done
result "$fired" | jq --compact-output '{ scheduled: .history.events[0].workflowExecutionCompletedEventAttributes.result[0] }'
curl --silent --show-error --fail-with-body --request DELETE "$schedule" --output /dev/null
