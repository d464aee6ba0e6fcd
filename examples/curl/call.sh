#!/usr/bin/env bash
# Every call of docs/calling.md by Temporal's HTTP API: needs curl and jq. TEMPORAL_HTTP is as http://127.0.0.1:7243.
set -euo pipefail
key=$1
queue=${TEMPORAL_TASK_QUEUE:-soar-runner}
api="$TEMPORAL_HTTP/api/v1/namespaces/default/workflows"
post() { curl --silent --show-error --fail-with-body --header 'content-type: application/json' --data "$2" "$api/$1"; }

start() { # KEY TYPE INPUT
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

start "$key-rows" readRows "[{ \"workflowId\": \"$key\" }]" >/dev/null
result "$key-rows" | jq --compact-output '{ rows: .history.events[0].workflowExecutionCompletedEventAttributes.result[0] }'
