package io.evenkeel.trainer.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.testing.SeededCases;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged golden files: each fails in a line, and none takes the check down or passes unseen. */
final class GoldenFileFuzzTest {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(com.fasterxml.jackson.core.json.JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> INPUTS =
      List.of("config", "optimizer", "B", "S", "params", "bias", "batches", "growth");

  @TempDir Path folder;

  @Test
  void shouldFailInALineWhenAnInputIsReplaced() throws IOException {
    Path source = GoldenFiles.unpack("all_selected", folder);
    byte[] whole = Files.readAllBytes(source);
    SeededCases.forEach(
        40,
        random -> {
          ObjectNode tree = (ObjectNode) JSON.readTree(whole);
          String damage = damage(tree, INPUTS.get(random.nextInt(INPUTS.size())), random);
          Files.write(source, JSON.writeValueAsBytes(tree));
          List<String> lines = new ArrayList<>();

          GoldenCheck.Totals totals = check(lines);

          assertThat(totals).as(damage).isEqualTo(new GoldenCheck.Totals(0, 1));
          assertThat(lines.getFirst()).startsWith("FAIL all_selected.json reference: ");
        });
  }

  @Test
  void shouldFailInALineWhenBytesAreCutOrChanged() throws IOException {
    Path source = GoldenFiles.unpack("all_selected", folder);
    byte[] whole = Files.readAllBytes(source);
    SeededCases.forEach(
        20,
        random -> {
          byte[] damaged = java.util.Arrays.copyOf(whole, random.nextInt(whole.length));
          if (damaged.length > 0 && random.nextBoolean()) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
          }
          Files.write(source, damaged);

          assertThat(check(new ArrayList<>())).isEqualTo(new GoldenCheck.Totals(0, 1));
        });
  }

  private GoldenCheck.Totals check(List<String> lines) throws IOException {
    return new GoldenCheck(List.of(new ReferenceTensorOps()), lines::add)
        .run(GoldenCheck.cases(folder));
  }

  /** Replaces or removes one node under {@code top}; what was done, for people. */
  private static String damage(ObjectNode tree, String top, RandomGenerator random) {
    JsonNode parent = tree;
    String place = top;
    JsonNode node = tree.get(top);
    int index = -1;
    String name = top;
    while (node.isContainerNode() && !node.isEmpty() && random.nextInt(5) > 0) {
      parent = node;
      index = random.nextInt(node.size());
      if (node.isArray()) {
        node = node.get(index);
        place += "[" + index + "]";
      } else {
        name = node.properties().stream().skip(index).findFirst().orElseThrow().getKey();
        node = node.get(name);
        place += "/" + name;
      }
    }
    JsonNode instead = replacement(node, random);
    switch (parent) {
      case ArrayNode list -> list.set(index, instead);
      case ObjectNode object -> object.set(name, instead);
      default -> throw new IllegalStateException("only lists and objects have children");
    }
    return place + ": " + node + " became " + instead;
  }

  private static JsonNode replacement(JsonNode old, RandomGenerator random) {
    return switch (random.nextInt(7)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.textNode("3");
      case 2 -> NODES.numberNode(Integer.MAX_VALUE);
      case 3 -> NODES.numberNode(old.isIntegralNumber() ? -1 : -1e300);
      case 4 -> NODES.arrayNode().add(1).add(NODES.arrayNode());
      case 5 -> NODES.objectNode();
      default -> NODES.numberNode(1e18);
    };
  }
}
