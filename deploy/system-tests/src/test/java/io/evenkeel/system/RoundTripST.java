package io.evenkeel.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A run leaves as JSON lines, comes back, and is the same: its signals and its alerts. */
@ExtendWith(SharedStack.class)
@Order(35)
class RoundTripST {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int STEPS = 300;
  private static final int SPIKE = 200;
  private static final int TOKENS = 64;

  /** Stored vectors have seven digits, and so has what is computed of them again. */
  private static final double RELATIVE = 1e-5;

  private static final double ABSOLUTE = 1e-7;

  /** When it was merged, by whom it is told. */
  private static final List<String> ITS_OWN = List.of("run", "emitted_at");

  @TempDir Path dir;

  @Test
  void shouldComeToTheSameSignalsAndAlertsWhenAnExportIsReplayed(Evenkeel evenkeel)
      throws Exception {
    Path log = write(dir.resolve("log.jsonl"));
    Path first = dir.resolve("first.jsonl");
    Path second = dir.resolve("second.jsonl");
    JsonNode original = replay(evenkeel, log, "trip-out");
    export(evenkeel, "trip-out", first);

    JsonNode replayed = replay(evenkeel, first, "trip-back");
    export(evenkeel, "trip-back", second);

    assertThat(replayed.at("/format").asText()).isEqualTo("evenkeel_steps");
    assertThat(replayed.at("/observations/added").asLong()).isEqualTo(STEPS);
    assertThat(replayed.at("/skipped")).isEmpty();
    assertThat(incidents(original)).contains("loss-spike critical").hasSizeGreaterThan(1);
    assertThat(alerts(replayed)).isEqualTo(alerts(original));

    List<String> out = Files.readAllLines(first);
    List<String> back = Files.readAllLines(second);
    assertThat(out).hasSize(STEPS);
    assertThat(back).hasSize(STEPS);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      ObjectNode one = (ObjectNode) MAPPER.readTree(out.get(i));
      ObjectNode other = (ObjectNode) MAPPER.readTree(back.get(i));
      one.remove(ITS_OWN);
      other.remove(ITS_OWN);
      compare("step " + i, one, other, differences);
    }
    assertThat(differences).isEmpty();
  }

  private static void compare(String where, JsonNode one, JsonNode other, List<String> found) {
    if (one.isObject() && other.isObject()) {
      TreeSet<String> names = new TreeSet<>();
      one.fieldNames().forEachRemaining(names::add);
      other.fieldNames().forEachRemaining(names::add);
      names.forEach(name -> compare(where + "/" + name, one.path(name), other.path(name), found));
    } else if (one.isArray() && other.isArray() && one.size() == other.size()) {
      for (int i = 0; i < one.size(); i++) {
        compare(where + "/" + i, one.get(i), other.get(i), found);
      }
    } else if (one.isNumber() && other.isNumber()) {
      double a = one.asDouble();
      double b = other.asDouble();
      if (Math.abs(a - b) > ABSOLUTE + RELATIVE * Math.max(Math.abs(a), Math.abs(b))) {
        found.add(where + ": " + a + ", then " + b);
      }
    } else if (!one.equals(other)) {
      found.add(where + ": " + one + ", then " + other);
    }
  }

  private static List<String> alerts(JsonNode report) {
    List<String> alerts = new ArrayList<>();
    for (JsonNode alert : report.at("/alerts")) {
      alerts.add(
          String.join(
              " ",
              alert.at("/rule").asText(),
              alert.at("/scope").asText(),
              alert.at("/metric").asText(),
              alert.at("/severity").asText(),
              alert.at("/fired_step").asText(),
              alert.at("/resolved_step").asText()));
    }
    return alerts;
  }

  private static List<String> incidents(JsonNode report) {
    List<String> incidents = new ArrayList<>();
    report
        .at("/alerts")
        .forEach(
            alert ->
                incidents.add(alert.at("/rule").asText() + " " + alert.at("/severity").asText()));
    return incidents;
  }

  private JsonNode replay(Evenkeel evenkeel, Path log, String run) throws Exception {
    Path report = dir.resolve(run + ".json");
    Evenkeel.run(
        "replay",
        log.toString(),
        "--run",
        run,
        "--report",
        report.toString(),
        "--data",
        evenkeel.data().toString());
    return Evenkeel.json(report);
  }

  private static void export(Evenkeel evenkeel, String run, Path file) throws Exception {
    Evenkeel.run(
        "export",
        run,
        "--format",
        "jsonl",
        "--out",
        file.toString(),
        "--data",
        evenkeel.data().toString());
  }

  /** A mixture of experts of two layers in all that can be told, with a spike and a NaN. */
  private static Path write(Path log) throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    List<String> lines = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      boolean spike = step >= SPIKE && step < SPIKE + 8;
      double loss = 2 + 2 / (1 + step / 50.0) + 0.01 * random.nextGaussian() + (spike ? 4 : 0);
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"run\":\"origin\",\"incarnation\":%d,\"step\":\"%d\",\"wallTimeMicros\":\"%d\",\"stepTimeMillis\":%s,"
                  + "\"telemetryTimeMillis\":0.5,\"tokens\":\"%d\",\"gradientNorm\":%s,\"clipCoefficient\":0.9,"
                  + "\"losses\":{\"languageModel\":%s,\"loadBalance\":1.1,\"hiddenZ\":0.01,\"total\":%s},"
                  + "\"moeShape\":{\"layers\":2,\"ffnExperts\":3,\"zeroExperts\":1,\"topK\":2,\"ffnExpertsTarget\":1.5,\"groups\":1},"
                  + "\"moeLayers\":[%s,%s],\"activations\":[%s],\"tensorPlacement\":\"PLACEMENT_REPLICATED\",\"tensors\":[%s],"
                  + "\"knobs\":[{\"knob\":\"load_balance.alpha\",\"value\":0.02},{\"knob\":\"adam.epsilon\",\"value\":1e-8}],"
                  + "\"scalars\":{\"eval/accuracy\":%s}}",
              step < 150 ? 0 : 1,
              step,
              1_770_000_000_000_000L + step * 250_000L,
              200 + 5 * random.nextDouble(),
              TOKENS,
              0.5 + 0.02 * random.nextGaussian(),
              step == 100 ? "\"NaN\"" : Double.toString(loss),
              loss + 1,
              layer(0, random),
              layer(1, random),
              activation(random),
              tensor(random),
              random.nextDouble()));
    }
    return Files.write(log, lines);
  }

  private static String layer(int layer, SplittableRandom random) {
    int first = 40 + random.nextInt(8);
    double ratio = layer == 0 ? 0.05 : 0.4;
    return String.format(
        Locale.ROOT,
        "{\"layer\":%d,\"loadBalanceCoefficient\":0.01,\"loadBalanceLoss\":1.1,\"load\":[%d,%d,16,32],"
            + "\"probabilitySums\":[24.5,20.25,11.5,7.75],\"lmGradP\":[%s,-3,2,1],\"lbGradP\":[%s,0,0,%s],"
            + "\"gradientMethod\":\"GRADIENT_METHOD_EXACT\",\"lmGradZSumSquares\":2.5,\"lbGradZSumSquares\":%s,"
            + "\"routerZSum\":%s,\"routerLogitMaxAbs\":5.5,\"tokenEntropySum\":%s,\"routerNonFinite\":%d,"
            + "\"routerCosineAll\":0.1,\"routerCosineFfn\":0.2,\"ffnExpertsSum\":96,\"ffnExpertsSumSquares\":160,"
            + "\"selectionBias\":[0.01,-0.02,0.005,0.005]%s}",
        layer,
        first,
        80 - first,
        5 + random.nextDouble(),
        ratio * 600,
        ratio * 10,
        3 + random.nextDouble(),
        TOKENS * (4 + random.nextDouble()),
        TOKENS * 0.8,
        random.nextInt(20) == 0 ? 2 : 0,
        random.nextInt(3) == 0 ? ",\"top1Churn\":0.02,\"expertOutputCosine\":0.3" : "");
  }

  private static String activation(SplittableRandom random) {
    double mean = 0.1 + 0.01 * random.nextGaussian();
    return String.format(
        Locale.ROOT,
        "{\"layer\":1,\"site\":\"ACTIVATION_SITE_MOE_IN\",\"count\":\"4096\",\"sum\":%s,\"sumSquares\":%s,\"sumCubes\":%s,"
            + "\"sumFourths\":%s,\"maxAbs\":6.5,\"aboveThreshold\":\"17\",\"threshold\":5}",
        4096 * mean,
        4096 * (1 + mean * mean),
        4096 * (0.2 + 3 * mean + mean * mean * mean),
        4096 * (4 + 0.8 * mean + 6 * mean * mean + Math.pow(mean, 4)));
  }

  private static String tensor(SplittableRandom random) {
    return String.format(
        Locale.ROOT,
        "{\"name\":\"embed\",\"elements\":\"1000\",\"sumSquares\":%s,\"nonFinite\":\"1\",\"belowEpsilon\":\"%d\","
            + "\"belowEpsilonNonzero\":\"3\"}",
        1e-4 * (1 + random.nextDouble()),
        3 + random.nextInt(50));
  }
}
