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
# The key has had its run, whose result is there. Without --fail-existing the command says nothing of it.
{ temporal workflow start --type runAction --task-queue "$queue" --workflow-id "$key" --id-reuse-policy RejectDuplicate \
  --fail-existing --input "$request" 2>&1 >/dev/null || true; } | jq --raw-input --slurp --compact-output '{ again: . }'

# A batch whose first items come with its start, and its rows.
batch=$(jq '. + { targets: [{ app_id: 2, assets: ["lab"] }] } | { request: ., streamed: true }' <<<"$request")
temporal workflow execute-update-with-start --type enrichBatch --task-queue "$queue" --workflow-id "$key-batch" \
  --id-conflict-policy UseExisting --input "$batch" --update-name addItems --output json \
  --update-input '{ "items": [{ "message": "a" }, { "message": "b" }], "offset": 0 }' |
  jq --compact-output '{ taken: .updateResult }'
temporal workflow update execute --workflow-id "$key-batch" --name close >/dev/null
result "$key-batch" | jq --compact-output '{ batch: .result }'
temporal workflow execute --type readRows --task-queue "$queue" --workflow-id "$key-rows" \
  --input "{ \"workflowId\": \"$key-batch\" }" --output json | jq --compact-output '{ rows: .result }'

# The schedule puts the time behind the id, so each firing is a run of its own.
temporal schedule create --schedule-id "$key-schedule" --interval 24h --workflow-id "$key-scheduled" --type runAction \
  --task-queue "$queue" --input "$request" >/dev/null
temporal schedule trigger --schedule-id "$key-schedule" >/dev/null
fired=
until [ "$fired" ]; do
  fired=$(temporal schedule describe --schedule-id "$key-schedule" --output json |
    jq --raw-output '.info.recentActions[0].startWorkflowResult.workflowId // empty')
done
result "$fired" | jq --compact-output '{ scheduled: .result }'
temporal schedule delete --schedule-id "$key-schedule" >/dev/null
