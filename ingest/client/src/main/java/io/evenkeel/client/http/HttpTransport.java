package io.evenkeel.client.http;

import io.evenkeel.client.buffer.Transport;
import io.evenkeel.client.buffer.TransportException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Posts records to a gateway. There is no connection in HTTP: one "stands" while the gateway takes
 * what it is sent, and none is begun before the gateway says that it is ready, so that the buffer
 * keeps the right to drop the oldest record as long as nobody can take it.
 */
final class HttpTransport implements Transport {

  private static final long MAX_WAIT_MILLIS = 900;

  private final GatewayOptions options;
  private final Endpoint endpoint;
  private final RetryAfter retryAfter = new RetryAfter();

  /** A question that nobody has answered yet; of the publisher's sender thread alone. */
  private @Nullable CompletableFuture<Reply> probe;

  HttpTransport(GatewayOptions options) {
    this.options = options;
    this.endpoint = new Endpoint(options);
  }

  @Override
  public Connection connect() throws TransportException {
    Duration wait = retryAfter.left();
    if (!wait.isZero()) {
      throw new TransportException(endpoint.address() + " asks to be left alone", wait);
    }
    Reply reply = probed();
    switch (reply.status()) {
      case 429, 502, 503, 504 -> {
        retryAfter.ask(reply.waitAsked());
        throw new TransportException(
            endpoint.address() + " is not ready: " + reply.summary(), reply.waitAsked());
      }
      // Whatever else it says, there is somebody; a proxy may well keep this path to itself.
      default -> {
        return new HttpConnection(endpoint, options.timeouts().linger(), retryAfter);
      }
    }
  }

  private Reply probed() throws TransportException {
    CompletableFuture<Reply> asked = probe == null ? ask() : probe;
    probe = null;
    try {
      return asked.get(MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // A far gateway may need longer than a transport may wait: the next try goes on waiting.
      probe = asked;
      throw new TransportException("No answer from " + endpoint.address() + " yet", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new TransportException(
          cause == null ? e.toString() : String.valueOf(cause.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransportException("Interrupted", e);
    }
  }

  private CompletableFuture<Reply> ask() {
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    endpoint
        .threads()
        .execute(
            () -> {
              try {
                answer.complete(endpoint.probe());
              } catch (TransportException | InterruptedException | RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            });
    return answer;
  }
}
