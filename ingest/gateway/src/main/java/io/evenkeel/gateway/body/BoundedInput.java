package io.evenkeel.gateway.body;

import io.evenkeel.gateway.problem.GatewayException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A body as it comes over the network: at most so many bytes, in at most so much time. */
final class BoundedInput extends InputStream {

  private final InputStream in;
  private final int maxBytes;
  private final Duration limit;
  private final long deadline;
  private long read;

  BoundedInput(InputStream in, int maxBytes, Duration limit) {
    this.in = in;
    this.maxBytes = maxBytes;
    this.limit = limit;
    this.deadline = System.nanoTime() + limit.toNanos();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(into, offset, length);
    } catch (SocketTimeoutException e) {
      throw tooSlow();
    } catch (IOException e) {
      if (e.getCause() instanceof SocketTimeoutException) {
        throw tooSlow();
      }
      throw new WireTrouble(e);
    }
    if (count > 0) {
      read += count;
      if (read > maxBytes) {
        throw GatewayException.tooLarge("The body has more than " + maxBytes + " bytes.");
      }
      if (System.nanoTime() - deadline > 0) {
        throw tooSlow();
      }
    }
    return count;
  }

  private GatewayException tooSlow() {
    return GatewayException.tooSlow(
        "After " + limit.toSeconds() + " s only " + read + " bytes of the body had arrived.");
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }
}
