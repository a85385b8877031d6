package io.evenkeel.client.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a body that is bounded in length and time: whoever answers at the gateway's address must
 * neither fill the trainer's memory nor hold a thread for ever. Signals come one after the other,
 * as the protocol of reactive streams says.
 */
final class BoundedBody implements BodySubscriber<byte[]> {

  private final int maxBytes;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private volatile @Nullable Subscription subscription;

  /**
   * Begins when the head of an answer is there.
   *
   * @param limit until the body must be whole; the limit of a request ends with the head
   */
  BoundedBody(int maxBytes, Duration limit) {
    this.maxBytes = maxBytes;
    var unused =
        body.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (bytes, failure) -> {
                  Subscription from = subscription;
                  if (failure != null && from != null) {
                    from.cancel();
                  }
                });
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription from) {
    subscription = from;
    from.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (body.isDone()) {
        return;
      }
      if (received.size() + buffer.remaining() > maxBytes) {
        body.completeExceptionally(
            new IOException("the answer is longer than " + maxBytes + " bytes"));
        return;
      }
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      received.writeBytes(bytes);
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(received.toByteArray());
  }
}
