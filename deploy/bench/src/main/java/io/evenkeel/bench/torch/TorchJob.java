package io.evenkeel.bench.torch;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.data.Batch;
import io.evenkeel.trainer.layer.Parameter;
import io.evenkeel.trainer.model.ModelConfig;
import io.evenkeel.trainer.model.ModelState;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.optim.OptimizerSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with all that a worker needs to train what the trainer trains: the reference
 * implementation, the trainer's configuration, its initial parameters and its batches.
 */
public final class TorchJob implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> SCRIPTS = List.of("torch_worker.py", "reference.py");

  private final Path folder;
  private final ObjectNode description = JSON.createObjectNode();

  private TorchJob(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes a job.
   *
   * @param state initial parameters; biases start at 0
   * @param batches by the index that orders name
   */
  public static TorchJob write(
      TrainerConfig config, ModelState state, TensorMemory memory, List<Batch> batches)
      throws IOException {
    TorchJob job = new TorchJob(Files.createTempDirectory("evenkeel-bench"));
    try {
      for (String script : SCRIPTS) {
        try (InputStream in = TorchJob.class.getResourceAsStream("/python/" + script)) {
          if (in == null) {
            throw new IllegalStateException(script + " is not in the build");
          }
          Files.copy(in, job.folder.resolve(script));
        }
      }
      job.writeParameters(state, memory);
      job.writeBatches(batches);
      job.describe(config);
      return job;
    } catch (IOException | RuntimeException e) {
      job.close();
      throw e;
    }
  }

  private void writeParameters(ModelState state, TensorMemory memory) throws IOException {
    Path file = folder.resolve("parameters.bin");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (Parameter parameter : state.parameters()) {
        double[] values = memory.toArray(parameter.value());
        ByteBuffer bytes =
            ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
          bytes.putFloat((float) value);
        }
        out.write(bytes.array());
      }
    }
    description.put("parameters", file.toString());
  }

  private void writeBatches(List<Batch> batches) throws IOException {
    Path file = folder.resolve("batches.bin");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (Batch batch : batches) {
        out.write(bytes(batch.inputs()));
        out.write(bytes(batch.targets()));
      }
    }
    description.put("batches", file.toString());
  }

  private static byte[] bytes(int[] tokens) {
    byte[] bytes = new byte[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      bytes[i] = (byte) tokens[i];
    }
    return bytes;
  }

  private void describe(TrainerConfig config) {
    ModelConfig model = config.model();
    ObjectNode fields = description.putObject("config");
    fields
        .put("V", model.vocabulary())
        .put("d", model.width())
        .put("heads", model.heads())
        .put("L", model.layers())
        .put("N", model.ffnExperts())
        .put("Z", model.zeroExperts())
        .put("K", model.topK())
        .put("Ke", model.ffnExpertsTarget())
        .put("D", model.groups())
        .put("f", model.expertHidden())
        .put("F", model.denseHidden())
        .put("gamma", model.gamma())
        .put("alpha", config.alpha())
        .put("lam", config.lambda())
        .put("rms_eps", model.rmsEpsilon())
        .put("rope_base", model.ropeBase())
        .put("act_threshold", model.activationThreshold());
    OptimizerSettings settings = config.optimizer();
    description
        .putObject("optimizer")
        .put("lr", settings.learningRate())
        .put("beta1", settings.beta1())
        .put("beta2", settings.beta2())
        .put("eps", settings.epsilon())
        .put("weight_decay", settings.weightDecay())
        .put("clip", settings.clip())
        .put("mu0", settings.mu0())
        .put("mu_decay", settings.muDecay());
    description.put("B", config.sequences()).put("S", config.length());
  }

  /** The script to run. */
  Path script() {
    return folder.resolve(SCRIPTS.getFirst());
  }

  /** Writes the description of this job for so many threads. */
  Path forThreads(int threads) throws IOException {
    Path file = folder.resolve("job-" + threads + ".json");
    JSON.writeValue(file.toFile(), description.deepCopy().put("threads", threads));
    return file;
  }

  /** Removes the folder. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
