package io.evenkeel.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.evenkeel.contract.wire.proto.Proto;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A released field never changes its number, name, type or label; fields are only added. */
class DescriptorGoldenTest {

  static final String FILE = "descriptor.txt";

  private static final Path SNAPSHOT = Golden.DIRECTORY.resolve(FILE);

  @Test
  void shouldKeepEveryReleasedFieldAndEnumValue() throws Exception {
    if (!Files.exists(SNAPSHOT) && Golden.REGENERATE) {
      Files.write(SNAPSHOT, current());
    }
    assertThat(current())
        .as(
            "A released field changed or went, which no command can mend: old records could not be"
                + " read. Put it back; add a new field beside it.")
        .containsAll(Files.readAllLines(SNAPSHOT));
  }

  @Test
  void shouldRecordEveryNewFieldAndEnumValue() throws Exception {
    if (Golden.REGENERATE
        && (!Files.exists(SNAPSHOT) || current().containsAll(Files.readAllLines(SNAPSHOT)))) {
      Files.write(SNAPSHOT, current());
    }
    assertThat(Files.readAllLines(SNAPSHOT)).as(Golden.HINT).containsExactlyElementsOf(current());
  }

  private static List<String> current() {
    List<String> lines = new ArrayList<>();
    for (Descriptor message : Proto.getDescriptor().getMessageTypes()) {
      describe(message, lines);
    }
    for (EnumDescriptor type : Proto.getDescriptor().getEnumTypes()) {
      type.getValues()
          .forEach(
              value ->
                  lines.add(type.getFullName() + " " + value.getNumber() + " " + value.getName()));
    }
    return lines;
  }

  private static void describe(Descriptor message, List<String> lines) {
    for (FieldDescriptor field : message.getFields()) {
      String type =
          switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(java.util.Locale.ROOT);
          };
      String label = field.isRepeated() ? "repeated" : field.hasPresence() ? "optional" : "plain";
      String oneof =
          field.getRealContainingOneof() == null
              ? ""
              : " oneof " + field.getRealContainingOneof().getName();
      lines.add(
          message.getFullName()
              + " "
              + field.getNumber()
              + " "
              + field.getName()
              + " "
              + label
              + " "
              + type
              + oneof);
    }
    message.getNestedTypes().forEach(nested -> describe(nested, lines));
  }
}
