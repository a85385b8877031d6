package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A trainer that somebody could have written with the documents alone: one MoE layer whose
 * load-balance loss pulls at the router in proportion to alpha, which it lets Evenkeel turn.
 */
final class HttpTrainer {
  private static final String ALPHA = "load_balance.alpha";

  /** R_g at alpha 1; ten times what is allowed and more. */
  private static final double RATIO_AT_ONE = 1.5;

  private static final Duration STEP = Duration.ofMillis(25);
  private static final int EXPERTS = 4;
  private static final int TOKENS = 1024;

  private final GatewayClient gateway;
  private final String run;
  private final AtomicReference<JsonNode> commanded = new AtomicReference<>();
  private final Thread listener;
  private volatile boolean ended;
  private volatile Throwable fault;
  private double alpha = 1;
  private long epoch;
  private long sequence;
  private long step;
  private int applied;

  HttpTrainer(GatewayClient gateway, String run) {
    this.gateway = gateway;
    this.run = run;
    this.listener = Thread.ofPlatform().daemon().name("commands of " + run).unstarted(this::listen);
  }

  /** Declares the run and its knob, and begins to listen for commands. */
  void declare() throws IOException, InterruptedException {
    accepted(gateway.post("api/v1/runs", declaration("RUN_STATUS_RUNNING", "")));
    listener.start();
  }

  /** Trains until so many commands have been obeyed. */
  void trainUntilApplied(int commands, int mostSteps) throws IOException, InterruptedException {
    while (applied < commands) {
      assertThat(fault).isNull();
      assertThat(step).as("steps, with %d commands obeyed", applied).isLessThan(mostSteps);
      oneStep();
    }
  }

  /** Trains on. */
  void train(int steps) throws IOException, InterruptedException {
    for (int i = 0; i < steps; i++) {
      oneStep();
    }
  }

  /** Trains on as long as it is wanted. */
  void trainWhile(BooleanSupplier wanted) throws IOException, InterruptedException {
    while (wanted.getAsBoolean()) {
      assertThat(fault).isNull();
      oneStep();
    }
  }

  /** Says that the run is over. */
  void finish() throws IOException, InterruptedException {
    ended = true;
    listener.join();
    assertThat(fault).isNull();
    accepted(
        gateway.post(
            "api/v1/runs",
            declaration("RUN_STATUS_FINISHED", ",\"endedMicros\":\"" + micros() + "\"")));
  }

  long steps() {
    return step;
  }

  int applied() {
    return applied;
  }

  double alpha() {
    return alpha;
  }

  private void oneStep() throws IOException, InterruptedException {
    JsonNode command = commanded.getAndSet(null);
    if (command != null) {
      obey(command);
    }
    accepted(gateway.post("api/v1/telemetry", telemetry()));
    step++;
    LockSupport.parkNanos(STEP.toNanos());
  }

  private void obey(JsonNode command) throws IOException, InterruptedException {
    double before = alpha;
    alpha = command.at("/setKnob/value").asDouble();
    epoch = command.at("/epoch").asLong();
    sequence = command.at("/sequence").asLong();
    String ack =
        String.format(
            Locale.ROOT,
            "{\"run\":\"%s\",\"epoch\":\"%d\",\"sequence\":\"%d\",\"status\":\"ACK_STATUS_APPLIED\",\"step\":\"%d\","
                + "\"knob\":\"%s\",\"from\":%s,\"to\":%s}",
            run,
            epoch,
            sequence,
            step,
            ALPHA,
            before,
            alpha);
    accepted(gateway.post("api/v1/runs/" + run + "/acks", ack));
    applied++;
  }

  private void listen() {
    long after = 0;
    long lease = 0;
    try {
      while (!ended) {
        GatewayClient.Answer answer =
            gateway.get(
                "api/v1/runs/" + run + "/commands?after=" + after + "&lease=" + lease + "&wait=2");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        for (JsonNode command : answer.json().at("/commands")) {
          if (command.has("lease")) {
            lease = Math.max(lease, command.at("/lease/validUntilMicros").asLong());
          } else {
            assertThat(command.at("/setKnob/knob").asText()).as(answer.body()).isEqualTo(ALPHA);
            after = command.at("/sequence").asLong();
            commanded.set(command);
          }
        }
      }
    } catch (IOException | InterruptedException | AssertionError e) {
      fault = e;
    }
  }

  private String declaration(String status, String more) {
    return String.format(
        Locale.ROOT,
        "{\"run\":\"%s\",\"status\":\"%s\",\"leaseMillis\":30000,\"model\":{\"kind\":\"by hand\"},"
            + "\"moeShape\":{\"layers\":1,\"ffnExperts\":%d,\"topK\":2,\"ffnExpertsTarget\":2,\"groups\":1},"
            + "\"knobs\":[{\"knob\":\"%s\",\"minimum\":0,\"maximum\":100,\"initial\":1,\"baseline\":1,\"maxFactor\":10,"
            + "\"cooldownSteps\":5,\"maxChangesPerHour\":120,\"fallback\":\"FALLBACK_HOLD\"}]%s}",
        run,
        status,
        EXPERTS,
        ALPHA,
        more);
  }

  private String telemetry() {
    double lmGradient = TOKENS / RATIO_AT_ONE;
    return String.format(
        Locale.ROOT,
        "{\"run\":\"%s\",\"step\":\"%d\",\"stepTimeMillis\":%d,\"tokens\":\"%d\",\"gradientNorm\":0.5,"
            + "\"losses\":{\"languageModel\":3.0,\"loadBalance\":1.0,\"total\":%s},"
            + "\"moeShape\":{\"layers\":1,\"ffnExperts\":%d,\"topK\":2,\"ffnExpertsTarget\":2,\"groups\":1},"
            + "\"moeLayers\":[{\"layer\":0,\"loadBalanceCoefficient\":%s,\"loadBalanceLoss\":1.0,"
            + "\"load\":[512,512,512,512],\"probabilitySums\":[256,256,256,256],"
            + "\"lmGradP\":%s,\"lbGradP\":%s,\"gradientMethod\":\"GRADIENT_METHOD_EXACT\","
            + "\"routerZSum\":4096,\"routerLogitMaxAbs\":4,\"tokenEntropySum\":900,"
            + "\"ffnExpertsSum\":2048,\"ffnExpertsSumSquares\":4096}],"
            + "\"knobs\":[{\"knob\":\"%s\",\"value\":%s}],"
            + "\"lastCommandEpoch\":\"%d\",\"lastCommandSequence\":\"%d\"}",
        run,
        step,
        STEP.toMillis(),
        TOKENS,
        3 + alpha,
        EXPERTS,
        alpha,
        four(lmGradient),
        four(TOKENS),
        ALPHA,
        alpha,
        epoch,
        sequence);
  }

  private static String four(double value) {
    return "[" + value + "," + value + "," + value + "," + value + "]";
  }

  private static long micros() {
    return System.currentTimeMillis() * 1000;
  }

  private static void accepted(GatewayClient.Answer answer) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().at("/accepted").asInt()).as(answer.body()).isEqualTo(1);
  }
}
