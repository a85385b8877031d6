package io.evenkeel.trainer.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.trainer.ops.TensorOps;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The golden cases on every backend. {@code src/test/golden/make_golden.py} writes such files with
 * PyTorch: {@code make FOLDER} all of the odd-sized cases, of which two are kept here.
 */
final class TrainerGoldenTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path folder;
  private final List<String> lines = new ArrayList<>();

  static Stream<TensorOps> backends() {
    return Stream.of(
        new ReferenceTensorOps(), CpuTensorOps.create(1), CpuTensorOps.withPlainLoops());
  }

  private GoldenCheck.Totals check(TensorOps ops) throws IOException {
    return new GoldenCheck(List.of(ops), lines::add).run(GoldenCheck.cases(folder));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void shouldPassEveryCaseWhenNothingIsChanged(TensorOps ops) throws IOException {
    GoldenFiles.NAMES.forEach(name -> GoldenFiles.unpack(name, folder));

    GoldenCheck.Totals totals = check(ops);

    assertThat(lines).last().isEqualTo(GoldenFiles.NAMES.size() + " passed, 0 failed");
    assertThat(totals.good()).as(() -> String.join("\n", lines)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/params_after/head/data/17",
        "/grads/layers.1.experts.w_up/data/3",
        "/forward/R/1/data/5",
        "/forward/logits_digest/probe",
        "/z_grad/data/9",
        "/signals/1/r_z",
        "/signals/0/lm_grad_P/2",
        "/signals/0/act_moe_out/kurtosis",
        "/signals/1/expert_output_cos",
        "/steps/2/eps_check/head/grad_rms",
        "/steps/1/mu",
        "/bias_after/1/0",
        "/growth/hidden_digest/first8/4",
        "/growth/loss_lb"
      })
  void shouldFailAndNameThePlaceWhenOneNumberIsChanged(String pointer) throws IOException {
    JsonNode tree = read();
    double changed = 1.001 * tree.at(pointer).doubleValue();
    assertThat(tree.at(pointer).isNumber()).isTrue();
    replace(tree, JsonPointer.compile(pointer), changed);
    write(tree);

    check(new ReferenceTensorOps());

    String place = pointer.substring(1).replaceAll("/(\\d+)(?=/|$)", "[$1]");
    assertThat(lines).anySatisfy(line -> assertThat(line).contains(place).contains("" + changed));
    assertThat(lines).last().isEqualTo("0 passed, 1 failed");
  }

  @Test
  void shouldFailWhenASelectionIsChanged() throws IOException {
    JsonNode tree = read();
    ArrayNode row = (ArrayNode) tree.at("/forward/sel/0/4");
    row.set(0, (row.get(0).intValue() + 1) % 6);
    write(tree);

    check(CpuTensorOps.create(1));

    assertThat(lines).anySatisfy(line -> assertThat(line).contains("forward/sel[0][4][0]"));
  }

  @Test
  void shouldFailWhenAKeyIsUnknown() throws IOException {
    JsonNode tree = read();
    ((ObjectNode) tree.at("/signals/0")).put("new_signal", 1.5);
    write(tree);

    check(new ReferenceTensorOps());

    assertThat(lines).anySatisfy(line -> assertThat(line).contains("signals[0]/new_signal"));
  }

  @Test
  void shouldFailWhenAKeyIsMissing() throws IOException {
    JsonNode tree = read();
    ((ObjectNode) tree.at("/steps/1/eps_check")).remove("norm_final");
    write(tree);

    check(new ReferenceTensorOps());

    assertThat(lines)
        .anySatisfy(line -> assertThat(line).contains("steps[1]/eps_check/norm_final"));
  }

  @Test
  void shouldPassWithoutAGrownModelWhenTheFileHasNone() throws IOException {
    JsonNode tree = read();
    ((ObjectNode) tree).remove("growth");
    write(tree);

    assertThat(check(new ReferenceTensorOps()).good()).as(() -> String.join("\n", lines)).isTrue();
  }

  @Test
  void shouldFailWhenTheFileIsCutShort() throws IOException {
    byte[] whole = Files.readAllBytes(GoldenFiles.unpack("p1_tiny", folder));
    Files.write(folder.resolve("p1_tiny.json"), java.util.Arrays.copyOf(whole, whole.length / 2));

    GoldenCheck.Totals totals = check(new ReferenceTensorOps());

    assertThat(totals).isEqualTo(new GoldenCheck.Totals(0, 1));
  }

  private JsonNode read() throws IOException {
    return JSON.readTree(GoldenFiles.unpack("p1_tiny", folder).toFile());
  }

  private void write(JsonNode tree) throws IOException {
    JSON.writeValue(folder.resolve("p1_tiny.json").toFile(), tree);
  }

  private static void replace(JsonNode tree, JsonPointer pointer, double value) {
    JsonNode parent = tree.at(pointer.head());
    if (parent instanceof ArrayNode array) {
      array.set(pointer.last().getMatchingIndex(), JSON.getNodeFactory().numberNode(value));
    } else {
      ((ObjectNode) parent).put(pointer.last().getMatchingProperty(), value);
    }
  }
}
