package io.evenkeel.bench.torch;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Python process that trains the reference, an order at a time. */
public final class TorchWorker implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int GOODBYE_SECONDS = 10;

  private final TorchInstallation.BlasBuild build;
  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;
  private final List<String> blas = new ArrayList<>();

  /**
   * A trained step.
   *
   * @param seconds wall time, measured in the worker
   * @param loss L_LM of the step's forward pass, nats
   */
  public record Step(double seconds, double loss) {}

  private TorchWorker(TorchInstallation.BlasBuild build, Process process) {
    this.build = build;
    this.process = process;
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts a worker, and returns when it has read its job. */
  public static TorchWorker start(
      TorchInstallation installation, TorchInstallation.BlasBuild build, TorchJob job, int threads)
      throws IOException, BenchException {
    Path description = job.forThreads(threads);
    ProcessBuilder builder =
        new ProcessBuilder(installation.python(), job.script().toString(), description.toString());
    builder.environment().putAll(TorchInstallation.environment(build, threads));
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    TorchWorker worker = new TorchWorker(build, builder.start());
    try {
      worker.answer().path("blas").forEach(library -> worker.blas.add(library.asText()));
      return worker;
    } catch (IOException | BenchException e) {
      worker.close();
      throw e;
    }
  }

  /** The build of OpenBLAS that it was given. */
  public TorchInstallation.BlasBuild build() {
    return build;
  }

  /** Files of the BLAS libraries that it has really loaded. */
  public List<String> loadedBlas() {
    return List.copyOf(blas);
  }

  /** Trains a step. */
  public Step train(int batch, long step, double learningRate) throws IOException, BenchException {
    ObjectNode order = JSON.createObjectNode().put("do", "step").put("batch", batch);
    JsonNode answer = ask(order.put("step", step).put("lr", learningRate));
    return new Step(answer.path("seconds").doubleValue(), answer.path("loss").doubleValue());
  }

  /** L_LM of a batch under the present parameters. */
  public double loss(int batch) throws IOException, BenchException {
    return ask(JSON.createObjectNode().put("do", "loss").put("batch", batch))
        .path("loss")
        .doubleValue();
  }

  private JsonNode ask(ObjectNode order) throws IOException, BenchException {
    orders.write(order + "\n");
    orders.flush();
    return answer();
  }

  private JsonNode answer() throws IOException, BenchException {
    String line = answers.readLine();
    try {
      if (line != null) {
        return JSON.readTree(line);
      }
    } catch (JacksonException e) {
      throw new BenchException(ErrorId.BENCH_PYTORCH, "PyTorch answered \"" + line + "\".");
    }
    throw new BenchException(ErrorId.BENCH_PYTORCH, "The PyTorch worker has ended.");
  }

  /** Ends the process. */
  @Override
  public void close() {
    try {
      orders.close();
      if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
