package io.evenkeel.trainer.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.trainer.checkpoint.Manifest.DataPosition;
import io.evenkeel.trainer.checkpoint.Manifest.Kind;
import io.evenkeel.trainer.checkpoint.Manifest.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The JSON file beside the tensors. It is written last and names size and checksum of the tensors'
 * file: without it, or when they disagree, there is no checkpoint.
 */
final class ManifestFile {
  static final String FORMAT = "evenkeel-checkpoint/1";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final long MAX_BYTES = 16 << 20;

  private ManifestFile() {}

  /**
   * What the file says.
   *
   * @param manifest of the checkpoint
   * @param tensors size and checksum of the tensors' file
   */
  record Contents(Manifest manifest, DurableFile.Written tensors) {}

  static void write(Path file, Manifest manifest, DurableFile.Written tensors) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", FORMAT);
    root.put("run", manifest.run());
    root.put("incarnation", manifest.incarnation());
    root.put("next_step", manifest.nextStep());
    root.put("updates", manifest.updates());
    ObjectNode knobs = root.putObject("knobs");
    manifest.knobs().forEach(knobs::put);
    manifest.commanded().stream().sorted().forEach(root.putArray("commanded")::add);
    ObjectNode data = root.putObject("data");
    data.put("seed", manifest.data().seed());
    data.put("passed_over", manifest.data().passedOver());
    root.put("backend", manifest.backend());
    root.put("precision", manifest.precision());
    root.put("config_digest", Fingerprint.digest(manifest.model(), manifest.course()));
    texts(root.putObject("model"), manifest.model());
    texts(root.putObject("course"), manifest.course());
    ArrayNode lineage = root.putArray("lineage");
    for (Origin origin : manifest.lineage()) {
      ObjectNode node = lineage.addObject();
      node.put("kind", origin.kind().name());
      node.put("run", origin.run());
      node.put("incarnation", origin.incarnation());
      node.put("step", origin.step());
      node.put("times", origin.times());
    }
    ObjectNode pair = root.putObject("tensors");
    pair.put("bytes", tensors.bytes());
    pair.put("crc32c", tensors.crc32c());
    byte[] bytes = JSON.writeValueAsBytes(root);
    DurableFile.replace(file, sink -> sink.write(ByteBuffer.wrap(bytes)));
  }

  private static void texts(ObjectNode node, Map<String, String> texts) {
    texts.forEach(node::put);
  }

  /**
   * Reads a file.
   *
   * @throws CheckpointException when it is damaged or of another format
   */
  static Contents read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new CheckpointException(file + " is too large for the state of a checkpoint");
    }
    try {
      JsonNode root = JSON.readTree(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      if (!root.path("format").asText().equals(FORMAT)) {
        throw new CheckpointException(file + " is not the state of a checkpoint, " + FORMAT);
      }
      return contents(root);
    } catch (JacksonException | IllegalArgumentException | ArithmeticException e) {
      throw new CheckpointException(file + " is damaged: " + e.getMessage());
    }
  }

  private static Contents contents(JsonNode root) {
    Map<String, Double> knobs = new LinkedHashMap<>();
    need(root, "knobs").properties().forEach(e -> knobs.put(e.getKey(), real(e.getValue())));
    Set<String> commanded = new HashSet<>();
    need(root, "commanded").forEach(name -> commanded.add(name.asText()));
    JsonNode data = need(root, "data");
    List<Origin> lineage = new ArrayList<>();
    for (JsonNode origin : need(root, "lineage")) {
      lineage.add(
          new Origin(
              Kind.valueOf(text(origin, "kind")),
              text(origin, "run"),
              Math.toIntExact(whole(origin, "incarnation")),
              whole(origin, "step"),
              Math.toIntExact(whole(origin, "times"))));
    }
    Manifest manifest =
        new Manifest(
            text(root, "run"),
            Math.toIntExact(whole(root, "incarnation")),
            whole(root, "next_step"),
            whole(root, "updates"),
            knobs,
            commanded,
            new DataPosition(whole(data, "seed"), whole(data, "passed_over")),
            text(root, "backend"),
            text(root, "precision"),
            texts(need(root, "model")),
            texts(need(root, "course")),
            lineage);
    JsonNode pair = need(root, "tensors");
    return new Contents(
        manifest, new DurableFile.Written(whole(pair, "bytes"), whole(pair, "crc32c")));
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> texts = new LinkedHashMap<>();
    node.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  private static JsonNode need(JsonNode node, String name) {
    JsonNode child = node.get(name);
    if (child == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return child;
  }

  private static String text(JsonNode node, String name) {
    return need(node, name).asText();
  }

  private static long whole(JsonNode node, String name) {
    JsonNode child = need(node, name);
    if (!child.isIntegralNumber() || !child.canConvertToLong()) {
      throw new IllegalArgumentException(name + " is not a whole number");
    }
    return child.longValue();
  }

  /** NaN and infinity are written as texts. */
  private static double real(JsonNode value) {
    return value.isNumber() ? value.doubleValue() : Double.parseDouble(value.asText());
  }
}
