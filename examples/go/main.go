// Every call of docs/calling.md from Go: `call KEY`, and `rows BATCH`, which reads all rows in bounded memory.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"log/slog"
)

var queue = os.Getenv("TEMPORAL_TASK_QUEUE")

func main() {
	quiet := sdklog.NewStructuredLogger(slog.New(slog.NewTextHandler(os.Stderr, nil)))
	c, err := client.Dial(client.Options{HostPort: os.Getenv("TEMPORAL_ADDRESS"), Logger: quiet})
	must(err)
	defer c.Close()
	if os.Args[1] == "rows" {
		rows(context.Background(), c, os.Args[2])
		return
	}
	call(context.Background(), c, os.Args[2])
}

func call(ctx context.Context, c client.Client, key string) {
	said := map[string]any{}

	// Start, or attach to the one that runs: the key is the workflow id.
	run := start(ctx, c, key, request(0), nil)
	var result RunActionResult
	must(run.Get(ctx, &result))
	said["result"] = result

	slow := start(ctx, c, key+"-slow", request(600), nil)
	answer, err := c.QueryWorkflow(ctx, slow.GetID(), "", "status")
	must(err)
	var status map[string]any
	must(answer.Get(&status))
	said["status"] = status
	must(c.SignalWorkflow(ctx, slow.GetID(), "", "cancel", map[string]string{"reason": "not needed"}))
	var cancelled RunActionResult
	must(slow.Get(ctx, &cancelled))
	said["cancelled"] = cancelled

	zero := 0.0
	err = start(ctx, c, key+"-wrong", request(0), &RunActionOptions{TimeoutSecs: &zero}).Get(ctx, nil)
	var failure *temporal.ApplicationError
	if errors.As(err, &failure) {
		said["wrong"] = map[string]any{"type": failure.Type(), "message": failure.Message(), "nonRetryable": failure.NonRetryable()}
	}

	// The key has had its run, whose result is there.
	_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: key, TaskQueue: queue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
	}, "runAction", request(0))
	said["again"] = fmt.Sprint(err)

	batch(ctx, c, key, said)
	said["scheduled"] = scheduled(ctx, c, key)
	write(said)
}

// A batch whose first items come with its start, and its rows.
func batch(ctx context.Context, c client.Client, key string, said map[string]any) {
	input := map[string]any{"streamed": true, "request": map[string]any{
		"action": "simulate", "container_id": 1, "name": "from Go",
		"targets": []map[string]any{{"app_id": 2, "assets": []string{"lab"}}},
	}}
	operation := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       key + "-batch",
		TaskQueue:                queue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, "enrichBatch", input)
	items := []map[string]string{{"message": "a"}, {"message": "b"}}
	update, err := c.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: operation,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateName:   "addItems",
			Args:         []any{map[string]any{"items": items, "offset": 0}},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	must(err)
	var taken map[string]any
	must(update.Get(ctx, &taken))
	said["taken"] = taken
	run, err := operation.Get(ctx)
	must(err)
	closed, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: run.GetID(), UpdateName: "close", WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	must(err)
	must(closed.Get(ctx, nil))
	var result map[string]any
	must(run.Get(ctx, &result))
	said["batch"] = result
	reading, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: queue}, "readRows", ReadRowsInput{WorkflowID: run.GetID()})
	must(err)
	var page RowsPage
	must(reading.Get(ctx, &page))
	said["rows"] = page
}

// The schedule puts the time behind the id, so each firing is a run of its own.
func scheduled(ctx context.Context, c client.Client, key string) RunActionResult {
	schedule, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:   key + "-schedule",
		Spec: client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: 24 * time.Hour}}},
		Action: &client.ScheduleWorkflowAction{
			ID: key + "-scheduled", Workflow: "runAction", Args: []any{request(0)}, TaskQueue: queue,
		},
		TriggerImmediately: true,
	})
	must(err)
	var result RunActionResult
	for {
		seen, err := schedule.Describe(ctx)
		must(err)
		if len(seen.Info.RecentActions) == 0 {
			continue
		}
		must(c.GetWorkflow(ctx, seen.Info.RecentActions[0].StartWorkflowResult.WorkflowID, "").Get(ctx, &result))
		must(schedule.Delete(ctx))
		return result
	}
}

func request(seconds int) RunActionRequest {
	return RunActionRequest{Action: "simulate", ContainerID: 1, Name: "from Go", Targets: []Target{
		{AppID: 2, Assets: []any{"lab"}, Parameters: []map[string]any{{"seconds": seconds}}},
	}}
}

func start(ctx context.Context, c client.Client, key string, request RunActionRequest, options *RunActionOptions) client.WorkflowRun {
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       key,
		TaskQueue:                queue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}, "runAction", request, options)
	must(err)
	return run
}

func rows(ctx context.Context, c client.Client, batch string) {
	limit, wait := 500, 20
	for place := 0; ; {
		run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{TaskQueue: queue}, "readRows",
			ReadRowsInput{WorkflowID: batch, From: place, Limit: &limit, WaitSecs: &wait})
		must(err)
		var page RowsPage
		must(run.Get(ctx, &page))
		for _, row := range page.Rows {
			write(row)
		}
		if page.Next == nil {
			return
		}
		place = *page.Next
	}
}

func write(value any) {
	text, err := json.Marshal(value)
	must(err)
	fmt.Println(string(text))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
