#!/usr/bin/env bash
# Every call of docs/calling.md by Temporal's CLI: `temporal` is on the PATH, TEMPORAL_ADDRESS is set.
set -euo pipefail
key=$1
queue=${TEMPORAL_TASK_QUEUE:-soar-runner}
request='{ "action": "simulate", "container_id": 1, "name": "from the CLI",
  "targets": [{ "app_id": 2, "assets": ["lab"], "parameters": [{ "message": "hello" }] }] }'
slow='{ "action": "simulate", "container_id": 1, "name": "from the CLI",
  "targets": [{ "app_id": 2, "assets": ["lab"], "parameters": [{ "seconds": 600 }] }] }'
start() { temporal workflow start --type "$2" --task-queue "$queue" --workflow-id "$1" --id-conflict-policy UseExisting --input "$3" >/dev/null; }
result() { temporal workflow result --workflow-id "$1" --output json; }

start "$key" runAction "$request"
result "$key" | jq --compact-output '{ result: .result }'
start "$key-slow" runAction "$slow"
temporal workflow query --workflow-id "$key-slow" --name status --output json | jq --compact-output '{ status: .queryResult[0] }'
temporal workflow signal --workflow-id "$key-slow" --name cancel --input '"not needed"' >/dev/null
result "$key-slow" | jq --compact-output '{ cancelled: .result }'
start "$key-wrong" runAction "$(jq '. + { execDelaySecs: 5 }' <<<"$request")"
{ result "$key-wrong" 2>/dev/null || true; } |
  jq --compact-output '{ wrong: .closeEvent.workflowExecutionFailedEventAttributes.failure | { type: .applicationFailureInfo.type, message } }'
temporal workflow execute --type readRows --task-queue "$queue" --workflow-id "$key-rows" --input "{ \"workflowId\": \"$key\" }" --output json |
  jq --compact-output '{ rows: .result }'
