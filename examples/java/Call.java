import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionResult;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.ScheduleSpec;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every call of docs/calling.md from Java. */
public final class Call {
  /** The body of POST /rest/action_run. What is null is sent as null, and counts as absent. */
  record Target(Object app_id, List<Object> assets, List<Map<String, Object>> parameters) {}

  record RunActionRequest(
      String action,
      Object container_id,
      String name,
      List<Target> targets,
      String type,
      Integer exec_delay_secs) {}

  record RunActionOptions(
      String whenUncertain,
      Double settleSecs,
      Double submitPatienceSecs,
      Double timeoutSecs,
      Integer inlineResultBytes,
      Boolean failUnlessSuccess) {}

  private final WorkflowClient client;
  private final ScheduleClient schedules;
  private final String queue = System.getenv("TEMPORAL_TASK_QUEUE");

  private Call(WorkflowServiceStubs service) {
    this.client = WorkflowClient.newInstance(service);
    this.schedules = ScheduleClient.newInstance(service);
  }

  public static void main(String[] arguments) throws Exception {
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(System.getenv("TEMPORAL_ADDRESS")).build());
    Map<String, Object> said = new Call(service).all(arguments[0]);
    System.out.println(new ObjectMapper().writeValueAsString(said));
    service.shutdownNow();
  }

  private Map<String, Object> all(String key) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("result", start(key, request(0), null).getResult(Map.class));

    WorkflowStub slow = start(key + "-slow", request(600), null);
    said.put("status", slow.query("status", Map.class));
    slow.signal("cancel", Map.of("reason", "not needed"));
    said.put("cancelled", slow.getResult(Map.class));

    try {
      RunActionOptions zero = new RunActionOptions(null, null, null, 0.0, null, null);
      start(key + "-wrong", request(0), zero).getResult(Map.class);
    } catch (WorkflowFailedException failed) {
      ApplicationFailure cause = (ApplicationFailure) failed.getCause();
      said.put("wrong", Map.of("type", cause.getType(), "message", cause.getOriginalMessage()));
    }

    // The key has had its run, whose result is there.
    try {
      start(key, request(0), null);
    } catch (WorkflowExecutionAlreadyStarted taken) {
      said.put("again", "already started");
    }

    batch(key, said);
    said.put("scheduled", scheduled(key));
    return said;
  }

  /** A batch whose first items come with its start, and its rows. */
  private void batch(String key, Map<String, Object> said) {
    Map<String, Object> target = Map.of("app_id", 2, "assets", List.of("lab"));
    Map<String, Object> request =
        Map.of("action", "simulate", "container_id", 1, "name", "from Java", "targets", List.of(target));
    WorkflowStub batch = stub("enrichBatch", key + "-batch");
    UpdateOptions<Map> addItems =
        UpdateOptions.newBuilder(Map.class)
            .setUpdateName("addItems")
            .setWaitForStage(WorkflowUpdateStage.COMPLETED)
            .build();
    Map<String, Object> page = Map.of("items", List.of(Map.of("message", "a"), Map.of("message", "b")), "offset", 0);
    Object[] input = {Map.of("request", request, "streamed", true)};
    said.put("taken", batch.executeUpdateWithStart(addItems, new Object[] {page}, input));
    batch.update("close", Map.class);
    said.put("batch", batch.getResult(Map.class));

    WorkflowStub rows = stub("readRows", key + "-rows");
    rows.start(Map.of("workflowId", key + "-batch"));
    said.put("rows", rows.getResult(Map.class));
  }

  /** The schedule puts the time behind the id, so each firing is a run of its own. */
  private Object scheduled(String key) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder().setWorkflowId(key + "-scheduled").setTaskQueue(queue).build();
    ScheduleActionStartWorkflow action =
        ScheduleActionStartWorkflow.newBuilder()
            .setWorkflowType("runAction")
            .setArguments(request(0))
            .setOptions(options)
            .build();
    List<ScheduleIntervalSpec> daily = List.of(new ScheduleIntervalSpec(Duration.ofDays(1)));
    ScheduleSpec spec = ScheduleSpec.newBuilder().setIntervals(daily).build();
    ScheduleHandle schedule =
        schedules.createSchedule(
            key + "-schedule",
            Schedule.newBuilder().setAction(action).setSpec(spec).build(),
            ScheduleOptions.newBuilder().setTriggerImmediately(true).build());
    List<ScheduleActionResult> fired = List.of();
    while (fired.isEmpty()) fired = schedule.describe().getInfo().getRecentActions();
    var run = (ScheduleActionExecutionStartWorkflow) fired.get(0).getAction();
    Object result = client.newUntypedWorkflowStub(run.getWorkflowId()).getResult(Map.class);
    schedule.delete();
    return result;
  }

  private static RunActionRequest request(int seconds) {
    Target target = new Target(2, List.of("lab"), List.of(Map.of("seconds", seconds)));
    return new RunActionRequest("simulate", 1, "from Java", List.of(target), null, null);
  }

  private WorkflowStub start(String key, RunActionRequest request, RunActionOptions options) {
    WorkflowStub stub = stub("runAction", key);
    stub.start(request, options);
    return stub;
  }

  private WorkflowStub stub(String type, String id) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(id)
            .setTaskQueue(queue)
            .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
            .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
            .build();
    return client.newUntypedWorkflowStub(type, options);
  }
}
