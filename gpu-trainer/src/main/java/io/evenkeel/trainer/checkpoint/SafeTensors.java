package io.evenkeel.trainer.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.trainer.ops.TensorMemory;
import io.evenkeel.trainer.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The safetensors file format: an 8-byte little-endian header length, a JSON header of names,
 * types, shapes and offsets, then the numbers. Source: huggingface/safetensors, README "Format".
 */
final class SafeTensors {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final String METADATA = "__metadata__";
  private static final int MAX_HEADER = 64 << 20;

  private SafeTensors() {}

  /**
   * Writes atomically: the file is whole and on the disk when this returns, or is what it was
   * before.
   */
  static DurableFile.Written write(
      Path file,
      TensorMemory memory,
      int elementBits,
      Map<String, Tensor> tensors,
      Map<String, String> metadata)
      throws IOException {
    byte[] header = header(elementBits, tensors, metadata);
    return DurableFile.replace(
        file,
        sink -> {
          ByteBuffer start = little(Long.BYTES + header.length);
          sink.write(start.putLong(header.length).put(header).flip());
          for (Tensor tensor : tensors.values()) {
            sink.write(encode(memory.toArray(tensor), elementBits));
          }
        });
  }

  private static byte[] header(
      int elementBits, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws JacksonException {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode notes = root.putObject(METADATA);
    metadata.forEach(notes::put);
    long offset = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      ObjectNode tensor = root.putObject(entry.getKey());
      tensor.put("dtype", "F" + elementBits);
      ArrayNode shape = tensor.putArray("shape");
      Arrays.stream(entry.getValue().shape().extents()).forEach(shape::add);
      long end = offset + (long) entry.getValue().shape().size() * elementBits / Byte.SIZE;
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(root);
    // The numbers begin at a multiple of 8 bytes; spaces may follow the header.
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static ByteBuffer encode(double[] values, int elementBits) {
    ByteBuffer bytes = little(values.length * elementBits / Byte.SIZE);
    for (double value : values) {
      if (elementBits == Float.SIZE) {
        bytes.putFloat((float) value);
      } else {
        bytes.putDouble(value);
      }
    }
    return bytes.flip();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Fills the tensors from a file that holds exactly these, by name and shape.
   *
   * @return the metadata
   * @throws CheckpointException when the file is damaged or holds other tensors; some may then have
   *     been filled
   */
  static Map<String, String> read(Path file, TensorMemory memory, Map<String, Tensor> tensors)
      throws IOException {
    JsonNode header = fill(file, memory, named(tensors), Extra.REFUSED);
    Map<String, String> metadata = new LinkedHashMap<>();
    header
        .path(METADATA)
        .properties()
        .forEach(note -> metadata.put(note.getKey(), note.getValue().asText()));
    return metadata;
  }

  /**
   * Fills each tensor with that of a name; one name may fill several, and the file may hold more.
   *
   * @throws CheckpointException when the file is damaged, or lacks one
   */
  static void readSome(Path file, TensorMemory memory, List<Source> sources) throws IOException {
    fill(file, memory, sources, Extra.PASSED_OVER);
  }

  /**
   * Which tensor of a file fills which of the model.
   *
   * @param name in the file
   * @param target what is filled
   */
  record Source(String name, Tensor target) {}

  /** What becomes of tensors that nobody asks for. */
  private enum Extra {
    REFUSED,
    PASSED_OVER
  }

  private static List<Source> named(Map<String, Tensor> tensors) {
    return tensors.entrySet().stream().map(e -> new Source(e.getKey(), e.getValue())).toList();
  }

  private static JsonNode fill(Path file, TensorMemory memory, List<Source> sources, Extra extra)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long headerSize = readAt(channel, 0, Long.BYTES).getLong();
      if (headerSize < 2 || headerSize > MAX_HEADER || headerSize > channel.size()) {
        throw new CheckpointException(file + " is not a safetensors file");
      }
      JsonNode header = parse(file, readAt(channel, Long.BYTES, (int) headerSize).array());
      requireTiling(file, header, channel.size() - Long.BYTES - headerSize);
      int described = header.size() - (header.has(METADATA) ? 1 : 0);
      if (extra == Extra.REFUSED && described != sources.size()) {
        throw new CheckpointException(file + " holds other tensors than this model has");
      }
      for (Source source : sources) {
        JsonNode description = header.path(source.name());
        fill(file, channel, Long.BYTES + headerSize, description, source, memory);
      }
      return header;
    } catch (EOFException e) {
      throw new CheckpointException(file + " is cut short");
    }
  }

  private static JsonNode parse(Path file, byte[] header) throws CheckpointException {
    try {
      JsonNode root = JSON.readTree(new String(header, StandardCharsets.UTF_8));
      if (root.isObject()) {
        return root;
      }
    } catch (JacksonException e) {
      throw new CheckpointException(file + " has a damaged header");
    }
    throw new CheckpointException(file + " has no header of tensors");
  }

  /** The tensors lie one after the other and fill the file, as the format demands. */
  private static void requireTiling(Path file, JsonNode header, long bytes)
      throws CheckpointException {
    NavigableMap<Long, Long> ranges = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      JsonNode offsets = entry.getValue().path("data_offsets");
      if (entry.getKey().equals(METADATA)) {
        continue;
      }
      boolean pair =
          offsets.size() == 2
              && offsets.get(0).canConvertToExactIntegral()
              && offsets.get(0).canConvertToLong()
              && offsets.get(1).canConvertToExactIntegral()
              && offsets.get(1).canConvertToLong();
      if (!pair || ranges.put(offsets.get(0).longValue(), offsets.get(1).longValue()) != null) {
        throw new CheckpointException(file + ": " + entry.getKey() + " has no place of its own");
      }
    }
    long at = 0;
    for (Map.Entry<Long, Long> range : ranges.entrySet()) {
      if (range.getKey() != at || range.getValue() <= at) {
        throw new CheckpointException(file + " has gaps or overlaps between its tensors");
      }
      at = range.getValue();
    }
    if (at != bytes) {
      throw new CheckpointException(file + " is cut short, or goes on after its tensors");
    }
  }

  private static void fill(
      Path file,
      FileChannel channel,
      long dataAt,
      JsonNode description,
      Source source,
      TensorMemory memory)
      throws IOException {
    Tensor tensor = source.target();
    int[] shape = new int[description.path("shape").size()];
    Arrays.setAll(shape, i -> extent(description.path("shape").get(i)));
    String type = description.path("dtype").asText();
    int bytes = type.equals("F32") ? Float.BYTES : Double.BYTES;
    long from = description.path("data_offsets").path(0).asLong(-1);
    long to = description.path("data_offsets").path(1).asLong(-1);
    int size = tensor.shape().size();
    if (!Arrays.equals(shape, tensor.shape().extents())
        || !(type.equals("F32") || type.equals("F64"))
        || from < 0
        || to - from != (long) size * bytes) {
      throw new CheckpointException(
          file + ": " + source.name() + " is not a tensor of shape " + tensor.shape());
    }
    ByteBuffer data = readAt(channel, dataAt + from, size * bytes);
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = bytes == Float.BYTES ? data.getFloat() : data.getDouble();
    }
    memory.write(tensor, values);
  }

  /** 0, which no tensor has, for what is no extent. */
  private static int extent(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : 0;
  }

  private static ByteBuffer readAt(FileChannel channel, long at, int size) throws IOException {
    ByteBuffer bytes = little(size);
    long position = at;
    while (bytes.hasRemaining()) {
      int read = channel.read(bytes, position);
      if (read < 0) {
        throw new EOFException();
      }
      position += read;
    }
    return bytes.flip();
  }
}
