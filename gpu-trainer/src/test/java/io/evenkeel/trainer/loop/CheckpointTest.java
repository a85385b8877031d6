package io.evenkeel.trainer.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evenkeel.client.memory.MemoryBroker;
import io.evenkeel.contract.run.Knobs;
import io.evenkeel.trainer.checkpoint.Checkpoint;
import io.evenkeel.trainer.checkpoint.CheckpointException;
import io.evenkeel.trainer.checkpoint.Manifest.Kind;
import io.evenkeel.trainer.checkpoint.RunFolder;
import io.evenkeel.trainer.checkpoint.TrainingState;
import io.evenkeel.trainer.ops.cpu.CpuTensorOps;
import io.evenkeel.trainer.ops.reference.ReferenceTensorOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointTest {
  @TempDir Path data;
  private final List<LoopRig> rigs = new ArrayList<>();

  @AfterEach
  void close() {
    rigs.forEach(LoopRig::close);
  }

  private LoopRig rig(String folder) {
    LoopRig rig = new LoopRig(new MemoryBroker(), data.resolve(folder), 1, 1);
    rigs.add(rig);
    return rig;
  }

  private static RunPosition resume(LoopRig rig, int incarnation) throws IOException {
    return rig.keeper().orElseThrow().resume(incarnation).orElseThrow();
  }

  private static TrainingState state(LoopRig rig) {
    Replica leader = rig.team.leader();
    return new TrainingState(leader.ops(), leader.state(), leader.optimizer());
  }

  private static Checkpoint newest(LoopRig rig) throws IOException {
    return rig.folder.orElseThrow().checkpoints().getFirst();
  }

  private static Path stateFile(Path tensors) {
    return tensors.resolveSibling(
        tensors.getFileName().toString().replace(".safetensors", ".json"));
  }

  @Test
  void shouldEqualAnUnbrokenRunToTheLastBitWhenResumed() throws IOException {
    LoopRig unbroken = rig("unbroken");
    unbroken.train(30);
    rig("broken").train(13);
    LoopRig second = rig("broken");
    RunPosition from = resume(second, 1);
    second.loop(from).run(30, new StopRequest());

    assertThat(from.step()).isEqualTo(13);
    assertThat(from.lineage())
        .singleElement()
        .satisfies(origin -> assertThat(origin.kind()).isEqualTo(Kind.RESUMED));
    assertThat(second.weights()).isEqualTo(unbroken.weights());
    assertThat(Files.readAllBytes(newest(second).tensors()))
        .isEqualTo(Files.readAllBytes(newest(unbroken).tensors()));
  }

  @Test
  void shouldSayWhereTheRunStandsAndWhatMadeIt() throws IOException {
    LoopRig rig = rig("run");
    rig.train(13);

    var manifest = newest(rig).manifest();
    assertThat(manifest.nextStep()).isEqualTo(13);
    assertThat(manifest.updates()).isEqualTo(13);
    assertThat(manifest.backend()).isEqualTo("cpu");
    assertThat(manifest.precision()).isEqualTo("F32");
    assertThat(manifest.knobs()).containsEntry(Knobs.LOAD_BALANCE_ALPHA, rig.config.alpha());
    assertThat(manifest.model()).containsEntry("layers", "2");
    assertThat(manifest.course())
        .containsEntry("optimizer.beta2", "0.95")
        .doesNotContainKey("training.steps");
  }

  /** The layout that the format's own library demands, read without our reader. */
  @Test
  void shouldBeOfThePublicFormat() throws IOException {
    LoopRig rig = rig("run");
    rig.train(2);

    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(newest(rig).tensors())).order(ByteOrder.LITTLE_ENDIAN);
    long headerSize = file.getLong();
    assertThat(headerSize % 8).isZero();
    byte[] text = new byte[(int) headerSize];
    file.get(text);
    assertThat(text[0]).isEqualTo((byte) '{');
    JsonNode header = new JsonMapper().readTree(new String(text, StandardCharsets.UTF_8));
    header.path("__metadata__").forEach(note -> assertThat(note.isTextual()).isTrue());
    long next = 0;
    for (var entry : header.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        continue;
      }
      JsonNode tensor = entry.getValue();
      assertThat(tensor.path("dtype").asText()).isEqualTo("F32");
      long elements = 1;
      for (JsonNode extent : tensor.path("shape")) {
        elements *= extent.asLong();
      }
      // No holes and no overlaps: the reader of the reference library refuses both.
      assertThat(tensor.path("data_offsets").path(0).asLong()).isEqualTo(next);
      next = tensor.path("data_offsets").path(1).asLong();
      assertThat(next - tensor.path("data_offsets").path(0).asLong()).isEqualTo(4 * elements);
    }
    assertThat(file.remaining()).isEqualTo(next);
    double first = rig.team.leader().snapshot().getFirst()[0];
    long embed = header.path("embed").path("data_offsets").path(0).asLong();
    assertThat((double) file.getFloat((int) (8 + headerSize + embed))).isEqualTo(first);
  }

  @Test
  void shouldRefuseADamagedCheckpointBeforeAnythingIsTouched() throws IOException {
    LoopRig rig = rig("run");
    rig.train(2);
    Checkpoint checkpoint = newest(rig);
    byte[] whole = Files.readAllBytes(checkpoint.tensors());
    double[] weights = rig.weights();

    for (int length : new int[] {0, 5, 100, whole.length / 2, whole.length - 1}) {
      Files.write(checkpoint.tensors(), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> state(rig).load(checkpoint)).isInstanceOf(CheckpointException.class);
    }
    byte[] flipped = whole.clone();
    flipped[whole.length - 10] ^= 1;
    Files.write(checkpoint.tensors(), flipped);
    assertThatThrownBy(() -> state(rig).load(checkpoint))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("checksum");
    assertThat(rig.weights()).isEqualTo(weights);
  }

  @Test
  void shouldGoBackToTheOlderPairWhenTheNewestIsTorn() throws IOException {
    LoopRig first = rig("run");
    first.train(23);
    assertThat(newest(first).manifest().nextStep()).isEqualTo(23);
    // As a kill between the two files leaves it.
    Files.delete(stateFile(newest(first).tensors()));

    LoopRig second = rig("run");
    assertThat(resume(second, 1).step()).isEqualTo(20);
  }

  @Test
  void shouldGoBackToTheOlderPairWhenTheNewestIsDamaged() throws IOException {
    LoopRig first = rig("run");
    first.train(23);
    byte[] bytes = Files.readAllBytes(newest(first).tensors());
    bytes[bytes.length - 1] ^= 1;
    Files.write(newest(first).tensors(), bytes);

    LoopRig second = rig("run");
    assertThat(resume(second, 1).step()).isEqualTo(20);
  }

  @Test
  void shouldNotStartOverInSilenceWhenNoPairIsWhole() throws IOException {
    LoopRig first = rig("run");
    first.train(3);
    Files.write(stateFile(newest(first).tensors()), new byte[] {'{'});

    assertThatThrownBy(() -> rig("run").keeper().orElseThrow().resume(1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be used");
  }

  @Test
  void shouldReadTheNumbersOfAnotherPrecision() throws IOException {
    rig("run").train(3);
    LoopRig precise =
        new LoopRig(
            new MemoryBroker(), Optional.of(data.resolve("run")), 1, 1, ReferenceTensorOps::new);
    rigs.add(precise);

    assertThat(resume(precise, 1).step()).isEqualTo(3);
    assertThat(precise.weights()).isEqualTo(rigs.getFirst().weights());
  }

  /** Where a folder ought to be there is a file: not even root can write into that. */
  private Path blocked(String run) throws IOException {
    Path folder = data.resolve(run).resolve("runs").resolve(LoopRig.RUN);
    Files.createDirectories(folder.getParent());
    return Files.writeString(folder, "in the way");
  }

  @Test
  void shouldTrainOnTellItAndTryAgainWhenACheckpointCannotBeWritten() throws IOException {
    LoopRig unbroken = rig("unbroken");
    unbroken.train(30);
    Path blocked = blocked("run");
    LoopRig rig = rig("run");
    rig.course = new TrainingLoop.Course(1, 5, 0, 0, 0, 30_000);
    rig.afterStep =
        () -> {
          if (rig.losses.size() == 20) {
            delete(blocked);
            rig.pretendToWait(Duration.ofMinutes(10).toNanos());
          }
        };
    rig.train(30);
    rig.drain();

    assertThat(rig.weights()).isEqualTo(unbroken.weights());
    assertThat(newest(rig).manifest().nextStep()).isEqualTo(30);
    assertThat(rig.folder.orElseThrow().checkpoints())
        .extracting(checkpoint -> checkpoint.manifest().nextStep())
        .as("not only in its turn, as soon as it could")
        .containsExactly(30L, 25L, 20L);
    List<Double> told =
        rig.broker.telemetry().stream()
            .map(step -> step.scalars().getOrDefault("checkpoint_failures", Double.NaN))
            .toList();
    assertThat(told.subList(0, 5)).containsOnly(Double.NaN);
    assertThat(told.subList(5, 20)).allMatch(failures -> failures >= 1);
    assertThat(told.subList(20, 30)).containsOnly(0.0);
  }

  @Test
  void shouldStandBackWithTheWeightsWhenTheFirstCheckpointOfARollbackCannotBeWritten()
      throws IOException {
    LoopRig rig = rig("run");
    rig.train(4);
    double[] atFour = rig.weights();
    Checkpoint target = newest(rig);
    rig.loop(new RunPosition(0, 4, 0, List.of())).run(6, new StopRequest());
    CheckpointKeeper keeper = rig.keeper().orElseThrow();
    // The names that it would write under are taken by folders.
    Path folder = target.tensors().getParent();
    Files.createDirectories(
        folder.resolve("incarnation-1-step-4.safetensors").resolve("in the way"));

    RunPosition back = keeper.rollBack(target, new RunPosition(0, 6, 0, List.of()), 0);

    assertThat(back.incarnation()).isEqualTo(1);
    assertThat(back.step()).isEqualTo(4);
    assertThat(rig.weights()).isEqualTo(atFour);
    assertThat(rig.folder.orElseThrow().entry())
        .contains(new RunFolder.Entry(1, RunFolder.Standing.RUNNING));
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldGiveEveryRankTheStateOfTheCheckpoint() throws IOException {
    LoopRig unbroken =
        new LoopRig(
            new MemoryBroker(),
            Optional.of(data.resolve("unbroken")),
            3,
            2,
            () -> CpuTensorOps.create(1));
    rigs.add(unbroken);
    unbroken.train(8);
    LoopRig first = new LoopRig(new MemoryBroker(), data.resolve("broken"), 3, 2);
    rigs.add(first);
    first.train(5);
    LoopRig second = new LoopRig(new MemoryBroker(), data.resolve("broken"), 3, 2);
    rigs.add(second);
    second.loop(resume(second, 1)).run(8, new StopRequest());

    for (Replica replica : second.team.replicas()) {
      assertThat(LoopRig.weights(replica)).isEqualTo(unbroken.weights());
    }
  }
}
