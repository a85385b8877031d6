package io.evenkeel.bench.ingest;

import io.evenkeel.bench.BenchException;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Callers of the gateway, each with a connection that it keeps. */
final class HttpLoad implements AutoCloseable {

  private static final int CONNECTIONS = 4;
  private static final int OK = 200;

  private final URI uri;
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  HttpLoad(URI uri) {
    this.uri = uri;
  }

  /** Sends as fast as answers come, for so long; records a second. */
  double send(List<byte[]> bodies, String contentType, int batch, double seconds)
      throws BenchException {
    LongAdder accepted = new LongAdder();
    AtomicLong next = new AtomicLong();
    List<HttpRequest> requests = requests(bodies, contentType);
    long began = System.nanoTime();
    long deadline = began + (long) (seconds * 1e9);
    inParallel(
        () -> {
          while (System.nanoTime() < deadline) {
            post(requests.get((int) (next.getAndIncrement() % requests.size())));
            accepted.add(batch);
          }
          return List.of();
        });
    return accepted.sum() / ((System.nanoTime() - began) / 1e9);
  }

  /**
   * Sends at a given pace, whether or not answers come.
   *
   * @return milliseconds from when each request was due to its answer, sorted
   */
  List<Double> pace(List<byte[]> bodies, String contentType, double perSecond, double seconds)
      throws BenchException {
    List<HttpRequest> requests = requests(bodies, contentType);
    long count = Math.max(1, (long) (perSecond * seconds));
    AtomicLong next = new AtomicLong();
    long began = System.nanoTime();
    return inParallel(
        () -> {
          List<Double> times = new ArrayList<>();
          for (long n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
            long due = began + (long) (n / perSecond * 1e9);
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
              LockSupport.parkNanos(wait);
            }
            post(requests.get((int) (n % requests.size())));
            times.add((System.nanoTime() - due) / 1e6);
          }
          return times;
        });
  }

  private List<HttpRequest> requests(List<byte[]> bodies, String contentType) {
    return bodies.stream()
        .map(
            body ->
                HttpRequest.newBuilder(uri)
                    .header("Authorization", "Bearer " + GatewayProcess.TOKEN)
                    .header("Content-Type", contentType)
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build())
        .toList();
  }

  private void post(HttpRequest request) throws IOException, InterruptedException, BenchException {
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != OK) {
      throw new BenchException(
          ErrorId.BENCH_INGEST,
          "The gateway answered " + answer.statusCode() + ": " + answer.body() + ".");
    }
  }

  private List<Double> inParallel(Callable<List<Double>> caller) throws BenchException {
    List<Future<List<Double>>> all = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      all.add(callers.submit(caller));
    }
    List<Double> figures = new ArrayList<>();
    for (Future<List<Double>> each : all) {
      try {
        figures.addAll(each.get());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof BenchException told
            ? told
            : new BenchException(ErrorId.BENCH_INGEST, "A request failed: " + e.getCause() + ".");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchException(ErrorId.BENCH_INGEST, "Interrupted.");
      }
    }
    figures.sort(null);
    return figures;
  }

  @Override
  public void close() {
    client.close();
    callers.close();
  }
}
