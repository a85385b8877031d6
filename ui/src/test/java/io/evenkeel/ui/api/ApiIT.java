package io.evenkeel.ui.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.contract.command.HoldState;
import io.evenkeel.contract.command.KillSwitch;
import io.evenkeel.contract.command.OperatorRequest;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.embedded.EmbeddedKafka;
import io.evenkeel.ui.SampleRun;
import io.evenkeel.ui.TestApplication;
import io.evenkeel.ui.TestApplication.Answer;
import io.evenkeel.ui.WriterDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The API over HTTP, with a real database and a real broker. */
class ApiIT {
  @TempDir static Path folder;

  private static WriterDatabase database;
  private static EmbeddedKafka kafka;
  private static TestApplication dashboard;

  @BeforeAll
  static void start() throws Exception {
    database = WriterDatabase.start(folder.resolve("db"));
    kafka = EmbeddedKafka.start(folder.resolve("kafka"));
    kafka.createTopics(List.of(new NewTopic(Topics.OPERATOR_REQUESTS, 2, (short) 1)));
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      Instant start = Instant.now().minusSeconds(300);
      var run = new SampleRun(connection, "r-1", "<b>first</b>", 2, 8, 2, start);
      run.steps(0, 60);
      run.audit(
          "p-1",
          59,
          Instant.now(),
          "policy:epsilon",
          "proposed",
          "advise",
          "adam.epsilon",
          1e-8,
          1e-9,
          "Bring it down",
          "");
      for (int i = 2; i <= 5; i++) {
        new SampleRun(connection, "r-" + i, "run " + i, 2, 8, 2, start.minusSeconds(i));
      }
      try (var statement = connection.createStatement()) {
        statement.execute(
            "update evenkeel_store.declaration set status = 'finished', ended_at = now()"
                + " where name = 'run 5'");
      }
      connection.commit();
    }
    dashboard = TestApplication.start(database, kafka.bootstrap());
  }

  @AfterAll
  static void stop() throws Exception {
    dashboard.close();
    kafka.close();
    database.close();
  }

  @Test
  void shouldListEveryRunOnceWhenReadInPages() throws Exception {
    Set<String> seen = new TreeSet<>();
    List<Integer> sizes = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = dashboard.get("/api/v1/runs?limit=2&after=" + after).json();
      page.path("items")
          .forEach(run -> assertThat(seen.add(run.path("run").stringValue())).isTrue());
      sizes.add(page.path("items").size());
      after = page.path("next").asString("");
    } while (!after.isEmpty());

    assertThat(seen).containsExactly("r-1", "r-2", "r-3", "r-4", "r-5");
    assertThat(sizes).containsExactly(2, 2, 1);
    assertThat(dashboard.get("/api/v1/runs?search=%3Cb%3E").json().path("items").size())
        .isEqualTo(1);
    assertThat(dashboard.get("/api/v1/runs?search=%25").json().path("items").size()).isZero();
    assertThat(dashboard.get("/api/v1/runs?status=finished").json().path("items").size())
        .isEqualTo(1);
  }

  /** Of each list everything once, in its order, where many lines are of one moment. */
  @Test
  void shouldListTheDeskAndTheTrailOnceWhenReadInPages() throws Exception {
    try (Connection connection = database.connect();
        var statement = connection.createStatement()) {
      for (String sql : DESK) {
        statement.execute(sql);
      }
    }
    assertThat(inPages("/api/v1/audit?actor=pager", "auditId"))
        .containsExactly("t-5", "t-4", "t-3", "t-2", "t-1");
    assertThat(inPages("/api/v1/silences?standing=over", "id"))
        .containsExactly("s-1", "s-2", "s-3", "s-4", "s-5");
    assertThat(inPages("/api/v1/silences?standing=active", "id")).containsExactly("s-6");
    assertThat(inPages("/api/v1/acknowledgements?run=r-3", "alertId"))
        .containsExactly("a-1", "a-2", "a-3", "a-4", "a-5");
    assertThat(inPages("/api/v1/deliveries?run=r-3", "noticeId"))
        .containsExactly("n-5", "n-1", "n-2", "n-3", "n-4");
    assertThat(inPages("/api/v1/deliveries?receiver=team/none", "noticeId")).isEmpty();
    for (String list : List.of("audit", "silences", "acknowledgements", "deliveries")) {
      assertThat(dashboard.get("/api/v1/" + list + "?after=xyz").status()).as(list).isEqualTo(400);
      assertThat(dashboard.get("/api/v1/" + list + "?limit=0").status()).as(list).isEqualTo(400);
    }
  }

  private static final String[] DESK = {
    """
    insert into evenkeel_store.audit
      select r.run_id, 't-' || n, 0, n, timestamptz '2026-01-01 00:00:00.123456Z', 'pager', 'acted', 'auto', '', '',
        null, null, '', '', '{}', 0, 0
      from evenkeel_store.run r, generate_series(1, 5) n where r.run = 'r-3'
    """,
    """
    insert into controller.silence
      select 's-' || n, array['run="r-3"'], timestamptz '2026-01-01Z', timestamptz '2026-01-02Z', '', 'ada',
        timestamptz '2026-01-01Z', null
      from generate_series(1, 5) n
    """,
    """
    insert into controller.silence values
      ('s-6', array['run="r-3"'], now() - interval '1 h', now() + interval '1 h', '', 'ada', now(), null)
    """,
    """
    insert into controller.acknowledgement
      select 'a-' || n, 'r-3', 'ada', timestamptz '2026-01-01 00:00:00.5Z', '' from generate_series(1, 5) n
    """,
    "insert into controller.receiver (receiver, url) values ('team/webhook-01', 'https://h.example')",
    """
    insert into controller.alert_group
      (group_id, receiver, group_key, group_labels, run, wait_millis, interval_millis) values
      ('g-1', 'team/webhook-01', '{}', '{}', 'r-3', 0, 0)
    """,
    """
    insert into controller.batch (batch_id, receiver, group_id, status, made_at)
      select 'n-' || n, 'team/webhook-01', 'g-1', 'delivered',
        timestamptz '2026-01-01 00:00:00.1Z' + case when n = 5 then interval '1 us' else interval '0' end
      from generate_series(1, 5) n
    """
  };

  private static List<String> inPages(String list, String id) throws Exception {
    List<String> seen = new ArrayList<>();
    String after = "";
    do {
      JsonNode page = dashboard.get(list + "&limit=2&after=" + after).json();
      assertThat(page.path("items").size()).isLessThanOrEqualTo(2);
      page.path("items").forEach(item -> seen.add(item.path(id).stringValue()));
      after = page.path("next").asString("");
    } while (!after.isEmpty());
    return seen;
  }

  @Test
  void shouldTellARunAndItsKnobsWhenAsked() throws Exception {
    JsonNode run = dashboard.get("/api/v1/runs/r-1").json();
    assertThat(run.path("name").stringValue()).isEqualTo("<b>first</b>");
    assertThat(run.path("lastStep").longValue()).isEqualTo(59);

    JsonNode knobs = dashboard.get("/api/v1/runs/r-1/knobs").json();
    assertThat(knobs.path("knobs").get(0).path("declared").path("maximum").doubleValue())
        .isEqualTo(1);
    assertThat(knobs.path("killSwitch").booleanValue()).isFalse();
    assertThat(
            dashboard.get("/api/v1/runs/r-1/proposals").json().path("items").get(0).path("auditId"))
        .hasToString("\"p-1\"");
    assertThat(dashboard.get("/api/v1/audit/p-1").json().path("actor").stringValue())
        .isEqualTo("policy:epsilon");
    assertThat(dashboard.get("/api/v1/audit?run=r-1").json().path("items").size()).isPositive();
    assertThat(dashboard.get("/api/v1/runs/r-1/commands").status()).isEqualTo(200);
  }

  @Test
  void shouldKeepTagsNoteAndArchiveOfARunUntilItIsDeleted() throws Exception {
    JsonNode label =
        dashboard
            .ask(
                "PATCH",
                "/api/v1/runs/r-4/label",
                TestApplication.ADMIN_TOKEN,
                "{\"tags\":[\"b\",\" a \",\"b\"],\"note\":\"<script>1</script>\",\"archived\":true}")
            .json();
    assertThat(label.path("tags").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(label.path("changedBy").stringValue()).isEqualTo("token:environment");
    JsonNode again =
        dashboard
            .ask(
                "PATCH",
                "/api/v1/runs/r-4/label",
                TestApplication.ADMIN_TOKEN,
                "{\"archived\":false}")
            .json();
    assertThat(again.path("note").stringValue()).isEqualTo("<script>1</script>");
    assertThat(again.path("archivedAt").isNull()).isTrue();
    assertRefused(
        dashboard.ask(
            "PATCH",
            "/api/v1/runs/r-4/label",
            TestApplication.ADMIN_TOKEN,
            "{\"tags\":[\"two\\nlines\"]}"),
        400,
        "EVK-API-INVALID");

    try (Connection connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("select evenkeel_store.delete_run('r-4')");
      try (var rows = statement.executeQuery("select count(*) from dashboard.run_label")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getLong(1)).isZero();
      }
      connection.rollback();
    }
  }

  @Test
  void shouldListAlertsByWhatIsAskedForWhenThereAreSome() throws Exception {
    JsonNode alerts = dashboard.get("/api/v1/alerts?run=r-1&state=firing").json().path("items");
    assertThat(alerts.size()).isEqualTo(1);
    String id = alerts.get(0).path("alertId").stringValue();
    assertThat(dashboard.get("/api/v1/alerts/" + id).json().path("rule").stringValue())
        .isEqualTo("gradient-norm-ratio");
    assertThat(dashboard.get("/api/v1/alerts?severity=info").json().path("items").size()).isZero();
    assertThat(dashboard.get("/api/v1/alerts/none").status()).isEqualTo(404);
  }

  @Test
  void shouldBringRequestsToTheControllerWhenTheyAreGood() throws Exception {
    List<Answer> answers =
        List.of(
            dashboard.post(
                "/api/v1/runs/r-1/knobs/set",
                "{\"knob\":\"load_balance.alpha\",\"value\":0.02,\"comment\":\"down\"}"),
            dashboard.post("/api/v1/runs/r-1/kill-switch", "{\"on\":true}"),
            dashboard.post("/api/v1/kill-switch", "{\"on\":false}"),
            dashboard.post(
                "/api/v1/runs/r-1/knobs/hold", "{\"knob\":\"adam.epsilon\",\"held\":true}"),
            dashboard.post("/api/v1/runs/r-1/mode", "{\"mode\":\"auto\"}"),
            dashboard.post("/api/v1/runs/r-1/proposals/p-1/approve", "{\"comment\":\"go\"}"),
            dashboard.post("/api/v1/runs/r-1/proposals/p-1/reject", ""));

    assertThat(answers).extracting(Answer::status).containsOnly(202);
    Map<String, OperatorRequest> sent = requests(answers.size());
    OperatorRequest set =
        sent.get(answers.get(0).json().path("answer").stringValue().replace("request:", ""));
    assertThat(set.operator()).isEqualTo("token:environment");
    assertThat(set.comment()).isEqualTo("down");
    assertThat(set.body()).isEqualTo(new SetKnob("load_balance.alpha", "", 0.02, null));
    assertThat(sent.values())
        .extracting(OperatorRequest::body)
        .contains(new KillSwitch(HoldState.HELD));
  }

  @Test
  void shouldTellAllErrorsOfARequestWhenSeveralAreWrong() throws Exception {
    Answer answer =
        dashboard.post(
            "/api/v1/runs/r-1/knobs/set",
            "{\"knob\":7,\"value\":\"high\",\"valeu\":1,\"comment\":\"" + "x".repeat(501) + "\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.errorId()).isEqualTo("EVK-API-INVALID");
    List<String> fields = new ArrayList<>();
    answer.json().path("errors").forEach(flaw -> fields.add(flaw.path("field").stringValue()));
    assertThat(fields).containsExactlyInAnyOrder("knob", "value", "comment", "valeu");
  }

  @Test
  void shouldRefuseWithTheIdOfTheCatalogueWhenARequestCannotBeMet() throws Exception {
    String alpha = "{\"knob\":\"load_balance.alpha\",\"value\":";
    assertRefused(dashboard.get("/api/v1/runs/none"), 404, "EVK-RUN-UNKNOWN");
    assertRefused(dashboard.get("/api/v1/nothing"), 404, "EVK-API-REQUEST");
    assertRefused(
        dashboard.ask("DELETE", "/api/v1/runs/r-1", TestApplication.ADMIN_TOKEN, ""),
        404,
        "EVK-API-REQUEST");
    assertRefused(dashboard.get("/api/v1/runs?limit=0"), 400, "EVK-API-INVALID");
    assertRefused(dashboard.get("/api/v1/runs?limit=many"), 400, "EVK-API-INVALID");
    assertRefused(dashboard.get("/api/v1/runs?after=nowhere"), 400, "EVK-API-INVALID");
    assertRefused(dashboard.post("/api/v1/runs/r-1/knobs/set", "[]"), 400, "EVK-API-INVALID");
    assertRefused(dashboard.post("/api/v1/runs/r-1/knobs/set", "{"), 400, "EVK-API-INVALID");
    assertRefused(
        dashboard.post("/api/v1/runs/r-1/knobs/set", alpha + "2}"), 400, "EVK-KNOB-BOUNDS");
    assertRefused(
        dashboard.post("/api/v1/runs/r-1/knobs/set", "{\"knob\":\"none\",\"value\":1}"),
        404,
        "EVK-KNOB-UNKNOWN");
    assertRefused(
        dashboard.post("/api/v1/runs/r-5/knobs/set", alpha + "0.1}"),
        409,
        "EVK-CONTROL-RUN-UNKNOWN");
    assertRefused(
        dashboard.post("/api/v1/runs/r-1/proposals/gone/approve", ""),
        409,
        "EVK-CONTROL-PROPOSAL-UNKNOWN");
  }

  @Test
  void shouldRefuseWhoeverSendsNoGoodToken() throws Exception {
    assertRefused(dashboard.ask("GET", "/api/v1/runs", "", ""), 401, "EVK-API-TOKEN");
    Answer unknown = dashboard.ask("GET", "/api/v1/runs", "evk_unknown", "");
    assertRefused(unknown, 401, "EVK-API-TOKEN");
    assertThat(unknown.response().headers().firstValue("www-authenticate")).hasValue("Bearer");
    assertThat(unknown.response().headers().allValues("set-cookie")).isEmpty();
  }

  private static void assertRefused(Answer answer, int status, String errorId) {
    assertThat(answer.errorId()).as(answer.response().body()).isEqualTo(errorId);
    assertThat(answer.status()).isEqualTo(status);
  }

  private static Map<String, OperatorRequest> requests(int count) throws Exception {
    Map<String, OperatorRequest> requests = new java.util.HashMap<>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                kafka.bootstrap(),
                "group.id",
                "it",
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(Topics.OPERATOR_REQUESTS));
      for (int i = 0; i < 60 && requests.size() < count; i++) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          OperatorRequest request = Codecs.OPERATOR_REQUEST.decode(record.value());
          requests.put(request.requestId(), request);
        }
      }
    }
    return requests;
  }
}
