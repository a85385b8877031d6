package io.evenkeel.ui.chart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads points as the browser does, out of any text that holds an option or a tick. */
public final class SentPoints {
  private static final Pattern LISTS = Pattern.compile("[sS]teps\\\\?\":\\[([^\\]]*)\\]");
  private static final Pattern SERIES =
      Pattern.compile(
          "\\\\?\"steps\\\\?\":(\\d+),\\\\?\"values\\\\?\":\\\\?\"([^\"\\\\]*)\\\\?\"(,\\\\?\"wide)?");

  private SentPoints() {}

  /** The points of all series, one after the other, each as [step,value] and once. */
  public static List<String> in(String text) {
    Matcher lists = LISTS.matcher(text);
    if (!lists.find()) {
      return List.of();
    }
    List<double[]> steps =
        Stream.of(lists.group(1).split(","))
            .map(list -> list.replaceAll("[\\\\\"]", ""))
            .map(list -> numbers(list, true))
            .toList();
    List<String> points = new ArrayList<>();
    Matcher series = SERIES.matcher(text);
    while (series.find()) {
      double[] at = steps.get(Integer.parseInt(series.group(1)));
      double[] values = numbers(series.group(2), series.group(3) != null);
      for (int i = 0; i < values.length; i++) {
        String point = "[" + (long) at[i / 3] + "," + (float) values[i] + "]";
        if (points.isEmpty() || !points.getLast().equals(point)) {
          points.add(point);
        }
      }
    }
    return points;
  }

  /** The floats of a base64 text. */
  public static List<Float> floats(String base64) {
    List<Float> floats = new ArrayList<>();
    for (double value : numbers(base64, false)) {
      floats.add((float) value);
    }
    return floats;
  }

  private static double[] numbers(String base64, boolean wide) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
    double[] numbers = new double[bytes.remaining() / (wide ? Double.BYTES : Float.BYTES)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = wide ? bytes.getDouble() : bytes.getFloat();
    }
    return numbers;
  }
}
