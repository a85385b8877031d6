package io.evenkeel.trainer.ops.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kernel as its PTX declares it. */
record PtxEntry(String name, List<Kind> parameters) {
  private static final Pattern ENTRY =
      Pattern.compile("\\.entry\\s+(\\w+)\\s*\\(([^)]*)\\)", Pattern.DOTALL);
  private static final Pattern PARAMETER = Pattern.compile("\\.param\\s+\\.(\\w+)\\s");

  /** What a parameter holds. */
  enum Kind {
    ADDRESS,
    INTEGER,
    FLOAT,
    DOUBLE;

    private static Kind of(String type) {
      return switch (type) {
        case "u64", "b64" -> ADDRESS;
        case "u32", "s32", "b32" -> INTEGER;
        case "f32" -> FLOAT;
        case "f64" -> DOUBLE;
        default -> throw new IllegalArgumentException("a kernel parameter of type ." + type);
      };
    }
  }

  PtxEntry {
    parameters = List.copyOf(parameters);
  }

  /** All kernels of one PTX text. */
  static List<PtxEntry> of(String ptx) {
    List<PtxEntry> entries = new ArrayList<>();
    Matcher entry = ENTRY.matcher(ptx);
    while (entry.find()) {
      List<Kind> kinds = new ArrayList<>();
      Matcher parameter = PARAMETER.matcher(entry.group(2));
      while (parameter.find()) {
        kinds.add(Kind.of(parameter.group(1)));
      }
      entries.add(new PtxEntry(entry.group(1), kinds));
    }
    return entries;
  }
}
