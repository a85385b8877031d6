package io.evenkeel.gateway.body;

import com.github.luben.zstd.ZstdInputStream;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.gateway.limit.Limits;
import io.evenkeel.gateway.limit.MemoryBudget;
import io.evenkeel.gateway.problem.GatewayException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Reads bodies. Nothing is read that would exceed the limits, on either side of the decompression,
 * and room is reserved before it is used.
 */
public final class Bodies {

  private static final int FIRST = 16 << 10;
  // A frame may ask for a window of gigabytes; encoders up to level 19 use no more than this.
  private static final int MAX_ZSTD_WINDOW_LOG = 23;

  private final Limits limits;
  private final MemoryBudget budget;

  /** Reads within {@code limits} and {@code budget}. */
  public Bodies(Limits limits, MemoryBudget budget) {
    this.limits = limits;
    this.budget = budget;
  }

  /**
   * Reads a request's body and decompresses it.
   *
   * @return the body; close it when it is no longer used
   * @throws GatewayException 400, 408, 413, 415 or 503
   */
  public Body read(HttpServletRequest request) throws IOException {
    Encoding encoding = Encoding.of(request.getHeader("Content-Encoding"));
    long announced = request.getContentLengthLong();
    if (announced > limits.bodyBytes()) {
      throw GatewayException.tooLarge(
          "The body has " + announced + " bytes, at most " + limits.bodyBytes() + " are taken.");
    }
    BoundedInput wire =
        new BoundedInput(request.getInputStream(), limits.bodyBytes(), limits.bodyTime());
    try (InputStream in = encoding.open(wire)) {
      return read(in, encoding == Encoding.IDENTITY && announced > 0 ? (int) announced : FIRST);
    } catch (WireTrouble e) {
      // A chunk that is none, an end too early; or nobody is there any more to be told.
      throw GatewayException.unreadable(
          ErrorId.GATEWAY_REQUEST, "The body could not be read to its end.");
    } catch (IOException e) {
      throw GatewayException.unreadable(
          ErrorId.WIRE_MALFORMED,
          "The body is not what its Content-Encoding " + encoding.label() + " says.");
    }
  }

  private Body read(InputStream in, int expected) throws IOException {
    long reserved = 0;
    try {
      budget.reserve(expected);
      reserved = expected;
      byte[] bytes = new byte[expected];
      int length = 0;
      while (true) {
        int read = in.read(bytes, length, bytes.length - length);
        if (read > 0) {
          length += read;
        }
        if (length < bytes.length && read < 0) {
          Body body = new Body(bytes, length, budget, reserved);
          reserved = 0;
          return body;
        }
        if (length == bytes.length) {
          int next = in.read();
          if (next < 0) {
            Body body = new Body(bytes, length, budget, reserved);
            reserved = 0;
            return body;
          }
          if (length == limits.decompressedBytes()) {
            throw GatewayException.tooLarge(
                "The body is larger than "
                    + limits.decompressedBytes()
                    + " bytes once decompressed.");
          }
          int larger = (int) Math.min(2L * length + FIRST, limits.decompressedBytes());
          budget.reserve(larger - bytes.length);
          reserved += larger - bytes.length;
          bytes = Arrays.copyOf(bytes, larger);
          bytes[length++] = (byte) next;
        }
      }
    } finally {
      budget.release(reserved);
    }
  }

  private enum Encoding {
    IDENTITY,
    GZIP,
    ZSTD;

    static Encoding of(String header) {
      String name = header == null ? "" : header.strip().toLowerCase(Locale.ROOT);
      return switch (name) {
        case "", "identity" -> IDENTITY;
        case "gzip", "x-gzip" -> GZIP;
        case "zstd" -> ZSTD;
        default -> throw GatewayException.unsupported("The Content-Encoding is not known.");
      };
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    InputStream open(InputStream wire) throws IOException {
      return switch (this) {
        case IDENTITY -> wire;
        case GZIP -> new GZIPInputStream(wire, FIRST);
        case ZSTD -> new ZstdInputStream(wire).setLongMax(MAX_ZSTD_WINDOW_LOG);
      };
    }
  }
}
