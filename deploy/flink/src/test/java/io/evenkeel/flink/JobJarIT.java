package io.evenkeel.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

class JobJarIT {

  static final Path JAR = Path.of("target", "evenkeel-flink-job.jar").toAbsolutePath();

  @Test
  void shouldHoldWhatTheJobNeedsAndNothingThatFlinkHas() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(names)
          .contains(
              "io/evenkeel/analytics/job/StabilityJobMain.class",
              "io/evenkeel/contract/wire/Codecs.class",
              "org/apache/kafka/clients/consumer/KafkaConsumer.class",
              "com/google/protobuf/Message.class",
              "org/apache/flink/connector/kafka/source/KafkaSource.class");
      assertThat(names)
          .filteredOn(name -> name.startsWith("org/apache/flink/") && name.endsWith(".class"))
          .allMatch(
              name ->
                  name.startsWith("org/apache/flink/connector/kafka/")
                      || name.startsWith("org/apache/flink/streaming/connectors/kafka/")
                      || name.startsWith("org/apache/flink/streaming/util/serialization/"));
      assertThat(names).noneMatch(name -> name.startsWith("org/slf4j/"));
      assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
          .isEqualTo("io.evenkeel.analytics.job.StabilityJobMain");
    }
  }
}
