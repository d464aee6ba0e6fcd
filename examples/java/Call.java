import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
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
  private final String queue = System.getenv("TEMPORAL_TASK_QUEUE");

  private Call(WorkflowClient client) {
    this.client = client;
  }

  public static void main(String[] arguments) throws Exception {
    WorkflowServiceStubs service =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(System.getenv("TEMPORAL_ADDRESS")).build());
    Map<String, Object> said = new Call(WorkflowClient.newInstance(service)).all(arguments[0]);
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

    WorkflowStub rows = stub("readRows", key + "-rows");
    rows.start(Map.of("workflowId", key));
    said.put("rows", rows.getResult(Map.class));
    return said;
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
            .build();
    return client.newUntypedWorkflowStub(type, options);
  }
}
