package io.evenkeel.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Loopback TCP ports.
 *
 * <p>They come from below the range of which systems give outgoing connections their ports. From
 * within it, a client that keeps knocking at a server that is down can take the server's port, and
 * even connect to itself, so that the server cannot come back.
 */
public final class Ports {
  private static final int LOWEST = 15_000;
  private static final int OUTGOING = 32_000;
  private static final int TRIES = 200;

  private Ports() {}

  /**
   * A port that nobody listens on now.
   *
   * @return 1024 to 65535
   * @throws IOException if the system has none
   */
  public static int free() throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, OUTGOING);
      if (isFree(port)) {
        return port;
      }
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Whether a server could listen on this port now.
   *
   * @param port 1 to 65535
   */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
