// Every call of docs/calling.md from Go: `call KEY`, and `rows BATCH`, which reads all rows in bounded memory.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

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
	write(said)
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
