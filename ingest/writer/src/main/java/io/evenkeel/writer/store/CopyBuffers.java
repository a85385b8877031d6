package io.evenkeel.writer.store;

import io.evenkeel.writer.store.Rows.Route;
import java.util.EnumMap;
import java.util.Map;

/**
 * The buffers of rows, which serve one batch after the other: growing them anew for each batch was
 * a sixth of all that the writer allocated. Not thread-safe.
 */
final class CopyBuffers {

  /** A buffer that has grown beyond this for an unusual batch is given up, bytes. */
  private static final int LARGEST_KEPT = 32 << 20;

  private final Map<Route, Map<Staging, CopyBuffer>> buffers = new EnumMap<>(Route.class);

  /** The buffer of a table, without rows; what the batch before had in it is forgotten. */
  CopyBuffer empty(Staging staging, Route route) {
    Map<Staging, CopyBuffer> kept =
        buffers.computeIfAbsent(route, key -> new EnumMap<>(Staging.class));
    CopyBuffer buffer = kept.get(staging);
    if (buffer == null || buffer.capacity() > LARGEST_KEPT) {
      buffer = new CopyBuffer(staging.columns());
      kept.put(staging, buffer);
    } else {
      buffer.clear();
    }
    return buffer;
  }
}
