package io.evenkeel.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.evenkeel.contract.command.AckStatus;
import io.evenkeel.contract.command.Command;
import io.evenkeel.contract.command.CommandAck;
import io.evenkeel.contract.command.CommandBody;
import io.evenkeel.contract.command.CommandPosition;
import io.evenkeel.contract.command.RunAction;
import io.evenkeel.contract.command.SetKnob;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.run.Fallback;
import io.evenkeel.contract.run.KnobDeclaration;
import io.evenkeel.contract.run.RunSpec;
import io.evenkeel.contract.run.RunStatus;
import io.evenkeel.contract.telemetry.ActivationSite;
import io.evenkeel.contract.telemetry.ActivationSums;
import io.evenkeel.contract.telemetry.ExpertLoads;
import io.evenkeel.contract.telemetry.ExpertVector;
import io.evenkeel.contract.telemetry.GradientMethod;
import io.evenkeel.contract.telemetry.KnobValue;
import io.evenkeel.contract.telemetry.KnownScalars;
import io.evenkeel.contract.telemetry.Losses;
import io.evenkeel.contract.telemetry.MoeLayerTelemetry;
import io.evenkeel.contract.telemetry.MoeShape;
import io.evenkeel.contract.telemetry.ObservationKey;
import io.evenkeel.contract.telemetry.Placement;
import io.evenkeel.contract.telemetry.StepTelemetry;
import io.evenkeel.contract.telemetry.TensorTelemetry;
import io.evenkeel.contract.topic.Topics;
import io.evenkeel.contract.wire.Codec;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.gateway.Await;
import io.evenkeel.gateway.TestKafka;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.token.RunPattern;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The Python client: its own tests, and what it brings through a real gateway into Kafka. */
class PythonClientIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final long LAST_STEP = Long.MAX_VALUE - 5;

  @TempDir private static Path folder;
  private static Python python;
  private static TestKafka kafka;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    python = Python.with("ssl").orElseThrow(() -> new AssertionError("there is no python3"));
    kafka = new TestKafka(folder.resolve("kafka"));
    gateway = new TestGateway(folder.resolve("data"), kafka.bootstrap(), Limits.STANDARD);
    gateway.awaitReady();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    kafka.close();
  }

  private static Map<String, String> environment() {
    return Map.of("EVENKEEL_URL", gateway.base(), "EVENKEEL_TOKEN", gateway.token());
  }

  private static Python.Script start(String scenario) throws Exception {
    return python.start(environment(), "tests/real_gateway.py", scenario);
  }

  private static JsonNode run(String scenario) throws Exception {
    try (Python.Script script = start(scenario)) {
      return JSON.readTree(good(script.end(60)).last());
    }
  }

  private static Python.Ended good(Python.Ended ended) {
    assertThat(ended.status()).as(ended.toString()).isZero();
    return ended;
  }

  private static <T> List<T> read(
      String topic, Codec<T> codec, Map<TopicPartition, Long> from, String run) throws Exception {
    List<T> records = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : kafka.read(topic, from)) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      if (key.equals(run) || key.startsWith(run + "#")) {
        records.add(codec.decode(record.value()));
      }
    }
    return records;
  }

  private static void passesItsTests(Python with, String name) throws Exception {
    try (Python.Script tests = with.start(Map.of(), "-m", "unittest", "tests/" + name)) {
      Python.Ended ended = good(tests.end(300));
      ended.output().lines().forEach(System.out::println);
    }
  }

  @Test
  void shouldPassItsOwnTestsWhenTheGatewayIsAStandIn() throws Exception {
    passesItsTests(python, "test_client.py");
  }

  @Test
  void shouldAgreeWithTheGoldensWhenPyTorchTrainsThem() throws Exception {
    var torch = Python.with("torch");
    assumeTrue(
        torch.isPresent(),
        "EVK-TEST-TORCH: PyTorch is not installed (for example: apt-get install python3-torch)");
    passesItsTests(torch.get(), "test_torch.py");
  }

  @Test
  void shouldTrainTheExampleOfThePageWhenPyTorchIsThere() throws Exception {
    var torch = Python.with("torch");
    assumeTrue(
        torch.isPresent(),
        "EVK-TEST-TORCH: PyTorch is not installed (for example: apt-get install python3-torch)");
    Map<String, String> environment =
        Map.of(
            "EVENKEEL_URL",
            gateway.base(),
            "EVENKEEL_TOKEN",
            gateway.token(),
            "PYTHONPATH",
            Python.FOLDER.toString());
    try (Python.Script example =
        torch
            .get()
            .start(environment, "examples/train_moe.py", "--steps", "60", "--run", "example")) {
      good(example.end(120));
    }

    List<StepTelemetry> records =
        read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, Map.of(), "example");
    assertThat(records).extracting(record -> record.key().step()).hasSize(60).isSorted();
    assertThat(records)
        .allSatisfy(
            record -> {
              assertThat(record.losses().languageModel()).isPositive();
              assertThat(record.gradientNorm()).isPositive();
              assertThat(record.moeLayers()).hasSize(2);
              assertThat(record.activations()).hasSize(4);
              for (MoeLayerTelemetry layer : record.moeLayers()) {
                assertThat(layer.gradientMethod())
                    .isEqualTo(
                        record.key().step() % 50 == 0
                            ? GradientMethod.EXACT
                            : GradientMethod.ONE_PASS);
                assertThat(layer.lmGradP().size()).isEqualTo(12);
                assertThat(layer.lbGradP().size()).isEqualTo(12);
                assertThat(layer.routerCosineAll()).isBetween(-1.0, 1.0);
              }
            });
    assertThat(records.getFirst().tensors()).hasSizeGreaterThan(50);
    assertThat(records.getLast().losses().languageModel())
        .isLessThan(records.getFirst().losses().languageModel());
  }

  @Test
  void shouldShowTheExampleAsItIs() throws Exception {
    String page = Files.readString(Python.FOLDER.resolve("../../../docs/connect-your-trainer.md"));
    String example = Files.readString(Python.FOLDER.resolve("examples/train_moe.py"));

    assertThat(page).contains("```python\n" + example + "```\n");
    for (String name : KnownScalars.names()) {
      if (!name.startsWith("last_command")
          && !Set.of("telemetry_time", "dropped_before").contains(name)) {
        assertThat(page.replace('.', '_')).contains("`" + name + "`");
      }
    }
    Set<String> catalogue =
        Arrays.stream(ErrorId.values()).map(ErrorId::id).collect(Collectors.toSet());
    assertThat(Pattern.compile("EVK-[A-Z-]+[A-Z]").matcher(page).results().map(MatchResult::group))
        .isSubsetOf(catalogue);
  }

  @Test
  void shouldBringTheWholeRecordIntoKafka() throws Exception {
    JsonNode statistics = run("records");

    assertThat(statistics.path("sent").asInt()).as(statistics.toString()).isEqualTo(1);
    StepTelemetry found =
        read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, Map.of(), "python-records").getFirst();
    assertThat(found.wallTime()).isBetween(Instant.now().minusSeconds(600), Instant.now());
    assertThat(found.telemetryTimeMillis()).isPositive();
    assertThat(found).isEqualTo(expected(found.wallTime(), found.telemetryTimeMillis()));
    List<RunSpec> runs = read(Topics.RUNS, Codecs.RUN_SPEC, Map.of(), "python-records");
    RunSpec last = runs.getLast();
    assertThat(runs.getFirst().status()).isEqualTo(RunStatus.RUNNING);
    assertThat(last)
        .isEqualTo(
            new RunSpec(
                "python-records",
                1,
                "Records",
                RunStatus.FINISHED,
                last.started(),
                last.ended(),
                2,
                0,
                9,
                Map.of("d", "8"),
                Map.of(),
                new MoeShape(2, 2, 1, 2, 1.5, 1),
                List.of(
                    new KnobDeclaration(
                        "load_balance.alpha",
                        "",
                        0,
                        1,
                        0.01,
                        0.01,
                        10,
                        5,
                        240,
                        Fallback.BASELINE,
                        "x")),
                List.of(),
                60_000,
                Map.of("team", "a")));
  }

  private static StepTelemetry expected(Instant wallTime, double telemetryTime) {
    return new StepTelemetry(
        new ObservationKey("python-records", 1, LAST_STEP, 0),
        2,
        wallTime,
        12.5,
        telemetryTime,
        4096,
        new Losses(1.5, 1.25, 1e-300, Double.POSITIVE_INFINITY),
        Double.NaN,
        0.5,
        Placement.SHARDED,
        List.of(new TensorTelemetry("layers.0.router", 6, 0.5, 1, 3, 2)),
        new MoeShape(2, 2, 1, 2, 1.5, 1),
        List.of(
            new MoeLayerTelemetry(
                1,
                0.005,
                1.1,
                ExpertLoads.of(3, 1, (1L << 53) + 1),
                ExpertVector.of(0.1, 0.2, Double.NaN),
                ExpertVector.of(1, -2, 3e-200),
                ExpertVector.of(1, 1, 1),
                GradientMethod.ONE_PASS,
                4.0,
                5.0,
                6,
                7,
                8,
                9,
                -0.25,
                0.5,
                10,
                11,
                ExpertVector.of(0, -0.5, 0.5),
                0.125,
                0.75,
                12.0,
                13.0)),
        List.of(new ActivationSums(0, ActivationSite.LAYER_OUT, 5, -1, 2, 3, 4, 6, 2, 1.5, 1)),
        List.of(
            new KnobValue("load_balance.alpha", "", 0.01),
            new KnobValue("learning_rate", "", 3e-4)),
        CommandPosition.NONE,
        Map.of("mine/ümläut", Double.NEGATIVE_INFINITY),
        0);
  }

  @Test
  void shouldBringEveryStepOnceItCanWhenTheGatewayAndTheBrokerWereAway() throws Exception {
    int port = URI.create(gateway.base()).getPort();
    Map<TopicPartition, Long> from = kafka.ends(Topics.TELEMETRY);
    try (Python.Script trainer = start("outage")) {
      awaitMore(0);
      gateway.close();
      gateway = new TestGateway(folder.resolve("again"), kafka.bootstrap(), Limits.STANDARD, port);
      // Another token file: the token is unknown until it is written there again.
      Files.copy(
          folder.resolve("data/gateway/tokens.json"),
          folder.resolve("again/gateway/tokens.json"),
          StandardCopyOption.REPLACE_EXISTING);
      awaitMore(count(from));
      kafka.stop();
      kafka.startAgain();
      awaitMore(count(from));
      trainer.tell("stop");
      JsonNode told = JSON.readTree(good(trainer.end(90)).last());
      System.out.println("a trainer through two outages: " + told);

      Set<Long> steps =
          read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, from, "python-outage").stream()
              .map(record -> record.key().step())
              .collect(Collectors.toCollection(TreeSet::new));
      long taken = told.path("taken").asLong();
      assertThat(told.path("sent").asLong()).isEqualTo(taken);
      assertThat(steps).containsExactlyElementsOf(LongStream.range(0, taken).boxed().toList());
    } finally {
      gateway.close();
      gateway = new TestGateway(folder.resolve("after"), kafka.bootstrap(), Limits.STANDARD);
      gateway.awaitReady();
    }
  }

  private static int count(Map<TopicPartition, Long> from) throws Exception {
    return read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, from, "python-outage").size();
  }

  private static void awaitMore(int than) throws Exception {
    Await.until("more steps", Duration.ofSeconds(60), () -> count(Map.of()) > than);
  }

  @Test
  void shouldDoWhatTheControllerSaysAndAnswer() throws Exception {
    Map<TopicPartition, Long> acks = kafka.ends(Topics.ACKS);
    try (Python.Script trainer = start("control")) {
      Await.until(
          "declared",
          Duration.ofSeconds(60),
          () -> !read(Topics.RUNS, Codecs.RUN_SPEC, Map.of(), "python-control").isEmpty());
      command(1, new SetKnob("load_balance.alpha", "", 0.5, null));
      command(2, new SetKnob("load_balance.alpha", "", 0.02, null));
      command(3, new RunAction("save_checkpoint", Map.of("where", "here")));
      JsonNode told = JSON.readTree(good(trainer.end(60)).last());

      assertThat(told.path("saved").asString()).isEqualTo("here");
      assertThat(told.path("alpha").asDouble()).isEqualTo(0.02);
    }
    List<CommandAck> answers = read(Topics.ACKS, Codecs.COMMAND_ACK, acks, "python-control");
    assertThat(answers)
        .extracting(ack -> ack.position().sequence(), CommandAck::status, CommandAck::errorId)
        .containsExactly(
            tuple(1L, AckStatus.REJECTED, ErrorId.KNOB_FACTOR.id()),
            tuple(2L, AckStatus.APPLIED, ""),
            tuple(3L, AckStatus.APPLIED, ""));
    assertThat(answers.get(1).from()).isEqualTo(0.01);
    assertThat(answers.get(1).to()).isEqualTo(0.02);
    StepTelemetry last =
        read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, Map.of(), "python-control").getLast();
    assertThat(last.lastCommand()).isEqualTo(new CommandPosition(7, 3));
    assertThat(last.knobs()).contains(new KnobValue("load_balance.alpha", "", 0.02));
  }

  private static void command(long sequence, CommandBody body) throws Exception {
    Command command =
        new Command(
            "python-control",
            0,
            new CommandPosition(7, sequence),
            Instant.now(),
            Instant.now().plusSeconds(600),
            1,
            body,
            "operator:test",
            "a test");
    kafka.send(Topics.COMMANDS, command.run(), Codecs.COMMAND.encode(command)).get();
  }

  @Test
  void shouldTrainOnAndSayWhyWhenTheTokenIsForOtherRuns() throws Exception {
    String token =
        gateway.tokens().create("other", new RunPattern("other-*"), Instant.now(), null).secret();
    Map<String, String> environment =
        Map.of("EVENKEEL_URL", gateway.base(), "EVENKEEL_TOKEN", token);
    // The gateway reads its token file when it changes, at its own pace.
    Await.until(
        "the token is known",
        Duration.ofSeconds(30),
        () -> doctor(environment, "other-1").status() == 0);
    try (Python.Script trainer = python.start(environment, "tests/real_gateway.py", "foreign")) {
      Python.Ended ended = good(trainer.end(60));
      JsonNode told = JSON.readTree(ended.last());
      assertThat(told.path("taken").asInt()).isEqualTo(10);
      assertThat(told.path("dropped").asInt()).isEqualTo(10);
      assertThat(ended.errors()).contains(ErrorId.GATEWAY_SCOPE.id());
    }
    Python.Ended refused = doctor(environment, "mine");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.output()).contains(ErrorId.GATEWAY_SCOPE.id());
    assertThat(read(Topics.TELEMETRY, Codecs.STEP_TELEMETRY, Map.of(), "python-foreign")).isEmpty();
  }

  private static Python.Ended doctor(Map<String, String> environment, String run) throws Exception {
    try (Python.Script doctor =
        python.start(environment, "-m", "evenkeel", "doctor", "--run", run)) {
      return doctor.end(60);
    }
  }

  @Test
  void shouldKnowTheNamesThatTheOthersKnow() throws Exception {
    List<String> names = new ArrayList<>(KnownScalars.names());
    for (String name : KnownScalars.names()) {
      names.addAll(
          List.of(
              "train/" + name,
              "Evenkeel.Training: " + name,
              "metrics optim " + name,
              "optim_metrics_" + name,
              name + "_ms",
              name + "_seconds",
              name.toUpperCase(Locale.ROOT) + "-ns",
              "eval_" + name,
              name + "s",
              name.replace('_', '/')));
    }
    names.addAll(List.of("_", "_ms", "train_", "train_train_loss", " loss ", "aux_loss", "step_"));
    try (Python.Script script = start("names")) {
      for (String name : names) {
        script.tell(JSON.writeValueAsString(name));
      }
      List<String> answers = good(script.end(60)).output().lines().toList();
      assertThat(answers).hasSize(names.size() + 1);
      for (int i = 0; i < names.size(); i++) {
        JsonNode found = JSON.readTree(answers.get(i));
        var expected = KnownScalars.find(names.get(i));
        assertThat(found.isNull()).as(names.get(i)).isEqualTo(expected.isEmpty());
        if (expected.isPresent()) {
          assertThat(meaning(found)).as(names.get(i)).isEqualTo(meaning(expected.get()));
        }
      }
      assertThat(JSON.readValue(answers.getLast(), String[].class))
          .containsExactlyElementsOf(new TreeSet<>(KnownScalars.names()));
    }
  }

  private static List<Object> meaning(JsonNode target) {
    return List.of(
        target.get(0).asString() + "." + target.get(1).asString(),
        target.get(2).asDouble(),
        target.get(3).asInt());
  }

  private static List<Object> meaning(KnownScalars.Known known) {
    String field =
        switch (known.field()) {
          case LANGUAGE_MODEL_LOSS -> "losses.languageModel";
          case LOAD_BALANCE_LOSS -> "losses.loadBalance";
          case HIDDEN_Z_LOSS -> "losses.hiddenZ";
          case TOTAL_LOSS -> "losses.total";
          case GRADIENT_NORM -> "fields.gradientNorm";
          case CLIP_COEFFICIENT -> "fields.clipCoefficient";
          case STEP_TIME -> "fields.stepTimeMillis";
          case TELEMETRY_TIME -> "fields.telemetryTimeMillis";
          case TOKENS -> "fields.tokens";
          case DROPPED_BEFORE -> "fields.droppedBefore";
          case LAST_COMMAND_EPOCH -> "fields.lastCommandEpoch";
          case LAST_COMMAND_SEQUENCE -> "fields.lastCommandSequence";
          case KNOB -> "knobs." + known.knob();
        };
    return List.of(field, known.scale(), known.preference());
  }

  @Test
  void shouldNameOnlyErrorsOfTheCatalogue() throws Exception {
    Set<String> catalogue =
        Arrays.stream(ErrorId.values()).map(ErrorId::id).collect(Collectors.toSet());
    for (String file : List.of("evenkeel.py", "evenkeel_torch.py")) {
      Stream<String> named =
          Pattern.compile("EVK-[A-Z-]+[A-Z]")
              .matcher(Files.readString(Python.FOLDER.resolve(file)))
              .results()
              .map(MatchResult::group);
      assertThat(named).isSubsetOf(catalogue);
    }
  }
}
