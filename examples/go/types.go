package main

// Target is one combination of app, assets and parameter sets. What is nil is sent as null, and counts as absent.
type Target struct {
	AppID      any              `json:"app_id"`
	Assets     []any            `json:"assets"`
	Parameters []map[string]any `json:"parameters"`
}

// RunActionRequest is the body of POST /rest/action_run.
type RunActionRequest struct {
	Action        string   `json:"action"`
	ContainerID   any      `json:"container_id"`
	Name          string   `json:"name"`
	Targets       []Target `json:"targets"`
	Type          *string  `json:"type"`
	ExecDelaySecs *int     `json:"exec_delay_secs"`
}

// RunActionOptions are the second argument of runAction. A zero means zero: what is not wanted is nil.
type RunActionOptions struct {
	WhenUncertain      *string  `json:"whenUncertain"`
	SettleSecs         *float64 `json:"settleSecs"`
	SubmitPatienceSecs *float64 `json:"submitPatienceSecs"`
	TimeoutSecs        *float64 `json:"timeoutSecs"`
	InlineResultBytes  *int     `json:"inlineResultBytes"`
	FailUnlessSuccess  *bool    `json:"failUnlessSuccess"`
}

// RunActionResult is what runAction returns.
type RunActionResult struct {
	Outcome        string           `json:"outcome"`
	Message        string           `json:"message"`
	ActionRunID    *int             `json:"actionRunId"`
	ActionRun      map[string]any   `json:"actionRun"`
	AppRuns        []map[string]any `json:"appRuns"`
	AppRunsOmitted int              `json:"appRunsOmitted"`
	Approvals      []map[string]any `json:"approvals"`
	Cancel         map[string]any   `json:"cancel,omitempty"`
	SurplusRuns    []map[string]any `json:"surplusRuns"`
	Incomplete     []string         `json:"incomplete,omitempty"`
	Submissions    int              `json:"submissions"`
	Polls          int              `json:"polls"`
}

// ReadRowsInput says which rows to read.
type ReadRowsInput struct {
	WorkflowID string `json:"workflowId"`
	From       int    `json:"from"`
	Limit      *int   `json:"limit"`
	WaitSecs   *int   `json:"waitSecs"`
}

// RowsPage is a page of rows; Next is nil at the end.
type RowsPage struct {
	Rows []map[string]any `json:"rows"`
	Next *int             `json:"next"`
}
